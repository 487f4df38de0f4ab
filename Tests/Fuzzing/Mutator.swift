/// Makes broken and odd scripts from good ones, the same ones for the same seed.
struct Mutator {
  private var source: Random
  private let corpus: Corpus
  private var pool: [Substring] { corpus.pieces }

  init(seed: UInt64, corpus: Corpus) {
    source = Random(seed: seed)
    self.corpus = corpus
  }

  private mutating func random(_ count: Int) -> Int { source.below(count) }

  /// One of the scripts of the corpus with a few tokens changed.
  mutating func tokens() -> String { mutate(source.pick(corpus.texts)) }

  /// One of the scripts of the corpus with a few bytes changed.
  mutating func bytes() -> [UInt8] {
    var bytes = Array(source.pick(corpus.texts).utf8)
    if source.happens(30) {
      let other = Array(source.pick(corpus.texts).utf8)
      bytes = Array(bytes.prefix(random(bytes.count)) + other.dropFirst(random(other.count)))
    }
    for _ in 0...random(6) where !bytes.isEmpty {
      let place = random(bytes.count)
      switch random(7) {
      case 0: bytes[place] = Self.odd8[random(Self.odd8.count)]
      case 1: bytes.insert(Self.odd8[random(Self.odd8.count)], at: place)
      case 2: bytes.remove(at: place)
      case 3: bytes.swapAt(place, random(bytes.count))
      case 4: bytes[place] ^= 1 << UInt8(random(8))
      case 5:
        let piece = bytes[place..<min(bytes.count, place + 1 + random(40))]
        bytes.insert(contentsOf: piece, at: random(bytes.count))
      default: bytes.removeSubrange(place..<min(bytes.count, place + 1 + random(20)))
      }
    }
    return bytes
  }

  private static let odd8 =
    Array("(){}[]\"\\\n#:;,.=<>?'+-*/ \u{00E9}x1\t\r".utf8) + [0xFF, 0x80, 0xF0, 0x00, 0xEF, 0xBB, 0xBF]

  /// Words, numbers, single signs and stretches of space.
  static func pieces(of text: String) -> [Substring] {
    var pieces: [Substring] = []
    var rest = text[...]
    while let first = rest.first {
      let piece: Substring
      if first.isLetter || first.isNumber || first == "_" {
        piece = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
      } else if first == " " {
        piece = rest.prefix { $0 == " " }
      } else {
        piece = rest.prefix(1)
      }
      pieces.append(piece)
      rest = rest[piece.endIndex...]
    }
    return pieces
  }

  private static let odd: [Substring] = [
    "0", "-1", "9223372036854775807", "1e308", "0s", "5s", "9000000000s", "none", "true", "[]", "({})", "\"\"", "x",
    "g", "t", "e",
    "break", "continue", "return 1", "throw \"odd\"", "await t", "g.cancel()", "t.cancel()", "sleep 1ms", "print(1)",
    "(x => x)",
    "start { 1 }", "gather { 1; 2 }", "race { 1 }", "timeout(1ms) { sleep 1s }", "shield { sleep 1ms }",
    "semaphore(1) { 1 }",
    "retry(2) { throw \"r\" }", "try { throw \"a\" } catch z { throw z }", "if true { return 1 } else { 2 }",
    "e.all[0]", "e.cause",
    "{", "}", "(", ")", "\n", ";", "1...3", "2 ** 70", "[1, 2][0]", "not true", "1 < 2 < 3", "\"\\(1)\"",
  ]

  /// `text` with one to four changes. Half of the results are rough, the others keep to the shape of the script and mostly
  /// compile.
  mutating func mutate(_ text: String) -> String {
    random(2) == 0 ? rough(text) : gentle(text)
  }

  private mutating func gentle(_ text: String) -> String {
    var lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
    for _ in 0...random(4) {
      if lines.isEmpty { break }
      let place = random(lines.count)
      if random(3) == 0 {
        switch random(3) {
        case 0: lines.remove(at: place)
        case 1: lines.insert(lines[random(lines.count)], at: place)
        default: lines.swapAt(place, random(lines.count))
        }
        continue
      }
      var pieces = Self.pieces(of: String(lines[place]))
      let words = pieces.indices.filter { pieces[$0].first.map { $0.isLetter || $0.isNumber } ?? false }
      if words.isEmpty { continue }
      let word = words[random(words.count)]
      let isNumber = pieces[word].first?.isNumber ?? false
      switch random(3) {
      case 0 where isNumber: pieces[word] = Self.numbers[random(Self.numbers.count)]
      case 0, 1:
        // Another word of the same kind, from anywhere.
        for _ in 0..<20 {
          let other = pool[random(pool.count)]
          if let first = other.first, isNumber ? first.isNumber : first.isLetter {
            pieces[word] = other
            break
          }
        }
      default: pieces[word] = Self.odd[random(Self.odd.count)]
      }
      lines[place] = pieces.joined()[...]
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static let numbers: [Substring] = [
    "0", "1", "2", "-1", "3s", "0s", "10ms", "1.5", "9223372036854775807", "100",
  ]

  private mutating func rough(_ text: String) -> String {
    var pieces = Self.pieces(of: text)
    for _ in 0...random(4) {
      if pieces.isEmpty { break }
      let place = random(pieces.count)
      switch random(8) {
      case 0: pieces.remove(at: place)
      case 1: pieces.insert(pieces[random(pieces.count)], at: place)
      case 2: pieces.swapAt(place, random(pieces.count))
      case 3: pieces[place] = pool[random(pool.count)]
      case 4: pieces.insert(Self.odd[random(Self.odd.count)], at: place)
      case 5: pieces[place] = Self.odd[random(Self.odd.count)]
      case 6:
        // A stretch of one script in the middle of another.
        let start = random(pool.count)
        let end = min(pool.count, start + 1 + random(30))
        pieces.insert(contentsOf: pool[start..<end], at: place)
      default: pieces.removeSubrange(place..<min(pieces.count, place + 1 + random(8)))
      }
    }
    return pieces.joined()
  }
}
