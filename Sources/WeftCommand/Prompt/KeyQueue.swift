/// The keys that were pressed and not yet read, in the order in which they came.
///
/// The terminal sends Ctrl-C and Ctrl-Z as keys like any other (`TerminalModes`), so that they take effect exactly where they
/// were pressed.
struct KeyQueue {
  static let interruptKey: UInt8 = 0x03
  static let suspendKey: UInt8 = 0x1A

  private var bytes: [UInt8] = []
  private var start = 0
  /// Up to here there is no Ctrl-C that would end what runs.
  private var searched = 0
  /// As of `searched`.
  private var marks = PasteMarks()

  /// So much is waiting that no more is read for now.
  var isFull: Bool { bytes.count - start > 1 << 24 }

  var first: UInt8? { start < bytes.count ? bytes[start] : nil }

  mutating func append(_ more: some Collection<UInt8>) {
    if start == bytes.count || start > 65_536 {
      bytes.removeFirst(start)
      searched = max(0, searched - start)
      start = 0
    }
    bytes += more
  }

  mutating func popFirst() -> UInt8? {
    guard let first else { return nil }
    start += 1
    if searched <= start {
      searched = start
      marks = PasteMarks()
    }
    return first
  }

  /// Takes everything up to the first Ctrl-C that is no part of a paste; false, and nothing is taken, if there is none.
  mutating func dropThroughInterrupt() -> Bool {
    while searched < bytes.count {
      let key = bytes[searched]
      searched += 1
      if key == Self.interruptKey, !marks.isInPaste {
        start = searched
        marks = PasteMarks()
        return true
      }
      marks.see(key)
    }
    return false
  }

  /// Whether a paste has begun whose end has not come, as far as `dropThroughInterrupt` has looked.
  var isInPaste: Bool { marks.isInPaste }
}

/// What a terminal puts around a paste.
struct PasteMarks {
  static let start = Array("\u{1B}[200~".utf8)
  static let end = Array("\u{1B}[201~".utf8)

  private(set) var isInPaste = false
  private var matched = 0

  /// - Parameter key: The next one.
  mutating func see(_ key: UInt8) {
    let mark = isInPaste ? Self.end : Self.start
    if key == mark[matched] {
      matched += 1
    } else {
      // Its first byte does not come again in it.
      matched = key == mark[0] ? 1 : 0
    }
    if matched == mark.count {
      matched = 0
      isInPaste.toggle()
    }
  }
}
