/// Natives that make text of values.
enum OutputFunctions {
  static func formatted(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let width = arguments[1].tag == Kind.int ? Int(arguments[1].int) : nil
    let decimals = arguments[2].tag == Kind.int ? Int(arguments[2].int) : nil
    return try machine.formatted(arguments[0], width: width, decimals: decimals)
  }

  /// The arguments are `sep`, `end` and then the values.
  static func print(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let before = machine.output.count
    do throws(Thrown) {
      for index in stride(from: 2, to: count, by: 1) {
        if index > 2 {
          if arguments[0].isMissing {
            machine.output.append(UInt8(ascii: " "))
          } else {
            machine.output.append(contentsOf: try machine.stringArgument(arguments[0], "`sep`").buffer)
          }
        }
        try machine.describe(arguments[index], into: &machine.output, quoted: false)
      }
      if arguments[1].isMissing {
        machine.output.append(UInt8(ascii: "\n"))
      } else {
        machine.output.append(contentsOf: try machine.stringArgument(arguments[1], "`end`").buffer)
      }
      try machine.charge(work: machine.output.count - before)
      try machine.notePrinted(machine.output.count - before)
      if machine.core.pointee.isObserved { machine.notePrinting(machine.output.count - before) }
    } catch {
      machine.output.removeLast(machine.output.count - before)
      throw error
    }
    return .none
  }

  static func str(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    if arguments[0].tag == Kind.unset { return machine.heap.makeString("") }
    return try machine.text(of: arguments[0])
  }

  static func repr(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    try machine.text(of: arguments[0], quoted: true)
  }

  static func type(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    machine.intern(Machine.typeName(arguments[0]))
  }

  static func chr(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let code = try machine.intArgument(arguments[0], "the argument of `chr`")
    guard let scalar = UInt32(exactly: code).flatMap({ Unicode.Scalar($0) }) else {
      throw machine.raise(.valueError, "no character has the number \(code)")
    }
    return machine.heap.makeString(String(Character(scalar)))
  }

  static func ord(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let text = try machine.stringArgument(arguments[0], "the argument of `ord`")
    guard text.scalarCount == 1, let scalar = arguments[0].text.unicodeScalars.first else {
      throw machine.raise(
        .valueError, "`ord` needs a text of one character, not of \(text.scalarCount)",
        hint: "`s.chars().map(ord)` gives all numbers")
    }
    return Value(Int64(scalar.value))
  }

  static func hex(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    try inBase(machine, arguments[0], 16, "0x")
  }
  static func bin(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    try inBase(machine, arguments[0], 2, "0b")
  }
  static func oct(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    try inBase(machine, arguments[0], 8, "0o")
  }

  private static func inBase(
    _ machine: Machine, _ value: Value, _ base: Int, _ prefix: String
  ) throws(Thrown) -> Value {
    guard value.isInteger else { throw machine.wrongArgument("the argument", "Int", value) }
    if value.tag == Kind.int {
      return machine.heap.makeString("\(value.int < 0 ? "-" : "")\(prefix)\(String(value.int.magnitude, radix: base))")
    }
    let big = value.big
    try machine.charge(work: big.magnitude.bitWidth)
    return machine.heap.makeString(
      "\(value.isNegativeInteger ? "-" : "")\(prefix)\(big.magnitude.text(bitsPerDigit: base.trailingZeroBitCount))")
  }
}
