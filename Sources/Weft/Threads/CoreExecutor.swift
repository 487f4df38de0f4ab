#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// One thread for each core, which run what `compute` hands out, first come, first served. Whoever computes for long yields
/// now and then.
final class CoreExecutor: TaskExecutor, @unchecked Sendable {
  /// Shared by all runs of the process; its threads start with the first `compute`.
  static let shared = CoreExecutor()
  /// Cores that the system has.
  static let cores = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))

  private struct State {
    var jobs: [UnownedJob] = []
    /// The first of the jobs that has not been taken.
    var first = 0
    var threads = 0
    var sleeping = 0

    mutating func takeJob() -> UnownedJob? {
      if first == jobs.count { return nil }
      let job = jobs[first]
      first += 1
      if first == jobs.count || first >= 1_024 {
        jobs.removeFirst(first)
        first = 0
      }
      return job
    }
  }

  private let monitor = Monitor(State())

  private init() {}

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let startsThread = monitor.withLock { state in
      state.jobs.append(job)
      if state.sleeping > 0 { monitor.signal() }
      guard state.jobs.count - state.first > state.sleeping, state.threads < Self.cores else { return false }
      state.threads += 1
      return true
    }
    if startsThread { DetachedThread.start { [self] in work() } }
  }

  private func work() {
    while true { awaitJob().runSynchronously(on: asUnownedTaskExecutor()) }
  }

  private func awaitJob() -> UnownedJob {
    monitor.lock()
    defer { monitor.unlock() }
    while true {
      if let job = monitor.change({ $0.takeJob() }) { return job }
      monitor.change { $0.sleeping += 1 }
      monitor.wait()
      monitor.change { $0.sleeping -= 1 }
    }
  }
}

extension CoreExecutor {
  /// Keeps a core busy for so many nanoseconds of its time, then calls `completion`, unless the task is cancelled before.
  static func burn(_ nanoseconds: Int64, _ completion: @escaping @Sendable () -> Void) -> Task<Void, Never> {
    Task.detached(executorPreference: shared) {
      var left = nanoseconds
      while left > 0, !Task.isCancelled {
        let start = threadTime()
        let piece = min(left, 500_000)
        while threadTime() - start < piece {}
        left -= threadTime() - start
        await Task.yield()
      }
      if !Task.isCancelled { completion() }
    }
  }

  /// Nanoseconds that the calling thread has had a core.
  private static func threadTime() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
