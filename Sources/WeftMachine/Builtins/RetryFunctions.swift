/// Natives behind the `retry` block.
enum RetryFunctions {
  /// `backoff * factor ** (number - 1) + random(0, jitter)`.
  static func delay(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let backoff = try duration(machine, arguments[0], "backoff")
    let factor = arguments[1].isMissing ? 2 : try machine.floatArgument(arguments[1], "`factor`")
    let jitter = try duration(machine, arguments[2], "jitter")
    if machine.core.pointee.isObserved { machine.noteRetry(arguments[3].int) }
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

  /// Whether `retry` repeats after an error. `kinds` is a kind of error, a list of them, or left out for all kinds. When
  /// several tasks failed, each of their errors counts.
  static func errorIs(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let names = try names(machine, arguments[1])
    let all = ErrorBlock(arguments[0]).all.pointee
    guard all.tag == Kind.list else { return Value(matches(machine, arguments[0], names)) }
    let singles = ListBlock(all)
    return Value((0..<singles.count).allSatisfy { matches(machine, singles.elements[$0], names) })
  }

  private static func names(_ machine: Machine, _ kinds: Value) throws(Thrown) -> [String] {
    if kinds.isMissing { return [ErrorKind.error.rawValue] }
    if kinds.tag == Kind.errorKind { return [Machine.name(ofKind: kinds).text] }
    guard kinds.tag == Kind.list else {
      throw machine.wrongArgument("`on`", "a kind of error, a List of them or a task", kinds)
    }
    let list = ListBlock(kinds)
    var names: [String] = []
    for index in 0..<list.count {
      let kind = list.elements[index]
      guard kind.tag == Kind.errorKind else {
        throw machine.wrongArgument("each part of `on`", "a kind of error", kind)
      }
      names.append(Machine.name(ofKind: kind).text)
    }
    return names
  }

  /// A slip is repeated only if `Fault` or a kind below it is named: `Error` alone does not mean it.
  private static func matches(_ machine: Machine, _ error: Value, _ names: [String]) -> Bool {
    let kind = ErrorBlock(error).kind.pointee.text
    let fault = ErrorKind.fault.rawValue
    let isFault = machine.isKind(named: kind, below: fault)
    return names.contains { name in
      machine.isKind(named: kind, below: name) && (!isFault || machine.isKind(named: name, below: fault))
    }
  }
}
