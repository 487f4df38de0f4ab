import WeftMachine

/// Carries out the calls of host functions of one machine: tasks on the loop's thread, or on threads for what blocks. What the
/// driver's task has in task-local values, the functions have as well.
final class HostCaller: Sendable {
  private struct State {
    /// Of those that somebody waits for.
    var tasks: [UInt64: Task<Void, Never>] = [:]
    /// Those included that were called off and have not ended.
    var running = 0
    var finished: CheckedContinuation<Void, Never>?
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
    // Under the lock, so that the task is noted before it ends.
    state.withLock { state in
      state.running += 1
      state.tasks[ticket] = Task(executorPreference: LoopExecutor.shared) { [self] in
        ended(ticket, await call.perform())
      }
    }
  }

  private func ended(_ ticket: UInt64, _ answer: HostAnswer) {
    mailbox.post(.hostCallEnded(ticket: ticket, answer))
    let finished = state.withLock { state -> CheckedContinuation<Void, Never>? in
      state.tasks[ticket] = nil
      state.running -= 1
      guard state.running == 0 else { return nil }
      defer { state.finished = nil }
      return state.finished
    }
    finished?.resume()
  }

  /// Nobody waits for it any more.
  func cancel(_ ticket: UInt64) { state.withLock { $0.tasks.removeValue(forKey: ticket) }?.cancel() }

  /// Cancels all that still run.
  ///
  /// - Parameter waiting: Whether to return only when they have ended.
  func finish(waiting: Bool) async {
    let tasks = state.withLock { state in
      defer { state.tasks = [:] }
      return Array(state.tasks.values)
    }
    for task in tasks { task.cancel() }
    if !waiting { return }
    await withCheckedContinuation { continuation in
      let isIdle = state.withLock { state in
        if state.running == 0 { return true }
        state.finished = continuation
        return false
      }
      if isIdle { continuation.resume() }
    }
  }
}
