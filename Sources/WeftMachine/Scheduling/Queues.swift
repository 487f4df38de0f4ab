import WeftCompiler

/// A queue that wants the handle of a task when that has ended. The queue is counted.
struct TaskWatcher {
  let queue: BlockPointer
  var next: UnsafeMutablePointer<TaskWatcher>?
}

/// Queues: items go to those who wait in the order of arrival, each to one of them.
extension Machine {
  // MARK: Methods

  /// A method of a queue on the receiver in window[2]. False when the fiber's record has changed.
  func queueMethod(_ method: BuiltinMethod, _ window: UnsafeMutablePointer<Value>) throws(Thrown) -> Bool {
    guard let fiber = core.pointee.fiber else { return false }
    if HandleBlock(window[2]).hasCrossed { return try queueMethod(crossed: method, fiber, window) }
    let queue = QueueBlock(window[2])
    var result = Value.none
    switch method {
    case .queuePut:
      if mustNotWait(fiber) { return false }
      if queue.isClosed { throw closedError() }
      let item = window[3]
      if queue.getters.pointee.first == nil, queue.count >= queue.limit {
        window[3] = .none
        fiber.pointee.pending = item
        wait(fiber, .put, queue, window)
        return false
      }
      if queue.isFull { try checkRoom(max(4, queue.count * 2), stride: ListBlock.stride) }
      window[3] = .none
      queue.unfinished += 1
      deliver(item, to: queue)
    case .queueGet:
      if mustNotWait(fiber) { return false }
      if queue.count == 0 {
        if queue.isClosed { throw closedError() }
        wait(fiber, .get, queue, window)
        return false
      }
      result = queue.takeFirst()
      admitPutters(queue)
    case .queueJoin:
      if mustNotWait(fiber) { return false }
      if queue.unfinished > 0 {
        wait(fiber, .drain, queue, window)
        return false
      }
    case .queueTaskDone:
      if queue.unfinished == 0 {
        throw doneTooOften()
      }
      queue.unfinished -= 1
      if queue.unfinished == 0 {
        while let joiner = queue.joiners.pointee.first { endWait(joiner, queue.joiners, with: .none) }
      }
    default: close(queue)
    }
    consume(window + 3, heap)
    consume(window + 2, heap)
    store(result, window, heap)
    return true
  }

  func doneTooOften() -> Thrown {
    raise(
      .valueError, "`task_done` was called more often than items were put",
      hint: "call it once for each item that was taken")
  }

  func closedError() -> Thrown {
    raise(
      .queueClosedError, "the queue is closed",
      hint: "`for item in q { }` ends by itself when a queue is closed and empty")
  }

  /// Parks the running fiber; the method's result goes to the start of its window.
  private func wait(_ fiber: FiberPointer, _ wait: Wait, _ queue: QueueBlock, _ window: UnsafeMutablePointer<Value>) {
    fiber.pointee.resultRegister = Int32(window - fiber.pointee.base)
    park(fiber, wait, queue)
    consume(window + 2, heap)
  }

  /// The fiber keeps the queue while it waits.
  private func park(_ fiber: FiberPointer, _ wait: Wait, _ queue: QueueBlock) {
    retain(queue.block)
    fiber.pointee.wait = wait
    fiber.pointee.target = UnsafeMutableRawPointer(queue.block)
    line(wait, queue).pointee.append(fiber)
    core.pointee.fiber = nil
  }

  private func line(_ wait: Wait, _ queue: QueueBlock) -> UnsafeMutablePointer<WaitList> {
    switch wait {
    case .put: queue.putters
    case .drain: queue.joiners
    default: queue.getters
    }
  }

  /// The run ends, and with it whatever a fiber has to do with a queue.
  func forgetQueue(of fiber: FiberPointer) {
    switch fiber.pointee.wait {
    case .get, .put, .drain: leaveQueue(fiber)
    case .turn:
      if let block = fiber.pointee.target?.assumingMemoryBound(to: Block.self), block.kind == Kind.queue {
        heap.release(block)
      }
    default: break
    }
  }

  /// A fiber that waits for a queue no longer does.
  func leaveQueue(_ fiber: FiberPointer) {
    guard let target = fiber.pointee.target else { return }
    let queue = QueueBlock(target.assumingMemoryBound(to: Block.self))
    line(fiber.pointee.wait, queue).pointee.remove(fiber)
    fiber.pointee.isDrawing = false
    if fiber.pointee.wait == .put {
      heap.release(fiber.pointee.pending)
      fiber.pointee.pending = .none
    }
    heap.release(queue.block)
  }

  // MARK: Items

  /// Hands an item to the first who waits for one, or adds it to the queue, whatever its limit.
  private func deliver(_ item: Value, to queue: QueueBlock) {
    guard let getter = queue.getters.pointee.first else { return queue.append(item, heap) }
    queue.getters.pointee.remove(getter)
    getter.pointee.pending = item
    makeReady(getter)
    getter.pointee.wait = .turn
    getter.pointee.target = UnsafeMutableRawPointer(queue.block)
  }

  /// A fiber runs again that was given an item.
  func takeItem(_ fiber: FiberPointer, from queue: QueueBlock) {
    if fiber.pointee.isDrawing {
      // The instruction that draws is carried out again.
      fiber.pointee.isDrawing = false
      fiber.pointee.hasDrawn = true
      fiber.pointee.pc -= 1
    } else {
      let item = fiber.pointee.pending
      fiber.pointee.pending = .none
      store(item, fiber.pointee.base + Int(fiber.pointee.resultRegister), heap)
    }
    heap.release(queue.block)
  }

  /// A fiber was cancelled before it ran with the item that it was given: the next one has it, and before all that were put
  /// in since, even if the queue holds one too many then.
  func returnItem(_ fiber: FiberPointer, to queue: QueueBlock) {
    let item = fiber.pointee.pending
    fiber.pointee.pending = .none
    fiber.pointee.isDrawing = false
    if HandleBlock(queue.block).hasCrossed {
      giveBack(item, to: queue)
      return
    }
    if queue.getters.pointee.first == nil { queue.prepend(item, heap) } else { deliver(item, to: queue) }
    heap.release(queue.block)
  }

  /// The queue has crossed since the fiber was given the item.
  private func giveBack(_ item: Value, to queue: QueueBlock) {
    defer {
      heap.release(item)
      heap.release(queue.block)
    }
    do throws(Thrown) {
      let cargo = try cargo(of: item, for: HandleBlock(queue.block).object.carrier)
      tell(.takeBack(cargo), queue.block)
    } catch {
      heap.release(error.error)
    }
  }

  private func endWait(_ fiber: FiberPointer, _ line: UnsafeMutablePointer<WaitList>, with result: Value) {
    line.pointee.remove(fiber)
    let queue = fiber.pointee.target
    wake(fiber, with: result)
    if let queue { heap.release(queue.assumingMemoryBound(to: Block.self)) }
  }

  /// The instruction that draws is carried out again, and finds the end.
  private func endDrawing(_ fiber: FiberPointer, _ queue: QueueBlock) {
    queue.getters.pointee.remove(fiber)
    fiber.pointee.pc -= 1
    makeReady(fiber)
    heap.release(queue.block)
  }

  /// There is room again: those who wait to put an item do it, in order.
  private func admitPutters(_ queue: QueueBlock) {
    while queue.count < queue.limit, let putter = queue.putters.pointee.first {
      queue.append(putter.pointee.pending, heap)
      putter.pointee.pending = .none
      queue.unfinished += 1
      endWait(putter, queue.putters, with: .none)
    }
  }

  /// Nothing can be put in any more; what is in there can still be taken out.
  private func close(_ queue: QueueBlock) {
    if queue.isClosed { return }
    queue.isClosed = true
    // Those that are woken may hold the last references.
    retain(queue.block)
    while let getter = queue.getters.pointee.first {
      if getter.pointee.isDrawing {
        getter.pointee.isDrawing = false
        endDrawing(getter, queue)
      } else {
        endWait(getter, queue.getters, throwing: closedError())
      }
    }
    while let putter = queue.putters.pointee.first { endWait(putter, queue.putters, throwing: closedError()) }
    heap.release(queue.block)
  }

  private func endWait(_ fiber: FiberPointer, _ line: UnsafeMutablePointer<WaitList>, throwing error: Thrown) {
    line.pointee.remove(fiber)
    let queue = fiber.pointee.target
    wake(fiber, throwing: error.error)
    if let queue { heap.release(queue.assumingMemoryBound(to: Block.self)) }
  }

  enum Drawn {
    case element, end
    /// The fiber's record has changed.
    case parked
  }

  /// The next element of a loop over a queue.
  @inline(never) func draw(from value: Value, into target: UnsafeMutablePointer<Value>) -> Drawn {
    guard let fiber = core.pointee.fiber else { return .parked }
    if fiber.pointee.hasDrawn {
      fiber.pointee.hasDrawn = false
      if fiber.pointee.hasDrawnEnd {
        fiber.pointee.hasDrawnEnd = false
        return .end
      }
      store(fiber.pointee.pending, target, heap)
      fiber.pointee.pending = .none
      return .element
    }
    if mustNotWait(fiber) { return .parked }
    if HandleBlock(value).hasCrossed { return draw(crossed: value, fiber, into: target) }
    let queue = QueueBlock(value)
    if queue.count > 0 {
      store(queue.takeFirst(), target, heap)
      admitPutters(queue)
      return .element
    }
    if queue.isClosed { return .end }
    fiber.pointee.isDrawing = true
    park(fiber, .get, queue)
    return .parked
  }

  // MARK: completed

  /// A queue that gives the handles in the order in which their tasks end.
  func completedQueue(of handles: Value) throws(Thrown) -> Value {
    guard handles.tag == Kind.list else {
      throw raise(.typeError, "`completed` needs a List of Tasks, not \(article(Machine.typeName(handles)))")
    }
    let list = ListBlock(handles)
    var ended: [Value] = []
    for index in 0..<list.count {
      let handle = list.elements[index]
      guard handle.tag == Kind.task else {
        throw raise(
          .typeError, "`completed` needs Tasks, but element \(index) is \(article(Machine.typeName(handle)))",
          hint: "start them: `let t = start f(x)`")
      }
      if TaskBlock(handle).state != .running { ended.append(handle) }
    }
    try checkRoom(list.count, stride: ListBlock.stride * 2)
    try charge(work: list.count)
    let queue = heap.makeQueue(limit: Int.max)
    link(queue.block)
    ended.sort { TaskBlock($0).endedAs < TaskBlock($1).endedAs }
    for handle in ended { queue.append(handle.retained(), heap) }
    for index in 0..<list.count where TaskBlock(list.elements[index]).state == .running {
      let task = TaskBlock(list.elements[index])
      let watcher = heap.allocateRaw(16).assumingMemoryBound(to: TaskWatcher.self)
      retain(queue.block)
      watcher.initialize(to: TaskWatcher(queue: queue.block, next: task.watchers))
      task.watchers = watcher
      queue.expected += 1
    }
    if queue.expected == 0 { queue.isClosed = true }
    return Value(queue.block)
  }

  /// A task has ended: its handle goes to the queues that want it.
  func tellWatchers(of handle: BlockPointer) {
    forEachWatcher(of: handle) { block in
      let queue = QueueBlock(block)
      queue.expected -= 1
      if !queue.isClosed { deliver(Value(handle).retained(), to: queue) }
      if queue.expected == 0 { close(queue) }
    }
  }

  /// The run ends before the task does.
  func forgetWatchers(of handle: BlockPointer) { forEachWatcher(of: handle) { _ in } }

  private func forEachWatcher(of handle: BlockPointer, _ body: (BlockPointer) -> Void) {
    var next = TaskBlock(handle).watchers
    TaskBlock(handle).watchers = nil
    while let watcher = next {
      next = watcher.pointee.next
      let queue = watcher.pointee.queue
      heap.freeRaw(UnsafeMutableRawPointer(watcher), size: 16)
      body(queue)
      heap.release(queue)
    }
  }
}
