/// A whole number of any size, for integers beyond 128 bits. Its work grows with what `IntegerBlock.mostBits` lets be.
struct BigUInt: Comparable {
  /// Least significant first; the last one is not 0.
  private(set) var words: [UInt]

  init() { words = [] }

  init(_ word: UInt) { words = word == 0 ? [] : [word] }

  init(words: [UInt]) {
    self.words = words
    trim()
  }

  private mutating func trim() { while words.last == 0 { words.removeLast() } }

  var isZero: Bool { words.isEmpty }
  var isOdd: Bool { (words.first ?? 0) & 1 == 1 }
  /// The lowest 64 bits.
  var lowWord: UInt { words.first ?? 0 }
  var bitWidth: Int { words.last.map { words.count * 64 - $0.leadingZeroBitCount } ?? 0 }

  /// 0 for zero.
  var trailingZeroBitCount: Int {
    guard let index = words.firstIndex(where: { $0 != 0 }) else { return 0 }
    return index * 64 + words[index].trailingZeroBitCount
  }

  func bit(_ index: Int) -> Bool {
    index >> 6 < words.count && words[index >> 6] >> UInt(index & 63) & 1 == 1
  }

  // MARK: Order and shifts

  static func < (left: BigUInt, right: BigUInt) -> Bool {
    if left.words.count != right.words.count { return left.words.count < right.words.count }
    for index in left.words.indices.reversed() where left.words[index] != right.words[index] {
      return left.words[index] < right.words[index]
    }
    return false
  }

  /// `count` is at least 0.
  static func << (left: BigUInt, count: Int) -> BigUInt {
    if left.isZero || count <= 0 { return left }
    let (whole, rest) = (count >> 6, UInt(count & 63))
    var words = [UInt](repeating: 0, count: whole)
    words.reserveCapacity(whole + left.words.count + 1)
    if rest == 0 { return BigUInt(words: words + left.words) }
    var carry: UInt = 0
    for word in left.words {
      words.append(word << rest | carry)
      carry = word >> (64 - rest)
    }
    words.append(carry)
    return BigUInt(words: words)
  }

  /// `count` is at least 0.
  static func >> (left: BigUInt, count: Int) -> BigUInt {
    if count <= 0 { return left }
    let (whole, rest) = (count >> 6, UInt(count & 63))
    if whole >= left.words.count { return BigUInt() }
    var words = Array(left.words[whole...])
    if rest == 0 { return BigUInt(words: words) }
    for index in words.indices {
      words[index] = words[index] >> rest | (index + 1 < words.count ? words[index + 1] << (64 - rest) : 0)
    }
    return BigUInt(words: words)
  }

  /// Sets the lowest bit.
  mutating func makeOdd() { if words.isEmpty { words = [1] } else { words[0] |= 1 } }

  /// `self = self * factor + term`
  mutating func multiply(by factor: UInt, adding term: UInt = 0) {
    let carry = words.withUnsafeMutableBufferPointer { words in
      var carry = term
      for index in words.indices {
        let product = words[index].multipliedFullWidth(by: factor)
        let (low, overflow) = product.low.addingReportingOverflow(carry)
        words[index] = low
        carry = product.high &+ (overflow ? 1 : 0)
      }
      return carry
    }
    if carry > 0 { words.append(carry) }
    trim()
  }

  /// `self = self / divisor`, which is not 0; gives the remainder.
  mutating func divide(by divisor: UInt) -> UInt {
    var remainder: UInt = 0
    for index in words.indices.reversed() {
      (words[index], remainder) = divisor.dividingFullWidth((remainder, words[index]))
    }
    trim()
    return remainder
  }

  // MARK: Roots, powers, divisors

  /// The largest number whose square is at most this one, by Newton's method from above.
  func squareRoot<Problem>(pausing pause: () throws(Problem) -> Void) throws(Problem) -> BigUInt {
    if isZero { return self }
    var root = BigUInt(1) << ((bitWidth + 1) / 2)
    while true {
      let next = (root + (try quotientAndRemainder(dividingBy: root, pausing: pause).quotient)) >> 1
      if !(next < root) { return root }
      root = next
    }
  }

  func power(_ exponent: Int) -> BigUInt {
    var result = BigUInt(1)
    for bit in (0..<(Int.bitWidth - exponent.leadingZeroBitCount)).reversed() {
      result = result * result
      if exponent >> bit & 1 == 1 { result = result * self }
    }
    return result
  }

  /// `modulus` is not 0.
  func power<Problem>(
    _ exponent: BigUInt, modulus: BigUInt, pausing pause: () throws(Problem) -> Void
  ) throws(Problem) -> BigUInt {
    let base = try quotientAndRemainder(dividingBy: modulus, pausing: pause).remainder
    var result = BigUInt(1).quotientAndRemainder(dividingBy: modulus).remainder
    for bit in (0..<exponent.bitWidth).reversed() {
      result = try (result * result).quotientAndRemainder(dividingBy: modulus, pausing: pause).remainder
      if exponent.bit(bit) {
        result = try (result * base).quotientAndRemainder(dividingBy: modulus, pausing: pause).remainder
      }
      try pause()
    }
    return result
  }

  // MARK: Digits

  /// The largest power of ten that fits a word: 19 digits at a time.
  private static let chunk: UInt = 10_000_000_000_000_000_000
  private static let chunkDigits = 19
  /// The reciprocal of `chunk` for division by multiplication (Möller and Granlund, 2011). Its highest bit is set, as the method needs.
  private static let reciprocal = UInt(truncatingIfNeeded: UInt128.max / UInt128(chunk))

  /// From decimal digits alone; nil for anything else, and for none.
  init?(decimal digits: Substring.UTF8View) {
    if digits.isEmpty { return nil }
    self.init()
    var (chunk, scale): (UInt, UInt) = (0, 1)
    for digit in digits {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
      chunk = chunk * 10 + UInt(digit - UInt8(ascii: "0"))
      scale *= 10
      if scale == Self.chunk {
        multiply(by: scale, adding: chunk)
        (chunk, scale) = (0, 1)
      }
    }
    multiply(by: scale, adding: chunk)
  }

  /// In quadratic time. It calls `pause` every few milliseconds, which may end it.
  func decimalDigits<Problem>(pausing pause: () throws(Problem) -> Void) throws(Problem) -> [UInt8] {
    var chunks: [UInt] = []
    var words = words
    var count = words.count
    while count > 0 {
      words.withUnsafeMutableBufferPointer { words in
        for _ in 0..<64 where count > 0 {
          var remainder: UInt = 0
          var index = count
          while index > 0 {
            index -= 1
            (words[index], remainder) = Self.divide(high: remainder, low: words[index])
          }
          chunks.append(remainder)
          while count > 0, words[count - 1] == 0 { count -= 1 }
        }
      }
      try pause()
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
  @inline(__always) private static func divide(high: UInt, low: UInt) -> (UInt, UInt) {
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

  /// The digits to the base `1 << bits`, of at most 4 bits each.
  func text(bitsPerDigit bits: Int) -> String {
    if isZero { return "0" }
    let digits = Array("0123456789abcdef".utf8)
    let count = (bitWidth + bits - 1) / bits
    return String(unsafeUninitializedCapacity: count) { text in
      for place in 0..<count {
        let start = place * bits
        var digit = words[start >> 6] >> UInt(start & 63)
        if start & 63 + bits > 64, start >> 6 + 1 < words.count {
          digit |= words[start >> 6 + 1] << UInt(64 - start & 63)
        }
        text[count - 1 - place] = digits[Int(digit & (1 << UInt(bits) - 1))]
      }
      return count
    }
  }
}
