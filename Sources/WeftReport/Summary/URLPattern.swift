/// What many URLs have in common: `http://a.test/users/{n}/posts` for `http://a.test/users/17/posts?page=2`.
enum URLPattern {
  /// Numbers, UUIDs and long hexadecimal names in the path become `{n}` and `{id}`; a query is left out.
  static func of(_ url: String) -> String {
    var result: [UInt8] = []
    var segment: [UInt8] = []
    var slashes = 0
    func endSegment() {
      // Scheme and host are no path.
      result += slashes >= 3 ? pattern(of: segment) : segment
      segment.removeAll(keepingCapacity: true)
    }
    for byte in url.utf8 {
      if byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#") { break }
      if byte == UInt8(ascii: "/") {
        endSegment()
        result.append(byte)
        slashes += 1
      } else {
        segment.append(byte)
      }
    }
    endSegment()
    return String(decoding: result, as: UTF8.self)
  }

  private static func pattern(of segment: [UInt8]) -> [UInt8] {
    if segment.isEmpty { return segment }
    var digits = 0
    var hexadecimals = 0
    for byte in segment {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digits += 1
      case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"), UInt8(ascii: "-"):
        hexadecimals += 1
      case UInt8(ascii: "."): if digits == 0 { return segment }
      default: return segment
      }
    }
    if hexadecimals == 0, digits > 0 { return Array("{n}".utf8) }
    if digits > 0, digits + hexadecimals == segment.count, segment.count >= 12 { return Array("{id}".utf8) }
    return segment
  }
}
