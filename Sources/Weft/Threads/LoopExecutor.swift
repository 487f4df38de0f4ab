import Synchronization
import WeftMachine

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// One thread that runs the Swift tasks of runs and their deadlines, so that a hop between a run and what it awaits costs
/// no thread change, and a deadline needs no task of its own. A task of a `pool(threads:)` has one for itself, which
/// blocks while it waits.
final class LoopExecutor: TaskExecutor, @unchecked Sendable {
  // What is unchecked is sound because the state is reached under the monitor's lock alone.

  /// Shared by all runs of the process; its thread starts with the first.
  static let shared = LoopExecutor()

  private struct State {
    var jobs: [UnownedJob] = []
    var alarms = DueHeap<Alarm>()
    var lastAlarm: UInt64 = 0
    var isStarted = false
    var isSleeping = false
    var isStopping = false

    mutating func takeAlarms(dueAt now: Int64) -> [Alarm] {
      var due: [Alarm] = []
      while let alarm = alarms.takeDue(by: now) { due.append(alarm) }
      return due
    }
  }

  private let monitor = Monitor(State())
  /// Counts what has come, so that a spinning thread sees it without the lock.
  private let arrivals = Atomic<UInt64>(0)
  /// How many wish that the thread looks around for a moment before it sleeps, because an answer will soon come.
  private let spinners = Atomic<Int>(0)
  /// Threads of the process that look around just now: no more than there are cores.
  private static let spinning = Atomic<Int>(0)
  /// Nanoseconds. To wake a sleeping thread takes longer than this.
  private static let spinTime: Int64 = 20_000

  /// Something to do at a time.
  final class Alarm: DueNode, @unchecked Sendable {
    // What is unchecked is sound because the place is changed under the executor's lock alone.
    let deadline: Int64
    let sequence: UInt64
    @exclusivity(unchecked) var position: Int32 = -1
    fileprivate let action: @Sendable () -> Void

    fileprivate init(_ deadline: Int64, _ sequence: UInt64, _ action: @escaping @Sendable () -> Void) {
      self.deadline = deadline
      self.sequence = sequence
      self.action = action
    }
  }

  /// Nanoseconds of the clock that deadlines count on.
  static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    tellThread { $0.jobs.append(job) }
  }

  /// The thread ends when it has nothing left to do. Nothing may be enqueued any more.
  func stop() {
    tellThread { $0.isStopping = true }
  }

  /// From now on (until as many `endSpinning`) the thread reacts faster and uses more of its core.
  func beginSpinning() { spinners.add(1, ordering: .relaxed) }
  func endSpinning() { spinners.subtract(1, ordering: .relaxed) }

  /// Calls `action` on the loop's thread at `deadline`, unless `cancelAlarm` comes first, which takes what this returns.
  func setAlarm(at deadline: Int64, _ action: @escaping @Sendable () -> Void) -> Alarm {
    tellThread { state in
      state.lastAlarm += 1
      let alarm = Alarm(deadline, state.lastAlarm, action)
      state.alarms.insert(alarm)
      return alarm
    }
  }

  func cancelAlarm(_ alarm: Alarm) { monitor.withLock { $0.alarms.remove(alarm) } }

  /// Changes something under the lock that the thread has to see.
  private func tellThread<Result>(_ change: (inout State) -> Result) -> Result {
    let (result, isNew, wasSleeping) = monitor.withLock { state in
      let result = change(&state)
      arrivals.add(1, ordering: .releasing)
      defer {
        state.isStarted = true
        state.isSleeping = false
      }
      return (result, !state.isStarted, state.isSleeping)
    }
    // Without the lock, for which the thread would have to wait at once.
    if isNew { DetachedThread.start { [self] in loop() } } else if wasSleeping { monitor.signal() }
    return result
  }

  private func loop() {
    var jobs: [UnownedJob] = []
    while let due = awaitWork(&jobs) {
      for alarm in due { alarm.action() }
      for job in jobs { job.runSynchronously(on: asUnownedTaskExecutor()) }
      jobs.removeAll(keepingCapacity: true)
    }
  }

  /// Waits until there are jobs, which it puts into the empty array, or alarms that are due, which it returns; nil when the thread is
  /// to end. A run that computes has always another job: it does not hold up what is due.
  private func awaitWork(_ jobs: inout [UnownedJob]) -> [Alarm]? {
    monitor.lock()
    defer { monitor.unlock() }
    while true {
      let (hasJobs, earliest, isStopping) = monitor.change { state in
        (!state.jobs.isEmpty, state.alarms.earliestDeadline, state.isStopping)
      }
      let now = earliest == nil ? 0 : Self.now()
      let isDue = earliest.map { $0 <= now } ?? false
      if hasJobs || isDue {
        return monitor.change { state in
          swap(&jobs, &state.jobs)
          return isDue ? state.takeAlarms(dueAt: now) : []
        }
      }
      if earliest == nil, isStopping { return nil }
      if !spin() { sleep(until: earliest) }
    }
  }

  /// Under the lock, which is let go meanwhile: waits a moment for something to come; false when nothing did.
  private func spin() -> Bool {
    guard spinners.load(ordering: .relaxed) > 0 else { return false }
    if Self.spinning.add(1, ordering: .relaxed).newValue > CoreExecutor.cores {
      Self.spinning.subtract(1, ordering: .relaxed)
      return false
    }
    let seen = arrivals.load(ordering: .relaxed)
    monitor.unlock()
    let end = Self.now() + Self.spinTime
    var hasCome = false
    repeat { hasCome = arrivals.load(ordering: .acquiring) != seen } while !hasCome && Self.now() < end
    Self.spinning.subtract(1, ordering: .relaxed)
    monitor.lock()
    return hasCome || arrivals.load(ordering: .relaxed) != seen
  }

  /// Under the lock.
  private func sleep(until deadline: Int64?) {
    monitor.change { $0.isSleeping = true }
    monitor.wait(until: deadline)
    monitor.change { $0.isSleeping = false }
  }
}
