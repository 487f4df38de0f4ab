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
  static let cores = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))

  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  // Under `mutex`:
  private var jobs: [UnownedJob] = []
  private var first = 0
  private var threads = 0
  private var sleeping = 0

  private init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    pthread_mutex_lock(mutex)
    jobs.append(job)
    var startsThread = false
    if sleeping > 0 {
      pthread_cond_signal(condition)
    } else if threads < Self.cores {
      threads += 1
      startsThread = true
    }
    pthread_mutex_unlock(mutex)
    if startsThread { DetachedThread.start { [self] in work() } }
  }

  private func work() {
    pthread_mutex_lock(mutex)
    while true {
      while first == jobs.count {
        sleeping += 1
        pthread_cond_wait(condition, mutex)
        sleeping -= 1
      }
      let job = jobs[first]
      first += 1
      if first == jobs.count || first >= 1_024 {
        jobs.removeFirst(first)
        first = 0
      }
      pthread_mutex_unlock(mutex)
      job.runSynchronously(on: asUnownedTaskExecutor())
      pthread_mutex_lock(mutex)
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
