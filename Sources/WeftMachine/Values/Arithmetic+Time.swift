extension Machine {
  func durationOverflow() -> Thrown {
    raise(.valueError, "the duration would be longer than 292 years, the limit of a Duration")
  }

  /// Arithmetic with durations and rates; nil when the operator does not work on these two types.
  func timeArithmetic(_ op: ArithmeticOp, _ left: Value, _ right: Value) throws(Thrown) -> Value? {
    switch (left.tag, op, right.tag) {
    case (Kind.duration, .add, Kind.duration): return try duration(left.int.addingReportingOverflow(right.int))
    case (Kind.duration, .subtract, Kind.duration):
      return try duration(left.int.subtractingReportingOverflow(right.int))
    case (Kind.duration, .divide, Kind.duration):
      return try integerArithmetic(.divide, Value(left.int), Value(right.int))
    case (Kind.duration, .floorDivide, Kind.duration):
      return try integerArithmetic(.floorDivide, Value(left.int), Value(right.int))
    case (Kind.duration, .remainder, Kind.duration):
      return .duration(try integerArithmetic(.remainder, Value(left.int), Value(right.int)).int)

    case (Kind.duration, .multiply, Kind.int): return try duration(left.int.multipliedReportingOverflow(by: right.int))
    case (Kind.int, .multiply, Kind.duration): return try duration(left.int.multipliedReportingOverflow(by: right.int))
    case (Kind.duration, .multiply, Kind.float): return try duration(nanoseconds: Double(left.int) * right.float)
    case (Kind.float, .multiply, Kind.duration): return try duration(nanoseconds: left.float * Double(right.int))
    case (Kind.duration, .divide, Kind.int), (Kind.duration, .divide, Kind.float):
      let divisor = try float(right)
      if divisor == 0 { throw divisionError() }
      return try duration(nanoseconds: Double(left.int) / divisor)
    case (Kind.duration, .floorDivide, Kind.int):
      if right.int == -1 { return try negate(left) }
      return .duration(try integerArithmetic(.floorDivide, Value(left.int), right).int)

    case (Kind.int, .divide, Kind.duration), (Kind.float, .divide, Kind.duration):
      if right.int == 0 { throw divisionError() }
      return .rate(try float(left) / (Double(right.int) / 1e9))
    case (Kind.int, .divide, Kind.rate), (Kind.float, .divide, Kind.rate):
      if right.float == 0 { throw divisionError() }
      return try duration(nanoseconds: try float(left) / right.float * 1e9)

    case (Kind.rate, .add, Kind.rate): return .rate(left.float + right.float)
    case (Kind.rate, .subtract, Kind.rate): return .rate(left.float - right.float)
    case (Kind.rate, .multiply, Kind.int), (Kind.rate, .multiply, Kind.float):
      return .rate(left.float * (try float(right)))
    case (Kind.int, .multiply, Kind.rate), (Kind.float, .multiply, Kind.rate):
      return .rate(try float(left) * right.float)
    case (Kind.rate, .multiply, Kind.duration): return Value(left.float * (Double(right.int) / 1e9))
    case (Kind.duration, .multiply, Kind.rate): return Value(Double(left.int) / 1e9 * right.float)
    case (Kind.rate, .divide, Kind.int), (Kind.rate, .divide, Kind.float), (Kind.rate, .divide, Kind.rate):
      let divisor = right.tag == Kind.rate ? right.float : try float(right)
      if divisor == 0 { throw divisionError() }
      return right.tag == Kind.rate ? Value(left.float / divisor) : .rate(left.float / divisor)
    default: return nil
    }
  }

  private func duration(_ result: (partialValue: Int64, overflow: Bool)) throws(Thrown) -> Value {
    if result.overflow { throw durationOverflow() }
    return .duration(result.partialValue)
  }

  /// The nearest whole number of nanoseconds.
  func duration(nanoseconds: Double) throws(Thrown) -> Value {
    if nanoseconds.isNaN { throw raise(.valueError, "nan is not a duration") }
    guard let whole = Int64(exactly: nanoseconds.rounded()) else { throw durationOverflow() }
    return .duration(whole)
  }
}
