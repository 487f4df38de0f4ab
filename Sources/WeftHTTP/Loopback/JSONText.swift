/// JSON to be written. The server needs a dozen lines of it, and Foundation would cost the command its quick start.
indirect enum JSONText {
  case string(String)
  case number(Int)
  /// JSON already.
  case raw(String)
  case array([JSONText])
  case object([(String, JSONText)])

  /// With two spaces a level, as httpbin writes it.
  func rendered() -> String {
    var output = ""
    write(to: &output, indentation: 0)
    return output
  }

  func renderedOnOneLine() -> String {
    var output = ""
    write(to: &output, indentation: nil)
    return output
  }

  private func write(to output: inout String, indentation: Int?) {
    switch self {
    case .string(let text): writeString(text, to: &output)
    case .number(let number): output += String(number)
    case .raw(let text): output += text
    case .array(let items):
      Self.writeList("[", items, "]", to: &output, indentation: indentation) { item, output, inner in
        item.write(to: &output, indentation: inner)
      }
    case .object(let fields):
      Self.writeList("{", fields, "}", to: &output, indentation: indentation) { field, output, inner in
        writeString(field.0, to: &output)
        output += ": "
        field.1.write(to: &output, indentation: inner)
      }
    }
  }

  private static func writeList<Item>(
    _ open: String, _ items: [Item], _ close: String, to output: inout String, indentation: Int?,
    write: (Item, inout String, Int?) -> Void
  ) {
    guard !items.isEmpty else { return output += open + close }
    let inner = indentation.map { $0 + 2 }
    output += open
    for (index, item) in items.enumerated() {
      if index > 0 { output += inner == nil ? ", " : "," }
      if let inner { output += "\n" + String(repeating: " ", count: inner) }
      write(item, &output, inner)
    }
    if let indentation { output += "\n" + String(repeating: " ", count: indentation) }
    output += close
  }
}

private func writeString(_ text: String, to output: inout String) {
  output += "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": output += "\\\""
    case "\\": output += "\\\\"
    case "\n": output += "\\n"
    case "\r": output += "\\r"
    case "\t": output += "\\t"
    case "\0"..."\u{1F}":
      let digits = String(scalar.value, radix: 16)
      output += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: output.unicodeScalars.append(scalar)
    }
  }
  output += "\""
}

/// Whether `text` is one JSON value, nested at most 100 deep.
func isJSON(_ text: String) -> Bool {
  var scanner = JSONScanner(rest: Array(text.utf8)[...])
  return scanner.skipValue(depth: 100) && scanner.rest.isEmpty
}

private struct JSONScanner {
  var rest: ArraySlice<UInt8>

  /// Steps over a value and the space around it.
  mutating func skipValue(depth: Int) -> Bool {
    guard depth > 0 else { return false }
    skipSpace()
    defer { skipSpace() }
    switch rest.first {
    case UInt8(ascii: "{"): return skipList(until: UInt8(ascii: "}")) { $0.skipField(depth: depth) }
    case UInt8(ascii: "["): return skipList(until: UInt8(ascii: "]")) { $0.skipValue(depth: depth - 1) }
    case UInt8(ascii: "\""): return skipString()
    case UInt8(ascii: "t"): return skip("true")
    case UInt8(ascii: "f"): return skip("false")
    case UInt8(ascii: "n"): return skip("null")
    default: return skipNumber()
    }
  }

  private mutating func skipField(depth: Int) -> Bool {
    skipSpace()
    guard skipString() else { return false }
    skipSpace()
    return skip(":") && skipValue(depth: depth - 1)
  }

  private mutating func skipList(until close: UInt8, _ skipItem: (inout JSONScanner) -> Bool) -> Bool {
    rest.removeFirst()
    skipSpace()
    if rest.first == close {
      rest.removeFirst()
      return true
    }
    while skipItem(&self) {
      skipSpace()
      guard let next = rest.popFirst() else { return false }
      if next == close { return true }
      if next != UInt8(ascii: ",") { return false }
    }
    return false
  }

  private mutating func skipString() -> Bool {
    guard skip("\"") else { return false }
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "\""): return true
      case 0..<0x20: return false
      case UInt8(ascii: "\\"):
        guard let escape = rest.popFirst() else { return false }
        if escape == UInt8(ascii: "u") {
          guard rest.count >= 4, rest.prefix(4).allSatisfy(isHexDigit) else { return false }
          rest = rest.dropFirst(4)
        } else if !"\"\\/bfnrt".utf8.contains(escape) {
          return false
        }
      default: break
      }
    }
    return false
  }

  private mutating func skipNumber() -> Bool {
    _ = skip("-")
    if !skip("0"), !skipDigits() { return false }
    if skip("."), !skipDigits() { return false }
    if skip("e") || skip("E") {
      if !skip("+") { _ = skip("-") }
      return skipDigits()
    }
    return true
  }

  private mutating func skipDigits() -> Bool {
    let digits = rest.prefix { (0x30...0x39).contains($0) }
    rest = rest.dropFirst(digits.count)
    return !digits.isEmpty
  }

  private mutating func skip(_ text: StaticString) -> Bool {
    text.withUTF8Buffer { text in
      guard rest.starts(with: text) else { return false }
      rest = rest.dropFirst(text.count)
      return true
    }
  }

  private mutating func skipSpace() {
    rest = rest.drop { $0 == 0x20 || (0x09...0x0A).contains($0) || $0 == 0x0D }
  }

  private func isHexDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
    default: false
    }
  }
}
