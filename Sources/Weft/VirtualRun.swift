import WeftCompiler
import WeftMachine

/// One run in a virtual world: all of its machines on one thread, with one clock. The seed picks which machine goes on, and
/// for how long.
final class VirtualRun {
  // Most properties here are exempt from the checks for exclusive access, which would take a tenth of the time of a simulation: a
  // change of one of them calls nothing that looks at it.

  /// A machine and what it waits for.
  private final class Seat: DueNode {
    let id: Int
    let machine: Machine
    /// The version of the program that the machine was made for.
    var version = 0
    /// What it prints and how its task ended goes to the owner of the pool; nil for the script itself.
    private(set) weak var pool: Pool?
    /// The owner's name for the task that runs.
    var ticket: UInt64 = 0
    /// Orders seats by when their task began.
    var sequence: UInt64 = 0
    /// What it waits for when it is in `waiting`.
    @exclusivity(unchecked) var deadline: Int64 = 0
    @exclusivity(unchecked) var position: Int32 = -1
    @exclusivity(unchecked) var isReady = true
    /// It computes until its deadline, when the turn ends that it has taken; how the turn ended.
    @exclusivity(unchecked) var turn: Machine.Pause?
    /// Something has come for it meanwhile.
    @exclusivity(unchecked) var wasWoken = false
    var pools: [UInt64: Pool] = [:]
    /// What the world will answer it, by ticket.
    @exclusivity(unchecked) var answers = NumberTable<PendingAnswer>()

    init(_ id: Int, _ machine: Machine, _ pool: Pool?) {
      self.id = id
      self.machine = machine
      self.pool = pool
    }
  }

  private final class Pool {
    let kind: PoolKind
    let workers: Int
    unowned let owner: Seat
    var idle: [Seat] = []
    /// By the tickets of their tasks.
    var running: [UInt64: Seat] = [:]
    var waiting = TaskQueue()

    init(_ kind: PoolKind, workers: Int, of owner: Seat) {
      self.kind = kind
      self.workers = workers
      self.owner = owner
    }
  }

  /// What the world will answer. A file is read or written at that time, so that what is called off never happens.
  private final class PendingAnswer: DueNode {
    enum Work {
      case fetch(Result<FetchResponse, FetchFailure>)
      case file(FileRequest)
      case host(HostCall)
      /// With so many nanoseconds still to come after that.
      case burn(left: Int64)
    }

    let deadline: Int64
    let sequence: UInt64
    @exclusivity(unchecked) var position: Int32 = -1
    unowned let seat: Seat
    let ticket: UInt64
    let work: Work
    /// What is answered by `fetch`.
    let request: FetchRequest?

    init(
      at deadline: Int64, _ sequence: UInt64, _ seat: Seat, _ ticket: UInt64, _ work: Work, _ request: FetchRequest?
    ) {
      self.deadline = deadline
      self.sequence = sequence
      self.seat = seat
      self.ticket = ticket
      self.work = work
      self.request = request
    }
  }

  /// What the seeded choices come from.
  private final class Order {
    var state: UInt64
    init(_ seed: UInt64) { state = seed }

    func choose(_ count: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(count))
    }
  }

  /// Machines that handles have an answer for, in the order in which the answers came.
  private final class HandleAnswers: @unchecked Sendable {
    // What is unchecked is sound because a virtual run happens on one thread.
    @exclusivity(unchecked) var all: [(seat: Int, ticket: UInt64)] = []
  }

  private let script: () -> (script: Script, version: Int)
  private let options: RunOptions
  private let world: VirtualWorld
  private let memory: RunMemory
  private let order: Order?
  @exclusivity(unchecked) private var now: Int64 = 0
  /// In the order in which they come; at one instant, in that in which they were asked for.
  @exclusivity(unchecked) private var pending = DueHeap<PendingAnswer>()
  /// Machines that wait for a timer of theirs.
  @exclusivity(unchecked) private var sleeping = DueHeap<Seat>()
  /// Machines whose turn ends later, because computing takes time.
  @exclusivity(unchecked) private var computing = DueHeap<Seat>()
  /// Cores that nothing computes on; nil where computing takes no time.
  @exclusivity(unchecked) private var idleCores: Int?
  /// What wants to keep a core busy, and waits for one.
  @exclusivity(unchecked) private var waitingBurns: [(seat: Seat, ticket: UInt64, nanoseconds: Int64)] = []
  /// The first of them that has not got one.
  @exclusivity(unchecked) private var nextBurn = 0
  /// A machine had the last turn on a core.
  @exclusivity(unchecked) private var isBurnNext = false
  private let main: Seat
  /// Machines that have something to do, in the order in which they became ready.
  @exclusivity(unchecked) private var ready: [Seat] = []
  /// Every machine that runs a task, by its id.
  @exclusivity(unchecked) private var seats: [Int: Seat]
  private var lastSeat = 0
  /// Numbers what is put in order.
  @exclusivity(unchecked) private var lastSequence: UInt64 = 0
  private let answers = HandleAnswers()
  /// Takes what the machines write down.
  private let records: ((RunRecords) -> Void)?
  private let wantsArguments: Bool
  private static let sliceTicks = 20_000
  /// Machines take turns of at most so many ticks, when there are several.
  private static let turnTicks = 500
  @exclusivity(unchecked) private var cancelAt: Int64?
  @exclusivity(unchecked) private var shutdownAt: Int64?
  @exclusivity(unchecked) private var cancelAfterTicks: Int?
  private var longTurns: LongTurns?
  /// Of a session: whom it belongs to.
  private weak var session: SessionHost?
  /// Nanoseconds for which a core is kept busy while others want it, and while nobody else does.
  private static let burnTurn: Int64 = 1_000_000
  private static let longestBurnTurn: Int64 = 10_000_000
  /// Tasks of `compute` that run at one time, for each machine, unless the world says how many cores there are.
  private static let computeWorkers = 4

  init(
    _ script: Script, _ options: RunOptions, _ world: VirtualWorld, records: ((RunRecords) -> Void)? = nil,
    wantsArguments: Bool = false
  ) {
    self.script = { (script, 0) }
    memory = RunMemory()
    self.records = records
    self.wantsArguments = wantsArguments
    var options = options
    // What it takes to start processes is no question here.
    options.limits.pools.insert(.processes)
    self.options = options
    self.world = world
    order = world.orderSeed.map { Order($0) }
    let machine = script.makeMachine(options, memory: memory, choose: order.map { order in { order.choose($0) } })
    main = Seat(0, machine, nil)
    seats = [main.id: main]
    ready = [main]
    cancelAt = world.cancelAt
    shutdownAt = world.shutdownAt
    cancelAfterTicks = world.cancelAfterTicks
    if world.tickTime > 0 { idleCores = max(1, world.cores ?? 1) }
    prepare(main, pool: nil)
  }

  /// For a session, whose machine takes one input after the other.
  init(_ session: SessionHost, _ options: RunOptions, _ world: VirtualWorld) {
    script = { [context = session.context] in (context.script, context.version) }
    memory = session.context.memory
    self.session = session
    self.options = options
    self.world = world
    records = nil
    wantsArguments = false
    order = nil
    main = Seat(0, session.machine, nil)
    seats = [main.id: main]
    ready = [main]
    prepare(main, pool: nil)
  }

  private func prepare(_ seat: Seat, pool: PoolKind?) {
    if records != nil {
      seat.machine.observe(worker: UInt32(truncatingIfNeeded: seat.id), pool: pool, arguments: wantsArguments)
    }
    seat.machine.isInterleaved = true
    seat.machine.handleUser.notify = { [answers, id = seat.id] ticket in answers.all.append((id, ticket)) }
  }

  func run(_ output: ([UInt8]) -> Void, _ longTurns: LongTurns) -> RunResult {
    self.longTurns = longTurns
    main.machine.begin(options, at: 0, wallClock: world.wallClock)
    while true {
      switch turn(output) {
      case .wentOn: break
      case .stuck: nothingWillCome()
      case .finished:
        memory.runEnded()
        return main.machine.makeResult()
      }
    }
  }

  /// Runs a session until its machine is finished. Time passes while an input runs, and only then.
  func drive(_ session: SessionHost, _ mailbox: Mailbox, _ output: ([UInt8]) -> Void) async {
    session.begin(at: 0, wallClock: world.wallClock) { [self] in now }
    while true {
      for case .perform(let action) in mailbox.take() {
        main.machine.setClock(to: now)
        action(session)
        wake(main)
      }
      let passes = main.machine.hasInput || main.machine.isEnding
      passOnAnswers()
      if ready.isEmpty, !passes {
        await mailbox.wait(until: nil, on: LoopExecutor.shared)
        continue
      }
      switch turn(output) {
      case .wentOn: break
      case .stuck: nothingWillCome()
      case .finished: return
      }
      session.look()
    }
  }

  private enum Turn {
    case wentOn
    /// No machine can go on, and nothing is awaited.
    case stuck
    /// The main machine is.
    case finished
  }

  /// Lets one machine go on, or the clock.
  private func turn(_ output: ([UInt8]) -> Void) -> Turn {
    let machine = main.machine
    passOnAnswers()
    startBurns()
    if ready.isEmpty || idleCores == 0 || somethingIsDue {
      // What comes first: at one instant the ends of turns, a cancellation from outside, a shutdown, answers, timers.
      guard let next = earliest else { return .stuck }
      now = max(now, next)
      world.instant(now)
      while let seat = computing.takeDue(by: now) {
        idleCores = idleCores.map { $0 + 1 }
        if endTurn(of: seat, output) { return .finished }
      }
      if let at = cancelAt, at <= now {
        cancelAt = nil
        machine.setClock(to: now)
        machine.cancelRun()
        wake(main)
      }
      if let at = shutdownAt, at <= now {
        shutdownAt = nil
        shutdown(main)
      }
      answer()
      while let seat = sleeping.takeDue(by: now) { wake(seat) }
      return .wentOn
    }
    let seat = ready.remove(at: ready.count > 1 ? order?.choose(ready.count) ?? 0 : 0)
    var ticks = Self.sliceTicks
    if seats.count > 1 { ticks = order.map { 1 + $0.choose(Self.turnTicks) } ?? Self.turnTicks }
    if seat === main, let limit = cancelAfterTicks { ticks = min(ticks, max(0, limit - machine.ticks)) }
    seat.machine.advance(to: now)
    if seat === main, world.tickTime > 0 { longTurns?.look(at: machine) }
    let ticksBefore = seat.machine.ticks
    var pause = seat.machine.run(ticks: ticks)
    if seat === main, let limit = cancelAfterTicks, machine.ticks >= limit {
      cancelAfterTicks = nil
      machine.cancelRun()
      if case .idle = pause { pause = .slice }
    }
    seat.turn = pause
    isBurnNext = true
    let end = time(afterTicks: seat.machine.ticks - ticksBefore)
    if idleCores != nil, end > now {
      idleCores = idleCores.map { $0 - 1 }
      seat.deadline = end
      computing.insert(seat)
      return .wentOn
    }
    return endTurn(of: seat, output) ? .finished : .wentOn
  }

  /// A machine has computed as long as it was to; true when it was the main one and is finished.
  private func endTurn(of seat: Seat, _ output: ([UInt8]) -> Void) -> Bool {
    let pause = seat.turn ?? .slice
    seat.turn = nil
    let text = seat.machine.takeOutput()
    if !text.isEmpty { output(text) }
    if case .idle(let deadline) = pause, !seat.wasWoken {
      // Before its effects are carried out, which may wake it at once.
      seat.isReady = false
      if let deadline {
        seat.deadline = deadline
        sleeping.insert(seat)
      }
    }
    let wasWoken = seat.wasWoken
    seat.wasWoken = false
    passOnRecords(of: seat)
    perform(for: seat)
    switch pause {
    case .finished:
      if seat === main { return true }
      end(seat)
    case .slice, .clock: ready.append(seat)
    case .idle: if wasWoken { ready.append(seat) }
    }
    return false
  }

  private func passOnRecords(of seat: Seat) {
    if let records, let batch = seat.machine.takeRecords() { records(batch) }
  }

  /// When the next thing happens.
  private var earliest: Int64? {
    var earliest = cancelAt
    // One by one: this is asked more often than anything happens.
    func look(at time: Int64?) {
      if let time { earliest = min(earliest ?? time, time) }
    }
    look(at: shutdownAt)
    look(at: pending.earliestDeadline)
    look(at: sleeping.earliestDeadline)
    look(at: computing.earliestDeadline)
    return earliest
  }

  /// Whether something has become due while machines computed.
  private var somethingIsDue: Bool {
    world.tickTime > 0 && (earliest.map { $0 <= now } ?? false)
  }

  private func passOnAnswers() {
    while !answers.all.isEmpty {
      let all = answers.all
      answers.all = []
      for answer in all {
        // One whose task has ended waits for nothing.
        guard let seat = seats[answer.seat] else { continue }
        seat.machine.setClock(to: now)
        seat.machine.handleAnswered(answer.ticket)
        wake(seat)
      }
    }
  }

  private func wake(_ seat: Seat) {
    if seat.turn != nil { seat.wasWoken = true }
    if seat.isReady { return }
    sleeping.remove(seat)
    seat.isReady = true
    ready.append(seat)
  }

  /// No machine can go on, and nothing is awaited from outside: those that wait for a worker that waits are to blame least.
  private func nothingWillCome() {
    for seat in seats.values.sorted(by: { $0.sequence > $1.sequence }) {
      seat.machine.setClock(to: now)
      seat.machine.nothingWillCome()
      wake(seat)
    }
  }

  private func shutdown(_ seat: Seat) {
    seat.machine.setClock(to: now)
    seat.machine.requestShutdown()
    wake(seat)
    if !seat.machine.isShutdownRequested { return }
    for worker in seat.pools.values.flatMap(\.running.values).sorted(by: { $0.sequence < $1.sequence }) {
      shutdown(worker)
    }
  }

  // MARK: Effects

  private func perform(for seat: Seat) {
    var effects = seat.machine.takeEffects()
    effects.reverse()
    // One after the other is taken out, so that none is copied.
    while let effect = effects.popLast() {
      switch consume effect {
      case .startFetch(let ticket, let request):
        let answer = world.answer(request, now)
        var at = time(after: answer.delay)
        var result = answer.result
        if let timeout = request.timeout, timeout < answer.delay {
          at = time(after: timeout)
          result = .failure(
            FetchFailure(.timeout, "no answer from `\(request.url)` within the `timeout` of this request"))
        }
        expect(.fetch(result), at: at, for: seat, ticket, request)
      case .startFileWork(let ticket, let request):
        expect(.file(request), at: time(after: world.fileDelay), for: seat, ticket)
      case .startBurn(let ticket, let nanoseconds):
        waitingBurns.append((seat, ticket, nanoseconds))
      case .startHostCall(let ticket, let call): expect(.host(call), at: now, for: seat, ticket)
      // There are no worker processes here, and nobody calls the script's tasks.
      case .askHost, .callEnded: break
      case .cancelFetch(let ticket), .cancelFileWork(let ticket), .cancelBurn(let ticket), .cancelHostCall(let ticket):
        guard let answer = seat.answers.removeValue(for: ticket) else {
          forgetBurns { $0 === seat && $1 == ticket }
          continue
        }
        pending.remove(answer)
        if case .burn = answer.work { idleCores = idleCores.map { $0 + 1 } }
        if let request = answer.request { world.cancelled(request) }
      case .openPool(let id, let kind, let workers, _): seat.pools[id] = Pool(kind, workers: workers, of: seat)
      case .closePool(let id): seat.pools[id] = nil
      case .startRemote(let ticket, let id, let task):
        session?.publishProgram()
        if id == 0, seat.pools[0] == nil {
          seat.pools[0] = Pool(.compute, workers: world.cores ?? Self.computeWorkers, of: seat)
        }
        if let pool = seat.pools[id] { start(ticket, task, in: pool) }
      case .cancelRemote(let ticket, let id): if let pool = seat.pools[id] { cancel(ticket, in: pool) }
      }
    }
  }

  /// The clock stops at the end of its range, which is 292 years away.
  private func time(after delay: Int64) -> Int64 {
    let (time, overflow) = now.addingReportingOverflow(max(0, delay))
    return overflow ? Int64.max : time
  }

  private func time(afterTicks ticks: Int) -> Int64 {
    let (delay, overflow) = Int64(ticks).multipliedReportingOverflow(by: world.tickTime)
    return time(after: overflow ? Int64.max : delay)
  }

  private func nextSequence() -> UInt64 {
    lastSequence += 1
    return lastSequence
  }

  private func expect(
    _ work: PendingAnswer.Work, at time: Int64, for seat: Seat, _ ticket: UInt64, _ request: FetchRequest? = nil
  ) {
    let answer = PendingAnswer(at: time, nextSequence(), seat, ticket, work, request)
    seat.answers[ticket] = answer
    pending.insert(answer)
  }

  private func answer() {
    while let answer = pending.takeDue(by: now) {
      answer.seat.answers.removeValue(for: answer.ticket)
      let machine = answer.seat.machine
      machine.setClock(to: now)
      switch answer.work {
      case .fetch(let result): machine.fetchEnded(answer.ticket, result)
      case .file(let request):
        let failure = FileFailure(.other, "this run has no files")
        machine.fileWorkEnded(answer.ticket, options.files?.perform(request) ?? .failure(failure))
      case .host(let call): machine.hostCallEnded(answer.ticket, call.performNow())
      case .burn(let left):
        idleCores = idleCores.map { $0 + 1 }
        if left > 0 {
          waitingBurns.append((answer.seat, answer.ticket, left))
          continue
        }
        machine.burnEnded(answer.ticket)
      }
      wake(answer.seat)
    }
  }

  /// Lets what wants to keep a core busy have one that is idle. Where machines want it as well, they take turns.
  private func startBurns() {
    while nextBurn < waitingBurns.count, idleCores.map({ $0 > 0 && (ready.isEmpty || isBurnNext) }) ?? true {
      let burn = waitingBurns[nextBurn]
      nextBurn += 1
      if nextBurn == waitingBurns.count {
        waitingBurns = []
        nextBurn = 0
      }
      isBurnNext = false
      var time = burn.nanoseconds
      if let idle = idleCores {
        idleCores = idle - 1
        let areOthersWaiting = !ready.isEmpty || nextBurn < waitingBurns.count
        time = min(time, areOthersWaiting ? Self.burnTurn : Self.longestBurnTurn)
        // Whoever goes on then finds the core free.
        if let next = earliest, next > now { time = min(time, next - now) }
      }
      expect(.burn(left: burn.nanoseconds - time), at: self.time(after: time), for: burn.seat, burn.ticket)
    }
  }

  private func forgetBurns(_ isForgotten: (_ seat: Seat, _ ticket: UInt64) -> Bool) {
    waitingBurns.removeFirst(nextBurn)
    nextBurn = 0
    waitingBurns.removeAll { isForgotten($0.seat, $0.ticket) }
  }

  // MARK: Workers

  private func start(_ ticket: UInt64, _ task: RemoteTask, in pool: Pool) {
    guard pool.running.count < pool.workers else {
      pool.waiting.append(ticket, task)
      return
    }
    var idle = pool.idle.popLast()
    // The program of a session may have grown since.
    if let known = idle, known.version != script().version { idle = nil }
    let seat = idle ?? makeSeat(in: pool)
    seat.ticket = ticket
    seat.sequence = nextSequence()
    seat.isReady = false
    seat.machine.begin(task, at: now, startedAt: 0, wallClock: world.wallClock)
    pool.running[ticket] = seat
    seats[seat.id] = seat
    wake(seat)
  }

  private func makeSeat(in pool: Pool) -> Seat {
    let (script, version) = script()
    let machine = script.makeMachine(options, memory: memory, choose: order.map { order in { order.choose($0) } })
    machine.resultCarrier = pool.kind == .processes ? .bytes : .memory
    machine.mockHome = main.machine
    lastSeat += 1
    let seat = Seat(lastSeat, machine, pool)
    seat.version = version
    prepare(seat, pool: pool.kind)
    return seat
  }

  private func cancel(_ ticket: UInt64, in pool: Pool) {
    if let seat = pool.running[ticket] {
      seat.machine.setClock(to: now)
      seat.machine.cancelRun()
      wake(seat)
    } else if pool.waiting.remove(ticket) {
      pool.owner.machine.remoteEnded(ticket, RemoteResult(.cancelled))
      wake(pool.owner)
    }
  }

  /// A worker's task has ended.
  private func end(_ seat: Seat) {
    seats[seat.id] = nil
    for answer in seat.answers.all {
      pending.remove(answer)
      if case .burn = answer.work { idleCores = idleCores.map { $0 + 1 } }
    }
    forgetBurns { waiting, _ in waiting === seat }
    seat.answers = NumberTable()
    guard let pool = seat.pool else { return }
    let owner = pool.owner
    passOnRecords(of: owner)
    let result = seat.machine.endRemote()
    owner.machine.setClock(to: now)
    owner.machine.remoteEnded(seat.ticket, result)
    wake(owner)
    pool.running[seat.ticket] = nil
    pool.idle.append(seat)
    if let next = pool.waiting.popFirst() { start(next.ticket, next.task, in: pool) }
  }
}
