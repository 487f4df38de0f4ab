import WeftMachine

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What the machines of one run have in common: the program, what it may use, and when it began.
final class RunContext: Sendable {
  let script: Script
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

  init(_ script: Script, _ options: RunOptions, _ fetcher: (any Fetcher)?) {
    self.script = script
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
    home: RemoteHandles
  ) {
    self.script = script
    self.options = options
    self.fetcher = fetcher
    self.home = home
    memory.beginWorkerProcess()
    startedAt = LoopExecutor.now() - elapsed
    self.wallClock = wallClock
    // The parent looks at the time.
    deadline = .max
  }

  func makeMachine() -> Machine {
    let machine = script.makeMachine(options, memory: memory)
    if let home {
      machine.isInWorkerProcess = true
      machine.findHandle = { home.handle($0, $1) }
    }
    return machine
  }
}
