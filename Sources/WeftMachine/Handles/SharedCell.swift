/// A Shared that several machines have. Reading never waits: while an `update` runs elsewhere, it gives the value before. A
/// write, or another `update`, waits for the end of it.
final class SharedCell: SharedHandle, @unchecked Sendable {
  private let state: Guarded<State>
  private let memory: RunMemory

  /// - Parameter isStrict: Whoever comes first is served first.
  init(number: UInt64, _ facts: HandleFacts, isStrict: Bool, memory: RunMemory) {
    state = Guarded(State(isStrict: isStrict))
    self.memory = memory
    super.init(number: number, facts)
    memory.handles.insert(self)
  }

  deinit {
    memory.handles.remove(self)
    Cargo.drop(takeAll())
  }

  /// Gives it the value that it had in its machine.
  func fill(_ value: Cargo) { settle(state.locked { $0.set(value) }) }

  /// The task's `update` runs already.
  func adopt(holder: HandleAsker, depth: Int) {
    state.locked { state in
      state.holder = holder
      state.depth = depth
    }
  }

  /// The quick way of an `update` that meets nobody, of a value that is plain: begins it; nil when it has to be `perform`ed.
  @inline(__always) func beginQuickly(_ asker: HandleAsker) -> Value? { state.locked { $0.beginQuickly(asker) } }

  /// Ends an `update` with a plain value; false when that has to be `perform`ed.
  @inline(__always) func endQuickly(_ value: Value, _ user: HandleUser, _ task: UInt64) -> Bool {
    state.locked { $0.endQuickly(value, user, task) }
  }

  override func perform(_ operation: HandleOperation, for asker: HandleAsker) -> HandleReply {
    switch operation {
    case .read: return .answer(.item(state.locked { $0.value }))
    case .end, .abandon:
      let (change, told) = state.locked { $0.end(operation, asker) }
      settle(change)
      tell(told)
      return .answer(.done)
    case .begin, .write:
      let (reply, change) = state.locked { $0.begin(operation, asker) }
      settle(change)
      return reply
    default: return .answer(.refused)
    }
  }

  /// A value before goes here, outside of the lock. Values count for the run's limit of memory.
  private func settle(_ change: Change?) {
    if let change { memory.add(bytes: change.bytes, blocks: 0) }
  }

  private func tell(_ waiter: HandleWaiter?) {
    var next = waiter
    while let waiter = next {
      waiter.tell()
      // After a write the next one may go on.
      guard case .write = waiter.operation else { return }
      let (change, told) = state.locked { $0.nextToTell(after: nil) }
      settle(change)
      next = told
    }
  }

  override func claim(_ waiter: HandleWaiter, at now: Int64) -> HandleReply {
    let (reply, change) = state.locked { $0.claim(waiter) }
    settle(change)
    if case .answer = reply, case .write = waiter.operation {
      let (change, told) = state.locked { $0.nextToTell(after: nil) }
      settle(change)
      tell(told)
    }
    return reply
  }

  override func cancel(_ waiter: HandleWaiter) -> HandleAnswer? {
    let (answer, change, told) = state.locked { $0.cancel(waiter) }
    settle(change)
    tell(told)
    return answer
  }

  override func leave(_ user: HandleUser) {
    let (change, told) = state.locked { $0.leave(user) }
    settle(change)
    tell(told)
  }

  override func takeAll() -> [Cargo] {
    let (content, change) = state.locked { state -> ([Cargo], Change?) in
      var content = [state.value]
      while let waiter = state.line.popFirst() {
        if case .write(let value) = waiter.operation { content.append(value) }
      }
      return (content, state.set(.plain(.none)))
    }
    settle(change)
    return content
  }

  override func placeOfHolder() -> Int32? { state.locked { $0.holder?.place } }

  // MARK: State

  /// What a write leaves to do outside of the lock; nil for plain values.
  struct Change {
    let old: Cargo
    let bytes: Int
  }

  private struct State {
    private(set) var value = Cargo.plain(.none)
    /// Whose `update` runs.
    var holder: HandleAsker?
    /// How many of the holder's `update`s run, one inside the other.
    var depth = 0
    var line = WaiterLine()
    private let isStrict: Bool

    init(isStrict: Bool) { self.isStrict = isStrict }

    @inline(__always) private func isHeld(by asker: HandleAsker) -> Bool {
      guard let holder else { return false }
      return holder.task == asker.task && holder.user === asker.user
    }

    @inline(__always) mutating func beginQuickly(_ asker: HandleAsker) -> Value? {
      guard holder == nil, line.isEmpty, case .plain(let value) = value else { return nil }
      holder = asker
      depth = 1
      return value
    }

    @inline(__always) mutating func endQuickly(_ new: Value, _ user: HandleUser, _ task: UInt64) -> Bool {
      guard let holder, holder.task == task, holder.user === user, depth == 1, line.isEmpty, case .plain = value else {
        return false
      }
      value = .plain(new)
      self.holder = nil
      depth = 0
      return true
    }

    @inline(__always) mutating func set(_ new: Cargo) -> Change? {
      if case .plain = value, case .plain = new {
        value = new
        return nil
      }
      defer { value = new }
      return Change(old: value, bytes: new.heldSize - value.heldSize)
    }

    @inline(__always) mutating func end(
      _ operation: HandleOperation, _ asker: HandleAsker
    ) -> (Change?, told: HandleWaiter?) {
      guard isHeld(by: asker) else { return (nil, nil) }
      var change: Change?
      if case .end(let new) = operation { change = set(new) }
      depth -= 1
      if depth > 0 { return (change, nil) }
      holder = nil
      if line.first == nil { return (change, nil) }
      let (next, told) = nextToTell(after: asker)
      guard let change, let next else { return (next ?? change, told) }
      // A write that waited has come after this one.
      return (Change(old: change.old, bytes: change.bytes + next.bytes), told)
    }

    @inline(__always) mutating func begin(
      _ operation: HandleOperation, _ asker: HandleAsker
    ) -> (HandleReply, Change?) {
      var mustWait = false
      if holder != nil {
        mustWait = !isHeld(by: asker)
      } else if line.first != nil {
        mustWait = isStrict || line.mayContain(asker.user)
      }
      if mustWait {
        let waiter = HandleWaiter(asker, operation)
        line.append(waiter)
        return (.waits(waiter), nil)
      }
      let (answer, change) = carryOut(operation, asker)
      return (.answer(answer), change)
    }

    @inline(__always) private mutating func carryOut(
      _ operation: HandleOperation, _ asker: HandleAsker
    ) -> (HandleAnswer, Change?) {
      if case .write(let new) = operation { return (.done, set(new)) }
      if holder == nil { holder = asker }
      depth += 1
      return (.item(value), nil)
    }

    /// The one in line that should be told; it has its answer when it may not be passed over.
    mutating func nextToTell(after asker: HandleAsker?) -> (Change?, told: HandleWaiter?) {
      guard holder == nil, let first = line.first else { return (nil, nil) }
      if let asker, !isStrict, asker.user !== first.asker.user,
        asker.now - first.asker.now < SharedLimiter.patience
      {
        if first.isNotified { return (nil, nil) }
        first.isNotified = true
        return (nil, first)
      }
      return (serveFirst(), first)
    }

    private mutating func serveFirst() -> Change? {
      guard let first = line.popFirst() else { return nil }
      let (answer, change) = carryOut(first.operation, first.asker)
      first.answer = answer
      return change
    }

    mutating func claim(_ waiter: HandleWaiter) -> (HandleReply, Change?) {
      if let answer = waiter.answer { return (.answer(answer), nil) }
      waiter.isNotified = false
      guard line.first === waiter, holder == nil else { return (.waits(waiter), nil) }
      let change = serveFirst()
      // unreachable: it was just served.
      return (.answer(waiter.answer ?? .refused), change)
    }

    mutating func cancel(_ waiter: HandleWaiter) -> (HandleAnswer?, Change?, told: HandleWaiter?) {
      if let answer = waiter.answer { return (answer, nil, nil) }
      line.remove(waiter)
      let (change, told) = nextToTell(after: nil)
      return (nil, change, told)
    }

    mutating func leave(_ user: HandleUser) -> (Change?, told: HandleWaiter?) {
      line.remove { $0.asker.user === user }
      if let current = holder, current.user === user {
        holder = nil
        depth = 0
      }
      return nextToTell(after: nil)
    }
  }
}

extension Cargo {
  /// Bytes that count for the run's limit.
  fileprivate var heldSize: Int {
    if case .packed = self { size } else { 0 }
  }
}
