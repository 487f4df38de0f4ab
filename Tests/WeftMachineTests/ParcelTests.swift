import Testing
import Weft

@testable import WeftCompiler
@testable import WeftMachine

@Suite struct ParcelTests {
  static let samples: [Sample] = [
    .none, .unset, true, false, 0, -1, 63, -64, 64, 300, .int(.max), .int(.min), 0.5, .float(-0.0), .float(.infinity),
    .float(.nan), .duration(.min), .s(1.5), .rate(2.5), "", "plain", "grün 🧵",
    .string(String(repeating: "ü", count: 5_000)),
    .bytes([]), .bytes([0, 255, 7]), .bytes(.init(repeating: 9, count: 3_000)), .kind("TimeoutError"),
    .range(1, 9, inclusive: true), .range(.min, .max, inclusive: false), .big("9223372036854775808"),
    .big("-170141183460469231731687303715884105728"), .big("170141183460469231731687303715884105728"),
    .big("-" + String(repeating: "123456789", count: 120)), [], [1, 2, 3, 4, 5], [-128, 127, 0, 1], [1, 300, -300, 4],
    [1, 70_000, 3, 4], [1, 2, 3, .int(.min)], [1, 2, 3, 4.5], [[], [[1], "a", nil]],
    .list(.init(repeating: 7, count: 1_000)),
    .list((0..<500).map { .string("text \($0)") }), [:], ["a": 1, "b": ["c": [1, 2], "d": nil]],
    .map([(1, "int"), (true, "bool"), (.s(2), "duration"), (.big("99999999999999999999"), "big")]),
    .map((0..<200).map { (.string("key \($0)"), .int($0)) }), .list([.kind("Error"), .range(1, 2, inclusive: false)]),
  ]

  @Test(arguments: [Carrier.memory, .bytes]) func everyKindOfDataArrives(_ carrier: Carrier) throws {
    for sample in Self.samples {
      try Journey.run { journey in
        let value = journey.parent.make(sample)
        let shown = journey.parent.show(value.retained())
        let tag = value.tag
        let arrived = try journey.send(value, carrier)
        #expect(arrived.tag == tag)
        #expect(journey.worker.show(arrived) == shown)
      }
    }
  }

  @Test(arguments: [Carrier.memory, .bytes]) func manyValuesKeepTheirOrder(_ carrier: Carrier) throws {
    try Journey.run { journey in
      let values = Self.samples.map { journey.parent.make($0) }
      let shown = values.map { journey.parent.show($0.retained()) }
      let parcel = try journey.pack(values, carrier)
      let arrived = try #require(journey.worker.machine.unpack(parcel))
      // A parcel may be opened more than once.
      let again = try #require(journey.worker.machine.unpack(parcel))
      for value in values { journey.parent.heap.release(value) }
      #expect(arrived.map { journey.worker.show($0) } == shown)
      #expect(again.map { journey.worker.show($0) } == shown)
    }
  }

  @Test func mapsAreFoundInAgain() throws {
    for carrier in [Carrier.memory, .bytes] {
      try Journey.run { journey in
        let entries = (0..<300).map { (Sample.string("key \($0)"), Sample.int($0)) }
        let arrived = try journey.send(journey.parent.make(.map(entries)), carrier)
        for number in Int64(0)..<300 {
          let key = journey.worker.make(.string("key \(number)"))
          let map = MapBlock(arrived)
          let position = map.find(key, hash: StringBlock(key).hash)
          #expect(position == Int(number))
          journey.worker.heap.release(key)
        }
        journey.worker.heap.release(arrived)
      }
    }
  }

  @Test func smallNumbersAreShort() throws {
    try Journey.run { journey in
      let one = try journey.pack([Value(5)], .bytes)
      #expect(one.bytes.count == 3)
      let list = journey.parent.make(.list((0..<1_000).map { .int($0 % 100) }))
      let many = try journey.pack([list], .bytes)
      #expect(many.bytes.count < 1_010)
      journey.parent.heap.release(list)
    }
  }

  @Test(arguments: [Carrier.memory, .bytes]) func nestedAMillionDeep(_ carrier: Carrier) throws {
    try Journey.run { journey in
      var value = Value(1)
      for level in 0..<1_000_000 {
        // Small and large ones, so that some travel by reference and some do not.
        let list = journey.parent.heap.makeList(capacity: level % 1_000 == 0 ? 20 : 1)
        list.elements[0] = value
        list.count = 1
        value = Value(list.block)
      }
      var arrived = try journey.send(value, carrier)
      let outermost = arrived
      var depth = 0
      while arrived.tag == Kind.list {
        arrived = ListBlock(arrived).elements[0]
        depth += 1
      }
      #expect(depth == 1_000_000)
      journey.worker.heap.release(outermost)
    }
  }

  @Test func largeDataGoesByReference() throws {
    try Journey.run { journey in
      let list = journey.parent.make(.list((0..<100).map { .string("text \($0)") }))
      let block = list.block
      let parcel = try journey.pack([list, list.retained()], .memory)
      journey.parent.heap.release(list)
      #expect(parcel.bytes.count < 10)
      #expect(parcel.blocks?.blocks.count == 1)
      let arrived = try #require(journey.worker.machine.unpack(parcel))
      #expect(arrived[0].block == block && arrived[1].block == block)
      // Changing it makes a copy.
      var changed = arrived[0]
      journey.worker.heap.append(Value(1), toList: &changed)
      #expect(changed.block != block)
      #expect(ListBlock(list).count == 100)
      journey.worker.heap.release(changed)
      journey.worker.heap.release(arrived[1])
      journey.parent.heap.release(list)
    }
  }

  @Test func whatOccursOftenIsWrittenOnce() throws {
    try Journey.run { journey in
      // Sixty levels of a list that holds the same one twice: 2^60 places.
      var value = journey.parent.make([1])
      for _ in 0..<60 {
        let outer = journey.parent.heap.makeList(taking: [value.retained(), value])
        value = outer
      }
      let bytes = try journey.pack([value], .bytes)
      #expect(bytes.bytes.count < 1_000)
      let arrived = try #require(journey.worker.machine.unpack(bytes))
      #expect(ListBlock(arrived[0]).elements[0].block == ListBlock(arrived[0]).elements[1].block)
      journey.worker.heap.release(arrived[0])
      journey.parent.heap.release(value)
    }
  }

  @Test func timeLeftIsWhatTravels() throws {
    try Journey.run { journey in
      journey.parent.machine.setClock(to: 1_000)
      journey.worker.machine.setClock(to: 50_000)
      let list = journey.parent.heap.makeList(taking: .init(repeating: .during(until: 1_300), count: 40))
      let arrived = try journey.send(list, .memory)
      #expect(ListBlock(arrived).elements[39].int == 50_300)
      journey.worker.heap.release(arrived)
    }
  }

  @Test func anotherRunsBlocksAreRefused() throws {
    try Journey.run { journey in
      let list = journey.parent.make(.list(.init(repeating: 1, count: 100)))
      let parcel = try journey.pack([list], .memory)
      let stranger = TestBed()
      #expect(stranger.machine.unpack(parcel)?.count == nil)
      journey.parent.heap.release(list)
    }
  }

  @Test func aParcelThatNobodyOpensLeavesNothing() throws {
    try Journey.run { journey in
      var parcels: [Parcel] = []
      for sample in Self.samples {
        let value = journey.parent.make([sample, sample])
        parcels.append(try journey.pack([value], .memory))
        journey.parent.heap.release(value)
      }
      #expect(journey.memory.liveBlocks > 0)
      parcels = []
      #expect(journey.memory.liveBlocks == 0)
    }
  }
}
