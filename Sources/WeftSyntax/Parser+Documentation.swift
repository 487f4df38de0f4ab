extension Parser {
  /// The text of the `##` lines right above a token, without the marks.
  func documentation(before token: Token) -> String? {
    guard token.flags.contains(.documented) else { return nil }
    var line = source.line(at: Int(token.start)) - 1
    var lines: [String] = []
    while line >= 1, let text = documentationLine(line) {
      lines.append(text)
      line -= 1
    }
    return lines.isEmpty ? nil : lines.reversed().joined(separator: "\n")
  }

  /// The text of the first `##` lines of the file, if a blank line (or nothing) follows them.
  func fileDocumentation() -> String? {
    var line = 1
    let count = source.lineStarts.count
    while line <= count, documentationLine(line) == nil {
      let bytes = content(ofLine: line)
      // Only the `#!` line, comments and blank lines may come first.
      guard bytes.isEmpty || bytes.first == 0x23 else { return nil }
      line += 1
    }
    var lines: [String] = []
    while line <= count, let text = documentationLine(line) {
      lines.append(text)
      line += 1
    }
    guard !lines.isEmpty, line > count || content(ofLine: line).isEmpty else { return nil }
    return lines.joined(separator: "\n")
  }

  private func content(ofLine line: Int) -> ArraySlice<UInt8> {
    var start = Int(source.lineStarts[line - 1])
    if line == 1, source.bytes.starts(with: [0xEF, 0xBB, 0xBF]) { start = 3 }
    var end = line < source.lineStarts.count ? Int(source.lineStarts[line]) - 1 : source.bytes.count
    while start < end, [0x20, 0x09, 0x0D].contains(source.bytes[start]) { start += 1 }
    while end > start, [0x20, 0x09, 0x0D].contains(source.bytes[end - 1]) { end -= 1 }
    return source.bytes[start..<end]
  }

  private func documentationLine(_ line: Int) -> String? {
    var bytes = content(ofLine: line)
    guard bytes.starts(with: [0x23, 0x23]) else { return nil }
    bytes = bytes.drop { $0 == 0x23 }
    if bytes.first == 0x20 { bytes = bytes.dropFirst() }
    return String(decoding: bytes, as: UTF8.self)
  }
}
