import NIOConcurrencyHelpers

/// Hands out a fixed number of permits in the order in which they were asked for.
///
/// A free permit is taken at once: no queue, no continuation, no other thread. Waiters aren't called back from here;
/// a release names the one who now holds the permit, and the caller tells it.
final class FetchLimiter<Waiter: Sendable>: Sendable {
  enum Outcome: Equatable {
    /// The caller holds a permit now.
    case granted
    /// A later `release` will name the waiter, unless the ticket is cancelled first.
    case waiting(ticket: Int)
    case closed
  }

  private struct State {
    var free: Int
    /// By ticket. A cancelled one leaves a hole that `release` steps over once, so nothing lingers.
    var waiters: [Int: Waiter] = [:]
    var oldestTicket = 0
    var nextTicket = 0
    var isClosed = false
    var whenDrained: (@Sendable () -> Void)?
  }

  private let permits: Int
  private let state: NIOLockedValueBox<State>

  /// - Parameter permits: how many may be held at once; at least 1.
  init(permits: Int) {
    self.permits = max(1, permits)
    state = NIOLockedValueBox(State(free: self.permits))
  }

  /// Takes a permit or queues for one.
  func acquire(_ waiter: @autoclosure () -> Waiter) -> Outcome {
    state.withLockedValue { state in
      if state.isClosed { return .closed }
      // A permit is only ever free while nobody waits: `release` passes it on.
      if state.free > 0 {
        state.free -= 1
        return .granted
      }
      defer { state.nextTicket += 1 }
      state.waiters[state.nextTicket] = waiter()
      return .waiting(ticket: state.nextTicket)
    }
  }

  /// Gives a permit back.
  ///
  /// - Returns: the waiter who holds it now, the one who has waited longest; nil if nobody waits.
  func release() -> Waiter? {
    let (waiter, whenDrained): (Waiter?, (@Sendable () -> Void)?) = state.withLockedValue { state in
      while state.oldestTicket < state.nextTicket {
        defer { state.oldestTicket += 1 }
        if let waiter = state.waiters.removeValue(forKey: state.oldestTicket) { return (waiter, nil) }
      }
      state.free += 1
      return (nil, state.free == permits ? state.whenDrained : nil)
    }
    whenDrained?()
    return waiter
  }

  /// Leaves the queue.
  ///
  /// - Returns: whether the ticket was still waiting. If not, a `release` has named its waiter, who must give the
  ///   permit back.
  func cancel(ticket: Int) -> Bool {
    state.withLockedValue { $0.waiters.removeValue(forKey: ticket) != nil }
  }

  /// Refuses everybody from now on.
  ///
  /// - Returns: those who waited, in order; they get no permit.
  func close() -> [Waiter] {
    state.withLockedValue { state in
      defer { state.waiters.removeAll() }
      state.isClosed = true
      return state.waiters.sorted { $0.key < $1.key }.map(\.value)
    }
  }

  /// Calls `action` once all permits are back; at once, if they are. Only after `close`.
  func whenDrained(_ action: @escaping @Sendable () -> Void) {
    let isDrained = state.withLockedValue { state in
      state.whenDrained = action
      return state.free == permits
    }
    if isDrained { action() }
  }

  /// How many wait and how many permits are free.
  var load: (waiting: Int, free: Int) {
    state.withLockedValue { ($0.waiters.count, $0.free) }
  }
}
