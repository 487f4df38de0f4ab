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

  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private struct State {
    var jobs: [UnownedJob] = []
    /// The first of the jobs that has not been taken.
    var first = 0
    var threads = 0
    var sleeping = 0
  }

  /// Under `mutex`. A pointer, because a property that several threads use in turn is reported as used at once by the check for
  /// exclusive access, which follows the jobs from thread to thread.
  private let state = UnsafeMutablePointer<State>.allocate(capacity: 1)

  private init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
    state.initialize(to: State())
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    pthread_mutex_lock(mutex)
    state.pointee.jobs.append(job)
    if state.pointee.sleeping > 0 { pthread_cond_signal(condition) }
    let isShort = state.pointee.jobs.count - state.pointee.first > state.pointee.sleeping
    let startsThread = isShort && state.pointee.threads < Self.cores
    if startsThread { state.pointee.threads += 1 }
    pthread_mutex_unlock(mutex)
    if startsThread { DetachedThread.start { [self] in work() } }
  }

  private func work() {
    pthread_mutex_lock(mutex)
    while true {
      while state.pointee.first == state.pointee.jobs.count {
        state.pointee.sleeping += 1
        pthread_cond_wait(condition, mutex)
        state.pointee.sleeping -= 1
      }
      let job = state.pointee.jobs[state.pointee.first]
      state.pointee.first += 1
      if state.pointee.first == state.pointee.jobs.count || state.pointee.first >= 1_024 {
        state.pointee.jobs.removeFirst(state.pointee.first)
        state.pointee.first = 0
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
