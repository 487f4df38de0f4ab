/// A `"""` string as it stands in the source, which can be moved to the left or right without a change of its text.
struct MultilineText {
  private let first: ArraySlice<UInt8>
  private let rest: [ArraySlice<UInt8>]
  /// Blanks before the closing quotes.
  private let closing: Int
  private let canMove: Bool
  /// Blanks at the beginning of the line that the string begins on.
  let indentation: Int

  init(bytes: [UInt8], start: Int, end: Int) {
    // `\r\n` is a line end in a string as elsewhere; two `\r` would leave one behind.
    let hasDoubleReturn = bytes[start..<end].indices.dropLast().contains { bytes[$0] == 0x0D && bytes[$0 + 1] == 0x0D }
    var lines = bytes[start..<end].split(separator: 0x0A, omittingEmptySubsequences: false)
    for index in lines.indices.dropLast() where !hasDoubleReturn && lines[index].last == 0x0D {
      lines[index].removeLast()
    }
    first = lines[0]
    rest = Array(lines.dropFirst())
    closing = rest.last.map { $0.prefix { $0 == 0x20 }.count } ?? 0
    let hasTabs = rest.contains { $0.prefix { $0 == 0x20 || $0 == 0x09 }.contains(0x09) }
    let holdsAnother = bytes[start..<end].dropFirst(3).dropLast(3).indices.contains { index in
      bytes[index] == 0x22 && bytes[index + 1] == 0x22 && bytes[index + 2] == 0x22
    }
    canMove = !hasTabs && !holdsAnother && !hasDoubleReturn
    var lineStart = start
    while lineStart > 0, bytes[lineStart - 1] != 0x0A { lineStart -= 1 }
    indentation = bytes[lineStart..<start].prefix { $0 == 0x20 }.count
  }

  /// Its lines, with so many more blanks (or fewer) at their beginnings; just as they are if that cannot be.
  func lines(movedBy distance: Int) -> [[UInt8]] {
    let isPossible =
      canMove && distance != 0 && rest.allSatisfy { isBlank($0) || $0.prefix { $0 == 0x20 }.count >= -distance }
    guard isPossible else { return [Array(first)] + rest.map(Array.init) }
    return [Array(first)]
      + rest.map { line in
        // What has fewer blanks than the closing quotes is an empty line.
        if isBlank(line), line.count < closing || line.count < -distance { return [] }
        return distance > 0 ? Array(repeating: 0x20, count: distance) + line : Array(line.dropFirst(-distance))
      }
  }

  private func isBlank(_ line: ArraySlice<UInt8>) -> Bool { line.allSatisfy { $0 == 0x20 } }
}
