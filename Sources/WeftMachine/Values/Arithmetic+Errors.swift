extension Machine {
  /// Names both types, and how to mend the common slips.
  func cannotCombine(_ op: ArithmeticOp, _ left: Value, _ right: Value) -> Thrown {
    raise(
      .typeError, "cannot use `\(op.symbol)` on \(Machine.typeName(left)) and \(Machine.typeName(right))",
      hint: hint(op, left, right))
  }

  private func hint(_ op: ArithmeticOp, _ left: Value, _ right: Value) -> String? {
    let tags = (left.tag, right.tag)
    if tags.0 == Kind.none || tags.1 == Kind.none { return "one side is none; `x ?? 0` takes another value for it" }
    if tags.0 == Kind.bool || tags.1 == Kind.bool { return "`int(flag)` makes 0 or 1 of a Bool" }
    if (tags.0 == Kind.string) != (tags.1 == Kind.string) {
      let other = tags.0 == Kind.string ? right : left
      if op == .add { return "write `\"\\(…)\"` to put a value into a text" }
      if op == .multiply, other.tag == Kind.float { return "a text is repeated by an Int; `int(x)` makes one" }
      if op == .remainder { return "write `\"\\(…)\"` to put a value into a text" }
      if other.isInteger || other.tag == Kind.float { return "`int(text)` or `float(text)` reads a number from a text" }
    }
    if tags.0 == Kind.duration || tags.1 == Kind.duration {
      let other = tags.0 == Kind.duration ? right : left
      if op == .add || op == .subtract, other.isInteger || other.tag == Kind.float {
        return "give the number a unit, such as `5s`, or use the duration's `.seconds`"
      }
    }
    switch tags {
    case (Kind.list, _) where op == .add: return "`xs + [x]` adds one element"
    case (_, Kind.list) where op == .add: return "`[x] + xs` puts one element first"
    case (Kind.map, Kind.map) where op == .add: return "`a.merged(b)` puts two maps together"
    case (Kind.string, Kind.string) where op != .add: return "`int(text)` or `float(text)` reads a number from a text"
    case (Kind.response, _), (_, Kind.response): return "a Response has `.text`, `.size`, `.status` and `.json()`"
    default: return nil
    }
  }
}
