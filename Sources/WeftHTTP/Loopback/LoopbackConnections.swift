import NIOConcurrencyHelpers
import NIOCore

/// The connections of a `LoopbackServer` and what they have seen, shared by its handlers.
final class LoopbackConnections: Sendable {
  /// Sent into a connection: close as soon as no request is being answered.
  struct Quiesce: Sendable {}

  private struct State {
    var statistics = LoopbackServer.Statistics()
    var open: [ObjectIdentifier: any Channel] = [:]
    /// Set once the server stops; called when the last connection has closed.
    var whenQuiet: (@Sendable () -> Void)?
  }

  private let state = NIOLockedValueBox(State())

  var statistics: LoopbackServer.Statistics { state.withLockedValue(\.statistics) }

  func opened(_ channel: any Channel) {
    let isStopping = state.withLockedValue { state in
      state.open[ObjectIdentifier(channel)] = channel
      state.statistics.connections += 1
      state.statistics.openConnections += 1
      return state.whenQuiet != nil
    }
    // Accepted just before the listener closed.
    if isStopping { channel.pipeline.fireUserInboundEventTriggered(Quiesce()) }
  }

  func closed(_ channel: any Channel) {
    let whenQuiet = state.withLockedValue { state in
      state.open[ObjectIdentifier(channel)] = nil
      state.statistics.openConnections -= 1
      return state.open.isEmpty ? state.whenQuiet : nil
    }
    whenQuiet?()
  }

  func requestBegan() {
    state.withLockedValue { state in
      state.statistics.requests += 1
      state.statistics.inFlight += 1
      state.statistics.peakInFlight = max(state.statistics.peakInFlight, state.statistics.inFlight)
    }
  }

  func requestEnded() {
    state.withLockedValue { $0.statistics.inFlight -= 1 }
  }

  /// Asks every connection to close when it is idle; calls `whenQuiet` once all have.
  func quiesce(whenQuiet: @escaping @Sendable () -> Void) {
    let open = state.withLockedValue { state in
      state.whenQuiet = whenQuiet
      return Array(state.open.values)
    }
    if open.isEmpty { return whenQuiet() }
    for channel in open { channel.pipeline.fireUserInboundEventTriggered(Quiesce()) }
  }

  func closeAll() {
    for channel in state.withLockedValue({ Array($0.open.values) }) { channel.close(promise: nil) }
  }
}
