/// Gives each distinct word one small number and one `String`, so that a word met a thousand times is made once.
struct NameTable {
  private(set) var names: [String] = []
  private var spans: [(start: Int32, length: Int32)] = []
  private var hashes: [UInt32] = []
  /// Open addressing; -1 is empty. The size is a power of two.
  private var slots: [Int32] = Array(repeating: -1, count: 256)
  /// The bytes of the seed words, so that every name's bytes are in one of two arrays.
  private var seedBytes: [UInt8] = []
  private var seedCount = 0

  init() {
    for word in TokenKind.reserved { seed(word) }
    for word in Word.spellings { seed(word) }
    seedCount = names.count
  }

  private mutating func seed(_ word: String) {
    let start = seedBytes.count
    seedBytes.append(contentsOf: word.utf8)
    var hash = NameTable.hashStart
    for byte in word.utf8 { hash = NameTable.mix(hash, byte) }
    spans.append((Int32(start), Int32(seedBytes.count - start)))
    hashes.append(hash)
    names.append(word)
    place(Int32(names.count - 1))
  }

  static let hashStart: UInt32 = 2_166_136_261

  @inline(__always)
  static func mix(_ hash: UInt32, _ byte: UInt8) -> UInt32 { (hash ^ UInt32(byte)) &* 16_777_619 }

  /// The id of the word at `start..<end`, whose bytes mix to `hash`.
  mutating func id(_ bytes: [UInt8], _ start: Int, _ end: Int, hash: UInt32) -> Int32 {
    let mask = slots.count - 1
    var slot = Int(hash ^ (hash >> 15)) & mask
    while true {
      let id = slots[slot]
      if id < 0 { break }
      if hashes[Int(id)] == hash, matches(Int(id), bytes, start, end) { return id }
      slot = (slot + 1) & mask
    }
    let id = Int32(names.count)
    names.append(String(decoding: bytes[start..<end], as: UTF8.self))
    spans.append((Int32(start), Int32(end - start)))
    hashes.append(hash)
    if names.count * 2 > slots.count { grow() } else { slots[slot] = id }
    return id
  }

  private func matches(_ id: Int, _ bytes: [UInt8], _ start: Int, _ end: Int) -> Bool {
    let span = spans[id]
    guard Int(span.length) == end - start else { return false }
    let from = Int(span.start)
    if id < seedCount {
      for offset in 0..<(end - start) where seedBytes[from + offset] != bytes[start + offset] { return false }
    } else {
      for offset in 0..<(end - start) where bytes[from + offset] != bytes[start + offset] { return false }
    }
    return true
  }

  private mutating func grow() {
    slots = Array(repeating: -1, count: slots.count * 2)
    for id in names.indices { place(Int32(id)) }
  }

  private mutating func place(_ id: Int32) {
    let mask = slots.count - 1
    let hash = hashes[Int(id)]
    var slot = Int(hash ^ (hash >> 15)) & mask
    while slots[slot] >= 0 { slot = (slot + 1) & mask }
    slots[slot] = id
  }
}
