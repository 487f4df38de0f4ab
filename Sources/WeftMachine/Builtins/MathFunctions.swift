#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif
import WeftCompiler

/// The `math` namespace.
enum MathFunctions {
  /// The native of a function in `math`.
  static func native(for function: BuiltinFunction) -> Native? {
    switch function {
    case .mathPi: constant(.pi)
    case .mathE: constant(M_E)
    case .mathTau: constant(2 * .pi)
    case .mathInf: constant(.infinity)
    case .mathNan: constant(.nan)
    case .mathSqrt: checked("sqrt", { $0 >= 0 }) { $0.squareRoot() }
    case .mathIsqrt: IntegerFunctions.isqrt
    case .mathCbrt: plain { cbrt($0) }
    case .mathFloor: floor
    case .mathCeil: ceil
    case .mathTrunc: rounding(.towardZero)
    case .mathSin: checked("sin", { $0.isFinite }) { sin($0) }
    case .mathCos: checked("cos", { $0.isFinite }) { cos($0) }
    case .mathTan: checked("tan", { $0.isFinite }) { tan($0) }
    case .mathAsin: checked("asin", { $0.magnitude <= 1 }) { asin($0) }
    case .mathAcos: checked("acos", { $0.magnitude <= 1 }) { acos($0) }
    case .mathAtan: plain { atan($0) }
    case .mathAtan2: binary { atan2($0, $1) }
    case .mathSinh: plain { sinh($0) }
    case .mathCosh: plain { cosh($0) }
    case .mathTanh: plain { tanh($0) }
    case .mathExp: plain { exp($0) }
    case .mathLog: logarithm
    case .mathLog2: binaryLogarithm
    case .mathLog10: decimalLogarithm
    case .mathLog1p: checked("log1p", { $0 > -1 }) { log1p($0) }
    case .mathPow: power
    case .mathHypot: binary { hypot($0, $1) }
    case .mathFmod: remainder
    case .mathGcd: IntegerFunctions.gcd
    case .mathLcm: IntegerFunctions.lcm
    case .mathFactorial: IntegerFunctions.factorial
    case .mathComb: IntegerFunctions.comb
    case .mathDegrees: plain { $0 * 180 / .pi }
    case .mathRadians: plain { $0 * .pi / 180 }
    case .mathIsnan: test { $0.isNaN }
    case .mathIsinf: test { $0.isInfinite }
    case .mathIsfinite: test { $0.isFinite }
    default: nil
    }
  }

  private static func constant(_ value: Double) -> Native {
    { (_, _, _) throws(Thrown) -> Value in Value(value) }
  }

  private static func plain(_ body: @escaping (Double) -> Double) -> Native {
    { (machine, arguments, _) throws(Thrown) -> Value in
      Value(body(try machine.floatArgument(arguments[0], "the argument")))
    }
  }

  private static func binary(_ body: @escaping (Double, Double) -> Double) -> Native {
    { (machine, arguments, _) throws(Thrown) -> Value in
      Value(
        body(
          try machine.floatArgument(arguments[0], "the first argument"),
          try machine.floatArgument(arguments[1], "the second argument")))
    }
  }

  private static func test(_ body: @escaping (Double) -> Bool) -> Native {
    { (machine, arguments, _) throws(Thrown) -> Value in
      if arguments[0].isInteger { return Value(body(0)) }
      return Value(body(try machine.floatArgument(arguments[0], "the argument")))
    }
  }

  /// A function that is not defined everywhere; nan goes through.
  private static func checked(
    _ name: String, _ isDefined: @escaping (Double) -> Bool, _ body: @escaping (Double) -> Double
  ) -> Native {
    { (machine, arguments, _) throws(Thrown) -> Value in
      let value = try machine.floatArgument(arguments[0], "the argument")
      if !value.isNaN, !isDefined(value) { throw notDefined(machine, name, value) }
      return Value(body(value))
    }
  }

  private static func notDefined(_ machine: Machine, _ name: String, _ value: Double) -> Thrown {
    machine.raise(.valueError, "`math.\(name)` is not defined for \(Machine.text(value))")
  }

  static func floor(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    try rounding(.down)(machine, arguments, count)
  }

  static func ceil(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    try rounding(.up)(machine, arguments, count)
  }

  private static func rounding(_ rule: FloatingPointRoundingRule) -> Native {
    { (machine, arguments, _) throws(Thrown) -> Value in
      if arguments[0].isInteger { return arguments[0].retained() }
      return try NumberFunctions.whole(
        machine, try machine.floatArgument(arguments[0], "the argument").rounded(rule))
    }
  }

  private static func power(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    Value(
      try machine.floatPower(
        try machine.floatArgument(arguments[0], "the base"), try machine.floatArgument(arguments[1], "the exponent")))
  }

  private static func remainder(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let divisor = try machine.floatArgument(arguments[1], "the second argument")
    if divisor == 0 { throw machine.divisionError() }
    return Value(fmod(try machine.floatArgument(arguments[0], "the first argument"), divisor))
  }

  private static func logarithm(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let natural = try log(machine, arguments[0], { naturalLog($0) }, scale: { $0 * naturalLog(2) })
    if arguments[1].isMissing { return Value(natural) }
    let base = try log(machine, arguments[1], { naturalLog($0) }, scale: { $0 * naturalLog(2) })
    if base == 0 { throw machine.divisionError() }
    return Value(natural / base)
  }

  private static func binaryLogarithm(
    _ machine: Machine, _ arguments: Arguments, _ count: Int
  ) throws(Thrown) -> Value {
    Value(try log(machine, arguments[0], { log2($0) }, scale: { $0 }))
  }

  private static func decimalLogarithm(
    _ machine: Machine, _ arguments: Arguments, _ count: Int
  ) throws(Thrown) -> Value {
    Value(try log(machine, arguments[0], { log10($0) }, scale: { $0 * log10(2) }))
  }

  /// A logarithm of a number of any size: beyond a Float's range, `scale` turns powers of two into it.
  private static func log(
    _ machine: Machine, _ value: Value, _ body: (Double) -> Double, scale: (Double) -> Double
  ) throws(Thrown) -> Double {
    if value.tag == Kind.bigInt, !value.isNegativeInteger {
      let magnitude = value.big.magnitude
      let shift = Swift.max(0, magnitude.bitWidth - 64)
      return body(Double((magnitude >> shift).lowWord)) + scale(Double(shift))
    }
    let number = try machine.floatArgument(value, "the argument")
    if number <= 0 { throw notDefined(machine, "log", number) }
    return body(number)
  }
}

/// The natural logarithm of C, whose name a method here hides.
private func naturalLog(_ value: Double) -> Double { log(value) }
