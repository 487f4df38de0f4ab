import Testing

@testable import WeftMachine

/// Numbers of all sizes, many of them with long rows of zeros and ones, where carries run far.
private struct Numbers {
  private var random: SplitMix

  init(seed: UInt64) { random = SplitMix(state: seed) }

  mutating func next() -> UInt64 { random.next() }

  mutating func number(words most: Int) -> BigUInt {
    let count = Int(next() % UInt64(most + 1))
    return BigUInt(
      words: (0..<count).map { _ in
        switch next() % 4 {
        case 0: 0
        case 1: .max
        case 2: UInt(1) << UInt(next() % 64)
        default: UInt(next())
        }
      })
  }
}

@Suite struct BigIntTests {
  /// The schoolbook's way, by which the others are checked.
  private func plainProduct(_ left: BigUInt, _ right: BigUInt) -> BigUInt {
    var sum = BigUInt()
    for (index, word) in right.words.enumerated() {
      var part = left
      part.multiply(by: word)
      sum = sum + part << (64 * index)
    }
    return sum
  }

  @Test func sumsAndDifferences() {
    var numbers = Numbers(seed: 1)
    for _ in 1...2_000 {
      let (a, b, c) = (numbers.number(words: 9), numbers.number(words: 9), numbers.number(words: 9))
      #expect((a + b) - b == a)
      #expect((a + b) + c == a + (b + c))
      #expect(a + b == b + a)
      let (x, y) = (BigInt(sign: .minus, magnitude: a), BigInt(b))
      #expect((x - y) + y == x)
      #expect((y - x) == BigInt(a + b))
      #expect((x < y) == !(a.isZero && b.isZero))
    }
  }

  @Test func productsOfAllSizes() {
    var numbers = Numbers(seed: 2)
    for _ in 1...300 {
      let (a, b) = (numbers.number(words: 200), numbers.number(words: 200))
      #expect(a * b == plainProduct(a, b))
    }
    for (longer, shorter) in [(40, 40), (41, 40), (80, 79), (81, 81), (500, 43), (333, 111), (1_000, 999)] {
      let a = BigUInt(words: (0..<longer).map { _ in .max })
      let b = BigUInt(words: (0..<shorter).map { $0 == 0 ? 1 : UInt(numbers.next()) | 1 << 63 })
      #expect(a * b == plainProduct(a, b))
      #expect(b * a == a * b)
      #expect(a * a == plainProduct(a, a))
    }
  }

  @Test func quotientsOfAllSizes() {
    var numbers = Numbers(seed: 3)
    for _ in 1...3_000 {
      let (a, b) = (numbers.number(words: 24), numbers.number(words: 12))
      if b.isZero { continue }
      let (quotient, remainder) = a.quotientAndRemainder(dividingBy: b)
      #expect(remainder < b)
      #expect(quotient * b + remainder == a)
      let exact = (a * b).quotientAndRemainder(dividingBy: b)
      #expect(exact.quotient == a && exact.remainder.isZero)
      for (x, y) in [(BigInt(a), BigInt(b)), (BigInt(sign: .minus, magnitude: a), BigInt(b))] {
        for divisor in [y, BigInt(sign: .minus, magnitude: b)] {
          let (whole, rest) = x.floorDivided(by: divisor, pausing: {})
          #expect(whole * divisor + rest == x)
          #expect(rest.isZero || rest.sign == divisor.sign)
          #expect(rest.magnitude < divisor.magnitude)
        }
      }
    }
  }

  /// Where the first guess of a digit is one too many, or two.
  @Test func quotientsWithWrongGuesses() {
    let half = UInt(1) << 63
    let cases: [([UInt], [UInt])] = [
      ([0, 0, half, half - 1], [1, 0, half]), ([3, 0, half], [1, 0, 1 << 61]), ([0, .max - 1, half], [.max, half]),
      ([.max, .max, .max - 1, .max], [.max, .max]), ([0, 0, 1, half], [.max, 0, half]),
    ]
    for (dividend, divisor) in cases {
      let (a, b) = (BigUInt(words: dividend), BigUInt(words: divisor))
      let (quotient, remainder) = a.quotientAndRemainder(dividingBy: b)
      #expect(remainder < b)
      #expect(plainProduct(quotient, b) + remainder == a)
    }
  }

  @Test func shifts() {
    var numbers = Numbers(seed: 4)
    for _ in 1...1_000 {
      let a = numbers.number(words: 6)
      let count = Int(numbers.next() % 200)
      #expect((a << count) >> count == a)
      #expect(a << count == plainProduct(a, BigUInt(1) << count))
      #expect((a >> count) == a.quotientAndRemainder(dividingBy: BigUInt(1) << count).quotient)
      #expect((a << count).bitWidth == (a.isZero ? 0 : a.bitWidth + count))
      if !a.isZero { #expect((a << count).trailingZeroBitCount == a.trailingZeroBitCount + count) }
    }
    #expect(BigUInt().bitWidth == 0)
    #expect(BigUInt() >> 1_000 == BigUInt())
  }

  @Test func roots() {
    var numbers = Numbers(seed: 5)
    for _ in 1...300 {
      let a = numbers.number(words: 10)
      let root = a.squareRoot(pausing: {})
      #expect(!(a < root * root))
      #expect(a < (root + BigUInt(1)) * (root + BigUInt(1)))
      #expect((a * a).squareRoot(pausing: {}) == a)
    }
  }

  @Test func commonDivisors() {
    func euclid(_ left: BigUInt, _ right: BigUInt) -> BigUInt {
      var (a, b) = (left, right)
      while !b.isZero { (a, b) = (b, a.quotientAndRemainder(dividingBy: b).remainder) }
      return a
    }
    var numbers = Numbers(seed: 6)
    for _ in 1...500 {
      let (a, b, c) = (numbers.number(words: 12), numbers.number(words: 12), numbers.number(words: 5))
      #expect(a.greatestCommonDivisor(with: b) == euclid(a, b))
      #expect((a * c).greatestCommonDivisor(with: b * c) == euclid(a * c, b * c))
    }
    // Neighbours of Fibonacci's have the longest way.
    var (a, b) = (BigUInt(1), BigUInt(1))
    for _ in 1...2_000 { (a, b) = (b, a + b) }
    #expect(a.greatestCommonDivisor(with: b) == BigUInt(1))
  }

  @Test func powers() {
    var numbers = Numbers(seed: 7)
    for _ in 1...60 {
      let (base, modulus) = (numbers.number(words: 3), numbers.number(words: 4))
      let exponent = Int(numbers.next() % 40)
      var product = BigUInt(1)
      for _ in 0..<exponent { product = product * base }
      #expect(base.power(exponent) == product)
      if modulus.isZero { continue }
      #expect(
        base.power(BigUInt(UInt(exponent)), modulus: modulus, pausing: {})
          == product.quotientAndRemainder(dividingBy: modulus).remainder)
    }
    // As in Python.
    let (seven, minusFive) = (BigInt(7), BigInt(-5))
    #expect(seven.power(BigInt(3), modulus: minusFive, pausing: {}) == BigInt(-2))
    #expect(BigInt(-7).power(BigInt(3), modulus: BigInt(5), pausing: {}) == BigInt(2))
    #expect(BigInt(-7).power(3) == BigInt(-343))
    #expect(BigInt(3).power(BigInt(0), modulus: BigInt(1), pausing: {}) == BigInt(0))
  }

  @Test func digits() {
    var numbers = Numbers(seed: 8)
    for _ in 1...400 {
      let a = numbers.number(words: 12)
      let text = String(decoding: a.decimalDigits(pausing: {}), as: UTF8.self)
      #expect(BigInt(text) == BigInt(a))
      #expect(BigInt("-" + text) == BigInt(sign: .minus, magnitude: a))
      for bits in [1, 3, 4] {
        var rest = a
        var digits: [String] = []
        repeat { digits.append(String(rest.divide(by: 1 << UInt(bits)), radix: 1 << bits)) } while !rest.isZero
        #expect(a.text(bitsPerDigit: bits) == digits.reversed().joined())
      }
    }
    // 2 ** 200 and 10 ** 38, from Python.
    let power = String(decoding: BigUInt(2).power(200).decimalDigits(pausing: {}), as: UTF8.self)
    #expect(power == "1606938044258990275541962092341162602522202993782792835301376")
    let ten = BigUInt(10).power(38)
    #expect(String(decoding: ten.decimalDigits(pausing: {}), as: UTF8.self) == "1" + String(repeating: "0", count: 38))
    for wrong in ["", "-", "+", "1a", " 1", "--1", "٣"] { #expect(BigInt(wrong) == nil, "\(wrong)") }
    #expect(BigInt("-0") == BigInt(0))
    #expect(BigInt("+17") == BigInt(17))
  }

  @Test func whatTakesLongCanBeLeft() {
    struct Enough: Error {}
    let large = BigUInt(3).power(100_000)
    var pauses = 0
    func pause() throws {
      pauses += 1
      if pauses == 3 { throw Enough() }
    }
    #expect(throws: Enough.self) { _ = try large.decimalDigits(pausing: pause) }
    pauses = 0
    #expect(throws: Enough.self) {
      _ = try large.quotientAndRemainder(dividingBy: BigUInt(7).power(3_000), pausing: pause)
    }
    pauses = 0
    #expect(throws: Enough.self) {
      _ = try large.power(BigUInt(1_000), modulus: BigUInt(5).power(200), pausing: pause)
    }
  }
}
