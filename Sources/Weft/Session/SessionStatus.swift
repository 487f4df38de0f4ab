import WeftMachine
import WeftSyntax

/// What the callers of a session and its thread both see.
final class SessionStatus: Sendable {
  /// What becomes of the session when its machine has come to its end.
  enum Wish: Sendable {
    case goOn
    case reset(seed: UInt64?)
    case end
  }

  private struct State {
    var mailbox = Mailbox()
    var wish = Wish.goOn
    var hasEnded = false
    var inputs: UInt64 = 0
    /// Inputs that have been handed in and are not done.
    var pending = 0
    var runningTasks = 0
    var failures: [BackgroundFailure] = []
    /// Those who wait for a reset.
    var waiters: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Locked(State())

  var mailbox: Mailbox { state.withLock { $0.mailbox } }

  /// Hands something to the session's thread; false when the session has ended.
  @discardableResult
  func post(_ action: @escaping @Sendable (SessionHost) -> Void) -> Bool {
    state.withLock { state in
      if state.hasEnded { return false }
      state.mailbox.post(.perform(action))
      return true
    }
  }

  // MARK: Inputs

  func beginInput() -> UInt64 {
    state.withLock { state in
      state.inputs += 1
      state.pending += 1
      return state.inputs
    }
  }

  func endInput() { state.withLock { $0.pending -= 1 } }

  var isEvaluating: Bool { state.withLock { $0.pending > 0 } }

  // MARK: The background

  var runningTasks: Int { state.withLock { $0.runningTasks } }

  func setRunningTasks(_ count: Int) { state.withLock { $0.runningTasks = count } }

  func add(_ failure: BackgroundFailure) { state.withLock { $0.failures.append(failure) } }

  func takeFailures() -> [BackgroundFailure] {
    state.withLock { state in
      defer { state.failures = [] }
      return state.failures
    }
  }

  // MARK: The end

  func end() {
    state.withLock { $0.wish = .end }
    post { $0.machine.endSession() }
  }

  /// Returns when the session has begun anew.
  func reset(seed: UInt64?) async {
    await withCheckedContinuation { continuation in
      let isPosted = state.withLock { state in
        if state.hasEnded { return false }
        if case .end = state.wish { return false }
        state.wish = .reset(seed: seed)
        state.waiters.append(continuation)
        state.mailbox.post(.perform { $0.machine.endSession() })
        return true
      }
      if !isPosted { continuation.resume() }
    }
  }

  /// The machine has come to its end. What is posted from now on goes to the next one, if there is one; gives what came too late.
  func turn() -> (wish: Wish, late: Mailbox) {
    state.withLock { state in
      defer {
        state.wish = .goOn
        state.runningTasks = 0
      }
      if case .end = state.wish { state.hasEnded = true }
      let old = state.mailbox
      state.mailbox = Mailbox()
      return (state.wish, old)
    }
  }

  /// A new machine is there, or none will follow.
  func tellWaiters() {
    let waiters = state.withLock { state in
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume() }
  }
}
