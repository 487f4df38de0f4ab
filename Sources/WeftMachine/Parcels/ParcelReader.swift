/// Makes values of a parcel's bytes, which may be anything at all. A container is handed to what it stands in as soon as it is
/// made, and then filled, so that giving up in the middle only means releasing the outermost ones.
struct ParcelReader {
  /// A container that waits for its parts.
  struct Open {
    let block: BlockPointer
    var position = 0
    let count: Int
    /// Of the containers around it: how many of them `tearDown` would empty to break a circle, and how many hold the next
    /// one otherwise than as an error holds its cause.
    let breakersAround: Int
    let othersAround: Int
  }

  let machine: Machine
  var heap: Heap { machine.heap }
  let parcel: Parcel
  var next: UnsafeRawPointer
  let end: UnsafeRawPointer
  var roots: [Value] = []
  var open: [Open] = []
  /// What is referred to by number, with its place in `open` if it is a container.
  var numbered: [(value: Value, place: Int)] = []
  /// Blocks that circles may pass through.
  var linked: [BlockPointer] = []

  init(_ machine: Machine, _ bytes: UnsafeRawBufferPointer, _ parcel: Parcel) {
    self.machine = machine
    self.parcel = parcel
    next = bytes.baseAddress ?? UnsafeRawPointer(machine.endOfFiber)
    end = next + bytes.count
  }

  mutating func values() -> [Value]? {
    guard let count = count(each: 1), fill(count), next == end else {
      discard()
      return nil
    }
    return roots
  }

  mutating func fill(_ count: Int) -> Bool {
    for _ in 0..<count {
      guard let value = value() else { return false }
      roots.append(value)
      if value.tag == Kind.cell { return false }
      while let inner = open.indices.last {
        guard readParts(of: inner) else { return false }
      }
    }
    return true
  }

  /// Releases all that was made, circles included.
  func discard() {
    for block in linked { retain(block) }
    for root in roots { heap.release(root) }
    for block in linked {
      let slots = block.kind == Kind.cell ? CellBlock(block).slot : ErrorBlock(block).slots
      for index in 0..<(block.kind == Kind.cell ? 1 : ErrorBlock.slotCount) {
        let value = slots[index]
        slots[index] = .none
        heap.release(value)
      }
    }
    for block in linked { heap.release(block) }
  }

  // MARK: Bytes

  @inline(__always) var left: Int { end - next }

  @inline(__always) mutating func byte() -> UInt8? {
    if left == 0 { return nil }
    let byte = next.load(as: UInt8.self)
    next += 1
    return byte
  }

  @inline(__always) mutating func tag() -> ParcelTag? { byte().flatMap { ParcelTag(rawValue: $0) } }

  @inline(__always) mutating func number() -> UInt64? {
    guard let first = byte() else { return nil }
    return first < 0x80 ? UInt64(first) : longNumber(first)
  }

  mutating func longNumber(_ first: UInt8) -> UInt64? {
    var number = UInt64(first & 0x7F)
    var shift: UInt64 = 7
    while let byte = byte() {
      if shift == 63, byte > 1 { return nil }
      number |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return number }
      shift += 7
      if shift > 63 { return nil }
    }
    return nil
  }

  @inline(__always) mutating func signed() -> Int64? { number().map { unzigzag($0) } }

  /// A number of things of which each takes `size` bytes at least.
  mutating func count(each size: Int) -> Int? {
    guard let number = number(), number <= UInt64(left / size) else { return nil }
    return Int(number)
  }

  mutating func word() -> UInt64? {
    if left < 8 { return nil }
    defer { next += 8 }
    return UInt64(littleEndian: next.loadUnaligned(as: UInt64.self))
  }

  mutating func rawBytes() -> UnsafeBufferPointer<UInt8>? {
    guard let count = count(each: 1) else { return nil }
    defer { next += count }
    return UnsafeBufferPointer(start: next.assumingMemoryBound(to: UInt8.self), count: count)
  }

  mutating func text() -> Value? {
    guard let bytes = rawBytes(), ParcelReader.isUTF8(bytes), hasRoom(bytes.count) else { return nil }
    return heap.makeString(bytes)
  }

  static func isUTF8(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    let raw = UnsafeRawBufferPointer(bytes)
    var index = 0
    while index + 8 <= raw.count, raw.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
    {
      index += 8
    }
    while index < raw.count, raw[index] < 0x80 { index += 1 }
    if index == raw.count { return true }
    return String(validating: bytes[index...], as: UTF8.self) != nil
  }

  /// Whether the machine's limit allows a block of that size. If not, the run ends at its next safepoint.
  func hasRoom(_ size: Int) -> Bool {
    do throws(Thrown) {
      try machine.checkRoom(size)
      return true
    } catch {
      heap.release(error.error)
      heap.state.pointee.isOverLimit = true
      return false
    }
  }
}
