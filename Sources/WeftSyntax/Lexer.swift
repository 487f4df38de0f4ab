/// Turns the bytes of a file into tokens. It never stops at a problem: each is reported, and a token that the parser can
/// take stands in its place.
struct Lexer {
  /// A string that is open, together with the brackets open in the interpolation that is being read.
  struct StringFrame {
    let isMultiline: Bool
    let start: Int
    var parentheses = 0
    var otherBrackets = 0
  }

  let bytes: [UInt8]
  var offset = 0
  var list = TokenList()
  var frames: [StringFrame] = []
  /// How many of `frames` are one-line strings: inside one of them a newline ends it all.
  var oneLineFrames = 0
  /// Whether `offset` is in the text of the innermost string, not in code.
  var inText = false
  var flags: Token.Flags = .newlineBefore

  init(_ source: SourceFile) {
    bytes = source.bytes
    // Dense code has a token for less than three bytes, and room that stays empty is never touched. But a file of
    // gigabytes may be all comment.
    list.tokens.reserveCapacity(min(bytes.count / 2, 4 << 20) + 16)
  }

  static func tokens(of source: SourceFile) -> TokenList {
    var lexer = Lexer(source)
    if let bad = source.firstInvalidByte {
      lexer.report(
        Code.invalidUTF8, "the file is not valid UTF-8", bad, bad + 1, caret: "this byte",
        hint: "save the file as UTF-8")
    }
    lexer.run()
    return lexer.list
  }

  private mutating func run() {
    if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { offset = 3 }
    while true {
      if inText {
        lexText()
      } else {
        skipTrivia()
        guard offset < bytes.count else { break }
        lexToken()
      }
      if offset >= bytes.count, !inText { break }
    }
    while !frames.isEmpty { breakString(nil) }
    flags.insert(.newlineBefore)
    emit(.end, from: bytes.count)
  }

  // MARK: Shared by the other parts

  @inline(__always)
  func byte(_ ahead: Int = 0) -> UInt8 {
    let place = offset + ahead
    return place < bytes.count ? bytes[place] : 0
  }

  mutating func emit(_ kind: TokenKind, from start: Int, value: Int32 = 0) {
    list.tokens.append(
      Token(
        kind: kind, flags: flags, start: Int32(truncatingIfNeeded: start), end: Int32(truncatingIfNeeded: offset),
        value: value))
    flags = []
  }

  mutating func emit(_ literal: Literal, from start: Int) {
    list.literals.append(literal)
    emit(.literal, from: start, value: Int32(list.literals.count - 1))
  }

  mutating func report(
    _ code: String, _ message: String, _ start: Int, _ end: Int, caret: String? = nil, hint: String? = nil
  ) {
    list.diagnostics.append(Diagnostic(.error, code, message, at: Span(start, end), caret: caret, hint: hint))
  }

  func text(_ start: Int, _ end: Int) -> String { String(decoding: bytes[start..<end], as: UTF8.self) }

  // MARK: Trivia

  private mutating func skipTrivia() {
    while offset < bytes.count {
      switch bytes[offset] {
      case 0x20, 0x09, 0x0D: offset += 1
      case 0x0A:
        if oneLineFrames > 0 {
          breakString("a newline")
          continue
        }
        flags.insert(.newlineBefore)
        offset += 1
      case 0x23:
        if oneLineFrames > 0 {
          breakString("a comment")
          continue
        }
        if byte(1) == 0x23 { flags.insert(.documented) }
        while offset < bytes.count, bytes[offset] != 0x0A { offset += 1 }
      default: return
      }
    }
  }

  // MARK: Tokens

  private mutating func lexToken() {
    let start = offset
    let first = bytes[offset]
    switch first {
    case 0x61...0x7A, 0x41...0x5A, 0x5F: lexWord()
    case 0x30...0x39: lexNumber()
    case 0x22: openString()
    case 0x28:
      if !frames.isEmpty { frames[frames.count - 1].parentheses += 1 }
      take(.leftParen, 1)
    case 0x29: closeParenthesis()
    case 0x5B, 0x7B:
      if !frames.isEmpty { frames[frames.count - 1].otherBrackets += 1 }
      take(first == 0x5B ? .leftBracket : .leftBrace, 1)
    case 0x5D, 0x7D:
      if !frames.isEmpty { frames[frames.count - 1].otherBrackets -= 1 }
      take(first == 0x5D ? .rightBracket : .rightBrace, 1)
    case 0x3A:
      if let frame = frames.last, frame.parentheses == 0, frame.otherBrackets <= 0 {
        lexFormatSpec()
      } else if byte(1) == 0x3D {
        foreignOperator(2, as: .assign, "`:=` is not an operator", "write `let x = …`")
      } else {
        take(.colon, 1)
      }
    case 0x80...: lexNonASCII(start)
    default: lexOperator(first)
    }
  }

  mutating func take(_ kind: TokenKind, _ length: Int) {
    let start = offset
    offset += length
    emit(kind, from: start)
  }

  private mutating func closeParenthesis() {
    guard let frame = frames.last else { return take(.rightParen, 1) }
    if frame.parentheses > 0 {
      frames[frames.count - 1].parentheses -= 1
      take(.rightParen, 1)
    } else {
      take(.interpolationEnd, 1)
      inText = true
    }
  }

  private mutating func lexWord() {
    let start = offset
    var hash = NameTable.hashStart
    while offset < bytes.count {
      let byte = bytes[offset]
      if byte < 0x80 {
        guard Lexer.isWordByte(byte) else { break }
        hash = NameTable.mix(hash, byte)
        offset += 1
      } else {
        guard let (scalar, length) = UTF8Text.scalar(in: bytes, at: offset), scalar.properties.isAlphabetic else {
          break
        }
        for byte in bytes[offset..<(offset + length)] { hash = NameTable.mix(hash, byte) }
        offset += length
      }
    }
    let id = list.names.id(bytes, start, offset, hash: hash)
    if byte() == 0x22, id >= Word.f.rawValue, id <= Word.u.rawValue {
      report(
        Code.foreignWord, "strings take no prefix", start, offset, caret: "remove this",
        hint: "every string can hold `\\(value)`")
      return
    }
    emit(TokenKind(rawValue: UInt8(min(id, Int32(TokenKind.name.rawValue)))) ?? .name, from: start, value: id)
  }

  static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x61...0x7A, 0x41...0x5A, 0x30...0x39, 0x5F: true
    default: false
    }
  }

  private mutating func lexNonASCII(_ start: Int) {
    guard let (scalar, length) = UTF8Text.scalar(in: bytes, at: offset) else {
      // Reported once for the whole file.
      offset += 1
      return
    }
    if scalar.properties.isAlphabetic { return lexWord() }
    offset += length
    let number = String(scalar.value, radix: 16, uppercase: true)
    let code = "U+" + String(repeating: "0", count: max(0, 4 - number.count)) + number
    let hint: String?
    switch scalar.value {
    case 0x201C, 0x201D, 0x201E, 0x2018, 0x2019: hint = "strings stand between plain quotes, `\"`"
    case 0x00A0, 0x2000...0x200F, 0x2028...0x202F, 0x2060...0x2069, 0xFEFF:
      hint = "it cannot be seen; remove it or use a plain space"
    case 0x2013, 0x2212: hint = "the minus sign is `-`"
    case 0x00D7: hint = "multiplication is `*`"
    case 0x2026: hint = "ranges are written `...` or `..<`"
    case 0x2264: hint = "write `<=`"
    case 0x2265: hint = "write `>=`"
    case 0x2260: hint = "write `!=`"
    case 0x2192, 0x21D2: hint = "write `=>`"
    default: hint = nil
    }
    let shown = UTF8Text.width(of: scalar) == 0 ? code : "`\(scalar)` (\(code))"
    report(Code.unexpectedCharacter, "unexpected character \(shown)", start, offset, hint: hint)
    flags.insert(.damaged)
  }
}
