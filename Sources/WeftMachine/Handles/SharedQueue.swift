/// A Queue that several machines have: items go to those who wait in the order of arrival, each to one of them.
final class SharedQueue: SharedHandle, @unchecked Sendable {
  private let lock = SpinLock()
  private let memory: RunMemory
  // Under `lock`:
  private var items: [Cargo] = []
  /// How many of the first items are gone.
  private var taken = 0
  /// Items that came back, the next one last.
  private var returned: [Cargo] = []
  private var unfinished = 0
  private var isClosed = false
  private var getters = WaiterLine()
  private var putters = WaiterLine()
  private var joiners = WaiterLine()

  init(number: UInt64, _ facts: HandleFacts, memory: RunMemory) {
    self.memory = memory
    super.init(number: number, facts)
  }

  /// Gives it what it held in its machine.
  func fill(_ items: [Cargo], unfinished: Int, isClosed: Bool) {
    lock.locked {
      self.items = items
      self.unfinished = unfinished
      self.isClosed = isClosed
      memory.add(bytes: size, blocks: 0)
    }
  }

  deinit { memory.add(bytes: -size, blocks: 0) }

  private var size: Int { (items.dropFirst(taken) + returned).reduce(0) { $0 + $1.size } }
  private var count: Int { items.count - taken + returned.count }

  /// Lets one stand in line that did so before.
  func adopt(_ waiter: HandleWaiter) { lock.locked { wait(waiter) } }

  override func perform(_ operation: HandleOperation, for asker: HandleAsker) -> HandleReply {
    var told: [HandleWaiter] = []
    lock.lock()
    let reply: HandleReply
    if let answer = answer(operation, &told) {
      reply = .answer(answer)
    } else {
      let waiter = HandleWaiter(asker, operation)
      wait(waiter)
      reply = .waits(waiter)
    }
    lock.unlock()
    for waiter in told { waiter.asker.user.notify(waiter.asker.ticket) }
    return reply
  }

  /// What comes of an operation at once; nil when it has to wait.
  private func answer(_ operation: HandleOperation, _ told: inout [HandleWaiter]) -> HandleAnswer? {
    switch operation {
    case .put(let item):
      if isClosed { return .closed }
      if getters.first == nil, count >= facts.capacity { return nil }
      unfinished += 1
      deliver(item, &told)
      return .done
    case .get:
      if count == 0 { return isClosed ? .closed : nil }
      let item = takeFirst()
      admitPutters(&told)
      return .item(item)
    case .takeBack(let item):
      if let getter = getters.popFirst() {
        end(getter, .item(item), &told)
      } else {
        returned.append(item)
        memory.add(bytes: item.size, blocks: 0)
      }
      return .done
    case .close:
      if !isClosed {
        isClosed = true
        while let getter = getters.popFirst() { end(getter, .closed, &told) }
        while let putter = putters.popFirst() { end(putter, .closed, &told) }
      }
      return .done
    case .taskDone:
      if unfinished == 0 { return .refused }
      unfinished -= 1
      if unfinished == 0 { while let joiner = joiners.popFirst() { end(joiner, .done, &told) } }
      return .done
    case .join: return unfinished == 0 ? .done : nil
    case .count: return .number(count)
    case .isClosed: return .number(isClosed ? 1 : 0)
    default: return .refused
    }
  }

  private func wait(_ waiter: HandleWaiter) {
    switch waiter.operation {
    case .put: putters.append(waiter)
    case .join: joiners.append(waiter)
    default: getters.append(waiter)
    }
  }

  private func end(_ waiter: HandleWaiter, _ answer: HandleAnswer, _ told: inout [HandleWaiter]) {
    waiter.answer = answer
    told.append(waiter)
  }

  private func deliver(_ item: Cargo, _ told: inout [HandleWaiter]) {
    if let getter = getters.popFirst() { return end(getter, .item(item), &told) }
    items.append(item)
    memory.add(bytes: item.size, blocks: 0)
  }

  private func takeFirst() -> Cargo {
    let item: Cargo
    if let last = returned.popLast() {
      item = last
    } else {
      item = items[taken]
      items[taken] = .plain(.none)
      taken += 1
      if taken >= 32, taken * 2 >= items.count {
        items.removeFirst(taken)
        taken = 0
      }
    }
    memory.add(bytes: -item.size, blocks: 0)
    return item
  }

  /// There is room again: those who wait to put an item do it, in order.
  private func admitPutters(_ told: inout [HandleWaiter]) {
    while count < facts.capacity, let putter = putters.popFirst() {
      if case .put(let item) = putter.operation {
        items.append(item)
        memory.add(bytes: item.size, blocks: 0)
      }
      unfinished += 1
      end(putter, .done, &told)
    }
  }

  override func claim(_ waiter: HandleWaiter, at now: Int64) -> HandleReply {
    lock.locked { waiter.answer.map { .answer($0) } ?? .waits(waiter) }
  }

  override func cancel(_ waiter: HandleWaiter) -> HandleAnswer? {
    lock.locked {
      if let answer = waiter.answer { return answer }
      switch waiter.operation {
      case .put: putters.remove(waiter)
      case .join: joiners.remove(waiter)
      default: getters.remove(waiter)
      }
      return nil
    }
  }

  override func leave(_ user: HandleUser) {
    lock.locked {
      getters.remove { $0.asker.user === user }
      putters.remove { $0.asker.user === user }
      joiners.remove { $0.asker.user === user }
    }
  }

  override func empty() {
    // Items may hold the last reference to this queue, so they go after the lock.
    let dropped = lock.locked { () -> ([Cargo], [Cargo]) in
      memory.add(bytes: -size, blocks: 0)
      defer {
        items = []
        taken = 0
        returned = []
      }
      while getters.popFirst() != nil {}
      while putters.popFirst() != nil {}
      while joiners.popFirst() != nil {}
      return (items, returned)
    }
    _ = dropped
  }
}
