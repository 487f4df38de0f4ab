public import WeftMachine

/// What happens in a run, as it happens: `Run.events`.
public enum RunEvent: Sendable {
  /// What the script printed, in UTF-8.
  case output([UInt8])
  /// Tasks started, waiting and ended, blocks, requests: what one machine of the run, that of the script or a worker's, wrote
  /// down since the last batch.
  case records(RunRecords)
  /// About ten times a second while the run goes on.
  case progress(RunProgress)
  /// The last one.
  case ended(Result<RunResult, RunError>)
}

extension Run {
  /// What happens from now on, ending with the run. A reader that is slower than the run gets what it missed later: only the
  /// latest 10,000 are kept. Any number of readers may listen, each from when it asks; nothing is written down for a run that
  /// nobody listened to from the start, by `Script.start(observed: true)`.
  ///
  /// ```swift
  /// let run = script.start(observed: true)
  /// for await event in run.events {
  ///   if case .output(let bytes) = event { print(String(decoding: bytes, as: UTF8.self), terminator: "") }
  /// }
  /// ```
  public var events: AsyncStream<RunEvent> { feed.listen() }
}

/// Hands what happens in a run to those who listen.
final class EventFeed: Sendable {
  private struct State {
    var listeners: [UInt64: AsyncStream<RunEvent>.Continuation] = [:]
    var last: UInt64 = 0
    /// What came before anybody listened, for the first who does.
    var early: [RunEvent] = []
    var hasEnded = false
  }

  private let state = Locked(State())
  private static let mostKept = 10_000

  func listen() -> AsyncStream<RunEvent> {
    AsyncStream(bufferingPolicy: .bufferingNewest(Self.mostKept)) { continuation in
      let number = state.withLock { state -> UInt64? in
        for event in state.early { continuation.yield(event) }
        // Once the run has ended, its end alone is kept for whoever comes then.
        state.early = state.hasEnded ? state.early.suffix(1) : []
        if state.hasEnded { return nil }
        state.last += 1
        state.listeners[state.last] = continuation
        return state.last
      }
      guard let number else { return continuation.finish() }
      continuation.onTermination = { [weak self] _ in
        _ = self?.state.withLock { $0.listeners.removeValue(forKey: number) }
      }
    }
  }

  func send(_ event: RunEvent) {
    state.withLock { state in
      if state.listeners.isEmpty, state.early.count < Self.mostKept { state.early.append(event) }
      for listener in state.listeners.values { listener.yield(event) }
    }
  }

  func end(_ result: Result<RunResult, RunError>) {
    let listeners = state.withLock { state in
      state.hasEnded = true
      state.early.append(.ended(result))
      defer { state.listeners = [:] }
      return state.listeners
    }
    for listener in listeners.values {
      listener.yield(.ended(result))
      listener.finish()
    }
  }
}
