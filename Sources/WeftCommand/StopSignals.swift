import Synchronization
import UnixSignals

/// SIGINT and SIGTERM, from now to the end of the process. The first asks for an orderly end, the second ends at once.
final class StopSignals: Sendable {
  private struct State {
    var first: StopSignal?
    var action: (@Sendable (StopSignal) -> Void)?
  }

  private let state = Mutex(State())

  /// The signal that came, if one did.
  var received: StopSignal? { state.withLock { $0.first } }

  /// Signals are caught once this returns.
  init() async {
    let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
    Task.detached { [self] in
      for await signal in signals { take(signal == .sigterm ? .terminate : .interrupt) }
    }
  }

  /// Calls `action` on the first signal; at once, if it has come already.
  func onFirst(_ action: @escaping @Sendable (StopSignal) -> Void) {
    let early = state.withLock { state in
      state.action = action
      return state.first
    }
    if let early { action(early) }
  }

  private func take(_ signal: StopSignal) {
    let (isFirst, action) = state.withLock { state in
      let isFirst = state.first == nil
      if isFirst { state.first = signal }
      return (isFirst, state.action)
    }
    if isFirst {
      Console.shared.hideInterrupt()
      action?(signal)
    } else {
      Console.shared.hideProgressIfPossible()
      ExitStatus.stopped(signal).exitAtOnce()
    }
  }
}
