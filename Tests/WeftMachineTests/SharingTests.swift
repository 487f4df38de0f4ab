import Foundation
import Testing
import Weft

@testable import WeftCompiler
@testable import WeftMachine

@Suite struct SharingTests {
  @Test func sharedBlocksAreTheRuns() {
    Journey.run { journey in
      let heap = journey.parent.heap
      let before = (heap.state.pointee.live, heap.state.pointee.blocks)
      let list = journey.parent.make(["a", ["b": [1, 2]], .kind("Error"), .range(1, 2, inclusive: true)])
      let used = heap.state.pointee.live - before.0
      let blocks = heap.state.pointee.blocks - before.1
      #expect(heap.share(list.block))
      #expect(heap.state.pointee.live == before.0)
      #expect(heap.state.pointee.blocks == before.1)
      #expect(journey.memory.live == used)
      #expect(journey.memory.liveBlocks == blocks)
      #expect(!list.isUnique)
      // Once more costs and changes nothing.
      #expect(heap.share(list.block))
      #expect(journey.memory.live == used)
      // A part outlives the whole.
      let part = ListBlock(list).elements[1].retained()
      heap.release(list)
      #expect(journey.parent.show(part) == "{b: [1, 2]}")
    }
  }

  @Test func whatIsNoPlainDataStaysAsItWas() {
    Journey.run { journey in
      let heap = journey.parent.heap
      let closure = heap.makeClosure(function: 0, captureCount: 0)
      let inner = journey.parent.make([1, ["a", "b"]])
      let list = heap.makeList(taking: [inner, journey.parent.make("text"), Value(closure.block)])
      #expect(!heap.share(list.block))
      #expect(list.isUnique && inner.isUnique && ListBlock(inner).elements[1].isUnique)
      #expect(!list.block.isShared && !inner.block.isShared)
      #expect(journey.memory.liveBlocks == 0)
      heap.release(list)
    }
  }

  @Test func blocksOutliveTheirMachine() throws {
    let memory = RunMemory()
    let worker = TestBed(memory: memory)
    var parcels: [Parcel] = []
    do {
      let parent = TestBed(memory: memory)
      for number in 0..<1_000 {
        let list = parent.make(.list((0..<20).map { .string("\(number) and \($0)") }))
        parcels.append(try parent.machine.pack([list], for: .memory))
        parent.heap.release(list)
      }
    }
    for (number, parcel) in parcels.enumerated() {
      let list = try #require(worker.machine.unpack(parcel))[0]
      #expect(ListBlock(list).elements[19].text == "\(number) and 19")
      worker.heap.release(list)
    }
    parcels = []
    #expect(memory.liveBlocks == 0)
  }

  @Test func theLimitCoversWhatIsShared() {
    Journey.run { journey in
      let heap = journey.parent.heap
      heap.state.pointee.limit = 1 << 20
      var lists: [Value] = []
      for _ in 0..<9 {
        let list = journey.parent.make(.list(.init(repeating: 1, count: 8_000)))
        #expect(heap.share(list.block))
        lists.append(list)
      }
      #expect(heap.isOverLimit)
      #expect(!heap.hasRoom(besideShared: 1))
      for list in lists { heap.release(list) }
      #expect(!heap.isOverLimit)
    }
  }

  @Test func cachesOfSharedTextsAreSafe() throws {
    let memory = RunMemory()
    let parent = TestBed(memory: memory)
    let texts = parent.make(.list((0..<1_000).map { .string("grün \($0)") }))
    let parcel = try parent.machine.pack([texts], for: .memory)
    onThreads(4) { _ in
      let bed = TestBed(memory: memory)
      guard let list = bed.machine.unpack(parcel)?.first else { return }
      for index in 0..<1_000 {
        let text = StringBlock(ListBlock(list).elements[index])
        #expect(text.scalarCount == text.byteCount - 1)
        #expect(text.hash == Hash.bytes(text.bytes, text.byteCount))
      }
      bed.heap.release(list)
    }
    parent.heap.release(texts)
  }

  /// Four machines pass lists around, change their copies, keep some, and drop the rest.
  @Test func machinesPassListsAround() throws {
    let memory = RunMemory()
    let boxes = Boxes(4)
    onThreads(4) { own in
      let bed = TestBed(memory: memory)
      var random = SplitMix(state: UInt64(own))
      var kept: [Value] = []
      for round in 0..<3_000 {
        var list: Value
        if let parcel = boxes.take(own), let values = bed.machine.unpack(parcel) {
          list = values[0]
          for value in values.dropFirst() { bed.heap.release(value) }
        } else {
          list = bed.make(.list((0..<30).map { .string("text \(own) \(round) \($0)") }))
        }
        #expect(ListBlock(list).count >= 30)
        switch random.next() % 4 {
        case 0: bed.heap.append(bed.make(["new", .int(Int64(round))]), toList: &list)
        case 1: kept.append(list.retained())
        case 2: bed.heap.append(list.retained(), toList: &list)
        default: break
        }
        if ListBlock(list).count < 60, let parcel = try? bed.machine.pack([list, list], for: .memory) {
          boxes.put(parcel, Int(random.next() % 4))
        }
        bed.heap.release(list)
        while kept.count > 20 { bed.heap.release(kept.removeFirst()) }
      }
      for value in kept { bed.heap.release(value) }
    }
    boxes.empty()
    #expect(memory.liveBlocks == 0)
    #expect(memory.live == 0)
  }

  private func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    let group = DispatchGroup()
    for number in 0..<count {
      group.enter()
      let thread = Thread {
        body(number)
        group.leave()
      }
      thread.start()
    }
    group.wait()
  }

  /// Parcels under way to each machine.
  private final class Boxes: @unchecked Sendable {
    private let lock = NSLock()
    private var boxes: [[Parcel]]

    init(_ count: Int) { boxes = .init(repeating: [], count: count) }

    func put(_ parcel: Parcel, _ box: Int) {
      lock.lock()
      defer { lock.unlock() }
      if boxes[box].count < 50 { boxes[box].append(parcel) }
    }

    func take(_ box: Int) -> Parcel? {
      lock.lock()
      defer { lock.unlock() }
      return boxes[box].popLast()
    }

    func empty() {
      for index in boxes.indices { boxes[index] = [] }
    }
  }
}

/// Random numbers of a test.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
