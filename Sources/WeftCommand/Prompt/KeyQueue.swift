/// The keys that were pressed and not yet read, in the order in which they came.
///
/// The terminal sends Ctrl-C and Ctrl-Z as keys like any other (`TerminalModes`), so that they take effect exactly where they
/// were pressed. Inside a paste they are text. A paste is handed on as a whole: Readline waits for its end without
/// attending to anything else.
struct KeyQueue {
  /// What the head of the queue is.
  enum Head: Equatable {
    case none
    /// Keys for the line editor.
    case keys(ArraySlice<UInt8>)
    case interrupt
    case suspend
  }

  static let pasteStart = Array("\u{1B}[200~".utf8)
  static let pasteEnd = Array("\u{1B}[201~".utf8)
  static let interruptKey: UInt8 = 0x03
  static let suspendKey: UInt8 = 0x1A

  private var bytes: [UInt8] = []
  private var first = 0

  /// So much is waiting that no more is read for now.
  var isFull: Bool { bytes.count - first > 1 << 24 }

  mutating func append(_ more: ArraySlice<UInt8>) {
    if first > 0, first == bytes.count || first > 65_536 {
      bytes.removeFirst(first)
      first = 0
    }
    bytes += more
  }

  /// Whether a paste has begun whose end has not come.
  var isWaitingForPaste: Bool {
    rest.starts(with: Self.pasteStart) && Self.find(Self.pasteEnd, in: rest) == nil
  }

  /// The end of a paste has not come for a while and hardly will: it counts as ended where it is.
  mutating func endPaste() {
    if isWaitingForPaste { bytes += Self.pasteEnd }
  }

  /// What comes next; a paste that is not complete does not yet.
  var head: Head {
    guard let key = rest.first else { return .none }
    switch key {
    case Self.interruptKey: return .interrupt
    case Self.suspendKey: return .suspend
    default: break
    }
    if rest.starts(with: Self.pasteStart) {
      guard let end = Self.find(Self.pasteEnd, in: rest) else { return .none }
      return .keys(rest[..<(end + Self.pasteEnd.count)])
    }
    var end = rest.startIndex
    while end < rest.endIndex, rest[end] != Self.interruptKey, rest[end] != Self.suspendKey,
      end == rest.startIndex || !rest[end...].starts(with: Self.pasteStart)
    { end += 1 }
    return .keys(rest[..<end])
  }

  /// Takes `count` bytes off the head.
  mutating func drop(_ count: Int) { first = min(bytes.count, first + count) }

  mutating func removeAll() {
    bytes = []
    first = 0
  }

  /// Takes everything up to the first Ctrl-C that is no part of a paste; false, and nothing is taken, if there is none.
  mutating func dropThroughInterrupt() -> Bool {
    var index = first
    while index < bytes.count {
      if bytes[index] == Self.interruptKey {
        first = index + 1
        return true
      }
      if bytes[index...].starts(with: Self.pasteStart) {
        guard let end = Self.find(Self.pasteEnd, in: bytes[index...]) else { return false }
        index = end + Self.pasteEnd.count
      } else {
        index += 1
      }
    }
    return false
  }

  private var rest: ArraySlice<UInt8> { bytes[first...] }

  private static func find(_ pattern: [UInt8], in bytes: ArraySlice<UInt8>) -> Int? {
    guard bytes.count >= pattern.count else { return nil }
    return (bytes.startIndex...(bytes.endIndex - pattern.count)).first {
      bytes[$0] == pattern[0] && bytes[$0...].starts(with: pattern)
    }
  }
}
