/// Lines of cells that stand below each other: words to the left, figures to the right.
public struct TextTable: Sendable {
  public enum Alignment: Sendable { case left, right }

  private let alignments: [Alignment]
  private var rows: [[String]] = []

  /// - Parameter header: The first row; a name that ends with `>` stands above figures.
  public init(_ header: [String]) {
    alignments = header.map { $0.hasSuffix(">") ? .right : .left }
    rows = [header.map { $0.hasSuffix(">") ? String($0.dropLast()) : $0 }]
  }

  public mutating func add(_ cells: [String]) { rows.append(cells) }

  public var isEmpty: Bool { rows.count == 1 }

  /// The lines, the header's first, without line breaks.
  ///
  /// - Parameter width: Where a line would be longer, its first cell is cut.
  public func lines(width: Int = 100) -> [String] {
    var widths = alignments.indices.map { column in
      rows.map { column < $0.count ? Self.columns($0[column]) : 0 }.max() ?? 0
    }
    let total = widths.reduce(0, +) + 2 * (widths.count - 1)
    if total > width, let first = widths.first { widths[0] = max(8, first - (total - width)) }
    return rows.map { row in
      var line = ""
      for (column, alignment) in alignments.enumerated() {
        let cell = Self.cut(column < row.count ? row[column] : "", to: widths[column])
        let space = String(repeating: " ", count: max(0, widths[column] - Self.columns(cell)))
        if column > 0 { line += "  " }
        line += alignment == .left ? cell + space : space + cell
      }
      while line.last == " " { line.removeLast() }
      return line
    }
  }

  /// Columns that a text takes in a terminal, as far as one can know without its font.
  static func columns(_ text: String) -> Int { text.count }

  static func cut(_ text: String, to width: Int) -> String {
    columns(text) <= width ? text : text.prefix(max(0, width - 1)) + "…"
  }
}
