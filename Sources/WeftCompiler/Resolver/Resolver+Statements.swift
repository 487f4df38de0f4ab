import WeftSyntax

extension Resolver {
  func resolve(_ statement: Statement) {
    switch statement.kind {
    case .binding(let pattern, let value, let isVariable):
      let hidden = hide(pattern)
      resolveTopLevelValue(value)
      for declaration in hidden { table[declaration.name] = declaration }
      if isAtTopLevel { markReady(pattern) } else { declare(pattern, isVariable ? .variable : .constant) }
    case .assignment(let target, _, let value):
      resolve(target: target)
      resolve(value)
    case .expression(let expression): resolve(expression)
    case .task(let task):
      resolve(parameters: task.parameters, body: task.body, task: resolution[task.name.span])
      resolution[task.name.span]?.isReady = true
    case .errorKinds: break
    case .param(let param):
      // The parser has told of one inside a block.
      if !isAtTopLevel { declare(param.name, .param) }
      if let value = param.defaultValue {
        resolveTopLevelValue(value)
      } else if role == .imported || role == .input {
        let place = role == .imported ? "of an imported file" : "here"
        report(
          "E0214", "`\(param.name.text)` has no default, and nobody can set a parameter \(place)",
          at: param.name.span, hint: "give it a default: `param \(param.name.text) = …`")
      }
      resolution[param.name.span]?.isReady = true
    case .importFile: break
    case .forLoop(let pattern, let sequence, let body):
      resolve(sequence)
      function.loops += 1
      inScope {
        declare(pattern, .loopVariable)
        resolve(body)
      }
      function.loops -= 1
    case .whileLoop(let condition, let body):
      resolve(condition)
      function.loops += 1
      resolve(body)
      function.loops -= 1
    case .breakLoop: checkJump("break", statement.span)
    case .continueLoop: checkJump("continue", statement.span)
    case .returnValue(let value):
      checkReturn(statement.span)
      if let value { resolve(value) }
    case .throwError(let value): resolve(value)
    case .test(_, _, let body), .bench(_, _, let body):
      inFunction(.child) {
        function.owners = 1
        resolve(body)
      }
    case .expect(let condition): resolve(condition)
    case .invalid: break
    }
  }

  /// Where the top level does not run, a value there is worked out in the task that first uses it, by a function of its own.
  private func resolveTopLevelValue(_ value: Expr) {
    guard isAtTopLevel, role == .imported || role == .declarations else { return resolve(value) }
    inFunction(.child) {
      // What a script starts there belongs to the block that uses it first.
      if role == .declarations { function.owners = 1 }
      self.resolve(value)
    }
  }

  private func checkJump(_ word: String, _ span: Span) {
    if function.loops == 0 {
      let hint =
        function.role == .child
        ? "`\(word)` cannot leave the body of a started task: each runs on its own" : nil
      report("E0403", "`\(word)` outside of a loop", at: span, hint: hint)
    } else if let outer = function.finallyLoops.last, outer == function.loops {
      report("E0404", "`\(word)` cannot leave a `finally`", at: span)
    }
  }

  private func checkReturn(_ span: Span) {
    switch function.role {
    case .task:
      if !function.finallyLoops.isEmpty { report("E0404", "`return` cannot leave a `finally`", at: span) }
    case .main:
      report("E0405", "`return` outside of a task", at: span)
    case .child:
      report(
        "E0405", "`return` cannot leave the body of a started task", at: span,
        hint: "its value is its last expression; to end early, put the work in a task of its own")
    }
  }

  private func resolve(target: Expr) {
    var root = target
    var isPart = false
    var passesValue = false
    while true {
      switch root.kind {
      case .member(let base, let name, let optional):
        if optional { report("E0401", "cannot assign to `?.\(name.text)`", at: target.span) }
        if name.text == "value" { passesValue = true }
        root = base
        isPart = true
      case .index(let base, let index):
        resolve(index)
        root = base
        isPart = true
      case .name(let name):
        guard let declaration = use(name, at: root.span) else {
          if table[name] == nil, isBuiltin(name) {
            report("E0401", "cannot assign to `\(name)`, which is built in", at: root.span)
          }
          return
        }
        // What a Shared holds can change wherever the handle stands.
        if passesValue && declaration.isVariable { declaration.isChanged = true }
        if !passesValue { changed(declaration, at: root.span, part: isPart) }
        return
      case .invalid: return
      case .call where isPart:
        // A handle that a call gives can have parts that change, such as `cell().value`.
        resolve(root)
        return
      default:
        resolve(root)
        report(
          "E0401", "cannot assign to this expression", at: root.span, hint: "assign to a variable, `x[i]` or `x.name`")
        return
      }
    }
  }

  /// Notes that a variable, or a part of what it holds, changes; reports it for a constant.
  func changed(_ declaration: Declaration, at span: Span, part: Bool) {
    declaration.isChanged = true
    if declaration.isVariable { return checkCopy(of: declaration, at: span, part: part) }
    let name = declaration.name
    let what: String
    var hint: String?
    switch declaration.kind {
    case .constant:
      what = "it is a constant" + (declaration.source === source ? "" : " of `\(declaration.source.name)`")
      if declaration.source === source { hint = "declare it with `var` to change it" }
    case .parameter:
      what = "it is a parameter"
      hint = "make a variable of it first: `var \(name) = \(name)`"
    case .loopVariable:
      what = "it is a loop's variable"
      hint = "make a variable of it first: `var \(name) = \(name)`"
    case .param: what = "it is a parameter of the script"
    case .task: what = "it is a task"
    case .errorKind: what = "it is a kind of error"
    case .importAlias: what = "it is an imported file"
    case .variable: return
    }
    report(
      "E0402", part ? "cannot change a part of `\(name)`: \(what)" : "cannot assign to `\(name)`: \(what)", at: span,
      labels: [label(declaration)], hint: hint)
  }

  /// What a worker captures is a copy, so a change of it there would be lost.
  private func checkCopy(of declaration: Declaration, at span: Span, part: Bool) {
    var place: FunctionContext? = function
    while let inner = place, inner !== declaration.function {
      if inner.isElsewhere {
        report(
          "E0410",
          part
            ? "cannot change a part of `\(declaration.name)` here: a worker has a copy of it"
            : "cannot assign to `\(declaration.name)` here: a worker has a copy of it",
          at: span, caret: "this runs in a worker, or on another core", labels: [label(declaration)],
          hint: "give the new value as the task's result, or share it: `let \(declaration.name) = shared(…)`")
        return
      }
      place = inner.outer
    }
  }

  func resolve(parameters: [Parameter], body: TaskBody, task: Declaration? = nil) {
    inFunction(.task, task: task) {
      var sawDefault = false
      for parameter in parameters {
        if let value = parameter.defaultValue {
          sawDefault = true
          resolve(value)
        } else if sawDefault {
          report(
            "E0305", "`\(parameter.name.text)` needs a default, because the parameter before it has one",
            at: parameter.name.span)
        }
        if parameter.name.text != "_" { declare(parameter.name, .parameter) }
      }
      switch body {
      case .block(let block): resolve(block)
      case .expression(let expression): resolve(expression)
      }
    }
  }
}
