import Testing

@testable import Weft

@Suite("frames of worker processes")
struct FrameTests {
  private let frames = [
    Frame(.hello, [1, 2, 3]), Frame(.task, ticket: 7), Frame(.output, ticket: .max, Array("text".utf8)),
    Frame(.ended, ticket: 1 << 40, [UInt8](repeating: 9, count: 70_000)),
  ]

  private func bytes(_ frames: [Frame]) -> [UInt8] { frames.flatMap { $0.header + $0.payload } }

  /// Feeds the bytes in pieces of a size.
  private func read(_ bytes: [UInt8], pieces size: Int) throws -> (frames: [Frame], isInsideFrame: Bool) {
    var reader = FrameReader()
    var frames: [Frame] = []
    for start in stride(from: 0, to: bytes.count, by: size) {
      try bytes[start..<min(start + size, bytes.count)].withUnsafeBytes { piece in
        try reader.take(piece) { frames.append($0) }
      }
    }
    return (frames, reader.isInsideFrame)
  }

  @Test("frames are whole, in whatever pieces they come", arguments: [1, 2, 13, 14, 1000, 1 << 20])
  func pieces(size: Int) throws {
    let result = try read(bytes(frames), pieces: size)
    #expect(result.frames == frames)
    #expect(!result.isInsideFrame)
  }

  @Test("the layout is fixed")
  func layout() {
    #expect(Frame(.ended, ticket: 258, [5, 6]).header == [2, 0, 0, 0, 8, 2, 1, 0, 0, 0, 0, 0, 0])
  }

  @Test("a part of a frame is no frame")
  func parts() throws {
    let all = bytes([Frame(.task, ticket: 1, [1, 2, 3])])
    for count in 1..<all.count {
      let result = try read(Array(all.prefix(count)), pieces: 5)
      #expect(result.frames.isEmpty)
      #expect(result.isInsideFrame)
    }
  }

  @Test("what is no frame is refused, with what it was")
  func nonsense() {
    #expect(throws: FrameError(message: #"what is not of weft's protocol: "Welcome to ex…""#)) {
      try read(Array("Welcome to example.org\n".utf8), pieces: 100)
    }
    #expect(throws: FrameError(message: "what is not of weft's protocol: the bytes 0 0 0 0 63 0 0 0 0 0 0 0 0")) {
      try read([0, 0, 0, 0, 99] + [UInt8](repeating: 0, count: 8), pieces: 3)
    }
  }

  @Test("an absurd length is refused before anything is allocated for it")
  func absurdLength() {
    let header: [UInt8] = [1, 0, 0, 0x40, 2] + [UInt8](repeating: 0, count: 8)
    #expect(throws: FrameError.self) { try read(header, pieces: 100) }
  }

  @Test("the largest length is believed only as far as bytes come")
  func largestLength() throws {
    let header: [UInt8] = [0, 0, 0, 0x40, 2] + [UInt8](repeating: 0, count: 8)
    let result = try read(header + [1, 2, 3], pieces: 100)
    #expect(result.frames.isEmpty)
    #expect(result.isInsideFrame)
  }

  @Test("values come back as they were written, and nonsense gives nothing")
  func wire() {
    var writer = WireWriter()
    writer.write(UInt64.max - 1)
    writer.write(Int32(-5))
    writer.write("höhe")
    writer.write(list: [1, 2, 3] as [UInt8]) { $0.write($1) }
    var reader = WireReader(writer.bytes)
    #expect(reader.readInteger() == UInt64.max - 1)
    #expect(reader.readInteger() == Int32(-5))
    #expect(reader.readText() == "höhe")
    #expect(reader.readList { $0.readInteger() as UInt8? } == [1, 2, 3])
    #expect(reader.isAtEnd)
    for count in 0..<writer.bytes.count {
      var reader = WireReader(Array(writer.bytes.prefix(count)))
      let number: UInt64? = reader.readInteger()
      let other: Int32? = reader.readInteger()
      let text = reader.readText()
      let list = reader.readList { $0.readInteger() as UInt8? }
      #expect(number == nil || other == nil || text == nil || list == nil)
    }
    var huge = WireReader([0xFF, 0xFF, 0xFF, 0xFF, 1, 2])
    #expect(huge.readList { $0.readInteger() as UInt8? } == nil)
  }
}
