/// Turns diagnostics into text for people or into JSON for programs.
///
///     let result = parse(source)
///     for diagnostic in result.diagnostics { print(DiagnosticRenderer(color: false).text(diagnostic, in: source)) }
public struct DiagnosticRenderer: Sendable {
  private let color: Bool
  /// The most columns of an excerpt.
  private let limit: Int

  /// With `color`, the text holds ANSI escapes for a terminal. Lines of the script are cut to fit `width` columns.
  public init(color: Bool, width: Int? = nil) {
    self.color = color
    limit = width.map { max(20, $0 - 8) } ?? 120
  }

  /// Several lines, without a line break at the end. `script` is the file of what names none itself.
  public func text(_ diagnostic: Diagnostic, in script: SourceFile) -> String {
    let source = diagnostic.source ?? script
    let main = Mark(diagnostic.span, diagnostic.caret, isMain: true, in: source)
    var marks = [main]
    var elsewhere: [Mark] = []
    for label in diagnostic.labels {
      let mark = Mark(label.span, label.text, isMain: false, in: label.source ?? source)
      if mark.source === source { marks.append(mark) } else { elsewhere.append(mark) }
    }
    let lastLine = (marks + elsewhere).reduce(1) { max($0, $1.lastLine) }
    let width = max(2, String(lastLine).count)
    let pad = String(repeating: " ", count: width + 1)
    let tone: Tone =
      switch diagnostic.severity {
      case .error: .red
      case .warning: .yellow
      case .note: .cyan
      }
    var lines = [
      paint("\(diagnostic.severity.rawValue):", tone) + " " + paint(printable(diagnostic.message), .bold)
        + (diagnostic.code.isEmpty ? "" : "  [\(diagnostic.code)]")
    ]
    lines += excerpt(marks, width, tone)
    for mark in elsewhere { lines += excerpt([mark], width, tone) }
    if let hint = diagnostic.hint { lines.append(paint(pad + "=", .blue) + " hint: " + printable(hint)) }
    return lines.joined(separator: "\n")
  }

  /// The place of the first mark, and the lines of all, which are in one file.
  private func excerpt(_ marks: [Mark], _ width: Int, _ tone: Tone) -> [String] {
    let pad = String(repeating: " ", count: width + 1)
    let (line, column) = marks[0].source.position(at: Int(marks[0].span.start))
    var lines = [paint(pad + "╭─", .blue) + " \(printable(marks[0].source.name)):\(line):\(column)"]
    var previous: Int?
    for row in rows(marks) {
      if let previous, row.line > previous + 1 { lines.append(paint(pad + "┆", .blue)) }
      if row.line != previous {
        let number = String(row.line)
        lines.append(
          paint(String(repeating: " ", count: width - number.count) + number + " │", .blue)
            + (row.excerpt.text.isEmpty ? "" : " " + row.excerpt.text))
      }
      previous = row.line
      lines.append(paint(pad + "│", .blue) + " " + underline(row, tone))
    }
    return lines
  }

  // MARK: Rows

  /// One place that is pointed at.
  private struct Mark {
    let span: Span
    let text: String?
    let isMain: Bool
    let firstLine: Int
    let lastLine: Int

    init(_ span: Span, _ text: String?, isMain: Bool, in source: SourceFile) {
      self.span = span
      self.text = text
      self.isMain = isMain
      firstLine = source.line(at: Int(span.start))
      lastLine = span.end > span.start ? source.line(at: Int(span.end) - 1) : firstLine
      self.source = source
    }

    let source: SourceFile
  }

  /// A line of the excerpt with one underline.
  private struct Row {
    let line: Int
    let excerpt: Excerpt
    let text: String?
    let isMain: Bool
  }

  private func rows(_ marks: [Mark]) -> [Row] {
    var rows: [Row] = []
    for mark in marks {
      let first = Excerpt(mark.source, line: mark.firstLine, span: mark.span, limit: limit)
      let isSplit = mark.lastLine > mark.firstLine
      rows.append(Row(line: mark.firstLine, excerpt: first, text: isSplit ? nil : mark.text, isMain: mark.isMain))
      if isSplit {
        let last = Excerpt(mark.source, line: mark.lastLine, span: mark.span, limit: limit)
        rows.append(Row(line: mark.lastLine, excerpt: last, text: mark.text, isMain: mark.isMain))
      }
    }
    // A line's marks share one excerpt, which shows the place of the first; the main one comes first.
    let ordered = rows.enumerated().sorted {
      ($0.element.line, $0.element.isMain ? 0 : 1, $0.offset) < ($1.element.line, $1.element.isMain ? 0 : 1, $1.offset)
    }
    return ordered.map(\.element)
  }

  private func underline(_ row: Row, _ tone: Tone) -> String {
    let marks = String(repeating: row.isMain ? "^" : "-", count: row.excerpt.markWidth)
    let text = row.text.map { " " + printable($0) } ?? ""
    return String(repeating: " ", count: row.excerpt.markStart) + paint(marks + text, row.isMain ? tone : .blue)
  }

  // MARK: Colour

  private enum Tone: String {
    case red = "1;31"
    case yellow = "1;33"
    case cyan = "1;36"
    case blue = "34"
    case bold = "1"
  }

  private func paint(_ text: String, _ tone: Tone) -> String {
    color ? "\u{1B}[\(tone.rawValue)m\(text)\u{1B}[0m" : text
  }

  /// A message may quote the script, which must not be able to move the cursor.
  private func printable(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { Excerpt.isControl($0) }) else { return text }
    var result = ""
    for scalar in text.unicodeScalars { result.unicodeScalars.append(Excerpt.isControl(scalar) ? "\u{FFFD}" : scalar) }
    return result
  }
}
