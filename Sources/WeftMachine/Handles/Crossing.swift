import WeftCompiler

/// A handle that leaves its machine gets an object that all machines of the run reach. That happens while values are packed;
/// what the handle holds is packed after them, and only if all of that can travel does anything change.
extension Machine {
  /// The object of a handle that is packed just now.
  func crossing(_ value: Value) throws(Thrown) -> SharedHandle {
    let handle = HandleBlock(value)
    if handle.hasCrossed { return handle.object }
    let number = heap.memory.handles.nextNumber()
    let object: SharedHandle
    switch value.tag {
    case Kind.queue:
      let queue = QueueBlock(value)
      if queue.expected > 0 {
        throw raise(
          .typeError, "a Queue that `completed` made cannot leave its interpreter",
          hint: "take the tasks out of it here")
      }
      object = SharedQueue(
        number: number, HandleFacts(kind: value.tag, capacity: queue.limit, rate: 0, madeAt: -1), memory: heap.memory)
    case Kind.shared:
      object = SharedCell(
        number: number, HandleFacts(kind: value.tag, capacity: 1, rate: 0, madeAt: -1), isStrict: isInterleaved,
        memory: heap.memory)
    default:
      let limiter = LimiterBlock(value)
      object = SharedLimiter(
        number: number,
        HandleFacts(kind: value.tag, capacity: limiter.capacity, rate: limiter.rate, madeAt: limiter.madeAt),
        permits: limiter.permits, limiter.bucket.pointee, isStrict: isInterleaved)
    }
    handle.attach(object)
    heap.handles.insert(handle.block)
    // What holds it may be what crosses with it.
    retain(handle.block)
    crossings.append(handle.block)
    return object
  }

  /// A block for a handle of another machine, with a reference of its own.
  func value(of object: SharedHandle) -> Value {
    if let known = heap.handles.blocks[object.number] { return Value(known).retained() }
    let facts = object.facts
    let block: BlockPointer
    switch facts.kind {
    case Kind.queue:
      let queue = heap.makeQueue(limit: facts.capacity)
      link(queue.block)
      block = queue.block
    case Kind.shared:
      block = heap.makeShared(.none)
      link(block)
    case Kind.rateLimiter: block = heap.makeLimiter(rate: facts.rate, burst: facts.capacity).block
    default: block = heap.makeLimiter(kind: facts.kind, permits: facts.capacity).block
    }
    if facts.kind != Kind.queue, facts.kind != Kind.shared { LimiterBlock(block).madeAt = facts.madeAt }
    HandleBlock(block).attach(object)
    heap.handles.insert(block)
    return Value(block)
  }

  /// Moves what the handles hold that were met while packing into their objects. On an error they stay what they were.
  func finishCrossings(_ functions: inout Set<Int>) throws(Thrown) {
    var contents: [[Cargo]] = []
    // Packing the content of one may meet others.
    while contents.count < crossings.count { contents.append(try content(of: crossings[contents.count], &functions)) }
    let blocks = crossings
    crossings = []
    for (block, content) in zip(blocks, contents) { move(content, of: block) }
    for block in blocks { heap.release(block) }
  }

  func forgetCrossings() {
    let blocks = crossings
    crossings = []
    for block in blocks { heap.handles.remove(block) }
    for block in blocks { heap.release(block) }
  }

  /// What a handle holds, then what those want to put who wait for room.
  private func content(of block: BlockPointer, _ functions: inout Set<Int>) throws(Thrown) -> [Cargo] {
    switch block.kind {
    case Kind.shared: return [try cargo(of: SharedBlock(block).slot.pointee, for: .memory, &functions)]
    case Kind.queue:
      let queue = QueueBlock(block)
      var items: [Cargo] = []
      for index in 0..<queue.count { items.append(try cargo(of: queue.item(index), for: .memory, &functions)) }
      var putter = queue.putters.pointee.first
      while let fiber = putter {
        items.append(try cargo(of: fiber.pointee.pending, for: .memory, &functions))
        putter = fiber.pointee.next
      }
      return items
    default: return []
    }
  }

  private func move(_ content: [Cargo], of block: BlockPointer) {
    switch HandleBlock(block).object {
    case let cell as SharedCell:
      let shared = SharedBlock(block)
      cell.fill(content.first ?? .plain(.none))
      if shared.updates > 0, let fiber = core.pointee.fiber { cell.adopt(holder: asker(fiber), depth: shared.updates) }
      heap.release(shared.slot.pointee)
      shared.slot.pointee = .none
    case let queue as SharedQueue: move(content, of: QueueBlock(block), to: queue)
    case let limiter as SharedLimiter: move(LimiterBlock(block), to: limiter)
    default: break
    }
  }

  private func move(_ content: [Cargo], of block: QueueBlock, to queue: SharedQueue) {
    queue.fill(Array(content.prefix(block.count)), unfinished: block.unfinished, isClosed: block.isClosed)
    var next = block.count
    block.clear(heap)
    // They keep the queue while they wait.
    while let fiber = block.getters.pointee.first {
      block.getters.pointee.remove(fiber)
      stand(fiber, at: block.block, fiber.pointee.isDrawing ? .drawing : .item, .get) { queue.adopt($0) }
    }
    while let fiber = block.putters.pointee.first {
      block.putters.pointee.remove(fiber)
      heap.release(fiber.pointee.pending)
      fiber.pointee.pending = .none
      stand(fiber, at: block.block, .room, .put(content[next])) { queue.adopt($0) }
      next += 1
    }
    while let fiber = block.joiners.pointee.first {
      block.joiners.pointee.remove(fiber)
      stand(fiber, at: block.block, .work, .join) { queue.adopt($0) }
    }
  }

  private func move(_ block: LimiterBlock, to limiter: SharedLimiter) {
    if !block.isRate {
      for (task, place) in holders(of: block.block, count: block.capacity - block.permits) {
        limiter.adopt(holder: HandleAsker(user: handleUser, task: task, ticket: 0, now: now, place: place))
      }
    }
    while let fiber = block.waiters.pointee.first {
      cancelTimer(timerNode(fiber))
      block.waiters.pointee.remove(fiber)
      retain(block.block)
      stand(fiber, at: block.block, .permit, .take) { limiter.adopt($0) }
    }
  }

  /// Lets a fiber that waited in a line of this machine wait in that of the object. The block is counted for it.
  private func stand(
    _ fiber: FiberPointer, at block: BlockPointer, _ purpose: HandleWait.Purpose, _ operation: HandleOperation,
    _ adopt: (HandleWaiter) -> Void
  ) {
    nextTicket += 1
    let waiter = HandleWaiter(asker(fiber), operation)
    adopt(waiter)
    wait(fiber, HandleWait(fiber: fiber, block: block, purpose: purpose, waiter: waiter))
  }

  /// Which tasks hold a limiter, and since where, as far as that is quickly found.
  private func holders(of block: BlockPointer, count: Int) -> [(task: UInt64, place: Int32)] {
    var found: [(task: UInt64, place: Int32)] = []
    if count > 0, core.pointee.fibers <= 1_000 {
      for fiber in allFibers() {
        for scope in withs(of: fiber) where scope.pointee.limiter == block && found.count < count {
          found.append((UInt64(UInt(bitPattern: fiber)), scope.pointee.openedAt))
        }
      }
    }
    while found.count < count { found.append((0, -1)) }
    return found
  }
}
