/// Puts frames together from bytes as they come.
package struct FrameReader {
  private var header: [UInt8] = []
  private var kind: Frame.Kind?
  private var ticket: UInt64 = 0
  private var payload: [UInt8] = []
  private var missing = 0
  /// Room that is taken at once on the word of a header; more only as the bytes come.
  private static let trustedSize = 16 << 20

  package init() {}

  /// Bytes have come that are not a whole frame yet.
  package var isInsideFrame: Bool { kind != nil || !header.isEmpty }

  /// Calls `body` with each frame that is whole now.
  package mutating func take(_ bytes: UnsafeRawBufferPointer, _ body: (Frame) -> Void) throws(FrameError) {
    var rest = bytes[...]
    while true {
      if let kind {
        let part = rest.prefix(missing)
        payload.append(contentsOf: part)
        missing -= part.count
        rest = rest.dropFirst(part.count)
        guard missing == 0 else { return }
        let frame = Frame(kind, ticket: ticket, payload)
        self.kind = nil
        payload = []
        body(frame)
      }
      let part = rest.prefix(Frame.headerSize - header.count)
      header += part
      rest = rest.dropFirst(part.count)
      guard header.count == Frame.headerSize else { return }
      try begin()
    }
  }

  private mutating func begin() throws(FrameError) {
    var reader = WireReader(header)
    guard let size: UInt32 = reader.readInteger(), let kindByte: UInt8 = reader.readInteger(),
      let ticket: UInt64 = reader.readInteger(), let kind = Frame.Kind(rawValue: kindByte),
      size <= Frame.largestPayload
    else { throw FrameError(message: "what is not of weft's protocol: \(Self.shown(header))") }
    self.kind = kind
    self.ticket = ticket
    missing = Int(size)
    payload.reserveCapacity(min(missing, Self.trustedSize))
    header.removeAll(keepingCapacity: true)
  }

  /// Most often it is text, such as the greeting of a remote shell.
  private static func shown(_ bytes: [UInt8]) -> String {
    if bytes.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return "\"\(String(decoding: bytes, as: UTF8.self))…\"" }
    return "the bytes " + bytes.map { String($0, radix: 16) }.joined(separator: " ")
  }
}
