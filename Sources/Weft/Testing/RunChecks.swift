public import WeftCompiler
public import WeftMachine

extension Script {
  /// Works an `expect` of the whole run out: what failed, or nothing.
  ///
  /// - Parameters:
  ///   - statistics: The answer to each of its questions, in their order: durations, counts as Ints, rates.
  ///   - params: Those of the run.
  ///
  /// ```swift
  /// for check in script.image.checks {
  ///   let failed = script.evaluate(check, with: [.duration(.milliseconds(212))])
  ///   print(failed.isEmpty ? "PASS" : "FAIL")
  /// }
  /// ```
  public func evaluate(
    _ check: Image.Check, with statistics: [WeftValue], params: [String: WeftValue] = [:]
  ) -> [FailedExpectation] {
    var options = RunOptions()
    options.params = params
    options.limits.operations = TestPlan.mostTicks
    let machine = makeMachine(options)
    machine.begin(check, with: statistics, at: 0, wallClock: 0)
    while true {
      switch machine.run(ticks: 20_000) {
      case .slice, .clock: machine.advance(to: 0)
      case .idle, .finished:
        switch machine.result {
        // One that takes too many calls and iterations is not kept either.
        case .failed(let report)?, .exceeded(let report)?:
          return [FailedExpectation(report.message, span: check.span, source: check.source)]
        default: return machine.failedExpectations
        }
      }
    }
  }

  /// The text of an `expect` of the whole run in one line, without its first word.
  public func text(of check: Image.Check) -> String {
    let words = source(check.source)?.text(check.span).split(whereSeparator: \.isWhitespace) ?? []
    return words.dropFirst().joined(separator: " ")
  }
}
