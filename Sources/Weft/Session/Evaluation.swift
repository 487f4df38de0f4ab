public import WeftMachine
public import WeftSyntax

/// What became of one input of a session.
public struct Evaluation: Sendable {
  public enum Outcome: Sendable {
    /// It was carried out. Its value, if it has one to show: the input ends in an expression whose value is not `none`, and not
    /// in `;`.
    case done(ValueSnapshot?)
    /// It threw an error that it did not catch.
    case failed(Failure)
    /// `interrupt` ended it.
    case cancelled
    /// It does not compile, and has changed nothing. There is an error among these.
    case wrong([Diagnostic])
    /// The session has ended.
    case ended
  }

  public var outcome: Outcome
  /// The input as a file, named `input 3`: what the diagnostics are about.
  public let source: SourceFile
  /// What is worth knowing of an input that compiles, such as that a task which uses a changed one could not follow.
  public var warnings: [Diagnostic]
  /// What kind of value it has, `List` for instance, shown or not; nil for an input without a value.
  public var type: String?
  /// `expect`s of it that failed.
  public var failedExpectations: [FailedExpectation] = []
  /// Nanoseconds that it took in the real world.
  public var elapsed: Int64
  /// Nanoseconds that it took on the session's clock; the same as `elapsed` unless that is a virtual one.
  public var clockElapsed: Int64
  /// A limit of the run was crossed, so that the session has begun anew and knows nothing of what was entered.
  public var isReset = false

  init(
    _ outcome: Outcome, _ source: SourceFile, warnings: [Diagnostic] = [], type: String? = nil, elapsed: Int64 = 0,
    clockElapsed: Int64 = 0
  ) {
    self.outcome = outcome
    self.source = source
    self.warnings = warnings
    self.type = type
    self.elapsed = elapsed
    self.clockElapsed = clockElapsed
  }
}

/// An error that nobody caught, with the sources that it speaks of.
public struct Failure: Sendable {
  public let report: ErrorReport
  let sources: [Int: SourceFile]

  /// The error as `weft run` tells it: its place, the tree of tasks that it came through, what it came from.
  ///
  /// - Parameters:
  ///   - color: Whether the text holds ANSI escapes for a terminal.
  ///   - width: The columns of the terminal; nil for text that goes elsewhere.
  public func text(color: Bool = false, width: Int? = nil) -> String {
    report.text(color: color, width: width) { sources[$0] }
  }
}

/// A task of the background that failed, and that nobody waited for.
public struct BackgroundFailure: Sendable {
  /// The number that `tasks()` gave the task.
  public let number: Int
  /// Its name and arguments, shortened.
  public let call: String
  /// Nanoseconds from its start to its failure.
  public let elapsed: Int64
  public let failure: Failure
}
