/// A Semaphore, Lock or RateLimiter that several machines have.
///
/// Permits that come back go to the first in line, but not at once: waking another machine takes longer than most tasks hold a
/// permit, so that one that runs may take it first, until the first in line has waited for a millisecond. Those of one machine,
/// and all in a virtual run, are served strictly in order.
final class SharedLimiter: SharedHandle, @unchecked Sendable {
  /// Nanoseconds after which one that waits is served before others.
  static let patience: Int64 = 1_000_000

  private let state: Guarded<State>

  /// - Parameter isStrict: Whoever comes first is served first.
  init(number: UInt64, _ facts: HandleFacts, permits: Int, _ bucket: TokenBucket, isStrict: Bool) {
    state = Guarded(
      State(permits: permits, bucket: bucket, isRate: facts.kind == Kind.rateLimiter, isStrict: isStrict))
    super.init(number: number, facts)
  }

  /// Notes a task that has a permit already.
  func adopt(holder: HandleAsker) { state.locked { $0.hold(holder) } }

  /// Lets one stand in line that did so before.
  func adopt(_ waiter: HandleWaiter) { state.locked { $0.wait(waiter) } }

  override func perform(_ operation: HandleOperation, for asker: HandleAsker) -> HandleReply {
    switch operation {
    case .take: return state.locked { $0.take(operation, asker) }
    case .release: state.locked { $0.release(asker) }?.tell()
    case .returnToken: state.locked { $0.returnToken() }?.tell()
    case .count: return .answer(.number(state.locked { $0.permits }))
    default: return .answer(.refused)
    }
    return .answer(.done)
  }

  override func claim(_ waiter: HandleWaiter, at now: Int64) -> HandleReply {
    let (reply, told) = state.locked { $0.claim(waiter, now) }
    told?.tell()
    return reply
  }

  override func cancel(_ waiter: HandleWaiter) -> HandleAnswer? {
    let (answer, told) = state.locked { $0.cancel(waiter) }
    told?.tell()
    return answer
  }

  override func leave(_ user: HandleUser) {
    for waiter in state.locked({ $0.leave(user) }) { waiter.tell() }
  }

  override func takeAll() -> [Cargo] {
    state.locked { while $0.line.popFirst() != nil {} }
    return []
  }

  override func placeOfHolder() -> Int32? { state.locked { $0.holds.first?.place } }

  // MARK: State

  private struct Hold {
    let user: ObjectIdentifier
    let task: UInt64
    let place: Int32
  }

  /// What has to be told to whom is a result: that happens outside of the lock.
  private struct State {
    var permits: Int
    var bucket: TokenBucket
    var line = WaiterLine()
    var holds: [Hold] = []
    let isRate: Bool
    let isStrict: Bool

    init(permits: Int, bucket: TokenBucket, isRate: Bool, isStrict: Bool) {
      self.permits = permits
      self.bucket = bucket
      self.isRate = isRate
      self.isStrict = isStrict
    }

    @inline(__always) mutating func take(_ operation: HandleOperation, _ asker: HandleAsker) -> HandleReply {
      if isRate {
        if line.first == nil, bucket.nextToken <= asker.now {
          bucket.take(at: asker.now)
          return .answer(.done)
        }
      } else if permits > 0, line.first == nil || !isStrict && !line.mayContain(asker.user) {
        permits -= 1
        hold(asker)
        return .answer(.done)
      }
      let waiter = HandleWaiter(asker, operation)
      wait(waiter)
      return .waits(waiter)
    }

    mutating func wait(_ waiter: HandleWaiter) {
      line.append(waiter)
      if isRate, line.first === waiter { waiter.due = bucket.nextToken }
    }

    mutating func hold(_ asker: HandleAsker) {
      holds.append(Hold(user: ObjectIdentifier(asker.user), task: asker.task, place: asker.place))
    }

    @inline(__always) mutating func release(_ asker: HandleAsker) -> HandleWaiter? {
      let user = ObjectIdentifier(asker.user)
      if let last = holds.last, last.task == asker.task, last.user == user {
        holds.removeLast()
      } else {
        let place =
          holds.lastIndex { $0.task == asker.task && $0.user == user } ?? holds.lastIndex { $0.user == user }
        // Who holds nothing has nothing to give.
        guard let place else { return nil }
        holds.remove(at: place)
      }
      return passOn(asker)
    }

    /// One permit is free.
    private mutating func passOn(_ asker: HandleAsker?) -> HandleWaiter? {
      guard let first = line.first else {
        permits += 1
        return nil
      }
      if let asker, !isStrict, first.asker.user !== asker.user, asker.now - first.asker.now < SharedLimiter.patience {
        permits += 1
        return nextToTell()
      }
      line.remove(first)
      hold(first.asker)
      first.answer = .done
      return first
    }

    mutating func returnToken() -> HandleWaiter? {
      bucket.giveBack()
      return nextToTell()
    }

    /// The first in line, if it has something to claim and was not told yet; a rate's has to learn when it is due.
    private func nextToTell() -> HandleWaiter? {
      guard let first = line.first, isRate || permits > 0, !first.isNotified else { return nil }
      first.isNotified = true
      return first
    }

    mutating func claim(_ waiter: HandleWaiter, _ now: Int64) -> (HandleReply, told: HandleWaiter?) {
      if let answer = waiter.answer { return (.answer(answer), nil) }
      waiter.isNotified = false
      guard line.first === waiter else { return (.waits(waiter), nil) }
      if isRate {
        let due = bucket.nextToken
        waiter.due = due
        if due > now { return (.waits(waiter), nil) }
        // It counts from when it was due, so that a late machine loses none.
        bucket.take(at: due)
        bucket.grantedAt = now
      } else {
        if permits == 0 { return (.waits(waiter), nil) }
        permits -= 1
        hold(waiter.asker)
      }
      waiter.answer = .done
      line.remove(waiter)
      return (.answer(.done), nextToTell())
    }

    mutating func cancel(_ waiter: HandleWaiter) -> (HandleAnswer?, told: HandleWaiter?) {
      if let answer = waiter.answer { return (answer, nil) }
      line.remove(waiter)
      return (nil, nextToTell())
    }

    mutating func leave(_ user: HandleUser) -> [HandleWaiter] {
      line.remove { $0.asker.user === user }
      let before = holds.count
      holds.removeAll { $0.user == ObjectIdentifier(user) }
      var told = (0..<(before - holds.count)).compactMap { _ in passOn(nil) }
      if let waiter = nextToTell() { told.append(waiter) }
      return told
    }
  }
}
