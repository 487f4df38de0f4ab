/// What a terminal shows after the bytes that were written to it: enough of xterm for Readline.
///
/// Tests look at the screen instead of the bytes, because a line that is spoilt looks spoilt however it came about.
struct Screen {
  private(set) var columns: Int
  private(set) var rows: Int
  private(set) var row = 0
  private(set) var column = 0
  /// Lines that have left the screen at its top.
  private(set) var scrolledOff: [String] = []
  /// Sequences that a real terminal may know and this one does not.
  private(set) var unknown: [String] = []
  private(set) var hasBracketedPaste = false
  private(set) var bells = 0

  /// The right half of a wide character is `continuation`.
  private var cells: [[Character]]
  private var isInserting = false
  private var pending: [UInt8] = []
  private var saved = (row: 0, column: 0)

  private static let continuation: Character = "\u{0}"

  init(columns: Int, rows: Int) {
    self.columns = columns
    self.rows = rows
    cells = Array(repeating: Array(repeating: " ", count: columns), count: rows)
  }

  /// The lines on the screen, without blanks at their ends and without empty ones below.
  var lines: [String] {
    var lines = cells.map(Self.text)
    while lines.last == "" { lines.removeLast() }
    return lines
  }

  /// All that was ever shown.
  var text: String { (scrolledOff + lines).joined(separator: "\n") }

  /// The line that the cursor is in.
  var currentLine: String { Self.text(cells[row]) }

  private static func text(_ line: [Character]) -> String {
    var text = String(line.filter { $0 != continuation })
    while text.last == " " { text.removeLast() }
    return text
  }

  /// Lines are cut or get room at their ends; a real terminal may also wrap them anew.
  mutating func resize(columns: Int, rows: Int) {
    for index in cells.indices {
      cells[index] = Array(
        (cells[index] + Array(repeating: " ", count: max(0, columns - self.columns))).prefix(columns))
    }
    while cells.count < rows { cells.append(Array(repeating: " ", count: columns)) }
    while cells.count > rows { scrolledOff.append(Self.text(cells.removeFirst())) }
    self.columns = columns
    self.rows = rows
    row = min(row, rows - 1)
    column = min(column, columns - 1)
  }

  mutating func feed(_ bytes: some Sequence<UInt8>) {
    pending += bytes
    var index = 0
    while index < pending.count, let length = step(pending[index...]) { index += length }
    pending.removeFirst(index)
  }

  /// Carries out what the bytes begin with; gives its length, or nil if more has to come first.
  private mutating func step(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard let first = bytes.first else { return nil }
    switch first {
    case 0x07: bells += 1
    case 0x08: column = max(0, min(column, columns) - 1)
    case 0x09: column = min(columns - 1, (column / 8 + 1) * 8)
    case 0x0A: lineFeed()
    case 0x0D: column = 0
    case 0x1B: return escape(bytes)
    case 0..<0x20, 0x7F: break
    default:
      let length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
      guard bytes.count >= length else { return nil }
      for character in String(decoding: bytes.prefix(length), as: UTF8.self) { put(character) }
      return length
    }
    return 1
  }

  private mutating func escape(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard bytes.count >= 2 else { return nil }
    let second = bytes[bytes.startIndex + 1]
    switch second {
    case UInt8(ascii: "["):
      guard let end = bytes.dropFirst(2).firstIndex(where: { (0x40...0x7E).contains($0) }) else { return nil }
      control(String(decoding: bytes[(bytes.startIndex + 2)..<end], as: UTF8.self), bytes[end])
      return end - bytes.startIndex + 1
    case UInt8(ascii: "("): return bytes.count >= 3 ? 3 : nil
    case UInt8(ascii: "7"): saved = (row, column)
    case UInt8(ascii: "8"): (row, column) = saved
    case UInt8(ascii: "M"): row = max(0, row - 1)
    case UInt8(ascii: "="), UInt8(ascii: ">"): break
    default: unknown.append("ESC \(second)")
    }
    return 2
  }

  private mutating func control(_ parameters: String, _ final: UInt8) {
    let numbers = parameters.split(separator: ";", omittingEmptySubsequences: false).map { Int($0) }
    let count = max(1, numbers.first.flatMap { $0 } ?? 1)
    let mode = numbers.first.flatMap { $0 } ?? 0
    column = min(column, columns - 1)
    switch final {
    case UInt8(ascii: "A"): row = max(0, row - count)
    case UInt8(ascii: "B"): row = min(rows - 1, row + count)
    case UInt8(ascii: "C"): column = min(columns - 1, column + count)
    case UInt8(ascii: "D"): column = max(0, column - count)
    case UInt8(ascii: "G"): column = min(columns, count) - 1
    case UInt8(ascii: "H"):
      row = min(rows, count) - 1
      column = min(columns, max(1, numbers.dropFirst().first.flatMap { $0 } ?? 1)) - 1
    case UInt8(ascii: "J"):
      if mode >= 2 {
        for index in cells.indices { blank(index, 0..<columns) }
      } else if mode == 0 {
        blank(row, column..<columns)
        for index in cells.indices where index > row { blank(index, 0..<columns) }
      } else {
        unknown.append("CSI \(parameters)J")
      }
    case UInt8(ascii: "K"): blank(row, mode == 0 ? column..<columns : mode == 1 ? 0..<(column + 1) : 0..<columns)
    case UInt8(ascii: "P"):
      cells[row].removeSubrange(column..<min(columns, column + count))
      cells[row] += Array(repeating: " ", count: columns - cells[row].count)
    case UInt8(ascii: "@"):
      cells[row].insert(contentsOf: Array(repeating: " ", count: min(count, columns - column)), at: column)
      cells[row].removeLast(cells[row].count - columns)
    case UInt8(ascii: "h"), UInt8(ascii: "l"):
      let isOn = final == UInt8(ascii: "h")
      if parameters == "4" { isInserting = isOn }
      if parameters == "?2004" { hasBracketedPaste = isOn }
    case UInt8(ascii: "m"): break
    default: unknown.append("CSI \(parameters)\(Character(Unicode.Scalar(final)))")
    }
  }

  private mutating func blank(_ row: Int, _ range: Range<Int>) {
    for index in range { cells[row][index] = " " }
  }

  private mutating func lineFeed() {
    if row < rows - 1 {
      row += 1
    } else {
      scrolledOff.append(Self.text(cells.removeFirst()))
      cells.append(Array(repeating: " ", count: columns))
    }
  }

  private mutating func put(_ character: Character) {
    let width = Self.width(character)
    if width == 0 {
      // Behind a blank of any kind it is on its own, and does not show.
      guard column > 0 else { return }
      let together = String(cells[row][column - 1]) + String(character)
      if together.count == 1 { cells[row][column - 1] = Character(together) }
      return
    }
    // A full line is left only when something more comes.
    if column + width > columns {
      column = 0
      lineFeed()
    }
    if isInserting {
      cells[row].insert(contentsOf: Array(repeating: " ", count: width), at: column)
      cells[row].removeLast(width)
    }
    cells[row][column] = character
    if width == 2 { cells[row][column + 1] = Self.continuation }
    column += width
  }

  private static func width(_ character: Character) -> Int {
    switch character.unicodeScalars.first?.value ?? 0 {
    case 0x0300...0x036F, 0x200D, 0xFE0F: 0
    case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
      0x1F300...0x1FAFF, 0x20000...0x3FFFD:
      2
    default: 1
    }
  }
}
