extension Lexer {
  mutating func lexOperator(_ first: UInt8) {
    let second = byte(1)
    let third = byte(2)
    switch first {
    case UInt8(ascii: "."):
      if second == 0x2E, third == 0x3C { return take(.rangeHalfOpen, 3) }
      if second == 0x2E, third == 0x2E { return take(.rangeClosed, 3) }
      if second == 0x2E {
        return foreignOperator(2, as: .rangeHalfOpen, "`..` is not an operator", "ranges are written `..<` or `...`")
      }
      take(.dot, 1)
    case UInt8(ascii: ","): take(.comma, 1)
    case UInt8(ascii: ";"): take(.semicolon, 1)
    case UInt8(ascii: "="):
      if second == 0x3D, third == 0x3D {
        return foreignOperator(3, as: .equal, "`===` is not an operator", "equality is `==`, and it is deep")
      }
      if second == 0x3D { return take(.equal, 2) }
      if second == 0x3E { return take(.arrow, 2) }
      take(.assign, 1)
    case UInt8(ascii: "!"):
      if second == 0x3D, third == 0x3D {
        return foreignOperator(3, as: .notEqual, "`!==` is not an operator", "inequality is `!=`, and it is deep")
      }
      if second == 0x3D { return take(.notEqual, 2) }
      foreignOperator(1, as: .not, "`!` is not an operator", "write `not`")
    case UInt8(ascii: "<"):
      if second == 0x3E { return foreignOperator(2, as: .notEqual, "`<>` is not an operator", "write `!=`") }
      if second == 0x3D { return take(.lessOrEqual, 2) }
      take(.less, 1)
    case UInt8(ascii: ">"):
      if second == 0x3D { return take(.greaterOrEqual, 2) }
      take(.greater, 1)
    case UInt8(ascii: "?"):
      if second == 0x3F { return take(.coalesce, 2) }
      if second == 0x2E { return take(.questionDot, 2) }
      take(.question, 1)
    case UInt8(ascii: "&"):
      if second == 0x26 { return foreignOperator(2, as: .and, "`&&` is not an operator", "write `and`") }
      unexpected()
    case UInt8(ascii: "|"):
      if second == 0x7C { return foreignOperator(2, as: .or, "`||` is not an operator", "write `or`") }
      unexpected()
    case UInt8(ascii: "'"): lexSingleQuoted()
    default: lexArithmetic(first, second, third)
    }
  }

  private mutating func lexArithmetic(_ first: UInt8, _ second: UInt8, _ third: UInt8) {
    switch first {
    case UInt8(ascii: "+"):
      if second == 0x3D { return take(.plusAssign, 2) }
      if second == 0x2B, endsOperand { return increment("+=") }
      take(.plus, 1)
    case UInt8(ascii: "-"):
      if second == 0x3D { return take(.minusAssign, 2) }
      if second == 0x3E { return foreignOperator(2, as: .arrow, "`->` is not an operator", "write `=>`") }
      if second == 0x2D, endsOperand, !Lexer.isWordByte(third), third != 0x28 { return increment("-=") }
      take(.minus, 1)
    case UInt8(ascii: "*"):
      if second == 0x2A, third == 0x3D { return take(.powerAssign, 3) }
      if second == 0x2A { return take(.power, 2) }
      if second == 0x3D { return take(.starAssign, 2) }
      take(.star, 1)
    case UInt8(ascii: "/"):
      if second == 0x2F, third == 0x3D { return take(.floorAssign, 3) }
      if second == 0x2F { return take(.floorSlash, 2) }
      if second == 0x3D { return take(.slashAssign, 2) }
      take(.slash, 1)
    case UInt8(ascii: "%"):
      if second == 0x3D { return take(.percentAssign, 2) }
      take(.percent, 1)
    default: unexpected()
    }
  }

  mutating func foreignOperator(_ length: Int, as kind: TokenKind, _ message: String, _ hint: String) {
    report(Code.foreignWord, message, offset, offset + length, hint: hint)
    take(kind, length)
  }

  /// Whether the last token can end an operand, so that `x++` is not read as `x + (+ …`.
  private var endsOperand: Bool {
    guard let last = list.tokens.last, Int(last.end) == offset else { return false }
    return last.kind == .name || last.kind == .rightBracket || last.kind == .rightParen
  }

  private mutating func increment(_ assignment: String) {
    let sign = assignment.prefix(1)
    report(
      Code.foreignWord, "`\(sign)\(sign)` is not an operator", offset, offset + 2, hint: "write `\(assignment) 1`")
    offset += 2
  }

  private mutating func unexpected() {
    let character = bytes[offset]
    let hint: String?
    switch character {
    case UInt8(ascii: "`"): hint = "strings stand between `\"`"
    case UInt8(ascii: "$"): hint = "a string takes a value in as `\\(value)`"
    case UInt8(ascii: "@"): hint = "there are no decorators; a block around a call changes how it runs"
    case UInt8(ascii: "\\"):
      hint = "a line goes on after an operator, inside brackets, or where the next one begins with `.`"
    default: hint = nil
    }
    let shown =
      character < 0x20 || character == 0x7F
      ? "U+00" + (character < 0x10 ? "0" : "") + String(character, radix: 16, uppercase: true)
      : "`\(Unicode.Scalar(character))`"
    report(Code.unexpectedCharacter, "unexpected character \(shown)", offset, offset + 1, hint: hint)
    offset += 1
    flags.insert(.damaged)
  }

  /// `'text'`: one problem for the whole of it, so that its words are not taken for code.
  private mutating func lexSingleQuoted() {
    let start = offset
    var end = offset + 1
    while end < bytes.count, bytes[end] != 0x0A, bytes[end] != 0x27 {
      // What closes an interpolation around it must stay.
      if oneLineFrames > 0, bytes[end] == 0x22 || bytes[end] == 0x29 { break }
      end += bytes[end] == 0x5C && end + 1 < bytes.count && bytes[end + 1] != 0x0A ? 2 : 1
    }
    if end < bytes.count, bytes[end] == 0x27 { end += 1 }
    offset = min(end, bytes.count)
    report(
      Code.foreignWord, "strings stand between double quotes", start, offset,
      hint: "write `\"…\"` in place of `'…'`")
    emit(.invalidLiteral, from: start)
  }
}
