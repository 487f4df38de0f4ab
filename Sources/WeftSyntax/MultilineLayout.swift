/// Works out the text of a `"""` string piece by piece, in order.
struct MultilineLayout {
  enum Problem {
    case noNewline(Span)
    case noClosingLine
    case indentation(Span)
  }

  private let bytes: [UInt8]
  /// The indentation of the closing quotes.
  private let indent: ArraySlice<UInt8>
  private var started = false
  /// The first one only: the others follow from it.
  var problem: Problem?

  init(bytes: [UInt8], closing: Int) {
    self.bytes = bytes
    var start = closing
    while start > 0, bytes[start - 1] != 0x0A { start -= 1 }
    var end = start
    while end < closing, bytes[end] == 0x20 || bytes[end] == 0x09 { end += 1 }
    indent = bytes[start..<end]
    if end < closing { problem = .noClosingLine }
  }

  /// An interpolation stands next, at `place`.
  mutating func interpolation(at place: Span) {
    if !started { problem = .noNewline(place) }
    started = true
  }

  mutating func text(_ token: Token, isFirst: Bool, isLast: Bool) -> String {
    var offset = Int(token.start)
    var end = Int(token.end)
    if isFirst {
      started = true
      var place = offset
      while place < end, bytes[place] == 0x20 || bytes[place] == 0x09 || bytes[place] == 0x0D { place += 1 }
      if place < end, bytes[place] == 0x0A {
        offset = place + 1
      } else {
        problem = .noNewline(Span(offset, min(end, offset + 1)))
      }
    }
    if isLast, case .noClosingLine? = problem {} else if isLast { end = withoutLastBreak(offset, end) }
    var result: [UInt8] = []
    var atLineStart = offset > 0 && bytes[offset - 1] == 0x0A
    while offset < end {
      if atLineStart { offset = skipIndentation(offset, end, isLast) }
      var lineEnd = offset
      while lineEnd < end, bytes[lineEnd] != 0x0A { lineEnd += 1 }
      var textEnd = lineEnd
      // A script means the same with the line ends of Windows.
      if lineEnd < end, textEnd > offset, bytes[textEnd - 1] == 0x0D { textEnd -= 1 }
      TextDecoder.appendDecoded(bytes, offset, textEnd, to: &result)
      if lineEnd < end { result.append(0x0A) }
      offset = lineEnd + 1
      atLineStart = true
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// The end of the text without the last line break and the closing quotes' indentation.
  private func withoutLastBreak(_ start: Int, _ end: Int) -> Int {
    var place = end - indent.count
    guard place > start, bytes[place - 1] == 0x0A else { return max(start, min(place, end)) }
    place -= 1
    if place > start, bytes[place - 1] == 0x0D { place -= 1 }
    return place
  }

  private mutating func skipIndentation(_ start: Int, _ end: Int, _ isLast: Bool) -> Int {
    var offset = start
    for byte in indent {
      guard offset < end, bytes[offset] == byte else { break }
      offset += 1
    }
    if offset - start < indent.count {
      let isBlank = offset >= end ? isLast : bytes[offset] == 0x0A || bytes[offset] == 0x0D
      if !isBlank, problem == nil { problem = .indentation(Span(start, max(start + 1, offset))) }
    }
    return offset
  }
}
