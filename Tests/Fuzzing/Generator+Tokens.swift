import WeftCompiler

/// How tokens are put down, and which names they are.
extension Generator {
  /// Adds a token, with what may stand before it.
  mutating func emit(_ text: String, in rule: String) {
    defer {
      // A word behind `.` is a name, whatever it is elsewhere.
      lastToken = rule == "WORD" ? "" : text
      isSameLine = false
      isBeside = false
      isWithoutMap = false
      isWithoutParenthesis = false
    }
    guard !isToken else { return out += text }
    budget -= 1
    if !out.isEmpty { out += blank(before: text, in: rule) }
    out += text
  }

  private mutating func blank(before text: String, in rule: String) -> String {
    guard let last = out.last, last != "\n", last != ";" else { return random.happens(80) ? "" : "  " }
    if !context.isOneLine, !isBeside {
      if !context.newlinesEnd, random.happens(3) { return random.pick(["\n", "\n", " # note\n", "\n\n  ", "\r\n"]) }
      let opens = rule == "gather" && text == "{"
      let goesOn = !opens && Generator.isContinued(text, after: lastToken)
      if goesOn, !isSameLine, random.happens(6) { return random.pick(["\n", "\n    ", " # note\n"]) }
    }
    let isTight = "([{,)]}".contains(last) || text.first.map { "([{,)]}".contains($0) } ?? false
    if isTight, random.happens(60) { return "" }
    return random.happens(95) ? " " : random.pick(["  ", "\t"])
  }

  private static func isContinued(_ text: String, after last: String) -> Bool {
    continuing.contains(text) || unfinished.contains(last)
  }

  /// A line that begins with one of these goes on with the one before.
  private static let continuing: Set = [".", "?.", "??", "and", "or", "else", "catch", "finally"]
  /// After these a statement cannot end.
  private static let unfinished: Set = [
    "+", "*", "/", "//", "%", "**", "=", "+=", "==", "!=", "<", "<=", ">", ">=", "??", "and", "or", "=>", "in",
  ]

  // MARK: Names

  /// A name: a new one where the grammar declares one, else one that is known.
  mutating func makeName(in rule: String) {
    switch rule {
    case "pattern", "mapPatternPart": emit(names.declare(lastBinding == "var" ? "v" : "c"), in: rule)
    case "task": emit(taskName, in: rule)
    case "parameter", "closure": emit(names.declare("p"), in: rule)
    case "taskgroup", "scoped", "import": emit(names.declare("g"), in: rule)
    case "caught": emit(names.declare("e"), in: rule)
    case "param": emit(names.declare("o"), in: rule)
    case "target":
      let variables = names.all.filter { $0.hasPrefix("v") } + Generator.variables
      emit(random.pick(variables), in: rule)
    case "call", "mockTarget": emit(random.pick(callables()), in: rule)
    default:
      if random.happens(1) { return emit(random.pick(Generator.contextual), in: rule) }
      if random.happens(20), rule == "primary" { return emit(random.pick(callables()), in: rule) }
      emit(random.pick(names.all.suffix(6) + Generator.variables + Generator.constants), in: rule)
    }
  }

  private func callables() -> [String] {
    let own = names.all.filter { $0.hasPrefix("f") || $0.hasPrefix("p") }
    return own + Generator.functions + ["t0", "t1", "t2", "t0", "t1", "t2", "t3"]
  }

  static let variables = ["n0", "l0", "m0"]
  private static let constants = ["s0", "h0", "h1", "h2", "q0", "x0"]
  static let functions = BuiltinFunction.allCases.map(\.signature.name).filter {
    !$0.contains(":") && !$0.hasPrefix("__")
  }
  static let methods = BuiltinMethods.names
  /// Words of the syntax that are names here.
  private static let contextual = ["rate", "pool", "timeout", "retry", "shield", "semaphore", "throws", "task", "test"]

  /// What every script begins with, so that there are values of each type, and tasks that wait and fail.
  static let prelude = """
    error K0, K1: K0
    task t0(a) { sleep 2ms; a }
    task t1(a) { sleep 1ms; throw K0("no \\(a)", a: a) }
    task t2(f, a = 1) => f(a)
    var n0 = 2
    var l0 = [3, 1, 2]
    var m0 = {a: 1, b: [1, 2]}
    let s0 = "a b c"
    let [h0, h1, h2] = [lock(), semaphore(1), rate(1000/s)]
    let [q0, x0] = [queue(2), shared(1)]

    """

  /// What every `import` gives.
  static let library = """
    error K2
    let c0 = 1
    task t3(a) { sleep 1ms; if a == 1 { throw K2("one") }; a }

    """
}
