/// What the grammar says in words, and in its notes.
extension Generator {
  mutating func makeRule(_ name: String) {
    depth += 1
    defer { depth -= 1 }
    if makeCondition(name) || makeToken(name) { return }
    guard let node = grammar.rules[name] else { preconditionFailure("`\(name)` has no rule") }
    switch name {
    case "given":
      let saved = hasNamedArgument
      hasNamedArgument = false
      make(node, in: name)
      hasNamedArgument = saved
    case "argument":
      hasNamedArgument = hasNamedArgument || random.happens(10)
      if case .choice(let choices) = node { make(choices[hasNamedArgument ? 1 : 0], in: name) }
    case "children":
      let saved = childrenHaveLabels
      childrenHaveLabels = random.happens(30)
      make(node, in: name)
      childrenHaveLabels = saved
    case "child":
      guard case .sequence(let parts) = node, case .optional(let label) = parts[0] else { return }
      if childrenHaveLabels { make(label, in: name) }
      make(parts[1], in: name)
    case "body":
      names.declarePending()
      guard case .choice(let choices) = node else { return }
      let choice = choose(among: choices, in: name)
      if case .rule("block") = choice { return make(choice, in: name) }
      makeChecked(choice, in: name, orElse: "none") { !$0.hasPrefix("{") || Generator.beginsMap($0) }
    case "kind": if case .sequence(let parts) = node { make(random.happens(3) ? node : parts[1], in: name) }
    case "statement":
      make(node, in: name)
      names.declarePending()
    case "task":
      let task = names.declare("f")
      names.declarePending()
      taskName = task
      makeScoped(node, in: name, isLoop: false, isTask: true)
    case "block":
      // It stands on one line with what opens it.
      isSameLine = true
      makeScoped(node, in: name)
    case "mockTarget":
      let saved = context
      context.isOperand = true
      make(node, in: name)
      context = saved
    case "closure": makeScoped(node, in: name, isLoop: false, isTask: true)
    case "gather", "start", "compute", "finally": makeScoped(node, in: name, isLoop: false, isTask: false)
    case "for", "while": makeScoped(node, in: name, isLoop: true)
    case "catch", "taskgroup", "scoped", "list", "map": makeScoped(node, in: name)
    default: make(node, in: name)
    }
  }

  private mutating func makeScoped(
    _ node: Grammar.Node, in rule: String, isLoop: Bool? = nil, isTask: Bool? = nil
  ) {
    let saved = context
    context.isLoop = isLoop ?? saved.isLoop
    context.isTask = isTask ?? saved.isTask
    names.open()
    make(node, in: rule)
    names.close()
    context.isLoop = saved.isLoop
    context.isTask = saved.isTask
  }

  /// Makes a node until its text is as it has to be.
  mutating func makeChecked(
    _ node: Grammar.Node, in rule: String, orElse fallback: String, _ isRight: (String) -> Bool
  ) {
    for _ in 0..<4 {
      let text = makeText(.sequence([node]), context)
      if isRight(text) { return emit(text, in: rule) }
    }
    emit(fallback, in: rule)
  }

  /// Whether a text that begins with `{` goes on with a key and `:`.
  static func beginsMap(_ text: String) -> Bool {
    var rest = text.dropFirst()
    func skipBlanks() {
      while let first = rest.first, first.isWhitespace || first == "#" {
        rest = first == "#" ? rest.drop { $0 != "\n" } : rest.dropFirst()
      }
    }
    skipBlanks()
    if rest.first == "\"" {
      guard !rest.hasPrefix("\"\"\"") else { return false }
      rest = rest.dropFirst()
      while let first = rest.first, first != "\"" { rest = rest.dropFirst(first == "\\" ? 2 : 1) }
      rest = rest.dropFirst()
    } else {
      rest = rest.drop { $0.isLetter || $0.isNumber || $0 == "_" }
    }
    skipBlanks()
    return rest.first == ":"
  }

  // MARK: Conditions

  private mutating func makeCondition(_ name: String) -> Bool {
    switch name {
    case "SAME_LINE": isSameLine = true
    case "BESIDE": isBeside = true
    case "NO_MAP": isWithoutMap = true
    case "NO_BRACKET": (isWithoutMap, isWithoutParenthesis) = (true, true)
    case "NO_HEAD": context.isHead = true
    case "separator":
      let isLine = !context.isOneLine && random.happens(80)
      out += isLine ? random.pick(["\n", "\n", "\n\n", " # after\n", "\n# above\n", "\n## above\n"]) : ";"
    default: return false
    }
    return true
  }

  // MARK: Tokens

  private mutating func makeToken(_ name: String) -> Bool {
    switch name {
    case "WORD": emit(word(), in: name)
    case "KIND": emit(random.pick(Generator.kinds), in: name)
    case "BINDING": emit(names.declare("e"), in: name)
    case "PLAIN_STRING": emit(plainString(), in: name)
    case "string": makeString()
    // A number of nanoseconds or bytes has to be whole and below 2^63.
    case "DURATION": emit(quantity() + random.pick(["ms", "ms", "us", "s", "m", "h", "d"]), in: name)
    case "SIZE": emit(quantity() + random.pick(["KB", "MB", "GB", "KiB", "MiB", "GiB"]), in: name)
    case "RATE": emit(quantity() + "/" + random.pick(["ms", "s", "m", "h"]), in: name)
    case "NUMBER":
      emit(random.happens(70) ? String(random.below(12)) : number(), in: name)
    default: return false
    }
    return true
  }

  /// A token by its rule.
  private mutating func tokenText(_ rule: String) -> String {
    guard let node = grammar.rules[rule] else { preconditionFailure("`\(rule)` has no rule") }
    let savedToken = isToken
    isToken = true
    defer { isToken = savedToken }
    return makeText(node, Context())
  }

  /// A number that is no larger than a Float can be.
  private mutating func number() -> String {
    let text = tokenText("NUMBER")
    let isHex = text.hasPrefix("0x")
    let exponent = isHex ? "" : text.drop { $0 != "e" && $0 != "E" }.filter(\.isNumber)
    return exponent.count > 2 ? "1e-3" : text
  }

  private mutating func quantity() -> String { random.happens(85) ? String(random.below(20)) : "1.5" }

  static let kinds = [
    "K0", "K1", "Error", "TypeError", "ValueError", "KeyError", "TimeoutError", "FetchError", "HTTPError",
    "TaskCancelledError",
  ]

  private mutating func word() -> String {
    switch random.below(4) {
    case 0: random.pick(["a", "b", "key", "if", "in", "sleep", "value", "x"])
    case 1: random.pick(["kind", "message", "all", "cause", "done", "error", "args", "status", "ok", "text", "size"])
    default: random.pick(Generator.methods)
    }
  }

  // MARK: Strings

  private mutating func plainString() -> String {
    "\"" + (0..<random.below(3)).map { _ in textPiece(isOneLine: true) }.joined() + "\""
  }

  private mutating func textPiece(isOneLine: Bool) -> String {
    switch random.below(6) {
    case 0: random.pick(["\\n", "\\t", "\\r", "\\0", "\\\"", "\\\\", "\\u{41}", "\\u{1F600}", "\\u{00000042}"])
    case 1: random.pick(["é", "日本", "🧵", "e\u{301}", "#", "{", "}", "'", "`", "$"])
    case 2: isOneLine ? " " : random.pick([" ", "\"x", "\"\"y"])
    default: random.pick(["a", "b c", "word", "1", "http://test/5/200", ",", "0.5", "1s"])
    }
  }

  private mutating func interpolation(isOneLine: Bool) -> String {
    var inner = context
    (inner.newlinesEnd, inner.isHead, inner.isOperand, inner.isBase) = (false, false, false, false)
    inner.isOneLine = isOneLine || context.isOneLine
    let value = makeText(.sequence([.rule("expression")]), inner)
    let format = random.happens(20) ? tokenText("FORMAT") : ""
    return "\\(" + value + format + ")"
  }

  private mutating func makeString() {
    guard !context.isOneLine, random.happens(12) else {
      var text = ""
      for _ in 0..<random.below(4) {
        let isValue = budget > 0 && depth < 40 && random.happens(35)
        text += isValue ? interpolation(isOneLine: true) : textPiece(isOneLine: true)
      }
      return emit("\"" + text + "\"", in: "string")
    }
    // Each line is indented at least as far as the closing quotes.
    let indent = String(repeating: " ", count: random.below(5))
    var text = "\"\"\"" + random.pick(["", " "]) + "\n"
    for _ in 0..<random.below(4) {
      if random.happens(20) {
        text += random.pick(["\n", " \n", "     \n", "\r\n"])
        continue
      }
      text += indent
      for _ in 0...random.below(3) {
        let isValue = budget > 0 && depth < 40 && random.happens(25)
        text += isValue ? interpolation(isOneLine: false) : textPiece(isOneLine: false)
      }
      // Quotes at the end of a line and on the next one do not meet.
      text += "\n"
    }
    emit(text + indent + "\"\"\"", in: "string")
  }
}
