import Testing
import WeftCompiler

@testable import WeftMachine

@Suite struct FormattingTests {
  @Test func values() {
    let cases: [(Sample, String)] = [
      (nil, "none"), (true, "true"), (-5, "-5"), (.int(.min), "-9223372036854775808"), (1.0, "1.0"), (0.1, "0.1"),
      (1e16, "1e+16"), (1e-5, "1e-05"), (123456789.125, "123456789.125"), (.float(.infinity), "inf"),
      (.float(-.infinity), "-inf"),
      (.float(.nan), "nan"), (.float(-.nan), "nan"), (-0.0, "-0.0"), (.float(.leastNonzeroMagnitude), "5e-324"),
      ("a\"b\n\t\\\u{1}é", #""a\"b\n\t\\\u{1}é""#),
      ([1, "a", [nil, 2.5], [:]], #"[1, "a", [none, 2.5], {}]"#),
      (
        ["name": "a", "content-type": "b", 5: [], true: 1, .s(1): 2, "": 0, "1a": 1],
        #"{name: "a", "content-type": "b", 5: [], true: 1, 1s: 2, "": 0, "1a": 1}"#
      ),
      (.range(1, 3, inclusive: true), "1...3"), (.range(0, 5, inclusive: false), "0..<5"), (.kind("Busy"), "Busy"),
      (.bytes([1, 2]), "<2 bytes>"),
    ]
    TestBed.run { bed in
      for (sample, expected) in cases { #expect(bed.show(bed.make(sample)) == expected, "\(sample)") }
      #expect(bed.show(Value(tag: Kind.builtin, bits: UInt64(Machine.builtinRaw))) == "<task len>")
      let thrown = bed.machine.raise(.timeoutError, "too \"slow\"")
      #expect(bed.show(thrown.error) == #"TimeoutError("too \"slow\"")"#)
    }
  }

  @Test func durations() {
    let cases: [(Int64, String)] = [
      (0, "0s"), (1, "1ns"), (1_500, "1.5us"), (250_000_000, "250ms"), (1_500_000_000, "1.5s"), (90_000_000_000, "90s"),
      (60_000_000_000, "1m"), (120_000_000_000, "2m"), (3_600_000_000_000, "1h"), (5_400_000_000_000, "90m"),
      (86_400_000_000_000, "1d"), (129_600_000_000_000, "36h"), (1_000_000_001, "1.000000001s"),
      (1_000_001, "1.000001ms"),
      (1_001, "1.001us"), (-1_500_000_000, "-1.5s"), (75_300_000_000, "75.3s"), (.min, "-9223372036.854775808s"),
      (.max, "9223372036.854775807s"),
    ]
    for (nanoseconds, expected) in cases { #expect(Machine.text(duration: nanoseconds) == expected) }
    TestBed.run { bed in
      for (nanoseconds, text) in cases where text.utf8.count < 17 {
        #expect(bed.call(.duration, .string(text)) == Machine.text(duration: nanoseconds))
      }
    }
  }

  @Test func rates() {
    let cases: [(Double, String)] = [
      (5, "5/s"), (0.5, "0.5/s"), (2.5, "2.5/s"), (1 / 60.0, "1/m"), (100 / 60.0, "100/m"), (1 / 3600.0, "1/h"),
      (0, "0/s"),
      (1e6, "1000000/s"), (.infinity, "inf/s"),
    ]
    for (rate, expected) in cases { #expect(Machine.text(rate: rate) == expected) }
  }

  @Test func widthsAndDecimals() {
    TestBed.run { bed in
      func formatted(_ sample: Sample, width: Int? = nil, decimals: Int? = nil) -> String {
        bed.with([sample]) { v throws(Thrown) in try bed.machine.formatted(v[0], width: width, decimals: decimals) }
      }
      #expect(formatted(3.14159, decimals: 2) == #""3.14""#)
      #expect(formatted(2.675, decimals: 2) == #""2.67""#)
      #expect(formatted(0.5, decimals: 0) == #""0""#)
      #expect(formatted(1e300, decimals: 1) == "\"\(Machine.fixed(1e300, decimals: 1))\"")
      #expect(Machine.fixed(1e300, decimals: 1).utf8.count == 303)
      #expect(formatted(5, decimals: 2) == #""5.00""#)
      #expect(formatted(.big("99999999999999999999"), decimals: 1) == #""99999999999999999999.0""#)
      #expect(formatted(.float(.nan), decimals: 2) == #""nan""#)
      #expect(formatted(.s(1.23456), decimals: 2) == #""1.23s""#)
      #expect(formatted(.duration(12_345_678), decimals: 1) == #""12.3ms""#)
      #expect(formatted(.s(0), decimals: 1) == #""0.0s""#)
      #expect(formatted(5, width: 4) == #""   5""#)
      #expect(formatted("é", width: 4) == #""é   ""#)
      #expect(formatted("abcdef", width: 4) == #""abcdef""#)
      #expect(formatted(3.14159, width: 8, decimals: 2) == #""    3.14""#)
      #expect(formatted([1], width: 5) == #""[1]  ""#)
      #expect(formatted("a", decimals: 2) == "TypeError: cannot show String with 2 decimals")
      #expect(formatted(1.5, decimals: 200) == "ValueError: a number is shown with 0 to 100 decimals")
      #expect(formatted(1.5, width: .max).hasPrefix("LimitError"))
    }
  }

  @Test func outputIsBounded() {
    TestBed.run { bed in
      var value = bed.make(["0123456789"])
      for _ in 0..<30 { value = bed.heap.makeList(taking: [value, value.retained()]) }
      bed.heap.state.pointee.limit = 1 << 22
      #expect(bed.show(value).hasPrefix("LimitError"))
    }
  }

  @Test func byteSizes() {
    let cases = [
      (0, "0 B"), (999, "999 B"), (1000, "1 KB"), (1234, "1.2 KB"), (15_000, "15 KB"), (999_999, "999 KB"),
      (1_250_000, "1.2 MB"),
    ]
    for (size, expected) in cases { #expect(Machine.byteSize(size) == expected) }
    #expect(Machine.byteSize(.max).hasSuffix(" PB"))
  }
}

extension Machine {
  fileprivate static var builtinRaw: UInt16 { BuiltinFunction.len.rawValue }
}
