/// A Shared that several machines have. Reading never waits: while an `update` runs elsewhere, it gives the value before. A
/// write, or another `update`, waits for the end of it.
final class SharedCell: SharedHandle, @unchecked Sendable {
  private let lock = SpinLock()
  private let memory: RunMemory
  // Under `lock`:
  private var value = Cargo.plain(.none)
  /// Whose `update` runs.
  private var holder: HandleAsker?
  /// How many of the holder's `update`s run, one inside the other.
  private var depth = 0
  private var line = WaiterLine()
  private let isStrict: Bool

  /// - Parameter isStrict: Whoever comes first is served first.
  init(number: UInt64, _ facts: HandleFacts, isStrict: Bool, memory: RunMemory) {
    self.isStrict = isStrict
    self.memory = memory
    super.init(number: number, facts)
    memory.add(bytes: value.size, blocks: 0)
  }

  /// Gives it the value that it had in its machine.
  func fill(_ value: Cargo) {
    var old = Cargo.plain(.none)
    lock.locked { set(value, &old) }
  }

  deinit { memory.add(bytes: -value.size, blocks: 0) }

  /// The task's `update` runs already.
  func adopt(holder: HandleAsker, depth: Int) {
    lock.locked {
      self.holder = holder
      self.depth = depth
    }
  }

  override func perform(_ operation: HandleOperation, for asker: HandleAsker) -> HandleReply {
    var old = Cargo.plain(.none)
    var told: HandleWaiter?
    lock.lock()
    let reply: HandleReply
    switch operation {
    case .read: reply = .answer(.item(value))
    case .end(let new):
      if isHeld(by: asker) {
        set(new, &old)
        told = leaveUpdate(asker)
      }
      reply = .answer(.done)
    case .abandon:
      if isHeld(by: asker) { told = leaveUpdate(asker) }
      reply = .answer(.done)
    case .begin, .write:
      if let answer = answer(operation, asker, &old) {
        reply = .answer(answer)
      } else {
        let waiter = HandleWaiter(asker, operation)
        line.append(waiter)
        reply = .waits(waiter)
      }
    default: reply = .answer(.refused)
    }
    lock.unlock()
    tell(told)
    return reply
  }

  @inline(__always) private func isHeld(by asker: HandleAsker) -> Bool {
    guard let holder else { return false }
    return holder.task == asker.task && holder.user === asker.user
  }

  /// `old` takes the value before, which is dropped outside of the lock.
  private func set(_ new: Cargo, _ old: inout Cargo) {
    old = value
    value = new
    if case .plain = old, case .plain = new { return }
    memory.add(bytes: new.size - old.size, blocks: 0)
  }

  private func answer(_ operation: HandleOperation, _ asker: HandleAsker, _ old: inout Cargo) -> HandleAnswer? {
    if holder != nil {
      if !isHeld(by: asker) { return nil }
    } else if line.first != nil, isStrict || line.mayContain({ $0.asker.user === asker.user }) {
      return nil
    }
    return carryOut(operation, asker, &old)
  }

  private func carryOut(_ operation: HandleOperation, _ asker: HandleAsker, _ old: inout Cargo) -> HandleAnswer {
    if case .write(let new) = operation {
      set(new, &old)
      return .done
    }
    if holder == nil { holder = asker }
    depth += 1
    return .item(value)
  }

  /// Ends the innermost `update` of the holder; gives the one to tell.
  private func leaveUpdate(_ asker: HandleAsker) -> HandleWaiter? {
    depth -= 1
    if depth > 0 { return nil }
    holder = nil
    return nextToTell(after: asker)
  }

  /// The one in line that should be told; it has its answer when it may not be passed over.
  private func nextToTell(after asker: HandleAsker?) -> HandleWaiter? {
    guard holder == nil, let first = line.first else { return nil }
    let isPatient = asker.map { $0.user !== first.asker.user && $0.now - first.asker.now < SharedLimiter.patience }
    if isStrict || isPatient != true {
      serveFirst()
      return first
    }
    if first.isNotified { return nil }
    first.isNotified = true
    return first
  }

  private func serveFirst() {
    guard let first = line.popFirst() else { return }
    var old = Cargo.plain(.none)
    first.answer = carryOut(first.operation, first.asker, &old)
  }

  private func tell(_ waiter: HandleWaiter?) {
    guard let waiter else { return }
    waiter.asker.user.notify(waiter.asker.ticket)
    // After a write the next one may go on.
    if case .write = waiter.operation { tell(lock.locked { nextToTell(after: nil) }) }
  }

  override func claim(_ waiter: HandleWaiter, at now: Int64) -> HandleReply {
    var told: HandleWaiter?
    lock.lock()
    defer {
      lock.unlock()
      tell(told)
    }
    if let answer = waiter.answer { return .answer(answer) }
    waiter.isNotified = false
    guard line.first === waiter, holder == nil else { return .waits(waiter) }
    serveFirst()
    told = nextToTell(after: nil)
    // unreachable: it was just served.
    return .answer(waiter.answer ?? .refused)
  }

  override func cancel(_ waiter: HandleWaiter) -> HandleAnswer? {
    var told: HandleWaiter?
    lock.lock()
    let answer = waiter.answer
    if answer == nil {
      line.remove(waiter)
      told = nextToTell(after: nil)
    }
    lock.unlock()
    tell(told)
    return answer
  }

  override func leave(_ user: HandleUser) {
    var told: HandleWaiter?
    lock.lock()
    line.remove { $0.asker.user === user }
    if holder?.user === user {
      holder = nil
      depth = 0
    }
    told = nextToTell(after: nil)
    lock.unlock()
    tell(told)
  }

  override func empty() {
    let dropped = lock.locked { () -> Cargo in
      defer {
        memory.add(bytes: 64 - value.size, blocks: 0)
        value = .plain(.none)
      }
      while line.popFirst() != nil {}
      return value
    }
    _ = dropped
  }

  override func placeOfHolder() -> Int32? { lock.locked { holder?.place } }
}
