import WeftCompiler
import WeftMachine

/// Drives one machine from one Swift task, with the real clock: carries out its effects, and brings it what comes.
final class MachineDriver {
  private(set) var machine: Machine
  private let context: RunContext
  private let mailbox: Mailbox
  private let yields: Bool
  private let output: ([UInt8]) -> Void
  private let records: ((RunRecords) -> Void)?
  private let files: FileWorker?
  private let hostCalls: HostCaller
  /// What functions of the host have answered at once.
  @exclusivity(unchecked) private var hostAnswers: [(ticket: UInt64, answer: HostAnswer)] = []
  /// Calls of the script's tasks by the host, by ticket.
  private var taskCalls: [UInt64: TaskCall] = [:]
  private var isPaused = false
  /// Nobody waits for what does not end by itself.
  private var isTerminated = false
  private var exchanges: [UInt64: any FetchCancelling] = [:]
  private var pools: [UInt64: WorkerPool] = [:]
  /// Worker processes, by how they are started.
  private var crews: [ProcessCrew] = []
  private var burns: [UInt64: Task<Void, Never>] = [:]
  /// Workers of pools that are closed.
  private var leaving: [any Worker] = []
  /// The task that this machine carries out for another one.
  private var ticket: UInt64?
  private var isStopped = false
  private var isSpinning = false
  /// The machine goes on, or waits for the world.
  private var isActive = false
  /// Of a session: whom it belongs to.
  weak var session: SessionHost?
  /// The version of the program that `machine` was made for.
  private var version: Int
  private let loop = LoopExecutor.shared
  /// A slice is long enough to make the mailbox cheap, and short enough for a deadline to be late by little.
  private static let sliceTicks = 20_000
  /// Nanoseconds after which one that shares its thread lets others run.
  private static let turn: Int64 = 1_000_000

  /// - Parameters:
  ///   - yields: The thread is shared with others that compute.
  ///   - output: Takes what the machine prints.
  ///   - records: Takes what it writes down, and what its workers do.
  init(
    _ machine: Machine, _ context: RunContext, _ mailbox: Mailbox, yields: Bool, output: @escaping ([UInt8]) -> Void,
    records: ((RunRecords) -> Void)? = nil
  ) {
    self.machine = machine
    self.context = context
    self.mailbox = mailbox
    self.yields = yields
    self.output = output
    version = context.version
    self.records = records
    files = context.options.files.map { FileWorker($0, mailbox) }
    hostCalls = HostCaller(mailbox)
    connect()
  }

  private func connect() {
    machine.handleUser.notify = { [mailbox] ticket in mailbox.post(.handleAnswered(ticket: ticket)) }
    machine.interruption = { [mailbox, context] in
      let now = LoopExecutor.now()
      if mailbox.isEnding(at: now) { return .ended }
      return now >= context.deadline ? .timeIsUp(limit: context.options.timeLimit?.nanoseconds ?? 0) : nil
    }
  }

  /// For a worker between two tasks: if the program has grown, it goes on with a machine for the new one.
  func followProgram() {
    if context.version == version { return }
    version = context.version
    machine = context.makeMachine()
    connect()
  }

  /// Runs the machine, which has begun, until it is finished.
  ///
  /// - Parameters:
  ///   - ticket: The task that it carries out for another machine.
  ///   - observe: Is called about every `interval` nanoseconds with the time; while nothing goes on, only if it `wakes` the run.
  func drive(
    _ ticket: UInt64? = nil, every interval: Int64? = nil, wakes: Bool = false, observe: (Int64) -> Void = { _ in }
  ) async {
    self.ticket = ticket
    defer { self.ticket = nil }
    activate()
    var nextLook = interval.map { LoopExecutor.now() + $0 } ?? Int64.max
    var turnEnds = LoopExecutor.now() + Self.turn
    while !isStopped {
      let pause = machine.run(ticks: Self.sliceTicks)
      flush()
      perform()
      session?.look()
      if case .finished = pause { break }
      if case .idle(let deadline) = pause, !deliver() {
        if machine.isStuck { rest() }
        let next = min(deadline ?? .max, wakes ? nextLook : .max, context.deadline)
        await mailbox.wait(until: next.finite, on: loop)
      }
      // What has come is older than the timers that are due by now.
      var now = LoopExecutor.now()
      machine.setClock(to: now)
      _ = deliver()
      while isPaused, !isStopped, !machine.isFinished {
        await mailbox.wait(until: context.deadline.finite, on: loop)
        now = LoopExecutor.now()
        machine.setClock(to: now)
        _ = deliver()
        if now >= context.deadline { isPaused = false }
      }
      if now >= context.deadline { machine.exceedTime(context.options.timeLimit?.nanoseconds ?? 0) }
      machine.advance(to: now)
      if now >= nextLook, let interval {
        observe(now)
        nextLook = now + interval
      }
      if yields, now >= turnEnds {
        await Task.yield()
        turnEnds = LoopExecutor.now() + Self.turn
      }
    }
    flush()
  }

  /// Runs a machine that has begun for a moment, on whatever thread this is; true when it is finished and nothing is left to do.
  /// Otherwise `drive` goes on with it.
  func runBriefly() -> Bool {
    let pause = machine.run(ticks: Self.briefTicks)
    guard case .finished = pause, machine.hasNoEffects else { return false }
    flush()
    return true
  }

  /// So many take less time than to change threads.
  private static let briefTicks = 1_000

  /// Waits for the next task from another machine; nil when none will follow.
  func nextTask() async -> (ticket: UInt64, task: RemoteTask)? {
    while !isStopped {
      let events = mailbox.take()
      if !events.isEmpty { activate() }
      for (index, event) in events.enumerated() {
        switch event {
        case .task(let ticket, let task):
          // What came right behind it is about it: perhaps it is cancelled already.
          mailbox.putBack(events[(index + 1)...])
          context.activity.subtract(index + 1)
          return (ticket, task)
        case .stop: isStopped = true
        // What is left of a task that has ended.
        default: handle(event)
        }
      }
      context.activity.subtract(events.count)
      rest()
      if !isStopped { await mailbox.wait(until: nil, on: loop) }
    }
    return nil
  }

  /// Ends all that is still under way, and waits until nothing of it is left.
  func finish() async {
    for exchange in exchanges.values { exchange.cancel() }
    for burn in burns.values { burn.cancel() }
    for pool in pools.values { leaving += pool.close() }
    pools = [:]
    for crew in crews { leaving += crew.dismiss() }
    spinIfNeeded()
    for worker in leaving { await worker.ended() }
    for burn in burns.values { await burn.value }
    hostCalls.cancelAll()
    files?.cancelAll()
    await settle()
    for call in taskCalls.values { call.end(.cancelled) }
    taskCalls = [:]
    // The last that workers have printed.
    _ = deliver()
    flush()
    mailbox.leave(context.activity)
    rest()
  }

  /// Waits for functions of the host and for files that were called off. What ends at once, and the task of a worker that is
  /// stopped, has given them up: a function may never come back, nor a disk.
  private func settle() async {
    while true {
      _ = deliver()
      if isTerminated || isStopped || machine.isOverLimit || LoopExecutor.now() >= context.deadline { return }
      if hostCalls.isIdle, files?.isIdle ?? true { return }
      await mailbox.wait(until: context.deadline.finite, on: loop)
    }
  }

  private func activate() {
    if isActive { return }
    isActive = true
    context.activity.add()
  }

  /// Nothing will happen here before another machine does something.
  private func rest() {
    if !isActive { return }
    isActive = false
    context.activity.subtract()
  }

  private func flush() {
    let text = machine.takeOutput()
    if !text.isEmpty { output(text) }
    if let records, let batch = machine.takeRecords() { records(batch) }
  }

  // MARK: Effects

  private func perform() {
    var effects = machine.takeEffects()
    effects.reverse()
    // One after the other is taken out, so that none is copied.
    while let effect = effects.popLast() {
      switch consume effect {
      case .startFetch(let ticket, let request):
        guard let fetcher = context.fetcher else {
          mailbox.post(.fetchEnded(ticket: ticket, .failure(FetchFailure(.other, "this run has no network"))))
          continue
        }
        exchanges[ticket] = fetcher.start(request) { [mailbox] result in
          mailbox.post(.fetchEnded(ticket: ticket, result))
        }
      case .cancelFetch(let ticket): exchanges.removeValue(forKey: ticket)?.cancel()
      case .startFileWork(let ticket, let request):
        if let files {
          files.start(ticket, request)
        } else {
          mailbox.post(.fileWorkEnded(ticket: ticket, .failure(FileFailure(.other, "this run has no files"))))
        }
      case .cancelFileWork(let ticket): files?.cancel(ticket)
      case .openPool(let id, let kind, let workers, let launcher): openPool(id, kind, workers, launcher)
      case .closePool(let id):
        if let pool = pools.removeValue(forKey: id) {
          leaving += pool.close()
          spinIfNeeded()
        }
      case .startRemote(let ticket, let id, let task):
        session?.publishProgram()
        if id == 0, pools[0] == nil { openPool(0, .compute, CoreExecutor.cores, nil) }
        pools[id]?.start(ticket, task)
      case .cancelRemote(let ticket, let id): pools[id]?.cancel(ticket)
      case .startBurn(let ticket, let nanoseconds):
        burns[ticket] = CoreExecutor.burn(nanoseconds) { [mailbox] in mailbox.post(.burnEnded(ticket: ticket)) }
      case .cancelBurn(let ticket): burns.removeValue(forKey: ticket)?.cancel()
      case .startHostCall(let ticket, let call):
        if let answer = hostCalls.start(ticket, call) { hostAnswers.append((ticket, answer)) }
      case .askHost(let ticket, let function, let arguments):
        if let home = context.home {
          home.callHost(ticket, function, arguments) { [mailbox] in mailbox.post(.hostCallEnded(ticket: ticket, $0)) }
        }
      case .cancelHostCall(let ticket):
        hostCalls.cancel(ticket)
        context.home?.cancelHostCall(ticket)
      case .callEnded(let ticket, let outcome): taskCalls.removeValue(forKey: ticket)?.end(outcome)
      }
    }
  }

  private func openPool(_ id: UInt64, _ kind: PoolKind, _ workers: Int, _ launcher: String?) {
    if kind == .processes, let command = context.options.processes {
      let crew = crew(command, launcher)
      pools[id] = WorkerPool(workers: workers, crew: crew, owner: mailbox) { crew.takeWorker() }
    } else {
      pools[id] = WorkerPool(workers: workers, owner: mailbox) { [context, mailbox] in
        LocalWorker(kind, context) { mailbox.post($0) }
      }
    }
    spinIfNeeded()
  }

  /// The worker processes for a pool, with a launcher of its own or that of the run. Those that others have left are stopped, so
  /// that there are never more processes than the run may have workers.
  private func crew(_ command: WorkerCommand, _ launcher: String?) -> ProcessCrew {
    var command = command
    if let launcher { command.launcher = launcher }
    for crew in crews where crew.command.launcher != command.launcher { leaving += crew.dismiss() }
    if let crew = crews.first(where: { $0.command.launcher == command.launcher }) { return crew }
    let crew = ProcessCrew(command, context, owner: mailbox)
    crews.append(crew)
    return crew
  }

  /// While there are workers in this process, their answers come soon. Processes need the core for themselves: a task's round
  /// trip took 105 µs with this thread looking out, and 40 µs without.
  private func spinIfNeeded() {
    if isSpinning == pools.values.contains(where: \.isLocal) { return }
    isSpinning.toggle()
    if isSpinning { loop.beginSpinning() } else { loop.endSpinning() }
  }

  // MARK: Events

  /// Hands events to the machine; false when there were none.
  private func deliver() -> Bool {
    let hasAnswers = !hostAnswers.isEmpty
    if hostAnswers.count > 1 { hostAnswers.reverse() }
    while let (ticket, answer) = hostAnswers.popLast() { machine.hostCallEnded(ticket, answer) }
    let events = mailbox.take()
    if events.isEmpty { return hasAnswers }
    activate()
    for event in events { handle(event) }
    context.activity.subtract(events.count)
    return true
  }

  private func handle(_ event: Mailbox.Event) {
    switch event {
    case .fetchEnded(let ticket, let result):
      exchanges.removeValue(forKey: ticket)
      machine.fetchEnded(ticket, result)
    case .fileWorkEnded(let ticket, let result): machine.fileWorkEnded(ticket, result)
    case .remoteEnded(let ticket, let result):
      if let id = machine.remoteEnded(ticket, result) { pools[id]?.ended(ticket) }
    case .burnEnded(let ticket):
      burns.removeValue(forKey: ticket)
      machine.burnEnded(ticket)
    case .handleAnswered(let ticket): machine.handleAnswered(ticket)
    case .nothingWillCome: machine.nothingWillCome()
    case .output(let text):
      // What this machine has printed before is older.
      flush()
      output(text)
    case .outputElsewhere(let text):
      flush()
      if machine.takePrinted(text.count) { output(text) }
    case .hostCallEnded(let ticket, let answer): machine.hostCallEnded(ticket, answer)
    case .call(let call):
      taskCalls[call.ticket] = call
      machine.call(call.ticket, function: call.function, call.arguments)
    case .cancelCall(let ticket): machine.cancelCall(ticket)
    case .close: machine.close()
    case .pause: isPaused = true
    case .unpause: isPaused = false
    case .addTicks(let count): machine.addTicks(count)
    case .terminate:
      isPaused = false
      isTerminated = true
      machine.terminate()
    case .records(let batch):
      flush()
      records?(batch)
    case .cancel: machine.cancelRun()
    case .shutdown:
      machine.requestShutdown()
      if machine.isShutdownRequested { for pool in pools.values { pool.shutdown() } }
    case .cancelTask(let cancelled): if cancelled == ticket { machine.cancelRun() }
    case .check(let answer): answer()
    case .stop: isStopped = true
    case .perform(let action): if let session { action(session) }
    case .task, .settled: break
    }
  }
}

extension Int64 {
  fileprivate var finite: Int64? { self == .max ? nil : self }
}
