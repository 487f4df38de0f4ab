// Arithmetic of integers of any size. The run loop itself does what fits 64 bits.

extension Machine {
  func integerArithmetic(_ op: ArithmeticOp, _ left: Value, _ right: Value) throws(Thrown) -> Value {
    switch op {
    case .add:
      if let a = left.wide, let b = right.wide {
        let (sum, overflow) = a.addingReportingOverflow(b)
        if !overflow { return heap.makeInt(sum) }
      }
      return try makeInt(left.big + right.big)
    case .subtract:
      if let a = left.wide, let b = right.wide {
        let (difference, overflow) = a.subtractingReportingOverflow(b)
        if !overflow { return heap.makeInt(difference) }
      }
      return try makeInt(left.big - right.big)
    case .multiply:
      if let a = left.wide, let b = right.wide {
        let (product, overflow) = a.multipliedReportingOverflow(by: b)
        if !overflow { return heap.makeInt(product) }
      }
      return try multiply(left.big, right.big)
    case .divide: return try integerQuotient(left, right)
    case .floorDivide:
      let (quotient, remainder) = try floorDivide(left, right)
      heap.release(remainder)
      return quotient
    case .remainder:
      let (quotient, remainder) = try floorDivide(left, right)
      heap.release(quotient)
      return remainder
    case .power: return try power(left, right)
    }
  }

  private func multiply(_ left: BigInt, _ right: BigInt) throws(Thrown) -> Value {
    let leftBits = left.magnitude.bitWidth
    let rightBits = right.magnitude.bitWidth
    try checkBits(max(0, leftBits + rightBits - 1))
    try charge(work: (leftBits / 64) * min(64, rightBits / 64 + 1))
    return try makeInt(left * right)
  }

  func divisionError() -> Thrown { raise(.divisionError, "division by zero") }

  /// Both rounded down, so that the remainder has the sign of the divisor.
  func floorDivide(_ left: Value, _ right: Value) throws(Thrown) -> (quotient: Value, remainder: Value) {
    if right.tag == Kind.int, right.int == 0 { throw divisionError() }
    if left.tag == Kind.int, right.tag == Kind.int {
      if right.int == -1 { return (try integerArithmetic(.subtract, Value(0), left), Value(0)) }
      let (quotient, remainder) = left.int.quotientAndRemainder(dividingBy: right.int)
      if remainder != 0, (remainder < 0) != (right.int < 0) {
        return (Value(quotient - 1), Value(remainder + right.int))
      }
      return (Value(quotient), Value(remainder))
    }
    let divisor = right.big
    let dividend = left.big
    try charge(work: (dividend.magnitude.bitWidth / 64 + 1) * (divisor.magnitude.bitWidth / 64 + 1))
    let (quotient, remainder) = try dividend.floorDivided(by: divisor, pausing: lookAround)
    let first = try makeInt(quotient)
    return (first, heap.makeInt(remainder))
  }

  /// `/`: the Float nearest to the exact quotient.
  private func integerQuotient(_ left: Value, _ right: Value) throws(Thrown) -> Value {
    if right.tag == Kind.int, right.int == 0 { throw divisionError() }
    let exact: UInt64 = 1 << 53
    if left.tag == Kind.int, right.tag == Kind.int, left.int.magnitude <= exact, right.int.magnitude <= exact {
      return Value(Double(left.int) / Double(right.int))
    }
    let dividend = left.big
    let divisor = right.big
    if dividend.isZero { return Value(0.0) }
    // Scale so that the whole part of the quotient has at least 65 bits; more than a Float keeps.
    let shift = divisor.magnitude.bitWidth - dividend.magnitude.bitWidth + 66
    let scaled = shift > 0 ? dividend.magnitude << shift : dividend.magnitude
    let by = shift > 0 ? divisor.magnitude : divisor.magnitude << -shift
    try charge(work: scaled.bitWidth / 64 + 1)
    var (quotient, remainder) = scaled.quotientAndRemainder(dividingBy: by)
    if !remainder.isZero { quotient.makeOdd() }
    let size = Double(sign: .plus, exponent: -shift, significand: Value.float(of: BigInt(quotient)))
    if size.isInfinite { throw tooLargeForFloat() }
    return Value((dividend.sign == .minus) != (divisor.sign == .minus) ? -size : size)
  }

  func tooLargeForFloat() -> Thrown { raise(.valueError, "the integer is too large for a Float") }

  /// An Int or a Float as a Float.
  func float(_ value: Value) throws(Thrown) -> Double {
    if value.tag == Kind.float { return value.float }
    let float = value.integerAsFloat
    if float.isInfinite { throw tooLargeForFloat() }
    return float
  }

  private func power(_ base: Value, _ exponent: Value) throws(Thrown) -> Value {
    if exponent.isNegativeInteger { return Value(try floatPower(try float(base), try float(exponent))) }
    if base.tag == Kind.int, (-1...1).contains(base.int) {
      let isOdd =
        exponent.tag == Kind.int ? exponent.int & 1 == 1 : exponent.big.magnitude.isOdd
      if exponent.tag == Kind.int, exponent.int == 0 { return Value(1) }
      return base.int == -1 && !isOdd ? Value(1) : base
    }
    guard exponent.tag == Kind.int, exponent.int <= IntegerBlock.mostBits else {
      try checkBits(.max)
      return .none
    }
    let big = base.big
    let bits = (big.magnitude.bitWidth - 1).multipliedReportingOverflow(by: Int(exponent.int))
    try checkBits(bits.overflow ? .max : bits.partialValue)
    try charge(work: bits.partialValue / 64)
    if let small = base.wide, let result = smallPower(small, exponent.int) { return heap.makeInt(result) }
    return try makeInt(big.power(Int(exponent.int)))
  }

  private func smallPower(_ base: Int128, _ exponent: Int64) -> Int128? {
    var result: Int128 = 1
    var square = base
    var rest = exponent
    while true {
      if rest & 1 == 1 {
        let (product, overflow) = result.multipliedReportingOverflow(by: square)
        if overflow { return nil }
        result = product
      }
      rest >>= 1
      if rest == 0 { return result }
      let (product, overflow) = square.multipliedReportingOverflow(by: square)
      if overflow { return nil }
      square = product
    }
  }

  /// `base ** exponent % modulus` without the large number in between.
  func power(_ base: BigInt, _ exponent: BigInt, modulus: BigInt) throws(Thrown) -> Value {
    if modulus.isZero { throw divisionError() }
    if exponent.sign == .minus { throw raise(.valueError, "a power with a modulus needs an exponent of 0 or more") }
    let limbs = modulus.magnitude.bitWidth / 64 + 1
    let work = exponent.magnitude.bitWidth * limbs * limbs
    if work > 1 << 31 { throw raise(.valueError, "the exponent and the modulus have too many digits") }
    try charge(work: work)
    return try makeInt(try base.power(exponent, modulus: modulus, pausing: lookAround))
  }
}
