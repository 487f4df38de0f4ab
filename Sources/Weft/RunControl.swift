/// A way to reach a run from outside while it goes on. It is for one run at a time: what is asked before that begins reaches it,
/// what is asked after its end reaches none, and a second run beside it goes on by itself.
package final class RunControl: Sendable {
  private struct State {
    var mailbox = Mailbox()
    var hasBegun = false
  }

  private let state = Locked(State())
  private let why = Locked<String?>(nil)

  package init() {}

  private var mailbox: Mailbox { state.withLock { $0.mailbox } }

  /// The mailbox of a run that begins. The run closes it by `end`.
  func begin() -> Mailbox {
    state.withLock { state in
      if !state.hasBegun {
        state.hasBegun = true
        return state.mailbox
      }
      let mailbox = Mailbox()
      // That of a run which goes on stays what it is.
      if state.mailbox.isClosed { state.mailbox = mailbox }
      return mailbox
    }
  }

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
    mailbox.terminate(at: deadline)
  }

  // MARK: Calls

  /// False when the run has ended.
  func call(_ call: TaskCall) -> Bool { mailbox.post(.call(call)) }

  func cancelCall(_ call: TaskCall) { mailbox.post(.cancelCall(ticket: call.ticket)) }

  var hasEnded: Bool { mailbox.isClosed }

  /// The run with that mailbox has ended: nothing that comes from now on reaches it.
  static func end(_ mailbox: Mailbox) {
    for event in mailbox.close() { if case .call(let call) = event { call.end(.cancelled) } }
  }
}
