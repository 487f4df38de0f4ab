import Weft
import WeftMachine

/// The results of tests as JUnit XML, which continuous integration reads.
enum JUnitReport {
  static func text(_ results: [TestSuite.Results]) -> String {
    let count = results.reduce(0) { $0 + $1.outcomes.count }
    let failed = results.reduce(0) { $0 + $1.failures.count }
    var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    text += "<testsuites tests=\"\(count)\" failures=\"\(failed)\" errors=\"0\">\n"
    for suite in results {
      let time = suite.outcomes.reduce(Duration.zero) { $0 + $1.time }
      text += "  <testsuite name=\(quoted(suite.suite.path)) tests=\"\(suite.outcomes.count)\""
      text += " failures=\"\(suite.failures.count)\" errors=\"0\" time=\"\(seconds(time))\">\n"
      for timed in suite.outcomes { text += testCase(timed, suite.suite) }
      text += "  </testsuite>\n"
    }
    return text + "</testsuites>\n"
  }

  private static func testCase(_ timed: TestSuite.Timed, _ suite: TestSuite) -> String {
    let outcome = timed.outcome
    var text = "    <testcase name=\(quoted(outcome.test.title)) classname=\(quoted(suite.path))"
    text += " file=\(quoted(suite.path)) line=\"\(suite.line(of: outcome.test))\" time=\"\(seconds(timed.time))\""
    var inner = ""
    if !outcome.hasPassed {
      let reason = TestReport.reason(outcome, suite.script)
      let message = reason.split(separator: "\n").first.map(String.init) ?? "failed"
      inner += "      <failure message=\(quoted(message))>\(escaped(reason))</failure>\n"
    }
    if !outcome.output.isEmpty {
      inner += "      <system-out>\(escaped(String(decoding: outcome.output, as: UTF8.self)))</system-out>\n"
    }
    return text + (inner.isEmpty ? "/>\n" : ">\n\(inner)    </testcase>\n")
  }

  private static func seconds(_ time: Duration) -> String {
    Quantity.decimal(Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18, 3)
  }

  private static func quoted(_ text: String) -> String {
    "\"\(escaped(text).replacing("\"", with: "&quot;").replacing("\n", with: "&#10;"))\""
  }

  /// XML 1.0 has no place for most control characters.
  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\t", "\n": result.unicodeScalars.append(scalar)
      case _ where scalar.value < 0x20 || (0xFFFE...0xFFFF).contains(scalar.value): result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
