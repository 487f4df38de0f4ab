import Synchronization
import WeftMachine

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Carries out the file work of one run on a few threads beside, so that a slow disk does not hold up the run's tasks. A thread
/// ends when there is no work left.
final class FileWorker: Sendable {
  private static let mostThreads = 4

  private final class Job: Sendable {
    let ticket: UInt64
    let request: FileRequest
    private let cancelled = Atomic(false)
    var isCancelled: Bool { cancelled.load(ordering: .relaxed) }

    init(_ ticket: UInt64, _ request: FileRequest) {
      self.ticket = ticket
      self.request = request
    }

    func cancel() { cancelled.store(true, ordering: .relaxed) }
  }

  private struct State {
    var waiting: [Job] = []
    var running: [UInt64: Job] = [:]
    var threads = 0
    /// Jobs that were cancelled while they ran. Until they have stopped none begins, which might be about the same file.
    var stopping = 0
    /// No more will follow, and the driver waits for the end of these.
    var isFinishing = false
  }

  private let files: any FileAccess
  private let mailbox: Mailbox
  private let state = Locked(State())

  init(_ files: any FileAccess, _ mailbox: Mailbox) {
    self.files = files
    self.mailbox = mailbox
  }

  func start(_ ticket: UInt64, _ request: FileRequest) {
    state.withLock { $0.waiting.append(Job(ticket, request)) }
    addThread()
  }

  func cancel(_ ticket: UInt64) {
    state.withLock { state in
      if let job = state.running[ticket] {
        job.cancel()
        state.stopping += 1
      } else {
        state.waiting.removeAll { $0.ticket == ticket }
      }
    }
  }

  /// Cancels what is still to do; `settled` comes to the mailbox when no thread is left.
  func cancelAll() {
    state.withLock { state in
      state.isFinishing = true
      state.waiting = []
      for job in state.running.values where !job.isCancelled {
        job.cancel()
        state.stopping += 1
      }
    }
  }

  /// Nothing is under way.
  var isIdle: Bool { state.withLock { $0.threads == 0 } }

  private func addThread() {
    let isWanted = state.withLock { state in
      guard state.threads < min(Self.mostThreads, state.running.count + state.waiting.count) else { return false }
      state.threads += 1
      return true
    }
    // Without a thread to be had, the run has to wait.
    if isWanted, !DetachedThread.start({ [self] in work() }) { work() }
  }

  private func work() {
    while let job = next() {
      let result = files.perform(job.request) { job.isCancelled }
      let isWanted = state.withLock { state in
        state.running[job.ticket] = nil
        if job.isCancelled { state.stopping -= 1 }
        return !job.isCancelled
      }
      if isWanted { mailbox.post(.fileWorkEnded(ticket: job.ticket, result)) }
    }
  }

  /// The next job; nil when the thread may end, which it then has for the others.
  private func next() -> Job? {
    var isLast = false
    let job: Job? = state.withLock { state in
      // The thread whose job stops last finds what waits then.
      guard state.stopping == 0, !state.waiting.isEmpty else {
        state.threads -= 1
        isLast = state.isFinishing && state.threads == 0
        return nil
      }
      let job = state.waiting.removeFirst()
      state.running[job.ticket] = job
      return job
    }
    if isLast { mailbox.post(.settled) }
    return job
  }
}
