/// Turns the raw bytes between quotes into text. The lexer has reported bad escapes; here they stand for themselves.
enum TextDecoder {
  static func decode(_ bytes: [UInt8], _ start: Int, _ end: Int, escaped: Bool) -> String {
    guard escaped else { return String(decoding: bytes[start..<end], as: UTF8.self) }
    var result: [UInt8] = []
    result.reserveCapacity(end - start)
    appendDecoded(bytes, start, end, to: &result)
    return String(decoding: result, as: UTF8.self)
  }

  static func appendDecoded(_ bytes: [UInt8], _ start: Int, _ end: Int, to result: inout [UInt8]) {
    var offset = start
    while offset < end {
      let byte = bytes[offset]
      guard byte == 0x5C, offset + 1 < end else {
        result.append(byte)
        offset += 1
        continue
      }
      switch bytes[offset + 1] {
      case UInt8(ascii: "n"): result.append(0x0A)
      case UInt8(ascii: "t"): result.append(0x09)
      case UInt8(ascii: "r"): result.append(0x0D)
      case UInt8(ascii: "0"): result.append(0x00)
      case UInt8(ascii: "u"):
        let (scalar, next) = unicodeEscape(in: bytes, at: offset)
        if let scalar { result.append(contentsOf: String(Character(scalar)).utf8) }
        offset = max(next, offset + 1)
        continue
      default: result.append(bytes[offset + 1])
      }
      offset += 2
    }
  }

  /// Reads `\u{…}` at `offset`: the scalar, if it is one, and where the escape ends.
  static func unicodeEscape(in bytes: [UInt8], at offset: Int) -> (Unicode.Scalar?, end: Int) {
    var end = offset + 2
    guard end < bytes.count, bytes[end] == 0x7B else { return (nil, min(end, bytes.count)) }
    end += 1
    var value: UInt32 = 0
    var digits = 0
    while end < bytes.count, let digit = hexadecimalDigit(bytes[end]) {
      digits += 1
      if digits <= 8 { value = value << 4 | UInt32(digit) }
      end += 1
    }
    guard end < bytes.count, bytes[end] == 0x7D else { return (nil, end) }
    return (digits > 0 && digits <= 8 ? Unicode.Scalar(value) : nil, end + 1)
  }

  static func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x41 + 10
    case 0x61...0x66: byte - 0x61 + 10
    default: nil
    }
  }
}
