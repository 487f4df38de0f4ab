import WeftCompiler
public import WeftMachine

extension ValueSnapshot {
  /// The value as people read it: short ones in one line, long lists and maps in several, cut with a count of what is left out.
  ///
  /// - Parameters:
  ///   - width: The columns that a line may have.
  ///   - lines: About how many lines it may have.
  ///
  /// ```swift
  /// ValueSnapshot.list([.int("1"), .int("2")], count: 1_000).text(width: 40)  // [1, 2, … 998 more]
  /// ```
  public func text(width: Int = 80, lines: Int = 24) -> String {
    var writer = ValueWriter(width: max(20, width), lines: max(4, lines))
    return writer.text(of: self, indent: 0, used: 0)
  }

  /// The value in one line of at most so many columns; of a long list or map, those that come first, and how many more there are.
  ///
  /// ```swift
  /// ValueSnapshot.list([.int("1"), .int("2"), .int("3")], count: 1_000).line(width: 20)  // [1, 2, … 998 more]
  /// ```
  public func line(width: Int = 60) -> String { ValueWriter.cutLine(self, to: max(8, width)) }
}

/// Lays a value out in lines.
private struct ValueWriter {
  let width: Int
  /// Lines that are left.
  var lines: Int

  // MARK: Several lines

  /// - Parameters:
  ///   - indent: Columns that further lines begin with.
  ///   - used: Columns of the first line that are taken already.
  mutating func text(of value: ValueSnapshot, indent: Int, used: Int) -> String {
    let room = width - used
    if let line = Self.line(value, limit: room), Self.width(of: line) <= room { return line }
    switch value {
    case .list(let elements, let count): return block(elements, count, indent)
    case .map(let entries, let count): return block(entries, count, "{", "}", indent)
    case .error(let kind, let message, let fields) where !fields.isEmpty:
      return kind + "(" + Self.quoted(message) + ") "
        + block(fields, fields.count, "{", "}", indent)
    case .shared(let inner): return "shared " + text(of: inner, indent: indent, used: used + 7)
    case .task(let call, let state, let result?):
      let head = Self.head(call, state) + ": "
      return head + text(of: result, indent: indent, used: used + Self.width(of: head))
    case .string(let text, let count): return string(text, count, room)
    default: return Self.cut(Self.line(value, limit: Int.max) ?? "…", to: room)
    }
  }

  /// Short elements stand side by side in columns, others each in a line of its own.
  private mutating func block(_ elements: [ValueSnapshot], _ count: Int, _ indent: Int) -> String {
    let inner = String(repeating: " ", count: indent + 2)
    let room = width - indent - 3
    let cells = elements.prefix(2_000).map { Self.line($0, limit: 24) }
    var rows: [String] = []
    var shown = 0
    if cells.allSatisfy({ $0.map { Self.width(of: $0) <= 24 } ?? false }),
      let widest = cells.compactMap({ $0 }).map(Self.width).max()
    {
      let columns = max(1, room / (widest + 2))
      let numbers = elements.allSatisfy(\.isNumber)
      while shown < cells.count, lines > 2 {
        let row = cells[shown..<min(cells.count, shown + columns)].compactMap { $0 }
        let isLast = shown + row.count == count
        rows.append(
          row.enumerated().map { place, cell in
            let isEnd = place == row.count - 1
            let padding = String(repeating: " ", count: widest - Self.width(of: cell))
            let comma = isLast && isEnd ? "" : ","
            return numbers ? padding + cell + comma : cell + comma + (isEnd ? "" : padding)
          }.joined(separator: " "))
        shown += row.count
        lines -= 1
      }
    } else {
      while shown < elements.count, lines > 2 {
        lines -= 1
        let text = text(of: elements[shown], indent: indent + 2, used: indent + 3)
        shown += 1
        rows.append(text + (shown == count ? "" : ","))
      }
    }
    if shown < count { rows.append("… \(count - shown) more") }
    return "[\n" + rows.map { inner + $0 + "\n" }.joined() + String(repeating: " ", count: indent) + "]"
  }

  /// The values stand below each other.
  private mutating func block(
    _ entries: [ValueSnapshot.Entry], _ count: Int, _ open: String, _ close: String, _ indent: Int
  ) -> String {
    let inner = String(repeating: " ", count: indent + 2)
    let column = min(entries.map { Self.width(of: $0.key) }.filter { $0 <= 24 }.max() ?? 0, width / 3)
    var rows: [String] = []
    var shown = 0
    while shown < entries.count, lines > 2 {
      lines -= 1
      let key = Self.cut(entries[shown].key, to: width / 2) + ":"
      let head = key + String(repeating: " ", count: max(1, column + 2 - Self.width(of: key)))
      let used = indent + 2 + Self.width(of: head) + 1
      let text = text(of: entries[shown].value, indent: indent + 2, used: used)
      shown += 1
      rows.append(head + text + (shown == count ? "" : ","))
    }
    if shown < count { rows.append("… \(count - shown) more") }
    return open + "\n" + rows.map { inner + $0 + "\n" }.joined() + String(repeating: " ", count: indent) + close
  }

  private func string(_ text: String, _ count: Int, _ room: Int) -> String {
    let quoted = Self.quoted(text)
    // A string may go on over some lines, as the terminal breaks it.
    let limit = max(room, width * min(6, lines) - 20)
    let shown = text.unicodeScalars.count
    if shown == count, Self.width(of: quoted) <= limit { return quoted }
    var part = ""
    var columns = 2
    for character in text {
      let piece = Self.escaped(character)
      columns += Self.width(of: piece)
      if columns > limit { break }
      part.append(character)
    }
    return Self.quoted(part) + " … \(Quantity.grouped(count - part.unicodeScalars.count)) more characters"
  }

  // MARK: One line

  /// Nil if it is certainly longer than `limit` columns.
  static func line(_ value: ValueSnapshot, limit: Int) -> String? {
    switch value {
    case .none: return "none"
    case .bool(let value): return value ? "true" : "false"
    case .int(let digits): return digits
    case .float(let value): return Machine.text(value)
    case .duration(let nanoseconds): return Machine.text(duration: nanoseconds)
    case .rate(let rate): return Machine.text(rate: rate)
    case .bytes(let count): return "<\(Quantity.bytes(count))>"
    case .string(let text, let count):
      guard text.unicodeScalars.count == count, count <= limit else { return nil }
      return quoted(text)
    case .list(let elements, let count):
      guard let parts = parts(elements, count, limit, { line($0, limit: $1) }) else { return nil }
      return "[" + parts + "]"
    case .map(let entries, let count):
      guard
        let parts = parts(
          entries, count, limit, { entry, left in line(entry.value, limit: left).map { "\(entry.key): \($0)" } })
      else { return nil }
      return "{" + parts + "}"
    case .response(let response): return line(response)
    case .error(let kind, let message, let fields):
      let head = kind + "(" + quoted(message)
      guard
        let rest = parts(
          fields, fields.count, limit, { entry, left in line(entry.value, limit: left).map { "\(entry.key): \($0)" } })
      else { return nil }
      return head + (rest.isEmpty ? "" : ", " + rest) + ")"
    case .task(let call, let state, let result):
      let head = head(call, state)
      guard let result else { return head }
      return line(result, limit: limit).map { "\(head): \($0)" }
    case .function(let signature): return "task \(signature)"
    case .shared(let inner): return line(inner, limit: limit).map { "shared(\($0))" }
    case .other(let text): return text
    }
  }

  private static func head(_ call: String, _ state: ValueSnapshot.TaskState) -> String {
    state == .failed ? "task \(call) failed" : "task \(call) is \(state)"
  }

  static func cutLine(_ value: ValueSnapshot, to columns: Int) -> String {
    if let line = line(value, limit: columns), width(of: line) <= columns { return line }
    let text: String? =
      switch value {
      case .list(let elements, let count):
        firstParts(elements, count, columns - 2) { line($0, limit: columns) }.map { "[\($0)]" }
      case .map(let entries, let count):
        firstParts(entries, count, columns - 2) { entry in
          line(entry.value, limit: columns).map { "\(entry.key): \($0)" }
        }
        .map { "{\($0)}" }
      case .string(let text, _): quoted(text)
      default: line(value, limit: .max)
      }
    return cut(text ?? "…", to: columns)
  }

  /// As many elements as there is room for, and how many more there are; nil if there is no room for any.
  private static func firstParts<Element>(
    _ elements: [Element], _ count: Int, _ room: Int, _ text: (Element) -> String?
  ) -> String? {
    var shown = ""
    var best: String?
    for (index, element) in elements.enumerated() {
      guard let part = text(element) else { break }
      shown += part + ", "
      let whole = "\(shown)… \(Quantity.grouped(count - index - 1)) more"
      if width(of: whole) > room { break }
      best = whole
    }
    return best
  }

  /// Elements with commas between them; nil if they are longer than `limit` columns.
  private static func parts<Element>(
    _ elements: [Element], _ count: Int, _ limit: Int, _ text: (_ element: Element, _ left: Int) -> String?
  ) -> String? {
    // A list of which a part is shown alone is worth its lines, unless that part is nothing.
    guard elements.count == count || elements.isEmpty else { return nil }
    if elements.isEmpty { return count == 0 ? "" : "… \(Quantity.grouped(count)) more" }
    var result = ""
    var columns = 2
    for element in elements {
      guard let part = text(element, limit - columns) else { return nil }
      columns += width(of: part) + 2
      if columns - 2 > limit { return nil }
      result += result.isEmpty ? part : ", " + part
    }
    return result
  }

  private static func line(_ response: ValueSnapshot.Response) -> String {
    var parts = ["\(response.status)" + (HTTPStatus.reason(response.status).map { " \($0)" } ?? "")]
    parts.append(Quantity.bytes(response.size) + (response.type.map { " \($0)" } ?? ""))
    parts.append(Quantity.time(response.elapsed))
    parts.append(response.url)
    return parts.joined(separator: ", ")
  }

  // MARK: Words

  static func quoted(_ text: String) -> String { "\"" + text.map(escaped).joined() + "\"" }

  private static func escaped(_ character: Character) -> String {
    var text = ""
    for scalar in character.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\t": text += "\\t"
      case _ where Self.isControl(scalar): text += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }

  /// What could move the cursor, or turn the line around.
  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: true
    default: false
    }
  }

  static func cut(_ text: String, to columns: Int) -> String {
    if width(of: text) <= columns { return text }
    var result = ""
    var used = 1
    for character in text {
      used += width(of: String(character))
      if used > columns { break }
      result.append(character)
    }
    return result + "…"
  }

  /// Columns in a terminal.
  static func width(of text: String) -> Int {
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
    return text.reduce(0) { $0 + width(of: $1) }
  }

  private static func width(of character: Character) -> Int {
    guard let scalar = character.unicodeScalars.first else { return 0 }
    switch scalar.value {
    case 0x300...0x36F, 0x200B...0x200D, 0xFE00...0xFE0F: return 0
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
      0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }
}

extension ValueSnapshot {
  fileprivate var isNumber: Bool {
    switch self {
    case .int, .float, .duration: true
    default: false
    }
  }
}
