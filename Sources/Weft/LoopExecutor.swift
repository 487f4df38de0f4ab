import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// One thread that runs the Swift tasks of runs and their deadlines, so that a hop between a run and what it awaits costs
/// no thread change, and a deadline needs no task of its own. A task of a `pool(threads:)` has one for itself, which
/// blocks while it waits.
final class LoopExecutor: TaskExecutor, @unchecked Sendable {
  /// Shared by all runs of the process; its thread starts with the first.
  static let shared = LoopExecutor()

  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  // Under `mutex`:
  private var jobs: [UnownedJob] = []
  private var alarms: [Alarm] = []
  private var lastAlarm: UInt64 = 0
  private var isStarted = false
  private var isSleeping = false
  private var isStopping = false
  /// Counts what has come, so that a spinning thread sees it without `mutex`.
  private let arrivals = Atomic<UInt64>(0)
  /// How many wish that the thread looks around for a moment before it sleeps, because an answer will soon come.
  private let spinners = Atomic<Int>(0)
  /// Threads of the process that look around just now: no more than there are cores.
  private static let spinning = Atomic<Int>(0)
  /// Nanoseconds. To wake a sleeping thread takes longer than this.
  private static let spinTime: Int64 = 20_000

  private struct Alarm {
    let deadline: Int64
    let id: UInt64
    let action: @Sendable () -> Void
  }

  init() {
    pthread_mutex_init(mutex, nil)
    #if canImport(Darwin)
      pthread_cond_init(condition, nil)
    #else
      var attributes = pthread_condattr_t()
      pthread_condattr_init(&attributes)
      pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
      pthread_cond_init(condition, &attributes)
      pthread_condattr_destroy(&attributes)
    #endif
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Nanoseconds of the clock that deadlines count on.
  static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    tellThread { jobs.append(job) }
  }

  /// The thread ends when it has nothing left to do. Nothing may be enqueued any more.
  func stop() {
    tellThread { isStopping = true }
  }

  /// From now on (until as many `endSpinning`) the thread reacts faster and uses more of its core.
  func beginSpinning() { spinners.add(1, ordering: .relaxed) }
  func endSpinning() { spinners.subtract(1, ordering: .relaxed) }

  /// Calls `action` on the loop's thread at `deadline`, unless `cancelAlarm` comes first, which takes what this returns.
  func setAlarm(at deadline: Int64, _ action: @escaping @Sendable () -> Void) -> UInt64 {
    tellThread {
      lastAlarm += 1
      alarms.append(Alarm(deadline: deadline, id: lastAlarm, action: action))
      return lastAlarm
    }
  }

  func cancelAlarm(_ id: UInt64) {
    locked { alarms.removeAll { $0.id == id } }
  }

  private func locked<Result>(_ body: () -> Result) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body()
  }

  /// Changes something under `mutex` that the thread has to see.
  private func tellThread<Result>(_ change: () -> Result) -> Result {
    let (result, isNew, wasSleeping) = locked {
      let result = change()
      arrivals.add(1, ordering: .releasing)
      defer {
        isStarted = true
        isSleeping = false
      }
      return (result, !isStarted, isSleeping)
    }
    // Without `mutex`, for which the thread would have to wait at once.
    if isNew { DetachedThread.start { [self] in loop() } } else if wasSleeping { pthread_cond_signal(condition) }
    return result
  }

  private func loop() {
    var batch: [UnownedJob] = []
    while true {
      var due: [Alarm] = []
      pthread_mutex_lock(mutex)
      while jobs.isEmpty {
        let earliest = alarms.min { $0.deadline < $1.deadline }
        guard let earliest else {
          if isStopping {
            pthread_mutex_unlock(mutex)
            return
          }
          if !spin() { sleep(until: nil) }
          continue
        }
        let now = Self.now()
        if earliest.deadline <= now {
          due = alarms.filter { $0.deadline <= now }
          alarms.removeAll { $0.deadline <= now }
          break
        }
        if !spin() { sleep(until: earliest.deadline) }
      }
      swap(&batch, &jobs)
      pthread_mutex_unlock(mutex)
      for alarm in due { alarm.action() }
      for job in batch { job.runSynchronously(on: asUnownedTaskExecutor()) }
      batch.removeAll(keepingCapacity: true)
    }
  }

  /// Under `mutex`, which is let go meanwhile: waits a moment for something to come; false when nothing did.
  private func spin() -> Bool {
    guard spinners.load(ordering: .relaxed) > 0 else { return false }
    if Self.spinning.add(1, ordering: .relaxed).newValue > CoreExecutor.cores {
      Self.spinning.subtract(1, ordering: .relaxed)
      return false
    }
    let seen = arrivals.load(ordering: .relaxed)
    pthread_mutex_unlock(mutex)
    let end = Self.now() + Self.spinTime
    var hasCome = false
    repeat { hasCome = arrivals.load(ordering: .acquiring) != seen } while !hasCome && Self.now() < end
    Self.spinning.subtract(1, ordering: .relaxed)
    pthread_mutex_lock(mutex)
    return hasCome || arrivals.load(ordering: .relaxed) != seen
  }

  /// Under `mutex`.
  private func sleep(until deadline: Int64?) {
    isSleeping = true
    if let deadline {
      #if canImport(Darwin)
        let left = max(0, deadline - Self.now())
        var time = timespec(tv_sec: Int(left / 1_000_000_000), tv_nsec: Int(left % 1_000_000_000))
        pthread_cond_timedwait_relative_np(condition, mutex, &time)
      #else
        var time = timespec(tv_sec: Int(deadline / 1_000_000_000), tv_nsec: Int(deadline % 1_000_000_000))
        pthread_cond_timedwait(condition, mutex, &time)
      #endif
    } else {
      pthread_cond_wait(condition, mutex)
    }
    isSleeping = false
  }
}
