import WeftSyntax

/// `expect p95("download") < 300ms`: what a script expects of its whole run.
extension Resolver {
  /// Whether a call asks for a statistic of the run: a name of one with a plain text, in an `expect` of the top level.
  func isQuestion(_ expression: Expr) -> Bool {
    !resolution.questions.isEmpty && resolution.questions.values.contains { $0.contains { $0.span == expression.span } }
  }

  /// Finds what an `expect` of the top level asks about the whole run, and checks it.
  func noteQuestions(of condition: Expr, in statement: Span) {
    guard isAtTopLevel, role == .script || role == .declarations else { return }
    var questions: [Resolution.Question] = []
    find(in: condition, &questions)
    if questions.isEmpty { return }
    resolution.questions[statement] = questions
    checkNames(in: condition)
  }

  private func find(in expression: Expr, _ questions: inout [Resolution.Question]) {
    if case .call(let callee, let arguments) = expression.kind, case .name(let name) = callee.kind, table[name] == nil,
      let statistic = RunStatistic(rawValue: name), arguments.count == 1, arguments[0].label == nil,
      case .string(let parts) = arguments[0].value.kind, parts.count == 1, case .text(let text) = parts[0]
    {
      questions.append(.init(span: expression.span, statistic: statistic, name: text))
      checkSubject(text, at: arguments[0].value.span)
      return
    }
    expression.forEachPart { if case .expression(let part) = $0 { find(in: part, &questions) } }
  }

  /// The subject of a statistic is a task that the script can name, or `fetch`.
  private func checkSubject(_ name: String, at span: Span) {
    if name == "fetch" || mayMissNames { return }
    var names = Set(table.values.filter(\.isTask).map(\.name))
    for alias in table.values {
      guard case .importAlias(let file?) = alias.kind else { continue }
      names.formUnion(file.names.values.filter(\.isTask).map(\.name))
    }
    if names.contains(name) { return }
    let match = closestMatch(to: name, among: names)
    report(
      "E0218", "no task is called `\(name)`", at: span, caret: match.map { "did you mean `\($0)`?" },
      hint: match == nil ? "the name of a task, or `\"fetch\"` for all requests" : nil)
  }

  /// When the run has ended, its variables are gone.
  private func checkNames(in expression: Expr) {
    if isQuestion(expression) { return }
    if case .name(let name) = expression.kind, let declaration = table[name] {
      switch declaration.kind {
      case .param, .errorKind: break
      default:
        report(
          "E0219", "an `expect` of the whole run cannot use `\(name)`: it is worked out when the run has ended",
          at: expression.span, labels: [label(declaration)], hint: "literals and the script's `param`s are still there")
      }
    }
    expression.forEachPart { if case .expression(let part) = $0 { checkNames(in: part) } }
  }
}
