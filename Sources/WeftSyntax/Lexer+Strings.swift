extension Lexer {
  mutating func openString() {
    let start = offset
    let isMultiline = byte(1) == 0x22 && byte(2) == 0x22
    offset += isMultiline ? 3 : 1
    if isMultiline { flags.insert(.multiline) } else { oneLineFrames += 1 }
    emit(.stringStart, from: start)
    frames.append(StringFrame(isMultiline: isMultiline, start: start))
    inText = true
  }

  /// Reads text up to the next interpolation or the end of the innermost string.
  mutating func lexText() {
    guard let frame = frames.last else {
      inText = false
      return
    }
    let start = offset
    var escaped = false
    while offset < bytes.count {
      let byte = bytes[offset]
      if byte == 0x22 {
        if !frame.isMultiline { return endString(textFrom: start, escaped: escaped, length: 1) }
        if self.byte(1) == 0x22, self.byte(2) == 0x22 {
          return endString(textFrom: start, escaped: escaped, length: 3)
        }
        offset += 1
      } else if byte == 0x5C {
        if self.byte(1) == 0x28 {
          emitText(from: start, escaped: escaped)
          let opening = offset
          offset += 2
          emit(.interpolationStart, from: opening)
          frames[frames.count - 1].parentheses = 0
          frames[frames.count - 1].otherBrackets = 0
          inText = false
          return
        }
        escaped = true
        checkEscape()
      } else if byte == 0x0A, oneLineFrames > 0 {
        emitText(from: start, escaped: escaped)
        return breakString(nil)
      } else {
        offset += 1
      }
    }
    emitText(from: start, escaped: escaped)
    breakString(nil)
  }

  private mutating func emitText(from start: Int, escaped: Bool) {
    guard offset > start else { return }
    if escaped { flags.insert(.escaped) }
    emit(.stringText, from: start)
  }

  private mutating func endString(textFrom start: Int, escaped: Bool, length: Int) {
    emitText(from: start, escaped: escaped)
    let quotes = offset
    offset += length
    emit(.stringEnd, from: quotes)
    popFrame()
    inText = false
  }

  private mutating func popFrame() {
    if let frame = frames.popLast(), !frame.isMultiline { oneLineFrames -= 1 }
  }

  /// Steps over the escape at `offset`, reporting one that means nothing. `TextDecoder` works it out later.
  private mutating func checkEscape() {
    let start = offset
    let letter = byte(1)
    switch letter {
    case UInt8(ascii: "n"), UInt8(ascii: "t"), UInt8(ascii: "r"), UInt8(ascii: "0"), UInt8(ascii: "\""),
      UInt8(ascii: "\\"):
      offset += 2
    case UInt8(ascii: "u"):
      let (scalar, end) = TextDecoder.unicodeEscape(in: bytes, at: offset)
      offset = end
      if scalar == nil {
        report(
          Code.invalidEscape, "`\(text(start, end))` is not a Unicode scalar", start, end,
          hint: "write 1 to 8 hexadecimal digits in braces, as in `\\u{1F600}`")
      }
    default:
      offset += 1
      if offset < bytes.count, bytes[offset] != 0x0A {
        offset += 1
        while offset < bytes.count, bytes[offset] & 0xC0 == 0x80 { offset += 1 }
      }
      let hint: String
      switch letter {
      case UInt8(ascii: "x"): hint = "write `\\u{41}` for a character by its code"
      case UInt8(ascii: "'"), UInt8(ascii: "$"), UInt8(ascii: "{"), UInt8(ascii: "%"):
        hint = "this character needs no backslash"
      default: hint = "the escapes are `\\n \\t \\r \\0 \\\" \\\\ \\u{…} \\(…)`; a backslash itself is `\\\\`"
      }
      report(Code.invalidEscape, "unknown escape `\(text(start, offset))`", start, offset, hint: hint)
    }
  }

  mutating func lexFormatSpec() {
    let start = offset
    while offset < bytes.count {
      switch bytes[offset] {
      case 0x29, 0x28, 0x22, 0x0A: return emit(.formatSpec, from: start)
      default: offset += 1
      }
    }
    emit(.formatSpec, from: start)
  }

  /// The innermost string cannot go on: a newline, a comment or the end of the file stands where it may not. Reports it
  /// once, and closes every string that it breaks.
  mutating func breakString(_ inInterpolation: String?) {
    let broken = frames.firstIndex { !$0.isMultiline } ?? 0
    guard broken < frames.count else {
      inText = false
      return
    }
    let start = frames[broken].start
    if frames[broken].isMultiline {
      list.endProblems += 1
      list.endsInString = true
      report(
        Code.unterminatedString, "this string is never closed", start, start + 3, hint: "close it with `\"\"\"`")
    } else if let what = inInterpolation, offset < bytes.count {
      report(
        Code.interpolation, "\(what) cannot stand inside `\\( )` of a one-line string", offset, offset + 1,
        hint: "work the value out before, or use a `\"\"\"` string")
    } else {
      var end = start
      while end < bytes.count, bytes[end] != 0x0A { end += 1 }
      if end > start + 1, bytes[end - 1] == 0x0D { end -= 1 }
      report(
        Code.unterminatedString, "this string is never closed", start, end, caret: "no closing `\"` on this line",
        hint: "text of several lines stands between `\"\"\"`")
    }
    // A comment in the way belongs to the broken line.
    while offset < bytes.count, bytes[offset] != 0x0A { offset += 1 }
    closeStrings(downTo: broken)
  }

  /// Emits the tokens that the parser needs to leave every open string from the innermost out.
  mutating func closeStrings(downTo count: Int) {
    while frames.count > count {
      if !inText {
        flags.insert(.madeUp)
        emit(.interpolationEnd, from: offset)
      }
      flags.insert(.madeUp)
      emit(.stringEnd, from: offset)
      popFrame()
      inText = false
    }
  }
}
