#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Finds bytes in bytes, in linear time for any input.
enum Search {
  /// The first place of `needle` at or after `start`, or -1.
  static func first(
    _ needle: UnsafeBufferPointer<UInt8>, in hay: UnsafeBufferPointer<UInt8>, from start: Int = 0
  ) -> Int {
    if start < 0 || start > hay.count || needle.count > hay.count - start { return -1 }
    guard let small = needle.baseAddress, needle.count > 0, let large = hay.baseAddress else { return start }
    // Comparing at each place of the first byte is quickest, but slow where the needle almost matches everywhere.
    var patience = 1024 + 4 * (hay.count - start)
    var place = start
    let end = hay.count - needle.count
    while place <= end {
      guard let found = memchr(large + place, Int32(small[0]), end + 1 - place) else { return -1 }
      place = UnsafeRawPointer(found) - UnsafeRawPointer(large)
      if memcmp(large + place, small, needle.count) == 0 { return place }
      place += 1
      patience -= 16 + needle.count / 8
      if patience < 0 { return patient(needle, in: hay, from: place, backwards: false) }
    }
    return -1
  }

  /// The last place of `needle` that ends at or before `end`, or -1.
  static func last(_ needle: UnsafeBufferPointer<UInt8>, in hay: UnsafeBufferPointer<UInt8>, before end: Int) -> Int {
    let end = min(end, hay.count)
    guard let small = needle.baseAddress, needle.count > 0, let large = hay.baseAddress else { return max(0, end) }
    var patience = 1024 + 4 * end
    var place = end - needle.count
    while place >= 0 {
      if large[place] == small[0] {
        if memcmp(large + place, small, needle.count) == 0 { return place }
        patience -= 16 + needle.count / 8
        if patience < 0 { return patient(needle, in: hay, from: place - 1 + needle.count, backwards: true) }
      }
      place -= 1
    }
    return -1
  }

  /// Knuth, Morris and Pratt's search: never looks at a byte of the hay twice. Backwards, it reads both from the end and
  /// `from` is where a match may end at the latest.
  private static func patient(
    _ needle: UnsafeBufferPointer<UInt8>, in hay: UnsafeBufferPointer<UInt8>, from: Int, backwards: Bool
  ) -> Int {
    let count = needle.count
    func small(_ index: Int) -> UInt8 { needle[backwards ? count - 1 - index : index] }
    // How long the longest beginning is that is also an end of the first `index + 1` bytes.
    var borders = [Int](repeating: 0, count: count)
    var length = 0
    for index in stride(from: 1, to: count, by: 1) {
      while length > 0, small(index) != small(length) { length = borders[length - 1] }
      if small(index) == small(length) { length += 1 }
      borders[index] = length
    }
    length = 0
    var place = backwards ? from - 1 : from
    while backwards ? place >= 0 : place < hay.count {
      let byte = hay[place]
      while length > 0, byte != small(length) { length = borders[length - 1] }
      if byte == small(length) { length += 1 }
      if length == count { return backwards ? place : place - count + 1 }
      place += backwards ? -1 : 1
    }
    return -1
  }
}
