import WeftCompiler
import WeftSyntax

/// Makes scripts from the grammar, the same for the same seed: whatever the grammar allows, but with names that are in
/// scope where there are any, so that many of them run.
///
/// What the grammar says in words and notes is said in code here.
struct Generator {
  /// What stands around the place where something is made.
  struct Context {
    /// A newline ends a statement here.
    var newlinesEnd = true
    /// No newline and no comment may stand here, because a string of one line is around.
    var isOneLine = false
    /// In a head, where no `{` may stand outside brackets.
    var isHead = false
    /// Beside an operator: no closure, whose body would take the operator, and no `sleep` or `fetch` without parentheses.
    var isOperand = false
    /// Something follows that an operand of a word of work would take.
    var isBase = false
    /// In a block, where no declaration of a file may stand.
    var isInner = false
    /// `break` and `continue` have a loop around them, and `return` a task. The grammar allows them elsewhere, too, but
    /// nothing there compiles.
    var isLoop = false
    var isTask = false
  }

  let grammar: Grammar
  let heights: Heights
  var random: Random
  var out = ""
  var context = Context()
  /// Tokens that may still be made before everything is kept short.
  var budget = 0
  /// How many rules deep.
  var depth = 0
  var names = Scope()
  /// No newline that ends a statement may stand before the next token.
  var isSameLine = false
  /// No newline at all may stand there.
  var isBeside = false
  /// It may not be `{`.
  var isWithoutMap = false
  /// It may not be `(`.
  var isWithoutParenthesis = false
  /// Inside a token, where nothing stands between parts.
  var isToken = false
  var hasNamedArgument = false
  var childrenHaveLabels = false
  /// The name of the task that is being made.
  var taskName = ""
  /// `let` or `var`, whichever came last.
  var lastBinding = "let"
  var lastToken = ""

  init(grammar: Grammar, heights: Heights, seed: UInt64) {
    self.grammar = grammar
    self.heights = heights
    random = Random(seed: seed)
  }

  /// Statements of one script, in order.
  mutating func statements() -> [String] {
    names = Scope()
    let large = random.happens(10)
    return (0...random.below(large ? 20 : 6)).map { _ in
      budget = large ? 150 : [8, 25, 60][random.below(3)]
      let text = makeText(.rule("statement"), Context())
      names.declarePending()
      return text
    }
  }

  // MARK: Nodes

  /// The text of a node, made apart from what there is so far.
  mutating func makeText(_ node: Grammar.Node, _ inner: Context) -> String {
    let saved = (out, context, isSameLine, isBeside, isWithoutMap, isWithoutParenthesis)
    (out, context, isSameLine, isBeside) = ("", inner, false, false)
    make(node, in: "")
    defer { (out, context, isSameLine, isBeside, isWithoutMap, isWithoutParenthesis) = saved }
    return out
  }

  mutating func make(_ node: Grammar.Node, in rule: String) {
    switch node {
    case .text(let text):
      if rule == "binding", text != "=" { lastBinding = text }
      emit(text, in: rule)
    case .rule("NAME"): makeName(in: rule)
    case .rule(let name): makeRule(name)
    case .words("A to F, a to f "): emit(random.pick(["a", "C", "f"]), in: rule)
    case .words(let words): preconditionFailure("nothing says what `\(words)` of `\(rule)` means")
    case .optional(let inner):
      if canAfford(inner), random.happens(35) { make(inner, in: rule) }
    case .repetition(let inner):
      for _ in 0..<repetitions(inner, in: rule) { make(inner, in: rule) }
    case .sequence(let parts): makeSequence(parts, in: rule)
    case .choice(let choices): make(choose(among: choices, in: rule), in: rule)
    }
  }

  private mutating func repetitions(_ inner: Grammar.Node, in rule: String) -> Int {
    guard canAfford(inner) else { return 0 }
    if rule == "try" { return random.happens(10) ? 1 : 0 }
    if Generator.operators.contains(rule) { return [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2][random.below(14)] }
    return [0, 0, 0, 1, 1, 2, 3][random.below(7)]
  }

  /// What is optional is decided before anything is made, so that each part knows what comes behind it.
  private mutating func makeSequence(_ parts: [Grammar.Node], in rule: String) {
    var plan: [Grammar.Node] = []
    for part in parts {
      switch part {
      case .optional(let inner):
        if canAfford(inner), random.happens(chance(of: inner, in: rule)) { plan.append(inner) }
      case .repetition(let inner): for _ in 0..<repetitions(inner, in: rule) { plan.append(inner) }
      default: plan.append(part)
      }
    }
    let saved = context
    if Generator.operators.contains(rule), plan.count > 1 { context.isOperand = true }
    for (index, part) in plan.enumerated() {
      context.isBase = (saved.isBase && !Generator.endsItself.contains(rule)) || (rule == "operand" && plan.count > 1)
      if rule == "target" { context.isBase = true }
      if index > 0, rule == "operand" { context.isBase = false }
      makePart(part, in: rule)
    }
    context.isBase = saved.isBase
    context.isOperand = saved.isOperand
    context.isHead = saved.isHead
  }

  /// In percent. `semaphore` and its kin mean nothing without arguments.
  private func chance(of optional: Grammar.Node, in rule: String) -> Int {
    if Generator.operators.contains(rule) { return 12 }
    if rule == "try" || rule == "child" { return 15 }
    return rule == "options" ? 95 : 35
  }

  /// Arguments that a block takes; any others are allowed by the grammar, too, but no script has them.
  private mutating func usualArguments() -> String? {
    switch lastToken {
    case "gather", "race", "taskgroup": "(errors: keep)"
    case "semaphore": "(2)"
    case "rate": "(5/s)"
    case "pool": "(tasks: 2)"
    case "timeout": random.pick(["(1ms)", "(3ms)", "(0s)"])
    case "retry": random.pick(["(1)", "(2, backoff: 1ms)", "(on: K0)"])
    case "shield", "throws": ""
    default: nil
    }
  }

  private mutating func makePart(_ part: Grammar.Node, in rule: String) {
    if case .rule("arguments") = part, random.happens(95), let usual = usualArguments() {
      if !usual.isEmpty { emit(usual, in: rule) }
      return
    }
    if case .rule("head") = part, lastToken == "with", random.happens(80) {
      return emit(random.pick(["h0", "h1", "h2", "h0, h1"]), in: rule)
    }
    if case .rule("expression") = part, rule == "mock" {
      return makeChecked(part, in: rule, orElse: "[1]") { $0.hasPrefix("[") || $0.hasPrefix("(") }
    }
    if case .rule("expression") = part, rule == "binding" {
      // The name is not in scope in its own value.
      let pending = names.takePending()
      make(part, in: rule)
      return names.addPending(pending)
    }
    if case .text(let text) = part, ["(", "[", "{"].contains(text), !isToken {
      emit(text, in: rule)
      stack.append(context)
      let isBlock = text == "{" && (rule == "block" || rule == "gather")
      context = Context(
        newlinesEnd: isBlock, isOneLine: context.isOneLine, isInner: context.isInner || isBlock,
        isLoop: context.isLoop, isTask: context.isTask)
    } else if case .text(let text) = part, [")", "]", "}"].contains(text), !isToken, let outer = stack.popLast() {
      // Before it is closed, a blank may still be what it is inside.
      emit(text, in: rule)
      context = outer
    } else {
      make(part, in: rule)
    }
  }

  private var stack: [Context] = []

  private static let operators: Set = [
    "disjunction", "conjunction", "comparison", "coalescing", "range", "sum", "product", "power",
  ]
  /// What follows these is no part of their last expression.
  private static let endsItself: Set = ["given", "arguments", "index", "list", "map", "block"]

  // MARK: Choices

  mutating func choose(among choices: [Grammar.Node], in rule: String) -> Grammar.Node {
    var possible = choices.filter { height($0) < Heights.never && isAllowed($0, in: rule) }
    if budget <= 0 || depth >= 60 {
      let plain = possible.filter { ["NAME", "literal", "string"].contains(first($0)) }
      let least = possible.map(height).min() ?? 0
      possible = rule == "primary" ? plain : possible.filter { height($0) <= least + 1 }
    }
    var weighted: [Grammar.Node] = []
    for choice in possible { weighted += repeatElement(choice, count: weight(of: choice, in: rule)) }
    return random.pick(weighted.isEmpty ? choices : weighted)
  }

  private func canAfford(_ node: Grammar.Node) -> Bool {
    budget > 0 && depth < 60 && height(node) < Heights.never
  }

  private func height(_ node: Grammar.Node) -> Int { heights.height(of: node, isHead: context.isHead) }

  /// The rules that a choice begins with.
  private func first(_ node: Grammar.Node) -> String {
    switch node {
    case .rule(let name): name
    case .text(let text): text
    case .sequence(let parts): parts.first.map(first) ?? ""
    default: ""
    }
  }

  private func isAllowed(_ choice: Grammar.Node, in rule: String) -> Bool {
    let first = first(choice)
    switch rule {
    case "statement":
      return !context.isInner || !["import", "param", "kinds", "test", "bench"].contains(first)
    case "prefixed": return !context.isOperand || first == "operand"
    case "sleep", "fetch", "await":
      return !(context.isOperand || context.isBase) || first == "("
    case "compute":
      guard context.isBase else { return true }
      if case .sequence = choice { return true }
      return first == "block"
    case "start": return !context.isBase || first == "block"
    case "work": return first != "start" || !context.isBase || !context.isHead
    case "primary": return !(first == "map" && isWithoutMap) && !(first == "(" && isWithoutParenthesis)
    case "argument":
      if case .sequence = choice { return true }
      return !hasNamedArgument
    default: return true
    }
  }

  private mutating func weight(of choice: Grammar.Node, in rule: String) -> Int {
    let rarely = random.happens(10) ? 1 : 0
    return switch (rule, first(choice)) {
    case ("statement", "expression"): 6
    case ("statement", "binding"), ("statement", "assignment"): 4
    case ("statement", "import"), ("statement", "test"), ("statement", "bench"), ("statement", "param"): 1
    case ("statement", "for"), ("statement", "task"): 3
    case ("statement", "break"), ("statement", "continue"): context.isLoop ? 3 : rarely
    case ("statement", "return"): context.isTask ? 3 : rarely
    case ("childStatement", "expression"): 20
    case ("childStatement", "break"), ("childStatement", "continue"), ("childStatement", "return"): rarely
    case ("prefixed", "mock"): 1
    case ("primary", "NAME"): 12
    case ("primary", "literal"), ("primary", "string"): 6
    case ("primary", "list"), ("primary", "gather"), ("primary", "scoped"), ("primary", "work"): 3
    case ("primary", "if"), ("primary", "try"), ("primary", "map"): 2
    case ("primary", _): 1
    case ("prefixed", "operand"): 12
    case ("negation", "comparison"), ("signed", "power"): 30
    case ("pattern", "NAME"): 12
    case ("argument", "expression"): 6
    default: 2
    }
  }
}

/// The names that a script has at a place.
struct Scope {
  private var levels: [[String]] = [[]]
  private var pending: [String] = []
  private var count = 0

  var all: [String] { levels.flatMap { $0 } }

  /// A new name; it is in scope once `declarePending` is called.
  mutating func declare(_ kind: String = "v") -> String {
    count += 1
    pending.append("\(kind)\(count)")
    return "\(kind)\(count)"
  }

  mutating func declarePending() {
    levels[levels.count - 1] += pending
    pending = []
  }

  /// The names that are declared but not yet in scope.
  mutating func takePending() -> [String] {
    defer { pending = [] }
    return pending
  }

  mutating func addPending(_ names: [String]) { pending += names }

  mutating func open() {
    levels.append([])
    declarePending()
  }

  mutating func close() {
    levels.removeLast()
    pending = []
  }
}
