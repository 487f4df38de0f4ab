import Weft
import WeftMachine
import WeftSyntax

/// Tells problems on standard error: as text for people, or as one JSON object a line.
struct Reporter {
  private let format: OutputFormat
  private let console: Console

  init(_ format: OutputFormat, console: Console = .shared) {
    self.format = format
    self.console = console
  }

  /// A problem that has no place in a script.
  func failure(_ message: String, hint: String? = nil) {
    tell("error", message, hint)
  }

  /// Something to know.
  func note(_ message: String) {
    tell("note", message, nil)
  }

  func diagnostics(_ diagnostics: [Diagnostic], in source: SourceFile) {
    for diagnostic in diagnostics { console.writeError(text(of: diagnostic, in: source)) }
  }

  /// One diagnostic with its line break.
  func text(of diagnostic: Diagnostic, in source: SourceFile) -> String {
    let renderer = DiagnosticRenderer(color: console.hasColor, width: Console.width)
    return switch format {
    case .text: renderer.text(diagnostic, in: source) + "\n"
    case .json: renderer.json(diagnostic, in: source) + "\n"
    }
  }

  /// An error that the script did not catch.
  func error(_ report: ErrorReport, in script: Script) {
    var report = report
    report.hint = report.hint ?? Self.serverHint(report.message)
    switch format {
    case .text: console.writeError(script.text(of: report, color: console.hasColor, width: Console.width))
    case .json: console.writeError(script.json(of: report) + "\n")
    }
  }

  /// An error of an input of the prompt.
  func failure(_ failure: Failure) {
    console.writeError(failure.text(color: console.hasColor, width: Console.width))
    if let hint = Self.serverHint(failure.report.message) { note(hint) }
  }

  /// Whoever tries an example has no server yet.
  static func serverHint(_ message: String) -> String? {
    let isMissing = ["127.0.0.1", "localhost", "[::1]"].contains {
      message == "cannot connect to \($0):8080 (connection refused)"
    }
    return isMissing ? "`weft serve` starts a server there to try things against" : nil
  }

  func expectation(_ failed: FailedExpectation, in script: Script) {
    guard let source = script.source(failed.source) else { return failure(failed.message) }
    expectation(failed, in: source)
  }

  func expectation(_ failed: FailedExpectation, in source: SourceFile) {
    guard format == .json else {
      return console.writeError(
        Self.text(of: failed, in: source, notes: failed.notes, color: console.hasColor, width: Console.width))
    }
    diagnostics(
      [
        Diagnostic(
          .error, "", failed.message, at: failed.span,
          hint: failed.notes.isEmpty ? nil : failed.notes.joined(separator: "; "))
      ], in: source)
  }

  /// A failed `expect` with what it shows.
  static func text(
    of failed: FailedExpectation, in source: SourceFile?, notes: [String], color: Bool, width: Int? = nil
  ) -> String {
    let lines = notes.map { "   \($0)\n" }.joined()
    guard let source else { return "error: \(failed.message)\n" + lines }
    let diagnostic = Diagnostic(.error, "", failed.message, at: failed.span)
    return DiagnosticRenderer(color: color, width: width).text(diagnostic, in: source) + "\n" + lines
  }

  private func tell(_ severity: String, _ message: String, _ hint: String?) {
    switch format {
    case .text:
      let paint = { (text: String, code: String) in console.hasColor ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text }
      console.writeError(
        paint("\(severity):", severity == "error" ? "1;31" : "1;36") + " \(paint(message, "1"))\n"
          + (hint.map { "   = hint: \($0)\n" } ?? ""))
    case .json:
      var object = JSONObject()
      object.add("severity", severity)
      object.add("message", message)
      object.add("hint", hint)
      console.writeError(object.text + "\n")
    }
  }
}
