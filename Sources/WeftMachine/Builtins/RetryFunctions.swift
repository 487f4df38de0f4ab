/// Natives behind the `retry` block.
enum RetryFunctions {
  /// `backoff * factor ** (number - 1) + random(0, jitter)`.
  static func delay(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let backoff = try duration(machine, arguments[0], "backoff")
    let factor = arguments[1].isMissing ? 2 : try machine.floatArgument(arguments[1], "`factor`")
    let jitter = try duration(machine, arguments[2], "jitter")
    let number = Double(max(0, arguments[3].int - 1))
    var growth = 1.0
    for _ in 0..<Int(min(number, 4_096)) where growth < 1e18 { growth *= factor }
    var wait = Double(backoff) * growth
    if jitter > 0 { wait += Double(jitter) * (Double(machine.random() >> 11) * 0x1p-53) }
    // A wait that does not fit 64 bits of nanoseconds is for ever all the same.
    return .duration(wait >= 9.2e18 ? Int64.max : Int64(max(0, wait)))
  }

  private static func duration(_ machine: Machine, _ value: Value, _ name: StaticString) throws(Thrown) -> Int64 {
    if value.isMissing { return 0 }
    guard value.tag == Kind.duration else {
      throw machine.wrongArgument("`\(name)`", "Duration", value, hint: "write a unit, such as `1s`")
    }
    return value.int
  }

  /// `kinds` is a kind of error or a list of them.
  static func errorIs(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let kinds = arguments[1]
    if kinds.tag == Kind.errorKind { return Value(machine.isKind(arguments[0], Machine.name(ofKind: kinds))) }
    guard kinds.tag == Kind.list else {
      throw machine.wrongArgument("`on`", "a kind of error, a List of them or a task", kinds)
    }
    let list = ListBlock(kinds)
    for index in 0..<list.count {
      let kind = list.elements[index]
      guard kind.tag == Kind.errorKind else {
        throw machine.wrongArgument("each part of `on`", "a kind of error", kind)
      }
      if machine.isKind(arguments[0], Machine.name(ofKind: kind)) { return Value(true) }
    }
    return Value(false)
  }
}
