import BigInt

// Decimal digits of integers beyond 128 bits. BigInt's own conversions take five times as long.

/// Limbs of an integer's size, least significant first.
struct DecimalLimbs {
  private var limbs: [UInt64]
  /// The largest power of ten that fits a limb: 19 digits at a time.
  private static let chunk: UInt64 = 10_000_000_000_000_000_000
  private static let chunkDigits = 19
  /// The reciprocal of `chunk` for division by multiplication (Möller and Granlund, 2011). Its highest bit is set, as
  /// the method needs.
  private static let reciprocal = UInt64(truncatingIfNeeded: UInt128.max / UInt128(chunk))

  init() { limbs = [] }

  init(_ size: BigUInt) { limbs = size.words.map { UInt64($0) } }

  var magnitude: BigUInt { BigUInt(words: limbs.map { UInt($0) }) }

  var bitWidth: Int { limbs.isEmpty ? 0 : limbs.count * 64 - (limbs.last ?? 0).leadingZeroBitCount }

  /// `self = self * factor + term`
  mutating func multiply(by factor: UInt64, adding term: UInt64) {
    var carry = term
    limbs.withUnsafeMutableBufferPointer { limbs in
      for index in limbs.indices {
        let product = limbs[index].multipliedFullWidth(by: factor)
        let (low, overflow) = product.low.addingReportingOverflow(carry)
        limbs[index] = low
        carry = product.high &+ (overflow ? 1 : 0)
      }
    }
    if carry > 0 { limbs.append(carry) }
  }

  /// The decimal digits; takes quadratic time and leaves zero.
  mutating func takeDigits() -> [UInt8] {
    var chunks: [UInt64] = []
    var count = limbs.count
    limbs.withUnsafeMutableBufferPointer { limbs in
      while count > 0 {
        var remainder: UInt64 = 0
        var index = count
        while index > 0 {
          index -= 1
          (limbs[index], remainder) = Self.divide(high: remainder, low: limbs[index])
        }
        chunks.append(remainder)
        while count > 0, limbs[count - 1] == 0 { count -= 1 }
      }
    }
    guard let first = chunks.popLast() else { return [UInt8(ascii: "0")] }
    var digits = Array(String(first).utf8)
    digits.reserveCapacity(digits.count + chunks.count * Self.chunkDigits)
    for chunk in chunks.reversed() {
      let text = String(chunk).utf8
      digits.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: Self.chunkDigits - text.count))
      digits.append(contentsOf: text)
    }
    return digits
  }

  /// `(high, low)` divided by `chunk`; `high` is less than that.
  @inline(__always) private static func divide(high: UInt64, low: UInt64) -> (UInt64, UInt64) {
    let product = high.multipliedFullWidth(by: reciprocal)
    let (sumLow, carry) = product.low.addingReportingOverflow(low)
    var quotient = product.high &+ high &+ (carry ? 1 : 0) &+ 1
    var remainder = low &- quotient &* chunk
    if remainder > sumLow {
      quotient &-= 1
      remainder &+= chunk
    }
    if remainder >= chunk {
      quotient &+= 1
      remainder &-= chunk
    }
    return (quotient, remainder)
  }
}

extension Machine {
  /// The decimal digits of an integer beyond 64 bits, with a sign.
  static func digits(ofBig value: Value) -> [UInt8] {
    if let wide = value.wide { return Array(wide.description.utf8) }
    let big = value.big
    var limbs = DecimalLimbs(big.magnitude)
    let digits = limbs.takeDigits()
    return big.sign == .minus ? [UInt8(ascii: "-")] + digits : digits
  }
}
