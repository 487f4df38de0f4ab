#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Bytes that grow at their end.
struct ParcelBuffer {
  private var base: UnsafeMutableRawPointer
  private var capacity: Int
  private(set) var count = 0

  init() {
    capacity = 256
    base = .allocate(byteCount: capacity, alignment: 16)
  }

  func deallocate() { base.deallocate() }

  /// Whether `size` more bytes fit.
  @inline(__always) func fits(_ size: Int) -> Bool { size <= capacity - count }

  /// How large it gets to take `size` more bytes.
  func grownCapacity(for size: Int) -> Int { max(capacity * 2, count + size) }

  mutating func grow(to capacity: Int) {
    let grown = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
    memcpy(grown, base, count)
    base.deallocate()
    base = grown
    self.capacity = capacity
  }

  // What follows needs room that `fits` has told of.

  @inline(__always) mutating func put(byte: UInt8) {
    base.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
    count &+= 1
  }

  /// At most ten bytes.
  @inline(__always) mutating func put(_ number: UInt64) {
    var left = number
    while left >= 0x80 {
      put(byte: UInt8(truncatingIfNeeded: left) | 0x80)
      left >>= 7
    }
    put(byte: UInt8(truncatingIfNeeded: left))
  }

  @inline(__always) mutating func put<Word: FixedWidthInteger>(word: Word) {
    base.storeBytes(of: word.littleEndian, toByteOffset: count, as: Word.self)
    count &+= MemoryLayout<Word>.size
  }

  mutating func put(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress else { return }
    memcpy(base + count, start, bytes.count)
    count += bytes.count
  }

  var bytes: [UInt8] { [UInt8](UnsafeRawBufferPointer(start: base, count: count)) }
}
