import WeftSyntax

extension Emitter {
  private typealias Cleanup = FunctionBuilder.Cleanup

  /// Compiles a region whose every way out passes through a cleanup. `body` makes the region, `unwind` the cleanup with
  /// the completion in its register. The value of the whole stands in `value` afterwards.
  private func emitRegion(
    register: Int, height: Int, kind: Image.Handler.Kind, _ body: () -> Void
  ) -> (cleanup: FunctionBuilder.Cleanup, handler: Int) {
    let cleanup = FunctionBuilder.Cleanup(register: register, height: height)
    f.enclosing.append(.cleanup(cleanup))
    let start = f.position
    body()
    f.enclosing.removeLast()
    f.handlers.append(
      Image.Handler(
        start: start, end: f.position, target: 0, kind: kind, register: register, height: height))
    return (cleanup, f.handlers.count - 1)
  }

  /// After a cleanup: goes on with what the completion says; falls through when it is normal.
  private func emitResume(_ cleanup: FunctionBuilder.Cleanup, otherwise: JumpLabel? = nil) {
    let register = cleanup.register
    f.emit(.resume, a: register)
    var targets: [(JumpLabel, FunctionBuilder.Exit)] = []
    for (number, exit) in cleanup.exits {
      let label = JumpLabel()
      f.emit(.jumpIfCompletion, a: register, c: number)
      f.emitJump(.jump, to: label)
      targets.append((label, exit))
    }
    if let otherwise {
      f.emit(.jumpIfCompletion, a: register, c: Completion.otherwise)
      f.emitJump(.jump, to: otherwise)
    }
    if targets.isEmpty { return }
    let normal = JumpLabel()
    f.emitJump(.jump, to: normal)
    for (label, exit) in targets {
      f.place(label)
      if case .returnValue = exit { emitExit(exit, value: register + 1) } else { emitExit(exit) }
    }
    f.place(normal)
  }

  /// Compiles a block that opens a scope: its options, its body with a register for the value, and both ways out.
  func emitScope(
    _ kind: ScopeKind, flags: UInt8, options: [Expr?], to target: Int, _ span: Span, elseBody: Block? = nil,
    _ body: (_ value: Int) -> Void
  ) {
    let register = f.allocate(2 + options.count)
    for (index, option) in options.enumerated() {
      if let option { emit(option, to: register + 2 + index) } else { f.emit(.loadUnset, a: register + 2 + index) }
    }
    emitOpenScope(
      kind, flags: flags | (elseBody == nil ? 0 : 2), register: register, height: f.next, to: target, span,
      otherwise: elseBody.map { block in { self.emit(block, into: $0) } }, body)
  }

  private func emitOpenScope(
    _ kind: ScopeKind, flags: UInt8, register: Int, height: Int, to target: Int, _ span: Span,
    otherwise: ((_ value: Int) -> Void)?, _ body: (_ value: Int) -> Void
  ) {
    let value = f.allocate()
    f.span = span
    f.emit(.enterScope, flags: flags, a: register, b: Int(kind.rawValue), c: register + 2)
    let mark = f.next
    let (cleanup, handler) = emitRegion(register: register, height: height, kind: .scope) {
      body(value)
      if f.next > mark { f.emit(.clear, a: mark, b: f.next - mark) }
      f.free(to: mark)
    }
    f.span = span
    // A body that ends by itself is one more way out: all of them pass through the same instruction.
    f.emit(.setCompletion, flags: 2, a: register, b: Completion.normal, c: value)
    f.place(cleanup.unwindLabel)
    f.handlers[handler].target = f.position
    f.emit(.leaveScope, a: register)
    let elseLabel = otherwise == nil ? nil : JumpLabel()
    emitResume(cleanup, otherwise: elseLabel)
    f.emit(.take, a: value, b: register + 1)
    let done = JumpLabel()
    if let elseLabel, let otherwise {
      f.emitJump(.jump, to: done)
      f.place(elseLabel)
      otherwise(value)
    }
    f.place(done)
    f.emit(.take, a: target, b: value)
    if height > register + 2 { f.emit(.clear, a: register + 2, b: height - register - 2) }
  }

  func emitScoped(
    _ kind: ScopedKind, _ arguments: [Argument], _ name: Name?, _ body: Block, _ elseBody: Block?, to target: Int,
    _ span: Span
  ) {
    let positional = arguments.first { $0.label == nil }?.value
    func option(_ label: String) -> Expr? { arguments.first { $0.label?.text == label }?.value }
    switch kind {
    case .timeout:
      emitScope(.timeout, flags: 0, options: [positional], to: target, span, elseBody: elseBody) {
        self.emit(body, into: $0)
      }
    case .semaphore:
      emitScope(.semaphore, flags: 0, options: [positional], to: target, span) { self.emit(body, into: $0) }
    case .rate:
      emitScope(.rate, flags: 0, options: [positional, option("burst")], to: target, span) { self.emit(body, into: $0) }
    case .shield: emitScope(.shield, flags: 0, options: [], to: target, span) { self.emit(body, into: $0) }
    case .retry:
      emitRetry(
        positional, ["backoff", "factor", "jitter", "on"].map(option), name, body, to: target, span)
    case .pool:
      let workers = arguments.first { Resolver.poolKind($0.label?.text) != nil }
      let pool = Resolver.poolKind(workers?.label?.text) ?? .tasks
      emitScope(
        .pool, flags: 0, options: [workers?.value, Expr(.int(Int64(pool.rawValue)), span), option("launcher")],
        to: target, span
      ) { self.emit(body, into: $0) }
    }
  }

  /// `with a, b { }`: a scope for each handle, the first outermost.
  func emitWith(_ handles: ArraySlice<Expr>, _ body: Block, to target: Int, _ span: Span) {
    guard let handle = handles.first else { return emit(body, into: target) }
    emitScope(.with, flags: 0, options: [handle], to: target, handle.span) { value in
      self.f.span = handle.span
      self.f.emit(.acquire)
      self.emitWith(handles.dropFirst(), body, to: value, span)
    }
  }

  /// `retry`: a scope for each try. Registers after the completion: the count, backoff, factor, jitter, `on`; then the
  /// number of tries so far, the last delay and the last error.
  private func emitRetry(
    _ count: Expr?, _ options: [Expr?], _ name: Name?, _ body: Block, to target: Int, _ span: Span
  ) {
    let register = f.allocate(10)
    for (index, option) in ([count] + options).enumerated() {
      if let option { emit(option, to: register + 2 + index) } else { f.emit(.loadUnset, a: register + 2 + index) }
    }
    f.emit(.loadInt, a: register + 7, bx: 0)
    f.emit(.loadConstant, a: register + 8, bx: constant(.duration(0)))
    f.emit(.loadNone, a: register + 9)
    let again = JumpLabel()
    f.place(again)
    emitOpenScope(
      .retry, flags: 0, register: register, height: f.next, to: target, span,
      otherwise: { value in
        // The error of this try stands in the completion's value.
        let mark = self.f.next
        self.f.span = span
        let window = self.f.allocate(4)
        if options[3] != nil, let matches = self.image.preludeFunctions["__retry_matches"] {
          self.f.emit(.move, a: window + 2, b: register + 6)
          self.f.emit(.move, a: window + 3, b: register + 1)
          self.f.emit(.callFunction, a: window, b: 2, c: matches)
        } else if let matches = Builtins.function(named: "__error_is") {
          self.f.emit(.move, a: window, b: register + 1)
          self.f.emit(.loadUnset, a: window + 1)
          self.f.emit(.callBuiltin, a: window, b: 2, c: Int(matches.rawValue))
        }
        let go = JumpLabel()
        self.f.emitJump(.jumpIfTrue, a: window, to: go)
        self.f.emit(.throwError, flags: 1, a: register + 1)
        self.f.place(go)
        self.f.emit(.take, a: register + 9, b: register + 1)
        self.f.emit(.addInt, a: register + 7, b: register + 7, c: 1)
        if let delay = Builtins.function(named: "__retry_delay") {
          for (index, source) in [3, 4, 5, 7].enumerated() {
            self.f.emit(.move, a: window + index, b: register + source)
          }
          self.f.emit(.callBuiltin, a: window, b: 4, c: Int(delay.rawValue))
          self.f.emit(.move, a: register + 8, b: window)
          self.f.emit(.sleep, a: window)
        }
        self.f.free(to: mark)
        self.f.emitJump(.jumpBack, to: again)
      }
    ) { value in
      if let name, let declaration = self.resolution[name.span] {
        self.claim(declaration, self.f.allocate())
        let map = declaration.register
        let pair = self.f.allocate(2)
        self.f.emit(.newMap, a: map)
        for (key, source) in [("number", 7), ("delay", 8), ("error", 9)] {
          self.f.emit(.loadConstant, a: pair, bx: self.constant(.string(key)))
          self.f.emit(.move, a: pair + 1, b: register + source)
          self.f.emit(.mapSet, a: map, b: pair)
        }
        self.f.free(to: pair)
      }
      self.emit(body, into: value)
    }
  }

  // MARK: gather, race

  func emitGather(_ kind: GatherKind, _ options: [Argument], _ body: GatherBody, to target: Int, _ span: Span) {
    let scope: ScopeKind = kind == .gather ? .gather : .race
    emitScope(scope, flags: (options.isEmpty ? 0 : 1) | (dropped.contains(span) ? 4 : 0), options: [], to: target, span)
    { value in
      self.f.emit(.loadNone, a: value)
      switch body {
      case .children(let children):
        for child in children {
          let closure = self.f.allocate()
          self.f.span = child.value.span
          self.emitClosure(scope == .gather ? "gather" : "race", .child, to: closure) {
            if case .block(let block) = child.value.kind {
              self.emitReturningBlock(block)
            } else {
              self.emitReturn(child.value)
            }
          }
          self.f.span = child.value.span
          if let label = child.label {
            self.f.emit(.spawn, flags: 2, a: closure)
            self.f.emit(.jump, bx: self.constant(.string(label.text)))
          } else {
            self.f.emit(.spawn, a: closure)
          }
          self.f.emit(.clear, a: closure, b: 1)
          self.f.free(to: closure)
        }
      case .forEach(let pattern, let sequence, let body):
        self.emitGatherLoop(scope == .gather ? "gather" : "race", pattern, sequence, body, span)
      }
    }
  }

  private func emitGatherLoop(_ name: String, _ pattern: Pattern, _ sequence: Expr, _ body: Block, _ span: Span) {
    let closure = f.allocate()
    emitClosure(name, .child, to: closure) {
      let register = self.f.allocate()
      self.f.parameters = [self.names(of: pattern).map(\.text).joined(separator: ", ")]
      self.f.required = 1
      switch pattern {
      case .name(let name):
        if let declaration = self.resolution[name.span] { self.claim(declaration, register) }
      case .discard: break
      case .list, .map:
        for name in self.names(of: pattern) {
          if let declaration = self.resolution[name.span] { self.claim(declaration, self.f.allocate()) }
        }
        let copy = self.f.allocate()
        self.f.emit(.take, a: copy, b: register)
        self.emitUnpack(pattern, from: copy)
      }
      self.emitReturningBlock(body)
    }
    let iterator = f.allocate(2)
    emit(sequence, to: iterator)
    f.span = sequence.span
    f.emit(.iteratePrepare, a: iterator)
    let element = f.allocate()
    let start = JumpLabel()
    let end = JumpLabel()
    f.span = span
    f.place(start)
    // The next element is drawn only when its task may begin.
    f.emit(.gate, a: iterator)
    f.emit(.iterateNext, a: iterator, b: element)
    f.emitJump(.jump, to: end)
    f.emit(.spawn, flags: 1, a: closure, b: element)
    f.emitJump(.jump, to: start)
    f.place(end)
  }

  // MARK: try

  func emitTry(_ body: Block, _ catches: [CatchClause], _ finally: FinallyClause?, to target: Int?) {
    let value = f.allocate()
    guard let finally else {
      emitTryCatch(body, catches, into: value)
      if let target { f.emit(.take, a: target, b: value) } else { f.emit(.clear, a: value, b: 1) }
      f.free(to: value)
      return
    }
    let register = f.allocate(2)
    let height = f.next
    let (cleanup, handler) = emitRegion(register: register, height: height, kind: .cleanup) {
      emitTryCatch(body, catches, into: value)
    }
    f.emit(.setCompletion, a: register, b: Completion.normal)
    f.place(cleanup.unwindLabel)
    f.handlers[handler].target = f.position
    let start = f.position
    let unused = f.allocate()
    emitScope(.finally, flags: 0, options: [finally.limit], to: unused, body.span) { self.emit(finally.body, into: $0) }
    f.emit(.clear, a: unused, b: 1)
    f.handlers.append(
      Image.Handler(
        start: start, end: f.position, target: 0, kind: .cause, register: register + 1, height: 1))
    f.free(to: height)
    emitResume(cleanup)
    if let target { f.emit(.take, a: target, b: value) } else { f.emit(.clear, a: value, b: 1) }
    f.free(to: value)
  }

  private func emitTryCatch(_ body: Block, _ catches: [CatchClause], into value: Int) {
    if catches.isEmpty { return emit(body, into: value) }
    let error = f.allocate()
    let done = JumpLabel()
    let start = f.position
    emit(body, into: value)
    f.handlers.append(
      Image.Handler(
        start: start, end: f.position, target: 0, kind: .catchError, register: error, height: error + 1))
    let handler = f.handlers.count - 1
    f.emitJump(.jump, to: done)
    f.handlers[handler].target = f.position
    for clause in catches {
      let next = JumpLabel()
      f.span = clause.span
      if clause.isEach {
        emitCatchEach(clause, error, value)
        f.emitJump(.jumpIfNone, a: error, to: done)
        continue
      }
      if !clause.kinds.isEmpty {
        let test = f.allocate()
        emitKinds(clause.kinds, to: test)
        f.emit(.catchKinds, a: test, b: error, c: test)
        f.emitJump(.jumpIfFalse, a: test, to: next)
        f.free(to: test)
      }
      if let binding = clause.binding, let declaration = resolution[binding.span] { claim(declaration, error) }
      emitHandlerBody(error) { self.emit(clause.body, into: value) }
      f.emitJump(.jump, to: done)
      f.place(next)
    }
    f.emit(.throwError, flags: 1, a: error)
    f.place(done)
    f.emit(.clear, a: error, b: 1)
    f.free(to: error)
  }

  /// A throw in `body` gets the caught error as its cause.
  private func emitHandlerBody(_ error: Int, _ body: () -> Void) {
    let start = f.position
    body()
    f.handlers.append(
      Image.Handler(
        start: start, end: f.position, target: 0, kind: .cause, register: error, height: 0))
  }

  /// `catch each`: `body` runs for each of the matched errors; `error` holds those of other kinds, or none, afterwards.
  private func emitCatchEach(_ clause: CatchClause, _ error: Int, _ value: Int) {
    let mark = f.next
    let matched = f.allocate(2)
    let kinds = f.allocate()
    emitKinds(clause.kinds, to: kinds)
    f.emit(.catchEach, a: matched, b: error, c: kinds)
    f.emit(.iteratePrepare, a: matched)
    let one = f.allocate()
    let completion = f.allocate(2)
    let height = f.next
    let start = JumpLabel()
    let end = JumpLabel()
    f.place(start)
    f.emit(.iterateNext, a: matched, b: one)
    f.emitJump(.jump, to: end)
    if let binding = clause.binding, let declaration = resolution[binding.span] { claim(declaration, one) }
    let (cleanup, handler) = emitRegion(register: completion, height: height, kind: .cleanup) {
      emitHandlerBody(one) { self.emit(clause.body, into: nil) }
    }
    f.emitJump(.jump, to: start)
    // The body was left before the last error: what it did not handle goes on.
    f.place(cleanup.unwindLabel)
    f.handlers[handler].target = f.position
    if let unhandled = Builtins.function(named: "__unhandled") {
      let window = f.allocate(5)
      for (index, source) in [completion, completion + 1, matched, matched + 1, error].enumerated() {
        f.emit(.move, a: window + index, b: source)
      }
      f.emit(.callBuiltin, a: window, b: 5, c: Int(unhandled.rawValue))
      let go = JumpLabel()
      f.emitJump(.jumpIfNone, a: window, to: go)
      f.emit(.throwError, flags: 1, a: window)
      f.place(go)
      f.free(to: height)
    }
    emitResume(cleanup)
    f.place(end)
    f.emit(.clear, a: mark, b: f.next - mark)
    f.free(to: mark)
    f.emit(.loadNone, a: value)
  }

  private func emitKinds(_ kinds: [Name], to target: Int) {
    let first = f.allocate(max(kinds.count, 1))
    for (index, kind) in kinds.enumerated() {
      f.emit(.loadConstant, a: first + index, bx: constant(.string(kindName(kind))))
    }
    f.emit(.newList, a: target, b: first, c: kinds.count)
    f.free(to: first)
  }

  /// `throws(K) { }`: whether the block threw an error of one of the kinds. What it threw, or else gave, goes to the register
  /// `outcome`, the topmost.
  func emitThrowsTest(_ kinds: [Name], _ body: Block, to target: Int, outcome: Int, _ span: Span) {
    let start = f.position
    emit(body, into: outcome)
    let handler = f.handlers.count
    f.handlers.append(
      Image.Handler(
        start: start, end: f.position, target: 0, kind: .catchError, register: outcome, height: outcome + 1))
    f.emit(.loadBool, a: target, b: 0)
    let done = JumpLabel()
    f.emitJump(.jump, to: done)
    f.handlers[handler].target = f.position
    if kinds.isEmpty {
      f.emit(.loadBool, a: target, b: 1)
    } else {
      let list = f.allocate()
      emitKinds(kinds, to: list)
      f.emit(.catchKinds, a: target, b: outcome, c: list)
      f.emit(.clear, a: list, b: 1)
      f.free(to: list)
    }
    f.place(done)
  }
}
