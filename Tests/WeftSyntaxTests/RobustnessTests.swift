import Testing
import WeftSyntax

/// Whatever the input is, the parser ends, traps nowhere and says where it gave up.
@Suite struct RobustnessTests {
  static let deep: [(String, String)] = [
    ("(", ")"), ("[", "]"), ("{a: ", "}"), ("f(", ")"), ("x[", "]"), ("-", ""), ("not ", ""), ("x => ", ""),
    ("(a, b) => ", ""), ("x => { ", " }"), ("if a { ", " }"), ("if ", ""), ("gather { ", " }"), ("gather {{", "}}"),
    ("\"\\(", ")\""), ("try { ", " } catch { }"), ("await ", ""), ("start ", ""), ("sleep ", ""), ("fetch ", ""),
    ("compute ", ""), ("compute(", ")"), ("await(", ")"), ("2 ** ", ""), ("let [", "]"), ("shield { ", " }"),
    ("timeout(1s) { ", " }"), ("mock f => ", ""), ("with ", ""), ("for x in ", ""), ("{[", "]: 1}"), ("throw ", ""),
    ("retry(retry(", "))"), ("while a { ", " }"), ("task f() { ", " }"), ("task f() => ", ""), ("return ", ""),
    ("async ", ""), ("1 + (", ")"), ("a ?? (", ")"), ("(a = ", ")"), ("f(x: ", ")"), ("if a { } else { ", " }"),
    ("[x for x in ", "]"), ("(x = (", "))"), ("{", "}"), ("{\n", "}"), ("\"\"\"\n\\(", ")\n\"\"\""), ("!", ""),
    ("throws(K) { ", " }"), ("taskgroup { ", " }"), ("expect ", ""), ("race { a: ", " }"), ("start(in: ", ")"),
  ]

  @Test(arguments: deep.indices)
  func deepNestingIsAnError(_ place: Int) {
    let (opening, closing) = RobustnessTests.deep[place]
    let count = 100_000 / opening.utf8.count
    let half = String(repeating: opening, count: count)
    #expect(!codes(half).isEmpty)
    _ = codes(half + "x" + String(repeating: closing, count: count))
  }

  static let chains = [".b", "+1", " and a", "(x)", "[x]", "?.b", " ?? a", " * 2", " or a", ".b()\n", "\n  .b(x => 1)"]

  @Test(arguments: chains)
  func longChainsAreAnError(_ link: String) {
    #expect(codes("a" + String(repeating: link, count: 100_000)) == ["E0130"])
    #expect(codes("a" + String(repeating: link, count: 450)) == [])
    // Parentheses do not hide the height.
    let chain = String(repeating: link, count: 400)
    #expect(codes("(((a" + chain + ")" + chain + ")" + chain + ")") == ["E0130"])
  }

  @Test func longListsAreFine() {
    #expect(codes("[" + String(repeating: "1, ", count: 100_000) + "]") == [])
    #expect(codes("if a { }" + String(repeating: " else if a { }", count: 20_000)) == [])
    #expect(codes("\"" + String(repeating: "\\(a)", count: 50_000) + "\"") == [])
    #expect(codes(String(repeating: "a = 1;", count: 50_000)) == [])
    #expect(codes("a" + String(repeating: " < a", count: 50_000)) == [])
  }

  @Test func nestingUpToTheLimitIsFine() {
    #expect(codes(String(repeating: "(", count: 199) + "1" + String(repeating: ")", count: 199)) == [])
    #expect(codes(String(repeating: "(", count: 201) + "1" + String(repeating: ")", count: 201)) == ["E0129"])
  }

  @Test func repeatedMistakesTakeLinearTime() {
    for piece in [
      "foo(a b\n", "}", ")", "\"\\(", "let = \n", "{ a b }\n", "x => }", "'", "1h30m ", "if (\n", "[1 2,",
      "gather { let", "f(a b;", "f(a b ", "if f(a b ", "x is ",
    ] {
      _ = codes(String(repeating: piece, count: 5_000))
    }
    _ = codes("f(a b " + String(repeating: "(", count: 20_000) + String(repeating: "]", count: 20_000))
  }

  @Test func truncatedScriptsAreRead() {
    for sample in Samples.all {
      let bytes = Array(sample.utf8)
      for end in bytes.indices { check(Array(bytes[..<end])) }
    }
  }

  @Test func truncatedMistakesAreRead() {
    let groups = [
      DiagnosticTests.textAndWords, DiagnosticTests.habitsOfOtherLanguages, DiagnosticTests.structure,
      DiagnosticTests.constructs,
    ]
    for sample in groups.joined() {
      let bytes = Array(sample.script.utf8)
      for end in bytes.indices { check(Array(bytes[..<end])) }
      for start in bytes.indices { check(Array(bytes[start...])) }
    }
  }

  @Test func mutatedScriptsAreRead() {
    var random = SplitMix(state: 42)
    let spice = Array("(){}[]\"\\\n#:;,.=<>?'+-*/ \u{00E9}x1".utf8) + [0xFF, 0x80, 0xF0, 0x00]
    for sample in Samples.all {
      let bytes = Array(sample.utf8)
      for _ in 0..<400 {
        var mutated = bytes
        for _ in 0...Int(random.next() % 4) {
          let place = Int(random.next() % UInt64(mutated.count))
          switch random.next() % 4 {
          case 0: mutated[place] = spice[Int(random.next() % UInt64(spice.count))]
          case 1: mutated.insert(spice[Int(random.next() % UInt64(spice.count))], at: place)
          case 2: if mutated.count > 1 { mutated.remove(at: place) }
          default: mutated.swapAt(place, Int(random.next() % UInt64(mutated.count)))
          }
        }
        check(mutated)
      }
    }
  }

  @Test func randomTokensAreRead() {
    var random = SplitMix(state: 7)
    let words = [
      "let ", "x", " = ", "(", ")", "{", "}", "[", "]", ",", ":", "\n", ";", "\"", "\\(", "\"\"\"\n", "if ", "else ",
      "for ",
      "in ", "gather ", "race ", "try ", "catch ", "finally ", "=> ", "1s", "5/s", "1.5", "as ", "each ", "mock ",
      "task ",
      "test ", "not ", "and ", "-", "**", "..<", ".", "?.", "??", "timeout", "retry", "throws", "start ", "await ",
      "fetch ",
      "sleep ", "compute ", "K", "error ", "param ", "import ", "with ", "while ", "expect ", "return ", "is ", "#",
      "\t",
    ]
    for _ in 0..<3_000 {
      var text = ""
      for _ in 0..<Int(random.next() % 40) { text += words[Int(random.next() % UInt64(words.count))] }
      check(Array(text.utf8))
    }
  }

  /// Parses, prints and renders; an invalid tree always comes with an error, and no two errors are the same.
  private func check(_ bytes: [UInt8]) {
    let source = SourceFile(name: "t.weft", bytes: bytes)
    let result = parse(source)
    let tree = dump(result.tree)
    if tree.contains("(invalid)"), !result.hasErrors {
      Issue.record("invalid without an error: \(String(decoding: bytes, as: UTF8.self))")
    }
    let renderer = DiagnosticRenderer(color: true)
    var seen: Set<String> = []
    for diagnostic in result.diagnostics {
      _ = renderer.json(diagnostic, in: source)
      let text = renderer.text(diagnostic, in: source)
      let place = "\(diagnostic.span.start) \(diagnostic.span.end) \(diagnostic.message)"
      if !seen.insert(place).inserted || text.isEmpty {
        Issue.record("reported twice: \(place) in \(String(decoding: bytes, as: UTF8.self))")
      }
      if diagnostic.span.start < 0 || Int(diagnostic.span.end) > bytes.count
        || diagnostic.span.end < diagnostic.span.start
      {
        Issue.record("a span outside the file: \(place) in \(String(decoding: bytes, as: UTF8.self))")
      }
    }
  }
}

/// A small generator with a fixed seed, so that a failure can be repeated.
struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
