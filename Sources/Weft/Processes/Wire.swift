/// Puts plain values into bytes: integers with the little end first, texts and lists with their count.
package struct WireWriter {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  package mutating func reserve(_ count: Int) { bytes.reserveCapacity(bytes.count + count) }

  package mutating func write(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  package mutating func write(raw: [UInt8]) { bytes += raw }

  package mutating func write(_ part: [UInt8]) {
    write(UInt32(truncatingIfNeeded: part.count))
    bytes += part
  }

  package mutating func write(_ text: String) { write(Array(text.utf8)) }
}

/// Takes values out of bytes that somebody else wrote: everything is nil where they make no sense.
package struct WireReader {
  private let bytes: [UInt8]
  private var position = 0

  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  package var isAtEnd: Bool { position == bytes.count }

  /// What has not been read.
  package var rest: [UInt8] { Array(bytes[position...]) }

  package mutating func readInteger<Integer: FixedWidthInteger>() -> Integer? {
    let size = Integer.bitWidth / 8
    guard bytes.count - position >= size else { return nil }
    defer { position += size }
    let value = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: position, as: Integer.self) }
    return Integer(littleEndian: value)
  }

  package mutating func readBytes() -> [UInt8]? {
    guard let count: UInt32 = readInteger(), bytes.count - position >= Int(count) else { return nil }
    defer { position += Int(count) }
    return Array(bytes[position..<position + Int(count)])
  }

  package mutating func readText() -> String? { readBytes().map { String(decoding: $0, as: UTF8.self) } }

  /// `count` values; the count is believed only as far as there are bytes.
  package mutating func readList<Element>(_ element: (inout WireReader) -> Element?) -> [Element]? {
    guard let count: UInt32 = readInteger() else { return nil }
    var list: [Element] = []
    for _ in 0..<count {
      guard !isAtEnd, let next = element(&self) else { return nil }
      list.append(next)
    }
    return list
  }
}

extension WireWriter {
  package mutating func write<Element>(list: some Collection<Element>, _ element: (inout WireWriter, Element) -> Void) {
    write(UInt32(truncatingIfNeeded: list.count))
    for value in list { element(&self, value) }
  }
}
