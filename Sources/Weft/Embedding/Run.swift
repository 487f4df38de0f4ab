public import WeftMachine

/// A run that has been started. It goes on by itself; letting go of this object does not end it.
///
/// ```swift
/// let run = script.start(with: ["count": 20])
/// let value = try await run.value
/// ```
public final class Run: Sendable {
  public let script: Script
  private let control: RunControl
  let feed: EventFeed
  private let task: Task<Result<RunResult, RunError>, Never>

  init(_ script: Script, _ params: [String: WeftValue], staysOpen: Bool, observed: Bool) {
    let control = RunControl()
    let feed = EventFeed()
    self.script = script
    self.control = control
    self.feed = feed
    task = Task {
      let outcome: Result<RunResult, RunError>
      do throws(RunError) {
        outcome = .success(
          try await script.run(with: params, control, staysOpen: staysOpen, feed: observed ? feed : nil))
      } catch {
        outcome = .failure(error)
      }
      feed.end(outcome)
      return outcome
    }
  }

  // MARK: The end

  /// Waits for the run's end. Cancelling the waiting task cancels the run.
  public var result: RunResult {
    get async throws(RunError) {
      let ended = await withTaskCancellationHandler {
        await self.outcome
      } onCancel: {
        control.cancel()
      }
      return try ended.get()
    }
  }

  /// Waits for the run's end, and gives what the script's last expression gave.
  public var value: WeftValue {
    get async throws(RunError) { try await result.value }
  }

  /// Waits for the run's end; cancelling the waiting task changes nothing.
  var outcome: Result<RunResult, RunError> {
    get async { await task.value }
  }

  // MARK: Control

  /// Ends the run in order: all its tasks are cancelled, every `finally` runs.
  ///
  /// - Parameters:
  ///   - reason: What the run's error says.
  ///   - grace: After so long it ends at once, whatever it does then; nil for as long as the script's clean-up takes. A host
  ///     function that is called in line and does not come back is what nothing can end.
  public func cancel(reason: String? = nil, grace: Duration? = nil) {
    control.cancel(reason: reason)
    if let grace { control.terminate(after: grace) }
  }

  /// Asks the run to end in its own way: a script that mentions `shutdown` learns of it and finishes its work; any other is
  /// cancelled.
  public func shutdown() { control.shutdown() }

  /// Lets the run stand still, at the latest after some thousand operations. The clock goes on: what falls due meanwhile
  /// happens as soon as the run goes on. Tasks of pools finish what they do.
  public func pause() { control.pause() }

  /// Lets it go on.
  public func resume() { control.resume() }

  /// Raises the limit of operations of a run that goes on.
  public func allow(operations: Int) { control.addTicks(operations) }

  // MARK: Calls

  /// Calls a task of a script that was started with `staysOpen`, as soon as its top level has ended. Several calls may go on at
  /// once: they are tasks in one interpreter, and see the same variables. Cancelling the Swift task cancels the called one.
  ///
  /// ```swift
  /// let run = script.start(staysOpen: true)
  /// let reply = try await run.call("onMessage", 1, "hello").string
  /// ```
  ///
  /// - Throws: The error that the task threw. It ends neither the run nor the other calls.
  @discardableResult
  public func call(_ task: String, _ arguments: any Encodable & Sendable...) async throws(RunError) -> WeftValue {
    try await call(task, arguments: arguments)
  }

  /// The same for arguments in a list.
  @discardableResult
  public func call(_ task: String, arguments: [any Encodable & Sendable]) async throws(RunError) -> WeftValue {
    let function = try script.function(task, arguments: arguments.count)
    var values: [WeftValue] = []
    for (index, argument) in arguments.enumerated() {
      do { values.append(try WeftValue(encoding: argument)) } catch {
        throw RunError(
          .input, ErrorKind.argumentError.rawValue, "argument \(index + 1) of `\(task)` is not a value: \(error)")
      }
    }
    let call = TaskCall(function, values)
    let outcome = await withTaskCancellationHandler {
      if !control.call(call) { call.end(.cancelled) }
      // The handler below may have been there first, when there was no call to cancel.
      if Task.isCancelled { control.cancelCall(call) }
      return await call.outcome()
    } onCancel: {
      control.cancelCall(call)
    }
    switch outcome {
    case .value(let value): return value
    case .failed(let report): throw RunError(.failed, report, of: script)
    case .cancelled: throw await callError()
    }
  }

  /// A call that was cancelled may have met a run that had failed already.
  private func callError() async -> RunError {
    if control.hasEnded, case .failure(let error) = await task.value { return error }
    if control.hasEnded { return RunError(.cancelled, "CancellationError", "the run has ended") }
    return .cancelled(control.reason)
  }

  /// Takes no more calls: the run ends with the last one that goes on.
  public func takeNoMoreCalls() { control.close() }

  /// Takes no more calls, waits for those that go on, and for the run's end.
  public func close() async throws(RunError) {
    control.close()
    _ = try await result
  }
}
