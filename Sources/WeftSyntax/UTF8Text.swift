extension SourceFile {
  /// The offset of the first byte that is not part of valid UTF-8, or nil.
  public var firstInvalidByte: Int? {
    var offset = 0
    while offset < bytes.count {
      if bytes[offset] < 0x80 {
        offset = UTF8Text.endOfASCII(in: bytes, from: offset + 1)
      } else if let (_, length) = UTF8Text.scalar(in: bytes, at: offset) {
        offset += length
      } else {
        return offset
      }
    }
    return nil
  }
}

enum UTF8Text {
  /// Where the ASCII characters from `offset` on end, or a little before.
  static func endOfASCII(in bytes: [UInt8], from offset: Int) -> Int {
    bytes.withUnsafeBytes { raw in
      var offset = offset
      while offset + 8 <= raw.count,
        raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
      {
        offset += 8
      }
      return offset
    }
  }

  /// The scalar that begins at `offset` and its length in bytes; nil if the bytes there are not valid UTF-8.
  static func scalar(in bytes: [UInt8], at offset: Int) -> (Unicode.Scalar, Int)? {
    let first = bytes[offset]
    let length: Int
    var value: UInt32
    switch first {
    case 0x00...0x7F: return (Unicode.Scalar(first), 1)
    case 0xC2...0xDF: (length, value) = (2, UInt32(first & 0x1F))
    case 0xE0...0xEF: (length, value) = (3, UInt32(first & 0x0F))
    case 0xF0...0xF4: (length, value) = (4, UInt32(first & 0x07))
    default: return nil
    }
    guard offset + length <= bytes.count else { return nil }
    for byte in bytes[(offset + 1)..<(offset + length)] {
      guard byte & 0xC0 == 0x80 else { return nil }
      value = value << 6 | UInt32(byte & 0x3F)
    }
    // Overlong forms would give one text two spellings.
    guard length != 3 || value >= 0x800, length != 4 || value >= 0x10000 else { return nil }
    guard let scalar = Unicode.Scalar(value) else { return nil }
    return (scalar, length)
  }

  /// How many columns of a terminal a scalar takes. A table of the common ranges is enough to place a caret.
  static func width(of scalar: Unicode.Scalar) -> Int {
    let value = scalar.value
    if value < 0x300 { return value < 0x20 || (0x7F..<0xA0).contains(value) ? 0 : 1 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: break
    }
    switch value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
      0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
      return 2
    default:
      return scalar.properties.isEmojiPresentation ? 2 : 1
    }
  }
}
