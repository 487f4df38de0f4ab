import Testing
import Weft

/// Whatever is entered, a session goes on.
struct SessionRobustnessTests {
  private struct Generator {
    var state: UInt64

    mutating func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
  }

  private static let words = [
    "let", "var", "task", "x", "y", "f", "g", "(", ")", "{", "}", "[", "]", "=>", "=", "+=", "+", "1", "2s", "\"a\"",
    "\n",
    ";", ",", ":", ".", "?.", "start", "await", "gather", "for", "in", "if", "else", "error", "E", "throw", "try",
    "catch",
    "finally", "sleep", "compute", "_", "_error", "import", "\"lib.weft\"", "as", "taskgroup", "race", "timeout(1s)",
    "print",
    "queue()", "q", ".get()", ".put(1)", "with", "lock()", "return", "param", "fetch", "none", "true", "and", "\\(",
    "\"",
    "\u{0}", "\u{1B}[31m", "é", "🧵", "\u{202E}", "9999999999999999999999", "##", "#", "test \"t\"", "pool(threads: 1)",
  ]

  @Test func tenThousandLinesOfGarbageNeverTrap() async {
    var random = Generator(state: 42)
    let talk = Conversation(files: ["lib.weft": "let v = 1\ntask t() => v"])
    await talk.say("let x = 1\nvar y = [1]\ntask f() => x\ntask g(n) => f() + n\nlet q = queue(2)")
    for round in 0..<10_000 {
      var input = ""
      for _ in 0..<(1 + random.next(12)) {
        input += Self.words[random.next(Self.words.count)] + (random.next(3) == 0 ? "" : " ")
      }
      _ = Session.completeness(of: input)
      _ = await talk.say(input)
      if round % 500 == 499 {
        _ = await talk.session.tasks()
        _ = await talk.session.names()
        _ = await talk.session.source()
        _ = talk.session.takeFailures()
        await talk.session.reset()
        await talk.say("let x = 1\nvar y = [1]\ntask f() => x\ntask g(n) => f() + n\nlet q = queue(2)")
      }
    }
    await talk.say("1 + 1", gives: "2")
    #expect(await talk.end())
  }

  @Test func randomBytesNeverTrap() async {
    var random = Generator(state: 7)
    let talk = Conversation()
    for _ in 0..<2_000 {
      let bytes = (0..<random.next(40)).map { _ in UInt8(random.next(256)) }
      let input = String(decoding: bytes, as: UTF8.self)
      _ = Session.completeness(of: input)
      _ = await talk.say(input)
    }
    await talk.say("1 + 1", gives: "2")
    #expect(await talk.end())
  }
}
