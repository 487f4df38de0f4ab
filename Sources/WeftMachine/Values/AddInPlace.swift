#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension IntegerBlock {
  /// Adds to an integer in its own block, if nothing else refers to it and it stays beyond 64 bits and within 128.
  @inline(__always) func add(_ number: Int64) -> Bool {
    guard block.count == 1, isWide else { return false }
    // By halves: the operators of Int128 cost three times as much.
    let low = block.at(16, as: UInt64.self)
    let high = block.at(24, as: Int64.self)
    let (newLow, carry) = low.pointee.addingReportingOverflow(UInt64(bitPattern: number))
    let (newHigh, overflow) = high.pointee.addingReportingOverflow((number >> 63) &+ (carry ? 1 : 0))
    if overflow || newHigh == Int64(bitPattern: newLow) >> 63 { return false }
    low.pointee = newLow
    high.pointee = newHigh
    return true
  }
}

extension Machine {
  /// `slot = slot + right`, in place when nothing else refers to what is in `slot`. `right` may be the same block.
  func addInPlace(_ slot: UnsafeMutablePointer<Value>, _ right: Value) throws(Thrown) {
    let left = slot.pointee
    if left.tag == Kind.bigInt, right.tag == Kind.int, IntegerBlock(left).add(right.int) { return }
    if left.tag == right.tag {
      if left.tag == Kind.string { return try append(string: StringBlock(right), to: slot) }
      if left.tag == Kind.list { return try extend(slot, with: right) }
    }
    let sum = try arithmetic(.add, left, right)
    slot.pointee = sum
    heap.release(left)
  }

  private func append(string piece: StringBlock, to slot: UnsafeMutablePointer<Value>) throws(Thrown) {
    let string = StringBlock(slot.pointee)
    let total = string.byteCount + piece.byteCount
    if !slot.pointee.isUnique || total > string.capacity {
      try checkRoom(total + total / 2)
      try charge(work: total / 16)
    }
    heap.append(piece.buffer, to: slot)
  }

  /// Puts copies of all elements of the list `other` at the end of the list in `slot`; they may be the same list.
  func extend(_ slot: UnsafeMutablePointer<Value>, with other: Value) throws(Thrown) {
    let extra = ListBlock(other).count
    if extra == 0 { return }
    let isSame = slot.pointee.isIdentical(to: other)
    let total = ListBlock(slot.pointee).count + extra
    if !slot.pointee.isUnique || total > ListBlock(slot.pointee).capacity {
      try checkRoom(total + total / 2, stride: ListBlock.stride)
    }
    try charge(work: extra)
    let list = heap.makeUnique(list: slot, extra: extra)
    // Making it unique may have freed the old block, which was `other` itself if they are the same.
    let source = isSame ? list.elements : ListBlock(other).elements
    let target = list.elements + list.count
    for index in 0..<extra { target[index] = source[index].retained() }
    list.count += extra
  }
}
