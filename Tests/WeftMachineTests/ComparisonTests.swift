import Testing

@testable import WeftMachine

@Suite struct ComparisonTests {
  private func less(_ bed: TestBed, _ left: Sample, _ right: Sample, _ op: OrderOp = .less) -> String {
    bed.with([left, right]) { values throws(Thrown) in Value(try bed.machine.compare(values[0], values[1], op)) }
  }

  private func equal(_ bed: TestBed, _ left: Sample, _ right: Sample) -> Bool {
    bed.with([left, right]) { values in Value(bed.machine.equal(values[0], values[1])) } == "true"
  }

  @Test func order() {
    TestBed.run { bed in
      #expect(less(bed, 1, 2) == "true")
      #expect(less(bed, 2, 1.5) == "false")
      #expect(less(bed, .int(9_007_199_254_740_993), 9_007_199_254_740_992.0, .greater) == "true")
      #expect(less(bed, .int(.max), 9_223_372_036_854_775_808.0) == "true")
      #expect(less(bed, .big("9223372036854775808"), 9_223_372_036_854_775_808.0, .lessOrEqual) == "true")
      #expect(less(bed, .big("1" + String(repeating: "0", count: 400)), .float(.infinity)) == "true")
      #expect(less(bed, .big("1" + String(repeating: "0", count: 400)), 1e308, .greater) == "true")
      #expect(less(bed, .big("-1" + String(repeating: "0", count: 400)), -1e308) == "true")
      #expect(less(bed, .float(.nan), 1, .greaterOrEqual) == "false")
      #expect(less(bed, 1, .float(.nan), .lessOrEqual) == "false")
      #expect(less(bed, "a", "b") == "true")
      #expect(less(bed, "Z", "a") == "true")
      #expect(less(bed, "a", "ab") == "true")
      #expect(less(bed, "\u{FFFF}", "\u{10000}") == "true")
      #expect(less(bed, .s(1), .s(2)) == "true")
      #expect(less(bed, .rate(1), .rate(2), .greater) == "false")
      #expect(less(bed, [1, 2], [1, 3]) == "true")
      #expect(less(bed, [1, 2], [1, 2, 0]) == "true")
      #expect(less(bed, [[1, [2]], 9], [[1, [3]], 0]) == "true")
      #expect(less(bed, [nil, 1], [nil, 2]) == "true")
      #expect(less(bed, [1], [1], .lessOrEqual) == "true")
      #expect(
        less(bed, "1", 2)
          == "TypeError: cannot compare String and Int with `<` [`int(text)` or `float(text)` reads a number from a text]"
      )
      #expect(less(bed, true, false) == "TypeError: cannot compare Bool and Bool with `<`")
      #expect(less(bed, [1, "a"], [1, 2]).hasPrefix("TypeError: cannot compare String and Int"))
      #expect(less(bed, .s(1), 2).hasPrefix("TypeError: cannot compare Duration and Int with `<` [give the number"))
    }
  }

  @Test func equality() {
    TestBed.run { bed in
      #expect(equal(bed, 1, 1.0))
      #expect(!equal(bed, .int(9_007_199_254_740_993), 9_007_199_254_740_992.0))
      #expect(equal(bed, .big("100000000000000000000"), 1e20))
      #expect(!equal(bed, .float(.nan), .float(.nan)))
      #expect(!equal(bed, 1, true))
      #expect(!equal(bed, 1, "1"))
      #expect(
        equal(
          bed, .big("123456789012345678901234567890123456789012"), .big("123456789012345678901234567890123456789012")))
      #expect(equal(bed, [1, ["a", [nil]]], [1.0, ["a", [nil]]]))
      #expect(!equal(bed, [1, ["a", [nil]]], [1, ["a", [0]]]))
      #expect(equal(bed, ["a": 1, "b": [2]], ["b": [2], "a": 1]))
      #expect(!equal(bed, ["a": 1], ["b": 1]))
      #expect(!equal(bed, ["a": 1], ["a": 2]))
      #expect(equal(bed, .range(1, 4, inclusive: false), .range(1, 3, inclusive: true)))
      #expect(!equal(bed, .range(1, 3, inclusive: true), [1, 2, 3]))
      #expect(equal(bed, .bytes([1, 2]), .bytes([1, 2])))
      #expect(equal(bed, .kind("E"), .kind("E")))
    }
  }

  @Test func depthIsNoProblem() throws {
    try TestBed.run { bed in
      func nested(_ depth: Int) -> Value {
        var value = Value(1)
        for level in 0..<depth {
          if level % 2 == 0 {
            value = bed.heap.makeList(taking: [value])
          } else {
            var map = Value(bed.heap.makeMap(capacity: 1).block)
            let key = bed.make("k")
            bed.heap.set(key, hash: StringBlock(key).hash, to: value, inMap: &map)
            value = map
          }
        }
        return value
      }
      let left = nested(200_000)
      let right = nested(200_000)
      #expect(bed.machine.equal(left, right))
      var text: [UInt8] = []
      try bed.machine.describe(left, into: &text, quoted: false)
      #expect(text.count == 100_000 * 2 + 100_000 * 5 + 1)
      #expect(
        bed.with([]) { _ throws(Thrown) in
          Value(bed.heap.makeString(try JSONWriter.text(bed.machine, left, indent: nil)).isHeap)
        } == "ValueError: the value is nested deeper than 512")
      var list = Value(1)
      var other = Value(2)
      for _ in 0..<200_000 {
        list = bed.heap.makeList(taking: [list])
        other = bed.heap.makeList(taking: [other])
      }
      #expect(try bed.machine.compare(list, other, .less))
      for value in [left, right, list, other] { bed.heap.release(value) }
    }
  }

  @Test func keys() {
    TestBed.run { bed in
      func hashed(_ sample: Sample) -> String {
        bed.with([sample]) { values throws(Thrown) in
          _ = try bed.machine.hash(forKey: values[0])
          return .none
        }
      }
      for sample: Sample in ["a", 1, true, .s(1), .big("100000000000000000000")] { #expect(hashed(sample) == "none") }
      #expect(hashed([1]) == "TypeError: a List cannot be a map key [`str(x)` makes a key of it]")
      #expect(hashed(1.5) == "TypeError: a Float cannot be a map key [`int(x)` or `str(x)` makes a key of it]")
      #expect(hashed(nil) == "TypeError: none cannot be a map key")
      let map: Sample = [1: "a", true: "b", "1": "c", .big("100000000000000000000"): "d", .s(1): "e"]
      for (key, value): (Sample, String) in [
        (1, "a"), (true, "b"), ("1", "c"), (.big("100000000000000000000"), "d"), (.s(1), "e"),
      ] {
        #expect(bed.with([map, key]) { v throws(Thrown) in try bed.machine.getIndex(v[0], v[1]) } == "\"\(value)\"")
      }
    }
  }

  @Test func membership() {
    TestBed.run { bed in
      func has(_ container: Sample, _ element: Sample) -> String {
        bed.with([container, element]) { v throws(Thrown) in Value(try bed.machine.contains(v[0], v[1])) }
      }
      #expect(has("hello", "ell") == "true")
      #expect(has("hello", "") == "true")
      #expect(has("hello", "x") == "false")
      #expect(has("hello", 1).hasPrefix("TypeError: cannot look for Int in String"))
      #expect(has([1, [2]], [2]) == "true")
      #expect(has([1.0], 1) == "true")
      #expect(has(["a": 1], "a") == "true")
      #expect(has(["a": 1], 1) == "false")
      #expect(has(["a": 1], [1]).hasPrefix("TypeError"))
      #expect(has(.range(1, 5, inclusive: false), 5) == "false")
      #expect(has(.range(1, 5, inclusive: true), 5) == "true")
      #expect(has(.range(1, 5, inclusive: true), 2.0) == "true")
      #expect(has(.range(1, 5, inclusive: true), 2.5) == "false")
      #expect(has(.bytes([1, 2, 3]), 2) == "true")
      #expect(has(.bytes([1, 2, 3]), .bytes([2, 3])) == "true")
      #expect(has(5, 1) == "TypeError: cannot use `in` on Int")
    }
  }
}
