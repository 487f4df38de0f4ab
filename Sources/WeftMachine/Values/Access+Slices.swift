#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension Machine {
  /// The part of a sequence that a range names; clipped to what there is.
  func slice(_ base: Value, _ range: RangeBlock) throws(Thrown) -> Value {
    switch base.tag {
    case Kind.list:
      let list = ListBlock(base)
      let part = Machine.clip(range, count: list.count)
      if part.count == list.count { return base.retained() }
      try checkRoom(part.count, stride: ListBlock.stride)
      try charge(work: part.count)
      let result = heap.makeList(capacity: part.count)
      for (index, position) in part.enumerated() { result.elements[index] = list.elements[position].retained() }
      result.count = part.count
      return Value(result.block)
    case Kind.string:
      let string = StringBlock(base)
      let part = Machine.clip(range, count: string.scalarCount)
      if part.count == string.scalarCount { return base.retained() }
      let start = string.byteOffset(ofScalar: part.lowerBound)
      let end = string.isASCII ? part.upperBound : string.byteOffset(ofScalar: part.count, from: start)
      try checkRoom(end - start)
      return heap.makeString(UnsafeBufferPointer(rebasing: string.buffer[start..<end]))
    case Kind.bytes:
      let bytes = BytesBlock(base)
      let part = Machine.clip(range, count: bytes.count)
      try checkRoom(part.count)
      return heap.makeBytes(UnsafeBufferPointer(rebasing: bytes.buffer[part]))
    default:
      let whole = RangeBlock(base)
      let part = Machine.clip(range, count: Int(clamping: whole.count))
      let lower = whole.lower &+ Int64(part.lowerBound)
      return heap.makeRange(lower, lower &+ Int64(part.count), inclusive: false)
    }
  }

  /// The positions that a slice takes of `count` elements; negative bounds count from the end.
  static func clip(_ range: RangeBlock, count: Int) -> Range<Int> {
    let count = Int64(count)
    func clipped(_ bound: Int64) -> Int64 { max(0, min(count, bound < 0 ? bound &+ count : bound)) }
    let lower = clipped(range.lower)
    var upper = clipped(range.upper)
    if range.isInclusive {
      let last = range.upper < 0 ? range.upper &+ count : range.upper
      upper = last < 0 ? 0 : min(count, last < count ? last + 1 : count)
    }
    return Int(lower)..<Int(max(lower, upper))
  }
}

extension StringBlock {
  /// The byte at which a scalar begins; `position` counts from the scalar at byte `start` and must not be past the end.
  func byteOffset(ofScalar position: Int, from start: Int = 0) -> Int {
    if isASCII { return start + position }
    var offset = start
    var left = position
    let count = byteCount
    while left > 0, offset < count {
      offset += scalarLength(at: offset)
      left -= 1
    }
    return offset
  }

  /// How many bytes the scalar at `offset` has.
  @inline(__always) func scalarLength(at offset: Int) -> Int {
    let byte = bytes[offset]
    let length = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
    return min(length, byteCount - offset)
  }

  /// The bytes of the scalar at `offset`.
  func scalar(at offset: Int) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: bytes + offset, count: scalarLength(at: offset))
  }

  /// How many scalars there are before a byte.
  func scalarPosition(ofByte offset: Int) -> Int {
    if isASCII { return offset }
    var count = 0
    for index in 0..<min(offset, byteCount) where bytes[index] & 0xC0 != 0x80 { count += 1 }
    return count
  }
}
