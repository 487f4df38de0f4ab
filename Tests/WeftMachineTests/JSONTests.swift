import Testing
import WeftCompiler

@testable import WeftMachine

@Suite struct JSONTests {
  @Test func parsing() {
    let cases: [(String, String)] = [
      ("null", "none"), (" true ", "true"), ("-0", "0"), ("42", "42"), ("-1.5e2", "-150.0"), ("1E3", "1000.0"),
      ("123456789012345678901234567890", "123456789012345678901234567890"), (#""""#, #""""#),
      (#""a\n\"\\\/é""#, #""a\n\"\\/é""#),
      (#""\ud83c\udf89""#, #""🎉""#), (#""\ud83c""#, #""\#u{FFFD}""#), (#""\ud83cx""#, #""\#u{FFFD}x""#),
      (#""\ud83c\u0041""#, #""\#u{FFFD}A""#), ("[]", "[]"), ("{}", "{}"), ("[ 1 , [ 2 ] , { } ]", "[1, [2], {}]"),
      (#"{"a": 1, "b": [true, null], "a": 2}"#, "{a: 2, b: [true, none]}"),
      (#"{"a":{"b":{"c":[]}}}"#, "{a: {b: {c: []}}}"),
    ]
    TestBed.run { bed in
      for (text, expected) in cases { #expect(bed.call(.jsonParse, .string(text)) == expected, "\(text)") }
      #expect(bed.call(.jsonParse, .bytes(Array("[1]".utf8))) == "[1]")
    }
  }

  @Test func errorsHaveAPlace() {
    let cases: [(String, String)] = [
      ("", "the text is empty, line 1 column 1"), ("  ", "unexpected end, line 1 column 3"),
      ("[1, 2", "unexpected end, line 1 column 6"), ("[1 2]", "`,` or `]` is missing, line 1 column 4"),
      ("[1,]", "a value is missing, line 1 column 4"), (#"{"a" 1}"#, "`:` is missing after a key, line 1 column 6"),
      ("{\n  a: 1}", "a key in double quotes is missing, line 2 column 3"),
      (#"{"a": 1,}"#, "a key in double quotes is missing, line 1 column 9"),
      (#"{"a": 1"#, "unexpected end, line 1 column 8"), (#"{"a"#, "a text has no closing quote, line 1 column 4"),
      ("01", "a number does not begin with 0, line 1 column 3"),
      ("1.", "a digit is missing after the point, line 1 column 3"),
      ("1e", "a digit is missing in the exponent, line 1 column 3"), ("-", "a digit is missing, line 1 column 2"),
      ("1e999", "the number is too large for a Float, line 1 column 6"),
      ("nul", "unexpected character, line 1 column 1"),
      ("[1] x", "unexpected text after the value, line 1 column 5"),
      ("NaN", "JSON has no NaN and no infinity, line 1 column 1"),
      (#""\x""#, "a text has an unknown escape, line 1 column 3"),
      (#""\u12""#, "`\\u` needs four hexadecimal digits, line 1 column 6"),
      ("\"a\nb\"", "a text has a control character; write `\\n` for a newline, line 1 column 3"),
      ("['a']", "a text is in double quotes, line 1 column 2"), ("[\"é\", x]", "unexpected character, line 1 column 7"),
      ("{", "unexpected end, line 1 column 2"), ("[", "unexpected end, line 1 column 2"),
      (#"{"a":"#, "unexpected end, line 1 column 6"),
      (String(repeating: "[", count: 513), "nested deeper than 512, line 1 column 514"),
    ]
    TestBed.run { bed in
      for (text, expected) in cases {
        #expect(bed.call(.jsonParse, .string(text)) == "ValueError: not JSON: \(expected)", "\(text.prefix(20))")
      }
      let deep = String(repeating: "[", count: 512) + String(repeating: "]", count: 512)
      #expect(bed.call(.jsonParse, .string(deep)) == deep)
      #expect(bed.call(.jsonParse, .bytes([0x22, 0xFF, 0x22])) == "ValueError: not JSON: the bytes are not UTF-8 text")
      #expect(bed.call(.jsonParse, 5) == "TypeError: the argument must be String, not Int")
    }
  }

  @Test func noTextCrashesOrLeaks() {
    let seed = #"{"a": [1, -2.5e3, "x\u00e9\ud83c\udf89", {"b": null}], "c": true, "d": "é"}"#
    var state: UInt64 = 7
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    TestBed.run { bed in
      for _ in 0..<5000 {
        var bytes = Array(seed.utf8)
        for _ in 0...next(3) where bytes.count > 1 {
          switch next(3) {
          case 0: bytes[next(bytes.count)] = UInt8(next(256))
          case 1: bytes.remove(at: next(bytes.count))
          default: bytes = Array(bytes.prefix(max(1, next(bytes.count))))
          }
        }
        _ = bed.call(.jsonParse, .bytes(bytes))
      }
    }
  }

  @Test func writing() {
    let cases: [(Sample, String)] = [
      (nil, "null"), (true, "true"), (5, "5"), (.big("99999999999999999999"), "99999999999999999999"), (1.0, "1.0"),
      (1e20, "1e+20"),
      ("a\"\\\n\u{1}é", #""a\"\\\n\u0001é""#), ([1, [], [2]], "[1, [], [2]]"),
      (["a": 1, "b": ["c": nil]], #"{"a": 1, "b": {"c": null}}"#),
      (["a": [:]], #"{"a": {}}"#),
    ]
    TestBed.run { bed in
      func written(_ sample: Sample, indent: Sample = .unset) -> String {
        bed.with([sample, indent]) { v throws(Thrown) in
          let text = try JSONWriter.native(bed.machine, v, 2)
          bed.machine.output = []
          try bed.machine.describe(text, into: &bed.machine.output, quoted: false)
          bed.heap.release(text)
          return .none
        } == "none" ? String(decoding: bed.machine.output, as: UTF8.self) : bed.call(.jsonText, sample, indent)
      }
      for (sample, expected) in cases {
        #expect(written(sample) == expected)
        if case .float = sample { continue }
        #expect(bed.call(.jsonParse, .string(expected)) == bed.show(bed.make(sample)))
      }
      #expect(
        written(["a": [1, 2], "b": [], "c": [:]], indent: 2)
          == "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": [],\n  \"c\": {}\n}")
      #expect(written([.float(.nan)]) == "ValueError: JSON has no nan [none stands for a missing number]")
      #expect(written([.s(1)]) == "TypeError: JSON has no Duration [`d.seconds` is a number]")
      #expect(written([1: 2]) == "TypeError: JSON has only String keys, not Int [`str(key)` makes one]")
      #expect(written(1, indent: 99) == "ValueError: `indent` is 0 to 32")
    }
  }
}
