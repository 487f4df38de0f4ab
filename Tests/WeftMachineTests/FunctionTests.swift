import Testing
import WeftCompiler

@testable import WeftMachine

@Suite struct FunctionTests {
  @Test func sequences() {
    TestBed.run { bed in
      #expect(bed.call(.len, "héllo") == "5")
      #expect(bed.call(.len, ["a": 1]) == "1")
      #expect(bed.call(.len, .range(3, 1, inclusive: true)) == "0")
      #expect(bed.call(.len, 5) == "TypeError: Int has no length [`len(str(n))` counts digits]")
      #expect(bed.call(.sum, [1, 2, 3]) == "6")
      #expect(bed.call(.sum, []) == "0")
      #expect(bed.call(.sum, [1, 2.5]) == "3.5")
      #expect(bed.call(.sum, [.s(1), .s(2)]) == "3s")
      #expect(bed.call(.sum, [[1], [2]]) == "[1, 2]")
      #expect(bed.call(.sum, [.int(.max), .int(.max), .int(.max)]) == "27670116110564327421")
      #expect(bed.call(.sum, .range(1, 100, inclusive: true)) == "5050")
      #expect(bed.call(.sum, [1, 2], 10) == "13")
      #expect(bed.call(.sum, ["a", "b"]) == #"TypeError: cannot sum up texts [`"".join(xs)` puts them together]"#)
      #expect(bed.call(.sum, [nil]).hasPrefix("TypeError: cannot use `+` on Int and None"))
      #expect(bed.call(.sum, [1, "a"]).hasPrefix("TypeError: cannot use `+` on Int and String"))
      #expect(bed.call(.min, 3, 1, 2) == "1")
      #expect(bed.call(.max, 3, 1) == "3")
      #expect(bed.call(.min, 3, 1) == "1")
      #expect(bed.call(.max, 1, 3) == "3")
      #expect(bed.call(.max, 1, 2.5, .big("99999999999999999999")) == "99999999999999999999")
      #expect(bed.call(.max, ["b", "c", "a"]) == #""c""#)
      #expect(bed.call(.min, .range(4, 9, inclusive: true)) == "4")
      #expect(bed.call(.max, .range(4, 9, inclusive: false)) == "8")
      #expect(bed.call(.max, []) == "ValueError: an empty sequence has no greatest element [check `len(xs) > 0` first]")
      #expect(bed.call(.min, .range(4, 3, inclusive: true)).hasPrefix("ValueError: an empty sequence"))
      #expect(bed.call(.max) == "ArgumentError: `max` needs values or one sequence")
      #expect(bed.call(.max, [1, "a"]).hasPrefix("TypeError: cannot compare String and Int with `>`"))
      #expect(bed.call(.reversed, [1, 2, 3]) == "[3, 2, 1]")
      #expect(bed.call(.reversed, "añb") == #""bña""#)
      #expect(bed.call(.reversed, .range(1, 3, inclusive: true)) == "[3, 2, 1]")
      #expect(bed.call(.range, 5) == "0..<5")
      #expect(bed.call(.range, 2, 5) == "2..<5")
      #expect(bed.call(.range, 0, 10, 3) == "[0, 3, 6, 9]")
      #expect(bed.call(.range, 10, 0, -3) == "[10, 7, 4, 1]")
      #expect(bed.call(.range, 0, 10, -1) == "[]")
      #expect(bed.call(.range, .int(.min), .int(.max), .int(.max)) == "[-9223372036854775808, -1, 9223372036854775806]")
      #expect(bed.call(.range, 0, 10, 0) == "ValueError: the step of a range is 0")
      #expect(bed.call(.range, 0, .int(.max), 2).hasPrefix("LimitError"))
      #expect(bed.call(.enumerate, ["a", "b"]) == #"[[0, "a"], [1, "b"]]"#)
      #expect(bed.call(.enumerate, ["a"], named: ["start": 5]) == #"[[5, "a"]]"#)
      #expect(bed.call(.zip, [1, 2, 3], "ab") == #"[[1, "a"], [2, "b"]]"#)
      #expect(bed.call(.zip) == "[]")
      #expect(bed.call(.any, [false, true]) == "true")
      #expect(bed.call(.all, []) == "true")
      #expect(
        bed.call(.all, [1]) == "TypeError: each element must be Bool, not Int [give a test: `xs.any(x => x > 0)`]")
      #expect(bed.call(.list, "ab") == #"["a", "b"]"#)
      #expect(bed.call(.list, ["k": 1]) == #"[["k", 1]]"#)
      #expect(bed.call(.list) == "[]")
      #expect(bed.call(.list, 5) == "TypeError: cannot go through the elements of Int [`0..<n` is a Range]")
      #expect(bed.call(.dict, [["a", 1], ["b", 2], ["a", 3]]) == "{a: 3, b: 2}")
      #expect(bed.call(.dict, [["a", 1], [2]]) == "TypeError: element 1 is not a list of a key and a value")
      #expect(bed.call(.dict, [[[1], 1]]).hasPrefix("TypeError: a List cannot be a map key"))
    }
  }

  @Test func sortingIsStable() {
    TestBed.run { bed in
      #expect(bed.call(.sorted, [3, 1, 2]) == "[1, 2, 3]")
      #expect(bed.call(.sorted, [3, 1.5, .big("99999999999999999999"), -1]) == "[-1, 1.5, 3, 99999999999999999999]")
      #expect(bed.call(.sorted, ["b", "a", "C"], named: ["reverse": true]) == #"["b", "a", "C"]"#)
      #expect(bed.call(.sorted, [[2, "x"], [1, "y"], [1, "a"]]) == #"[[1, "a"], [1, "y"], [2, "x"]]"#)
      #expect(bed.call(.sorted, [1, "a", 2]).hasPrefix("TypeError: cannot compare"))
      #expect(bed.call(.sorted, [1], named: ["reverse": 1]) == "TypeError: `reverse` must be Bool, not Int")
      #expect(bed.call(.sorted, ["b": 1, "a": 2]) == #"[["a", 2], ["b", 1]]"#)
      // By key: the values with equal keys keep their order, in reverse too.
      let values = (0..<1000).map { Sample.int($0) }
      let keys = (0..<1000).map { Sample.int(($0 * 7919) % 10) }
      for reverse in [false, true] {
        let order = (0..<1000).sorted { left, right in
          let (a, b) = ((left * 7919) % 10, (right * 7919) % 10)
          return a != b ? (reverse ? a > b : a < b) : left < right
        }
        #expect(
          bed.call(.sortByKeys, .list(values), .list(keys), .bool(reverse))
            == "[\(order.map(String.init).joined(separator: ", "))]")
        let floats = keys.map { key in if case .int(let key) = key { Sample.float(Double(key)) } else { key } }
        #expect(
          bed.call(.sortByKeys, .list(values), .list(floats), .bool(reverse))
            == "[\(order.map(String.init).joined(separator: ", "))]")
      }
      #expect(bed.call(.extremeByKeys, ["a", "bb", "cc"], [1, 2, 2], true) == #""bb""#)
      #expect(bed.call(.extremeByKeys, ["a", "bb", "cc"], [1, 2, 2], false) == #""a""#)
      #expect(bed.call(.uniqueByKeys, ["a", "b", "c", "d"], [1, [2], 1.0, [2]]) == #"["a", "b"]"#)
      #expect(bed.call(.sortByKeys, [1, 2], [1], false) == "ValueError: there must be a key for each element")
    }
  }

  @Test func numbers() {
    TestBed.run { bed in
      #expect(bed.call(.abs, -5) == "5")
      #expect(bed.call(.abs, .int(.min)) == "9223372036854775808")
      #expect(bed.call(.abs, .big("-99999999999999999999")) == "99999999999999999999")
      #expect(bed.call(.abs, -1.5) == "1.5")
      #expect(bed.call(.abs, .s(-2)) == "2s")
      #expect(bed.call(.abs, "a").hasPrefix("TypeError"))
      let rounds: [(Sample, Sample, String)] = [
        (2.5, .unset, "2"), (3.5, .unset, "4"), (-2.5, .unset, "-2"), (2.675, 2, "2.67"), (1.005, 2, "1.0"),
        (0.5, .unset, "0"), (1e300, .unset, "x"), (1234.5, -2, "1200.0"), (1250, -2, "1200"), (1350, -2, "1400"),
        (-1250, -2, "-1200"), (-1251, -2, "-1300"), (1251, -2, "1300"), (7, 2, "7"), (5, -3, "0"), (501, -3, "1000"),
        (.float(.nan), .unset, "ValueError: nan is no Int"), (.float(.infinity), 2, "inf"), (1.5, 400, "1.5"),
        (1.5, .int(.max), "1.5"), (1.5, .int(.min), "0.0"), (15, .int(.min), "0"), (.s(1.4), .unset, "1s"),
        (.duration(1_234_567), .duration(1_000_000), "1ms"), (.s(2.5), .unset, "2s"), (.s(-0.6), .unset, "-1s"),
        ("a", .unset, "TypeError: the argument of `round` must be a number or Duration, not String"),
        (1.5, "a", "TypeError: `digits` must be Int, not String"),
      ]
      for (value, digits, expected) in rounds where expected != "x" {
        #expect(bed.call(.round, value, digits) == expected, "round(\(value), \(digits))")
      }
      #expect(bed.call(.round, 1e22) == "10000000000000000000000")
      #expect(bed.call(.divmod, 7, -2) == "[-4, -1]")
      #expect(bed.call(.divmod, 7, 0).hasPrefix("DivisionError"))
      #expect(bed.call(.divmod, .big("100000000000000000000"), .big("99999999999999999999")) == "[1, 1]")
      #expect(bed.call(.pow, 2, 10) == "1024")
      #expect(bed.call(.pow, 3, 200, 13) == "9")
      #expect(bed.call(.pow, 3, -1, 13).hasPrefix("ValueError"))
      #expect(bed.call(.pow, 3, 2, 0).hasPrefix("DivisionError"))
      #expect(bed.call(.hex, 255) == #""0xff""#)
      #expect(bed.call(.hex, -255) == #""-0xff""#)
      #expect(bed.call(.bin, 5) == #""0b101""#)
      #expect(bed.call(.oct, 8) == #""0o10""#)
      #expect(
        bed.call(.hex, .big("340282366920938463463374607431768211456")) == #""0x100000000000000000000000000000000""#)
    }
  }

  @Test func conversions() {
    let cases: [(BuiltinFunction, Sample, String)] = [
      (.int, "42", "42"), (.int, " -1_000\n", "-1000"), (.int, "+7", "7"), (.int, 3.99, "3"), (.int, -3.99, "-3"),
      (.int, true, "1"), (.int, .unset, "0"), (.int, "-9223372036854775808", "-9223372036854775808"),
      (.int, "9223372036854775808", "9223372036854775808"), (.int, "-9223372036854775809", "-9223372036854775809"),
      (
        .int, "123456789012345678901234567890123456789012345678901234567890",
        "123456789012345678901234567890123456789012345678901234567890"
      ),
      (.int, 1e20, "100000000000000000000"), (.int, "", "ValueError: `` is not an Int"),
      (.int, "4.5", "ValueError: `4.5` is not an Int"), (.int, "1__0", "ValueError: `1__0` is not an Int"),
      (.int, "_1", "ValueError: `_1` is not an Int"), (.int, "1_", "ValueError: `1_` is not an Int"),
      (.int, "-", "ValueError: `-` is not an Int"), (.int, "0x10", "ValueError: `0x10` is not an Int"),
      (.int, .float(.nan), "ValueError: nan is no Int"),
      (.int, .s(1), "TypeError: cannot make Int of Duration [a Duration has `.seconds`, `.ms`, …]"),
      (.float, "1.5", "1.5"), (.float, " 1e3 ", "1000.0"), (.float, ".5", "0.5"), (.float, "5.", "5.0"),
      (.float, "-inf", "-inf"), (.float, "nan", "nan"), (.float, "1_0.5", "10.5"), (.float, 3, "3.0"),
      (.float, "0x1p3", "ValueError: `0x1p3` is not a Float"), (.float, "", "ValueError: `` is not a Float"),
      (.float, "abc", "ValueError: `abc` is not a Float"), (.float, .unset, "0.0"),
      (.str, 1.0, #""1.0""#), (.str, "a", #""a""#), (.str, ["a"], #""[\"a\"]""#), (.str, .unset, #""""#),
      (.repr, "a\"b", #""\"a\\\"b\"""#),
      (.bool, 0, "false"), (.bool, "x", "true"), (.bool, [], "false"), (.bool, nil, "false"), (.bool, 0.0, "false"),
      (.bool, .range(1, 0, inclusive: true), "false"), (.bool, .s(0), "false"), (.bool, ["a": 1], "true"),
      (.bytes, "é", "<2 bytes>"), (.bytes, [1, 255], "<2 bytes>"),
      (.bytes, [256], "ValueError: element 0 is not an Int from 0 to 255"), (.bytes, .unset, "<0 bytes>"),
      (.duration, "1.5s", "1.5s"), (.duration, "250ms", "250ms"), (.duration, "90m", "90m"), (.duration, 2, "2s"),
      (.duration, 0.5, "500ms"), (.duration, "-3h", "-3h"), (.duration, "1_000s", "1000s"),
      (.duration, "5", "ValueError: `5` is not a Duration [write a number with a unit, such as `1.5s`]"),
      (.duration, "s", "ValueError: `s` is not a Duration [write a number with a unit, such as `1.5s`]"),
      (
        .duration, "99999999999999999999h",
        "ValueError: the duration would be longer than 292 years, the limit of a Duration"
      ),
      (.type, 1, #""Int""#), (.type, .big("99999999999999999999"), #""Int""#), (.type, nil, #""None""#),
      (.chr, 233, #""é""#), (.chr, 0xD800, "ValueError: no character has the number 55296"),
      (.chr, -1, "ValueError: no character has the number -1"), (.ord, "é", "233"),
      (
        .ord, "ab", "ValueError: `ord` needs a text of one character, not of 2 [`s.chars().map(ord)` gives all numbers]"
      ),
    ]
    TestBed.run { bed in
      for (function, argument, expected) in cases {
        #expect(bed.call(function, argument) == expected, "\(function)(\(argument))")
      }
      #expect(bed.call(.int, "ff", 16) == "255")
      #expect(bed.call(.int, "-0xFF", 16) == "-255")
      #expect(bed.call(.int, "0b101", 0) == "5")
      #expect(bed.call(.int, "zz", 36) == "1295")
      #expect(bed.call(.int, "8", 8) == "ValueError: `8` is not an Int")
      #expect(bed.call(.int, "8", 1).hasPrefix("ValueError: the base"))
      let big = String(repeating: "1234567890", count: 40)
      #expect(bed.call(.int, .string(big)) == big)
    }
  }

  @Test func mathematics() {
    let cases: [(BuiltinFunction, [Sample], String)] = [
      (.mathPi, [], "3.141592653589793"), (.mathInf, [], "inf"), (.mathSqrt, [2], "1.4142135623730951"),
      (.mathSqrt, [-1], "ValueError: `math.sqrt` is not defined for -1.0"), (.mathFloor, [-1.5], "-2"),
      (.mathCeil, [1.2], "2"), (.mathTrunc, [-1.7], "-1"), (.mathFloor, [7], "7"),
      (.mathFloor, [1e20], "100000000000000000000"),
      (.mathFloor, [.float(.infinity)], "ValueError: inf is no Int"), (.mathSin, [0], "0.0"), (.mathExp, [0], "1.0"),
      (.mathLog, [1], "0.0"), (.mathLog, [8, 2], "3.0"),
      (.mathLog, [0], "ValueError: `math.log` is not defined for 0.0"),
      (.mathLog, [8, 1], "DivisionError: division by zero"), (.mathLog2, [1024], "10.0"), (.mathLog10, [1000], "3.0"),
      (.mathHypot, [3, 4], "5.0"), (.mathAtan2, [0, 1], "0.0"), (.mathPow, [2, 3], "8.0"),
      (.mathFmod, [-7, 3], "-1.0"),
      (.mathIsqrt, [10], "3"), (.mathIsqrt, [.int(.max)], "3037000499"), (.mathIsqrt, [0], "0"),
      (.mathIsqrt, [.big("100000000000000000000000000000000000000000")], "316227766016837933199"),
      (.mathIsqrt, [-1], "ValueError: `math.isqrt` is not defined for negative numbers"),
      (.mathGcd, [12, 18], "6"), (.mathGcd, [], "0"), (.mathGcd, [.int(.min), .int(.min)], "9223372036854775808"),
      (.mathLcm, [4, 6, 10], "60"), (.mathLcm, [4, 0], "0"), (.mathFactorial, [20], "2432902008176640000"),
      (.mathFactorial, [25], "15511210043330985984000000"), (.mathFactorial, [0], "1"), (.mathComb, [5, 2], "10"),
      (.mathComb, [100, 50], "100891344545564193334812497256"), (.mathComb, [3, 5], "0"),
      (.mathComb, [.int(.max), 1], "9223372036854775807"),
      (.mathComb, [.int(.max), .int(1 << 40)], "ValueError: the arguments of `math.comb` are too large"),
      (.mathIsnan, [.float(.nan)], "true"), (.mathIsfinite, [5], "true"), (.mathDegrees, [.float(.pi)], "180.0"),
      (.mathSqrt, ["a"], "TypeError: the argument must be a number, not String"),
      (.mathGcd, [1.5], "TypeError: the argument must be Int, not Float"),
    ]
    TestBed.run { bed in
      for (function, arguments, expected) in cases {
        let result: String
        switch arguments.count {
        case 0: result = bed.call(function)
        case 1: result = bed.call(function, arguments[0])
        case 2: result = bed.call(function, arguments[0], arguments[1])
        default: result = bed.call(function, arguments[0], arguments[1], arguments[2])
        }
        #expect(result == expected, "\(function.name)(\(arguments))")
      }
      // A number far beyond a Float still has a logarithm.
      #expect(bed.call(.mathLog10, .big("1" + String(repeating: "0", count: 500))) == "500.0")
    }
  }

  @Test func printing() {
    TestBed.run { bed in
      func printed(_ values: Sample..., sep: Sample = .unset, end: Sample = .unset) -> String {
        bed.machine.output = []
        let result = bed.with([sep, end] + values) { v throws(Thrown) in
          try Machine.native(for: .print)(bed.machine, v, values.count + 2)
        }
        return result == "none" ? String(decoding: bed.machine.output, as: UTF8.self) : result
      }
      #expect(printed("a", 1, 2.0, nil) == "a 1 2.0 none\n")
      #expect(printed() == "\n")
      #expect(printed("a", "b", sep: ", ", end: "") == "a, b")
      #expect(printed("a", "b", sep: 1) == "TypeError: `sep` must be String, not Int")
      #expect(bed.machine.output.isEmpty)
    }
  }

  @Test func chance() {
    TestBed.run { bed in
      #expect(bed.call(.random, 5, 1) == "ValueError: the lower bound is above the upper one")
      #expect(bed.call(.random, 1, .s(1)).hasPrefix("TypeError: cannot choose between Int and Duration"))
      #expect(bed.call(.choice, []) == "ValueError: cannot choose from what is empty")
      #expect(bed.call(.choice, ["a"]) == #""a""#)
      #expect(bed.call(.choice, ["a": 1]).hasPrefix("TypeError"))
      #expect(bed.call(.sample, [1], 2) == "ValueError: cannot take 2 of 1 element")
      #expect(bed.call(.shuffled, [7]) == "[7]")
      #expect(bed.call(.random, 3, 3) == "3")
      #expect(bed.call(.random, .s(1), .s(1)) == "1s")
    }
  }
}
