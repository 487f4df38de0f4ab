import WeftSyntax

extension Resolver {
  func resolve(_ expression: Expr) {
    switch expression.kind {
    case .none, .bool, .int, .bigInt, .float, .duration, .invalid: break
    case .rate(_, _, let unitName):
      if let declaration = table[unitName] {
        report(
          "E0106", "`\(source.text(expression.span))` is a rate, and `\(unitName)` is also a variable here",
          at: expression.span,
          labels: [label(declaration)],
          hint: "write spaces around `/` for a division, or rename the variable")
      }
    case .string(let parts):
      for case .interpolation(let inner) in parts { resolve(inner) }
    case .list(let elements): for element in elements { resolve(element) }
    case .map(let entries):
      var seen = Set<String>(minimumCapacity: entries.count)
      for entry in entries {
        switch entry {
        case .named(let name, let value):
          if !seen.insert(name.text).inserted {
            report("E0205", "the key `\(name.text)` stands twice in this map", at: name.span)
          }
          resolve(value)
        case .computed(let key, let value):
          resolve(key)
          resolve(value)
        }
      }
    case .listComprehension(let element, let clauses):
      resolve(clauses[...]) { self.resolve(element) }
    case .mapComprehension(let key, let value, let clauses):
      resolve(clauses[...]) {
        self.resolve(key)
        self.resolve(value)
      }
    case .range(let lower, let upper, _):
      resolve(lower)
      resolve(upper)
    case .closure(let parameters, let body): resolve(parameters: parameters, body: body)
    case .name(let name): resolveName(name, at: expression.span)
    case .negate(let operand), .not(let operand), .sleep(let operand), .await(let operand): resolve(operand)
    case .binary(_, let left, let right), .and(let left, let right), .or(let left, let right),
      .coalesce(let left, let right):
      resolve(left)
      resolve(right)
    case .comparison(let operands, _): for operand in operands { resolve(operand) }
    case .membership(let element, let container, _):
      resolve(element)
      resolve(container)
    case .typeTest(let value, let kind, _):
      resolve(value)
      useKind(kind, allowTypes: true)
    case .member(let base, let name, _):
      if module(base) != nil {
        checkModuleMember(base, name)
      } else if let alias = alias(base) {
        use(name, of: alias, at: base.span)
      } else {
        resolve(base)
      }
    case .index(let base, let index):
      resolve(base)
      resolve(index)
    case .call where isQuestion(expression): break
    case .call(let callee, let arguments): resolveCall(callee, arguments, at: expression.span)
    case .ifElse(let clauses, let elseBody):
      for clause in clauses {
        resolve(clause.condition)
        resolve(clause.body)
      }
      if let elseBody { resolve(elseBody) }
    case .tryCatch(let body, let catches, let finally): resolveTry(body, catches, finally)
    case .fetch(let arguments):
      if !capabilities.contains(.network) { reportNotGranted(.network, "fetch", at: expression.span) }
      checkOptions(
        arguments, of: "fetch", positional: 1, names: ["method", "headers", "body", "json", "timeout", "limit"],
        at: expression.span)
    case .computeCall(let call): resolveStarted(.expression(call), elsewhere: true)
    case .computeBlock(let block): resolveStarted(.block(block), elsewhere: true)
    case .computeFor(let duration): resolve(duration)
    case .start(let group, let work): resolveStart(group, work, at: expression.span)
    case .gather(let kind, let options, let body): resolveGather(kind, options, body, at: expression.span)
    case .taskgroup(let options, let name, let body):
      checkErrorsOption(options, of: "taskgroup")
      function.owners += 1
      inScope {
        if let name { declare(name, .constant) }
        resolve(body)
      }
      function.owners -= 1
    case .scoped(let kind, let arguments, let name, let body, let elseBody):
      resolveScoped(kind, arguments, name, body, elseBody, at: expression.span)
    case .with(let handles, let body):
      for handle in handles { resolve(handle) }
      resolve(body)
    case .mock(let target, let answer, let isSequence): resolveMock(target, answer, isSequence)
    case .throwsTest(let kinds, let body):
      for kind in kinds { useKind(kind, allowTypes: false) }
      resolve(body)
    case .block(let block): resolve(block)
    }
  }

  private func resolveName(_ name: String, at span: Span) {
    guard let declaration = table[name] else {
      if Builtins.modules.contains(name) || host.modules.contains(name), host.functions[name] == nil {
        report(
          "E0208", "`\(name)` is not a value", at: span,
          hint: "use one of its members, such as `\(name).\(members(ofModule: name).first ?? "")`")
      } else if host.types.contains(name), host.functions[name] == nil {
        report("E0208", "`\(name)` is a type, not a value", at: span, hint: "test for it by `x is \(name)`")
      } else {
        use(name, at: span)
      }
      return
    }
    use(declaration, at: span)
    if declaration.isImportAlias {
      report(
        "E0208", "`\(name)` is an imported file, not a value", at: span, labels: [label(declaration)],
        hint: "use one of its names, such as `\(name).\(exampleName(of: declaration))`")
    }
  }

  private func resolve(_ clauses: ArraySlice<ComprehensionClause>, _ inner: @escaping () -> Void) {
    guard let clause = clauses.first else { return inner() }
    switch clause {
    case .forEach(let pattern, let sequence):
      resolve(sequence)
      inScope {
        declare(pattern, .loopVariable)
        resolve(clauses.dropFirst(), inner)
      }
    case .condition(let condition):
      resolve(condition)
      resolve(clauses.dropFirst(), inner)
    }
  }

  private func resolveTry(_ body: Block, _ catches: [CatchClause], _ finally: FinallyClause?) {
    resolve(body)
    for (index, clause) in catches.enumerated() {
      for kind in clause.kinds { useKind(kind, allowTypes: false) }
      if clause.kinds.isEmpty, !clause.isEach, index < catches.count - 1 {
        report(
          "E0407", "no clause after this one can be reached", at: clause.span,
          hint: "a `catch` without a kind comes last")
      }
      inScope {
        if let binding = clause.binding { declare(binding, .constant) }
        resolve(clause.body)
      }
    }
    if let finally {
      if let limit = finally.limit { resolve(limit) }
      function.finallyLoops.append(function.loops)
      resolve(finally.body)
      function.finallyLoops.removeLast()
    }
  }

  // MARK: Calls

  /// `json`, `math` or `shutdown`, if the expression is that name and nothing else is called so.
  func module(_ base: Expr) -> String? {
    guard case .name(let name) = base.kind, table[name] == nil,
      Builtins.modules.contains(name) || host.modules.contains(name)
    else { return nil }
    return name
  }

  private func checkModuleMember(_ base: Expr, _ name: Name) {
    guard let module = module(base), host.functions["\(module).\(name.text)"] == nil,
      Builtins.function(named: "\(module).\(name.text)") == nil
    else { return }
    let match = closestMatch(to: name.text, among: members(ofModule: module))
    report(
      "E0208", "`\(module)` has no member `\(name.text)`", at: name.span, caret: match.map { "did you mean `\($0)`?" },
      hint: match == nil
        ? "it has " + members(ofModule: module).map { "`\($0)`" }.joined(separator: ", ") : nil)
  }

  private func resolveCall(_ callee: Expr, _ arguments: [Argument], at span: Span) {
    for argument in arguments { resolve(argument.value) }
    switch callee.kind {
    case .name(let name):
      let declaration = use(name, at: callee.span)
      if let declaration {
        checkCall(of: declaration, name, arguments, at: span)
      } else if let function = host.functions[name] {
        check(host: function, arguments, at: span)
      } else if module(callee) != nil {
        resolveName(name, at: callee.span)
      } else if isType(name), !builtinKinds.contains(name) {
        let function = name.lowercased()
        report(
          "E0208", "`\(name)` is a type, not a task", at: callee.span,
          hint: isBuiltin(function) ? "`\(function)(…)` makes a value of it" : "test for it by `x is \(name)`")
      } else if let function = Builtins.function(named: name), isBuiltin(name) {
        check(builtin: function, arguments, at: span)
      } else if builtinKinds.contains(name) {
        checkErrorArguments(name, arguments)
      }
    // `(m.f)(x)` calls a function that a map holds.
    case .member(let base, let name, _) where !callee.parenthesised:
      if let module = module(base) {
        checkModuleMember(base, name)
        if let function = host.functions["\(module).\(name.text)"] {
          check(host: function, arguments, at: span)
        } else if let function = Builtins.function(named: "\(module).\(name.text)") {
          check(builtin: function, arguments, at: span)
        }
        return
      }
      if let alias = alias(base) {
        if let declaration = use(name, of: alias, at: base.span) {
          checkCall(of: declaration, source.text(callee.span), arguments, at: span)
        }
        return
      }
      resolve(base)
      checkMethod(base, name, arguments)
    default: resolve(callee)
    }
  }

  private func checkCall(of declaration: Declaration, _ name: String, _ arguments: [Argument], at span: Span) {
    switch declaration.kind {
    case .task(let task):
      checkArity(
        "`\(name)`", arguments, parameters: task.parameters.map { ($0.name.text, $0.defaultValue != nil) },
        declared: declaration, at: span)
    case .errorKind: checkErrorArguments(name, arguments)
    case .importAlias:
      report("E0208", "`\(name)` is an imported file, not a task", at: span, labels: [label(declaration)])
    default: break
    }
  }

  private func exampleName(of alias: Declaration) -> String {
    guard case .importAlias(let file?) = alias.kind else { return "…" }
    return file.names.values.min { $0.span.start < $1.span.start }?.name ?? "…"
  }

  private func checkErrorArguments(_ name: String, _ arguments: [Argument]) {
    for argument in arguments.dropFirst() where argument.label == nil {
      report(
        "E0303", "`\(name)` takes one message; its fields are named", at: argument.value.span,
        hint: "write `name: value`")
    }
  }

  private func check(builtin function: BuiltinFunction, _ arguments: [Argument], at span: Span) {
    let signature = function.signature
    checkArity(
      "`\(signature.name)`", arguments, parameters: signature.parameters.map { ($0.name, $0.isOptional) },
      variadic: signature.isVariadic, declared: nil, at: span)
  }

  private func check(host function: HostInterface.Function, _ arguments: [Argument], at span: Span) {
    checkArity(
      "`\(function.name)`", arguments, parameters: function.parameters.map { ($0.name, $0.isOptional) }, declared: nil,
      at: span)
  }

  private func checkMethod(_ base: Expr, _ name: Name, _ arguments: [Argument]) {
    // Which type the receiver has shows only when it runs, and so does whether the arguments fit.
    if host.methods[name.text] != nil { return }
    guard let id = BuiltinMethods.id(of: name.text) else {
      let match = closestMatch(to: name.text, among: BuiltinMethods.names + host.methods.keys)
      report(
        "E0202", "no value has a method `\(name.text)`", at: name.span, caret: match.map { "did you mean `\($0)`?" },
        hint: match == nil ? "to call a function that a map holds, write `(m.\(name.text))(…)`" : nil)
      return
    }
    let all = BuiltinMethods.byID[id]
    if !all.contains(where: { $0.isVariadic }), let most = all.map(\.parameters.count).max(), arguments.count > most {
      report(
        "E0301", "`.\(name.text)()` takes at most \(count(most, "argument")), but \(arguments.count) are given",
        at: arguments[most].value.span)
    }
    if Builtins.alwaysMutates(name.text), let root = rootName(base), let declaration = table[root.name] {
      // What a Shared holds can change wherever the handle stands.
      let passes = passesValue(base)
      if passes && declaration.isVariable { declaration.isChanged = true }
      if !passes { changed(declaration, at: root.span, part: true) }
    } else if Builtins.mutatingNames.contains(name.text), let root = rootName(base), let declaration = table[root.name],
      declaration.isVariable
    {
      declaration.isChanged = true
    }
  }

  private func passesValue(_ expression: Expr) -> Bool {
    switch expression.kind {
    case .member(let base, let name, _): name.text == "value" || passesValue(base)
    case .index(let base, _): passesValue(base)
    default: false
    }
  }

  private func rootName(_ expression: Expr) -> (name: String, span: Span)? {
    var root = expression
    while true {
      switch root.kind {
      case .member(let base, _, _), .index(let base, _): root = base
      case .name(let name): return (name, root.span)
      default: return nil
      }
    }
  }

  func count(_ n: Int, _ word: String) -> String { n == 1 ? "1 \(word)" : "\(n) \(word)s" }

  private func checkArity(
    _ what: String, _ arguments: [Argument], parameters: [(name: String, isOptional: Bool)], variadic: Bool = false,
    declared: Declaration?, at span: Span
  ) {
    var given = Set<String>()
    var positional = 0
    let labels = declared.map { [label($0)] } ?? []
    for argument in arguments {
      if let label = argument.label {
        guard parameters.contains(where: { $0.name == label.text }) else {
          let match = closestMatch(to: label.text, among: parameters.map(\.name))
          report(
            "E0302", "\(what) has no parameter `\(label.text)`", at: label.span,
            caret: match.map { "did you mean `\($0)`?" },
            labels: labels)
          continue
        }
        if !given.insert(label.text).inserted {
          report("E0304", "`\(label.text)` is given twice", at: label.span, labels: labels)
        }
      } else {
        if arguments.prefix(positional).contains(where: { $0.label != nil }) {
          report("E0303", "positional arguments come before named ones", at: argument.value.span)
        }
        if variadic {
          // They come beside the named ones.
        } else if positional < parameters.count {
          given.insert(parameters[positional].name)
        } else {
          let most = parameters.count
          report(
            "E0301",
            "\(what) takes \(most == 0 ? "no arguments" : count(most, "argument")), but \(arguments.count) are given",
            at: argument.value.span, labels: labels)
          return
        }
        positional += 1
      }
    }
    let missing = parameters.filter { !$0.isOptional && !given.contains($0.name) }.map { "`\($0.name)`" }
    if !missing.isEmpty {
      report(
        "E0301",
        "\(what) is missing \(missing.count == 1 ? "the argument" : "the arguments") \(missing.joined(separator: ", "))",
        at: span, labels: labels)
    }
  }

  // MARK: Work and blocks

  /// Options of a word or block: `positional` arguments first, then some of `names`.
  private func checkOptions(_ arguments: [Argument], of word: String, positional: Int, names: [String], at span: Span) {
    var seen = 0
    for argument in arguments {
      resolve(argument.value)
      if let label = argument.label {
        if !names.contains(label.text) {
          let match = closestMatch(to: label.text, among: names)
          report(
            "E0302", "`\(word)` has no option `\(label.text)`", at: label.span,
            caret: match.map { "did you mean `\($0)`?" },
            hint: names.isEmpty ? nil : "it takes " + names.map { "`\($0):`" }.joined(separator: ", "))
        }
      } else {
        seen += 1
        if seen > positional {
          report("E0301", "`\(word)` takes \(count(positional, "argument")) without a name", at: argument.value.span)
        }
      }
    }
    if seen < positional { report("E0301", "`\(word)` needs \(count(positional, "argument"))", at: span) }
  }

  /// Where the tasks of a pool run, by the name of its argument.
  static func poolKind(_ label: String?) -> PoolKind? {
    switch label {
    case "threads": .threads
    case "tasks": .tasks
    case "processes": .processes
    default: nil
    }
  }

  private func checkPool(_ arguments: [Argument], at span: Span) {
    checkOptions(
      arguments, of: "pool", positional: 0, names: ["threads", "tasks", "processes", "launcher"], at: span)
    let kinds = arguments.filter { Self.poolKind($0.label?.text) != nil }
    if kinds.count != 1 {
      report(
        "E0306", kinds.isEmpty ? "`pool` needs to know where its tasks run" : "`pool` takes one kind of worker",
        at: kinds.last?.label?.span ?? span,
        hint: "write `pool(threads: 4)`, `pool(tasks: 4)` or `pool(processes: 4)`")
    }
    if let launcher = arguments.first(where: { $0.label?.text == "launcher" }),
      !kinds.contains(where: { $0.label?.text == "processes" })
    {
      report("E0306", "only a pool of processes has a `launcher`", at: launcher.label?.span ?? span)
    }
    if !capabilities.contains(.processes), let label = kinds.first?.label, label.text == "processes" {
      reportNotGranted(.processes, "pool(processes:)", at: label.span)
    }
  }

  private func checkErrorsOption(_ options: [Argument], of word: String) {
    for option in options {
      guard option.label?.text == "errors", case .name("keep") = option.value.kind else {
        report("E0302", "`\(word)` takes just the option `errors: keep`", at: option.label?.span ?? option.value.span)
        continue
      }
    }
  }

  private func resolveStart(_ group: Expr?, _ work: StartedWork, at span: Span) {
    if let group {
      resolve(group)
    } else if function.owners == 0, function.role != .main {
      report(
        "E0408", "nothing here waits for what `start` starts", at: span, caret: "no block around it in the same task",
        hint: "write it inside `taskgroup { … }`, or pass a group and write `start(in: g) …`")
    }
    resolveStarted(work, elsewhere: group == nil && function.pools > 0)
  }

  private func resolveStarted(_ work: StartedWork, elsewhere: Bool) {
    switch work {
    case .expression(let expression):
      if case .call = expression.kind {
        resolve(expression)
      } else {
        inFunction(.child, elsewhere: elsewhere) { self.resolve(expression) }
      }
    case .block(let block): inFunction(.child, elsewhere: elsewhere) { self.resolve(block) }
    }
  }

  private func resolveGather(_ kind: GatherKind, _ options: [Argument], _ body: GatherBody, at span: Span) {
    let word = kind == .gather ? "gather" : "race"
    if kind == .gather {
      checkErrorsOption(options, of: word)
    } else {
      for option in options { report("E0302", "`race` takes no options", at: option.value.span) }
    }
    switch body {
    case .children(let children):
      var seen: Set<String> = []
      for child in children {
        if let label = child.label, !seen.insert(label.text).inserted {
          report("E0205", "the label `\(label.text)` stands twice", at: label.span)
        }
        inFunction(.child, elsewhere: function.pools > 0) { self.resolve(child.value) }
      }
    case .forEach(let pattern, let sequence, let body):
      resolve(sequence)
      inFunction(.child, elsewhere: function.pools > 0) {
        self.declare(pattern, .loopVariable)
        self.resolve(body)
      }
    }
  }

  private func resolveScoped(
    _ kind: ScopedKind, _ arguments: [Argument], _ name: Name?, _ body: Block, _ elseBody: Block?, at span: Span
  ) {
    switch kind {
    case .semaphore: checkOptions(arguments, of: "semaphore", positional: 1, names: [], at: span)
    case .timeout: checkOptions(arguments, of: "timeout", positional: 1, names: [], at: span)
    case .shield: checkOptions(arguments, of: "shield", positional: 0, names: [], at: span)
    case .retry:
      checkOptions(arguments, of: "retry", positional: 1, names: ["backoff", "factor", "jitter", "on"], at: span)
    case .rate: checkOptions(arguments, of: "rate", positional: 1, names: ["burst"], at: span)
    case .pool: checkPool(arguments, at: span)
    }
    if kind == .pool { function.pools += 1 }
    defer { if kind == .pool { function.pools -= 1 } }
    function.owners += 1
    inScope {
      if let name { declare(name, .constant) }
      resolve(body)
    }
    function.owners -= 1
    if let elseBody { resolve(elseBody) }
  }
}
