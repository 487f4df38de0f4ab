import Testing
import Weft
import WeftMachine

/// Values as people read them.
struct ValueTextTests {
  @Test(arguments: [
    ("[1, 2.5, true, 1500ms, 5/s]", "[1, 2.5, true, 1.5s, 5/s]"),
    ("\"a\\n\\\"b\\\"\\u{1B}[31m\"", "\"a\\n\\\"b\\\"\\u{1B}[31m\""),
    ("{a: 1, \"content-type\": \"x\", [7]: [2]}", "{a: 1, \"content-type\": \"x\", 7: [2]}"),
    ("2 ** 100", "1267650600228229401496703205376"),
    ("1...10", "1...10"),
    ("[]", "[]"), ("{}", "{}"), ("[none]", "[none]"),
    ("x => x + 1", "task (x) => …"), ("print", "<task print>"),
    ("[[[[[[[[[1]]]]]]]]]", "[[[[[[[… 1 more]]]]]]]"),
    ("shared([1])", "shared([1])"), ("queue()", "<queue>"),
    ("ValueError(\"no\", code: 1)", "ValueError(\"no\", code: 1)"),
    ("ValueError", "ValueError"),
  ])
  func shortValuesStandInOneLine(_ input: String, _ text: String) async {
    let talk = Conversation()
    #expect(await talk.say(input) == text)
    #expect(await talk.end())
  }

  @Test func longListsAreCutWithACount() async {
    let talk = Conversation()
    let few = await talk.say("[i for i in 1...100]", width: 40, lines: 5)
    #expect(
      few == """
        [
            1,   2,   3,   4,   5,   6,   7,
            8,   9,  10,  11,  12,  13,  14,
           15,  16,  17,  18,  19,  20,  21,
          … 79 more
        ]
        """)
    let text = await talk.say("[i * i for i in 1...10_000]", width: 60)
    let lines = text.split(separator: "\n")
    #expect(lines.count <= 26)
    #expect(lines.allSatisfy { $0.count <= 60 })
    #expect(text.hasSuffix(" more\n]"))
    #expect(
      await talk.say("[\"\(String(repeating: "x", count: 70))\", {a: 1}]")
        == "[\n  \"\(String(repeating: "x", count: 70))\",\n  {a: 1}\n]")
    #expect(await talk.end())
  }

  @Test func mapsAreAligned() async {
    let talk = Conversation()
    #expect(
      await talk.say(
        "{name: \"a name that is long enough\", n: 12, list: [1, 2, 3], \"two words\": {x: 1, y: none}}", width: 60)
          == """
          {
            name:        "a name that is long enough",
            n:           12,
            list:        [1, 2, 3],
            "two words": {x: 1, y: none}
          }
          """)
    #expect(await talk.end())
  }

  @Test func longStringsAreCut() async {
    let talk = Conversation()
    let text = await talk.say("\"é\" * 100_000", width: 40)
    #expect(text.hasPrefix("\"éééé"))
    #expect(text.hasSuffix("more characters"))
    #expect(text.count < 300)
    #expect(await talk.end())
  }

  @Test func aHugeValueTakesNoLongerThanASmallOne() async {
    let talk = Conversation()
    let evaluation = await talk.session.evaluate("[[x] for x in 0..<100_000]")
    guard case .done(.list(let shown, let count)?) = evaluation.outcome else {
      Issue.record("\(evaluation.outcome)")
      return
    }
    #expect([count, shown.count] == [100_000, 200])
    await talk.say("[[[[i for i in 1...100] for j in 1...100] for k in 1...5]];", gives: "")
    #expect(await talk.end())
  }

  @Test func aResponseIsOneLine() {
    let response = ValueSnapshot.response(
      .init(status: 200, size: 1_234, type: "text/html", elapsed: 35_400_000, url: "http://a.test/x"))
    #expect(response.text() == "200 OK, 1.23 kB text/html, 35.4 ms, http://a.test/x")
    let other = ValueSnapshot.response(.init(status: 599, size: 0, type: nil, elapsed: 1_250_000_000, url: "http://b"))
    #expect(other.text() == "599, 0 B, 1.25 s, http://b")
    #expect(ValueSnapshot.bytes(2_500_000).text() == "<2.50 MB>")
  }

  @Test func aLineHoldsWhatComesFirst() {
    let numbers = ValueSnapshot.list((1...300).map { .int("\($0)") }, count: 5_000)
    #expect(numbers.line(width: 30) == "[1, 2, 3, 4, 5, … 4,995 more]")
    #expect(ValueSnapshot.list([.int("1"), .int("2")], count: 2).line(width: 30) == "[1, 2]")
    let long = ValueSnapshot.string(String(repeating: "a", count: 99), count: 99)
    #expect(ValueSnapshot.list([long, .int("2")], count: 2).line(width: 20) == "…")
    let map = ValueSnapshot.map([.init("a", .int("1")), .init("b", long)], count: 2)
    #expect(map.line(width: 20) == "{a: 1, … 1 more}")
    let task = ValueSnapshot.task(call: "f(1)", .running, nil)
    #expect(ValueSnapshot.list([task, task], count: 2).line() == "[task f(1) is running, task f(1) is running]")
    #expect(ValueSnapshot.task(call: "f(1)", .failed, .int("1")).line() == "task f(1) failed: 1")
  }

  @Test func wideCharactersCountTwice() {
    let value = ValueSnapshot.string("日本語日本語", count: 6)
    #expect(value.line(width: 9) == "\"日本語…")
    #expect(value.line(width: 14) == "\"日本語日本語\"")
  }
}
