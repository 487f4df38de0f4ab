import ArgumentParser
import Weft
import WeftHTTP
import class WeftSyntax.SourceFile

struct EvalCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "eval",
    abstract: "Evaluate an expression and print its value. `weft -e <expression>` is short for this.",
    discussion: """
      Whole statements will do, too: what is printed is the value of the last one, if it has any. Tasks that it started \
      are waited for.
      """)

  @Option(help: ArgumentHelp("What random numbers come from; a new one each time unless given.", valueName: "n"))
  var seed: UInt64?

  @Argument(help: "Such as '[i * i for i in 1...9]'.")
  var expression: String

  func run() async throws {
    let fetcher = HTTPFetcher()
    let settings = PromptSettings(seed: seed ?? .random(in: .min ... .max), isVirtual: false, fetcher: fetcher)
    let session = settings.makeSession { Console.shared.write($0) }
    let signals = await StopSignals()
    signals.onFirst { _ in Task { await session.end() } }
    let status = await evaluate(in: session)
    await session.end()
    await fetcher.shutdown()
    if let signal = signals.received { throw ExitStatus.stopped(signal) }
    if Console.shared.outputFailure != nil { throw ExitStatus.brokenPipe }
    if status.code != 0 { throw status }
  }

  private func evaluate(in session: Session) async -> ExitStatus {
    let reporter = Reporter(.text)
    let source = SourceFile(name: "<expression>", text: expression)
    let evaluation = await session.evaluate(source)
    reporter.diagnostics(evaluation.warnings, in: evaluation.source)
    for failed in evaluation.failedExpectations { reporter.expectation(failed, in: evaluation.source) }
    var status = evaluation.failedExpectations.isEmpty ? ExitStatus.done : .expectation
    switch evaluation.outcome {
    case .done(let value):
      // In full, as a script would print it.
      if value != nil { _ = await session.evaluate("print(_)") }
    case .failed(let failure):
      reporter.failure(failure)
      status = .failed
    case .wrong(let diagnostics):
      reporter.diagnostics(diagnostics, in: evaluation.source)
      return .doesNotCompile
    case .cancelled, .ended: return .failed
    }
    while session.runningTasks > 0 { try? await Task.sleep(for: .milliseconds(2)) }
    for failed in session.takeFailures() {
      reporter.failure(failed.failure)
      status = .failed
    }
    return status
  }
}
