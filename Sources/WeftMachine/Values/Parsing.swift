#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif
extension Machine {
  /// The number of a text such as `42`, `-1_000` or, in another base, `ff`; base 0 goes by a prefix such as `0xff`.
  func parseInt(_ text: StringBlock, base: Int = 10) throws(Thrown) -> Value {
    try parseInt(text.buffer, base: base)
  }

  func parseInt(_ text: UnsafeBufferPointer<UInt8>, base: Int = 10) throws(Thrown) -> Value {
    var bytes = Machine.trimmed(text)
    var isNegative = false
    if let first = bytes.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
      isNegative = first == UInt8(ascii: "-")
      bytes = UnsafeBufferPointer(rebasing: bytes.dropFirst())
    }
    var base = base
    if bytes.count > 2, bytes[0] == UInt8(ascii: "0") {
      let prefix: Int =
        switch bytes[1] | 0x20 {
        case UInt8(ascii: "x"): 16
        case UInt8(ascii: "b"): 2
        case UInt8(ascii: "o"): 8
        default: 0
        }
      if prefix != 0, base == 0 || base == prefix {
        base = prefix
        bytes = UnsafeBufferPointer(rebasing: bytes.dropFirst(2))
      }
    }
    if base == 0 { base = 10 }
    try checkDigits(bytes, base: base)
    var small: Int64 = 0
    var large: BigUInt?
    var chunk: UInt64 = 0
    var scale: UInt64 = 1
    var wasDigit = false
    for byte in bytes {
      if byte == UInt8(ascii: "_"), wasDigit {
        wasDigit = false
        continue
      }
      guard let digit = Machine.digit(byte), digit < base else { throw notANumber(text, "Int") }
      wasDigit = true
      if large == nil {
        let (product, overflow) = small.multipliedReportingOverflow(by: Int64(base))
        let (sum, overflow2) = product.addingReportingOverflow(Int64(digit))
        if !overflow, !overflow2 {
          small = sum
          continue
        }
        large = BigUInt(UInt(small))
      }
      chunk = chunk * UInt64(base) + UInt64(digit)
      scale *= UInt64(base)
      if scale > 1 << 58 {
        large?.multiply(by: UInt(scale), adding: UInt(chunk))
        chunk = 0
        scale = 1
        if let bits = large?.bitWidth { try checkBits(bits) }
      }
    }
    if !wasDigit { throw notANumber(text, "Int") }
    guard var magnitude = large else { return Value(isNegative ? -small : small) }
    magnitude.multiply(by: UInt(scale), adding: UInt(chunk))
    return try makeInt(BigInt(sign: isNegative ? .minus : .plus, magnitude: magnitude))
  }

  /// A bound on the size of a number before any quadratic work: each digit after the first adds log2(base) bits.
  private func checkDigits(_ bytes: UnsafeBufferPointer<UInt8>, base: Int) throws(Thrown) {
    if bytes.count < 1 << 16 { return }
    let significant = bytes.drop { $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: "_") }
    let digits = significant.reduce(into: 0) { count, byte in count += byte == UInt8(ascii: "_") ? 0 : 1 }
    let bitsInSixteen = Int((log2(Double(max(2, base))) * 16).rounded(.down))
    try checkBits((digits - 1) / 16 * bitsInSixteen)
    try charge(work: digits / 19 * (digits / 19))
  }

  /// The value of a digit in bases up to 36.
  static func digit(_ byte: UInt8) -> Int? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(byte - UInt8(ascii: "a")) + 10
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(byte - UInt8(ascii: "A")) + 10
    default: nil
    }
  }

  func parseFloat(_ text: StringBlock) throws(Thrown) -> Value {
    guard let value = Machine.parsedFloat(Machine.trimmed(text.buffer)) else { throw notANumber(text.buffer, "Float") }
    return Value(value)
  }

  private static func parsedFloat(_ bytes: UnsafeBufferPointer<UInt8>) -> Double? {
    if bytes.count > 1 << 16 { return nil }
    var plain: [UInt8] = []
    var wasDigit = false
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "_"):
        if !wasDigit { return nil }
        wasDigit = false
        continue
      case UInt8(ascii: "0")...UInt8(ascii: "9"): wasDigit = true
      case UInt8(ascii: "x"), UInt8(ascii: "X"), UInt8(ascii: "("), 0: return nil
      default: wasDigit = false
      }
      plain.append(byte)
    }
    if bytes.last == UInt8(ascii: "_") { return nil }
    return Double(String(decoding: plain, as: UTF8.self))
  }

  /// `250ms`, `1.5s`, `2m`: what a literal may be.
  func parseDuration(_ text: StringBlock) throws(Thrown) -> Value {
    let bytes = Machine.trimmed(text.buffer)
    let unitStart = bytes.lastIndex { !(UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }.map { $0 + 1 } ?? 0
    let scale: Int64
    switch String(decoding: bytes[unitStart...], as: UTF8.self) {
    case "ns": scale = 1
    case "us": scale = 1000
    case "ms": scale = 1_000_000
    case "s": scale = 1_000_000_000
    case "m": scale = 60_000_000_000
    case "h": scale = 3_600_000_000_000
    case "d": scale = 86_400_000_000_000
    default: throw notADuration(text)
    }
    let number = UnsafeBufferPointer(rebasing: bytes[..<unitStart])
    if number.isEmpty || number.count > 400 { throw notADuration(text) }
    if number.allSatisfy({ $0 != UInt8(ascii: "_") }), let whole = Int64(String(decoding: number, as: UTF8.self)) {
      return try arithmetic(.multiply, Value(whole), .duration(scale))
    }
    guard let value = Machine.parsedFloat(number) else { throw notADuration(text) }
    return try arithmetic(.multiply, Value(value), .duration(scale))
  }

  private func notADuration(_ text: StringBlock) -> Thrown {
    raise(
      .valueError, "`\(Machine.excerpt(text))` is not a Duration", hint: "write a number with a unit, such as `1.5s`")
  }

  private func notANumber(_ text: UnsafeBufferPointer<UInt8>, _ type: String) -> Thrown {
    raise(.valueError, "`\(Machine.excerpt(text))` is not \(type == "Int" ? "an Int" : "a Float")")
  }

  /// The beginning of a text, for messages.
  static func excerpt(_ text: StringBlock) -> String { excerpt(text.buffer) }

  static func excerpt(_ text: UnsafeBufferPointer<UInt8>) -> String {
    let most = 60
    if text.count <= most { return String(decoding: text, as: UTF8.self) }
    var end = most
    while end > 0, text[end] & 0xC0 == 0x80 { end -= 1 }
    return String(decoding: UnsafeBufferPointer(rebasing: text[..<end]), as: UTF8.self) + "…"
  }

  static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) }

  /// Without white space at both ends.
  static func trimmed(_ bytes: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    var start = 0
    var end = bytes.count
    while start < end, isSpace(bytes[start]) { start += 1 }
    while end > start, isSpace(bytes[end - 1]) { end -= 1 }
    return UnsafeBufferPointer(rebasing: bytes[start..<end])
  }
}
