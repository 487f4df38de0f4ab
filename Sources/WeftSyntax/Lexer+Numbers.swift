extension Lexer {
  private static let units: [(name: String, nanoseconds: Int64)] = [
    ("ns", 1), ("us", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000), ("h", 3_600_000_000_000),
    ("d", 86_400_000_000_000),
  ]
  private static let sizes: [(name: String, bytes: Int64)] = [
    ("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("KiB", 1_024), ("MiB", 1_048_576),
    ("GiB", 1_073_741_824),
  ]
  /// What other tools call these units. (`M` alone could be minutes, millions or megabytes, so it is not guessed.)
  private static let foreignUnits: [String: String] = [
    "min": "m", "mins": "m", "minute": "m", "minutes": "m", "sec": "s", "secs": "s", "second": "s", "seconds": "s",
    "S": "s", "hr": "h", "hrs": "h", "hour": "h", "hours": "h", "H": "h", "day": "d", "days": "d", "D": "d",
    "msec": "ms", "msecs": "ms", "millis": "ms", "usec": "us", "micros": "us", "µs": "us", "μs": "us", "nsec": "ns",
    "nanos": "ns", "kb": "KB", "Kb": "KB", "kB": "KB", "K": "KB", "k": "KB", "mb": "MB", "Mb": "MB", "gb": "GB",
    "Gb": "GB", "G": "GB", "kib": "KiB", "mib": "MiB", "gib": "GiB", "Ki": "KiB", "Mi": "MiB", "Gi": "GiB",
  ]
  /// Longer literals are a mistake, and turning them into decimal digits takes time that grows with the square.
  private static let digitLimit = 10_000

  mutating func lexNumber() {
    let start = offset
    if bytes[offset] == 0x30 {
      switch byte(1) {
      case UInt8(ascii: "x"), UInt8(ascii: "X"): return lexRadix(16, "hexadecimal", start)
      case UInt8(ascii: "b"), UInt8(ascii: "B"): return lexRadix(2, "binary", start)
      case UInt8(ascii: "o"), UInt8(ascii: "O"):
        skipWordBytes()
        report(
          Code.malformedNumber, "there are no octal numbers", start, offset, hint: "write it in decimal or hexadecimal")
        return emit(.invalidLiteral, from: start)
      default: break
      }
    }
    skipDigits()
    var isWhole = true
    if byte() == 0x2E, (0x30...0x39).contains(byte(1)) {
      isWhole = false
      offset += 1
      skipDigits()
    }
    if byte() == 0x65 || byte() == 0x45, hasExponent {
      isWhole = false
      offset += 2
      skipDigits()
    }
    let digitsEnd = offset
    guard digitsEnd - start <= Lexer.digitLimit else {
      skipWordBytes()
      report(Code.numberRange, "a number literal has at most 10,000 digits", start, offset)
      return emit(.invalidLiteral, from: start)
    }
    if Lexer.isWordByte(byte()) || byte() >= 0x80 {
      let unitStart = offset
      skipWordBytes()
      if offset > unitStart { return lexUnit(start, digitsEnd) }
    }
    if byte() == 0x2F, let unit = rateUnit() { return lexRate(start, digitsEnd, unit) }
    if isWhole { emitWhole(start) } else { emitFloat(start, digitsEnd) }
  }

  private var hasExponent: Bool {
    let next = byte(1)
    if (0x30...0x39).contains(next) { return true }
    return (next == 0x2B || next == 0x2D) && (0x30...0x39).contains(byte(2))
  }

  private mutating func skipDigits() {
    while offset < bytes.count, (0x30...0x39).contains(bytes[offset]) || bytes[offset] == 0x5F { offset += 1 }
  }

  private mutating func skipWordBytes() {
    while offset < bytes.count {
      if Lexer.isWordByte(bytes[offset]) {
        offset += 1
      } else if bytes[offset] >= 0x80, let (scalar, length) = UTF8Text.scalar(in: bytes, at: offset),
        scalar.properties.isAlphabetic
      {
        offset += length
      } else {
        return
      }
    }
  }

  // MARK: Whole numbers and floats

  private mutating func emitWhole(_ start: Int) {
    var value: Int64 = 0
    for byte in bytes[start..<offset] where byte != 0x5F {
      let (product, tooLarge) = value.multipliedReportingOverflow(by: 10)
      let (sum, over) = product.addingReportingOverflow(Int64(byte - 0x30))
      if tooLarge || over {
        var digits = bytes[start..<offset].filter { $0 != 0x5F }
        digits.removeSubrange(0..<(digits.firstIndex { $0 != 0x30 } ?? 0))
        return emit(.bigInt(String(decoding: digits, as: UTF8.self)), from: start)
      }
      value = sum
    }
    emit(.int(value), from: start)
  }

  private mutating func emitFloat(_ start: Int, _ end: Int) {
    guard let value = float(start, end) else { return emit(.invalidLiteral, from: start) }
    emit(.float(value), from: start)
  }

  private mutating func float(_ start: Int, _ end: Int) -> Double? {
    let digits = String(decoding: bytes[start..<end].filter { $0 != 0x5F }, as: UTF8.self)
    guard let value = Double(digits), value.isFinite else {
      report(Code.numberRange, "this number is too large for a Float", start, end, caret: "at most about 1.8e308")
      return nil
    }
    return value
  }

  private mutating func lexRadix(_ radix: Int64, _ name: String, _ start: Int) {
    offset += 2
    let digitsStart = offset
    skipWordBytes()
    var limbs: [UInt64] = []
    var small: UInt64 = 0
    var isSmall = true
    var count = 0
    guard offset - digitsStart <= Lexer.digitLimit else {
      report(Code.numberRange, "a number literal has at most 10,000 digits", start, offset)
      return emit(.invalidLiteral, from: start)
    }
    for place in digitsStart..<offset where bytes[place] != 0x5F {
      guard let digit = TextDecoder.hexadecimalDigit(bytes[place]), Int64(digit) < radix else {
        let end = place + 1
        report(
          Code.malformedNumber, "this is not a \(name) digit", place, end,
          hint: radix == 2
            ? "the digits are 0 and 1; a unit cannot follow" : "the digits are 0–9 and a–f; a unit cannot follow")
        return emit(.invalidLiteral, from: start)
      }
      count += 1
      if isSmall, small <= UInt64(Int64.max) / UInt64(radix) - 1 {
        small = small * UInt64(radix) + UInt64(digit)
      } else {
        if isSmall { limbs = [small % Lexer.limb, small / Lexer.limb] }
        isSmall = false
        Lexer.multiplyAdd(&limbs, UInt64(radix), UInt64(digit))
      }
    }
    guard count > 0 else {
      report(Code.malformedNumber, "a \(name) number needs digits", start, offset)
      return emit(.invalidLiteral, from: start)
    }
    if isSmall { return emit(.int(Int64(small)), from: start) }
    let digits = Lexer.decimal(limbs)
    if let value = Int64(digits) { emit(.int(value), from: start) } else { emit(.bigInt(digits), from: start) }
  }

  /// Large numbers are kept as limbs of eighteen decimal digits, because decimal digits are what the tree wants.
  private static let limb: UInt64 = 1_000_000_000_000_000_000

  private static func multiplyAdd(_ limbs: inout [UInt64], _ factor: UInt64, _ summand: UInt64) {
    var carry = summand
    for place in limbs.indices {
      // The factor is at most 16, so the product fits 64 bits only for limbs below 2^60: 10^18 is.
      let product = limbs[place] * factor + carry
      limbs[place] = product % limb
      carry = product / limb
    }
    if carry > 0 { limbs.append(carry) }
  }

  private static func decimal(_ limbs: [UInt64]) -> String {
    var text = ""
    for value in limbs.reversed() {
      let digits = String(value)
      if text.isEmpty {
        if value > 0 { text = digits }
      } else {
        text += String(repeating: "0", count: 18 - digits.count) + digits
      }
    }
    return text.isEmpty ? "0" : text
  }

  // MARK: Units

  private mutating func lexUnit(_ start: Int, _ unitStart: Int) {
    let word = text(unitStart, offset)
    if let unit = Lexer.units.first(where: { $0.name == word }) {
      switch scaled(start, unitStart, by: unit.nanoseconds) {
      case .exact(let value): return emit(.duration(value), from: start)
      case .tooLarge:
        report(Code.numberRange, "this duration is too long", start, offset, caret: "at most about 292 years")
      case .fraction:
        report(Code.numberRange, "this duration is finer than one nanosecond", start, offset)
      }
    } else if let size = Lexer.sizes.first(where: { $0.name == word }) {
      switch scaled(start, unitStart, by: size.bytes) {
      case .exact(let value): return emit(.int(value), from: start)
      case .tooLarge: report(Code.numberRange, "this size is too large", start, offset)
      case .fraction: report(Code.numberRange, "this size is not a whole number of bytes", start, offset)
      }
    } else if let sum = compound(start, unitStart) {
      report(Code.unknownUnit, "a duration has one unit", start, offset, hint: "write `\(sum)`")
    } else if let unit = Lexer.foreignUnits[word] {
      report(
        Code.unknownUnit, "unknown unit `\(word)`", unitStart, offset,
        caret: "did you mean `\(text(start, unitStart))\(unit)`?")
    } else if bytes[unitStart] == 0x65 || bytes[unitStart] == 0x45, offset - unitStart == 1 {
      report(Code.malformedNumber, "an exponent needs digits", start, offset, hint: "write it as in `1e-3`")
    } else {
      report(
        Code.unknownUnit, "unknown unit `\(word)`", unitStart, offset,
        hint: "the units are `ns us ms s m h d` and `KB MB GB KiB MiB GiB`; a name cannot begin with a digit")
    }
    emit(.invalidLiteral, from: start)
  }

  /// The sum that `1h30m` stands for, if its pieces are numbers with units.
  private func compound(_ start: Int, _ unitStart: Int) -> String? {
    var pieces: [String] = []
    var place = start
    while place < offset {
      let pieceStart = place
      while place < offset, (0x30...0x39).contains(bytes[place]) || bytes[place] == 0x5F || bytes[place] == 0x2E {
        place += 1
      }
      let wordStart = place
      while place < offset, !(0x30...0x39).contains(bytes[place]) { place += 1 }
      let word = text(wordStart, place)
      guard wordStart > pieceStart, Lexer.units.contains(where: { $0.name == word }) else { return nil }
      pieces.append(text(pieceStart, place))
    }
    return pieces.count > 1 ? pieces.joined(separator: " + ") : nil
  }

  private enum Scaled { case exact(Int64), tooLarge, fraction }

  /// The decimal number at `start..<end` times `factor`, worked out exactly: `0.1s` must be 100,000,000 ns.
  private func scaled(_ start: Int, _ end: Int, by factor: Int64) -> Scaled {
    var mantissa: UInt128 = 0
    var scale = 0
    var place = start
    var afterPoint = false
    while place < end {
      let byte = bytes[place]
      if byte == 0x2E {
        afterPoint = true
      } else if byte == 0x65 || byte == 0x45 {
        guard let exponent = Int(text(place + 1, end).filter { $0 != "_" }), abs(exponent) < 1_000 else {
          return .tooLarge
        }
        scale -= exponent
        break
      } else if byte != 0x5F {
        // Beyond this the value is out of every range, and it keeps the sums below in 128 bits.
        guard mantissa < 1_000_000_000_000_000_000_000 else { return afterPoint ? .fraction : .tooLarge }
        mantissa = mantissa * 10 + UInt128(byte - 0x30)
        if afterPoint { scale += 1 }
      }
      place += 1
    }
    guard mantissa > 0 else { return .exact(0) }
    var value = mantissa * UInt128(factor)
    while scale < 0 {
      guard value <= UInt128(Int64.max) else { return .tooLarge }
      value *= 10
      scale += 1
    }
    while scale > 0 {
      guard value % 10 == 0 else { return .fraction }
      value /= 10
      scale -= 1
    }
    return value <= UInt128(Int64.max) ? .exact(Int64(value)) : .tooLarge
  }

  // MARK: Rates

  /// The unit of a rate if `/` at `offset` and a whole word that is a unit follow.
  private func rateUnit() -> (name: String, nanoseconds: Int64)? {
    var end = offset + 1
    while end < bytes.count, Lexer.isWordByte(bytes[end]), end - offset <= 3 { end += 1 }
    guard end > offset + 1, end - offset <= 3, end >= bytes.count || bytes[end] < 0x80 else { return nil }
    let word = text(offset + 1, end)
    return Lexer.units.first { $0.name == word }
  }

  private mutating func lexRate(_ start: Int, _ end: Int, _ unit: (name: String, nanoseconds: Int64)) {
    guard let count = float(start, end) else { return emit(.invalidLiteral, from: start) }
    offset += 1 + unit.name.utf8.count
    emit(.rate(count: count, unit: unit.nanoseconds, unitName: unit.name), from: start)
  }
}
