import Testing
import WeftCompiler

@testable import WeftMachine

@Suite struct MethodTests {
  @Test func strings() {
    let cases: [(Sample, String, [Sample], String)] = [
      ("aBc", "upper", [], #""ABC""#), ("ÄÖß", "lower", [], #""äöß""#), ("straße", "upper", [], #""STRASSE""#),
      ("hello World", "capitalize", [], #""Hello world""#), ("hello wORLD", "title", [], #""Hello World""#),
      ("élan vital", "title", [], #""Élan Vital""#), ("aBc", "swapcase", [], #""AbC""#),
      ("  a b\n", "strip", [], #""a b""#), ("xxaxx", "strip", ["x"], #""a""#),
      ("\u{a0}é\u{3000}", "strip", [], #""é""#),
      ("  a ", "lstrip", [], #""a ""#), ("  a ", "rstrip", [], #""  a""#), ("   ", "strip", [], #""""#),
      ("éaé", "strip", ["é"], #""a""#), ("a", "strip", [1], "TypeError: the characters must be String, not Int"),
      ("a,b,,c", "split", [","], #"["a", "b", "", "c"]"#), ("a,b,c", "split", [",", 1], #"["a", "b,c"]"#),
      ("  a  b c ", "split", [], #"["a", "b", "c"]"#), (" a  b c ", "split", [nil, 1], #"["a", "b c "]"#),
      ("", "split", [], "[]"), ("", "split", [","], #"[""]"#), ("a<>b<>", "split", ["<>"], #"["a", "b", ""]"#),
      ("abc", "split", [""], "ValueError: the separator is empty [`s.chars()` gives the characters]"),
      ("a b", "split", [nil, 0], #"["a b"]"#),
      ("a,b,c", "rsplit", [",", 1], #"["a,b", "c"]"#), ("a b  c ", "rsplit", [nil, 1], #"["a b", "c"]"#),
      ("a b c", "rsplit", [], #"["a", "b", "c"]"#), ("aXbX", "rsplit", ["X"], #"["a", "b", ""]"#),
      ("a\nb\r\nc\r\n", "lines", [], #"["a", "b", "c"]"#), ("a\n\nb", "splitlines", [], #"["a", "", "b"]"#),
      ("", "lines", [], "[]"),
      ("k=v=w", "partition", ["="], #"["k", "=", "v=w"]"#), ("kv", "partition", ["="], #"["kv", "", ""]"#),
      ("k=v=w", "rpartition", ["="], #"["k=v", "=", "w"]"#), ("kv", "rpartition", ["="], #"["", "", "kv"]"#),
      (", ", "join", [["a", "b"]], #""a, b""#), ("", "join", ["abc"], #""abc""#), ("-", "join", [[]], #""""#),
      (",", "join", [["a", 1]], "TypeError: element 1 is Int, not String [`xs.map(str)` makes texts of all]"),
      ("aXbXc", "replace", ["X", "--"], #""a--b--c""#), ("aXbXc", "replace", ["X", "", 1], #""abXc""#),
      ("aaa", "replace", ["aa", "b"], #""ba""#), ("abc", "replace", ["x", "y"], #""abc""#),
      ("abc", "replace", ["", "y"], "ValueError: the text to replace is empty"),
      ("abc", "startswith", ["ab"], "true"), ("abc", "startswith", [["x", "a"]], "true"),
      ("abc", "endswith", ["bc"], "true"),
      ("abc", "endswith", [["x", "y"]], "false"),
      ("abc", "startswith", [1], "TypeError: the text to look for must be String, not Int"),
      ("abc", "removeprefix", ["a"], #""bc""#), ("abc", "removesuffix", ["c"], #""ab""#),
      ("abc", "removesuffix", ["x"], #""abc""#),
      ("éabé", "find", ["é"], "0"), ("éabé", "find", ["é", 1], "3"), ("éabé", "rfind", ["é"], "3"),
      ("abc", "find", ["x"], "-1"),
      ("abc", "find", ["a", 99], "-1"), ("abc", "find", ["c", -1], "2"), ("abc", "find", [""], "0"),
      ("abc", "rfind", [""], "3"),
      ("abc", "find", ["c", .int(.min)], "2"),
      ("abc", "index", ["c"], "2"),
      ("abc", "index", ["x"], "ValueError: `x` is not in the text [`find` gives -1 instead]"),
      ("abcabc", "count", ["bc"], "2"), ("aaaa", "count", ["aa"], "2"), ("abc", "count", [""], "4"),
      ("abc", "contains", ["b"], "true"),
      ("123", "isdigit", [], "true"), ("", "isdigit", [], "false"), ("1a", "isdigit", [], "false"),
      ("abé", "isalpha", [], "true"),
      ("a1", "isalnum", [], "true"), (" \t", "isspace", [], "true"), ("AB1", "isupper", [], "true"),
      ("12", "isupper", [], "false"),
      ("ab", "islower", [], "true"), ("aB", "islower", [], "false"),
      ("ab", "ljust", [5], #""ab   ""#), ("é", "rjust", [3, "ü"], #""üüé""#), ("ab", "center", [5, "*"], #""*ab**""#),
      ("ab", "rjust", [1], #""ab""#), ("ab", "rjust", [5, "xy"], "ValueError: `fill` must be one character"),
      ("-42", "zfill", [6], #""-00042""#), ("42", "zfill", [1], #""42""#), ("ab", "repeat", [2], #""abab""#),
      ("aé", "chars", [], #"["a", "é"]"#), ("aé", "bytes", [], "<3 bytes>"), ("aé", "encode", [], "<3 bytes>"),
      ("aé🎉", "reversed", [], #""🎉éa""#),
    ]
    check(cases)
    TestBed.run { bed in
      #expect(bed.method("a", "ljust", .int(.max)).hasPrefix("LimitError"))
      #expect(bed.method("a", "zfill", .int(.max)).hasPrefix("LimitError"))
      #expect(bed.method("a", "center", .int(.max), "é").hasPrefix("LimitError"))
    }
  }

  @Test func lists() {
    check([
      ([1], "append", [[2]], "none; [1, [2]]"), ([1], "extend", [[2, 3]], "none; [1, 2, 3]"),
      ([], "extend", ["ab"], #"none; ["a", "b"]"#), ([1], "extend", [.range(5, 6, inclusive: true)], "none; [1, 5, 6]"),
      ([1], "extend", [5], "TypeError: cannot go through the elements of Int [`0..<n` is a Range]; [1]"),
      ([1, 3], "insert", [1, "x"], #"none; [1, "x", 3]"#), ([1], "insert", [99, 2], "none; [1, 2]"),
      ([1, 2], "insert", [-1, 9], "none; [1, 9, 2]"), ([1], "insert", [.int(.min), 0], "none; [0, 1]"),
      ([1, "b"], "pop", [], #""b"; [1]"#), ([1, 2, 3], "pop", [0], "1; [2, 3]"), ([1, 2], "pop", [-2], "1; [2]"),
      ([], "pop", [], "IndexError: cannot pop from an empty List [check `len(xs) > 0` first]; []"),
      ([1, [2], 3], "remove", [[2]], "none; [1, 3]"),
      ([1], "remove", ["x"], #"ValueError: "x" is not in the List; [1]"#),
      ([1, 2], "clear", [], "none; []"), ([1, "b", 3], "reverse", [], #"none; [3, "b", 1]"#),
      ([3, 1, 2], "sort", [], "none; [1, 2, 3]"), ([3, 1, 2], "sort", [.unset, true], "none; [3, 2, 1]"),
      (
        ["b", 1], "sort", [],
        "TypeError: cannot compare Int and String with `<` [`int(text)` or `float(text)` reads a number from a text]; [\"b\", 1]"
      ),
      ([1, [2]], "index", [[2]], "1"), ([1], "index", [5], "ValueError: 5 is not in the List"),
      ([1, 1.0, 2], "count", [1], "2"),
      ([1, 2], "get", [5], "none"), ([1, 2], "get", [5, 9], "9"), ([1, 2], "get", [-1], "2"),
      ([1, 2], "first", [], "1"),
      ([1, 2], "last", [], "2"), ([], "first", ["d"], #""d""#), ([], "last", [], "none"), ([1], "copy", [], "[1]"),
      (["a", "b"], "join", ["-"], #""a-b""#), (["a", "b"], "join", [], #""ab""#),
      ([3, 1, 2], "sorted", [], "[1, 2, 3]"), ([1, 2], "reversed", [], "[2, 1]"), ([1, 2], "sum", [], "3"),
      ([1, 3], "max", [], "3"), ([1, 3], "min", [], "1"),
      ([1, 1.0, 2, [3], [3], "a", "a"], "unique", [], #"[1, 2, [3], "a"]"#),
      ([1, 2, 3], "chunks", [2], "[[1, 2], [3]]"), ([1, 2], "chunks", [.int(.max)], "[[1, 2]]"),
      ([1], "chunks", [0], "ValueError: the size of a chunk is 1 or more"), ([true], "any", [], "true"),
      ([1], "contains", [1], "true"),
      (.range(1, 4, inclusive: true), "step", [2], "[1, 3]"),
      (.range(1, 4, inclusive: true), "list", [], "[1, 2, 3, 4]"),
      (.range(.max, .max, inclusive: true), "step", [5], "[9223372036854775807]"),
      (.range(1, 4, inclusive: true), "sum", [], "10"), (.range(1, 4, inclusive: true), "reversed", [], "[4, 3, 2, 1]"),
    ])
  }

  @Test func maps() {
    check([
      (["a": 1], "get", ["a"], "1"), (["a": 1], "get", ["b"], "none"), (["a": 1], "get", ["b", 5], "5"),
      (["a": 1], "get", [[1]], "TypeError: a List cannot be a map key [`str(x)` makes a key of it]"),
      (["a": 1, "b": 2], "keys", [], #"["a", "b"]"#), (["a": 1, "b": [2]], "values", [], "[1, [2]]"),
      (["a": 1], "items", [], #"[["a", 1]]"#), (["a": 1], "contains", ["a"], "true"),
      (["a": 1, "b": 2], "pop", ["a"], "1; {b: 2}"), (["a": 1], "pop", ["x", 9], "9; {a: 1}"),
      (["a": 1], "pop", ["x"], "KeyError: no key `x` in the Map; {a: 1}"), (["a": 1], "remove", ["a"], "none; {}"),
      (["a": 1], "remove", ["b"], "KeyError: no key `b` in the Map; {a: 1}"),
      (["a": 1], "update", [["a": 2, "b": 3]], "none; {a: 2, b: 3}"),
      (["a": 1], "update", [5], "TypeError: the other must be Map, not Int; {a: 1}"),
      (["a": 1], "merged", [["b": 2]], "{a: 1, b: 2}"),
      (["a": 1], "merged", [5], "TypeError: the other must be Map, not Int"),
      (["a": 1], "clear", [], "none; {}"), (["a": 1], "setdefault", ["a", 5], "1; {a: 1}"),
      (["a": 1], "setdefault", ["b", [5]], "[5]; {a: 1, b: [5]}"), (["a": 1], "copy", [], "{a: 1}"),
    ])
  }

  @Test func others() {
    check([
      (255, "bit_length", [], "8"), (-1, "abs", [], "1"), (1_234_567, "format", [nil, ","], #""1,234,567""#),
      (1234.5, "format", [2, "_"], #""1_234.50""#), (-1234, "format", [.unset, ",", 8], #""  -1,234""#),
      (2.5, "round", [], "2"),
      (2.0, "is_integer", [], "true"), (2.5, "floor", [], "2"), (2.5, "ceil", [], "3"),
      (.big("99999999999999999999"), "bit_length", [], "67"),
      (.s(-1), "abs", [], "1s"), (.s(1.26), "round", [.s(0.1)], "1.3s"), (.s(1.5), "total_seconds", [], "1.5"),
      (.s(1), "round", [.s(0)], "ValueError: the unit must be longer than 0s"),
      (.bytes([0x68, 0xC3, 0xA9]), "text", [], #""hé""#),
      (.bytes([0xFF]), "decode", [], "ValueError: the bytes are not UTF-8 text"),
      (.bytes([1, 255]), "hex", [], #""01ff""#), (.bytes(Array("Man".utf8)), "base64", [], #""TWFu""#),
      (.bytes(Array("Ma".utf8)), "base64", [], #""TWE=""#), (.bytes(Array("M".utf8)), "base64", [], #""TQ==""#),
      (.bytes([]), "base64", [], #""""#), (.bytes([1, 2]), "list", [], "[1, 2]"),
      (.bytes([1, 2]), "find", [.bytes([2])], "1"),
    ])
  }

  private func check(_ cases: [(Sample, String, [Sample], String)], _ location: SourceLocation = #_sourceLocation) {
    TestBed.run(location) { bed in
      for (receiver, name, arguments, expected) in cases {
        let padded = arguments + Array(repeating: Sample.unset, count: 3)
        #expect(
          bed.method(receiver, name, padded[0], padded[1], padded[2]) == expected, "\(receiver).\(name)(\(arguments))",
          sourceLocation: location)
      }
    }
  }

  @Test func searchIsLinear() {
    // Almost matching everywhere: each place costs a whole comparison without the patient search.
    let hay = Array(repeating: UInt8(ascii: "a"), count: 200_000) + [UInt8(ascii: "b")]
    for count in [1, 2, 50_000, 100_001] {
      let needle = Array(repeating: UInt8(ascii: "a"), count: count) + [UInt8(ascii: "b")]
      let turned = Array(needle.reversed())
      let turnedHay = Array(hay.reversed())
      hay.withUnsafeBufferPointer { hay in
        needle.withUnsafeBufferPointer { needle in
          #expect(Search.first(needle, in: hay) == 200_000 - count)
          #expect(Search.last(needle, in: hay, before: hay.count) == 200_000 - count)
        }
      }
      turnedHay.withUnsafeBufferPointer { hay in
        turned.withUnsafeBufferPointer { needle in
          #expect(Search.first(needle, in: hay) == 0)
          #expect(Search.last(needle, in: hay, before: hay.count) == 0)
        }
      }
    }
  }

  @Test func searchAgreesWithTheSimpleWay() {
    var state: UInt64 = 42
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    for _ in 0..<3000 {
      let hay = (0..<next(200)).map { _ in UInt8(next(2)) }
      let needle = (0..<next(6)).map { _ in UInt8(next(2)) }
      let places = (0...hay.count).filter { hay.dropFirst($0).starts(with: needle) }
      hay.withUnsafeBufferPointer { hay in
        needle.withUnsafeBufferPointer { needle in
          #expect(Search.first(needle, in: hay) == (places.first ?? -1))
          #expect(Search.last(needle, in: hay, before: hay.count) == (places.last ?? -1))
        }
      }
    }
  }
}
