/// A way to reach a run from outside while it goes on.
package final class RunControl: Sendable {
  let mailbox = Mailbox()
  private let why = Locked<String?>(nil)

  package init() {}

  /// Ends the run in order: all its tasks are cancelled, every `finally` runs.
  package func cancel(reason: String? = nil) {
    why.withLock { $0 = $0 ?? reason }
    mailbox.post(.cancel)
  }

  /// Why it was cancelled.
  var reason: String? { why.withLock { $0 } }

  /// Asks the run to end: a script that mentions `shutdown` learns of it and finishes its work; any other is cancelled.
  package func shutdown() { mailbox.post(.shutdown) }

  func pause() { mailbox.post(.pause) }
  func resume() { mailbox.post(.unpause) }
  func addTicks(_ count: Int) { mailbox.post(.addTicks(count)) }
  func close() { mailbox.post(.close) }

  /// Ends the run at once when that time is over.
  func terminate(after grace: Duration) {
    let (deadline, overflow) = LoopExecutor.now().addingReportingOverflow(max(0, grace.nanoseconds))
    if overflow { return }
    _ = LoopExecutor.shared.setAlarm(at: deadline) { [mailbox] in mailbox.post(.terminate) }
  }

  // MARK: Calls

  /// False when the run has ended.
  func call(_ call: TaskCall) -> Bool { mailbox.post(.call(call)) }

  func cancelCall(_ call: TaskCall) { mailbox.post(.cancelCall(ticket: call.ticket)) }

  var hasEnded: Bool { mailbox.isClosed }

  /// The run has ended: nothing that comes from now on reaches it.
  func end() {
    for event in mailbox.close() { if case .call(let call) = event { call.end(.cancelled) } }
  }
}
