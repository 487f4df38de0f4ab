import WeftSyntax

extension Emitter {
  /// A window for a call: at `target` if that is the topmost temporary, else above everything.
  func window(target: Int, size: Int) -> Int {
    if target == f.next - 1 {
      _ = f.allocate(size - 1)
      return target
    }
    return f.allocate(size)
  }

  func emitCall(_ callee: Expr, _ arguments: [Argument], to target: Int, _ span: Span) {
    let declaration = declaration(of: callee)
    if let declaration, declaration.functionIndex >= 0, declaration.functionIndex <= Int(UInt16.max),
      case .task(let task) = declaration.kind
    {
      emitKnownCall(declaration.functionIndex, task.parameters.map(\.name.text), arguments, to: target, span)
      return
    }
    switch callee.kind {
    case .name(let name):
      if declaration == nil, let function = host.functions[name] {
        emitHostCall(function, arguments, to: target, span)
        return
      }
      if declaration == nil, let function = Builtins.function(named: name) {
        emitBuiltinCall(function, arguments, to: target, span)
        return
      }
    case .member(let base, let name, let optional) where !callee.parenthesised && declaration == nil:
      if case .name(let module) = base.kind, resolution[base.span] == nil,
        let function = host.functions["\(module).\(name.text)"]
      {
        emitHostCall(function, arguments, to: target, span)
      } else if case .name(let module) = base.kind, resolution[base.span] == nil,
        let function = Builtins.function(named: "\(module).\(name.text)")
      {
        emitBuiltinCall(function, arguments, to: target, span)
      } else {
        emitMethodCall(base, name, optional, arguments, to: target, span)
      }
      return
    default: break
    }
    let first = window(target: target, size: 2 + arguments.count)
    emit(callee, to: first)
    emitDynamicCall(first, arguments, span)
    if first != target { f.emit(.take, a: target, b: first) }
  }

  /// The callee stands at the start of the window.
  private func emitDynamicCall(_ first: Int, _ arguments: [Argument], _ span: Span) {
    for (index, argument) in arguments.enumerated() { emit(argument.value, to: first + 2 + index) }
    f.span = span
    let labels = arguments.compactMap(\.label?.text)
    if labels.isEmpty {
      f.emit(.call, a: first, b: arguments.count)
    } else {
      f.emit(.callNamed, a: first, b: arguments.count)
      f.emit(.jump, bx: constant(.labels(labels)))
    }
  }

  /// Puts arguments where the parameters of a known callee stand; gives how many were written.
  func place(_ arguments: [Argument], parameters: [String], at first: Int, isVariadic: Bool = false) -> Int {
    var values = [Expr?](repeating: nil, count: parameters.count + arguments.count)
    // What a function takes any number of comes after its parameters, which are named then.
    var positional = isVariadic ? parameters.count : 0
    for argument in arguments {
      if let label = argument.label {
        if let index = parameters.firstIndex(of: label.text) { values[index] = argument.value }
      } else {
        values[positional] = argument.value
        positional += 1
      }
    }
    let count = (values.lastIndex { $0 != nil } ?? -1) + 1
    for (index, value) in values.prefix(count).enumerated() {
      if let value { emit(value, to: first + index) } else { f.emit(.loadUnset, a: first + index) }
    }
    return count
  }

  /// Whether the prelude carries this call out.
  private func isPreludeCall(_ signature: BuiltinSignature, _ arguments: [Argument]) -> Bool {
    guard let name = signature.preludeParameter else { return true }
    if arguments.contains(where: { $0.label?.text == name }) { return true }
    guard !signature.isVariadic, let place = signature.parameters.firstIndex(where: { $0.name == name }) else {
      return false
    }
    return place < arguments.count && arguments[place].label == nil
  }

  /// A task of the prelude; while that is being compiled itself, one that is declared in it.
  private func preludeFunction(_ name: String) -> Int? {
    image.preludeFunctions[name] ?? (source < 0 ? image.functions.firstIndex { $0.name == name } : nil)
  }

  private func emitKnownCall(
    _ function: Int, _ parameters: [String], _ arguments: [Argument], to target: Int, _ span: Span,
    isVariadic: Bool = false
  ) {
    let first = window(target: target, size: 2 + parameters.count + arguments.count)
    let count = place(arguments, parameters: parameters, at: first + 2, isVariadic: isVariadic)
    f.span = span
    f.emit(.callFunction, a: first, b: count, c: function)
    if first != target { f.emit(.take, a: target, b: first) }
  }

  private func emitBuiltinCall(_ function: BuiltinFunction, _ arguments: [Argument], to target: Int, _ span: Span) {
    noteUse(of: function)
    if function == .update { return emitUpdate(arguments, to: target, span) }
    let signature = function.signature
    let names = signature.parameters.map(\.name)
    if let name = signature.prelude, isPreludeCall(signature, arguments), let index = preludeFunction(name) {
      emitKnownCall(index, names, arguments, to: target, span, isVariadic: signature.isVariadic)
      return
    }
    let first = window(target: target, size: max(1, names.count + arguments.count))
    var count = place(arguments, parameters: names, at: first, isVariadic: signature.isVariadic)
    // A native reads each of its parameters.
    while count < names.count {
      f.emit(.loadUnset, a: first + count)
      count += 1
    }
    if function == .now || function == .elapsed || function == .during { f.emit(.readClock) }
    f.span = span
    f.emit(function.isWaiting ? .waitBuiltin : .callBuiltin, a: first, b: count, c: Int(function.rawValue))
    if first != target { f.emit(.take, a: target, b: first) }
  }

  /// `__update(cell, f)`: takes the cell's value, calls, and gives it the result; a throw on the way gives the cell back as it was.
  private func emitUpdate(_ arguments: [Argument], to target: Int, _ span: Span) {
    let cell = f.allocate(4)
    emit(arguments[0].value, to: cell)
    emit(arguments[1].value, to: cell + 1)
    f.span = span
    f.emit(.beginUpdate, a: cell + 3, b: cell)
    emitChange(of: cell)
    f.emit(.take, a: target, b: cell)
  }

  /// The call of an `update`'s function, which stands behind the Shared and before its value, and what becomes of the result.
  private func emitChange(of cell: Int) {
    let start = f.position
    f.emit(.call, a: cell + 1, b: 1)
    f.handlers.append(
      Image.Handler(start: start, end: f.position, target: 0, kind: .update, register: cell, height: 0))
    f.emit(.finishUpdate, a: cell + 1, b: cell)
  }

  func noteUse(of function: BuiltinFunction) {
    if function == .shutdownRequested || function == .shutdownWait { image.mentionsShutdown = true }
  }

  // MARK: Methods

  private func emitMethodCall(
    _ base: Expr, _ name: Name, _ optional: Bool, _ arguments: [Argument], to target: Int, _ span: Span
  ) {
    let builtin = BuiltinMethods.id(of: name.text)
    guard let method = builtin ?? hostMethod(name.text) else { return }
    let parameters = parameterNames(method: method, name.text, arguments)
    let own = builtin.map { BuiltinMethods.byID[$0].map(\.parameters.count) } ?? []
    let most = (own + (host.methods[name.text]?.values.map(\.parameters.count) ?? [])).max() ?? 0
    // `update` changes a map, but not the handle of a Shared, so only the run tells whether it needs a variable.
    if Builtins.mutatingNames.contains(name.text), !optional,
      isPlace(base) || passesValue(base) || !Builtins.alwaysMutates(name.text)
    {
      emitPathMethod(method, base, arguments, parameters, most, to: target, span)
      return
    }
    let first = window(target: target, size: 3 + max(most, parameters.count + arguments.count))
    emit(base, to: first + 2)
    let done = JumpLabel()
    if optional {
      let present = JumpLabel()
      f.emitJump(.jumpIfNotNone, a: first + 2, to: present)
      f.emit(.loadNone, a: first)
      f.emitJump(.jump, to: done)
      f.place(present)
    }
    let count = place(arguments, parameters: parameters, at: first + 3)
    f.span = span
    f.emit(.callMethod, a: first, b: count, c: method)
    f.place(done)
    if first != target { f.emit(.take, a: target, b: first) }
  }

  /// The parameters of the method that has all the labels in use.
  private func parameterNames(method: Int, _ name: String, _ arguments: [Argument]) -> [String] {
    let labels = arguments.compactMap(\.label?.text)
    if labels.isEmpty { return [] }
    var candidates: [[String]] = []
    if BuiltinMethods.byID.indices.contains(method) {
      candidates = BuiltinMethods.byID[method].map { $0.parameters.map(\.name) }
    }
    for (_, signature) in (host.methods[name] ?? [:]).sorted(by: { $0.key < $1.key }) {
      candidates.append(signature.parameters.map(\.name))
    }
    if let names = candidates.first(where: { names in labels.allSatisfy(names.contains) }) { return names }
    if let label = arguments.first(where: { $0.label != nil })?.label {
      let known = Set(candidates.flatMap { $0 })
      diagnostics.append(
        Diagnostic(
          .error, "E0302", "`.\(name)()` has no parameter `\(label.text)`", at: label.span,
          caret: closestMatch(to: label.text, among: known).map { "did you mean `\($0)`?" }))
    }
    return []
  }

  /// Whether the expression names a variable or a part of one, which a method may change in place.
  private func isPlace(_ expression: Expr) -> Bool {
    switch expression.kind {
    case .name:
      if let declaration = resolution[expression.span] {
        return declaration.isVariable && !declaration.isTask && !declaration.isErrorKind
          && (declaration.global >= 0 || declaration.owner === f || declaration.isCell)
      }
      return false
    case .member(let base, _, let optional): return !optional && isPlace(base)
    case .index(let base, _): return isPlace(base)
    default: return false
    }
  }

  /// Whether the expression goes through the `.value` of what may be a Shared.
  private func passesValue(_ expression: Expr) -> Bool {
    switch expression.kind {
    case .member(let base, let name, let optional): !optional && (name.text == "value" || passesValue(base))
    case .index(let base, _): passesValue(base)
    default: false
    }
  }

  private func emitPathMethod(
    _ method: Int, _ base: Expr, _ arguments: [Argument], _ parameters: [String], _ most: Int, to target: Int,
    _ span: Span
  ) {
    if let prelude = mutatingPrelude(method, arguments, parameters) {
      return emitMutatingPrelude(prelude, base, arguments, parameters, to: target, span)
    }
    let first = window(target: target, size: 3 + max(most, parameters.count + arguments.count))
    var keys: [PathKey] = []
    guard let root = emitPath(base, &keys) else { return }
    let firstKey = f.allocate(max(keys.count, 1))
    for (offset, key) in keys.enumerated() { emit(key, to: firstKey + offset) }
    let count = place(arguments, parameters: parameters, at: first + 3)
    f.span = span
    let (kind, index) = encode(root)
    f.emit(.callPathMethod, flags: kind, a: first, b: firstKey, c: keys.count)
    if BuiltinMethods.names[method] == "update", count == 1 {
      // Of a Shared it goes on behind the jump.
      f.emit(.beginUpdate, flags: 1, a: method, bx: index)
      let done = JumpLabel()
      f.emitJump(.jump, to: done)
      emitChange(of: first)
      f.place(done)
    } else {
      f.emit(.jump, flags: UInt8(truncatingIfNeeded: count), a: method, bx: index)
    }
    if case .fixed(let register) = root { f.emit(.clear, a: register, b: 1) }
    if first != target { f.emit(.take, a: target, b: first) }
  }

  /// The task of the prelude that works out the new value of a receiver, such as that of `xs.sort(by: f)`.
  private func mutatingPrelude(_ method: Int, _ arguments: [Argument], _ parameters: [String]) -> Int? {
    for signature in BuiltinMethods.byID[method] where signature.isMutating {
      guard let prelude = signature.prelude else { continue }
      if let parameter = signature.preludeParameter {
        let place = signature.parameters.firstIndex { $0.name == parameter }
        let isGiven =
          arguments.contains { $0.label?.text == parameter }
          || (place.map { $0 < arguments.count && arguments[$0].label == nil } ?? false)
        if !isGiven { continue }
      }
      return preludeFunction(prelude)
    }
    return nil
  }

  private func emitMutatingPrelude(
    _ prelude: Int, _ base: Expr, _ arguments: [Argument], _ parameters: [String], to target: Int, _ span: Span
  ) {
    var keys: [PathKey] = []
    guard let root = emitPath(base, &keys) else { return }
    let firstKey = f.allocate(max(keys.count, 1))
    for (offset, key) in keys.enumerated() { emit(key, to: firstKey + offset) }
    let names = ["self"] + (parameters.isEmpty ? ["by", "reverse"] : parameters)
    let value = f.allocate(3 + names.count + arguments.count)
    // The keys are worked out once: the receiver is looked up by what they gave.
    load(root, to: value + 2)
    for offset in keys.indices {
      f.emit(.getIndex, flags: 1, a: value + 2, b: value + 2, c: firstKey + offset)
    }
    let count = place(arguments, parameters: Array(names.dropFirst()), at: value + 3) + 1
    f.span = span
    f.emit(.callFunction, a: value, b: count, c: prelude)
    let (kind, index) = encode(root)
    if keys.isEmpty {
      switch root {
      case .register(let register): f.emit(.take, a: register, b: value)
      case .cell(let cell): f.emit(.setCell, a: value, b: cell)
      case .captureCell(let capture): f.emit(.setCaptureCell, a: value, b: capture)
      case .global(let global): f.emit(.setGlobal, a: value, bx: global)
      // unreachable: a variable, or a path with keys.
      case .fixed: break
      }
    } else {
      f.emit(.setPath, flags: kind, a: value, b: firstKey, c: keys.count)
      f.emit(.jump, bx: index)
      if case .fixed(let register) = root { f.emit(.clear, a: register, b: 1) }
    }
    f.emit(.loadNone, a: target)
  }

  private func load(_ root: PathRoot, to target: Int) {
    switch root {
    case .register(let register), .fixed(let register): f.emit(.move, a: target, b: register)
    case .cell(let cell): f.emit(.getCell, a: target, b: cell)
    case .captureCell(let capture): f.emit(.getCaptureCell, a: target, b: capture)
    case .global(let global): f.emit(.getGlobal, a: target, bx: global)
    }
  }

  // MARK: Work

  func emitFetch(_ arguments: [Argument], to target: Int, _ span: Span) {
    let names = ["url", "method", "headers", "body", "json", "timeout", "limit"]
    let mayBeMocked = image.purpose.hasMocks
    let first = f.allocate(names.count + (mayBeMocked ? 1 : 0))
    for (index, name) in names.enumerated() {
      let argument = index == 0 ? arguments.first { $0.label == nil } : arguments.first { $0.label?.text == name }
      if let argument { emit(argument.value, to: first + index) } else { f.emit(.loadUnset, a: first + index) }
    }
    f.span = span
    if mayBeMocked {
      let window = f.allocate(3)
      f.emit(.askMocks, a: first, b: window)
      f.emit(.take, a: first + names.count, b: window)
      f.free(to: window)
    }
    f.emit(.fetch, flags: mayBeMocked ? 1 : 0, a: first)
    f.emit(.take, a: target, b: first)
  }

  func emitStart(_ group: Expr?, _ work: StartedWork, to target: Int, _ span: Span) {
    let handle = f.allocate()
    if let group { emit(group, to: handle) }
    let flags: UInt8 = group == nil ? 0 : 1
    switch work {
    case .expression(let expression):
      if case .call(let callee, let arguments) = expression.kind,
        emitStartedCall(callee, arguments, handle, flags, span)
      {
        break
      }
      let first = f.allocate(2)
      emitClosure("start", .child, to: first) { self.emitReturn(expression) }
      f.span = span
      f.emit(.start, flags: flags, a: handle, b: first, c: 0)
    case .block(let block):
      let first = f.allocate(2)
      emitClosure("start", .child, to: first) { self.emitReturningBlock(block) }
      f.span = span
      f.emit(.start, flags: flags, a: handle, b: first, c: 0)
    }
    f.emit(.take, a: target, b: handle)
  }

  /// `compute f(x)`, `compute { }`: a block of one task, which runs on another core; its value is the task's.
  func emitCompute(_ work: StartedWork, to target: Int, _ span: Span) {
    emitScope(.compute, flags: 0, options: [], to: target, span) { value in
      let handle = self.f.allocate()
      self.emitStart(nil, work, to: handle, span)
      self.f.emit(.clear, a: handle, b: 1)
      self.f.free(to: handle)
      self.f.emit(.loadNone, a: value)
    }
  }

  /// `start f(x)`: the callee and the arguments are worked out here, the call happens there. False when the call is not
  /// one of a task value (a built-in, a method): then it all happens there.
  private func emitStartedCall(_ callee: Expr, _ arguments: [Argument], _ handle: Int, _ flags: UInt8, _ span: Span)
    -> Bool
  {
    let declaration = declaration(of: callee)
    if case .name(let name) = callee.kind {
      if declaration == nil, host.functions[name] != nil || Builtins.function(named: name) != nil { return false }
    } else if case .member = callee.kind, declaration == nil {
      return false
    }
    if let declaration, case .task(let task) = declaration.kind {
      let names = task.parameters.map(\.name.text)
      let first = f.allocate(2 + max(names.count, arguments.count))
      emit(callee, to: first)
      let count = place(arguments, parameters: names, at: first + 2)
      f.span = span
      f.emit(.start, flags: flags, a: handle, b: first, c: count)
      return true
    }
    if arguments.contains(where: { $0.label != nil }) { return false }
    let first = f.allocate(2 + arguments.count)
    emit(callee, to: first)
    for (index, argument) in arguments.enumerated() { emit(argument.value, to: first + 2 + index) }
    f.span = span
    f.emit(.start, flags: flags, a: handle, b: first, c: arguments.count)
    return true
  }
}
