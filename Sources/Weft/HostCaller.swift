import WeftMachine

/// Carries out the calls of host functions of one machine: tasks on the loop's thread, or on threads for what blocks. What the
/// driver's task has in task-local values, the functions have as well.
final class HostCaller: Sendable {
  private struct State {
    /// Of those that somebody waits for; none yet for one that is just being started.
    var tasks: [UInt64: Task<Void, Never>?] = [:]
    /// Those included that were called off and have not ended.
    var running = 0
    /// No more will follow, and the driver waits for the end of these.
    var isFinishing = false
  }

  private let mailbox: Mailbox
  private let state = Locked(State())

  init(_ mailbox: Mailbox) { self.mailbox = mailbox }

  func start(_ ticket: UInt64, _ call: HostCall) {
    if call.isBlocking {
      state.withLock { $0.running += 1 }
      BlockingThreads.shared.run { [self] in ended(ticket, call.performBlocking()) }
      return
    }
    state.withLock { state in
      state.running += 1
      state.tasks[ticket] = .some(nil)
    }
    let task = Self.begin { [self] in ended(ticket, await call.perform()) }
    // Perhaps it has ended already.
    state.withLock { state in if state.tasks[ticket] != nil { state.tasks[ticket] = task } }
  }

  /// A function that answers without waiting has done so when this returns, and no change of tasks was needed.
  private static func begin(_ work: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
    if #available(macOS 26, *) {
      return Task.immediate(executorPreference: LoopExecutor.shared, operation: work)
    }
    return Task(executorPreference: LoopExecutor.shared, operation: work)
  }

  private func ended(_ ticket: UInt64, _ answer: HostAnswer) {
    mailbox.post(.hostCallEnded(ticket: ticket, answer))
    let isLast = state.withLock { state in
      state.tasks[ticket] = nil
      state.running -= 1
      return state.isFinishing && state.running == 0
    }
    if isLast { mailbox.post(.settled) }
  }

  /// Nobody waits for it any more.
  func cancel(_ ticket: UInt64) { (state.withLock { $0.tasks.removeValue(forKey: ticket) } ?? nil)?.cancel() }

  /// Cancels all that still run; `settled` comes to the mailbox when none is left.
  func cancelAll() {
    let tasks = state.withLock { state in
      state.isFinishing = true
      defer { state.tasks = [:] }
      return Array(state.tasks.values)
    }
    for task in tasks { task?.cancel() }
  }

  /// None is under way.
  var isIdle: Bool { state.withLock { $0.running == 0 } }
}
