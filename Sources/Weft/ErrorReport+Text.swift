public import WeftMachine
import WeftSyntax

extension Script {
  /// How an error that the script did not catch is told: its place, the tree of tasks and calls that it came through, its
  /// causes and, when several tasks failed, all of them.
  ///
  /// - Parameters:
  ///   - color: Whether the text holds ANSI escapes for a terminal.
  ///   - width: The columns of the terminal; what is longer goes on in the next line. Nil for text that goes elsewhere.
  public func text(of report: ErrorReport, color: Bool = false, width: Int? = nil) -> String {
    report.text(color: color, width: width) { source($0) }
  }
}

extension ErrorReport {
  /// - Parameter source: Gives the file of that number.
  func text(color: Bool, width: Int?, source: @escaping (Int) -> SourceFile?) -> String {
    var text = headline(DiagnosticRenderer(color: color, width: width), source)
    var tree = TaskTree(source: source, home: self.source, width: max(20, width ?? 80), hasColor: color)
    tree.add(trace)
    let notes = notes.map { tree.wrapped($0, indent: 3, further: 5) }.joined()
    // What an `expect` shows belongs to its excerpt; what a deadlock tells, to the tasks.
    text += kind == ErrorKind.expectationError.rawValue ? notes + tree.text : tree.text + notes
    for cause in causes {
      text += tree.wrapped("caused by \(cause.kind): \(cause.message)\(cause.place(source))", indent: 2, further: 4)
    }
    if others.count > 1 {
      text += "  \(others.count) tasks failed:\n"
      for (index, other) in others.enumerated() {
        let number = "\(index + 1). "
        text += tree.wrapped(
          "\(number)\(other.kind): \(other.message)\(other.place(source))", indent: 4, further: 4 + number.count)
        let path = other.trace.indices.reversed().compactMap { TaskTree.origin($0, in: other.trace) }
        if !path.isEmpty {
          text += tree.wrapped(
            "in " + path.joined(separator: " → "), indent: 4 + number.count, further: 4 + number.count)
        }
      }
    }
    return text
  }

  private func headline(_ renderer: DiagnosticRenderer, _ source: (Int) -> SourceFile?) -> String {
    let message = message.isEmpty ? kind : "\(kind): \(message)"
    guard let index = self.source, let source = source(index), span.end > 0 else {
      return "error: \(message)\n" + (hint.map { "   = hint: \($0)\n" } ?? "")
    }
    let diagnostic = Diagnostic(.error, "", message, at: span, hint: hint)
    let text = renderer.text(diagnostic, in: source)
    return text.hasSuffix("\n") ? text : text + "\n"
  }

  private func place(_ source: (Int) -> SourceFile?) -> String {
    guard let index = self.source, let source = source(index), span.end > 0 else { return "" }
    return "  (\(source.name):\(source.position(at: Int(span.start)).line))"
  }
}

/// The tree of tasks and calls that an error came through, the script's own first:
///
///       the script                                                          line 18
///       └ taskgroup: task 1 of 2, after 30ms                                line 19
///         crawl(["http://a", "http://b"])                                   line 14
private struct TaskTree {
  let source: (Int) -> SourceFile?
  /// The file that the error is in; places in it are told by their lines alone.
  let home: Int?
  let width: Int
  let hasColor: Bool
  private(set) var text = ""
  private var depth = 0

  init(source: @escaping (Int) -> SourceFile?, home: Int?, width: Int, hasColor: Bool) {
    self.source = source
    self.home = home
    self.width = width
    self.hasColor = hasColor
  }

  /// Adds the steps of a trace, which has the innermost first. An error of the script's top level needs no tree.
  mutating func add(_ trace: [ErrorReport.Step]) {
    if trace.count == 1, [.main, .test, .bench].contains(trace[0].role) { return }
    var steps = trace[...]
    while let step = steps.popLast() {
      if let origin = step.origin {
        var parts = ["\(origin.block): \(TaskTree.number(origin))"]
        // The body of a block has no name; what it was called with belongs to the task.
        var place = step
        if let body = steps.last, body.origin == nil, body.role == .child {
          parts += body.arguments
          place = body
          steps.removeLast()
        }
        parts.append("after \(TaskTree.duration(origin.elapsed))")
        let words = parts.dropLast().map { $0 + "," } + parts.suffix(1)
        add(words[0].split(separator: " ").map(String.init) + words.dropFirst(), place, branch: true)
        depth += 1
        if let cancelled = origin.cancelled {
          let verb = cancelled.hasPrefix("task ") && !cancelled.contains(" and ") ? "was" : "were"
          add([cancelled, verb, "cancelled", "for", "it"], nil)
        }
        continue
      }
      let same = steps.reversed().prefix { $0.origin == nil && $0.function == step.function && $0.span == step.span }
        .count
      add(TaskTree.parts(of: step), step)
      if same > 3 {
        steps.removeLast(same - 1)
        add(["…", "\(same - 1)", "more", "calls", "of", "`\(step.function)`"], nil)
      }
    }
  }

  private static func parts(of step: ErrorReport.Step) -> [String] {
    switch step.role {
    case .main: return ["the", "script"]
    case .test, .bench: return ["the", step.role.rawValue]
    case .child: return ["the", "body", "of", "`\(step.function)`"] + step.arguments
    case .task, .closure:
      let name = step.role == .closure ? "an anonymous task" : step.function
      guard let last = step.arguments.last else { return ["\(name)()"] }
      var parts = step.arguments.dropLast().map { $0 + "," } + [last + ")"]
      parts[0] = "\(name)(" + parts[0]
      return parts
    }
  }

  private static func number(_ origin: ErrorReport.Origin) -> String {
    origin.count == 1 && !origin.isOpen
      ? "its only task" : "task \(origin.number) of \(origin.count)\(origin.isOpen ? " so far" : "")"
  }

  /// People read milliseconds.
  private static func duration(_ nanoseconds: Int64) -> String {
    Machine.text(
      duration: nanoseconds < 1_000_000 ? nanoseconds : (nanoseconds + 500_000) / 1_000_000 * 1_000_000)
  }

  /// What a step out of a task is in one line, such as `task 2 of gather (u = "b")`; nil for a call.
  static func origin(_ index: Int, in trace: [ErrorReport.Step]) -> String? {
    guard let origin = trace[index].origin else { return nil }
    let body = index > 0 ? trace[index - 1] : nil
    let arguments = body?.role == .child ? body?.arguments ?? [] : []
    return "task \(origin.number) of \(origin.block)"
      + (arguments.isEmpty ? "" : " (\(arguments.joined(separator: ", ")))")
  }

  // MARK: Lines

  /// Adds one entry: its words, and the line of the script at the right end.
  private mutating func add(_ words: [String], _ step: ErrorReport.Step?, branch: Bool = false) {
    let indent = min(3 + depth * 2, width / 3)
    let place = step.map { placeText($0) } ?? ""
    var lines: [String] = []
    var line = ""
    for word in words {
      let room = width - indent - (branch ? 2 : 0) - (lines.isEmpty && !place.isEmpty ? place.count + 2 : 0)
      let piece = word.count > room ? word.prefix(max(1, room - 1)) + "…" : Substring(word)
      if !line.isEmpty, line.count + 1 + piece.count > room {
        lines.append(line)
        line = String(piece)
      } else {
        line += line.isEmpty ? String(piece) : " " + piece
      }
    }
    lines.append(line)
    for (index, line) in lines.enumerated() {
      let lead = branch ? (index == 0 ? "└ " : "  ") : index == 0 ? "" : "  "
      text += String(repeating: " ", count: indent) + paint(lead) + line
      if index == 0, !place.isEmpty {
        let used = indent + lead.count + line.count
        text += String(repeating: " ", count: max(2, width - used - place.count)) + paint(place)
      }
      text += "\n"
    }
  }

  private func placeText(_ step: ErrorReport.Step) -> String {
    guard let source = source(step.source) else { return "" }
    let line = source.position(at: Int(step.span.start)).line
    return step.source == home ? "line \(line)" : "\(source.name):\(line)"
  }

  /// A sentence that goes on in further lines where it is too long.
  func wrapped(_ sentence: String, indent: Int, further: Int) -> String {
    var result = ""
    var line = String(repeating: " ", count: indent)
    var isEmpty = true
    for word in sentence.split(separator: " ", omittingEmptySubsequences: false) {
      if !isEmpty, line.count + 1 + word.count > width {
        result += line + "\n"
        line = String(repeating: " ", count: further)
        isEmpty = true
      }
      line += isEmpty ? String(word) : " " + word
      isEmpty = false
    }
    return result + line + "\n"
  }

  private func paint(_ text: String) -> String {
    hasColor && !text.isEmpty ? "\u{1B}[34m\(text)\u{1B}[0m" : text
  }
}
