import Synchronization
import WeftMachine

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What the machines of one run have in common: the program, what it may use, and when it began.
final class RunContext: Sendable {
  private let program: Mutex<(script: Script, version: Int)>
  let options: RunOptions
  let fetcher: (any Fetcher)?
  let memory = RunMemory()
  let activity = Activity()
  /// In a worker process: the way to the parent's handles.
  let home: RemoteHandles?
  /// Nanoseconds on the loop's clock, and since 1970.
  let startedAt: Int64
  let wallClock: Int64

  init(_ script: Script, _ options: RunOptions, _ fetcher: (any Fetcher)?) {
    program = Mutex((script, 0))
    self.options = options
    self.fetcher = fetcher
    home = nil
    var wall = timespec()
    clock_gettime(CLOCK_REALTIME, &wall)
    startedAt = LoopExecutor.now()
    wallClock = Int64(wall.tv_sec) * 1_000_000_000 + Int64(wall.tv_nsec)
  }

  /// Of a run that began elsewhere, so many nanoseconds ago.
  init(
    _ script: Script, _ options: RunOptions, _ fetcher: (any Fetcher)?, elapsed: Int64, wallClock: Int64,
    home: RemoteHandles
  ) {
    program = Mutex((script, 0))
    self.options = options
    self.fetcher = fetcher
    self.home = home
    memory.beginWorkerProcess()
    startedAt = LoopExecutor.now() - elapsed
    self.wallClock = wallClock
  }

  var script: Script { program.withLock { $0.script } }

  /// Counts how often the program of a session has grown since its workers last had to know it.
  var version: Int { program.withLock { $0.version } }

  /// The program of a session has grown. What workers are sent from now on may be about its new parts.
  func grow(to script: Script) { program.withLock { $0 = (script, $0.version + 1) } }

  func makeMachine() -> Machine {
    let machine = script.makeMachine(options, memory: memory)
    if let home {
      machine.isInWorkerProcess = true
      machine.findHandle = { home.handle($0, $1) }
    }
    return machine
  }
}
