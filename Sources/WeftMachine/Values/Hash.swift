#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Hashing for map keys: keyed by a number drawn once a process, so that nobody can choose colliding keys.
/// The order of a map never depends on it.
enum Hash {
  private static let seed: UInt64 = UInt64.random(in: 1...UInt64.max)

  @inline(__always) private static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let product = a.multipliedFullWidth(by: b)
    return product.high ^ product.low
  }

  @inline(__always) static func word(_ word: UInt64, tag: UInt64) -> UInt64 {
    mix(word ^ 0xA076_1D64_78BD_642F, tag ^ seed) | 1
  }

  static func bytes(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> UInt64 {
    var state = seed ^ UInt64(truncatingIfNeeded: count)
    var left = count
    var pointer = UnsafeRawPointer(bytes)
    while left >= 8 {
      state = mix(state ^ pointer.loadUnaligned(as: UInt64.self), 0xE703_7ED1_A0B4_28DB)
      pointer += 8
      left -= 8
    }
    var tail: UInt64 = 0
    if left > 0 { memcpy(&tail, pointer, left) }
    return mix(state ^ tail, 0x8EBC_6AF0_9C88_C6E3) | 1
  }
}
