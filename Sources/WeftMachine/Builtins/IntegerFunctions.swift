#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif
/// Functions of `math` on whole numbers of any size.
enum IntegerFunctions {
  private static func integer(_ machine: Machine, _ value: Value) throws(Thrown) -> Value {
    if value.isInteger { return value }
    throw machine.wrongArgument("the argument", "Int", value)
  }

  private static func notNegative(_ machine: Machine, _ value: Value, _ name: String) throws(Thrown) -> Value {
    if try integer(machine, value).isNegativeInteger {
      throw machine.raise(.valueError, "`math.\(name)` is not defined for negative numbers")
    }
    return value
  }

  static func isqrt(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let value = try notNegative(machine, arguments[0], "isqrt")
    if value.tag == Kind.int {
      var root = Int64(Double(value.int).squareRoot())
      while root > 3_037_000_499 || root * root > value.int { root -= 1 }
      while root < 3_037_000_499, (root + 1) * (root + 1) <= value.int { root += 1 }
      return Value(root)
    }
    let magnitude = value.big.magnitude
    // Newton's steps each divide, so the work grows with the square.
    let limbs = magnitude.bitWidth / 64 + 1
    if limbs > 1 << 12 { throw machine.raise(.valueError, "the argument has more than 262,144 bits") }
    try machine.charge(work: limbs * limbs * 16)
    return try machine.makeInt(BigInt(try magnitude.squareRoot(pausing: machine.lookAround)))
  }

  static func gcd(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    var result = BigUInt()
    for index in 0..<count {
      result = try greatest(machine, result, try integer(machine, arguments[index]).big.magnitude)
    }
    return try machine.makeInt(BigInt(result))
  }

  private static func greatest(_ machine: Machine, _ left: BigUInt, _ right: BigUInt) throws(Thrown) -> BigUInt {
    let work = left.bitWidth * (right.bitWidth / 64 + 1)
    if work > 1 << 30 { throw machine.raise(.valueError, "the numbers have too many digits for `math.gcd`") }
    try machine.charge(work: work / 16)
    return left.greatestCommonDivisor(with: right)
  }

  static func lcm(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    var result = BigUInt(1)
    for index in 0..<count {
      let next = try integer(machine, arguments[index]).big.magnitude
      if next.isZero || result.isZero {
        result = BigUInt()
        continue
      }
      try machine.checkBits(result.bitWidth + next.bitWidth)
      result = result / (try greatest(machine, result, next)) * next
    }
    return try machine.makeInt(BigInt(result))
  }

  static func factorial(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let value = try notNegative(machine, arguments[0], "factorial")
    guard value.tag == Kind.int, value.int < 1 << 20 else {
      try machine.checkBits(.max)
      return .none
    }
    try machine.checkBits(bits(lgamma(Double(value.int) + 1)))
    try machine.charge(work: Int(value.int) * Int(value.int) / 16)
    var result = BigUInt(1)
    var word: UInt = 1
    for factor in stride(from: 2, through: UInt(value.int), by: 1) {
      let (product, overflow) = word.multipliedReportingOverflow(by: factor)
      if overflow {
        result.multiply(by: word)
        word = factor
        if factor & 255 == 0 { try machine.lookAround() }
      } else {
        word = product
      }
    }
    result.multiply(by: word)
    return try machine.makeInt(BigInt(result))
  }

  static func comb(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let from = try notNegative(machine, arguments[0], "comb")
    let chosen = try notNegative(machine, arguments[1], "comb")
    guard from.tag == Kind.int, chosen.tag == Kind.int else {
      throw machine.raise(.valueError, "the arguments of `math.comb` are too large")
    }
    if chosen.int > from.int { return Value(0) }
    let few = min(chosen.int, from.int - chosen.int)
    let size = lgamma(Double(from.int) + 1) - lgamma(Double(few) + 1) - lgamma(Double(from.int - few) + 1)
    if few > 1 << 17 || bits(size) > 1 << 18 {
      throw machine.raise(.valueError, "the arguments of `math.comb` are too large")
    }
    try machine.charge(work: Int(few) * (Swift.max(0, bits(size)) / 64 + 1))
    var result = BigUInt(1)
    for index in 0..<few {
      if index & 255 == 0 { try machine.lookAround() }
      result.multiply(by: UInt(from.int - index))
      // What is left over is 0: any number of factors in a row has one that the next divisor divides.
      _ = result.divide(by: UInt(index + 1))
    }
    return try machine.makeInt(BigInt(result))
  }

  /// How many bits a number with this natural logarithm has.
  private static func bits(_ logarithm: Double) -> Int {
    let bits = logarithm / 0.6931471805599453
    return bits.isFinite && bits < 1e15 ? Int(bits) : .max
  }
}
