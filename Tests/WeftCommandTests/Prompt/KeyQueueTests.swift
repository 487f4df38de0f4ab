import Testing

@testable import WeftCommand

@Suite struct KeyQueueTests {
  /// What the queue gives, in the order in which it does.
  private func heads(_ pieces: String...) -> [String] {
    var queue = KeyQueue()
    var found: [String] = []
    for piece in pieces {
      queue.append(Array(piece.utf8)[...])
      while queue.head != .none {
        switch queue.head {
        case .keys(let keys):
          found.append(String(decoding: keys, as: UTF8.self))
          queue.drop(keys.count)
        case .interrupt:
          found.append("^C")
          queue.drop(1)
        case .suspend:
          found.append("^Z")
          queue.drop(1)
        case .none: break
        }
      }
    }
    return found
  }

  @Test func controlKeysStandAlone() {
    #expect(heads("ab\u{3}c\u{1A}\u{3}") == ["ab", "^C", "c", "^Z", "^C"])
  }

  @Test func aPasteComesAsAWhole() {
    #expect(heads("a\u{1B}[200~b\u{3}", "c\u{1B}[20", "1~d") == ["a", "\u{1B}[200~b\u{3}c\u{1B}[201~", "d"])
  }

  @Test func aPasteThatStopsCanBeEnded() {
    var queue = KeyQueue()
    queue.append(Array("\u{1B}[200~b".utf8)[...])
    #expect(queue.isWaitingForPaste)
    #expect(queue.head == .none)
    queue.endPaste()
    #expect(!queue.isWaitingForPaste)
    #expect(queue.head == .keys(Array("\u{1B}[200~b\u{1B}[201~".utf8)[...]))
  }

  @Test func anInterruptDropsWhatWasTypedAhead() {
    var queue = KeyQueue()
    queue.append(Array("x\u{1B}[200~\u{3}\u{1B}[201~y".utf8)[...])
    let isFound = queue.dropThroughInterrupt()
    #expect(!isFound)
    queue.append(Array("z\u{3}w".utf8)[...])
    let isFoundNow = queue.dropThroughInterrupt()
    #expect(isFoundNow)
    #expect(queue.head == .keys(Array("w".utf8)[...]))
  }
}
