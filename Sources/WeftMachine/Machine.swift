public import WeftCompiler
public import WeftSyntax

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A deterministic machine that runs one program's fibers. It does no I/O and reads no clock: it is told the time,
/// takes events, and leaves effects for its driver.
///
///     machine.begin(at: now, wallClock: …)
///     while true {
///       switch machine.run(ticks: 20_000) {
///       case .slice, .clock: machine.advance(to: now)
///       case .idle: …                      // wait for the deadline or an event
///       case .finished: …
///       }
///       perform(machine.takeEffects())
///     }
///
/// A machine is used by one task or thread at a time.
public final class Machine {
  // Plain properties that quick paths read are exempt from the checks for exclusive access, which would take a quarter of the
  // time of a call into the machine: none of them is handed out to be changed while something else uses it.

  let heap: Heap
  let core: UnsafeMutablePointer<Core>
  @exclusivity(unchecked) public internal(set) var image: Image
  /// Of a machine that takes more code as it goes; nil for one program.
  @exclusivity(unchecked) var session: SessionState?
  /// Nanoseconds on the driver's monotonic clock.
  @exclusivity(unchecked) public internal(set) var now: Int64 = 0
  /// `now` when the run began.
  @exclusivity(unchecked) public internal(set) var startedAt: Int64 = 0
  /// Nanoseconds since 1970 at `startedAt`.
  public internal(set) var wallClockAtStart: Int64 = 0
  /// What random numbers come from.
  public let seed: UInt64
  /// What scripts have printed and no driver has taken yet.
  @exclusivity(unchecked) var output: [UInt8] = []
  /// For building strings.
  @exclusivity(unchecked) var scratch: [UInt8] = []
  @exclusivity(unchecked) var effects: [Effect] = []
  /// Constant strings by text, made once.
  @exclusivity(unchecked) var interned: [String: Value] = [:]
  /// Asked by natives that take longer than a slice, now and then: they have no other way to learn of the world.
  @exclusivity(unchecked) public var interruption: (() -> Interruption?)?
  /// At so many ticks, below 0, it is asked again.
  @exclusivity(unchecked) var nextInterruption = 0
  @exclusivity(unchecked) var timers = DueHeap<TimerReference>()
  /// Requests under way, by ticket.
  @exclusivity(unchecked) var tickets = NumberTable<PendingFetch>()
  /// Tasks that workers carry out, by ticket.
  var remotes: [UInt64: PendingRemote] = [:]
  /// Fibers for which the driver keeps a core busy.
  var burns: [UInt64: FiberPointer] = [:]
  /// Fibers that have to do with handles that have crossed, by ticket.
  var handleWaits: [UInt64: HandleWait] = [:]
  /// How many of them wait.
  var handlesAwaited = 0
  /// This machine as those handles see it.
  public let handleUser = HandleUser()
  /// Handles that cross with what is packed just now.
  var crossings: [BlockPointer] = []
  var isPacking = false
  /// Looks for a handle that came as bytes.
  public var findHandle: (_ number: UInt64, _ facts: HandleFacts) -> SharedHandle? = { _, _ in nil }
  /// What is made here cannot be reached from the parent's process.
  public var isInWorkerProcess = false
  /// Operations on handles that have crossed end the slice, so that machines on one thread come between each other there.
  @exclusivity(unchecked) public var isInterleaved = false
  /// The fiber that goes on after such an end.
  @exclusivity(unchecked) var switching: FiberPointer?
  /// New values of Shareds, to be written when their fiber goes on.
  var pendingWrites: [FiberPointer: PendingWrite] = [:]
  /// This machine carries out a task of another one: what it captured is a copy, which may not be changed.
  var isWorker: Bool {
    get { core.pointee.isWorker }
    set { core.pointee.isWorker = newValue }
  }
  /// How the task of a worker ended.
  var remoteResult: RemoteOutcome?
  /// The globals that each function can reach.
  var reachable: [Int: [Int32]] = [:]
  /// What the host gives to this program.
  let host: HostBinding
  /// Calls of its functions under way, by ticket.
  @exclusivity(unchecked) var hostCalls = NumberTable<PendingHostCall>()
  /// Tasks that the host has called, by their fibers; see `keepOpen`.
  var calls: [FiberPointer: UInt64] = [:]
  /// Calls that came before the top level had ended.
  var waitingCalls: [WaitingCall] = []
  var openness = Openness.closes
  /// The value of the script's last expression, if it was compiled to give it and has ended.
  public internal(set) var value: WeftValue?
  /// Reads and writes under way, by ticket.
  var files: [UInt64: PendingFile] = [:]
  @exclusivity(unchecked) var nextTicket: UInt64 = 0
  /// `requestShutdown` has been called in a script that mentions `shutdown`.
  public internal(set) var isShutdownRequested = false
  /// In the order in which they came.
  var shutdownWaiters: [FiberPointer] = []
  /// Numbers have been drawn from the seed.
  public internal(set) var usedRandomness = false
  /// What `env` looks names up in.
  public var environment: [String: String] = [:]
  /// One for each of the image's initializers.
  var lazyValues: [LazyValue]
  let tables = MethodTables.shared
  /// The task of the prelude for each method, or -1; filled in on first use.
  @exclusivity(unchecked) var preludeTasks: [Int] = []
  /// Indices of the image's functions in the order of their code.
  @exclusivity(unchecked) var functionOrder: [Int]
  /// What the first deadlock looked like.
  var deadlockReport: ErrorReport?
  @exclusivity(unchecked) var readyCount = 0
  /// Picks which of several ready fibers runs next; nil for the order in which they became ready.
  @exclusivity(unchecked) var choose: ((_ count: Int) -> Int)?
  /// The code that it runs, unless that grows.
  private let loaded: LoadedImage?
  let natives: UnsafeMutablePointer<Native>
  /// Where a fiber's first frame returns to.
  let endOfFiber: UnsafeMutablePointer<UInt64>
  /// The scope around the whole program.
  @exclusivity(unchecked) var root: ScopePointer?
  @exclusivity(unchecked) var outcome: RunOutcome?
  /// `expect`s that failed, caught or not.
  public internal(set) var failedExpectations: [FailedExpectation] = []
  /// What a test has mocked, and which of these stands for a task, by the index of its function.
  @exclusivity(unchecked) var mocks: [Mock] = []
  var taskMocks: [Int: Int] = [:]
  /// A test's requests that nothing mocks go to the real world.
  public var reachesNetwork = false
  /// The machine whose mocks answer what a task in this worker calls. It lives on the same thread.
  @exclusivity(unchecked) public var mockHome: Machine?
  /// `expect`s that were worked out.
  public internal(set) var expectations = 0
  @exclusivity(unchecked) public internal(set) var limits: MachineLimits
  /// The limit that a message names.
  var tickLimit: Int
  /// Of a worker: the ticks of the tasks before.
  var ticksOfEarlierTasks = 0
  /// How what this machine gives back travels.
  public var resultCarrier = Carrier.memory
  /// Filled while `isObserved`.
  @exclusivity(unchecked) var observation = Observation()
  /// Ticks used in earlier slices.
  @exclusivity(unchecked) var ticksBefore = 0
  @exclusivity(unchecked) private var sliceTicks = 0
  /// When the running task began to run, as far as the clock was known then.
  @exclusivity(unchecked) private var turnBegan: Int64 = 0
  /// Ticks used when the clock was last set.
  @exclusivity(unchecked) private var ticksAtClock = 0

  /// - Parameters:
  ///   - memory: What the machines of one run have in common. Values travel by reference between machines that were given
  ///     the same one.
  ///   - loaded: What all machines for this image share; without it, the machine makes its own.
  ///   - room: Of a machine that takes inputs: words of code that there shall be room for.
  public init(
    image: Image, seed: UInt64 = 0, limits: MachineLimits = MachineLimits(), choose: ((Int) -> Int)? = nil,
    memory: RunMemory = RunMemory(), host: HostBinding? = nil, loaded: LoadedImage? = nil, room: Int? = nil
  ) {
    self.image = image
    self.host = host ?? HostBinding(HostTable(), to: image)
    heap = Heap(memory: memory)
    self.seed = seed
    self.limits = limits
    tickLimit = limits.operations
    self.choose = choose
    lazyValues = .init(repeating: LazyValue(), count: image.initializers.count)
    natives = NativeTable.shared.entries
    endOfFiber = NativeTable.shared.endOfFiber
    // A machine that takes more code has tables of its own.
    let shared = room == nil ? loaded ?? LoadedImage(image) : nil
    self.loaded = shared
    functionOrder = shared?.functionOrder ?? LoadedImage.order(of: image)
    let tables = shared.map { ($0.code, $0.functions) } ?? LoadedImage.tables(of: image, room: room ?? 0)
    let globals = UnsafeMutablePointer<Value>.allocate(capacity: max(1, image.globals.count))
    globals.initialize(repeating: .unset, count: max(1, image.globals.count))
    let constants = UnsafeMutablePointer<Value>.allocate(capacity: max(1, image.constants.count))
    constants.initialize(repeating: .none, count: max(1, image.constants.count))
    core = .allocate(capacity: 1)
    core.initialize(to: Core(functions: tables.1, constants: constants, globals: globals, code: tables.0))
    heap.state.pointee.limit = limits.memory
    for (index, constant) in image.constants.enumerated() { constants[index] = value(of: constant) }
    if let room {
      session = SessionState(room: room, image)
      for index in 0..<min(2, image.globals.count) { globals[index] = .none }
    }
  }

  deinit {
    tearDown()
    for index in 0..<image.constants.count { heap.release(core.pointee.constants[index]) }
    for value in interned.values { heap.release(value) }
    assert(heap.state.pointee.blocks == 0, "the machine leaks \(heap.state.pointee.blocks) blocks")
    if loaded == nil {
      core.pointee.functions.deallocate()
      core.pointee.code.deallocate()
    }
    core.pointee.constants.deallocate()
    core.pointee.globals.deallocate()
    core.deallocate()
    heap.destroy()
  }

  func value(of constant: Image.Constant) -> Value {
    switch constant {
    case .int(let value): return Value(value)
    case .bigInt(let digits):
      guard let big = BigInt(digits) else { return .none }
      do throws(Thrown) { return try makeInt(big) } catch {
        heap.release(error.error)
        return .none
      }
    case .float(let bits): return Value(Double(bitPattern: bits))
    case .string(let text): return heap.makeString(text)
    case .duration(let nanoseconds): return .duration(nanoseconds)
    case .rate(let bits): return .rate(Double(bitPattern: bits))
    case .errorKind(let name): return heap.makeErrorKind(heap.makeString(name))
    case .labels(let names): return heap.makeList(taking: names.map { heap.makeString($0) })
    }
  }

  /// A string that is kept for the machine's life; the caller gets a reference of its own.
  func intern(_ text: String) -> Value {
    if let value = interned[text] { return value.retained() }
    let value = heap.makeString(text)
    interned[text] = value
    return value.retained()
  }

  /// The next number of the running task's stream.
  func random() -> UInt64 {
    usedRandomness = true
    guard let fiber = core.pointee.fiber else { return Machine.mix(seed) }
    fiber.pointee.random &+= 0x9E37_79B9_7F4A_7C15
    return Machine.mix(fiber.pointee.random)
  }

  // MARK: Running

  /// Starts the program: its top level will run at the next `run`.
  ///
  /// - Parameters:
  ///   - now: Nanoseconds on the driver's monotonic clock.
  ///   - wallClock: Nanoseconds since 1970 at the same instant.
  public func begin(at now: Int64, wallClock: Int64) {
    begin(image.main, at: now, wallClock: wallClock)
  }

  /// Starts a `test` or a `bench` block, as `begin` starts the top level.
  public func begin(_ entry: Image.Entry, at now: Int64, wallClock: Int64) {
    begin(entry.function, at: now, wallClock: wallClock)
  }

  private func begin(_ function: Int, with arguments: [Value] = [], at now: Int64, wallClock: Int64) {
    self.now = now
    startedAt = now
    wallClockAtStart = wallClock
    let root = openScope(.root, owner: nil, parent: nil)
    self.root = root
    var arguments = arguments + [.none]
    makeReady(
      makeFiber(calling: .none, function: function, arguments: &arguments, count: arguments.count - 1, in: root))
  }

  /// Starts an `expect` of the whole run with the statistics that it asks for.
  public func begin(_ check: Image.Check, with statistics: [WeftValue], at now: Int64, wallClock: Int64) {
    var values: [Value] = []
    do throws(Thrown) {
      for statistic in statistics { values.append(try value(of: statistic)) }
    } catch {
      // With another value the check would fail for a reason that is none.
      for value in values { heap.release(value) }
      outcome = .failed(report(of: error.error))
      return heap.release(error.error)
    }
    begin(check.function, with: values, at: now, wallClock: wallClock)
  }

  /// Why `run` came back.
  public enum Pause: Sendable {
    /// The ticks are used up; there is more to do.
    case slice
    /// A task asks for the time: call `advance` and go on.
    case clock
    /// Nothing can go on before `deadline` (nanoseconds on the driver's clock; nil if no timer is set) or an event.
    case idle(deadline: Int64?)
    case finished
  }

  /// Why a native that takes long is left before its end.
  public enum Interruption {
    /// The run's time, in nanoseconds.
    case timeIsUp(limit: Int64)
    case ended
  }

  /// Runs until nothing can go on, or `ticks` calls and iterations have been made.
  public func run(ticks: Int) -> Pause {
    nextInterruption = 0
    sliceTicks = min(ticks, max(0, limits.operations - ticksBefore))
    core.pointee.ticks = sliceTicks
    defer {
      ticksBefore += sliceTicks - core.pointee.ticks
      sliceTicks = 0
      core.pointee.ticks = 0
    }
    while true {
      if outcome != nil { return .finished }
      if core.pointee.fiber == nil {
        // Starting tasks is work as well: a chain of them must not hold up the clock.
        if core.pointee.ticks < 0, readyCount > 0 { return endSlice() }
        guard let next = takeReady() else {
          if timers.isEmpty, core.pointee.outstanding == 0, shutdownWaiters.isEmpty, !expectsCalls, deadlock() {
            continue
          }
          return .idle(deadline: timers.earliestDeadline)
        }
        core.pointee.fiber = next
        next.pointee.ranAt = now
        turnBegan = now
        guard prepareToRun(next) else { continue }
      }
      if core.pointee.isObserved { observation.running = core.pointee.fiber }
      switch execute() {
      case .parked:
        if core.pointee.isObserved { noteParked() }
        guard let fiber = switching else { continue }
        switching = nil
        core.pointee.fiber = fiber
        return endSlice()
      case .slice: return endSlice()
      case .clock: return .clock
      }
    }
  }

  /// Lets the driver have a turn at the next call or iteration. The ticks that this slice still had do not count.
  func endSliceSoon() {
    let unused = max(0, core.pointee.ticks)
    core.pointee.ticks -= unused
    sliceTicks -= unused
  }

  private func endSlice() -> Pause {
    guard heap.isOverLimit || ticks >= limits.operations else { return .slice }
    // It stopped before an instruction; reports look at the one in front of the next.
    if let fiber = core.pointee.fiber { fiber.pointee.pc += 1 }
    cross(heap.isOverLimit ? .memory : .operations)
    return outcome == nil ? .slice : .finished
  }

  /// Tells the machine the time. Time never goes back.
  public func setClock(to now: Int64) {
    self.now = max(self.now, now)
    ticksAtClock = ticks
  }

  /// Tells the machine the time and carries out the timers that are due.
  public func advance(to now: Int64) {
    setClock(to: now)
    fireTimers()
    // A loop that never waits learns of its cancellation between two slices.
    if let fiber = core.pointee.fiber, fiber.pointee.resume == 0, !fiber.pointee.hasSwitched,
      cancelledScope(reaching: fiber.pointee.scope) != nil
    {
      // It stopped before an instruction, not in one; the handlers of that instruction are the ones that apply.
      fiber.pointee.pc += 1
      unwind(fiber, .cancelled)
    }
  }

  /// Calls, iterations and started tasks so far; natives count ⌈work / 64⌉. The same program and events always
  /// give the same count.
  public var ticks: Int { ticksBefore + sliceTicks - core.pointee.ticks }

  /// Whether the clock is as good as read just now.
  var isClockFresh: Bool { ticks &- ticksAtClock < 1_000 }

  /// Ends the run in order: every task is cancelled, every `finally` runs.
  public func cancelRun() {
    guard let root, outcome == nil else { return }
    cancel(root, .outside)
    closeIfDone()
  }

  /// Whether `cancelRun` has been called.
  public var isCancelled: Bool { root.map { $0.pointee.isCancelled } ?? false }

  // MARK: Effects and output

  public func takeEffects() -> [Effect] {
    if effects.isEmpty { return [] }
    // A new one, and not one as large: the first turn of a run may start a thousand things, and most others one.
    defer { effects = [] }
    return effects
  }

  public func takeOutput() -> [UInt8] {
    if output.isEmpty { return [] }
    defer { output = [] }
    return output
  }

  // MARK: Looking inside

  /// Where a task computes that has run for longer than `time` nanoseconds while others want to: the file in the image, and the
  /// place in it. Nil if there is none, or if it runs in the prelude.
  public func hold(longerThan time: Int64) -> (source: Int, span: Span)? {
    guard let fiber = core.pointee.fiber, now - turnBegan > time,
      readyCount > 0 || timers.earliestDeadline.map({ $0 <= now - time / 2 }) ?? false
    else { return nil }
    let position = scriptPosition(of: fiber)
    guard let index = function(at: position), image.functions[index].source >= 0 else { return nil }
    return (image.functions[index].source, image.spans[position])
  }

  /// Running tasks, the main one included.
  public var taskCount: Int { core.pointee.fibers }

  /// What is left over: all zero after a run, whatever happened in it.
  public var leftovers: Leftovers {
    Leftovers(
      fibers: core.pointee.fibers, scopes: core.pointee.scopes - (root == nil ? 0 : 1), timers: timers.count,
      fetches: core.pointee.outstanding)
  }

  public struct Leftovers: Sendable, Equatable {
    public var fibers: Int
    public var scopes: Int
    public var timers: Int
    public var fetches: Int

    public var isEmpty: Bool { fibers == 0 && scopes == 0 && timers == 0 && fetches == 0 }

    public init(fibers: Int = 0, scopes: Int = 0, timers: Int = 0, fetches: Int = 0) {
      self.fibers = fibers
      self.scopes = scopes
      self.timers = timers
      self.fetches = fetches
    }
  }

  /// Bytes in live blocks, and the most there have been.
  public var memory: (live: Int, peak: Int) { (heap.state.pointee.live, heap.state.pointee.peak) }

  /// The block that has run for longer than a second and started the most tasks.
  public var longestBlock: BlockProgress? {
    guard let root else { return nil }
    var best: BlockProgress?
    var open: [ScopePointer] = [root]
    var seen = 0
    while let scope = open.popLast(), seen < 10_000 {
      for fiber in scope.children.prefix(10_000 - seen) {
        seen += 1
        open += fiber.openScopes
      }
      let kind = ScopeKind(rawValue: scope.pointee.kind) ?? .root
      let elapsed = now - scope.pointee.openedTime
      guard kind == .gather || kind == .taskgroup, elapsed > 1_000_000_000,
        scope.pointee.nextIndex > best?.started ?? 0,
        scope.pointee.parent != root || kind == .gather
      else { continue }
      best = BlockProgress(
        kind: "\(kind)", line: line(ofCode: Int(scope.pointee.openedAt)),
        file: file(ofCode: Int(scope.pointee.openedAt)), started: scope.pointee.nextIndex,
        running: scope.pointee.children, elapsed: elapsed
      )
    }
    return best
  }

  // MARK: Parameters

  /// Gives a parameter its value before `begin`; false when there is no room for it.
  @discardableResult
  public func setParam(_ param: Image.Param, to value: WeftValue) -> Bool {
    do throws(Thrown) {
      store(try self.value(of: value), core.pointee.globals + param.global, heap)
      return true
    } catch {
      heap.release(error.error)
      return false
    }
  }
}

/// How far a block is.
public struct BlockProgress: Sendable {
  public var kind: String
  public var line: Int
  /// The name of the file; nil for the script's own.
  public var file: String?
  /// Tasks started so far, and how many of them still run.
  public var started: Int
  public var running: Int
  /// Nanoseconds since it began.
  public var elapsed: Int64
}

/// What a machine asks its driver to do.
public enum Effect: Sendable {
  /// Send a request; answer by `fetchEnded` with the ticket.
  case startFetch(ticket: UInt64, FetchRequest)
  /// Nobody waits for the answer any more; close the exchange. No answer is expected.
  case cancelFetch(UInt64)
  /// Read or write a file; answer by `fileWorkEnded` with the ticket.
  case startFileWork(ticket: UInt64, FileRequest)
  /// Nobody waits for it any more; stop it. No answer is expected.
  case cancelFileWork(UInt64)
  /// Tasks for so many workers will follow.
  case openPool(UInt64, PoolKind, workers: Int, launcher: String?)
  /// No task for this pool will follow; all have ended.
  case closePool(UInt64)
  /// Carry out a task in a worker of the pool (0 is that of `compute`); answer by `remoteEnded` with the ticket.
  case startRemote(ticket: UInt64, pool: UInt64, RemoteTask)
  /// Cancel the task of the pool. Its end is still to be answered.
  case cancelRemote(ticket: UInt64, pool: UInt64)
  /// Keep a core busy for so many nanoseconds of its time; answer by `burnEnded` with the ticket.
  case startBurn(ticket: UInt64, nanoseconds: Int64)
  /// Nobody waits for it any more; stop it. No answer is expected.
  case cancelBurn(UInt64)
  /// Call a function of the host; answer by `hostCallEnded` with the ticket.
  case startHostCall(ticket: UInt64, HostCall)
  /// The same in a worker process: ask the parent for it. The arguments are values in a parcel.
  case askHost(ticket: UInt64, function: Int, Parcel)
  /// Nobody waits for the function any more; cancel its task. No answer is expected.
  case cancelHostCall(UInt64)
  /// A task that the host called has ended.
  case callEnded(ticket: UInt64, CallOutcome)
}

/// What one machine may use.
public struct MachineLimits: Sendable {
  /// Bytes in live blocks.
  public var memory = Int.max
  /// Calls, iterations and started tasks; natives count ⌈work / 64⌉.
  public var operations = Int.max
  /// Bytes of one task's stack: of its calls that have not returned. Never more than this.
  public var callStack = 16 << 20
  /// Tasks that run or wait at one time, in one machine.
  public var tasks = Int.max
  /// Bytes of a single value: the text of a String, 16 for each element of a List. Less than 64 KiB is always allowed.
  public var valueSize = Int.max
  /// Bytes of the answer to one `fetch`, whatever its `limit:` says.
  public var response = Int.max
  /// Bytes that the run prints; a worker process counts its own.
  public var output = Int.max
  /// Workers of all pools of the run at one time.
  public var workers = 1_000
  /// The kinds of pool that scripts may open.
  public var pools: Set<PoolKind> = [.compute, .threads, .tasks]
  public init() {}
}

/// How a run ended.
public enum RunOutcome: Sendable {
  case completed
  case failed(ErrorReport)
  case cancelled
  /// A limit was crossed; no `finally` ran.
  case exceeded(ErrorReport)
}
