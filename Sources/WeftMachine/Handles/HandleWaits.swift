import WeftCompiler

/// A fiber that waits for a handle that has crossed, or was given what it waited for and waits for its turn.
struct HandleWait {
  enum Purpose {
    /// A permit or token, for a `with`.
    case permit
    /// An item, for `get` or for a loop.
    case item, drawing
    /// Room for an item, or the end of the work on all.
    case room, work
    /// To write a Shared, or to begin its `update`.
    case write, update
  }

  let fiber: FiberPointer
  /// Counted.
  let block: BlockPointer
  let purpose: Purpose
  let waiter: HandleWaiter
  /// What it was given.
  var answer: HandleAnswer?

  var object: SharedHandle { HandleBlock(block).object }
}

extension Machine {
  func asker(_ fiber: FiberPointer) -> HandleAsker {
    let place = fiber.pointee.scope.pointee.kind == ScopeKind.with.rawValue ? fiber.pointee.scope.pointee.openedAt : -1
    return HandleAsker(
      user: handleUser, task: UInt64(UInt(bitPattern: fiber)), ticket: nextTicket, now: now, place: place)
  }

  // MARK: Values

  /// A value, which stays the caller's, as a handle holds it.
  func cargo(of value: Value, for carrier: Carrier) throws(Thrown) -> Cargo {
    var functions: Set<Int> = []
    return try cargo(of: value, for: carrier, &functions)
  }

  /// Adds the functions that occur in it.
  @inline(__always) func cargo(
    of value: Value, for carrier: Carrier, _ functions: inout Set<Int>
  ) throws(Thrown) -> Cargo {
    if value.tag <= Kind.rate { return .plain(value) }
    return .packed(try pack([value], for: carrier, functions: &functions))
  }

  /// The value, with a reference of its own. One for which there is no room ends the run soon; until then it is none.
  func value(of cargo: Cargo) -> Value {
    switch cargo {
    case .plain(let value): return value
    case .packed(let parcel):
      guard let values = unpack(parcel), let value = values.first else { return .none }
      for extra in values.dropFirst() { heap.release(extra) }
      return value
    }
  }

  // MARK: Waiting

  /// Asks a handle that has crossed; nil when the fiber has to wait now.
  func ask(
    _ operation: HandleOperation, _ block: BlockPointer, _ purpose: HandleWait.Purpose, _ fiber: FiberPointer
  ) -> HandleAnswer? {
    nextTicket += 1
    switch HandleBlock(block).object.perform(operation, for: asker(fiber)) {
    case .answer(let answer): return answer
    case .waits(let waiter):
      retain(block)
      wait(fiber, HandleWait(fiber: fiber, block: block, purpose: purpose, waiter: waiter))
      core.pointee.fiber = nil
      return nil
    }
  }

  /// Asks for what never has to wait.
  @discardableResult
  func tell(_ operation: HandleOperation, _ block: BlockPointer, _ fiber: FiberPointer? = nil) -> HandleAnswer {
    let who =
      fiber.map { asker($0) } ?? HandleAsker(user: handleUser, task: 0, ticket: 0, now: now, place: -1)
    guard case .answer(let answer) = HandleBlock(block).object.perform(operation, for: who) else { return .refused }
    return answer
  }

  func wait(_ fiber: FiberPointer, _ wait: HandleWait) {
    let ticket = wait.waiter.asker.ticket
    handleWaits[ticket] = wait
    fiber.pointee.wait = .handle
    fiber.pointee.target = UnsafeMutableRawPointer(bitPattern: UInt(ticket))
    core.pointee.outstanding += 1
    handlesAwaited += 1
    if let due = wait.waiter.due { setTimer(timerNode(fiber), after: due - now) }
  }

  /// The driver passes on what the machine's `handleUser` was told. A ticket that nobody waits with any more is dropped.
  public func handleAnswered(_ ticket: UInt64) {
    guard var wait = handleWaits[ticket], wait.answer == nil else { return }
    let fiber = wait.fiber
    cancelTimer(timerNode(fiber))
    guard case .answer(let answer) = wait.object.claim(wait.waiter, at: now) else {
      if let due = wait.waiter.due { setTimer(timerNode(fiber), after: due - now) }
      return
    }
    noLongerAwaited()
    switch wait.purpose {
    case .permit, .item, .drawing, .update:
      wait.answer = answer
      handleWaits[ticket] = wait
      makeReady(fiber)
      fiber.pointee.wait = .granted
      fiber.pointee.target = UnsafeMutableRawPointer(bitPattern: UInt(ticket))
    case .room, .work, .write:
      handleWaits[ticket] = nil
      if case .closed = answer {
        wake(fiber, throwing: closedError().error)
      } else {
        wake(fiber, with: wait.purpose == .write ? nil : Value.none)
      }
      heap.release(wait.block)
    }
  }

  private func noLongerAwaited() {
    core.pointee.outstanding -= 1
    handlesAwaited -= 1
  }

  func handleIsDue(_ fiber: FiberPointer) { handleAnswered(UInt64(UInt(bitPattern: fiber.pointee.target))) }

  /// A fiber that was given something runs with it.
  func takeHandleGrant(_ fiber: FiberPointer) {
    guard let wait = endWait(of: fiber) else { return }
    defer { heap.release(wait.block) }
    switch (wait.purpose, wait.answer) {
    case (.permit, _): fiber.pointee.scope.pointee.holdsPermit = true
    case (.item, .item(let item)):
      accept(wait)
      store(value(of: item), fiber.pointee.base + Int(fiber.pointee.resultRegister), heap)
    case (.item, _):
      // The queue is closed.
      fiber.pointee.resume = 1
      fiber.pointee.pending = closedError().error
    case (.drawing, let answer):
      // The instruction that draws is carried out again.
      fiber.pointee.isDrawing = false
      fiber.pointee.pc -= 1
      if case .item(let item) = answer {
        accept(wait)
        fiber.pointee.hasDrawn = true
        fiber.pointee.pending = value(of: item)
      }
    case (.update, .item(let value)):
      begun(fiber, wait.block, with: value, fiber.pointee.base + Int(fiber.pointee.resultRegister))
    default: break
    }
  }

  private func accept(_ wait: HandleWait) { _ = wait.object.perform(.accept, for: wait.waiter.asker) }

  private func endWait(of fiber: FiberPointer) -> HandleWait? {
    let ticket = UInt64(UInt(bitPattern: fiber.pointee.target))
    fiber.pointee.wait = .nothing
    fiber.pointee.target = nil
    return handleWaits.removeValue(forKey: ticket)
  }

  /// A fiber that waits no longer does, or was cancelled before it ran with what it was given.
  func leaveHandle(_ fiber: FiberPointer) {
    cancelTimer(timerNode(fiber))
    guard let wait = endWait(of: fiber) else { return }
    defer { heap.release(wait.block) }
    fiber.pointee.isDrawing = false
    var answer = wait.answer
    if answer == nil {
      noLongerAwaited()
      answer = wait.object.cancel(wait.waiter)
    }
    guard let answer else { return }
    switch (wait.purpose, answer) {
    case (.permit, .done):
      tell(wait.block.kind == Kind.rateLimiter ? .returnToken : .release, wait.block, fiber)
    case (.item, .item(let item)), (.drawing, .item(let item)):
      _ = wait.object.perform(.takeBack(item), for: wait.waiter.asker)
    case (.update, .item): tell(.abandon, wait.block, fiber)
    default: break
    }
  }

  /// This machine holds nothing any more that others have as well, and stands in no line.
  func leaveHandles() {
    for wait in Array(handleWaits.values) { leaveHandle(wait.fiber) }
    for block in heap.handles.blocks.values { HandleBlock(block).object.leave(handleUser) }
    for write in pendingWrites.values { heap.release(write.block) }
    pendingWrites = [:]
  }

  // MARK: Taking turns

  /// In an interleaved run an operation on a handle that has crossed begins with the end of a slice, so that other machines may
  /// come before. True when the fiber's record has changed; the instruction, of so many words, is carried out again then.
  func mustSwitch(_ fiber: FiberPointer, words: Int = 1) -> Bool {
    if !isInterleaved { return false }
    if fiber.pointee.hasSwitched {
      fiber.pointee.hasSwitched = false
      return false
    }
    fiber.pointee.hasSwitched = true
    fiber.pointee.pc -= words
    switching = fiber
    core.pointee.fiber = nil
    return true
  }

  // MARK: Limiters

  /// Takes what the innermost scope of `fiber`, a `with`, asks for. False when the fiber's record has changed.
  func acquire(crossed block: BlockPointer, _ fiber: FiberPointer) -> Bool {
    if mustSwitch(fiber) { return false }
    guard ask(.take, block, .permit, fiber) == nil else {
      fiber.pointee.scope.pointee.holdsPermit = true
      return true
    }
    if block.kind != Kind.rateLimiter,
      let holder = ownHold(fiber, block, permits: LimiterBlock(block).capacity)
    {
      leaveHandle(fiber)
      core.pointee.fiber = fiber
      fail(waitsForItself(block, holder))
    }
    return false
  }

  // MARK: Queues

  /// A method of a queue that has crossed. False when the fiber's record has changed.
  func queueMethod(
    crossed method: BuiltinMethod, _ fiber: FiberPointer, _ window: UnsafeMutablePointer<Value>
  ) throws(Thrown) -> Bool {
    if mustSwitch(fiber) { return false }
    let block = window[2].block
    let answer: HandleAnswer?
    fiber.pointee.resultRegister = Int32(window - fiber.pointee.base)
    switch method {
    case .queuePut:
      if mustNotWait(fiber) { return false }
      let item = try cargo(of: window[3], for: HandleBlock(block).object.carrier)
      try checkRoom(item.size)
      answer = ask(.put(item), block, .room, fiber)
    case .queueGet:
      if mustNotWait(fiber) { return false }
      answer = ask(.get, block, .item, fiber)
    case .queueJoin:
      if mustNotWait(fiber) { return false }
      answer = ask(.join, block, .work, fiber)
    case .queueTaskDone: answer = tell(.taskDone, block, fiber)
    default: answer = tell(.close, block, fiber)
    }
    var result = Value.none
    switch answer {
    case .item(let item): result = value(of: item)
    case .closed: throw closedError()
    case .refused: throw doneTooOften()
    default: break
    }
    consume(window + 3, heap)
    consume(window + 2, heap)
    if answer == nil { return false }
    store(result, window, heap)
    return true
  }

  /// The next element of a loop over a queue that has crossed.
  func draw(crossed value: Value, _ fiber: FiberPointer, into target: UnsafeMutablePointer<Value>) -> Drawn {
    if mustSwitch(fiber) { return .parked }
    fiber.pointee.isDrawing = true
    switch ask(.get, value.block, .drawing, fiber) {
    case .item(let item):
      fiber.pointee.isDrawing = false
      store(self.value(of: item), target, heap)
      return .element
    case .none: return .parked
    default:
      fiber.pointee.isDrawing = false
      return .end
    }
  }

  func number(_ operation: HandleOperation, _ value: Value) -> Int {
    if case .number(let number) = tell(operation, value.block) { return number }
    return 0
  }
}
