import Testing
import Weft
import WeftMachine

/// Tests of Weft scripts, run in this process.
enum Suites {
  /// Runs the tests of a script under several orders; for each that fails its title and its first line.
  static func failures(
    _ text: String, files: [String: String] = [:], orders: Int = 10, granting capabilities: Bool = false
  ) throws -> [String] {
    var plan = TestPlan()
    plan.orders = [nil] + (1..<orders).map { UInt64($0) }
    let script = try Script(compiling: text, name: "main.weft", imports: Files(files).loader, for: .test)
    return script.image.tests.compactMap { test in
      let outcome = script.run(test, plan)
      #expect(outcome.isClean)
      return outcome.hasPassed ? nil : "\(test.title): \(reason(outcome))"
    }
  }

  /// Why a test failed, without its places.
  static func reason(_ outcome: TestOutcome) -> String {
    var lines: [String] = []
    switch outcome.result.outcome {
    case .completed: break
    case .cancelled: lines.append("cancelled")
    case .failed(let report), .exceeded(let report):
      lines.append("\(report.kind): \(report.message)")
      lines += report.notes
      if let hint = report.hint { lines.append("hint: \(hint)") }
    }
    for failed in outcome.caughtFailures { lines.append("caught: \(failed.message)") }
    return lines.joined(separator: " | ")
  }

  /// The one failure of a test with this body.
  static func failure(of body: String, with declarations: String = "") throws -> String {
    let all = try failures("\(declarations)\ntest \"t\" {\n\(body)\n}\n", orders: 1)
    #expect(all.count == 1)
    return (all.first ?? "").replacing("t: ", with: "", maxReplacements: 1)
  }
}
