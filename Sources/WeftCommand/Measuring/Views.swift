import ArgumentParser
import WeftReport

/// What is made of the record of a run, and where it goes.
struct Views: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Draw the timeline of the run into a file: a page to zoom into (.html) or a picture (.svg). May stand several times.",
      valueName: "file"), completion: .file(extensions: ["html", "svg"]))
  var timeline: [String] = []

  @Option(
    help: ArgumentHelp("Write the run for Perfetto (ui.perfetto.dev) into a file.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var trace: String?

  var isEmpty: Bool { timeline.isEmpty && trace == nil }

  func validate() throws {
    for path in timeline where !path.hasSuffix(".svg") && !path.hasSuffix(".html") {
      throw ValidationError(
        "a timeline is a page or a picture: the name of its file ends with `.html` or `.svg`, not `\(path)`")
    }
  }

  func write(_ report: RunReport) throws(ScriptFile.Problem) {
    for path in timeline {
      let bytes = path.hasSuffix(".svg") ? Array(report.timeline.svg(title: report.script).utf8) : report.page
      try OutputFile.write(bytes, to: path)
    }
    if let trace { try OutputFile.write(report.timeline.chromeTrace(script: report.script), to: trace) }
  }
}
