extension Machine {
  /// The decimal digits of an integer beyond 64 bits, with a sign.
  static func digits(ofBig value: Value) -> [UInt8] { digits(ofBig: value, pausing: {}) }

  static func digits<Problem>(
    ofBig value: Value, pausing pause: () throws(Problem) -> Void
  ) throws(Problem) -> [UInt8] {
    if let wide = value.wide { return Array(wide.description.utf8) }
    let big = value.big
    let digits = try big.magnitude.decimalDigits(pausing: pause)
    return big.sign == .minus ? [UInt8(ascii: "-")] + digits : digits
  }
}
