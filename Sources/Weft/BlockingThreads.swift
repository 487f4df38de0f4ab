import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Threads for host functions that block, shared by all runs of the process. One that has nothing to do for ten seconds ends.
final class BlockingThreads: @unchecked Sendable {
  // What is unchecked is sound because `mutex` guards all state.
  static let shared = BlockingThreads()
  /// What comes beyond waits until one of these is free.
  private static let mostThreads = 64

  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var jobs: [@Sendable () -> Void] = []
  private var first = 0
  private var threads = 0
  private var idle = 0

  private init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  func run(_ job: @escaping @Sendable () -> Void) {
    pthread_mutex_lock(mutex)
    jobs.append(job)
    let isShort = jobs.count - first > idle && threads < Self.mostThreads
    if isShort { threads += 1 } else { pthread_cond_signal(condition) }
    pthread_mutex_unlock(mutex)
    guard isShort, !DetachedThread.start({ [self] in work() }) else { return }
    // The system has no thread to give: another one takes the job, or the caller has to.
    pthread_mutex_lock(mutex)
    threads -= 1
    let isAlone = threads == 0
    pthread_mutex_unlock(mutex)
    if isAlone { work(waits: false) } else { pthread_cond_signal(condition) }
  }

  private func work(waits: Bool = true) {
    pthread_mutex_lock(mutex)
    while true {
      while first < jobs.count {
        let job = jobs[first]
        first += 1
        if first == jobs.count {
          jobs = []
          first = 0
        }
        pthread_mutex_unlock(mutex)
        job()
        pthread_mutex_lock(mutex)
      }
      if !waits { break }
      idle += 1
      var until = timespec()
      clock_gettime(CLOCK_REALTIME, &until)
      until.tv_sec += 10
      let status = pthread_cond_timedwait(condition, mutex, &until)
      idle -= 1
      if status != 0, first == jobs.count {
        threads -= 1
        break
      }
    }
    pthread_mutex_unlock(mutex)
  }
}
