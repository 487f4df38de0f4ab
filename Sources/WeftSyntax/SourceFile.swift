/// The text of one script, with a table of where its lines begin.
public final class SourceFile: Sendable {
  /// The name shown in diagnostics: a path, `<stdin>`, …
  public let name: String
  /// Two files with the same identity are one file, whatever they are called: `lib.weft` and `./lib.weft`.
  public let identity: String
  /// The UTF-8 text. `init(name:bytes:)` does not check it; `firstInvalidByte` does.
  public let bytes: [UInt8]
  /// Offsets at which lines begin; the first is 0.
  public let lineStarts: [Int32]

  /// - Parameter identity: What tells the file from others, such as its absolute path; the name if it is left out.
  public init(name: String, bytes: [UInt8], identity: String? = nil) {
    self.name = name
    self.identity = identity ?? name
    self.bytes = bytes
    var starts: [Int32] = [0]
    for (offset, byte) in bytes.enumerated() where byte == 0x0A { starts.append(Int32(truncatingIfNeeded: offset + 1)) }
    lineStarts = starts
  }

  public convenience init(name: String, text: String) {
    self.init(name: name, bytes: Array(text.utf8))
  }

  /// The 1-based line that holds `offset`.
  public func line(at offset: Int) -> Int {
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if Int(lineStarts[middle]) <= offset { low = middle } else { high = middle }
    }
    return low + 1
  }

  /// The 1-based line and column of `offset`; columns count Unicode scalars.
  public func position(at offset: Int) -> (line: Int, column: Int) {
    let line = line(at: offset)
    let start = Int(lineStarts[line - 1])
    var column = 1
    for byte in bytes[start..<max(start, min(offset, bytes.count))] where byte & 0xC0 != 0x80 { column += 1 }
    return (line, column)
  }

  /// The text of a 1-based line, without its line break.
  public func text(ofLine line: Int) -> String {
    guard line >= 1, line <= lineStarts.count else { return "" }
    let start = Int(lineStarts[line - 1])
    var end = line < lineStarts.count ? Int(lineStarts[line]) - 1 : bytes.count
    if end > start, bytes[end - 1] == 0x0D { end -= 1 }
    return String(decoding: bytes[start..<max(start, end)], as: UTF8.self)
  }

  public func text(_ span: Span) -> String {
    let start = max(0, min(Int(span.start), bytes.count))
    let end = max(start, min(Int(span.end), bytes.count))
    return String(decoding: bytes[start..<end], as: UTF8.self)
  }
}
