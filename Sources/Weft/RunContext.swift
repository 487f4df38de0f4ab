import Synchronization
import WeftCompiler
import WeftMachine

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What the machines of one run have in common: the program, what it may use, and when it began.
final class RunContext: Sendable {
  private let program: Locked<(script: Script, version: Int)>
  let options: RunOptions
  let fetcher: (any Fetcher)?
  let memory = RunMemory()
  let activity = Activity()
  /// In a worker process: the way to the parent's handles.
  let home: RemoteHandles?
  /// Nanoseconds on the loop's clock, and since 1970.
  let startedAt: Int64
  let wallClock: Int64
  /// On the same clock: when the run has to end; `Int64.max` if it may take any time.
  let deadline: Int64
  /// How the machines are observed; nil if nobody does.
  let watch: Watch?
  private let workers = Atomic<UInt32>(0)

  /// What machines write down for an observer.
  struct Watch: Sendable {
    /// The number of the worker process that the machines are in; 0 in that of the script itself.
    var worker: UInt32
    var arguments: Bool
  }

  init(_ script: Script, _ options: RunOptions, _ fetcher: (any Fetcher)?, watch: Watch? = nil) {
    self.watch = watch
    program = Locked((script, 0))
    self.options = options
    self.fetcher = fetcher
    home = nil
    var wall = timespec()
    clock_gettime(CLOCK_REALTIME, &wall)
    startedAt = LoopExecutor.now()
    wallClock = Int64(wall.tv_sec) * 1_000_000_000 + Int64(wall.tv_nsec)
    let (deadline, overflow) = startedAt.addingReportingOverflow(options.timeLimit?.nanoseconds ?? .max)
    self.deadline = overflow ? .max : deadline
  }

  /// Of a run that began elsewhere, so many nanoseconds ago.
  init(
    _ script: Script, _ options: RunOptions, _ fetcher: (any Fetcher)?, elapsed: Int64, wallClock: Int64,
    home: RemoteHandles, watch: Watch?
  ) {
    self.watch = watch
    program = Locked((script, 0))
    self.options = options
    self.fetcher = fetcher
    self.home = home
    memory.beginWorkerProcess()
    startedAt = LoopExecutor.now() - elapsed
    self.wallClock = wallClock
    // The parent looks at the time.
    deadline = .max
  }

  var script: Script { program.withLock { $0.script } }

  /// Counts how often the program of a session has grown since its workers last had to know it.
  var version: Int { program.withLock { $0.version } }

  /// The program of a session has grown. What workers are sent from now on may be about its new parts.
  func grow(to script: Script) { program.withLock { $0 = (script, $0.version + 1) } }
  /// Another number for each worker of the run: those in a worker process have that one's in their upper half.
  func nextWorker() -> UInt32 {
    let number = workers.add(1, ordering: .relaxed).newValue
    return (watch?.worker ?? 0) << 16 | number & 0xFFFF
  }

  /// Lets a worker's machine, or that of the script itself, write down what happens, if somebody wants to know.
  ///
  /// - Parameters:
  ///   - worker: The number of the worker; a new one if it is nil and there is a pool.
  func observe(_ machine: Machine, pool: PoolKind?, worker: UInt32? = nil) {
    guard let watch else { return }
    machine.observe(worker: worker ?? (pool == nil ? 0 : nextWorker()), pool: pool, arguments: watch.arguments)
  }

  func makeMachine() -> Machine {
    let machine = script.makeMachine(options, memory: memory)
    machine.reachesNetwork = fetcher != nil
    if let home {
      machine.isInWorkerProcess = true
      machine.findHandle = { home.handle($0, $1) }
    }
    return machine
  }
}
