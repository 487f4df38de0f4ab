public import WeftMachine

/// Why a run, or a call of a script's task, gave no value.
public struct RunError: Error, Sendable, CustomStringConvertible {
  public enum Reason: Sendable, Equatable {
    /// The script threw an error that it did not catch.
    case failed
    /// The host ended it.
    case cancelled
    /// It crossed one of its limits.
    case limit
    /// What the host gave does not fit the script: a parameter, or the arguments of a call.
    case input
  }

  public let reason: Reason
  /// The kind of the error in the script, such as `FetchError`.
  public let kind: String
  /// Lower case, no full stop.
  public let message: String
  /// The error with its own fields, its place and the calls that it came through; nil if it did not come from the script.
  public let report: ErrorReport?
  /// The report as `weft run` prints it, or the message.
  public let description: String
  /// What is known of the run that has ended; nil for a call, or if none began.
  public internal(set) var result: RunResult?

  init(_ reason: Reason, _ kind: String, _ message: String) {
    self.reason = reason
    self.kind = kind
    self.message = message
    report = nil
    description = message
  }

  init(_ reason: Reason, _ report: ErrorReport, of script: Script) {
    self.reason = reason
    kind = report.kind
    message = report.message
    self.report = report
    description = script.text(of: report)
  }

  static func cancelled(_ why: String?) -> RunError {
    RunError(.cancelled, "CancellationError", "the run was cancelled" + (why.map { ": \($0)" } ?? ""))
  }
}
