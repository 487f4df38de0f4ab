/// One source line as a terminal shows it, with the columns of what is marked in it.
struct Excerpt {
  /// The line with tabs as spaces and control characters made visible, cut to a number of columns around the mark.
  let text: String
  /// The column, from 0, at which the mark begins.
  let markStart: Int
  /// At least 1, so that a mark at the end of a line or of the file is seen.
  let markWidth: Int

  private static let tabWidth = 4

  /// Lines of more than `limit` columns are cut: a terminal would wrap them and separate the mark from its text.
  init(_ source: SourceFile, line: Int, span: Span, limit: Int) {
    // How much of a cut line is shown before the mark.
    let lead = limit / 3
    let lineStart = Int(source.lineStarts[line - 1])
    var cells: [(scalar: Unicode.Scalar, width: Int)] = []
    var from: Int?
    var to: Int?
    var column = 0
    var offset = lineStart
    let scalars = source.text(ofLine: line).unicodeScalars
    for scalar in scalars {
      if from == nil, offset >= Int(span.start) { from = column }
      if to == nil, offset >= Int(span.end) { to = column }
      if scalar == "\t" {
        let width = Excerpt.tabWidth - column % Excerpt.tabWidth
        for _ in 0..<width { cells.append((" ", 1)) }
        column += width
      } else {
        let shown: Unicode.Scalar = Excerpt.isControl(scalar) ? "\u{FFFD}" : scalar
        let width = Excerpt.isControl(scalar) ? 1 : UTF8Text.width(of: scalar)
        cells.append((shown, width))
        column += width
      }
      // A replacement character stands for one byte, or a few, that are not UTF-8.
      offset += scalar == "\u{FFFD}" ? Excerpt.replacedLength(source, offset) : UTF8.width(scalar)
    }
    let start = min(from ?? column, column)
    let end = max(start, min(to ?? column, column))
    let isWhole = column <= limit
    let windowStart = isWhole || start <= limit * 5 / 6 ? 0 : start - lead
    let windowEnd = isWhole ? column : windowStart + limit
    var result = windowStart > 0 ? "…" : ""
    var place = 0
    // Wide characters at the edge may make the first shown column differ from the window's.
    var firstShown: Int?
    for cell in cells {
      if place >= windowStart, place + cell.width <= windowEnd {
        if firstShown == nil { firstShown = place }
        result.unicodeScalars.append(cell.scalar)
      }
      place += cell.width
    }
    if column > windowEnd { result += "…" }
    let shift = (windowStart > 0 ? 1 : 0) - (firstShown ?? 0)
    text = result
    markStart = max(0, start + shift)
    markWidth = max(1, min(end, windowEnd) - start)
  }

  private static func replacedLength(_ source: SourceFile, _ offset: Int) -> Int {
    guard offset < source.bytes.count else { return 1 }
    if let (_, length) = UTF8Text.scalar(in: source.bytes, at: offset) { return length }
    return 1
  }

  /// Whether a scalar could move the cursor or turn the text around on a terminal.
  static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x00...0x1F, 0x7F...0x9F, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}
