import Weft
import WeftCompiler
import WeftMachine
import WeftReport

/// What a script expects of its whole run, worked out when that has ended.
struct RunChecks {
  enum Verdict {
    case pass, fail
    /// A statistic has nothing to go by: nothing of that name ran. It fails.
    case noData(String)
  }

  struct Line {
    let verdict: Verdict
    let text: String
    /// The statistics that it asked for.
    let values: [String]

    var word: String {
      switch verdict {
      case .pass: "PASS"
      case .fail: "FAIL"
      case .noData: "NO DATA"
      }
    }
  }

  let lines: [Line]

  init(_ script: Script, _ summary: RunSummary, _ params: [String: WeftValue]) {
    lines = script.image.checks.map { check in
      var statistics: [WeftValue] = []
      for question in check.questions {
        guard let value = Self.answer(question, summary) else {
          return Line(verdict: .noData(question.name), text: script.text(of: check), values: [])
        }
        statistics.append(value)
      }
      let failed = script.evaluate(check, with: statistics, params: params)
      return Line(
        verdict: failed.isEmpty ? .pass : .fail, text: script.text(of: check),
        values: zip(check.questions, statistics).map { "\($0.statistic.rawValue) is \(Self.text($1))" })
    }
  }

  var hasFailed: Bool { lines.contains { if case .pass = $0.verdict { false } else { true } } }

  /// The name is that of a task: its requests are meant or, if it makes none, its runs.
  private static func answer(_ question: Image.Check.Question, _ summary: RunSummary) -> WeftValue? {
    let fetches = question.name == "fetch" ? summary.allFetches : summary.fetches(named: question.name)
    let latencies: Latencies
    let count: Int
    let errors: Int
    let rate: Double
    if let fetches, fetches.count > 0 {
      latencies = fetches.service
      count = fetches.count
      errors = fetches.failures.count + fetches.badStatuses
      rate = fetches.rate
    } else if let tasks = summary.tasks(named: question.name), tasks.count > 0 {
      latencies = tasks.durations
      count = tasks.count
      errors = tasks.failures.count
      rate = summary.elapsed > 0 ? Double(tasks.count) * 1e9 / Double(summary.elapsed) : 0
    } else {
      return nil
    }
    switch question.statistic {
    case .count: return .int(count)
    case .errors: return .int(errors)
    case .rate: return .rate(rate)
    case .p50, .p90, .p95, .p99, .max, .mean:
      if latencies.count == 0 { return nil }
      switch question.statistic {
      case .p50: return .duration(.nanoseconds(latencies.percentile(50)))
      case .p90: return .duration(.nanoseconds(latencies.percentile(90)))
      case .p95: return .duration(.nanoseconds(latencies.percentile(95)))
      case .p99: return .duration(.nanoseconds(latencies.percentile(99)))
      case .mean: return .duration(.nanoseconds(latencies.mean))
      default: return .duration(.nanoseconds(latencies.max))
      }
    }
  }

  private static func text(_ value: WeftValue) -> String {
    switch value {
    case .duration(let time): SimReport.duration(time.nanoseconds)
    case .int(let count): "\(count)"
    case .rate(let rate): Quantity.decimal(rate, 1) + "/s"
    default: ""
    }
  }

  /// One line for each, with what it asked for.
  func text(color: Bool) -> String {
    let width = lines.map(\.text.count).max() ?? 0
    return lines.map { line in
      var note = line.values.joined(separator: ", ")
      var code = "1;31"
      switch line.verdict {
      case .pass: code = "32"
      case .fail: break
      case .noData(let name): note = "nothing called `\(name)` ran"
      }
      let word = line.word + String(repeating: " ", count: 7 - line.word.count)
      let verdict = color ? "\u{1B}[\(code)m\(word)\u{1B}[0m" : word
      let padding = String(repeating: " ", count: max(0, width - line.text.count))
      return "\(verdict)  \(line.text)\(padding)  \(note)\n"
    }.joined()
  }
}
