/// What stands before the cursor, as far as completion has to know it.
struct CompletionContext: Equatable {
  enum Place: Equatable {
    /// A name or a word may stand here.
    case code
    /// Behind a dot; the receiver's text, or nil if it is more than a name or a literal.
    case member(receiver: String?)
    /// In a string that names a file.
    case path
    /// In any other string, in a number or in a comment.
    case nothing
  }

  var place: Place
  /// What has been typed of the word, name or path.
  var word: String
  /// The function or block in whose parentheses the cursor is, if nothing else is open inside of them.
  var callee: String?
  /// All names that stand in the text before the word.
  var names: Set<String> = []

  /// - Parameter text: Everything up to the cursor.
  init(before text: String) {
    var scanner = Scanner(bytes: Array(text.utf8))
    scanner.scan()
    self = scanner.context()
  }

  private init(place: Place, word: String, callee: String? = nil, names: Set<String> = []) {
    self.place = place
    self.word = word
    self.callee = callee
    self.names = names
  }

  /// Functions whose first argument is a file's path, and the word that imports one.
  private static let pathWords: Set = ["import", "read", "lines", "write"]

  private struct Scanner {
    private enum Open {
      case call(String)
      case bracket
      case interpolation
      /// Where its text begins, and whether it is a `"""` one.
      case string(Int, isMultiline: Bool, opener: String?)
    }

    let bytes: [UInt8]
    private var index = 0
    private var open: [Open] = []
    private var isInComment = false
    /// The name that was read last, if nothing but blanks and `(` stands behind it.
    private var lastName: String?
    private var lastNameStart = 0
    private var names: Set<String> = []

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func scan() {
      while index < bytes.count {
        if case .string(_, let isMultiline, _) = open.last { scanString(isMultiline) } else { scanCode() }
      }
    }

    private mutating func scanString(_ isMultiline: Bool) {
      switch bytes[index] {
      case UInt8(ascii: "\\"):
        if index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "(") { open.append(.interpolation) }
        index += 2
      case UInt8(ascii: "\""):
        if !isMultiline {
          open.removeLast()
        } else if bytes[index...].starts(with: Self.tripleQuote) {
          open.removeLast()
          index += 2
        }
        index += 1
        lastName = nil
      case UInt8(ascii: "\n") where !isMultiline:
        open.removeLast()
        index += 1
      default: index += 1
      }
    }

    private mutating func scanCode() {
      let byte = bytes[index]
      if isInComment {
        isInComment = byte != UInt8(ascii: "\n")
        index += 1
        return
      }
      switch byte {
      case UInt8(ascii: "#"): isInComment = true
      case UInt8(ascii: "\""):
        let isMultiline = bytes[index...].starts(with: Self.tripleQuote)
        index += isMultiline ? 3 : 1
        open.append(.string(index, isMultiline: isMultiline, opener: lastName))
        return
      case UInt8(ascii: "("):
        open.append(lastName.map { .call($0) } ?? .bracket)
        // It stays the opener of a string that follows at once.
        index += 1
        return
      case UInt8(ascii: "["), UInt8(ascii: "{"): open.append(.bracket)
      case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
        if case .string = open.last {} else if !open.isEmpty { open.removeLast() }
      case UInt8(ascii: " "), UInt8(ascii: "\t"):
        index += 1
        return
      case _ where Self.isNamePart(byte):
        let start = index
        while index < bytes.count, Self.isNamePart(bytes[index]) { index += 1 }
        lastName = Self.isDigit(byte) ? nil : String(decoding: bytes[start..<index], as: UTF8.self)
        lastNameStart = start
        if let lastName, index < bytes.count { names.insert(lastName) }
        return
      default: break
      }
      lastName = nil
      index += 1
    }

    func context() -> CompletionContext {
      if isInComment { return CompletionContext(place: .nothing, word: "") }
      if case .string(let start, let isMultiline, let opener) = open.last {
        guard !isMultiline, let opener, CompletionContext.pathWords.contains(opener) else {
          return CompletionContext(place: .nothing, word: "")
        }
        return CompletionContext(place: .path, word: String(decoding: bytes[min(start, bytes.count)...], as: UTF8.self))
      }
      var start = bytes.count
      while start > 0, Self.isNamePart(bytes[start - 1]) { start -= 1 }
      let word = String(decoding: bytes[start...], as: UTF8.self)
      if start < bytes.count, Self.isDigit(bytes[start]) { return CompletionContext(place: .nothing, word: word) }
      if start > 0, bytes[start - 1] == UInt8(ascii: ".") {
        // Two dots belong to a range, and behind a number it is a decimal point.
        if start > 1, bytes[start - 2] == UInt8(ascii: ".") || bytes[start - 2] == UInt8(ascii: "<") {
          return CompletionContext(place: .code, word: word, names: names)
        }
        var end = start - 1
        if end > 0, bytes[end - 1] == UInt8(ascii: "?") { end -= 1 }
        return CompletionContext(place: .member(receiver: receiver(endingAt: end)), word: word, names: names)
      }
      var callee: String?
      if case .call(let name) = open.last { callee = name }
      return CompletionContext(place: .code, word: word, callee: callee, names: names)
    }

    private func receiver(endingAt end: Int) -> String? {
      guard end > 0 else { return nil }
      if bytes[end - 1] == UInt8(ascii: "\"") { return "\"\"" }
      if bytes[end - 1] == UInt8(ascii: "]") {
        var depth = 0
        var index = end
        while index > 0 {
          index -= 1
          if bytes[index] == UInt8(ascii: "]") { depth += 1 }
          if bytes[index] == UInt8(ascii: "[") { depth -= 1 }
          if depth == 0 { break }
        }
        let isIndex = index > 0 && (Self.isNamePart(bytes[index - 1]) || [0x29, 0x5D].contains(bytes[index - 1]))
        return isIndex ? nil : "[]"
      }
      var start = end
      while start > 0, Self.isNamePart(bytes[start - 1]) { start -= 1 }
      guard start < end, start == 0 || bytes[start - 1] != UInt8(ascii: "."), !Self.isDigit(bytes[start]) else {
        return nil
      }
      return String(decoding: bytes[start..<end], as: UTF8.self)
    }

    private static let tripleQuote = Array("\"\"\"".utf8)

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isNamePart(_ byte: UInt8) -> Bool {
      isDigit(byte) || (0x41...0x5A).contains(byte & 0xDF) || byte == UInt8(ascii: "_") || byte >= 0x80
    }
  }
}
