/// Writes a layout, line by line.
struct LayoutWriter {
  struct Line {
    var code: [UInt8] = []
    var comment: [UInt8] = []
    /// The line goes on inside a string, so that nothing can end it sooner.
    var endsInString = false
  }

  /// Where a group stands in what is written.
  struct Extent {
    /// The indentation of the line that its opening bracket stands on.
    var indent = 0
    var line = 0
    /// Columns of the opening bracket, and of the closing one if that stands on the same line.
    var start = 0
    var end: Int?
  }

  let layout: Layout
  let bytes: [UInt8]
  private(set) var lines: [Line] = []
  private(set) var extents: [Extent]
  /// The indentation that the line being written was begun with.
  private var indent = 0
  /// Nothing stands yet behind the bracket that was opened last.
  private var isAtStart = true

  init(layout: Layout, bytes: [UInt8]) {
    self.layout = layout
    self.bytes = bytes
    extents = Array(repeating: Extent(), count: layout.groups.count)
  }

  mutating func write() {
    for index in layout.pieces.indices {
      let piece = layout.pieces[index]
      let place = layout.places[index]
      let ends = layout.endsLine(before: index)
      let column = indentation(of: index)
      for comment in piece.comments {
        write(comment, place == .closer ? extents[layout.owner[index]].indent + step(index) : column, place)
      }
      if piece.kind == .end { break }
      if ends || lines.isEmpty {
        beginLine(column, isBlankBefore: piece.blankBefore && place != .inner && place != .closer)
      } else if index > 0 {
        if place == .statement { append([layout.pieces[index].separator]) }
        if place == .statement || Spacing.isSpaced(layout.pieces[index - 1], piece) { append([0x20]) }
      }
      if place == .closer { finish(layout.owner[index]) }
      if let group = layout.opened[index] { note(group) }
      if piece.isMultiline { writeMultiline(piece) } else { append(bytes[piece.start..<piece.end]) }
      isAtStart = layout.opened[index] != nil
    }
  }

  /// All lines, with comments at their ends in one column where they follow each other.
  var text: String {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count + bytes.count / 8)
    var column = 0
    for (index, line) in lines.enumerated() {
      result += line.code
      if !line.comment.isEmpty {
        if line.code.isEmpty || index == 0 || !isAligned(lines[index - 1], line) { column = commentColumn(from: index) }
        result += repeatElement(0x20, count: max(0, column - width(line.code)))
        result += line.comment
      }
      result.append(0x0A)
    }
    return String(decoding: result, as: UTF8.self)
  }

  // MARK: Lines

  private mutating func beginLine(_ column: Int, isBlankBefore: Bool) {
    if isBlankBefore, !isAtStart, !lines.isEmpty { lines.append(Line()) }
    lines.append(Line(code: Array(repeating: 0x20, count: column)))
    indent = column
    isAtStart = false
  }

  private mutating func append(_ text: some Sequence<UInt8>) {
    lines[lines.count - 1].code += text
  }

  private mutating func write(_ comment: Piece.Comment, _ column: Int, _ place: Layout.Place) {
    let text = bytes[comment.start..<comment.end]
    if comment.isTrailing, !lines.isEmpty {
      if !lines[lines.count - 1].comment.isEmpty { lines[lines.count - 1].comment.append(0x20) }
      lines[lines.count - 1].comment += text
    } else {
      beginLine(column, isBlankBefore: comment.blankBefore && place != .inner)
      append(text)
    }
  }

  // MARK: Indentation

  private func step(_ index: Int) -> Int { layout.groups[layout.owner[index]].kind == .file ? 0 : 2 }

  private func indentation(of index: Int) -> Int {
    let group = layout.groups[layout.owner[index]]
    let outer = extents[layout.owner[index]].indent
    switch layout.places[index] {
    case .closer: return outer
    case .first, .statement, .element: return outer + step(index)
    case .inner:
      let goesOn: Bool
      switch layout.pieces[index].kind {
      case .else, .catch, .finally: goesOn = true
      default: goesOn = group.kind == .parentheses || group.kind == .postfix
      }
      return outer + step(index) + (goesOn ? 0 : 2)
    }
  }

  private mutating func note(_ group: Int) {
    extents[group] = Extent(indent: indent, line: lines.count - 1, start: width(lines[lines.count - 1].code))
  }

  private mutating func finish(_ group: Int) {
    if extents[group].line == lines.count - 1 { extents[group].end = width(lines[lines.count - 1].code) }
  }

  // MARK: Strings of several lines

  /// Their lines move with the line that they begin on.
  private mutating func writeMultiline(_ piece: Piece) {
    let text = MultilineText(bytes: bytes, start: piece.start, end: piece.end)
    let moved = text.lines(movedBy: leadingBlanks(lines[lines.count - 1].code) - text.indentation)
    for (index, line) in moved.enumerated() {
      if index > 0 {
        lines[lines.count - 1].endsInString = true
        lines.append(Line())
      }
      append(line)
    }
  }

  private func leadingBlanks(_ code: [UInt8]) -> Int { code.prefix { $0 == 0x20 }.count }

  // MARK: Columns

  /// How many columns a line takes.
  func width(_ code: [UInt8]) -> Int { code.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) } }

  private func isAligned(_ before: Line, _ line: Line) -> Bool {
    let opens = before.code.last.map { [0x28, 0x5B, 0x7B].contains($0) } ?? true
    return !before.comment.isEmpty && !opens && leadingBlanks(before.code) == leadingBlanks(line.code)
  }

  private func commentColumn(from first: Int) -> Int {
    var column = width(lines[first].code)
    var index = first + 1
    while index < lines.count, !lines[index].comment.isEmpty, isAligned(lines[index - 1], lines[index]) {
      column = max(column, width(lines[index].code))
      index += 1
    }
    return column + 2
  }
}
