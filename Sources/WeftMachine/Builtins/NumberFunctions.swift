/// Natives that work on single numbers, and conversions.
enum NumberFunctions {
  static func abs(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let value = arguments[0]
    switch value.tag {
    case Kind.int where value.int != .min: return Value(Swift.abs(value.int))
    case Kind.int, Kind.bigInt:
      return value.isNegativeInteger ? try machine.negate(value) : value.retained()
    case Kind.float: return Value(value.float.magnitude)
    case Kind.rate: return .rate(value.float.magnitude)
    case Kind.duration: return value.int < 0 ? try machine.negate(value) : value
    default: throw machine.wrongArgument("the argument of `abs`", "a number or Duration", value)
    }
  }

  static func round(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let value = arguments[0]
    if value.tag == Kind.duration {
      return try durationRound(machine, value, unit: arguments[1].isMissing ? .duration(1_000_000_000) : arguments[1])
    }
    let digits = arguments[1].isMissing ? nil : try machine.intArgument(arguments[1], "`digits`")
    if value.isInteger {
      guard let digits, digits < 0 else { return value.retained() }
      return try roundToPower(machine, value, digits: digits)
    }
    guard value.tag == Kind.float else {
      throw machine.wrongArgument("the argument of `round`", "a number or Duration", value)
    }
    guard let digits else { return try whole(machine, value.float.rounded(.toNearestOrEven)) }
    if !value.float.isFinite || digits > 330 { return value }
    if digits >= 0 {
      // As in Python: the decimals that C would print, read back.
      return Value(Double(Machine.fixed(value.float, decimals: digits)) ?? value.float)
    }
    if digits < -310 { return Value(Double(signOf: value.float, magnitudeOf: 0)) }
    let scaled = try machine.floatPower(10, Double(-digits))
    let result = (value.float / scaled).rounded(.toNearestOrEven) * scaled
    return Value(result.isFinite ? result : value.float)
  }

  /// The nearest multiple of a power of ten; halves go to the even neighbour.
  private static func roundToPower(_ machine: Machine, _ value: Value, digits: Int) throws(Thrown) -> Value {
    if digits < -400_000 { return Value(0) }
    let unit = try machine.integerArithmetic(.power, Value(10), Value(-digits))
    defer { machine.heap.release(unit) }
    let (quotient, remainder) = try machine.floorDivide(value, unit)
    defer {
      machine.heap.release(quotient)
      machine.heap.release(remainder)
    }
    let twice = try machine.integerArithmetic(.add, remainder, remainder)
    defer { machine.heap.release(twice) }
    let side = exactOrder(integer: twice, integer: unit)
    let isOdd = quotient.big.magnitude.isOdd
    let up = side > 0 || (side == 0 && isOdd)
    let rounded = try machine.integerArithmetic(.add, quotient, Value(up ? 1 : 0))
    defer { machine.heap.release(rounded) }
    return try machine.integerArithmetic(.multiply, rounded, unit)
  }

  /// A Float without a fraction as an Int.
  static func whole(_ machine: Machine, _ value: Double) throws(Thrown) -> Value {
    if let small = Int64(exactly: value) { return Value(small) }
    if !value.isFinite { throw machine.raise(.valueError, "\(Machine.text(value)) is no Int") }
    return try machine.makeInt(BigInt(truncating: value))
  }

  static func divmod(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let quotient = try machine.arithmetic(.floorDivide, arguments[0], arguments[1])
    do throws(Thrown) {
      return machine.pair(quotient, try machine.arithmetic(.remainder, arguments[0], arguments[1]))
    } catch {
      machine.heap.release(quotient)
      throw error
    }
  }

  static func pow(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    if arguments[2].isMissing { return try machine.arithmetic(.power, arguments[0], arguments[1]) }
    for index in 0..<3 where !arguments[index].isInteger {
      throw machine.wrongArgument("each argument of `pow` with a modulus", "Int", arguments[index])
    }
    return try machine.power(arguments[0].big, arguments[1].big, modulus: arguments[2].big)
  }

  // MARK: - Conversions

  static func int(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let value = arguments[0]
    if !arguments[1].isMissing {
      let base = try machine.intArgument(arguments[1], "`base`")
      guard base == 0 || (2...36).contains(base) else {
        throw machine.raise(.valueError, "the base of a number is 2 to 36, or 0 to go by its prefix")
      }
      return try machine.parseInt(try machine.stringArgument(value, "a number in another base"), base: base)
    }
    switch value.tag {
    case Kind.unset: return Value(0)
    case Kind.int, Kind.bigInt: return value.retained()
    case Kind.bool: return Value(value.bool ? 1 : 0)
    case Kind.float: return try whole(machine, value.float.rounded(.towardZero))
    case Kind.string: return try machine.parseInt(StringBlock(value))
    default: throw cannotConvert(machine, value, "Int")
    }
  }

  static func float(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let value = arguments[0]
    switch value.tag {
    case Kind.unset: return Value(0.0)
    case Kind.int, Kind.bigInt, Kind.float: return Value(try machine.float(value))
    case Kind.bool: return Value(value.bool ? 1.0 : 0.0)
    case Kind.string: return try machine.parseFloat(StringBlock(value))
    default: throw cannotConvert(machine, value, "Float")
    }
  }

  private static func cannotConvert(_ machine: Machine, _ value: Value, _ type: String) -> Thrown {
    let hint: String? =
      switch value.tag {
      case Kind.duration: "a Duration has `.seconds`, `.ms`, …"
      case Kind.rate: "a Rate has `.per_second`"
      case Kind.none: "it is none; `x ?? 0` takes another value for it"
      default: nil
      }
    return machine.raise(.typeError, "cannot make \(type) of \(Machine.typeName(value))", hint: hint)
  }

  static func bool(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let value = arguments[0]
    switch value.tag {
    case Kind.unset, Kind.none: return Value(false)
    case Kind.bool: return value
    case Kind.int, Kind.duration: return Value(value.int != 0)
    case Kind.float, Kind.rate: return Value(value.float != 0)
    case Kind.string: return Value(StringBlock(value).byteCount > 0)
    case Kind.list, Kind.map, Kind.bytes, Kind.range: return Value(try machine.length(value) > 0)
    default: return Value(true)
    }
  }

  static func duration(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let value = arguments[0]
    switch value.tag {
    case Kind.duration: return value
    case Kind.string: return try machine.parseDuration(StringBlock(value))
    case Kind.int, Kind.float: return try machine.arithmetic(.multiply, value, .duration(1_000_000_000))
    case Kind.bigInt: throw machine.durationOverflow()
    default: throw cannotConvert(machine, value, "Duration")
    }
  }

  static func bytes(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let value = arguments[0]
    switch value.tag {
    case Kind.unset: return Value(machine.heap.makeBytes(count: 0).block)
    case Kind.bytes: return value.retained()
    case Kind.string:
      try machine.checkRoom(StringBlock(value).byteCount)
      return machine.heap.makeBytes(StringBlock(value).buffer)
    case Kind.list:
      let list = ListBlock(value)
      try machine.checkRoom(list.count)
      try machine.charge(work: list.count)
      let result = machine.heap.makeBytes(count: list.count)
      for index in 0..<list.count {
        let element = list.elements[index]
        guard element.tag == Kind.int, let byte = UInt8(exactly: element.int) else {
          machine.heap.release(result.block)
          throw machine.raise(.valueError, "element \(index) is not an Int from 0 to 255")
        }
        result.bytes[index] = byte
      }
      return Value(result.block)
    default: throw cannotConvert(machine, value, "Bytes")
    }
  }

  // MARK: - Methods

  /// A number with decimals, a separator between thousands, and a width.
  static func format(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let value = arguments[0]
    var text: [UInt8] = []
    if arguments[1].isMissing {
      try machine.describe(value, into: &text, quoted: false)
    } else {
      let decimals = try machine.intArgument(arguments[1], "`decimals`")
      text.append(contentsOf: try machine.fixed(value, decimals: decimals).utf8)
    }
    if !arguments[2].isMissing {
      let separator = try machine.stringArgument(arguments[2], "`separator`")
      try machine.checkRoom(text.count / 3 + 1, stride: separator.byteCount)
      text = grouped(text, by: Array(separator.buffer))
    }
    if !arguments[3].isMissing {
      let width = try machine.intArgument(arguments[3], "`width`")
      if width > text.count {
        try machine.checkRoom(width)
        text.insert(contentsOf: [UInt8](repeating: UInt8(ascii: " "), count: width - text.count), at: 0)
      }
    }
    try machine.checkRoom(text.count)
    return machine.heap.makeString(text)
  }

  private static func grouped(_ text: [UInt8], by separator: [UInt8]) -> [UInt8] {
    let zero = UInt8(ascii: "0")
    let start = text.firstIndex { (zero...zero + 9).contains($0) } ?? text.count
    let end = text[start...].firstIndex { !(zero...zero + 9).contains($0) } ?? text.count
    var result = Array(text[..<start])
    for index in start..<end {
      if index > start, (end - index) % 3 == 0 { result.append(contentsOf: separator) }
      result.append(text[index])
    }
    return result + text[end...]
  }

  static func bitLength(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let value = arguments[0]
    if value.tag == Kind.int { return Value(Int64.bitWidth - value.int.magnitude.leadingZeroBitCount) }
    return Value(value.big.magnitude.bitWidth)
  }

  static func isInteger(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    Value(arguments[0].float.isFinite && arguments[0].float.rounded() == arguments[0].float)
  }

  static func totalSeconds(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    Value(Double(arguments[0].int) / 1e9)
  }

  static func durationRound(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    try durationRound(machine, arguments[0], unit: arguments[1])
  }

  private static func durationRound(_ machine: Machine, _ value: Value, unit: Value) throws(Thrown) -> Value {
    guard unit.tag == Kind.duration else { throw machine.wrongArgument("the unit", "Duration", unit) }
    if unit.int <= 0 { throw machine.raise(.valueError, "the unit must be longer than 0s") }
    let half = Int128(unit.int) / 2
    var (quotient, remainder) = Int128(value.int).quotientAndRemainder(dividingBy: Int128(unit.int))
    if remainder < 0 {
      remainder += Int128(unit.int)
      quotient -= 1
    }
    let isTie = unit.int % 2 == 0 && remainder == half
    if remainder > half || (isTie && quotient & 1 == 1) { quotient += 1 }
    guard let result = Int64(exactly: quotient * Int128(unit.int)) else { throw machine.durationOverflow() }
    return .duration(result)
  }
}
