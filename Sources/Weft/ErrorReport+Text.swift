public import WeftMachine
import WeftSyntax

extension Script {
  /// How an error that the script did not catch is told: its place, the calls and blocks that it came through, its causes and,
  /// when several tasks failed, all of them.
  public func text(of report: ErrorReport, color: Bool = false) -> String {
    let renderer = DiagnosticRenderer(color: color)
    var text = headline(report, renderer)
    text += steps(report)
    for cause in report.causes {
      text += "  caused by \(cause.kind): \(cause.message)\(place(cause))\n"
    }
    if report.others.count > 1 {
      text += "  \(report.others.count) tasks failed:\n"
      for (index, other) in report.others.enumerated() {
        text += "    \(index + 1). \(other.kind): \(other.message)\(place(other))\n"
      }
    }
    return text
  }

  private func headline(_ report: ErrorReport, _ renderer: DiagnosticRenderer) -> String {
    let message = report.message.isEmpty ? report.kind : "\(report.kind): \(report.message)"
    guard let index = report.source, let source = source(index), report.span.end > 0 else {
      return "error: \(message)\n" + (report.hint.map { "   = hint: \($0)\n" } ?? "")
    }
    let diagnostic = Diagnostic(.error, "", message, at: report.span, hint: report.hint)
    let text = renderer.text(diagnostic, in: source)
    return text.hasSuffix("\n") ? text : text + "\n"
  }

  private func steps(_ report: ErrorReport) -> String {
    var text = ""
    var last = ""
    var repeats = 0
    func flushRepeats() {
      if repeats > 0 { text += "  … the same \(repeats) more times\n" }
      repeats = 0
    }
    for step in report.trace {
      let line = source(step.source)?.position(at: Int(step.span.start)).line ?? 0
      let name = source(step.source)?.name ?? "?"
      let sentence: String
      if let note = step.note {
        sentence = "  as \(note)  (\(name):\(line))\n"
      } else {
        switch step.role {
        case .main: sentence = "  in the script  (\(name):\(line))\n"
        case .task: sentence = "  in `\(step.function)`  (\(name):\(line))\n"
        case .closure: sentence = "  in an anonymous task  (\(name):\(line))\n"
        case .child: sentence = "  in the body of `\(step.function)`  (\(name):\(line))\n"
        }
      }
      if sentence == last {
        repeats += 1
        continue
      }
      flushRepeats()
      text += sentence
      last = sentence
    }
    flushRepeats()
    return text
  }

  private func place(_ report: ErrorReport) -> String {
    guard let index = report.source, let source = source(index), report.span.end > 0 else { return "" }
    return "  (\(source.name):\(source.position(at: Int(report.span.start)).line))"
  }
}
