import WeftSyntax

/// `mock`: what it stands for, and whether its answer can.
extension Resolver {
  func resolveMock(_ target: MockTarget, _ answer: Expr, _ isSequence: Bool) {
    switch target {
    case .task(let name):
      if let declaration = mocked(name) {
        declaration.isMocked = true
        checkAnswer(answer, for: declaration)
      }
    case .fetch(let pattern): if let pattern { resolve(pattern) }
    }
    if case .block(let block) = answer.kind {
      inFunction(.task) { self.resolve(block) }
    } else {
      resolve(answer)
    }
  }

  /// The task that a `mock` names; nil after a report.
  private func mocked(_ name: Name) -> Declaration? {
    let path = name.text.split(separator: ".").map(String.init)
    let declaration: Declaration
    if path.count == 2, let alias = table[path[0]], alias.isImportAlias {
      let end = Int(name.span.end)
      let member = Name(text: path[1], span: Span(end - path[1].utf8.count, end))
      guard let found = use(member, of: alias, at: name.span) else { return nil }
      // The emitter looks for what the whole name stands for.
      note(found, at: name.span)
      declaration = found
    } else if path.count == 1 {
      guard let found = use(name.text, at: name.span) else {
        if table[name.text] == nil, isBuiltin(name.text) {
          report(
            "E0217", "cannot mock `\(name.text)`, which is built in", at: name.span,
            hint: "put the call into a task of its own, and mock that")
        }
        return nil
      }
      declaration = found
    } else {
      report("E0217", "cannot mock `\(name.text)`", at: name.span, hint: "write `mock f` or `mock lib.f`")
      return nil
    }
    guard declaration.isTask, declaration.isTopLevel else {
      report(
        "E0217", "cannot mock `\(name.text)`: it is no task of a file's top level", at: name.span,
        labels: [label(declaration)], hint: declaration.isTask ? "move the task out of the block" : nil)
      return nil
    }
    return declaration
  }

  /// An answer that is a function is called with the arguments of the task, as many as it takes.
  private func checkAnswer(_ answer: Expr, for declaration: Declaration) {
    guard case .closure(let parameters, _) = answer.kind, case .task(let task) = declaration.kind else { return }
    let needed = parameters.prefix { $0.defaultValue == nil }
    guard needed.count > task.parameters.count else { return }
    report(
      "E0301",
      "this answer takes \(count(needed.count, "argument")), but `\(declaration.name)` has \(count(task.parameters.count, "parameter"))",
      at: needed[task.parameters.count].name.span, labels: [label(declaration)])
  }
}
