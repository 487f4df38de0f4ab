import Weft
import WeftMachine
import WeftReport

/// Follows a run, and writes down at its end what was asked for.
struct Measurement: Sendable {
  let options: MeasurementOptions
  let collector: RunCollector
  private let script: Script

  /// Nil if nothing is asked for: then nothing is observed.
  init?(_ script: Script, _ options: MeasurementOptions) {
    if !options.summary, !options.needTimeline, script.image.checks.isEmpty { return nil }
    self.options = options
    self.script = script
    collector = RunCollector(script.image, timelineOf: options.needTimeline ? Timeline.usualLimit : 0)
  }

  /// Pictures show them.
  var needsArguments: Bool { options.needTimeline }

  func take(_ batch: RunRecords) { collector.take(batch) }

  /// Says and writes what was asked for. False if something could not be written.
  func conclude(_ result: RunResult, seed: UInt64, isVirtual: Bool, _ reporter: Reporter) -> Bool {
    let report = RunReport(
      script: script.source(0)?.name ?? "script", result, collector, seed: seed, isVirtual: isVirtual)
    if options.summary {
      let style = TextStyle(hasColor: Console.shared.hasColor, width: Console.width ?? 100)
      Console.shared.writeError("\n" + report.text(style))
    }
    do throws(ScriptFile.Problem) {
      if let record = options.record { try OutputFile.write(report.json, to: record) }
      try options.views.write(report)
      return true
    } catch {
      reporter.failure(error.message, hint: error.hint)
      return false
    }
  }
}

extension RunReport {
  /// What is known of a run that has ended.
  init(script: String, _ result: RunResult, _ collector: RunCollector, seed: UInt64, isVirtual: Bool) {
    let outcome: Outcome
    var error: String?
    switch result.outcome {
    case .completed: outcome = .completed
    case .failed(let report):
      outcome = .failed
      error = "\(report.kind): \(report.message)"
    case .cancelled: outcome = .cancelled
    case .exceeded(let report):
      outcome = .exceeded
      error = report.message
    }
    self.init(
      script: script, isVirtual: isVirtual, seed: seed, outcome: outcome, error: error, elapsed: result.elapsed,
      ticks: result.ticks, peakMemory: result.peakMemory, summary: collector.summary,
      timeline: collector.timeline ?? Timeline())
  }
}
