import Testing

@testable import WeftCommand

@Suite struct KeyQueueTests {
  private func queue(_ keys: String) -> KeyQueue {
    var queue = KeyQueue()
    queue.append(Array(keys.utf8))
    return queue
  }

  private func rest(of queue: KeyQueue) -> String {
    var queue = queue
    var keys: [UInt8] = []
    while let key = queue.popFirst() { keys.append(key) }
    return String(decoding: keys, as: UTF8.self)
  }

  @Test func keysComeInOrder() {
    var queue = queue("ab")
    #expect(queue.popFirst() == UInt8(ascii: "a"))
    queue.append(Array("\u{3}c".utf8))
    #expect(queue.first == UInt8(ascii: "b"))
    #expect(rest(of: queue) == "b\u{3}c")
  }

  @Test func anInterruptDropsWhatWasTypedAhead() {
    var queue = queue("x\u{1B}[200~\u{3}\u{1B}[201~y")
    let isFound = queue.dropThroughInterrupt()
    #expect(!isFound)
    queue.append(Array("z\u{3}w".utf8))
    let isFoundNow = queue.dropThroughInterrupt()
    #expect(isFoundNow)
    #expect(rest(of: queue) == "w")
  }

  @Test func aPasteMayComeInPieces() {
    var queue = queue("")
    for piece in ["a\u{1B}\u{1B}[20", "0~b\u{3}\u{1B}[2", "01\u{1B}[201"] {
      queue.append(Array(piece.utf8))
      let isFound = queue.dropThroughInterrupt()
      #expect(!isFound)
    }
    #expect(queue.isInPaste)
    queue.append(Array("~\u{3}".utf8))
    let isFound = queue.dropThroughInterrupt()
    #expect(isFound)
    #expect(!queue.isInPaste)
    #expect(queue.first == nil)
  }

  /// What has been read is not looked at again.
  @Test func keysThatWereReadAreNoLongerTypedAhead() {
    var queue = queue("\u{1B}[200~\u{3}")
    _ = queue.dropThroughInterrupt()
    while queue.popFirst() != nil {}
    queue.append(Array("\u{3}".utf8))
    let isFound = queue.dropThroughInterrupt()
    #expect(isFound)
  }
}
