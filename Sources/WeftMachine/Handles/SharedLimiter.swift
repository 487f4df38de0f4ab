/// A Semaphore, Lock or RateLimiter that several machines have.
///
/// Permits that come back go to the first in line, but not at once: waking another machine takes longer than most tasks hold a
/// permit, so that one that runs may take it first, until the first in line has waited for a millisecond. Those of one machine,
/// and all in a virtual run, are served strictly in order.
final class SharedLimiter: SharedHandle, @unchecked Sendable {
  private struct Hold {
    unowned let user: HandleUser
    let task: UInt64
    let place: Int32
  }

  private let lock = SpinLock()
  // Under `lock`:
  private var permits: Int
  private var bucket: TokenBucket
  private var line = WaiterLine()
  private var holds: [Hold] = []
  private let isRate: Bool
  private let isStrict: Bool
  /// Nanoseconds after which one that waits is served before others.
  static let patience: Int64 = 1_000_000

  /// - Parameter isStrict: Whoever comes first is served first.
  init(number: UInt64, _ facts: HandleFacts, permits: Int, _ bucket: TokenBucket, isStrict: Bool) {
    self.permits = permits
    self.bucket = bucket
    self.isStrict = isStrict
    isRate = facts.kind == Kind.rateLimiter
    super.init(number: number, facts)
  }

  /// Notes a task that has a permit already.
  func adopt(holder: HandleAsker) {
    lock.locked { holds.append(Hold(user: holder.user, task: holder.task, place: holder.place)) }
  }

  /// Lets one stand in line that did so before.
  func adopt(_ waiter: HandleWaiter) {
    lock.locked {
      line.append(waiter)
      if isRate, line.first === waiter { waiter.due = bucket.nextToken }
    }
  }

  override func perform(_ operation: HandleOperation, for asker: HandleAsker) -> HandleReply {
    var told: HandleWaiter?
    lock.lock()
    let reply: HandleReply
    switch operation {
    case .take: reply = take(operation, asker)
    case .release:
      told = release(asker)
      reply = .answer(.done)
    case .returnToken:
      bucket.giveBack()
      told = nextToTell()
      reply = .answer(.done)
    case .count: reply = .answer(.number(permits))
    default: reply = .answer(.refused)
    }
    lock.unlock()
    tell(told)
    return reply
  }

  private func take(_ operation: HandleOperation, _ asker: HandleAsker) -> HandleReply {
    if isRate {
      if line.first == nil, bucket.nextToken <= asker.now {
        bucket.take(at: asker.now)
        return .answer(.done)
      }
    } else if permits > 0, line.first == nil || !isStrict && !line.mayContain({ $0.asker.user === asker.user }) {
      permits -= 1
      hold(asker)
      return .answer(.done)
    }
    let waiter = HandleWaiter(asker, operation)
    line.append(waiter)
    if isRate, line.first === waiter { waiter.due = bucket.nextToken }
    return .waits(waiter)
  }

  private func hold(_ asker: HandleAsker) {
    holds.append(Hold(user: asker.user, task: asker.task, place: asker.place))
  }

  private func release(_ asker: HandleAsker) -> HandleWaiter? {
    let place =
      holds.lastIndex { $0.task == asker.task && $0.user === asker.user } ?? holds.lastIndex { $0.user === asker.user }
    // Who holds nothing has nothing to give.
    guard let place else { return nil }
    holds.remove(at: place)
    return passOn(asker)
  }

  /// One permit is free; gives the one to tell.
  private func passOn(_ asker: HandleAsker?) -> HandleWaiter? {
    guard let first = line.first else {
      permits += 1
      return nil
    }
    guard let asker, !isStrict, first.asker.user !== asker.user, asker.now - first.asker.now < Self.patience else {
      line.remove(first)
      hold(first.asker)
      first.answer = .done
      return first
    }
    permits += 1
    return nextToTell()
  }

  /// The first in line, if it has something to claim and was not told yet; a rate's has to learn when it is due.
  private func nextToTell() -> HandleWaiter? {
    guard let first = line.first, isRate || permits > 0, !first.isNotified else { return nil }
    first.isNotified = true
    return first
  }

  private func tell(_ waiter: HandleWaiter?) {
    if let waiter { waiter.asker.user.notify(waiter.asker.ticket) }
  }

  override func claim(_ waiter: HandleWaiter, at now: Int64) -> HandleReply {
    var told: HandleWaiter?
    lock.lock()
    let reply = claim(waiter, now, &told)
    lock.unlock()
    tell(told)
    return reply
  }

  private func claim(_ waiter: HandleWaiter, _ now: Int64, _ told: inout HandleWaiter?) -> HandleReply {
    if let answer = waiter.answer { return .answer(answer) }
    waiter.isNotified = false
    guard line.first === waiter else { return .waits(waiter) }
    if isRate {
      let due = bucket.nextToken
      waiter.due = due
      if due > now { return .waits(waiter) }
      // It counts from when it was due, so that a late machine loses none.
      bucket.take(at: due)
      bucket.grantedAt = now
    } else {
      if permits == 0 { return .waits(waiter) }
      permits -= 1
      hold(waiter.asker)
    }
    waiter.answer = .done
    line.remove(waiter)
    told = nextToTell()
    return .answer(.done)
  }

  override func cancel(_ waiter: HandleWaiter) -> HandleAnswer? {
    var told: HandleWaiter?
    lock.lock()
    let answer = waiter.answer
    if answer == nil {
      line.remove(waiter)
      told = nextToTell()
    }
    lock.unlock()
    tell(told)
    return answer
  }

  override func leave(_ user: HandleUser) {
    var told: [HandleWaiter] = []
    lock.lock()
    line.remove { $0.asker.user === user }
    let before = holds.count
    holds.removeAll { $0.user === user }
    for _ in 0..<(before - holds.count) { if let waiter = passOn(nil) { told.append(waiter) } }
    if let waiter = nextToTell() { told.append(waiter) }
    lock.unlock()
    for waiter in told { tell(waiter) }
  }

  override func empty() { lock.locked { while line.popFirst() != nil {} } }

  override func placeOfHolder() -> Int32? { lock.locked { holds.first?.place } }
}
