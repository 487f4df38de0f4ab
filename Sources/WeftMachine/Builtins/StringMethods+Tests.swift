// Methods of a String that find something in it or tell what it is.

extension StringMethods {
  static func startswith(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    try matches(machine, arguments) { $0.hasPrefix($1) }
  }

  static func endswith(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    try matches(machine, arguments) { $0.hasSuffix($1) }
  }

  private static func matches(
    _ machine: Machine, _ arguments: Arguments, _ test: (StringBlock, StringBlock) -> Bool
  ) throws(Thrown) -> Value {
    let string = StringBlock(arguments[0])
    guard arguments[1].tag == Kind.list else {
      return Value(test(string, try machine.stringArgument(arguments[1], "the text to look for")))
    }
    let list = ListBlock(arguments[1])
    try machine.charge(work: list.count)
    for index in 0..<list.count
    where test(string, try machine.stringArgument(list.elements[index], "each text to look for")) {
      return Value(true)
    }
    return Value(false)
  }

  static func find(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let string = StringBlock(arguments[0])
    var start = 0
    if !arguments[2].isMissing {
      let length = string.scalarCount
      let wanted = try machine.intArgument(arguments[2], "`start`")
      if wanted > length { return Value(-1) }
      start = string.byteOffset(ofScalar: wanted < 0 ? max(0, wanted &+ length) : wanted)
    }
    return Value(try find(machine, string, arguments[1], from: start))
  }

  private static func find(
    _ machine: Machine, _ string: StringBlock, _ text: Value, from start: Int
  ) throws(Thrown) -> Int {
    let text = try machine.stringArgument(text, "the text to look for")
    try machine.charge(work: string.byteCount / 16)
    let found = Search.first(text.buffer, in: string.buffer, from: start)
    return found < 0 ? -1 : string.scalarPosition(ofByte: found)
  }

  static func rfind(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let string = StringBlock(arguments[0])
    let text = try machine.stringArgument(arguments[1], "the text to look for")
    try machine.charge(work: string.byteCount / 8)
    let found = Search.last(text.buffer, in: string.buffer, before: string.byteCount)
    return Value(found < 0 ? -1 : string.scalarPosition(ofByte: found))
  }

  static func index(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let found = try find(machine, StringBlock(arguments[0]), arguments[1], from: 0)
    if found >= 0 { return Value(found) }
    throw machine.raise(
      .valueError, "`\(Machine.excerpt(StringBlock(arguments[1])))` is not in the text", hint: "`find` gives -1 instead"
    )
  }

  static func count(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let string = StringBlock(arguments[0])
    let text = try machine.stringArgument(arguments[1], "the text to count")
    if text.byteCount == 0 { return Value(string.scalarCount + 1) }
    try machine.charge(work: string.byteCount / 8)
    var total = 0
    var start = 0
    while true {
      let found = Search.first(text.buffer, in: string.buffer, from: start)
      if found < 0 { return Value(total) }
      total += 1
      start = found + text.byteCount
    }
  }

  static func contains(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    Value(try machine.contains(arguments[0], arguments[1]))
  }

  // MARK: - Kinds of characters

  static func isdigit(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    try every(machine, arguments[0]) { isDigit($0) }
  }

  static func isalpha(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    try every(machine, arguments[0]) { isLetter($0) }
  }

  static func isalnum(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    try every(machine, arguments[0]) { isLetter($0) || isDigit($0) }
  }

  static func isspace(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    try every(machine, arguments[0]) { $0.properties.isWhitespace || (0x1C...0x1F).contains($0.value) }
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return (0x30...0x39).contains(scalar.value) }
    return scalar.properties.numericType == .decimal || scalar.properties.numericType == .digit
  }

  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
    default: false
    }
  }

  private static func every(
    _ machine: Machine, _ value: Value, _ test: (Unicode.Scalar) -> Bool
  ) throws(Thrown) -> Value {
    let string = StringBlock(value)
    try machine.charge(work: string.byteCount / 4)
    var offset = 0
    while offset < string.byteCount {
      if !test(string.unicodeScalar(at: offset)) { return Value(false) }
      offset += string.scalarLength(at: offset)
    }
    return Value(string.byteCount > 0)
  }

  static func isupper(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    try letters(machine, arguments[0], wanted: { $0.properties.isUppercase }, other: { $0.properties.isLowercase })
  }

  static func islower(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    try letters(machine, arguments[0], wanted: { $0.properties.isLowercase }, other: { $0.properties.isUppercase })
  }

  private static func letters(
    _ machine: Machine, _ value: Value, wanted: (Unicode.Scalar) -> Bool, other: (Unicode.Scalar) -> Bool
  ) throws(Thrown) -> Value {
    let string = StringBlock(value)
    try machine.charge(work: string.byteCount / 4)
    var offset = 0
    var found = false
    while offset < string.byteCount {
      let scalar = string.unicodeScalar(at: offset)
      if other(scalar) { return Value(false) }
      if wanted(scalar) { found = true }
      offset += string.scalarLength(at: offset)
    }
    return Value(found)
  }
}
