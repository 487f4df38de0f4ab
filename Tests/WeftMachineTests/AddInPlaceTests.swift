import Testing

@testable import WeftMachine

@Suite struct AddInPlaceTests {
  @Test func theSumOfSquaresIsExact() throws {
    try TestBed.run { bed in
      var slot = Value(0)
      for i in Int64(0)..<100_000 { try bed.machine.addInPlace(&slot, Value(i * i * 100_000_000)) }
      #expect(bed.show(slot.retained()) == "33332833335000000000000")
      // In place: the block stays the same.
      let before = slot.bits
      try bed.machine.addInPlace(&slot, Value(1))
      #expect(slot.bits == before)
      // A second reference keeps the old number.
      let copy = slot.retained()
      try bed.machine.addInPlace(&slot, Value(1))
      #expect(bed.show(copy) == "33332833335000000000001")
      #expect(bed.show(slot) == "33332833335000000000002")
    }
  }

  @Test func wideIntegersShrinkAndGrow() throws {
    try TestBed.run { bed in
      var slot = bed.make(.big("9223372036854775808"))
      try bed.machine.addInPlace(&slot, Value(-1))
      #expect(slot.tag == Kind.int)
      slot = bed.make(.big("170141183460469231731687303715884105727"))
      try bed.machine.addInPlace(&slot, Value(1))
      #expect(bed.show(slot) == "170141183460469231731687303715884105728")
    }
  }

  @Test func textsGrowInPlace() throws {
    try TestBed.run { bed in
      var slot = bed.make("")
      let piece = bed.make("ab")
      var moves = 0
      for _ in 0..<10_000 {
        let before = slot.bits
        try bed.machine.addInPlace(&slot, piece)
        if slot.bits != before { moves += 1 }
      }
      #expect(try bed.machine.length(slot) == 20_000)
      #expect(moves < 40)
      try bed.machine.addInPlace(&slot, slot)
      #expect(try bed.machine.length(slot) == 40_000)
      let copy = slot.retained()
      try bed.machine.addInPlace(&slot, piece)
      #expect(try bed.machine.length(copy) == 40_000)
      #expect(try bed.machine.length(slot) == 40_002)
      bed.heap.release(copy)
      bed.heap.release(slot)
      bed.heap.release(piece)
    }
  }

  @Test func listsGrowInPlace() throws {
    try TestBed.run { bed in
      var slot = bed.make(["x"])
      for _ in 0..<5 { try bed.machine.addInPlace(&slot, slot) }
      #expect(try bed.machine.length(slot) == 32)
      let copy = slot.retained()
      let more = bed.make([[1]])
      try bed.machine.addInPlace(&slot, more)
      try bed.machine.addInPlace(&slot, copy)
      #expect(try bed.machine.length(copy) == 32)
      #expect(try bed.machine.length(slot) == 65)
      for value in [slot, copy, more] { bed.heap.release(value) }
    }
  }

  @Test func aFailureLeavesTheSlot() {
    TestBed.run { bed in
      var slot = bed.make("a")
      #expect(
        bed.with([]) { _ throws(Thrown) in
          try bed.machine.addInPlace(&slot, Value(1))
          return .none
        }.hasPrefix("TypeError"))
      bed.heap.state.pointee.limit = 1000
      var list = bed.make([1])
      let long = bed.make(.list(Array(repeating: 1, count: 40)))
      #expect(
        bed.with([]) { _ throws(Thrown) in
          try bed.machine.addInPlace(&list, long)
          return .none
        }.hasPrefix("LimitError"))
      #expect(bed.show(slot) == #""a""#)
      #expect(bed.show(list) == "[1]")
      bed.heap.release(long)
    }
  }
}
