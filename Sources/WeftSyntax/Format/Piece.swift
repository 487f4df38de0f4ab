/// What the formatter moves about: a token, or a whole string with all that is in it.
struct Piece {
  struct Comment {
    let start: Int
    let end: Int
    /// It stands behind code on the same line.
    let isTrailing: Bool
    let blankBefore: Bool
  }

  /// `stringStart` for a string.
  let kind: TokenKind
  var marks: TokenMarks
  let start: Int
  let end: Int
  /// What stands between it and the piece before.
  var comments: [Comment] = []
  var newlineBefore: Bool
  /// There is a blank line right before it.
  var blankBefore: Bool
  /// A word behind `.` or `?.`, which is a name whatever it is elsewhere.
  var isMember = false
  /// A string that goes over several lines.
  var isMultiline = false
  /// What separates it from the statement before if both stand on one line.
  var separator = UInt8(ascii: ";")

  /// A separator that stands on a line of its own.
  fileprivate var asStatement: Piece {
    var result = self
    result.marks.insert(.statement)
    return result
  }
}

/// Makes pieces of tokens and of what stands between them.
struct PieceReader {
  private let source: SourceFile
  private let tokens: [Token]
  private let marks: [TokenMarks]
  private var pieces: [Piece] = []

  init(source: SourceFile, tokens: [Token], marks: [TokenMarks]) {
    self.source = source
    self.tokens = tokens
    self.marks = marks
    pieces.reserveCapacity(tokens.count)
  }

  mutating func read() -> [Piece] {
    var index = 0
    var previousEnd = source.bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    while index < tokens.count {
      let first = index
      if tokens[index].kind == .stringStart { index = endOfString(from: index) }
      let (start, end) = (Int(tokens[first].start), Int(tokens[index].end))
      var piece = Piece(
        kind: tokens[first].kind, marks: marks[first], start: start, end: end, newlineBefore: first == 0,
        blankBefore: false)
      readGap(previousEnd, start, into: &piece)
      piece.isMember = pieces.last.map { $0.kind == .dot || $0.kind == .questionDot } ?? false
      piece.isMultiline = first != index && source.bytes[start..<end].contains(0x0A)
      pieces.append(piece)
      previousEnd = end
      index += 1
    }
    return withoutSeparators()
  }

  private func endOfString(from start: Int) -> Int {
    var index = start
    var open = 0
    while true {
      if tokens[index].kind == .stringStart { open += 1 }
      if tokens[index].kind == .stringEnd { open -= 1 }
      if open == 0 { return index }
      index += 1
    }
  }

  /// Only blanks, line ends and comments stand between two tokens.
  private func readGap(_ start: Int, _ end: Int, into piece: inout Piece) {
    let bytes = source.bytes
    var offset = start
    // The beginning of the file is the beginning of a line.
    var lineEnds = start <= 3 && pieces.isEmpty ? 1 : 0
    while offset < end {
      if bytes[offset] == 0x0A {
        lineEnds += 1
        piece.newlineBefore = true
      } else if bytes[offset] == 0x23 {
        let comment = offset
        while offset < end, bytes[offset] != 0x0A { offset += 1 }
        var textEnd = offset
        while textEnd > comment, [0x20, 0x09, 0x0D].contains(bytes[textEnd - 1]) { textEnd -= 1 }
        piece.comments.append(
          Piece.Comment(start: comment, end: textEnd, isTrailing: lineEnds == 0, blankBefore: lineEnds > 1))
        lineEnds = 0
        continue
      }
      offset += 1
    }
    piece.blankBefore = lineEnds > 1
  }

  /// Takes out the `;` and `,` between statements, of which the writer makes its own, and moves comments from before any
  /// other comma behind it.
  private func withoutSeparators() -> [Piece] {
    var result: [Piece] = []
    result.reserveCapacity(pieces.count)
    var passedOn: Piece?
    for (index, original) in pieces.enumerated() {
      var piece = original
      if let before = passedOn {
        piece.comments = before.comments + piece.comments
        piece.newlineBefore = piece.newlineBefore || before.newlineBefore
        piece.blankBefore = piece.blankBefore || (before.blankBefore && piece.comments.isEmpty)
        if before.kind == .comma { piece.separator = UInt8(ascii: ",") }
        passedOn = nil
      }
      if piece.kind == .semicolon || (piece.kind == .comma && separatesChildren(index)) {
        if piece.comments.contains(where: { !$0.isTrailing }) {
          // Without it a `##` comment above could become documentation of what follows.
          result.append(piece.asStatement)
        } else {
          passedOn = piece
        }
      } else if piece.kind == .comma, !piece.comments.isEmpty {
        passedOn = Piece(
          kind: .name, marks: [], start: 0, end: 0, comments: piece.comments, newlineBefore: true, blankBefore: false)
        piece.comments = []
        piece.newlineBefore = false
        result.append(piece)
      } else {
        result.append(piece)
      }
    }
    return result
  }

  /// Whether the comma at `index` stands between the children of a `gather`: a child or the closing brace follows.
  private func separatesChildren(_ index: Int) -> Bool {
    var next = index + 1
    while pieces[next].kind == .comma || pieces[next].kind == .semicolon { next += 1 }
    return pieces[next].marks.contains(.statement) || (pieces[next].kind == .rightBrace && isBlockEnd(next))
  }

  private func isBlockEnd(_ closer: Int) -> Bool {
    var depth = 0
    for index in stride(from: closer, through: 0, by: -1) {
      switch pieces[index].kind {
      case .rightParen, .rightBracket, .rightBrace: depth += 1
      case .leftParen, .leftBracket, .leftBrace:
        depth -= 1
        if depth == 0 { return pieces[index].marks.contains(.block) }
      default: break
      }
    }
    return false
  }
}
