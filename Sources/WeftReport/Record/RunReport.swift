/// All that is kept of a run: what `weft run --record` writes and `weft report` reads.
public struct RunReport: Sendable, Equatable {
  /// How a run ended.
  public enum Outcome: String, Sendable { case completed, failed, cancelled, exceeded }

  /// The version of the form; `Documentation/record.md` describes it.
  public static let version = 1

  public var script: String
  /// On the virtual clock, the same script and seed give the same report.
  public var isVirtual: Bool
  public var seed: UInt64
  public var outcome: Outcome
  /// What an uncaught error says: its kind and message.
  public var error: String?
  /// Nanoseconds.
  public var elapsed: Int64
  /// Calls and iterations.
  public var ticks: Int
  /// Bytes.
  public var peakMemory: Int
  public var summary: RunSummary
  public var timeline: Timeline

  public init(
    script: String, isVirtual: Bool, seed: UInt64, outcome: Outcome, error: String? = nil, elapsed: Int64, ticks: Int,
    peakMemory: Int, summary: RunSummary, timeline: Timeline
  ) {
    self.script = script
    self.isVirtual = isVirtual
    self.seed = seed
    self.outcome = outcome
    self.error = error
    self.elapsed = elapsed
    self.ticks = ticks
    self.peakMemory = peakMemory
    self.summary = summary
    self.timeline = timeline
  }
}

/// Why a text is no record: lower case, no full stop.
public struct RecordProblem: Error, Sendable, Equatable {
  public let message: String
  public let hint: String?

  init(_ message: String, hint: String? = nil) {
    self.message = message
    self.hint = hint
  }
}
