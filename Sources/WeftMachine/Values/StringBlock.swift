import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A view of a string's block: UTF-8 bytes with a cached hash and a cached count of scalars.
struct StringBlock {
  let block: BlockPointer

  private static let hashOffset = 16
  private static let byteCountOffset = 24
  private static let scalarCountOffset = 32
  static let bytesOffset = 40
  /// Longer strings are refused with an error that names the limit.
  static let longest = 1 << 40

  @inline(__always) init(_ block: BlockPointer) { self.block = block }
  @inline(__always) init(_ value: Value) { block = value.block }

  @inline(__always) var bytes: UnsafeMutablePointer<UInt8> { block.at(Self.bytesOffset) }
  @inline(__always) var buffer: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: bytes, count: byteCount) }
  @inline(__always) var byteCount: Int {
    get { block.at(Self.byteCountOffset, as: Int.self).pointee }
    nonmutating set { block.at(Self.byteCountOffset, as: Int.self).pointee = newValue }
  }
  @inline(__always) var capacity: Int { block.size - Self.bytesOffset }

  /// How many Unicode scalars there are; equal to `byteCount` just when all are ASCII.
  var scalarCount: Int {
    // Several machines may work it out for a shared string at the same time, and come to the same.
    let cached = block.at(Self.scalarCountOffset, as: Atomic<Int>.self)
    let known = cached.pointee.load(ordering: .relaxed)
    if known >= 0 { return known }
    var count = 0
    for byte in buffer where byte & 0xC0 != 0x80 { count += 1 }
    cached.pointee.store(count, ordering: .relaxed)
    return count
  }
  var isASCII: Bool { scalarCount == byteCount }

  var hash: UInt64 {
    let cached = block.at(Self.hashOffset, as: Atomic<UInt64>.self)
    let known = cached.pointee.load(ordering: .relaxed)
    if known != 0 { return known }
    let hash = Hash.bytes(bytes, byteCount)
    cached.pointee.store(hash, ordering: .relaxed)
    return hash
  }

  /// Forgets what was cached; call it after every change of the bytes.
  @inline(__always) func changed() {
    block.at(Self.hashOffset, as: UInt64.self).pointee = 0
    block.at(Self.scalarCountOffset, as: Int.self).pointee = -1
  }

  @inline(__always) static func == (left: StringBlock, right: StringBlock) -> Bool {
    if left.block == right.block { return true }
    let count = left.byteCount
    return count == right.byteCount && memcmp(left.bytes, right.bytes, count) == 0
  }

  /// Byte order is scalar order in UTF-8.
  static func < (left: StringBlock, right: StringBlock) -> Bool {
    let order = memcmp(left.bytes, right.bytes, min(left.byteCount, right.byteCount))
    return order != 0 ? order < 0 : left.byteCount < right.byteCount
  }
}

extension Heap {
  /// A string of `byteCount` bytes that the caller fills with valid UTF-8.
  func makeString(byteCount: Int, capacity: Int = 0) -> StringBlock {
    let string = StringBlock(allocate(kind: Kind.string, size: StringBlock.bytesOffset + max(byteCount, capacity)))
    string.byteCount = byteCount
    string.changed()
    return string
  }

  func makeString(_ bytes: UnsafeBufferPointer<UInt8>) -> Value {
    let string = makeString(byteCount: bytes.count)
    if let base = bytes.baseAddress { memcpy(string.bytes, base, bytes.count) }
    return Value(string.block)
  }

  func makeString(_ text: String) -> Value {
    var text = text
    return text.withUTF8 { makeString($0) }
  }

  func makeString(_ bytes: [UInt8]) -> Value { bytes.withUnsafeBufferPointer { makeString($0) } }

  /// Appends to the string in `slot`, in place when nothing else refers to it. Growth is by half, so that
  /// building a text piece by piece takes linear time.
  func append(_ bytes: UnsafeBufferPointer<UInt8>, to slot: UnsafeMutablePointer<Value>) {
    let string = StringBlock(slot.pointee)
    let old = string.byteCount
    let total = old + bytes.count
    if slot.pointee.isUnique, total <= string.capacity {
      if let base = bytes.baseAddress { memmove(string.bytes + old, base, bytes.count) }
      string.byteCount = total
      string.changed()
      return
    }
    let grown = makeString(byteCount: total, capacity: total + total / 2)
    memcpy(grown.bytes, string.bytes, old)
    if let base = bytes.baseAddress { memcpy(grown.bytes + old, base, bytes.count) }
    let before = slot.pointee
    slot.pointee = Value(grown.block)
    release(before)
  }
}

extension Value {
  /// The text of a string value.
  var text: String { String(decoding: StringBlock(self).buffer, as: UTF8.self) }
}
