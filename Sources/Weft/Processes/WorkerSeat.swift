/// A place for a worker process, which carries out one task at a time. A process starts with the first task, serves as long as it
/// lives, and is replaced when it has died. Whoever makes a seat closes it.
package final class WorkerSeat: Sendable {
  /// What becomes of a task: any number of outputs, then one of the others.
  package enum Event: Sendable, Equatable {
    case output([UInt8])
    /// What has happened in it, if the run is observed.
    case records([UInt8])
    /// It asks something of a handle.
    case handle([UInt8])
    /// It calls a function of the host.
    case host([UInt8])
    /// Nothing happens in its worker before another frame comes than the so many that have come since it began.
    case rests(UInt64)
    case ended([UInt8])
    /// It was cancelled before it began.
    case cancelled
    /// Its worker is gone; follows "the worker": lower case, no full stop.
    case lost(String)
  }

  private enum Phase {
    case starting
    case ready
    /// Its line is closed, or it was killed for what it sent: it gets no task, and what it sends counts no more.
    case gone
  }

  private struct Job {
    let frame: Frame
    var isSent = false
    /// Looks after a task that was cancelled.
    var alarm: LoopExecutor.Alarm?
    /// Its worker has answered since the last look.
    var isAlive = false
  }

  private struct Occupant {
    let process: WorkerProcess
    var phase = Phase.starting
    var wasReady = false
  }

  private struct State {
    var worker: Occupant?
    var job: Job?
    var isClosed = false
    var closers: [CheckedContinuation<Void, Never>] = []
  }

  private let command: WorkerCommand
  private let program: [UInt8]
  private let identity: UInt64
  private let grace: Int64
  private let handler: @Sendable (UInt64, Event) -> Void
  private let state = Locked(State())

  /// - Parameters:
  ///   - program: What a worker's `prepare` gets.
  ///   - identity: What a worker's `prepare` has to answer.
  ///   - grace: Nanoseconds within which the worker of a cancelled task has to answer, again and again, or is killed. How long the
  ///     task's clean-up may take is a matter of the worker's machine, as anywhere.
  ///   - handler: Takes what becomes of the task with a ticket; called on any thread, from which it returns soon.
  package init(
    command: WorkerCommand, program: [UInt8], identity: UInt64, grace: Int64 = 6_000_000_000,
    handler: @escaping @Sendable (UInt64, Event) -> Void
  ) {
    self.command = command
    self.program = program
    self.identity = identity
    self.grace = grace
    self.handler = handler
  }

  /// Begins a task when the one before has ended.
  ///
  /// - Parameter ticket: Not used for another task of this seat.
  package func start(_ ticket: UInt64, _ task: [UInt8]) {
    let isTaken = state.withLock { state in
      if state.isClosed || state.job != nil { return false }
      state.job = Job(frame: Frame(.task, ticket: ticket, task))
      proceed(&state)
      return true
    }
    if !isTaken { handler(ticket, .lost("is closed or has another task")) }
  }

  /// Asks the task to end in order. It still ends with an event.
  package func cancel(_ ticket: UInt64) {
    let hadNotBegun = state.withLock { state in
      guard let job = state.job, job.frame.ticket == ticket, job.alarm == nil else { return false }
      guard job.isSent, let process = state.worker?.process else {
        state.job = nil
        return true
      }
      process.send(Frame(.cancel, ticket: ticket))
      check(&state, process, ticket)
      return false
    }
    if hadNotBegun { handler(ticket, .cancelled) }
  }

  /// Sends something for the task of the frame, if that still runs.
  package func send(_ frame: Frame) {
    state.withLock { state in
      if let job = state.job, job.isSent, job.frame.ticket == frame.ticket { state.worker?.process.send(frame) }
    }
  }

  /// The worker of that task sent what makes no sense.
  package func reject(_ ticket: UInt64, because reason: String) {
    state.withLock { state in if state.job?.frame.ticket == ticket { reject(&state, reason) } }
  }

  /// Tells the task that the run is asked to end in its own way.
  package func shutdown() {
    state.withLock { state in
      if let job = state.job, job.isSent { state.worker?.process.send(Frame(.shutdown, ticket: job.frame.ticket)) }
    }
  }

  /// Ends the worker, whatever it does. No task may follow.
  package func stop() {
    let job = state.withLock { state -> Job? in
      state.isClosed = true
      state.worker?.process.hangUp()
      guard let job = state.job, !job.isSent else { return nil }
      state.job = nil
      return job
    }
    if let job { handler(job.frame.ticket, .cancelled) }
  }

  /// Returns when the worker is reaped, after `stop`.
  package func ended() async {
    await withCheckedContinuation { continuation in
      let isDone = state.withLock { state in
        if state.worker == nil { return true }
        state.closers.append(continuation)
        return false
      }
      if isDone { continuation.resume() }
    }
  }

  // MARK: The worker

  /// Under the lock: gives the task to the worker, or starts one for it.
  private func proceed(_ state: inout State) {
    guard let job = state.job, !job.isSent, !state.isClosed else { return }
    switch state.worker?.phase {
    case nil: launch(&state)
    case .ready:
      state.job?.isSent = true
      state.worker?.process.send(job.frame)
    case .starting, .gone: break
    }
  }

  /// Under the lock.
  private func launch(_ state: inout State) {
    let worker = WorkerProcess()
    state.worker = Occupant(process: worker)
    var hello = WireWriter()
    hello.write(Frame.version)
    hello.write(raw: program)
    let frame = Frame(.hello, hello.bytes)
    Task(executorPreference: LoopExecutor.shared) { [self] in
      let ending = await worker.run(command, frame) {
        self.take($0)
      } closed: {
        self.state.withLock { $0.worker?.phase = .gone }
      }
      remove(ending)
    }
  }

  /// The worker is reaped.
  private func remove(_ ending: String) {
    let (victim, closers) = state.withLock { state -> (UInt64?, [CheckedContinuation<Void, Never>]) in
      let wasReady = state.worker?.wasReady ?? false
      state.worker = nil
      var victim: UInt64?
      // A task for which no worker could be started would else start one after the other.
      if let job = state.job, job.isSent || !wasReady {
        if let alarm = job.alarm { LoopExecutor.shared.cancelAlarm(alarm) }
        victim = job.frame.ticket
        state.job = nil
      }
      proceed(&state)
      defer { state.closers = [] }
      return (victim, state.closers)
    }
    if let victim { handler(victim, .lost(ending)) }
    for closer in closers { closer.resume() }
  }

  /// Under the lock: asks the worker whether it is there, and looks for its answer later.
  private func check(_ state: inout State, _ process: WorkerProcess, _ ticket: UInt64) {
    state.job?.isAlive = false
    process.send(Frame(.check, ticket: ticket))
    state.job?.alarm = LoopExecutor.shared.setAlarm(at: LoopExecutor.now() + grace) { [self] in look(process, ticket) }
  }

  private func look(_ process: WorkerProcess, _ ticket: UInt64) {
    state.withLock { state in
      guard let job = state.job, job.frame.ticket == ticket else { return }
      if job.isAlive { return check(&state, process, ticket) }
      process.kill(
        because: "did not answer within \(Double(grace) / 1e9) s of its task being cancelled, and was killed")
    }
  }

  // MARK: Frames

  private func take(_ frame: Frame) {
    let event = state.withLock { state -> Event? in
      guard let worker = state.worker, worker.phase != .gone else { return nil }
      switch (frame.kind, worker.phase) {
      case (.ready, .starting):
        if let problem = problem(ofReady: frame.payload) {
          reject(&state, problem)
        } else {
          state.worker?.phase = .ready
          state.worker?.wasReady = true
          proceed(&state)
        }
        return nil
      case (.refused, .starting):
        reject(&state, "cannot run this program: \(String(decoding: frame.payload, as: UTF8.self))")
        return nil
      case (.output, .ready) where state.job?.frame.ticket == frame.ticket: return .output(frame.payload)
      case (.records, .ready) where state.job?.frame.ticket == frame.ticket: return .records(frame.payload)
      case (.handle, .ready):
        // What a task still had to say when it was over is of no interest.
        return state.job?.frame.ticket == frame.ticket ? .handle(frame.payload) : nil
      case (.host, .ready): return state.job?.frame.ticket == frame.ticket ? .host(frame.payload) : nil
      case (.rests, .ready):
        var reader = WireReader(frame.payload)
        guard state.job?.frame.ticket == frame.ticket, let received: UInt64 = reader.readInteger() else { return nil }
        return .rests(received)
      case (.alive, .ready):
        if state.job?.frame.ticket == frame.ticket { state.job?.isAlive = true }
        return nil
      case (.ended, .ready) where state.job?.frame.ticket == frame.ticket:
        if let alarm = state.job?.alarm { LoopExecutor.shared.cancelAlarm(alarm) }
        state.job = nil
        return .ended(frame.payload)
      default:
        reject(&state, "sent an answer (\(frame.kind)) that nobody waits for")
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
      return "speaks version \(version ?? 0) of weft's protocol instead of \(Frame.version): \(Self.advice)"
    }
    guard reader.readInteger() == identity else {
      return "compiled the script to something else: \(Self.advice)"
    }
    return nil
  }

  /// Under the lock.
  private func reject(_ state: inout State, _ reason: String) {
    state.worker?.phase = .gone
    state.worker?.process.kill(because: reason)
  }
}
