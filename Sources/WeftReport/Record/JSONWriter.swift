/// Writes JSON into bytes, value after value; Foundation's encoder would cost the command its quick start.
struct JSONWriter {
  private(set) var bytes: [UInt8] = []
  /// Whether a comma has to come before the next value.
  private var needsComma = false

  mutating func object(_ key: String? = nil, _ body: (inout JSONWriter) -> Void) {
    begin(key)
    bytes.append(UInt8(ascii: "{"))
    needsComma = false
    body(&self)
    bytes.append(UInt8(ascii: "}"))
    needsComma = true
  }

  mutating func array(_ key: String? = nil, _ body: (inout JSONWriter) -> Void) {
    begin(key)
    bytes.append(UInt8(ascii: "["))
    needsComma = false
    body(&self)
    bytes.append(UInt8(ascii: "]"))
    needsComma = true
  }

  mutating func value(_ number: Int64) { value(nil, number) }
  mutating func value(_ number: Int) { value(nil, Int64(number)) }
  mutating func value(_ text: String) { value(nil, text) }

  mutating func value(_ key: String?, _ number: Int64) {
    begin(key)
    bytes += String(number).utf8
  }

  mutating func value(_ key: String?, _ number: Int) { value(key, Int64(number)) }

  /// Infinities and what is no number become null: JSON has neither.
  mutating func value(_ key: String?, _ number: Double) {
    begin(key)
    bytes += (number.isFinite ? "\(number)" : "null").utf8
  }

  /// `nil` becomes null.
  mutating func value(_ key: String?, _ text: String?) {
    begin(key)
    if let text { string(text) } else { bytes += "null".utf8 }
  }

  /// A line break, for those who look at the file.
  mutating func newline() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = false
    bytes.append(UInt8(ascii: "\n"))
  }

  private mutating func begin(_ key: String?) {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = true
    if let key {
      string(key)
      bytes.append(UInt8(ascii: ":"))
    }
  }

  private mutating func string(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): bytes += "\\\"".utf8
      case UInt8(ascii: "\\"): bytes += "\\\\".utf8
      case UInt8(ascii: "\n"): bytes += "\\n".utf8
      // `</script>` must not end the script that a page has the text in.
      case UInt8(ascii: "<"): bytes += "\\u003c".utf8
      case 0..<0x20, 0x7F:
        let digits = String(byte, radix: 16)
        bytes += ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
