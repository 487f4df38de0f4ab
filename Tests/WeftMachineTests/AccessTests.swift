import Testing
import WeftCompiler

@testable import WeftMachine

@Suite struct AccessTests {
  private func get(_ bed: TestBed, _ base: Sample, _ index: Sample) -> String {
    bed.with([base, index]) { values throws(Thrown) in try bed.machine.getIndex(values[0], values[1]) }
  }

  private func member(_ bed: TestBed, _ base: Sample, _ name: String) -> String {
    bed.with([base, .string(name)]) { values throws(Thrown) in try bed.machine.getMember(values[0], values[1]) }
  }

  /// Sets an element twice: of a value that has a second reference, which must not change, and of one that has none.
  private func set(_ bed: TestBed, _ base: Sample, _ index: Sample, _ value: Sample) -> String {
    var shown = ""
    for isShared in [true, false] {
      let result = bed.with([base, index]) { values throws(Thrown) in
        let copy = isShared ? values[0].retained() : .none
        let before = bed.show(copy.retained())
        defer { #expect(bed.show(copy) == before) }
        try bed.machine.setIndex(values, values[1], bed.make(value))
        return values[0].retained()
      }
      if !isShared { #expect(result == shown) }
      shown = result
    }
    return shown
  }

  @Test func indexes() {
    TestBed.run { bed in
      #expect(get(bed, [1, "b", [3]], 0) == "1")
      #expect(get(bed, [1, "b", [3]], -1) == "[3]")
      #expect(
        get(bed, [1, 2], 2)
          == "IndexError: index 2 is out of range: the List has 2 elements [indexes go from 0 to 1, or from -1 back to -2]"
      )
      #expect(get(bed, [], 0) == "IndexError: index 0 is out of range: the List has 0 elements")
      #expect(get(bed, [1], .int(.min)).hasPrefix("IndexError"))
      #expect(get(bed, [1], .big("99999999999999999999")).hasPrefix("IndexError"))
      #expect(
        get(bed, [1], 1.0)
          == "TypeError: the index of a List must be Int or Range, not Float [`int(x)` makes an Int of it]")
      #expect(get(bed, "héllo", 1) == #""é""#)
      #expect(get(bed, "héllo", -1) == #""o""#)
      #expect(get(bed, "añ🎉z", 2) == #""🎉""#)
      #expect(get(bed, .bytes([7, 8]), 1) == "8")
      #expect(get(bed, .range(10, 20, inclusive: false), 3) == "13")
      #expect(get(bed, .range(10, 20, inclusive: true), -1) == "20")
      #expect(get(bed, ["a": 1], "a") == "1")
      #expect(get(bed, ["name": 1, "value": 2], "nmae") == "KeyError: no key `nmae` in the Map [did you mean `name`?]")
      #expect(get(bed, [1: 1], 2) == "KeyError: no key `2` in the Map")
      #expect(get(bed, 5, 1) == "TypeError: cannot index Int")
      #expect(get(bed, ["a": 1], [1]).hasPrefix("TypeError: a List cannot be a map key"))
    }
  }

  @Test func slicesClip() {
    let cases: [(Int64, Int64, Bool, String)] = [
      (1, 3, false, "[1, 2]"), (1, 3, true, "[1, 2, 3]"), (0, 99, false, "[0, 1, 2, 3, 4]"), (3, 1, false, "[]"),
      (-2, 5, false, "[3, 4]"), (0, -1, false, "[0, 1, 2, 3]"), (0, -1, true, "[0, 1, 2, 3, 4]"),
      (-99, 2, false, "[0, 1]"),
      (9, 12, true, "[]"), (.min, .max, true, "[0, 1, 2, 3, 4]"), (.min, .min, true, "[]"), (.max, .max, true, "[]"),
      (2, 2, true, "[2]"), (-3, -2, true, "[2, 3]"), (0, -99, true, "[]"),
    ]
    TestBed.run { bed in
      for (lower, upper, inclusive, expected) in cases {
        let range = Sample.range(lower, upper, inclusive: inclusive)
        #expect(get(bed, [0, 1, 2, 3, 4], range) == expected, "\(range)")
        let digits = expected.filter { $0.isNumber }
        #expect(get(bed, "01234", range) == "\"\(digits)\"", "\(range)")
        let accents = get(bed, "é1é3é", range)
        #expect(accents.unicodeScalars.count == digits.count + 2)
        #expect(get(bed, .bytes([0, 1, 2, 3, 4]), range) == "<\(digits.count) bytes>")
        #expect(
          bed.with([.range(0, 5, inclusive: false), range]) { v throws(Thrown) in
            let slice = try bed.machine.getIndex(v[0], v[1])
            defer { bed.heap.release(slice) }
            return try bed.machine.elements(of: slice)
          } == expected)
      }
    }
  }

  @Test func settingCopiesOnWrite() {
    TestBed.run { bed in
      #expect(set(bed, [1, [2]], 0, "x") == #"["x", [2]]"#)
      #expect(set(bed, [1, [2]], -1, nil) == "[1, none]")
      #expect(set(bed, ["a": 1], "b", [2]) == "{a: 1, b: [2]}")
      #expect(set(bed, ["a": 1], "a", [2]) == "{a: [2]}")
      #expect(set(bed, [:], 5, 6) == "{5: 6}")
      #expect(set(bed, [1], 1, [2]).hasPrefix("IndexError"))
      #expect(set(bed, ["a": 1], [1], [2]).hasPrefix("TypeError"))
      #expect(set(bed, "abc", 1, "x").hasPrefix("TypeError: the parts of String cannot be changed"))
      #expect(
        set(bed, [1, 2], .range(0, 1, inclusive: false), [2]).hasPrefix("TypeError: a slice cannot be assigned to"))
    }
  }

  @Test func pathsChangeInPlace() throws {
    try TestBed.run { bed in
      var root = bed.make(["a": [[1], [2]], "b": "x"])
      let copy = root.retained()
      let name = bed.make("a")
      let list = try bed.machine.slot(&root, name)
      let inner = try bed.machine.slot(list, Value(-1))
      try bed.machine.setIndex(inner, Value(0), bed.make("new"))
      #expect(bed.show(root.retained()) == #"{a: [[1], ["new"]], b: "x"}"#)
      #expect(bed.show(copy) == #"{a: [[1], [2]], b: "x"}"#)
      try bed.machine.setMember(&root, name, Value(5))
      #expect(bed.show(root.retained()) == #"{a: 5, b: "x"}"#)
      let missing = bed.make("bb")
      #expect(
        bed.with([]) { _ throws(Thrown) in try bed.machine.slot(&root, missing).pointee }
          == "KeyError: no key `bb` in the Map [did you mean `b`?]")
      for value in [root, name, missing] { bed.heap.release(value) }
    }
  }

  @Test func mapsKeepTheirOrder() throws {
    try TestBed.run { bed in
      var map = Value(bed.heap.makeMap(capacity: 0).block)
      for index in 0..<1000 { try bed.machine.setIndex(&map, Value(index), Value(index * 2)) }
      for index in stride(from: 0, to: 1000, by: 3) {
        let key = Value(index)
        _ = bed.heap.remove(key, hash: try bed.machine.hash(forKey: key), fromMap: &map)
      }
      for index in stride(from: 0, to: 1000, by: 3) { try bed.machine.setIndex(&map, Value(index), Value(7)) }
      #expect(try bed.machine.length(map) == 1000)
      for index in 0..<1000 {
        #expect(try bed.machine.getIndex(map, Value(index)).int == Int64(index % 3 == 0 ? 7 : index * 2))
      }
      bed.heap.release(map)
    }
  }

  @Test func members() {
    TestBed.run { bed in
      #expect(member(bed, ["a": 1], "a") == "1")
      #expect(member(bed, ["a": 1], "keys") == "KeyError: no key `keys` in the Map [call it: `x.keys()`]")
      #expect(member(bed, .s(1.5), "seconds") == "1.5")
      #expect(member(bed, .s(1.5), "ms") == "1500.0")
      #expect(member(bed, .s(90), "minutes") == "1.5")
      #expect(member(bed, .rate(5), "interval") == "200ms")
      #expect(member(bed, .rate(0), "interval") == "none")
      #expect(member(bed, .range(1, 3, inclusive: true), "upper") == "3")
      #expect(member(bed, .kind("Busy"), "name") == #""Busy""#)
      #expect(member(bed, "abc", "upper") == "TypeError: String has no member `upper` [call it: `x.upper()`]")
      #expect(member(bed, "abc", "split") == "TypeError: String has no member `split` [call it: `x.split()`]")
      #expect(member(bed, "abc", "replace") == "TypeError: String has no member `replace` [call it: `x.replace(…)`]")
      #expect(member(bed, [1], "length") == "TypeError: List has no member `length` [`len(x)` counts]")
      #expect(member(bed, nil, "x") == "TypeError: None has no member `x` [`x?.x` gives none for none]")
      #expect(member(bed, .s(1), "second") == "TypeError: Duration has no member `second` [did you mean `seconds`?]")
    }
  }

  @Test func errorsAndResponses() throws {
    try TestBed.run { bed in
      let thrown = bed.machine.raise(.valueError, "no good", hint: "try again")
      let error = ErrorBlock(thrown.error)
      error.fields.pointee = bed.make(["url": "u", "kind": "hidden"])
      error.line = 7
      func member(_ value: Value, _ name: String) -> String {
        bed.with([.string(name)]) { v throws(Thrown) in try bed.machine.getMember(value, v[0]) }
      }
      #expect(member(thrown.error, "kind") == #""ValueError""#)
      #expect(member(thrown.error, "message") == #""no good""#)
      #expect(member(thrown.error, "line") == "7")
      #expect(member(thrown.error, "cause") == "none")
      #expect(member(thrown.error, "hint") == #""try again""#)
      #expect(member(thrown.error, "url") == #""u""#)
      #expect(member(thrown.error, "all") == #"[ValueError("no good")]"#)
      #expect(member(thrown.error, "mesage") == "TypeError: Error has no member `mesage` [did you mean `message`?]")
      #expect(bed.show(try bed.machine.text(of: thrown.error)) == #""ValueError: no good""#)
      bed.heap.release(thrown.error)

      let block = ResponseBlock(bed.heap.allocate(kind: Kind.response, size: ResponseBlock.size))
      block.status = 404
      block.elapsed = 5_000_000
      block.url.pointee = bed.make("http://a.test/x")
      block.headers.pointee = bed.make(["content-type": "application/json"])
      block.body.pointee = bed.make(.bytes(Array(#"{"a": [1, 2]}"#.utf8)))
      block.method.pointee = bed.make("GET")
      let response = Value(block.block)
      #expect(member(response, "status") == "404")
      #expect(member(response, "ok") == "false")
      #expect(member(response, "text") == #""{\"a\": [1, 2]}""#)
      #expect(member(response, "size") == "13")
      #expect(member(response, "elapsed") == "5ms")
      #expect(member(response, "headers") == #"{"content-type": "application/json"}"#)
      #expect(member(response, "json") == "TypeError: Response has no member `json` [call it: `x.json()`]")
      #expect(member(response, "status_code") == "TypeError: Response has no member `status_code` [write `.status`]")
      #expect(bed.show(try bed.machine.text(of: response)) == #""<response 404, 13 B>""#)
      var slot = response
      #expect(bed.show(try OtherMethods.responseJSON(bed.machine, &slot, 1)) == "{a: [1, 2]}")
      #expect(
        bed.with([]) { _ throws(Thrown) in try OtherMethods.responseCheck(bed.machine, &slot, 1) }
          == "HTTPError: GET http://a.test/x answered 404 Not Found")
      block.status = 200
      bed.heap.release(try OtherMethods.responseCheck(bed.machine, &slot, 1))
      bed.heap.release(response)
    }
  }
}
