/// A value that was read from JSON.
indirect enum JSONValue: Sendable, Equatable {
  case null
  case bool(Bool)
  case int(Int64)
  case double(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  subscript(key: String) -> JSONValue? {
    if case .object(let fields) = self { fields[key] } else { nil }
  }

  var array: [JSONValue]? { if case .array(let values) = self { values } else { nil } }
  var string: String? { if case .string(let text) = self { text } else { nil } }
  var bool: Bool? { if case .bool(let flag) = self { flag } else { nil } }
  var int64: Int64? { if case .int(let number) = self { number } else { nil } }
  var int: Int? { int64.map(Int.init) }

  var double: Double? {
    switch self {
    case .int(let number): Double(number)
    case .double(let number): number
    default: nil
    }
  }
}

/// Reads JSON that somebody else wrote: whatever it is, an error says where it stops to make sense.
struct JSONReader {
  struct Failure: Error {
    /// Lower case, no full stop.
    let message: String
    let line: Int
  }

  private let bytes: [UInt8]
  private var position = 0
  private var depth = 0
  /// Deeper than anything that is meant, and shallow enough for the stack.
  private static let deepest = 64

  static func value(_ bytes: [UInt8]) throws(Failure) -> JSONValue {
    var reader = JSONReader(bytes: bytes)
    let value = try reader.value()
    reader.skipSpace()
    if reader.position < bytes.count { throw reader.failure("something follows the end of the JSON text") }
    return value
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private func failure(_ message: String) -> Failure {
    let end = min(position, bytes.count)
    return Failure(message: message, line: 1 + bytes[..<end].count { $0 == 0x0A })
  }

  private mutating func skipSpace() {
    while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
  }

  private mutating func take(_ text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    guard bytes.count - position >= count else { return false }
    for index in 0..<count where bytes[position + index] != text.utf8Start[index] { return false }
    position += count
    return true
  }

  private mutating func value() throws(Failure) -> JSONValue {
    skipSpace()
    guard position < bytes.count else { throw failure("the JSON text ends too early") }
    switch bytes[position] {
    case UInt8(ascii: "{"): return try object()
    case UInt8(ascii: "["): return try array()
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    default:
      if take("true") { return .bool(true) }
      if take("false") { return .bool(false) }
      if take("null") { return .null }
      throw failure("this is no JSON")
    }
  }

  private mutating func deeper() throws(Failure) {
    depth += 1
    if depth > Self.deepest { throw failure("the JSON text is nested too deep") }
  }

  private mutating func object() throws(Failure) -> JSONValue {
    try deeper()
    defer { depth -= 1 }
    position += 1
    var fields: [String: JSONValue] = [:]
    skipSpace()
    if take("}") { return .object(fields) }
    while true {
      skipSpace()
      guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { throw failure("a name is missing") }
      let name = try string()
      skipSpace()
      if !take(":") { throw failure("a `:` is missing") }
      fields[name] = try value()
      skipSpace()
      if take("}") { return .object(fields) }
      if !take(",") { throw failure("a `,` or `}` is missing") }
    }
  }

  private mutating func array() throws(Failure) -> JSONValue {
    try deeper()
    defer { depth -= 1 }
    position += 1
    var values: [JSONValue] = []
    skipSpace()
    if take("]") { return .array(values) }
    while true {
      values.append(try value())
      skipSpace()
      if take("]") { return .array(values) }
      if !take(",") { throw failure("a `,` or `]` is missing") }
    }
  }

  private mutating func number() throws(Failure) -> JSONValue {
    let start = position
    var isInteger = true
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"): break
      case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"): isInteger = false
      default:
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        return try number(text, isInteger)
      }
      position += 1
    }
    return try number(String(decoding: bytes[start...], as: UTF8.self), isInteger)
  }

  private func number(_ text: String, _ isInteger: Bool) throws(Failure) -> JSONValue {
    if isInteger, let number = Int64(text) { return .int(number) }
    if let number = Double(text), number.isFinite { return .double(number) }
    throw failure("`\(text.prefix(20))` is no number")
  }

  private mutating func string() throws(Failure) -> String {
    position += 1
    var text: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"): try escape(&text)
      default: text.append(byte)
      }
    }
    throw failure("a string has no end")
  }

  private mutating func escape(_ text: inout [UInt8]) throws(Failure) {
    guard position < bytes.count else { throw failure("a string has no end") }
    let byte = bytes[position]
    position += 1
    switch byte {
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "u"):
      let high = try hexadecimal()
      var scalar = Unicode.Scalar(high)
      if (0xD800..<0xDC00).contains(high), take("\\u") {
        let low = try hexadecimal()
        if (0xDC00..<0xE000).contains(low) { scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)) }
      }
      text += String(Character(scalar ?? "\u{FFFD}")).utf8
    default: text.append(byte)
    }
  }

  private mutating func hexadecimal() throws(Failure) -> UInt32 {
    guard bytes.count - position >= 4,
      let value = UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
    else { throw failure("`\\u` needs four hexadecimal digits") }
    position += 4
    return value
  }
}
