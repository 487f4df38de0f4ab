import Weft
import WeftMachine

/// What a simulation has predicted; follows the run that it is compared with.
final class Prediction: Sendable {
  private let outcome: Locked<Simulation.Outcome>
  private let analysis = Locked(RunAnalysis())

  init(_ outcome: Simulation.Outcome) { self.outcome = Locked(outcome) }

  func take(_ batch: RunRecords) { analysis.withLock { $0.add(batch) } }

  /// Both beside each other.
  func text(_ measured: RunResult) -> String {
    Comparison(predicted: outcome.withLock { $0 }, measured: measured, analysis: analysis.withLock { $0 }).text
  }
}

/// What a simulation has predicted, beside what was measured.
struct Comparison {
  let predicted: Simulation.Outcome
  let measured: RunResult
  let analysis: RunAnalysis

  var text: String {
    let was = predicted.analysis
    var rows = [("", "predicted", "measured", "")]
    rows.append(
      (
        "time", SimReport.duration(predicted.result.elapsed), SimReport.duration(measured.elapsed),
        Self.difference(predicted.result.elapsed, measured.elapsed)
      ))
    rows.append(row("requests", was.requests, analysis.requests))
    rows.append(row("at once", was.mostRequests, analysis.mostRequests))
    rows.append(row("failed", was.failedRequests, analysis.failedRequests))
    rows.append(row("tasks", was.tasks, analysis.tasks))
    let widths = [rows.map(\.0.count).max() ?? 0, rows.map(\.1.count).max() ?? 0, rows.map(\.2.count).max() ?? 0]
    return rows.map { row in
      "  \(Self.padded(row.0, to: -widths[0]))  \(Self.padded(row.1, to: widths[1]))  \(Self.padded(row.2, to: widths[2]))"
        + (row.3.isEmpty ? "\n" : "  \(row.3)\n")
    }.joined()
  }

  private func row(_ name: String, _ predicted: Int, _ measured: Int) -> (String, String, String, String) {
    (
      name, "\(predicted)", "\(measured)",
      predicted == measured ? "" : Self.difference(Int64(predicted), Int64(measured))
    )
  }

  /// By how much the measured one is more than the predicted.
  private static func difference(_ predicted: Int64, _ measured: Int64) -> String {
    guard predicted > 0 else { return "" }
    let percent = (Double(measured) / Double(predicted) - 1) * 100
    return (percent < 0 ? "" : "+") + Quantity.decimal(percent, 1) + " %"
  }

  /// To the right, or to the left for a negative width.
  private static func padded(_ text: String, to width: Int) -> String {
    let blanks = String(repeating: " ", count: max(0, abs(width) - text.count))
    return width < 0 ? text + blanks : blanks + text
  }
}
