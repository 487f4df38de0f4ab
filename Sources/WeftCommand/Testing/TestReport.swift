import Weft
import WeftMachine
import WeftSyntax

/// Tells the results of tests on standard output: a line for each file and all of each failure, or TAP.
struct TestReport {
  let isVerbose: Bool
  let isTAP: Bool
  let seed: UInt64
  let hasOrders: Bool
  private let start = ContinuousClock.now
  private let counter = Counter()

  /// TAP numbers the tests of all files.
  private final class Counter { var value = 0 }

  init(isVerbose: Bool, isTAP: Bool, seed: UInt64, hasOrders: Bool) {
    self.isVerbose = isVerbose
    self.isTAP = isTAP
    self.seed = seed
    self.hasOrders = hasOrders
  }

  func begin(_ suites: [TestSuite]) {
    if isTAP { write("TAP version 14\n1..\(suites.reduce(0) { $0 + $1.tests.count })\n") }
  }

  func tell(_ results: TestSuite.Results) {
    if isTAP { return write(tap(results)) }
    let failed = results.failures.count
    let count = results.outcomes.count
    let state = failed == 0 ? Quantity.counted(count, "test") : "\(Quantity.counted(count, "test")), \(failed) failed"
    write(
      "\(mark(failed == 0)) \(results.suite.path)  \(state)\(Self.times(results.virtualTime, Self.sum(results)))\n")
    for timed in results.outcomes {
      let outcome = timed.outcome
      if isVerbose {
        write("  \(mark(outcome.hasPassed)) \(outcome.test.title)\(Self.times(outcome.result.elapsed, timed.time))\n")
      }
      if outcome.isUnchecked {
        let place = "\(results.suite.path):\(results.suite.line(of: outcome.test))"
        write("  \(paint("note:", "1;36")) \(place) `\(outcome.test.title)` passed without any `expect`\n")
      }
      if !outcome.hasPassed { write(failure(outcome, results.suite)) }
    }
  }

  func end(_ results: [TestSuite.Results]) {
    if isTAP { return }
    let count = results.reduce(0) { $0 + $1.outcomes.count }
    let failed = results.reduce(0) { $0 + $1.failures.count }
    let elapsed = results.reduce(0 as Int64) { $0.addingReportingOverflow($1.virtualTime).partialValue }
    let verdict =
      failed == 0
      ? paint("\(Quantity.counted(count, "test")) passed", "1;32")
      : paint("\(failed) of \(Quantity.counted(count, "test")) failed", "1;31")
    write("\(verdict)\(Self.times(elapsed, start.duration(to: .now)))\n")
  }

  // MARK: Text

  private func failure(_ outcome: TestOutcome, _ suite: TestSuite) -> String {
    let title = "\(suite.path):\(suite.line(of: outcome.test))  \(outcome.test.title)"
    var text = "\n\(paint("✗ \(title)", "1"))\n" + Self.reason(outcome, suite.script, color: console.hasOutputColor)
    if let order = outcome.order {
      text +=
        "  note: it fails in order \(order) of its tasks: `weft test \(suite.path) --order \(order)` repeats that\n"
    }
    if outcome.result.usedRandomness {
      text += "  note: seed \(seed): `weft test \(suite.path) --seed \(seed)` repeats its random numbers\n"
    }
    for mock in outcome.result.unusedMocks { text += "  note: \(mock)\n" }
    if !outcome.output.isEmpty {
      let lines = String(decoding: outcome.output, as: UTF8.self).split(
        separator: "\n", omittingEmptySubsequences: false)
      let shown = lines.last?.isEmpty ?? false ? lines.dropLast() : lines[...]
      text += "  it printed:\n" + shown.map { "    \($0)\n" }.joined()
    }
    return text
  }

  /// Why a test failed: its error, and the failures that it caught.
  static func reason(_ outcome: TestOutcome, _ script: Script, color: Bool = false) -> String {
    var text = ""
    switch outcome.result.outcome {
    case .completed: break
    case .failed(let report), .exceeded(let report):
      text += script.text(of: report, color: color, width: color ? Console.width : nil)
    case .cancelled: text += "error: the test was cancelled\n"
    }
    for failed in outcome.caughtFailures {
      let notes = failed.notes + ["note: something caught this error; the test fails by it all the same"]
      text += Reporter.text(of: failed, in: script.source(failed.source), notes: notes, color: color)
    }
    if !outcome.isClean {
      text += "error: a fault in weft: this test left something behind: \(outcome.result.leftovers)\n"
    }
    return text
  }

  private static func sum(_ results: TestSuite.Results) -> Duration {
    results.outcomes.reduce(.zero) { $0 + $1.time }
  }

  /// The time on the tests' clock, and that in the real world.
  private static func times(_ virtual: Int64, _ real: Duration) -> String {
    let milliseconds = real.components.seconds * 1_000 + real.components.attoseconds / 1_000_000_000_000_000
    let time = milliseconds < 10_000 ? "\(milliseconds) ms" : Quantity.seconds(milliseconds * 1_000_000)
    let rounded = virtual < 1_000_000 ? virtual : virtual / 1_000_000 * 1_000_000
    return virtual == 0 ? "  (\(time))" : "  (\(Machine.text(duration: rounded)) in \(time))"
  }

  private var console: Console { .shared }
  private func mark(_ hasPassed: Bool) -> String { hasPassed ? paint("✓", "32") : paint("✗", "1;31") }
  private func write(_ text: String) { console.write(Array(text.utf8)) }
  private func paint(_ text: String, _ code: String) -> String {
    console.hasOutputColor ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }

  // MARK: TAP

  private func tap(_ results: TestSuite.Results) -> String {
    var text = ""
    for timed in results.outcomes {
      counter.value += 1
      let outcome = timed.outcome
      let title = "\(results.suite.path): \(outcome.test.title)".replacing("\\", with: "\\\\").replacing(
        "#", with: "\\#")
      text += "\(outcome.hasPassed ? "ok" : "not ok") \(counter.value) - \(title.replacing("\n", with: " "))"
      text += outcome.isUnchecked ? " # passed without any expect\n" : "\n"
      if outcome.hasPassed { continue }
      text += "  ---\n  at: \"\(results.suite.path):\(results.suite.line(of: outcome.test))\"\n  message: |\n"
      for line in Self.reason(outcome, results.suite.script).split(separator: "\n") { text += "    \(line)\n" }
      text += "  ...\n"
    }
    return text
  }
}
