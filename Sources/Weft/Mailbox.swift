import Synchronization
import WeftMachine

/// Through which the outside reaches a machine: answers, and the wish to end it. One reader, any number of writers.
final class Mailbox: Sendable {
  enum Event: Sendable {
    case fetchEnded(ticket: UInt64, Result<FetchResponse, FetchFailure>)
    case fileWorkEnded(ticket: UInt64, Result<[UInt8], FileFailure>)
    case hostCallEnded(ticket: UInt64, HostAnswer)
    case cancel
    case shutdown
    /// The host wants a task of the script called; that this call ends; and that no more will come.
    case call(TaskCall)
    case cancelCall(ticket: UInt64)
    case close
    /// The host wants the run to stand still, to go on, to have more ticks, or to end at once, whatever it does.
    case pause
    case unpause
    case addTicks(Int)
    case terminate
    /// From a worker: how a task ended, and what it printed before.
    case remoteEnded(ticket: UInt64, RemoteResult)
    case output([UInt8])
    /// The same from a worker process, which the run has not counted yet.
    case outputElsewhere([UInt8])
    case records(RunRecords)
    case burnEnded(ticket: UInt64)
    /// A handle that several machines have answers this one.
    case handleAnswered(ticket: UInt64)
    /// All machines of the run wait for each other.
    case nothingWillCome
    /// To a worker: a task, the wish to cancel it, and that no more will come.
    case task(ticket: UInt64, RemoteTask)
    case cancelTask(ticket: UInt64)
    /// Somebody wants to know whether the task is being ended.
    case check(@Sendable () -> Void)
    case stop
    /// The last of what was called off has ended.
    case settled
    /// To a session: what somebody outside wants of it.
    case perform(@Sendable (SessionHost) -> Void)
  }

  private struct State {
    var events: [Event] = []
    var reader: CheckedContinuation<Void, Never>?
    var activity: Activity?
    var isClosed = false
    /// From this time on, the loop's, the reader ends whatever it does.
    var endsAt = Int64.max
  }

  private let state = Locked(State())
  /// The reader looks here before it takes the lock.
  private let hasEvents = Atomic<Bool>(false)

  /// False when nobody reads any more.
  @discardableResult
  func post(_ event: Event) -> Bool {
    let (reader, isOpen) = state.withLock { state -> (CheckedContinuation<Void, Never>?, Bool) in
      if state.isClosed { return (nil, false) }
      switch event {
      case .stop, .terminate: state.endsAt = .min
      default: break
      }
      state.activity?.add()
      state.events.append(event)
      hasEvents.store(true, ordering: .releasing)
      defer { state.reader = nil }
      return (state.reader, true)
    }
    reader?.resume()
    return isOpen
  }

  /// Takes no more; gives what nobody has read.
  func close() -> [Event] {
    state.withLock { state in
      state.isClosed = true
      defer { state.events = [] }
      return state.events
    }
  }

  var isClosed: Bool { state.withLock { $0.isClosed } }

  /// Known before the event comes: the thread that would post it may be the one that the reader keeps busy.
  func terminate(at deadline: Int64) {
    state.withLock { $0.endsAt = min($0.endsAt, deadline) }
    _ = LoopExecutor.shared.setAlarm(at: deadline) { [self] in post(.terminate) }
  }

  func isEnding(at now: Int64) -> Bool { state.withLock { now >= $0.endsAt } }

  /// From now on what is on its way counts for a run, until the reader has dealt with it.
  func join(_ activity: Activity) {
    state.withLock { state in
      state.activity = activity
      activity.add(state.events.count)
    }
    activity.register(ObjectIdentifier(self)) { [weak self] in self?.post(.nothingWillCome) }
  }

  func leave(_ activity: Activity) {
    activity.remove(ObjectIdentifier(self))
    let left = state.withLock { state in
      state.activity = nil
      return state.events.count
    }
    activity.subtract(left)
  }

  /// What has come so far, without waiting.
  func take() -> [Event] {
    if !hasEvents.load(ordering: .acquiring) { return [] }
    return state.withLock { state in
      hasEvents.store(false, ordering: .relaxed)
      defer { state.events = [] }
      return state.events
    }
  }

  /// For the reader: these will come again, before all others.
  func putBack(_ events: ArraySlice<Event>) {
    if events.isEmpty { return }
    state.withLock { state in
      state.events.insert(contentsOf: events, at: 0)
      hasEvents.store(true, ordering: .relaxed)
    }
  }

  /// Waits for an event, or until `deadline` on the loop's clock.
  func wait(until deadline: Int64?, on loop: LoopExecutor) async {
    var alarm: LoopExecutor.Alarm?
    if let deadline {
      alarm = loop.setAlarm(at: deadline) { [self] in wakeReader() }
    }
    await withCheckedContinuation { continuation in
      let isReady = state.withLock { state in
        if !state.events.isEmpty { return true }
        if let deadline, LoopExecutor.now() >= deadline { return true }
        state.reader = continuation
        return false
      }
      if isReady { continuation.resume() }
    }
    if let alarm { loop.cancelAlarm(alarm) }
  }

  private func wakeReader() {
    let reader = state.withLock { state in
      defer { state.reader = nil }
      return state.reader
    }
    reader?.resume()
  }
}
