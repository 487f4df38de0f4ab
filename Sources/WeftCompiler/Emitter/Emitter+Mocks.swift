import WeftSyntax

/// `mock`, and the tasks that it may stand for.
extension Emitter {
  /// - Parameter isDropped: Nobody can ask for its calls.
  func emitMock(
    _ mockTarget: MockTarget, _ answer: Expr, _ isSequence: Bool, isDropped: Bool, to target: Int, _ span: Span
  ) {
    let first = f.allocate(2)
    if case .block(let block) = answer.kind {
      emitClosure("mock", .closure, to: first) { self.emitReturningBlock(block) }
    } else {
      emit(answer, to: first)
    }
    var flags: UInt8 = (isSequence ? 1 : 0) | (isDropped ? 4 : 0)
    var function = 0
    switch mockTarget {
    case .task(let name): function = resolution[name.span]?.functionIndex ?? 0
    case .fetch(let pattern):
      flags |= 2
      if let pattern { emit(pattern, to: first + 1) } else { f.emit(.loadNone, a: first + 1) }
    }
    f.span = span
    f.emit(.mock, flags: flags, a: target, b: first)
    f.emit(.jump, bx: function)
  }

  /// At the start of a task that some test mocks, behind its defaults.
  func emitMockEntry(_ parameters: Int) {
    let body = JumpLabel()
    let mark = f.next
    let window = f.allocate(2 + parameters)
    f.emit(.mocked, a: window)
    f.emitJump(.jump, to: body)
    f.emit(.returnValue, a: window, b: mark)
    f.place(body)
    f.free(to: mark)
  }
}
