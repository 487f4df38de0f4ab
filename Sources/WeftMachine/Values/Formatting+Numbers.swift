#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension Machine {
  static func digits(_ value: Int64, into output: inout [UInt8]) {
    // 19 digits and a sign.
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { buffer in
      var place = buffer.count
      func put(_ byte: UInt8) {
        place -= 1
        buffer.initializeElement(at: place, to: byte)
      }
      var rest = value.magnitude
      repeat {
        put(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
        rest /= 10
      } while rest > 0
      if value < 0 { put(UInt8(ascii: "-")) }
      output.append(contentsOf: UnsafeBufferPointer(rebasing: buffer[place...]))
    }
  }

  /// The shortest text that reads back as the same Float, always with a point or an exponent.
  package static func text(_ value: Double) -> String { value.isNaN ? "nan" : value.description }

  /// One literal: the largest unit of days, hours and minutes that fits exactly, else seconds and below with a fraction.
  package static func text(duration: Int64) -> String {
    let size = duration.magnitude
    let sign = duration < 0 ? "-" : ""
    if size == 0 { return "0s" }
    for (unit, name) in [(86_400_000_000_000, "d"), (3_600_000_000_000, "h"), (60_000_000_000, "m")]
      as [(UInt64, String)]
    where size % unit == 0 {
      return "\(sign)\(size / unit)\(name)"
    }
    let (unit, name) = fractionUnit(size)
    let whole = size / unit
    var fraction = size % unit
    if fraction == 0 { return "\(sign)\(whole)\(name)" }
    var places = unit == 1_000_000_000 ? 9 : unit == 1_000_000 ? 6 : 3
    while fraction % 10 == 0 {
      fraction /= 10
      places -= 1
    }
    let digits = String(fraction)
    return "\(sign)\(whole).\(String(repeating: "0", count: max(0, places - digits.utf8.count)))\(digits)\(name)"
  }

  /// The unit in which a duration is written with a fraction.
  private static func fractionUnit(_ size: UInt64) -> (UInt64, String) {
    if size >= 1_000_000_000 { return (1_000_000_000, "s") }
    if size >= 1_000_000 { return (1_000_000, "ms") }
    if size >= 1000 { return (1000, "us") }
    return (1, "ns")
  }

  package static func text(rate: Double) -> String {
    func plain(_ value: Double) -> String {
      if let whole = Int64(exactly: value) { return String(whole) }
      return text(value)
    }
    if (rate * 100).rounded() / 100 == rate { return "\(plain(rate))/s" }
    for (seconds, name) in [(60.0, "m"), (3600.0, "h"), (86400.0, "d")] {
      let count = (rate * seconds).rounded()
      // A rate written in minutes was divided by 60, so it must come back as the same Float.
      if count != 0, count / seconds == rate { return "\(plain(count))/\(name)" }
    }
    return "\(plain(rate))/s"
  }

  /// `"\(x:.2)"` and `"\(name:12)"`. Numbers stand at the right of their width, all else at the left.
  func formatted(_ value: Value, width: Int?, decimals: Int?) throws(Thrown) -> Value {
    var output: [UInt8] = []
    if let decimals {
      output.append(contentsOf: try fixed(value, decimals: decimals).utf8)
    } else {
      try describe(value, into: &output, quoted: false)
    }
    if let width {
      let length = output.reduce(into: 0) { count, byte in count += byte & 0xC0 == 0x80 ? 0 : 1 }
      if width > length {
        try checkRoom(width - length + output.count)
        let padding = [UInt8](repeating: UInt8(ascii: " "), count: width - length)
        let isNumber = value.isInteger || (Kind.float...Kind.rate).contains(value.tag)
        if isNumber { output.insert(contentsOf: padding, at: 0) } else { output.append(contentsOf: padding) }
      }
    }
    try checkRoom(output.count)
    return heap.makeString(output)
  }

  /// A number with exactly that many decimals.
  func fixed(_ value: Value, decimals: Int) throws(Thrown) -> String {
    if decimals < 0 || decimals > 100 { throw raise(.valueError, "a number is shown with 0 to 100 decimals") }
    switch value.tag {
    case Kind.float: return Machine.fixed(value.float, decimals: decimals)
    case Kind.int, Kind.bigInt:
      let digits =
        value.tag == Kind.int ? String(value.int) : String(decoding: Machine.digits(ofBig: value), as: UTF8.self)
      return decimals == 0 ? digits : "\(digits).\(String(repeating: "0", count: decimals))"
    case Kind.rate: return Machine.fixed(value.float, decimals: decimals) + "/s"
    case Kind.duration:
      let (unit, name) = Machine.fractionUnit(max(1, value.int.magnitude))
      let (shown, shownName) = value.int == 0 ? (1_000_000_000, "s") : (unit, name)
      return Machine.fixed(Double(value.int) / Double(shown), decimals: decimals) + shownName
    default:
      throw raise(.typeError, "cannot show \(Machine.typeName(value)) with \(decimals) decimals")
    }
  }

  /// `%.2f` of C, which rounds the exact value of the Float.
  static func fixed(_ value: Double, decimals: Int) -> String {
    if !value.isFinite { return text(value) }
    var buffer = [CChar](repeating: 0, count: 1024)
    let count = withVaList([Int32(clamping: decimals), value]) { arguments in
      vsnprintf(&buffer, buffer.count, "%.*f", arguments)
    }
    return String(
      decoding: buffer.prefix(max(0, min(Int(count), buffer.count - 1))).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
