import Synchronization

/// A number of worker processes that run the tasks of one program. A worker starts when a task waits for one, runs one task at
/// a time, is used again, and is replaced when it dies. Whoever makes a pool closes it.
package final class ProcessPool: Sendable {
  /// What becomes of a task: any number of outputs, then one of the others.
  package enum Event: Sendable, Equatable {
    case output([UInt8])
    case ended([UInt8])
    /// It was cancelled before it began.
    case cancelled
    /// Its worker is gone. The whole sentence: lower case, no full stop.
    case lost(String)
  }

  private struct Seat {
    enum Phase: Equatable {
      case starting
      case idle
      case running(UInt64)
    }
    let worker: WorkerProcess
    var phase = Phase.starting
    /// Its line is closed, or it was killed for what it sent: it gets no task, and what it sends counts no more.
    var isGone = false
    /// Kills it when it does not obey a cancellation.
    var alarm: UInt64?
  }

  private struct State {
    /// Tasks that no worker has yet.
    var waiting: [Frame] = []
    var seats: [ObjectIdentifier: Seat] = [:]
    var isClosed = false
    var closers: [CheckedContinuation<Void, Never>] = []
  }

  private let size: Int
  private let command: WorkerCommand
  private let program: [UInt8]
  private let identity: UInt64
  private let grace: Int64
  private let handler: @Sendable (UInt64, Event) -> Void
  private let state = Mutex(State())

  /// - Parameters:
  ///   - size: How many workers there are at most.
  ///   - program: What a worker's `prepare` gets.
  ///   - identity: What a worker's `prepare` has to answer.
  ///   - grace: Nanoseconds after which a worker that does not obey a cancellation is killed: the time that a task's clean-up
  ///     may take, and one second.
  ///   - handler: Takes what becomes of the task with a ticket; called on any thread, from which it returns soon.
  package init(
    size: Int, command: WorkerCommand, program: [UInt8], identity: UInt64, grace: Int64 = 6_000_000_000,
    handler: @escaping @Sendable (UInt64, Event) -> Void
  ) {
    self.size = max(1, size)
    self.command = command
    self.program = program
    self.identity = identity
    self.grace = grace
    self.handler = handler
  }

  /// - Parameter ticket: Not used for another task of this pool.
  package func start(_ ticket: UInt64, _ task: [UInt8]) {
    let isClosed = state.withLock { state in
      if state.isClosed { return true }
      state.waiting.append(Frame(.task, ticket: ticket, task))
      assignTasks(&state)
      return false
    }
    if isClosed { handler(ticket, .lost("the pool of processes is closed")) }
  }

  /// Asks a task to end in order. It still ends with an event.
  package func cancel(_ ticket: UInt64) {
    let wasWaiting = state.withLock { state in
      if let index = state.waiting.firstIndex(where: { $0.ticket == ticket }) {
        state.waiting.remove(at: index)
        return true
      }
      guard let (id, seat) = state.seats.first(where: { $0.value.phase == .running(ticket) }), seat.alarm == nil
      else { return false }
      seat.worker.send(Frame(.cancel, ticket: ticket))
      state.seats[id]?.alarm = LoopExecutor.shared.setAlarm(at: LoopExecutor.now() + grace) { [self] in
        killDisobedient(seat.worker, ticket)
      }
      return false
    }
    if wasWaiting { handler(ticket, .cancelled) }
  }

  /// Ends all workers, whatever they do, and returns when they are reaped.
  package func close() async {
    let cancelled = state.withLock { state in
      state.isClosed = true
      for seat in state.seats.values { seat.worker.hangUp() }
      defer { state.waiting = [] }
      return state.waiting
    }
    for task in cancelled { handler(task.ticket, .cancelled) }
    await withCheckedContinuation { continuation in
      let isDone = state.withLock { state in
        if state.seats.isEmpty { return true }
        state.closers.append(continuation)
        return false
      }
      if isDone { continuation.resume() }
    }
  }

  // MARK: Workers

  /// Under the lock: gives the tasks that wait to workers that are idle, and starts workers for the others.
  private func assignTasks(_ state: inout State) {
    var starting = 0
    for (id, seat) in state.seats {
      if seat.phase == .idle, !seat.isGone, !state.waiting.isEmpty {
        let task = state.waiting.removeFirst()
        state.seats[id]?.phase = .running(task.ticket)
        seat.worker.send(task)
      } else if seat.phase == .starting {
        starting += 1
      }
    }
    guard !state.isClosed else { return }
    while state.seats.count < size, starting < state.waiting.count {
      launch(&state)
      starting += 1
    }
  }

  /// Under the lock.
  private func launch(_ state: inout State) {
    let worker = WorkerProcess()
    state.seats[ObjectIdentifier(worker)] = Seat(worker: worker)
    var hello = WireWriter()
    hello.write(Frame.version)
    hello.write(raw: program)
    let frame = Frame(.hello, hello.bytes)
    Task(executorPreference: LoopExecutor.shared) { [self] in
      let ending = await worker.run(command, frame) {
        self.take($0, from: worker)
      } closed: {
        self.state.withLock { $0.seats[ObjectIdentifier(worker)]?.isGone = true }
      }
      remove(worker, ending)
    }
  }

  /// The worker is reaped.
  private func remove(_ worker: WorkerProcess, _ ending: String) {
    let (victim, closers) = state.withLock { state -> (UInt64?, [CheckedContinuation<Void, Never>]) in
      let seat = state.seats.removeValue(forKey: ObjectIdentifier(worker))
      if let alarm = seat?.alarm { LoopExecutor.shared.cancelAlarm(alarm) }
      var victim: UInt64?
      switch seat?.phase {
      case .running(let ticket): victim = ticket
      case .starting:
        // It was started for a task that waits; were nobody told, the next worker might fail in the same way for ever.
        if !state.waiting.isEmpty { victim = state.waiting.removeFirst().ticket }
      case .idle, nil: break
      }
      assignTasks(&state)
      guard state.isClosed, state.seats.isEmpty else { return (victim, []) }
      defer { state.closers = [] }
      return (victim, state.closers)
    }
    if let victim { handler(victim, .lost("the worker process \(ending)")) }
    for closer in closers { closer.resume() }
  }

  private func killDisobedient(_ worker: WorkerProcess, _ ticket: UInt64) {
    state.withLock { state in
      guard state.seats[ObjectIdentifier(worker)]?.phase == .running(ticket) else { return }
      worker.kill(
        because: "did not end its task within \(Double(grace) / 1e9) s of being cancelled, and was killed")
    }
  }

  // MARK: Frames

  private func take(_ frame: Frame, from worker: WorkerProcess) {
    let id = ObjectIdentifier(worker)
    let event = state.withLock { state -> Event? in
      guard let seat = state.seats[id], !seat.isGone else { return nil }
      switch (frame.kind, seat.phase) {
      case (.ready, .starting):
        if let problem = problem(ofReady: frame.payload) {
          reject(id, &state, problem)
          return nil
        }
        state.seats[id]?.phase = .idle
        assignTasks(&state)
        return nil
      case (.refused, .starting):
        reject(id, &state, "cannot run this program: \(String(decoding: frame.payload, as: UTF8.self))")
        return nil
      case (.output, .running(frame.ticket)): return .output(frame.payload)
      case (.ended, .running(frame.ticket)):
        if let alarm = seat.alarm { LoopExecutor.shared.cancelAlarm(alarm) }
        state.seats[id]?.alarm = nil
        state.seats[id]?.phase = .idle
        assignTasks(&state)
        return .ended(frame.payload)
      default:
        reject(id, &state, "sent an answer (\(frame.kind)) that nobody waits for")
        return nil
      }
    }
    if let event { handler(frame.ticket, event) }
  }

  private static let advice = "the same weft has to be on both sides"

  private func problem(ofReady payload: [UInt8]) -> String? {
    var reader = WireReader(payload)
    let version: UInt32? = reader.readInteger()
    guard version == Frame.version else {
      return
        "speaks version \(version ?? 0) of weft's protocol instead of \(Frame.version): the same weft has to be on both sides"
    }
    guard reader.readInteger() == identity else {
      return "compiled the script to something else: \(Self.advice)"
    }
    return nil
  }

  /// Under the lock.
  private func reject(_ id: ObjectIdentifier, _ state: inout State, _ reason: String) {
    state.seats[id]?.isGone = true
    state.seats[id]?.worker.kill(because: reason)
  }
}
