import Testing

@testable import WeftMachine

@Suite struct ArithmeticTests {
  static var most: Sample { .int(.max) }
  static var least: Sample { .int(.min) }

  static var integers: [(ArithmeticOp, Sample, Sample, String)] {
    [
      (.add, 2, 3, "5"),
      (.add, most, 1, "9223372036854775808"),
      (.subtract, least, 1, "-9223372036854775809"),
      (.multiply, most, most, "85070591730234615847396907784232501249"),
      (.multiply, least, least, "85070591730234615865843651857942052864"),
      (.multiply, least, -1, "9223372036854775808"),
      (.add, .big("9223372036854775808"), -1, "9223372036854775807"),
      (.subtract, .big("-9223372036854775809"), -1, "-9223372036854775808"),
      (.add, .big("170141183460469231731687303715884105727"), 1, "170141183460469231731687303715884105728"),
      (.subtract, .big("170141183460469231731687303715884105728"), 1, "170141183460469231731687303715884105727"),
      (
        .multiply, .big("340282366920938463463374607431768211456"), .big("-18446744073709551616"),
        "-6277101735386680763835789423207666416102355444464034512896"
      ),
      (.floorDivide, 7, 2, "3"), (.floorDivide, -7, 2, "-4"), (.floorDivide, 7, -2, "-4"), (.floorDivide, -7, -2, "3"),
      (.remainder, 7, 3, "1"), (.remainder, -7, 3, "2"), (.remainder, 7, -3, "-2"), (.remainder, -7, -3, "-1"),
      (.remainder, -6, 3, "0"),
      (.floorDivide, least, -1, "9223372036854775808"), (.remainder, least, -1, "0"),
      (
        .floorDivide, .big("-100000000000000000000000000000000000000000"), 7,
        "-14285714285714285714285714285714285714286"
      ),
      (.remainder, .big("-100000000000000000000000000000000000000000"), 7, "2"),
      (.remainder, .big("100000000000000000000"), -7, "-5"),
      (.floorDivide, 5, .big("100000000000000000000"), "0"), (.floorDivide, -5, .big("100000000000000000000"), "-1"),
      (.remainder, -5, .big("100000000000000000000"), "99999999999999999995"),
      (.divide, 7, 2, "3.5"), (.divide, 6, 2, "3.0"), (.divide, 1, 3, "0.3333333333333333"),
      (
        .divide, .big("100000000000000000000000000000000000000"), .big("10000000000000000000000000000000000000"), "10.0"
      ),
      (.divide, most, 3, "3.0744573456182584e+18"),
      (.divide, .int(9_007_199_254_740_993), 1, "9007199254740992.0"),
      (.power, 2, 10, "1024"), (.power, 2, 63, "9223372036854775808"), (.power, -2, 63, "-9223372036854775808"),
      (.power, 2, 100, "1267650600228229401496703205376"), (.power, 10, 40, "1" + String(repeating: "0", count: 40)),
      (.power, 2, -1, "0.5"), (.power, 0, 0, "1"), (.power, 0, 5, "0"), (.power, -1, 1001, "-1"),
      (.power, -1, 1000, "1"),
      (.power, 1, .big("100000000000000000000000"), "1"), (.power, -3, 3, "-27"), (.power, 7, 1, "7"),
      (.power, 7, 0, "1"),
    ]
  }

  @Test func integersOfAnySize() {
    TestBed.run { bed in
      for (op, left, right, expected) in Self.integers {
        #expect(bed.arithmetic(op, left, right) == expected, "\(left) \(op.symbol) \(right)")
      }
    }
  }

  @Test func limitsComeBeforeTheWork() {
    TestBed.run { bed in
      let limit =
        "ValueError: the result would have more than 1,048,576 bits, the limit of an Int "
        + "[a Float such as `2.0 ** 100` keeps the size of a number and gives up its last digits]"
      #expect(bed.arithmetic(.power, 2, 1_048_577) == limit)
      #expect(bed.arithmetic(.power, 2, Self.most) == limit)
      #expect(bed.arithmetic(.power, Self.most, .big("99999999999999999999")) == limit)
      #expect(bed.arithmetic(.power, 10, 1_000_000_000_000) == limit)
      #expect(
        bed.with([]) { _ throws(Thrown) in
          let big = try bed.machine.arithmetic(.power, Value(2), Value(600_000))
          defer { bed.heap.release(big) }
          return try bed.machine.arithmetic(.multiply, big, big)
        } == limit)
      #expect(bed.call(.int, .string(String(repeating: "9", count: 400_000))) == limit)
      #expect(bed.call(.mathFactorial, 1_000_000) == limit)
    }
  }

  @Test func floats() {
    let cases: [(ArithmeticOp, Sample, Sample, String)] = [
      (.add, 0.1, 0.2, "0.30000000000000004"), (.add, 1, 0.5, "1.5"), (.multiply, 2.0, 3, "6.0"),
      (.floorDivide, 7.5, 2, "3.0"), (.floorDivide, -7.5, 2, "-4.0"), (.remainder, -7.5, 2, "0.5"),
      (.remainder, 7.5, -2.0, "-0.5"), (.floorDivide, 1.0, 0.1, "9.0"), (.remainder, 1.0, 0.1, "0.09999999999999995"),
      (.remainder, -1e-20, 3.0, "3.0"), (.remainder, 6.0, -3.0, "-0.0"),
      (.power, 2.0, 0.5, "1.4142135623730951"), (.power, 4, 0.5, "2.0"), (.power, 10.0, 400, "inf"),
      (.divide, 1.0, 0.0, "DivisionError: division by zero"), (.remainder, 1.0, 0, "DivisionError: division by zero"),
      (.floorDivide, 1.0, 0, "DivisionError: division by zero"), (.divide, 1, 0, "DivisionError: division by zero"),
      (.floorDivide, 1, 0, "DivisionError: division by zero"), (.remainder, 1, 0, "DivisionError: division by zero"),
      (.power, 0, -1, "DivisionError: division by zero"), (.power, 0.0, -0.5, "DivisionError: division by zero"),
      (.power, -8.0, 0.5, "ValueError: a negative number has no real power of 0.5"),
      (.divide, .big("1" + String(repeating: "0", count: 400)), 2, "ValueError: the integer is too large for a Float"),
      (.add, .big("1" + String(repeating: "0", count: 400)), 1.0, "ValueError: the integer is too large for a Float"),
      (
        .divide, .big("1" + String(repeating: "0", count: 400)), .big("3" + String(repeating: "0", count: 399)),
        "3.3333333333333335"
      ),
    ]
    TestBed.run { bed in
      for (op, left, right, expected) in cases {
        #expect(bed.arithmetic(op, left, right) == expected, "\(left) \(op.symbol) \(right)")
      }
    }
  }

  @Test func durationsAndRates() {
    let cases: [(ArithmeticOp, Sample, Sample, String)] = [
      (.add, .s(1), .s(0.5), "1.5s"), (.subtract, .s(1), .s(1.5), "-500ms"), (.multiply, .s(1.5), 2, "3s"),
      (.multiply, 2, .s(1.5), "3s"), (.multiply, .s(1), 0.5, "500ms"), (.multiply, 0.25, .s(1), "250ms"),
      (.divide, .s(3), 2, "1.5s"), (.divide, .s(3), .s(2), "1.5"), (.floorDivide, .s(7), .s(2), "3"),
      (.floorDivide, .s(-7), .s(2), "-4"), (.remainder, .s(7), .s(2), "1s"), (.remainder, .s(-7), .s(2), "1s"),
      (.floorDivide, .duration(7), 2, "3ns"), (.floorDivide, .s(7), -1, "-7s"),
      (.divide, 5, .s(1), "5/s"), (.divide, 1, .s(60), "1/m"), (.divide, 10, .rate(5), "2s"),
      (.multiply, .rate(5), .s(2), "10.0"), (.multiply, .s(2), .rate(5), "10.0"), (.multiply, .rate(5), 2, "10/s"),
      (.divide, .rate(10), 4, "2.5/s"), (.divide, .rate(10), .rate(5), "2.0"), (.add, .rate(1), .rate(2), "3/s"),
      (.divide, .s(1), 0, "DivisionError: division by zero"),
      (.divide, .s(1), .s(0), "DivisionError: division by zero"),
      (.divide, 1, .s(0), "DivisionError: division by zero"),
      (.remainder, .s(1), .s(0), "DivisionError: division by zero"),
      (.floorDivide, .duration(.min), .duration(-1), "9223372036854775808"),
      (.remainder, .duration(.min), .duration(-1), "0s"),
    ]
    let long = "ValueError: the duration would be longer than 292 years, the limit of a Duration"
    TestBed.run { bed in
      for (op, left, right, expected) in cases {
        #expect(bed.arithmetic(op, left, right) == expected, "\(left) \(op.symbol) \(right)")
      }
      #expect(bed.arithmetic(.multiply, .duration(.max), 2) == long)
      #expect(bed.arithmetic(.add, .duration(.max), .duration(1)) == long)
      #expect(bed.arithmetic(.multiply, .duration(.max), 1e300) == long)
      #expect(bed.arithmetic(.floorDivide, .duration(.min), -1) == long)
      #expect(bed.arithmetic(.multiply, .s(1), .float(.nan)) == "ValueError: nan is not a duration")
    }
  }

  @Test func sequences() {
    TestBed.run { bed in
      #expect(bed.arithmetic(.add, "a", "bc") == #""abc""#)
      #expect(bed.arithmetic(.multiply, "ab", 3) == #""ababab""#)
      #expect(bed.arithmetic(.multiply, 3, "é") == #""ééé""#)
      #expect(bed.arithmetic(.multiply, "ab", -3) == #""""#)
      #expect(bed.arithmetic(.multiply, "", .int(.max)) == #""""#)
      #expect(bed.arithmetic(.add, [1, "a"], [[2]]) == #"[1, "a", [2]]"#)
      #expect(bed.arithmetic(.multiply, [1, "a"], 2) == #"[1, "a", 1, "a"]"#)
      #expect(bed.arithmetic(.multiply, 2, [[1]]) == "[[1], [1]]")
      #expect(bed.arithmetic(.multiply, [], .int(.max)) == "[]")
      #expect(bed.arithmetic(.add, .bytes([1]), .bytes([2, 3])) == "<3 bytes>")
      #expect(bed.arithmetic(.multiply, .bytes([1]), 5) == "<5 bytes>")
      bed.heap.state.pointee.limit = 1 << 20
      #expect(
        bed.arithmetic(.multiply, "abc", 1_000_000) == "LimitError: this machine has no memory for 3 MB more")
      #expect(bed.arithmetic(.multiply, [1], .int(.max)).hasPrefix("LimitError"))
      #expect(bed.arithmetic(.multiply, "abc", .int(.max)).hasPrefix("LimitError"))
      bed.heap.state.pointee.limit = .max
      #expect(bed.arithmetic(.multiply, [1], .int(.max)).hasPrefix("LimitError"))
      #expect(bed.arithmetic(.multiply, "abc", 1_000_000_000_000_000).hasPrefix("LimitError"))
    }
  }

  @Test func wrongOperandsNameBothTypes() {
    TestBed.run { bed in
      #expect(
        bed.arithmetic(.add, "a", 1)
          == #"TypeError: cannot use `+` on String and Int [write `"\(…)"` to put a value into a text]"#)
      #expect(
        bed.arithmetic(.add, nil, 1)
          == "TypeError: cannot use `+` on None and Int [one side is none; `x ?? 0` takes another value for it]")
      #expect(
        bed.arithmetic(.add, .s(1), 1)
          == "TypeError: cannot use `+` on Duration and Int [give the number a unit, such as `5s`, or use the duration's `.seconds`]"
      )
      #expect(bed.arithmetic(.add, [1], 1) == "TypeError: cannot use `+` on List and Int [`xs + [x]` adds one element]")
      #expect(
        bed.arithmetic(.add, true, 1)
          == "TypeError: cannot use `+` on Bool and Int [`int(flag)` makes 0 or 1 of a Bool]")
      #expect(bed.arithmetic(.subtract, [1], [1]) == "TypeError: cannot use `-` on List and List")
      let all: [Sample] = [
        nil, true, 1, .big("100000000000000000000"), 1.5, .s(1), .rate(1), "a", [1], ["k": 1], .bytes([1]),
        .range(0, 1, inclusive: true), .kind("E"), "7", 0, 0.0, -1, .duration(0), .rate(0), .int(.max),
        .float(.infinity),
        .float(.nan), .duration(.min),
      ]
      // No pair of values may end in anything but a value or an error.
      for op in ArithmeticOp.allCases {
        for left in all { for right in all where op != .power { _ = bed.arithmetic(op, left, right) } }
      }
      for op in OrderOp.allCases {
        for left in all {
          for right in all {
            _ = bed.with([left, right]) { v throws(Thrown) in Value(try bed.machine.compare(v[0], v[1], op)) }
            _ = bed.with([left, right]) { v throws(Thrown) in try bed.machine.getIndex(v[0], v[1]) }
            _ = bed.with([left, right]) { v throws(Thrown) in Value(try bed.machine.contains(v[0], v[1])) }
          }
        }
      }
    }
  }

  @Test func negation() {
    TestBed.run { bed in
      func negated(_ sample: Sample) -> String {
        bed.with([sample]) { values throws(Thrown) in try bed.machine.negate(values[0]) }
      }
      #expect(negated(.int(.min)) == "9223372036854775808")
      #expect(negated(.big("9223372036854775808")) == "-9223372036854775808")
      #expect(negated(0.0) == "-0.0")
      #expect(negated(.s(1)) == "-1s")
      #expect(negated(.duration(.min)).hasPrefix("ValueError"))
      #expect(negated("a") == "TypeError: cannot negate String")
    }
  }
}

@Suite struct DecimalTests {
  @Test func digitsGoBothWays() {
    var state: UInt64 = 3
    func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 33
    }
    TestBed.run { bed in
      for length in [20, 38, 39, 40, 57, 58, 76, 100, 500, 2000] {
        for _ in 0..<20 {
          var digits = next() % 2 == 0 ? "-" : ""
          digits += String(next() % 9 + 1)
          for _ in 1..<length { digits += next() % 4 == 0 ? "0" : String(next() % 10) }
          #expect(bed.call(.int, .string(digits)) == digits)
          // Also by way of arithmetic that does not use the same code.
          #expect(bed.arithmetic(.subtract, .big(digits), .big(digits)) == "0")
        }
      }
      let power = "1" + String(repeating: "0", count: 600)
      #expect(bed.arithmetic(.power, 10, 600) == power)
      #expect(
        bed.with([.string(power), 10, 600]) { v throws(Thrown) in
          let parsed = try bed.machine.parseInt(StringBlock(v[0]))
          let raised = try bed.machine.arithmetic(.power, v[1], v[2])
          defer {
            bed.heap.release(parsed)
            bed.heap.release(raised)
          }
          return Value(bed.machine.equal(parsed, raised))
        } == "true")
    }
  }
}
