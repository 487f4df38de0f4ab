/// A Queue that several machines have: items go to those who wait in the order of arrival, each to one of them.
final class SharedQueue: SharedHandle, @unchecked Sendable {
  private let state: Guarded<State>
  private let memory: RunMemory

  init(number: UInt64, _ facts: HandleFacts, memory: RunMemory) {
    state = Guarded(State(limit: facts.capacity))
    self.memory = memory
    super.init(number: number, facts)
    memory.handles.insert(self)
  }

  deinit {
    memory.handles.remove(self)
    Cargo.drop(takeAll())
  }

  /// Gives it what it held in its machine.
  func fill(_ items: [Cargo], unfinished: Int, isClosed: Bool) {
    state.locked { state in
      for item in items { state.append(item) }
      state.unfinished = unfinished
      state.isClosed = isClosed
    }
    settle()
  }

  /// Lets one stand in line that did so before.
  func adopt(_ waiter: HandleWaiter) { state.locked { $0.wait(waiter) } }

  override func perform(_ operation: HandleOperation, for asker: HandleAsker) -> HandleReply {
    var told: [HandleWaiter] = []
    let reply = state.locked { state -> HandleReply in
      if let answer = state.answer(operation, asker, &told) { return .answer(answer) }
      let waiter = HandleWaiter(asker, operation)
      state.wait(waiter)
      return .waits(waiter)
    }
    settle()
    for waiter in told { waiter.tell() }
    return reply
  }

  /// Items count for the run's limit of memory.
  private func settle() {
    let change = state.locked { state in
      defer { state.settledSize = state.size }
      return state.size - state.settledSize
    }
    if change != 0 { memory.add(bytes: change, blocks: 0) }
  }

  override func claim(_ waiter: HandleWaiter, at now: Int64) -> HandleReply {
    state.locked { _ in waiter.answer.map { .answer($0) } ?? .waits(waiter) }
  }

  override func cancel(_ waiter: HandleWaiter) -> HandleAnswer? { state.locked { $0.cancel(waiter) } }

  override func leave(_ user: HandleUser) {
    var told: [HandleWaiter] = []
    state.locked { $0.leave(user, &told) }
    settle()
    for waiter in told { waiter.tell() }
  }

  override func takeAll() -> [Cargo] {
    let content = state.locked { $0.takeAll() }
    settle()
    return content
  }

  // MARK: State

  private struct State {
    private var items: [Cargo] = []
    /// How many of the first items are gone.
    private var taken = 0
    /// Items that came back, the next one last.
    private var returned: [Cargo] = []
    var unfinished = 0
    var isClosed = false
    /// Bytes that the items take, and how many of them the run knows of.
    private(set) var size = 0
    var settledSize = 0
    private var getters = WaiterLine()
    private var putters = WaiterLine()
    private var joiners = WaiterLine()
    /// Those who were given an item and have not begun with it: it may come back, so the queue is not at its end.
    private var offered: [HandleWaiter] = []
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    private var count: Int { items.count - taken + returned.count }

    /// What comes of an operation at once, and who is to be told; nil when it has to wait.
    mutating func answer(
      _ operation: HandleOperation, _ asker: HandleAsker, _ told: inout [HandleWaiter]
    ) -> HandleAnswer? {
      switch operation {
      case .put(let item):
        if isClosed { return .closed }
        if getters.first == nil, count >= limit { return nil }
        unfinished += 1
        if let getter = getters.popFirst() { offer(item, to: getter, &told) } else { append(item) }
        return .done
      case .get:
        if count == 0 { return isAtEnd ? .closed : nil }
        let item = takeFirst()
        admitPutters(&told)
        return .item(item)
      case .takeBack(let item):
        offered.removeAll { $0.asker.user === asker.user && $0.asker.ticket == asker.ticket }
        takeBack(item, &told)
        return .done
      case .accept:
        offered.removeAll { $0.asker.user === asker.user && $0.asker.ticket == asker.ticket }
        if isAtEnd { endGetters(&told) }
        return .done
      case .close:
        if isClosed { return .done }
        isClosed = true
        if isAtEnd { endGetters(&told) }
        while let putter = putters.popFirst() { end(putter, .closed, &told) }
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

    mutating func wait(_ waiter: HandleWaiter) {
      switch waiter.operation {
      case .put: putters.append(waiter)
      case .join: joiners.append(waiter)
      default: getters.append(waiter)
      }
    }

    mutating func cancel(_ waiter: HandleWaiter) -> HandleAnswer? {
      if let answer = waiter.answer { return answer }
      switch waiter.operation {
      case .put: putters.remove(waiter)
      case .join: joiners.remove(waiter)
      default: getters.remove(waiter)
      }
      return nil
    }

    mutating func leave(_ user: HandleUser, _ told: inout [HandleWaiter]) {
      let lost = offered.filter { $0.asker.user === user }
      offered.removeAll { $0.asker.user === user }
      for waiter in lost { if case .item(let item)? = waiter.answer { takeBack(item, &told) } }
      getters.remove { $0.asker.user === user }
      putters.remove { $0.asker.user === user }
      joiners.remove { $0.asker.user === user }
    }

    private var isAtEnd: Bool { isClosed && count == 0 && offered.isEmpty }

    private mutating func endGetters(_ told: inout [HandleWaiter]) {
      while let getter = getters.popFirst() { end(getter, .closed, &told) }
    }

    private mutating func offer(_ item: Cargo, to getter: HandleWaiter, _ told: inout [HandleWaiter]) {
      offered.append(getter)
      end(getter, .item(item), &told)
    }

    /// An item is the first again.
    private mutating func takeBack(_ item: Cargo, _ told: inout [HandleWaiter]) {
      if let getter = getters.popFirst() {
        offer(item, to: getter, &told)
      } else {
        returned.append(item)
        size += item.size
      }
    }

    private func end(_ waiter: HandleWaiter, _ answer: HandleAnswer, _ told: inout [HandleWaiter]) {
      waiter.answer = answer
      told.append(waiter)
    }

    mutating func append(_ item: Cargo) {
      items.append(item)
      size += item.size
    }

    private mutating func takeFirst() -> Cargo {
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
      size -= item.size
      return item
    }

    /// There is room again: those who wait to put an item do it, in order.
    private mutating func admitPutters(_ told: inout [HandleWaiter]) {
      while count < limit, let putter = putters.popFirst() {
        if case .put(let item) = putter.operation { append(item) }
        unfinished += 1
        end(putter, .done, &told)
      }
    }

    mutating func takeAll() -> [Cargo] {
      var content = Array(items[taken...]) + returned
      items = []
      taken = 0
      returned = []
      size = 0
      while getters.popFirst() != nil {}
      while let putter = putters.popFirst() { if case .put(let item) = putter.operation { content.append(item) } }
      while joiners.popFirst() != nil {}
      return content
    }
  }
}
