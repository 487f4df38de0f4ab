import WeftCompiler
import WeftMachine

/// One run in a virtual world: all of its machines on one thread, with one clock. The seed picks which machine goes on, and
/// for how long.
final class VirtualRun {
  /// A machine and what it waits for.
  private final class Seat {
    let id: Int
    let machine: Machine
    /// What it prints and how its task ended goes there; nil for the script itself.
    let owner: Seat?
    /// The owner's name for the task that runs.
    var ticket: UInt64 = 0
    /// What it waits for when it is not ready.
    var deadline: Int64?
    var isReady = true
    var pools: [UInt64: Pool] = [:]

    init(_ id: Int, _ machine: Machine, _ owner: Seat?) {
      self.id = id
      self.machine = machine
      self.owner = owner
    }
  }

  private final class Pool {
    let kind: PoolKind
    let workers: Int
    var idle: [Seat] = []
    var running: [Seat] = []
    var waiting: [(ticket: UInt64, task: RemoteTask)] = []

    init(_ kind: PoolKind, workers: Int) {
      self.kind = kind
      self.workers = workers
    }
  }

  /// What the world will answer. A file is read or written at that time, so that what is called off never happens.
  private struct PendingAnswer {
    enum Work {
      case fetch(FetchRequest, Result<FetchResponse, FetchFailure>)
      case file(FileRequest)
      case burn
      case host(HostCall)
    }

    let at: Int64
    let seat: Seat
    let ticket: UInt64
    let work: Work
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
    var all: [(seat: Int, ticket: UInt64)] = []
  }

  private let script: Script
  private let options: RunOptions
  private let world: VirtualWorld
  private let memory = RunMemory()
  private let order: Order?
  private var now: Int64 = 0
  private var pending: [PendingAnswer] = []
  private let main: Seat
  /// Machines that have something to do, in the order in which they became ready.
  private var ready: [Seat] = []
  /// Every machine that runs a task.
  private var seats: [Seat]
  private var lastSeat = 0
  private let answers = HandleAnswers()
  private static let sliceTicks = 20_000
  /// Machines take turns of at most so many ticks, when there are several.
  private static let turnTicks = 500
  /// Tasks of `compute` that run at one time, for each machine.
  private static let cores = 4

  init(_ script: Script, _ options: RunOptions, _ world: VirtualWorld) {
    self.script = script
    var options = options
    // What it takes to start processes is no question here.
    options.limits.pools.insert(.processes)
    self.options = options
    self.world = world
    order = world.orderSeed.map { Order($0) }
    let machine = script.makeMachine(options, memory: memory, choose: order.map { order in { order.choose($0) } })
    main = Seat(0, machine, nil)
    seats = [main]
    ready = [main]
    prepare(main)
  }

  private func prepare(_ seat: Seat) {
    seat.machine.isInterleaved = true
    seat.machine.handleUser.notify = { [answers, id = seat.id] ticket in answers.all.append((id, ticket)) }
  }

  func run(_ output: ([UInt8]) -> Void, _ longTurns: LongTurns) -> RunResult {
    var longTurns = longTurns
    let machine = main.machine
    machine.begin(at: 0, wallClock: world.wallClock)
    var cancelAt = world.cancelAt
    var shutdownAt = world.shutdownAt
    var cancelAfterTicks = world.cancelAfterTicks
    while true {
      passOnAnswers()
      if ready.isEmpty || somethingIsDue(cancelAt, shutdownAt) {
        // What comes first: at one instant a cancellation from outside, then a shutdown, then answers, then timers.
        guard let next = earliest(cancelAt, shutdownAt) else {
          nothingWillCome()
          continue
        }
        now = max(now, next)
        world.instant(now)
        for seat in seats { seat.machine.setClock(to: now) }
        if let at = cancelAt, at <= now {
          cancelAt = nil
          machine.cancelRun()
          wake(main)
        }
        if let at = shutdownAt, at <= now {
          shutdownAt = nil
          shutdown(main)
        }
        answer()
        for seat in seats where seat.deadline.map({ $0 <= now }) ?? false { wake(seat) }
        continue
      }
      let seat = ready.remove(at: ready.count > 1 ? order?.choose(ready.count) ?? 0 : 0)
      var ticks = Self.sliceTicks
      if seats.count > 1 { ticks = order.map { 1 + $0.choose(Self.turnTicks) } ?? Self.turnTicks }
      if seat === main, let limit = cancelAfterTicks { ticks = min(ticks, max(0, limit - machine.ticks)) }
      seat.machine.advance(to: now)
      if seat === main, world.tickTime > 0 { longTurns.look(at: machine) }
      let ticksBefore = seat.machine.ticks
      var pause = seat.machine.run(ticks: ticks)
      now = time(afterTicks: seat.machine.ticks - ticksBefore)
      if seat === main, let limit = cancelAfterTicks, machine.ticks >= limit {
        cancelAfterTicks = nil
        machine.cancelRun()
        if case .idle = pause { pause = .slice }
      }
      let text = seat.machine.takeOutput()
      if !text.isEmpty { output(text) }
      perform(for: seat)
      switch pause {
      case .finished:
        if seat === main {
          memory.runEnded()
          return machine.makeResult()
        }
        end(seat)
      case .slice, .clock: ready.append(seat)
      case .idle(let deadline):
        seat.deadline = deadline
        seat.isReady = false
      }
    }
  }

  /// When the next thing happens that is not computing.
  private func earliest(_ cancelAt: Int64?, _ shutdownAt: Int64?) -> Int64? {
    (seats.compactMap(\.deadline) + pending.map(\.at) + [cancelAt, shutdownAt].compactMap { $0 }).min()
  }

  /// Whether something has become due while machines computed.
  private func somethingIsDue(_ cancelAt: Int64?, _ shutdownAt: Int64?) -> Bool {
    world.tickTime > 0 && (earliest(cancelAt, shutdownAt).map { $0 <= now } ?? false)
  }

  private func passOnAnswers() {
    while !answers.all.isEmpty {
      let all = answers.all
      answers.all = []
      for answer in all {
        // One whose task has ended waits for nothing.
        guard let seat = seats.first(where: { $0.id == answer.seat }) else { continue }
        seat.machine.setClock(to: now)
        seat.machine.handleAnswered(answer.ticket)
        wake(seat)
      }
    }
  }

  private func wake(_ seat: Seat) {
    seat.deadline = nil
    if seat.isReady { return }
    seat.isReady = true
    ready.append(seat)
  }

  /// No machine can go on, and nothing is awaited from outside: those that wait for a worker that waits are to blame least.
  private func nothingWillCome() {
    for seat in seats.reversed() {
      seat.machine.nothingWillCome()
      wake(seat)
    }
  }

  private func shutdown(_ seat: Seat) {
    seat.machine.requestShutdown()
    wake(seat)
    if !seat.machine.isShutdownRequested { return }
    for pool in seat.pools.values { for worker in pool.running { shutdown(worker) } }
  }

  // MARK: Effects

  private func perform(for seat: Seat) {
    for effect in seat.machine.takeEffects() {
      switch effect {
      case .startFetch(let ticket, let request):
        let answer = world.answer(request, now)
        var at = time(after: answer.delay)
        var result = answer.result
        if let timeout = request.timeout, timeout < answer.delay {
          at = time(after: timeout)
          result = .failure(
            FetchFailure(.timeout, "no answer from `\(request.url)` within the `timeout` of this request"))
        }
        pending.append(PendingAnswer(at: at, seat: seat, ticket: ticket, work: .fetch(request, result)))
      case .startFileWork(let ticket, let request):
        let at = time(after: world.fileDelay)
        pending.append(PendingAnswer(at: at, seat: seat, ticket: ticket, work: .file(request)))
      case .startBurn(let ticket, let nanoseconds):
        pending.append(PendingAnswer(at: time(after: nanoseconds), seat: seat, ticket: ticket, work: .burn))
      case .startHostCall(let ticket, let call):
        pending.append(PendingAnswer(at: now, seat: seat, ticket: ticket, work: .host(call)))
      // There are no worker processes here, and nobody calls the script's tasks.
      case .askHost, .callEnded: break
      case .cancelFetch(let ticket), .cancelFileWork(let ticket), .cancelBurn(let ticket), .cancelHostCall(let ticket):
        guard let index = pending.firstIndex(where: { $0.ticket == ticket && $0.seat === seat }) else { continue }
        if case .fetch(let request, _) = pending.remove(at: index).work { world.cancelled(request) }
      case .openPool(let id, let kind, let workers, _): seat.pools[id] = Pool(kind, workers: workers)
      case .closePool(let id): seat.pools[id] = nil
      case .startRemote(let ticket, let id, let task):
        if id == 0, seat.pools[0] == nil { seat.pools[0] = Pool(.compute, workers: Self.cores) }
        if let pool = seat.pools[id] { start(ticket, task, in: pool, of: seat) }
      case .cancelRemote(let ticket): cancel(ticket, of: seat)
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

  private func answer() {
    let due = pending.filter { $0.at <= now }.sorted { ($0.at, $0.ticket) < ($1.at, $1.ticket) }
    pending.removeAll { $0.at <= now }
    for answer in due {
      let machine = answer.seat.machine
      switch answer.work {
      case .fetch(_, let result): machine.fetchEnded(answer.ticket, result)
      case .file(let request):
        let failure = FileFailure(.other, "this run has no files")
        machine.fileWorkEnded(answer.ticket, options.files?.perform(request) ?? .failure(failure))
      case .burn: machine.burnEnded(answer.ticket)
      case .host(let call): machine.hostCallEnded(answer.ticket, call.performNow())
      }
      wake(answer.seat)
    }
  }

  // MARK: Workers

  private func start(_ ticket: UInt64, _ task: RemoteTask, in pool: Pool, of owner: Seat) {
    guard pool.running.count < pool.workers else {
      pool.waiting.append((ticket, task))
      return
    }
    let seat = pool.idle.popLast() ?? makeSeat(in: pool, of: owner)
    seat.ticket = ticket
    seat.isReady = false
    seat.machine.begin(task, at: now, startedAt: 0, wallClock: world.wallClock)
    pool.running.append(seat)
    seats.append(seat)
    wake(seat)
  }

  private func makeSeat(in pool: Pool, of owner: Seat) -> Seat {
    let machine = script.makeMachine(options, memory: memory, choose: order.map { order in { order.choose($0) } })
    machine.resultCarrier = pool.kind == .processes ? .bytes : .memory
    lastSeat += 1
    let seat = Seat(lastSeat, machine, owner)
    prepare(seat)
    return seat
  }

  private func cancel(_ ticket: UInt64, of owner: Seat) {
    for pool in owner.pools.values {
      if let seat = pool.running.first(where: { $0.ticket == ticket }) {
        seat.machine.cancelRun()
        wake(seat)
      } else if let place = pool.waiting.firstIndex(where: { $0.ticket == ticket }) {
        pool.waiting.remove(at: place)
        owner.machine.remoteEnded(ticket, RemoteResult(.cancelled))
        wake(owner)
      }
    }
  }

  /// A worker's task has ended.
  private func end(_ seat: Seat) {
    seats.removeAll { $0 === seat }
    pending.removeAll { $0.seat === seat }
    guard let owner = seat.owner else { return }
    let result = seat.machine.endRemote()
    owner.machine.setClock(to: now)
    owner.machine.remoteEnded(seat.ticket, result)
    wake(owner)
    for pool in owner.pools.values {
      guard let place = pool.running.firstIndex(where: { $0 === seat }) else { continue }
      pool.running.remove(at: place)
      pool.idle.append(seat)
      if !pool.waiting.isEmpty {
        let next = pool.waiting.removeFirst()
        start(next.ticket, next.task, in: pool, of: owner)
      }
    }
  }
}
