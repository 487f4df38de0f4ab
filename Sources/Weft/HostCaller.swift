import WeftMachine

/// Carries out the calls of host functions of one machine: tasks on the loop's thread, or on threads for what blocks. What the
/// driver's task has in task-local values, the functions have as well.
final class HostCaller: Sendable {
  private enum Call {
    case starting
    /// It ended before it was known to have started.
    case answered(HostAnswer)
    case running(Task<Void, Never>)
  }

  private struct State {
    /// Those that somebody waits for.
    var calls = NumberTable<Call>()
    /// Those included that were called off and have not ended.
    var running = 0
    /// No more will follow, and the driver waits for the end of these.
    var isFinishing = false
  }

  private let mailbox: Mailbox
  private let state = Locked(State())

  init(_ mailbox: Mailbox) { self.mailbox = mailbox }

  /// The answer of a function that has it at once; else that comes to the mailbox.
  func start(_ ticket: UInt64, _ call: HostCall) -> HostAnswer? {
    let arguments = call.arguments
    let perform: @Sendable ([WeftValue]) async -> HostAnswer
    switch call.way {
    case .awaiting(let function): perform = function
    case .blocking(let function), .inline(let function):
      state.withLock { $0.running += 1 }
      BlockingThreads.shared.run { [self] in ended(ticket, HostAnswer { try function(arguments) }) }
      return nil
    }
    state.withLock { state in
      state.running += 1
      state.calls[ticket] = .starting
    }
    // Not by way of `HostCall.perform`: each asynchronous function on the way costs two looks at the executor.
    let task = Self.begin { [self] in ended(ticket, await perform(arguments)) }
    return state.withLock { state in
      if case .answered(let answer) = state.calls[ticket] {
        state.calls[ticket] = nil
        return answer
      }
      state.calls[ticket] = .running(task)
      return nil
    }
  }

  /// A function that answers without waiting has done so when this returns, and no change of tasks was needed.
  private static func begin(_ work: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
    if #available(macOS 26, *) {
      return Task.immediate(executorPreference: LoopExecutor.shared, operation: work)
    }
    return Task(executorPreference: LoopExecutor.shared, operation: work)
  }

  private func ended(_ ticket: UInt64, _ answer: HostAnswer) {
    let (isAtOnce, isLast) = state.withLock { state in
      state.running -= 1
      let isLast = state.isFinishing && state.running == 0
      if case .starting = state.calls[ticket] {
        state.calls[ticket] = .answered(answer)
        return (true, isLast)
      }
      state.calls[ticket] = nil
      return (false, isLast)
    }
    if !isAtOnce { mailbox.post(.hostCallEnded(ticket: ticket, answer)) }
    if isLast { mailbox.post(.settled) }
  }

  /// Nobody waits for it any more.
  func cancel(_ ticket: UInt64) {
    if case .running(let task) = state.withLock({ $0.calls.removeValue(for: ticket) }) { task.cancel() }
  }

  /// Cancels all that still run; `settled` comes to the mailbox when none is left.
  func cancelAll() {
    let calls = state.withLock { state in
      state.isFinishing = true
      defer { state.calls = NumberTable() }
      return state.calls.all
    }
    for case .running(let task) in calls { task.cancel() }
  }

  /// None is under way.
  var isIdle: Bool { state.withLock { $0.running == 0 } }
}
