#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Methods of a String that make one text of another.
enum StringMethods {
  // MARK: - Letters

  /// Changes ASCII bytes one by one, and other texts by the rules of Unicode.
  private static func mapped(
    _ machine: Machine, _ value: Value, _ ascii: (UInt8) -> UInt8, _ unicode: (String) -> String
  ) throws(Thrown) -> Value {
    let string = StringBlock(value)
    try machine.checkRoom(string.byteCount, stride: 3)
    try machine.charge(work: string.byteCount / 8)
    if !string.isASCII { return machine.heap.makeString(unicode(value.text)) }
    let result = machine.heap.makeString(byteCount: string.byteCount)
    for index in 0..<string.byteCount { result.bytes[index] = ascii(string.bytes[index]) }
    return Value(result.block)
  }

  static func isUpper(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") }
  static func isLower(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") }
  private static func upper(_ byte: UInt8) -> UInt8 { isLower(byte) ? byte - 32 : byte }
  private static func lower(_ byte: UInt8) -> UInt8 { isUpper(byte) ? byte + 32 : byte }

  static func upper(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    try mapped(machine, arguments[0], { upper($0) }, { $0.uppercased() })
  }

  static func lower(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    try mapped(machine, arguments[0], { lower($0) }, { $0.lowercased() })
  }

  static func swapcase(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    try mapped(machine, arguments[0], { isUpper($0) ? $0 + 32 : upper($0) }) { text in
      text.unicodeScalars.map { scalar in
        scalar.properties.isUppercase ? scalar.properties.lowercaseMapping : scalar.properties.uppercaseMapping
      }.joined()
    }
  }

  static func capitalize(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    var isFirst = true
    return try mapped(
      machine, arguments[0],
      { byte in
        defer { isFirst = false }
        return isFirst ? upper(byte) : lower(byte)
      }, { text in text.prefix(1).uppercased() + text.dropFirst().lowercased() })
  }

  static func title(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    var isInside = false
    return try mapped(
      machine, arguments[0],
      { byte in
        defer { isInside = isUpper(byte) || isLower(byte) }
        return isInside ? lower(byte) : upper(byte)
      },
      { text in
        text.unicodeScalars.map { scalar in
          defer { isInside = scalar.properties.isAlphabetic }
          return isInside ? scalar.properties.lowercaseMapping : scalar.properties.titlecaseMapping
        }.joined()
      })
  }

  // MARK: - Ends

  static func strip(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    try strip(machine, arguments, start: true, end: true)
  }
  static func lstrip(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    try strip(machine, arguments, start: true, end: false)
  }
  static func rstrip(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    try strip(machine, arguments, start: false, end: true)
  }

  private static func strip(
    _ machine: Machine, _ arguments: Arguments, start: Bool, end: Bool
  ) throws(Thrown) -> Value {
    let string = StringBlock(arguments[0])
    let set = arguments[1].isMissing ? nil : try machine.stringArgument(arguments[1], "the characters")
    func isStripped(_ offset: Int) -> Bool {
      guard let set else { return string.isSpace(at: offset) }
      return Search.first(string.scalar(at: offset), in: set.buffer) >= 0
    }
    var first = 0
    var last = string.byteCount
    if start {
      while first < last, isStripped(first) { first += string.scalarLength(at: first) }
    }
    if end {
      while last > first {
        let previous = string.scalarStart(before: last)
        if !isStripped(previous) { break }
        last = previous
      }
    }
    if first == 0, last == string.byteCount { return arguments[0].retained() }
    try machine.charge(work: string.byteCount / 64)
    try machine.checkRoom(last - first)
    return machine.part(string, first, last)
  }

  static func removeprefix(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let string = StringBlock(arguments[0])
    let prefix = try machine.stringArgument(arguments[1], "the prefix")
    if prefix.byteCount == 0 || !string.hasPrefix(prefix) { return arguments[0].retained() }
    try machine.checkRoom(string.byteCount)
    return machine.part(string, prefix.byteCount, string.byteCount)
  }

  static func removesuffix(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let string = StringBlock(arguments[0])
    let suffix = try machine.stringArgument(arguments[1], "the suffix")
    if suffix.byteCount == 0 || !string.hasSuffix(suffix) { return arguments[0].retained() }
    try machine.checkRoom(string.byteCount)
    return machine.part(string, 0, string.byteCount - suffix.byteCount)
  }

  // MARK: - Width

  static func ljust(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    try padded(machine, arguments) { _ in 0 }
  }
  static func rjust(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    try padded(machine, arguments) { $0 }
  }
  static func center(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    try padded(machine, arguments) { $0 / 2 }
  }

  /// Fills up to a width; `before` says how much of the padding comes first.
  private static func padded(
    _ machine: Machine, _ arguments: Arguments, before: (Int) -> Int
  ) throws(Thrown) -> Value {
    let string = StringBlock(arguments[0])
    let width = try machine.intArgument(arguments[1], "the width")
    var fill: [UInt8] = [UInt8(ascii: " ")]
    if !arguments[2].isMissing {
      let text = try machine.stringArgument(arguments[2], "`fill`")
      if text.scalarCount != 1 { throw machine.raise(.valueError, "`fill` must be one character") }
      fill = Array(text.buffer)
    }
    if width <= string.scalarCount { return arguments[0].retained() }
    let missing = width - string.scalarCount
    let (padding, overflow) = missing.multipliedReportingOverflow(by: fill.count)
    try machine.checkRoom(overflow ? .max : padding, stride: 1)
    try machine.checkRoom(padding + string.byteCount)
    try machine.charge(work: padding / 8)
    let first = before(missing) * fill.count
    let result = machine.heap.makeString(byteCount: padding + string.byteCount)
    Machine.fill(UnsafeMutableRawPointer(result.bytes), total: first, with: fill, count: fill.count)
    memcpy(result.bytes + first, string.bytes, string.byteCount)
    Machine.fill(
      UnsafeMutableRawPointer(result.bytes + first + string.byteCount), total: padding - first, with: fill,
      count: fill.count)
    return Value(result.block)
  }

  static func zfill(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let string = StringBlock(arguments[0])
    let width = try machine.intArgument(arguments[1], "the width")
    if width <= string.scalarCount { return arguments[0].retained() }
    let missing = width - string.scalarCount
    try machine.checkRoom(missing)
    try machine.checkRoom(missing + string.byteCount)
    try machine.charge(work: missing / 8)
    let first = string.buffer.first
    let sign = first == UInt8(ascii: "-") || first == UInt8(ascii: "+") ? 1 : 0
    let result = machine.heap.makeString(byteCount: missing + string.byteCount)
    memcpy(result.bytes, string.bytes, sign)
    memset(result.bytes + sign, Int32(UInt8(ascii: "0")), missing)
    memcpy(result.bytes + sign + missing, string.bytes + sign, string.byteCount - sign)
    return Value(result.block)
  }

  // MARK: - Whole texts

  static func `repeat`(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    try machine.repeated(arguments[0], Int64(try machine.intArgument(arguments[1], "the count")))
  }

  static func chars(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    try machine.characters(of: StringBlock(arguments[0]))
  }

  static func bytes(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    try NumberFunctions.bytes(machine, arguments, count)
  }

  static func reversed(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let string = StringBlock(arguments[0])
    try machine.checkRoom(string.byteCount)
    try machine.charge(work: string.byteCount / 4)
    let result = machine.heap.makeString(byteCount: string.byteCount)
    var offset = 0
    while offset < string.byteCount {
      let length = string.scalarLength(at: offset)
      memcpy(result.bytes + (string.byteCount - offset - length), string.bytes + offset, length)
      offset += length
    }
    return Value(result.block)
  }
}

extension StringBlock {
  func hasPrefix(_ prefix: StringBlock) -> Bool {
    prefix.byteCount <= byteCount && memcmp(bytes, prefix.bytes, prefix.byteCount) == 0
  }

  func hasSuffix(_ suffix: StringBlock) -> Bool {
    suffix.byteCount <= byteCount
      && memcmp(bytes + (byteCount - suffix.byteCount), suffix.bytes, suffix.byteCount) == 0
  }

  /// Where the scalar begins that ends at `end`.
  func scalarStart(before end: Int) -> Int {
    var start = end - 1
    while start > 0, bytes[start] & 0xC0 == 0x80 { start -= 1 }
    return start
  }

  /// The scalar at a byte.
  func unicodeScalar(at offset: Int) -> Unicode.Scalar {
    let byte = bytes[offset]
    if byte < 0x80 { return Unicode.Scalar(byte) }
    return String(decoding: scalar(at: offset), as: UTF8.self).unicodeScalars.first ?? "\u{FFFD}"
  }

  @inline(__always) func isSpace(at offset: Int) -> Bool {
    let byte = bytes[offset]
    if byte < 0x80 { return Machine.isSpace(byte) || (0x1C...0x1F).contains(byte) }
    return unicodeScalar(at: offset).properties.isWhitespace
  }
}
