import WeftCompiler

extension Machine {
  static let fiberSize = Heap.roundUp(MemoryLayout<Fiber>.size)
  static let scopeSize = Heap.roundUp(MemoryLayout<Scope>.size)
  /// A stack never has more slots of 16 bytes than this: the limit of call depth.
  static let mostSlots = 1 << 20

  // MARK: Making and ending

  /// Makes a fiber that will call `callee` with the `count` values at `arguments`, both of which it takes over.
  func makeFiber(
    calling callee: Value, function: Int, arguments: UnsafeMutablePointer<Value>, count: Int, in home: ScopePointer
  ) -> FiberPointer {
    let info = core.pointee.functions[function]
    let slots = 2 + max(info.registers, info.parameters)
    let stack = heap.allocateRaw(slots * 16).assumingMemoryBound(to: Value.self)
    stack.initialize(repeating: .none, count: slots)
    stack[0] = callee
    stack[1] = Value(tag: UInt64(UInt(bitPattern: UnsafeRawPointer(endOfFiber))), bits: 0)
    for index in 0..<count { stack[2 + index] = arguments[index] }
    for index in count..<max(count, info.parameters) { stack[2 + index] = .unset }
    let fiber = heap.allocateRaw(Self.fiberSize).assumingMemoryBound(to: Fiber.self)
    fiber.initialize(
      to: Fiber(stack: stack, stackEnd: stack + slots, base: stack + 2, pc: info.code, scope: home, home: home))
    fiber.pointee.startedAt = now
    fiber.pointee.ranAt = now
    fiber.pointee.index = Int32(truncatingIfNeeded: home.pointee.nextIndex)
    home.pointee.nextIndex += 1
    home.pointee.children += 1
    core.pointee.ticks &-= 1
    fiber.pointee.nextSibling = home.pointee.firstChild
    home.pointee.firstChild?.pointee.previousSibling = fiber
    home.pointee.firstChild = fiber
    if let owner = home.pointee.owner {
      // The stream depends on the place in the tree of tasks alone.
      owner.pointee.started &+= 1
      fiber.pointee.random = Machine.mix(owner.pointee.random ^ UInt64(owner.pointee.started) &* 0x9E37_79B9_7F4A_7C15)
      let starter = core.pointee.fiber ?? owner
      fiber.pointee.startedFrom = Int32(truncatingIfNeeded: starter.pointee.pc - UnsafePointer(core.pointee.code) - 1)
    } else {
      fiber.pointee.random = Machine.mix(seed ^ UInt64(home.pointee.nextIndex - 1) &* 0x9E37_79B9_7F4A_7C15)
      if let starter = core.pointee.fiber {
        fiber.pointee.startedFrom = Int32(truncatingIfNeeded: position(of: starter.pointee.pc))
      }
      noteBegun(fiber)
    }
    core.pointee.fibers += 1
    core.pointee.fiberCount &+= 1
    fiber.pointee.number = core.pointee.fiberCount
    if core.pointee.isObserved { noteStart(of: fiber, function: function) }
    return fiber
  }

  static func mix(_ state: UInt64) -> UInt64 {
    var z = state &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Gives a fiber's memory back. Its stack may still hold values.
  func free(_ fiber: FiberPointer) {
    let heap = heap
    let slots = fiber.pointee.stackEnd - fiber.pointee.stack
    // Slot 1 is the first frame's link; the others hold values, or nothing.
    fiber.pointee.stack[1] = .none
    for index in 0..<slots { heap.release(fiber.pointee.stack[index]) }
    heap.freeRaw(UnsafeMutableRawPointer(fiber.pointee.stack), size: slots * 16)
    heap.release(fiber.pointee.pending)
    heap.freeRaw(UnsafeMutableRawPointer(fiber), size: Self.fiberSize)
    core.pointee.fibers -= 1
  }

  /// Makes room for `needed` slots above the current base; false when the call depth would pass its limit.
  func growStack(_ fiber: FiberPointer, needed: Int) -> Bool {
    let used = fiber.pointee.base - fiber.pointee.stack
    let old = fiber.pointee.stackEnd - fiber.pointee.stack
    let most = min(Self.mostSlots, limits.callStack / 16)
    if used + needed > most { return false }
    let slots = min(most, max(used + needed, old * 2))
    if slots > 4_096, !heap.hasRoom(besideShared: slots * 16) {
      cross(.memory)
      return false
    }
    let stack = heap.allocateRaw(slots * 16).assumingMemoryBound(to: Value.self)
    stack.update(from: fiber.pointee.stack, count: old)
    (stack + old).initialize(repeating: .none, count: slots - old)
    heap.freeRaw(UnsafeMutableRawPointer(fiber.pointee.stack), size: old * 16)
    fiber.pointee.stack = stack
    fiber.pointee.stackEnd = stack + slots
    fiber.pointee.base = stack + used
    return true
  }

  // MARK: The ready list

  func makeReady(_ fiber: FiberPointer) {
    fiber.pointee.wait = .nothing
    fiber.pointee.target = nil
    fiber.pointee.next = nil
    fiber.pointee.previous = core.pointee.lastReady
    if let last = core.pointee.lastReady { last.pointee.next = fiber } else { core.pointee.firstReady = fiber }
    core.pointee.lastReady = fiber
    readyCount += 1
  }

  func takeReady() -> FiberPointer? {
    guard var fiber = core.pointee.firstReady else { return nil }
    if let choose, readyCount > 1 {
      for _ in 0..<choose(readyCount) {
        guard let next = fiber.pointee.next else { break }
        fiber = next
      }
    }
    if let previous = fiber.pointee.previous {
      previous.pointee.next = fiber.pointee.next
    } else {
      core.pointee.firstReady = fiber.pointee.next
    }
    if let next = fiber.pointee.next {
      next.pointee.previous = fiber.pointee.previous
    } else {
      core.pointee.lastReady = fiber.pointee.previous
    }
    fiber.pointee.next = nil
    fiber.pointee.previous = nil
    readyCount -= 1
    return fiber
  }

  // MARK: Waiting

  /// Wakes a fiber whose wait is over. Its result, if there is one, goes to its result register.
  func wake(_ fiber: FiberPointer, with result: Value? = nil) {
    if let result {
      let slot = fiber.pointee.base + Int(fiber.pointee.resultRegister)
      heap.release(slot.pointee)
      slot.pointee = result
    }
    makeReady(fiber)
  }

  /// Wakes a fiber with an error to throw, which it takes over.
  func wake(_ fiber: FiberPointer, throwing error: Value) {
    fiber.pointee.resume = 1
    heap.release(fiber.pointee.pending)
    fiber.pointee.pending = error
    makeReady(fiber)
  }

  /// Ends a wait because of a cancellation. A join goes on: its tasks are being cancelled as well.
  func interrupt(_ fiber: FiberPointer) {
    switch fiber.pointee.wait {
    case .nothing, .join: return
    case .timer: cancelTimer(timerNode(fiber))
    case .task:
      if let target = fiber.pointee.target {
        TaskBlock(target.assumingMemoryBound(to: Block.self)).waiters.pointee.remove(fiber)
      }
    case .gate: leaveGate(fiber)
    case .get, .put, .drain: leaveQueue(fiber)
    case .lazy: leaveLazy(fiber)
    case .shutdown: shutdownWaiters.removeAll { $0 == fiber }
    case .file:
      let ticket = UInt64(UInt(bitPattern: fiber.pointee.target))
      effects.append(.cancelFileWork(ticket))
      files[ticket] = nil
      core.pointee.outstanding -= 1
    case .host:
      let ticket = UInt64(UInt(bitPattern: fiber.pointee.target))
      effects.append(.cancelHostCall(ticket))
      hostCalls[ticket] = nil
      core.pointee.outstanding -= 1
    case .remote:
      // It ends when the worker has left the task in order.
      cancelRemote(fiber)
      return
    case .burn:
      let ticket = UInt64(UInt(bitPattern: fiber.pointee.target))
      effects.append(.cancelBurn(ticket))
      burns[ticket] = nil
      core.pointee.outstanding -= 1
    case .handle: leaveHandle(fiber)
    case .granted:
      leaveHandle(fiber)
      fiber.pointee.resume = 2
      return
    case .turn:
      returnGrant(fiber)
      fiber.pointee.resume = 2
      return
    case .fetch:
      cancelFetch(fiber)
    }
    if fiber.pointee.isFresh {
      fiber.pointee.wait = .nothing
      ended(fiber, .cancelled)
      return
    }
    fiber.pointee.resume = 2
    makeReady(fiber)
  }

  // MARK: Handles

  /// The waiters of a task hang on its handle.
  func addWaiter(_ fiber: FiberPointer, ofTask block: BlockPointer) {
    fiber.pointee.wait = .task
    fiber.pointee.target = UnsafeMutableRawPointer(block)
    TaskBlock(block).waiters.pointee.append(fiber)
  }

  /// A handle for a fiber that was just made. `arguments` is a list, taken over.
  func makeHandle(_ fiber: FiberPointer, name: Value, arguments: Value) -> Value {
    let task = TaskBlock(heap.allocate(kind: Kind.task, size: TaskBlock.size))
    task.fiber = fiber
    task.state = .running
    task.waiters.initialize(to: WaitList())
    task.watchers = nil
    task.cancellation = Cancellation()
    BlockLinks(task.block).clear()
    task.result.pointee = .none
    task.arguments.pointee = arguments
    task.name.pointee = name
    // The fiber keeps its handle, because others may wait on it.
    fiber.pointee.handle = task.block
    retain(task.block)
    return Value(task.block)
  }

  /// Tells a task's handle how the task ended, and wakes those who wait for it.
  private func settle(_ handle: BlockPointer, _ outcome: FiberOutcome, _ cancellation: ScopePointer?) {
    let task = TaskBlock(handle)
    task.fiber = nil
    core.pointee.sequence &+= 1
    task.endedAs = core.pointee.sequence
    switch outcome {
    case .value(let value):
      task.state = .succeeded
      task.result.pointee = value.retained()
      if value.isHeap { link(handle) }
    case .failed(let error):
      task.state = .failed
      task.result.pointee = error.retained()
      link(handle)
    case .cancelled:
      task.state = .cancelled
      if let cancellation { task.cancellation = Cancellation(of: cancellation) }
    }
    while let waiter = task.waiters.pointee.first {
      task.waiters.pointee.remove(waiter)
      deliver(task, to: waiter)
    }
    tellWatchers(of: handle)
    heap.release(handle)
  }

  /// Wakes a waiter with the outcome of a task that has ended.
  private func deliver(_ task: TaskBlock, to fiber: FiberPointer) {
    switch task.state {
    case .succeeded: wake(fiber, with: task.result.pointee.retained())
    case .failed: wake(fiber, throwing: task.result.pointee.retained())
    case .cancelled, .running:
      wake(fiber, throwing: cancelledError(of: task))
    }
  }

  func cancelledError(of task: TaskBlock) -> Value {
    // What `start { }` starts has no name of its own.
    let name = task.name.pointee.text
    return taskCancelledError(name == "start" ? "the task" : "the task `\(name)`", task.cancellation)
  }

  enum FiberOutcome {
    case value(Value)
    case failed(Value)
    case cancelled
  }

  /// A fiber has ended; takes over the outcome's value.
  func ended(_ fiber: FiberPointer, _ outcome: FiberOutcome) {
    let home = fiber.pointee.home
    if let previous = fiber.pointee.previousSibling {
      previous.pointee.nextSibling = fiber.pointee.nextSibling
    } else {
      home.pointee.firstChild = fiber.pointee.nextSibling
    }
    fiber.pointee.nextSibling?.pointee.previousSibling = fiber.pointee.previousSibling
    home.pointee.children -= 1
    if fiber.pointee.holdsPermits { releasePermits(of: home, wereUsed: !fiber.pointee.isFresh) }
    if case .failed(let error) = outcome { noteOrigin(of: error, fiber) }
    let cancellation = cancelledScope(reaching: fiber.pointee.cancelScope ?? home)
    let wasCancelled = cancelledScope(reaching: home) != nil
    if core.pointee.isObserved { noteEnd(of: fiber, outcome, cancellation) }
    if home == root { rootTaskEnded(fiber, outcome) }
    childEnded(home, index: Int(fiber.pointee.index), outcome, isLate: wasCancelled)
    if let handle = fiber.pointee.handle { settle(handle, outcome, cancellation) }
    switch outcome {
    case .value(let value), .failed(let value): heap.release(value)
    case .cancelled: break
    }
    if let scope = fiber.pointee.cancelScope { discard(scope) }
    free(fiber)
    if home.pointee.children == 0 { allChildrenEnded(home) }
  }
}

extension TaskBlock {
  enum State: Int { case running, succeeded, failed, cancelled }
  static let size = 96 + slotCount * 16

  var fiber: FiberPointer? {
    get { block.at(16, as: FiberPointer?.self).pointee }
    nonmutating set { block.at(16, as: FiberPointer?.self).pointee = newValue }
  }
  var state: State {
    get { block.at(24, as: State.self).pointee }
    nonmutating set { block.at(24, as: State.self).pointee = newValue }
  }
  var waiters: UnsafeMutablePointer<WaitList> { block.at(32) }
  /// Queues that the handle goes to when the task has ended.
  var watchers: UnsafeMutablePointer<TaskWatcher>? {
    get { block.at(64, as: UnsafeMutablePointer<TaskWatcher>?.self).pointee }
    nonmutating set { block.at(64, as: UnsafeMutablePointer<TaskWatcher>?.self).pointee = newValue }
  }
  var cancellation: Machine.Cancellation {
    get { block.at(80, as: Machine.Cancellation.self).pointee }
    nonmutating set { block.at(80, as: Machine.Cancellation.self).pointee = newValue }
  }
  /// Orders tasks by their ends.
  var endedAs: UInt64 {
    get { block.at(72, as: UInt64.self).pointee }
    nonmutating set { block.at(72, as: UInt64.self).pointee = newValue }
  }
  /// The value, or the error.
  var result: UnsafeMutablePointer<Value> { slots }
  /// A list.
  var arguments: UnsafeMutablePointer<Value> { slots + 1 }
  /// A string.
  var name: UnsafeMutablePointer<Value> { slots + 2 }
}
