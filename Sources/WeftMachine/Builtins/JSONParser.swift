/// Reads JSON text (RFC 8259) into values, with an explicit stack.
struct JSONParser {
  /// How deep lists and maps may be nested.
  static let deepest = 512

  private struct Frame {
    var container: Value
    /// The key that waits for its value, in a map.
    var key: Value
  }

  private let machine: Machine
  private let bytes: UnsafeBufferPointer<UInt8>
  private var offset = 0
  private var stack: [Frame] = []

  private init(_ machine: Machine, _ bytes: UnsafeBufferPointer<UInt8>) {
    self.machine = machine
    self.bytes = bytes
  }

  /// `isChecked` says that the bytes are known to be UTF-8.
  static func parse(
    _ machine: Machine, _ bytes: UnsafeBufferPointer<UInt8>, isChecked: Bool = true
  ) throws(Thrown) -> Value {
    try machine.charge(work: bytes.count * 4)
    if !isChecked, !UTF8Text.isValid(bytes) {
      throw machine.raise(.valueError, "not JSON: the bytes are not UTF-8 text")
    }
    var parser = JSONParser(machine, bytes)
    do throws(Thrown) {
      return try parser.document()
    } catch {
      for frame in parser.stack {
        machine.heap.release(frame.container)
        machine.heap.release(frame.key)
      }
      throw error
    }
  }

  static func native(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    if arguments[0].tag == Kind.bytes {
      return try parse(machine, BytesBlock(arguments[0]).buffer, isChecked: false)
    }
    if arguments[0].tag == Kind.response {
      throw machine.wrongArgument("the argument", "String", arguments[0], hint: "a Response has `.json()`")
    }
    return try parse(machine, try machine.stringArgument(arguments[0], "the argument").buffer)
  }

  // MARK: - Structure

  private mutating func document() throws(Thrown) -> Value {
    var nextLook = 1 << 16
    while true {
      if offset > nextLook {
        try machine.lookAround()
        nextLook = offset + 1 << 16
      }
      skipSpace()
      var value = try startValue()
      // Put the finished value where it belongs; closing a container finishes that one too.
      while let finished = value {
        guard let top = stack.indices.last else {
          skipSpace()
          if offset == bytes.count { return finished }
          machine.heap.release(finished)
          throw problem("unexpected text after the value")
        }
        add(finished, to: top)
        value = try afterElement()
      }
    }
  }

  /// A value without parts, or nil after the start of a container that has some.
  private mutating func startValue() throws(Thrown) -> Value? {
    guard offset < bytes.count else { throw problem(bytes.isEmpty ? "the text is empty" : "unexpected end") }
    switch bytes[offset] {
    case UInt8(ascii: "{"):
      try open(Value(machine.heap.makeMap(capacity: 0).block))
      if skip(UInt8(ascii: "}")) { return close() }
      try readKey()
      return nil
    case UInt8(ascii: "["):
      try open(Value(machine.heap.makeList(capacity: 0).block))
      return skip(UInt8(ascii: "]")) ? close() : nil
    case UInt8(ascii: "\""): return try string()
    case UInt8(ascii: "t"): return try word("true", Value(true))
    case UInt8(ascii: "f"): return try word("false", Value(false))
    case UInt8(ascii: "n"): return try word("null", .none)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    case UInt8(ascii: "'"): throw problem("a text is in double quotes")
    case UInt8(ascii: "N"), UInt8(ascii: "I"): throw problem("JSON has no NaN and no infinity")
    case UInt8(ascii: "]"), UInt8(ascii: "}"): throw problem("a value is missing")
    default: throw problem("unexpected character")
    }
  }

  private mutating func open(_ container: Value) throws(Thrown) {
    offset += 1
    stack.append(Frame(container: container, key: .none))
    if stack.count > Self.deepest { throw problem("nested deeper than \(Self.deepest)") }
    try machine.checkRoom(64)
    skipSpace()
  }

  private mutating func close() -> Value {
    // unreachable: `close` follows an `open`.
    stack.popLast()?.container ?? .none
  }

  private mutating func add(_ value: Value, to top: Int) {
    if stack[top].container.tag == Kind.list {
      machine.heap.append(value, toList: &stack[top].container)
    } else {
      let key = stack[top].key
      stack[top].key = .none
      machine.heap.set(key, hash: StringBlock(key).hash, to: value, inMap: &stack[top].container)
    }
  }

  /// What follows an element: nil when another one comes, else the finished container.
  private mutating func afterElement() throws(Thrown) -> Value? {
    skipSpace()
    let isList = stack.last?.container.tag == Kind.list
    if skip(UInt8(ascii: ",")) {
      skipSpace()
      if !isList { try readKey() }
      return nil
    }
    if skip(UInt8(ascii: isList ? "]" : "}")) {
      // The container counts against the limit once it is complete; its parts are already live.
      try machine.checkRoom(0)
      return close()
    }
    throw problem(offset == bytes.count ? "unexpected end" : "`,` or `\(isList ? "]" : "}")` is missing")
  }

  private mutating func readKey() throws(Thrown) {
    guard offset < bytes.count, bytes[offset] == UInt8(ascii: "\"") else {
      throw problem(offset == bytes.count ? "unexpected end" : "a key in double quotes is missing")
    }
    let key = try string()
    stack[stack.count - 1].key = key
    skipSpace()
    if !skip(UInt8(ascii: ":")) { throw problem("`:` is missing after a key") }
    skipSpace()
  }

  // MARK: - Pieces

  @inline(__always) private mutating func skipSpace() {
    while offset < bytes.count {
      let byte = bytes[offset]
      if byte != 0x20, byte != 0x0A, byte != 0x0D, byte != 0x09 { return }
      offset += 1
    }
  }

  @inline(__always) private mutating func skip(_ byte: UInt8) -> Bool {
    if offset < bytes.count, bytes[offset] == byte {
      offset += 1
      return true
    }
    return false
  }

  private mutating func word(_ word: StaticString, _ value: Value) throws(Thrown) -> Value {
    let end = offset + word.utf8CodeUnitCount
    let expected = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
    if end > bytes.count || !bytes[offset..<end].elementsEqual(expected) { throw problem("unexpected character") }
    offset = end
    return value
  }

  private mutating func number() throws(Thrown) -> Value {
    let start = offset
    var isFloat = false
    _ = skip(UInt8(ascii: "-"))
    let first = offset
    skipDigits()
    if offset == first { throw problem("a digit is missing") }
    if bytes[first] == UInt8(ascii: "0"), offset > first + 1 { throw problem("a number does not begin with 0") }
    if skip(UInt8(ascii: ".")) {
      isFloat = true
      let fraction = offset
      skipDigits()
      if offset == fraction { throw problem("a digit is missing after the point") }
    }
    if offset < bytes.count, bytes[offset] | 0x20 == UInt8(ascii: "e") {
      isFloat = true
      offset += 1
      if !skip(UInt8(ascii: "+")) { _ = skip(UInt8(ascii: "-")) }
      let exponent = offset
      skipDigits()
      if offset == exponent { throw problem("a digit is missing in the exponent") }
    }
    let text = UnsafeBufferPointer(rebasing: bytes[start..<offset])
    if !isFloat { return try machine.parseInt(text) }
    guard let value = Double(String(decoding: text, as: UTF8.self)), value.isFinite else {
      throw problem("the number is too large for a Float")
    }
    return Value(value)
  }

  private mutating func skipDigits() {
    while offset < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[offset]) { offset += 1 }
  }

  // MARK: - Texts

  private mutating func string() throws(Thrown) -> Value {
    offset += 1
    let start = offset
    while offset < bytes.count {
      let byte = bytes[offset]
      if byte == UInt8(ascii: "\"") {
        let text = UnsafeBufferPointer(rebasing: bytes[start..<offset])
        try machine.checkRoom(text.count)
        offset += 1
        return machine.heap.makeString(text)
      }
      if byte == UInt8(ascii: "\\") { return try escapedString(from: start) }
      if byte < 0x20 { throw problem("a text has a control character; write `\\n` for a newline") }
      offset += 1
    }
    throw problem("a text has no closing quote")
  }

  /// The rest of a text, from the first backslash on.
  private mutating func escapedString(from start: Int) throws(Thrown) -> Value {
    var text = Array(bytes[start..<offset])
    while offset < bytes.count {
      let byte = bytes[offset]
      offset += 1
      if byte == UInt8(ascii: "\"") {
        try machine.checkRoom(text.count)
        return machine.heap.makeString(text)
      }
      if byte < 0x20 {
        offset -= 1
        throw problem("a text has a control character; write `\\n` for a newline")
      }
      if byte == UInt8(ascii: "\\") { try escape(into: &text) } else { text.append(byte) }
    }
    throw problem("a text has no closing quote")
  }

  private mutating func escape(into text: inout [UInt8]) throws(Thrown) {
    guard offset < bytes.count else { throw problem("a text has no closing quote") }
    let byte = bytes[offset]
    offset += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "u"):
      var code = try fourDigits()
      if (0xD800..<0xDC00).contains(code), offset + 1 < bytes.count, bytes[offset] == UInt8(ascii: "\\"),
        bytes[offset + 1] == UInt8(ascii: "u")
      {
        let before = offset
        offset += 2
        let low = try fourDigits()
        if (0xDC00..<0xE000).contains(low) {
          code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
        } else {
          offset = before
        }
      }
      // Half a pair stands for no character.
      text.append(contentsOf: String(Character(Unicode.Scalar(code) ?? "\u{FFFD}")).utf8)
    default:
      offset -= 1
      throw problem("a text has an unknown escape")
    }
  }

  private mutating func fourDigits() throws(Thrown) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard offset < bytes.count, let digit = Machine.digit(bytes[offset]), digit < 16 else {
        throw problem("`\\u` needs four hexadecimal digits")
      }
      code = code << 4 | UInt32(digit)
      offset += 1
    }
    return code
  }

  /// An error that names the line and the column.
  private func problem(_ what: String) -> Thrown {
    var line = 1
    var column = 1
    for byte in bytes[..<min(offset, bytes.count)] {
      if byte == 0x0A {
        line += 1
        column = 1
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
    }
    return machine.raise(.valueError, "not JSON: \(what), line \(line) column \(column)")
  }
}
