import ArgumentParser
import WeftReport

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Make figures and pictures from the record of a run.",
    discussion: """
      `weft run --record run.json script.weft` writes a record. This shows its figures, or draws it:

        weft report run.json
        weft report run.json --timeline run.html --trace perfetto.json
        weft report run.json --latencies download.svg
      """)

  @OptionGroup var views: Views

  @Option(
    help: ArgumentHelp("Draw how latencies are spread into a picture.", valueName: "file.svg"),
    completion: .file(extensions: ["svg"]))
  var latencies: String?

  @Option(
    help: ArgumentHelp("Of which requests or tasks the latencies are; the first unless given.", valueName: "name"))
  var of: String?

  @Argument(help: "The record; - reads it from standard input.", completion: .file(extensions: ["json"]))
  var record: String

  func run() throws {
    let reporter = Reporter(.text)
    do {
      let report = try RunReport(json: ScriptFile(path: record).read().bytes)
      if views.isEmpty, latencies == nil {
        // It goes where the eyes are, and into a pipe without colour.
        let style = TextStyle(hasColor: Console.shared.hasOutputColor, width: Console.width ?? 100)
        Console.shared.write(Array(report.text(style).utf8))
      }
      try views.write(report)
      if let latencies { try OutputFile.write(Array(try picture(report).utf8), to: latencies) }
    } catch let problem as RecordProblem {
      reporter.failure("`\(record)`: \(problem.message)", hint: problem.hint)
      throw ExitStatus.usage
    } catch let problem as ScriptFile.Problem {
      reporter.failure(problem.message, hint: problem.hint)
      throw ExitStatus.usage
    }
  }

  private func picture(_ report: RunReport) throws(ScriptFile.Problem) -> String {
    let summary = report.summary
    let names = summary.fetches.map(\.name) + summary.tasks.map(\.name).filter { $0 != "main" }
    guard let name = of ?? names.first, let latencies = summary.latencies(of: name) else {
      throw ScriptFile.Problem(
        message: of.map { "the record has no answers and no tasks named `\($0)`" } ?? "the record has no latencies",
        hint: names.isEmpty ? nil : "there are " + names.prefix(8).map { "`\($0)`" }.joined(separator: ", "))
    }
    return latencies.svg(title: "Latencies of \(name)")
  }
}
