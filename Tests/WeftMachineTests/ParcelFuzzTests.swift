import Testing
import Weft

@testable import WeftCompiler
@testable import WeftMachine

/// Parcels whose bytes were changed: they are refused or make other values, and never harm the machine.
@Suite struct ParcelFuzzTests {
  private static let program = """
    error First
    error Second
    task fail(what) { throw First("no \\(what)", what: what, list: [what]) }
    task make() {
      var n = 40
      var all = []
      task factorial(n) { if n < 2 { 1 } else { n * factorial(n - 1) } }
      let e = First("e")
      let circle = try { try { throw Second("s", of: e) } finally { throw e } } catch x { x }
      let told = try { gather { fail(1); fail(all) } } catch x { x }
      all.append(() => [all, n])
      n = 41
      [factorial, x => n + x, () => all, all, circle, told, len, fail, during(1s)]
    }
    let made = make()
    task keep() => made
    """

  /// Every kind of value in one parcel.
  private func parcel(_ bed: TestBed, _ carrier: Carrier) throws -> Parcel {
    _ = bed.runProgram()
    let response = ResponseBlock(bed.heap.allocate(kind: Kind.response, size: ResponseBlock.size))
    response.status = 201
    response.elapsed = 5
    for (slot, sample) in [Sample.string("url"), ["a": "b"], .bytes([1, 2, 3]), .string("GET")].enumerated() {
      response.slots[slot] = bed.make(sample)
    }
    let values = ParcelTests.samples.map { bed.make($0) } + [Value(response.block), bed[global: "made"].retained()]
    defer { for value in values { bed.heap.release(value) } }
    return try bed.machine.pack(values, for: carrier)
  }

  @Test(arguments: [Carrier.memory, .bytes]) func changedBytes(_ carrier: Carrier) throws {
    let image = try Script(compiling: Self.program).image
    let memory = RunMemory()
    do {
      let bed = TestBed(image, memory: memory)
      let good = try parcel(bed, carrier)
      let whole = try #require(bed.machine.unpack(good))
      for value in whole { bed.heap.release(value) }
      var random = SplitMix(state: 7)
      var refused = 0
      for round in 0..<6_000 {
        var bytes = good.bytes
        if round < 500 {
          bytes.removeLast(Int.random(in: 1...bytes.count, using: &random))
        } else {
          for _ in 0..<Int.random(in: 1...3, using: &random) {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch random.next() % 4 {
            case 0: bytes[place] ^= 1 << UInt8(random.next() % 8)
            case 1: bytes[place] = UInt8(truncatingIfNeeded: random.next() % 32)
            case 2: bytes[place] = UInt8(truncatingIfNeeded: random.next())
            default: bytes.insert(UInt8(truncatingIfNeeded: random.next() % 32), at: place)
            }
          }
        }
        let before = bed.heap.state.pointee.blocks - bed.machine.interned.count
        guard let values = bed.machine.unpack(Parcel(bytes: bytes, blocks: good.blocks)) else {
          refused += 1
          let after = bed.heap.state.pointee.blocks - bed.machine.interned.count
          try #require(after == before, "round \(round) leaks")
          continue
        }
        for value in values {
          if value.tag == Kind.error { _ = bed.machine.report(of: value) }
          // What came in can go out, and be shown.
          if let parcel = try? bed.machine.pack([value], for: .bytes) { #expect(!parcel.bytes.isEmpty) }
          if carrier == .bytes { _ = bed.machine.preview(value) }
          bed.heap.release(value)
        }
      }
      #expect(refused > 2_000)
    }
    #expect(memory.liveBlocks == 0)
  }

  /// Tasks of changed parcels are called; their run ends in any way but a trap.
  @Test func changedTasksRun() throws {
    let image = try Script(
      compiling: """
        param given = none
        \(Self.program.replacing("let made = make()", with: "let made = if given == none { make() } else { none }"))
        for value in given ?? [] {
          try { print(value) } catch e { print(e.message) }
          for count in 0...3 {
            try {
              if count == 0 { value() } else if count == 1 { value(3) } else if count == 2 { value([1], 2) } else { value(1, 2, 3) }
            } catch e { print(e.kind, e.message, e.cause, e.all) }
          }
        }
        """
    ).image
    let bed = TestBed(image)
    _ = bed.runProgram()
    let good = try bed.machine.pack([bed[global: "made"]], for: .bytes).bytes
    var random = SplitMix(state: 11)
    var limits = MachineLimits()
    limits.operations = 20_000
    limits.memory = 1 << 24
    var runs = 0
    for _ in 0..<1_500 {
      var bytes = good
      let place = Int.random(in: 0..<bytes.count, using: &random)
      bytes[place] = random.next() % 2 == 0 ? UInt8(truncatingIfNeeded: random.next() % 64) : bytes[place] &+ 1
      let worker = TestBed(image, limits: limits)
      guard let values = worker.machine.unpack(Parcel(bytes: bytes)) else { continue }
      worker[global: "given"] = values[0]
      for value in values.dropFirst() { worker.heap.release(value) }
      _ = worker.runProgram()
      runs += 1
    }
    #expect(runs > 300)
  }

  @Test func noise() throws {
    let image = try Script(compiling: Self.program).image
    let bed = TestBed(image)
    var random = SplitMix(state: 3)
    for _ in 0..<20_000 {
      // One value, made of tags for the most part.
      let bytes =
        [1] + (0..<Int.random(in: 0...40, using: &random)).map { _ in UInt8.random(in: 0..<40, using: &random) }
      for value in bed.machine.unpack(Parcel(bytes: bytes)) ?? [] { bed.heap.release(value) }
    }
  }

  @Test(arguments: [
    ("a text that is no UTF-8", [1, ParcelTag.string.rawValue, 2, 0xC3, 0x28]),
    ("a length beyond the end", [1, ParcelTag.bytes.rawValue, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F]),
    ("a number of more than 64 bits", [1, ParcelTag.int.rawValue, 255, 255, 255, 255, 255, 255, 255, 255, 255, 3]),
    ("a function that there is not", [1, ParcelTag.function.rawValue, 200, 200, 1]),
    (
      "a list in itself", [1, ParcelTag.numbered.rawValue, ParcelTag.list.rawValue, 1, ParcelTag.reference.rawValue, 0]
    ),
    ("a key twice", [1, ParcelTag.map.rawValue, 2, ParcelTag.true.rawValue, 0, ParcelTag.true.rawValue, 0]),
    ("a list as a key", [1, ParcelTag.map.rawValue, 1, ParcelTag.list.rawValue, 0, 0]),
    ("a variable as a value", [1, ParcelTag.list.rawValue, 1, ParcelTag.cell.rawValue, 0]),
    ("a small integer in a large form", [1, ParcelTag.wideInt.rawValue] + [UInt8](repeating: 0, count: 16)),
    ("something after the end", [1, ParcelTag.none.rawValue, ParcelTag.none.rawValue]),
    ("nothing", []),
  ]) func nonsense(_ what: String, _ bytes: [UInt8]) throws {
    let bed = TestBed(try Script(compiling: Self.program).image)
    #expect(bed.machine.unpack(Parcel(bytes: bytes))?.count == nil, "\(what)")
  }

  @Test func anErrorThatIsItsOwnCause() throws {
    let bed = TestBed()
    let text: [UInt8] = [ParcelTag.string.rawValue, 1, 65]
    let head: [UInt8] = [1, ParcelTag.numbered.rawValue, ParcelTag.error.rawValue, 1, 0, 0, 0, 0]
    let none = ParcelTag.none.rawValue
    let sound = head + text + text + [none, none, none, none]
    let values = try #require(bed.machine.unpack(Parcel(bytes: sound)))
    #expect(bed.show(values[0]) == "A(\"A\")")
    let circle = head + text + text + [none, ParcelTag.reference.rawValue, 0, none, none]
    #expect(bed.machine.unpack(Parcel(bytes: circle))?.count == nil)
  }

  @Test func aParcelBeyondTheLimitEndsTheRun() throws {
    try Journey.run { journey in
      let text = journey.parent.make(.string(String(repeating: "x", count: 100_000)))
      let parcel = try journey.pack([text], .bytes)
      journey.parent.heap.release(text)
      journey.worker.heap.state.pointee.limit = 50_000
      #expect(journey.worker.machine.unpack(parcel)?.count == nil)
      #expect(journey.worker.heap.isOverLimit)
    }
  }
}
