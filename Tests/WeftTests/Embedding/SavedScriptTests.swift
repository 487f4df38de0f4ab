import Testing
import Weft
import WeftMachine

@Suite("Embedding: saved scripts")
struct SavedScriptTests {
  private let files = Files([
    "main.weft": "param n = 3\nimport \"lib.weft\"\nprint(double(n))\nlookup(n)",
    "lib.weft": "task double(x) => 2 * x",
  ])

  private func weft() -> Interpreter {
    var weft = Interpreter()
    weft.capabilities.append(.imports(files.loader))
    weft.define("lookup", parameters: ["id"]) { (id: Int) in "user \(id)" }
    return weft
  }

  private func script() throws -> Script {
    try weft().compile(try #require(files.sources["main.weft"]))
  }

  /// Why bytes are refused; nil if they are not.
  private func refusal(_ bytes: [UInt8], by interpreter: Interpreter? = nil) -> String? {
    do throws(LoadError) {
      _ = try (interpreter ?? weft()).load(bytes)
      return nil
    } catch {
      return error.description
    }
  }

  @Test("a saved script runs as it did, without the files that it imports")
  func saveAndLoad() async throws {
    var other = weft()
    other.capabilities = Interpreter().capabilities
    let loaded = try other.load(try script().saved)
    let result = try await loaded.run(with: ["n": 20])
    #expect(result.value.string == "user 20")
    #expect(result.output == "40\n")
    #expect(loaded.saved == (try script().saved))
    // Its places are those of the files.
    let failing = try other.load(try weft().compile("let x = 1\nx.y", name: "bad.weft").saved)
    let error = await #expect(throws: RunError.self) { try await failing.run() }
    #expect("\(try #require(error))".contains("bad.weft:2"))
  }

  @Test("a byte that has changed is noticed, whichever it is")
  func changedBytes() throws {
    let saved = try script().saved
    for index in saved.indices {
      var bytes = saved
      bytes[index] ^= UInt8(truncatingIfNeeded: 1 << (index % 8))
      let expected =
        index < 4
        ? "this is not a saved script"
        : index == 4
          ? "the saved script has the format \(bytes[4]), which Weft \(Interpreter.version) does not know; save it anew"
          : "the saved script is damaged; save it anew"
      #expect(refusal(bytes) == expected, "byte \(index)")
    }
  }

  @Test("a script that was cut off or has more behind it is noticed, wherever it ends")
  func otherLengths() throws {
    let saved = try script().saved
    for count in saved.indices {
      #expect(
        refusal(Array(saved[..<count]))
          == (count < 4 ? "this is not a saved script" : "the saved script is damaged; save it anew"), "\(count) bytes")
    }
    #expect(refusal(saved + [0]) == "the saved script is damaged; save it anew")
    #expect(refusal(saved + saved) == "the saved script is damaged; save it anew")
  }

  @Test("bytes that make no sense behind a right checksum are refused")
  func forged() throws {
    // A checksum is no signature: whoever makes it right gets as far as the compiler, and no further.
    let saved = try script().saved
    var seed: UInt64 = 1
    for _ in 0..<2_000 {
      var bytes = Array(saved[13...])
      for _ in 0...3 {
        seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        bytes[Int(seed >> 33) % bytes.count] = UInt8(truncatingIfNeeded: seed >> 24)
      }
      if seed % 3 == 0 { bytes.removeLast(Int(seed >> 40) % bytes.count) }
      guard bytes != Array(saved[13...]) else { continue }
      var hash = Checksum()
      for byte in bytes { hash.add(byte, of: bytes.count) }
      // It may still be right: a name that is only shown may have changed, or a comment.
      _ = refusal(Array(saved[..<5]) + withUnsafeBytes(of: hash.value.littleEndian, Array.init) + bytes)
    }
    var hash = Checksum()
    let bytes = Array(saved[13...])
    for byte in bytes { hash.add(byte, of: bytes.count) }
    #expect(
      refusal(Array(saved[..<5]) + withUnsafeBytes(of: hash.value.littleEndian, Array.init) + bytes) == nil,
      "the checksum of this test is not that of the file any more")
  }

  /// The file's checksum, written down once more: a change of the format has to be a change of its number.
  private struct Checksum {
    var value: UInt64 = 0xCBF2_9CE4_8422_2325
    private var isEmpty = true

    private mutating func add(_ word: UInt64) {
      value = (value ^ word) &* 0x100_0000_01B3
      value ^= value >> 29
    }

    mutating func add(_ byte: UInt8, of count: Int) {
      if isEmpty { add(UInt64(count)) }
      isEmpty = false
      add(UInt64(byte))
    }
  }

  @Test("an interpreter that grants or defines other things refuses a script that needs them")
  func otherInterpreters() throws {
    let saved = try script().saved
    var without = weft()
    without.host = HostTable()
    #expect(refusal(saved, by: without)?.contains("`lookup`") == true)
    // With the parameters in another order the same text calls it in another way.
    let labelled = try {
      var weft = Interpreter()
      weft.define("pair", parameters: ["a", "b"]) { (a: Int, b: Int) in a - b }
      return try weft.compile("pair(b: 1, a: 2)").saved
    }()
    var swapped = Interpreter()
    swapped.define("pair", parameters: ["b", "a"]) { (b: Int, a: Int) in a - b }
    #expect(
      refusal(labelled, by: swapped)
        == "the saved script means something else here: the host defines or grants other things than where it was saved; compile it anew"
    )
    var granted = Interpreter()
    granted.capabilities.append(.environment([:]))
    let needing = try granted.compile("env(\"HOME\")").saved
    #expect(refusal(needing, by: granted) == nil)
    #expect(refusal(needing, by: Interpreter())?.contains("env") == true)
  }

  @Test("the script of another version is refused")
  func otherVersion() throws {
    var saved = try script().saved
    // The version stands behind the header and its own length.
    saved[17] = UInt8(ascii: "9")
    let body = saved[13...]
    var hash = Checksum()
    for byte in body { hash.add(byte, of: body.count) }
    saved.replaceSubrange(5..<13, with: withUnsafeBytes(of: hash.value.littleEndian, Array.init))
    #expect(
      refusal(saved)
        == "the script was saved by Weft 9\(Interpreter.version.dropFirst()), and this is Weft \(Interpreter.version); compile it anew"
    )
  }
}
