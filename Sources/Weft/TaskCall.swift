import Synchronization
import WeftMachine

/// A call of a script's task by the host, on its way to the run.
final class TaskCall: Sendable {
  private enum State {
    case open
    case awaited(CheckedContinuation<CallOutcome, Never>)
    case ended(CallOutcome)
  }

  private static let last = Atomic<UInt64>(0)

  /// Not used by another call of this process.
  let ticket: UInt64
  /// An index into the image's functions.
  let function: Int
  let arguments: [WeftValue]
  private let state = Locked(State.open)

  init(_ function: Int, _ arguments: [WeftValue]) {
    ticket = Self.last.add(1, ordering: .relaxed).newValue
    self.function = function
    self.arguments = arguments
  }

  /// Waits for the call's end; only one task does.
  func outcome() async -> CallOutcome {
    await withCheckedContinuation { continuation in
      let outcome = state.withLock { state -> CallOutcome? in
        if case .ended(let outcome) = state { return outcome }
        state = .awaited(continuation)
        return nil
      }
      if let outcome { continuation.resume(returning: outcome) }
    }
  }

  /// Only the first end counts.
  func end(_ outcome: CallOutcome) {
    let waiting = state.withLock { state -> CheckedContinuation<CallOutcome, Never>? in
      let before = state
      switch before {
      case .ended: return nil
      case .open:
        state = .ended(outcome)
        return nil
      case .awaited(let continuation):
        state = .ended(outcome)
        return continuation
      }
    }
    waiting?.resume(returning: outcome)
  }
}
