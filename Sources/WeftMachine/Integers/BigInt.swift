/// A whole number of any size and its sign.
struct BigInt: Comparable {
  enum Sign { case plus, minus }

  /// That of zero is `plus`.
  let sign: Sign
  let magnitude: BigUInt

  init(sign: Sign, magnitude: BigUInt) {
    self.sign = magnitude.isZero ? .plus : sign
    self.magnitude = magnitude
  }

  init(_ magnitude: BigUInt) { self.init(sign: .plus, magnitude: magnitude) }

  init(_ number: Int) { self.init(sign: number < 0 ? .minus : .plus, magnitude: BigUInt(number.magnitude)) }

  /// From decimal digits, with a sign or without; nil for anything else.
  init?(_ text: String) {
    let sign = text.utf8.first == UInt8(ascii: "-") ? Sign.minus : .plus
    let hasSign = sign == .minus || text.utf8.first == UInt8(ascii: "+")
    guard let magnitude = BigUInt(decimal: text.utf8.dropFirst(hasSign ? 1 : 0)) else { return nil }
    self.init(sign: sign, magnitude: magnitude)
  }

  var isZero: Bool { magnitude.isZero }

  private var negated: BigInt { BigInt(sign: sign == .plus ? .minus : .plus, magnitude: magnitude) }

  static func < (left: BigInt, right: BigInt) -> Bool {
    if left.sign != right.sign { return left.sign == .minus }
    return left.sign == .plus ? left.magnitude < right.magnitude : right.magnitude < left.magnitude
  }

  static func + (left: BigInt, right: BigInt) -> BigInt {
    if left.sign == right.sign { return BigInt(sign: left.sign, magnitude: left.magnitude + right.magnitude) }
    if left.magnitude < right.magnitude {
      return BigInt(sign: right.sign, magnitude: right.magnitude - left.magnitude)
    }
    return BigInt(sign: left.sign, magnitude: left.magnitude - right.magnitude)
  }

  static func - (left: BigInt, right: BigInt) -> BigInt { left + right.negated }

  static func * (left: BigInt, right: BigInt) -> BigInt {
    BigInt(sign: left.sign == right.sign ? .plus : .minus, magnitude: left.magnitude * right.magnitude)
  }

  /// Rounded down, so that the remainder has the divisor's sign. The divisor is not 0.
  func floorDivided<Problem>(
    by divisor: BigInt, pausing pause: () throws(Problem) -> Void
  ) throws(Problem) -> (quotient: BigInt, remainder: BigInt) {
    let (quotient, remainder) = try magnitude.quotientAndRemainder(dividingBy: divisor.magnitude, pausing: pause)
    if sign == divisor.sign { return (BigInt(quotient), BigInt(sign: sign, magnitude: remainder)) }
    if remainder.isZero { return (BigInt(sign: .minus, magnitude: quotient), BigInt(0)) }
    return (
      BigInt(sign: .minus, magnitude: quotient + BigUInt(1)),
      BigInt(sign: divisor.sign, magnitude: divisor.magnitude - remainder)
    )
  }

  func power(_ exponent: Int) -> BigInt {
    BigInt(sign: sign == .minus && exponent & 1 == 1 ? .minus : .plus, magnitude: magnitude.power(exponent))
  }

  /// With the sign of the modulus, which is not 0. The exponent is at least 0.
  func power<Problem>(
    _ exponent: BigInt, modulus: BigInt, pausing pause: () throws(Problem) -> Void
  ) throws(Problem) -> BigInt {
    let power = try magnitude.power(exponent.magnitude, modulus: modulus.magnitude, pausing: pause)
    return try BigInt(sign: sign == .minus && exponent.magnitude.isOdd ? .minus : .plus, magnitude: power)
      .floorDivided(by: modulus, pausing: pause).remainder
  }
}
