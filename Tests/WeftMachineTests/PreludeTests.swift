import Testing
import Weft

/// Built-ins as scripts call them: those of the prelude, and the way a call finds a native.
@Suite struct PreludeTests {
  /// What a script prints, or why it failed.
  private func run(_ text: String) -> String {
    do {
      var output: [UInt8] = []
      let result = try Script(compiling: text).runVirtually { output += $0 }
      let printed = String(decoding: output, as: UTF8.self)
      switch result.outcome {
      case .completed: return printed.hasSuffix("\n") ? String(printed.dropLast()) : printed
      case .failed(let report), .exceeded(let report): return "\(report.kind): \(report.message)"
      case .cancelled: return "cancelled"
      }
    } catch {
      return error.diagnostics.map(\.message).joined(separator: "; ")
    }
  }

  @Test(arguments: [
    ("map(x => x * 2, [1, 2])", "[2, 4]"),
    ("filter(x => x > 1, 1...3)", "[2, 3]"),
    ("reduce((a, b) => a + b, [1, 2, 3])", "6"),
    ("reduce((a, b) => a + b, [], 10)", "10"),
    ("reduce((a, b) => a + b, [])", "ValueError: cannot reduce an empty sequence without `initial`"),
    ("[1, 2].map(x => x + 1)", "[2, 3]"),
    ("(1...4).filter(x => x % 2 == 0)", "[2, 4]"),
    ("[[1], [2, 3]].flat_map(x => x)", "[1, 2, 3]"),
    ("[1, 2, 3].reduce((a, b) => a * b)", "6"),
    ("[1, 2, 3].reduce((a, b) => a + b, initial: 10)", "16"),
    ("any([0, 1], x => x > 0)", "true"),
    ("[0, 1].all(x => x > 0)", "false"),
    ("[true].any()", "true"),
    ("[1, 5, 9].find(x => x > 3)", "5"),
    ("[1].find(x => x > 3)", "none"),
    ("[1].find(x => x > 3, default: 0)", "0"),
    (#"["a", "bb", "c"].group_by(s => len(s))"#, #"{1: ["a", "c"], 2: ["bb"]}"#),
    ("[1, 2, 3].partition(x => x > 1)", "[[2, 3], [1]]"),
    (#"sorted(["bb", "a", "cc"], by: s => len(s))"#, #"["a", "bb", "cc"]"#),
    (#"sorted(["bb", "a", "cc"], by: s => len(s), reverse: true)"#, #"["bb", "cc", "a"]"#),
    ("sorted([3, 1, 2])", "[1, 2, 3]"),
    ("sorted([3, 1, 2], reverse: true)", "[3, 2, 1]"),
    (#"["bb", "a"].sorted(by: s => len(s))"#, #"["a", "bb"]"#),
    (#"max(["a", "ccc", "bb"], by: s => len(s))"#, #"ccc"#),
    (#"["a", "ccc", "bb"].min(by: s => len(s))"#, #"a"#),
    ("max(3, 9, 4)", "9"),
    ("min([3, 1])", "1"),
    ("[1, 2, 3, 4].unique(by: x => x % 2)", "[1, 2]"),
    ("[1, 1, 2].unique()", "[1, 2]"),
    ("{a: 1, b: 2}.map_values(v => v * 10)", "{a: 10, b: 20}"),
    ("{a: 1, b: 2}.filter((k, v) => v > 1)", "{b: 2}"),
    ("{a: 1}.map((k, v) => [k, v])", #"[["a", 1]]"#),
    (#""a,b".split(",")"#, #"["a", "b"]"#),
    (#"["x", "y"].map(s => s.upper()).join("-")"#, "X-Y"),
    ("[3, 1].map(str)", #"["3", "1"]"#),
    ("math.pi > 3 and math.sqrt(16) == 4", "true"),
    (#"json.text(json.parse("{\"a\": [1, null]}"))"#, #"{"a": [1, null]}"#),
    ("range(0, 10, 5)", "[0, 5]"),
    (#"round(2.675, 2)"#, "2.67"),
    ("2 ** 100", "1267650600228229401496703205376"),
  ])
  func expressions(_ source: String, _ expected: String) {
    #expect(run("print(\(source))") == expected)
  }

  @Test func mutation() {
    #expect(
      run(
        """
        var xs = [3, 1, 2]
        let before = xs
        xs.sort()
        xs.append(9)
        xs.sort(by: x => -x)
        print(xs, before)
        var m = {a: [1]}
        m.a.append(2)
        m.a.sort(by: x => -x)
        m.update({b: 2})
        print(m, m.pop("b"), m)
        var words = {}
        for w in "a b a".split() { words[w] = words.get(w, 0) + 1 }
        print(words)
        var seen = []
        [1, 2].each(x => { seen.append(x) })
        {k: 1}.each((k, v) => { seen.append(k) })
        print(seen)
        """) == """
          [9, 3, 2, 1] [3, 1, 2]
          {a: [2, 1], b: 2} 2 {a: [2, 1]}
          {a: 2, b: 1}
          [1, 2, "k"]
          """)
  }

  @Test func chanceDependsOnTheSeedAlone() {
    let script = """
      let xs = [random(1, 6) for i in 1...500]
      print(min(xs), max(xs), sorted(xs.unique()))
      print(sorted(shuffled(1...20)) == list(1...20), len(sample(1...100, 7).unique()), choice([5, 5]))
      let f = [random() for i in 1...200]
      print(min(f) >= 0, max(f) < 1, random(1s, 2s) >= 1s, random(-1.5, 1.5) < 1.5)
      print(random(-9223372036854775807, 9223372036854775807) != random(-9223372036854775807, 9223372036854775807))
      print(shuffled(1...5))
      """
    let first = run(script)
    #expect(first.hasPrefix("1 6 [1, 2, 3, 4, 5, 6]\ntrue 7 5\ntrue true true true\ntrue\n["))
    #expect(run(script) == first)
  }
}
