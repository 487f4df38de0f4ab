extension Parser {
  /// In the head of a block `{` would begin the body: reports that `what` stands there, which is read all the same.
  mutating func noteHeadBlock(_ what: String) {
    guard inHead else { return }
    note(
      Code.blockInHead, "\(what) in the head of a block needs parentheses", at: token.span,
      hint: "write `(…)` around it, or give it a name before")
  }

  // MARK: gather and race

  mutating func parseGather() -> Expr {
    let start = token
    let word = "`\(text(of: token))`"
    noteHeadBlock(word)
    let base = brackets.count
    let kind: GatherKind = token.kind == .gather ? .gather : .race
    advance()
    let options = at(.leftParen) ? parseArguments() : []
    if at(.for), !recovering {
      advance()
      let (pattern, sequence) = parseForHead()
      let body = parseBlock(for: "\(word.dropLast()) for`", base: base)
      return Expr(
        .gather(kind: kind, options: options, body: .forEach(pattern: pattern, sequence: sequence, body: body)),
        span(from: start.start))
    }
    if recovering { recoverToBlock(base: base) }
    guard !recovering, at(.leftBrace) else {
      failExpecting("`{` or `for`", code: Code.expectedBlock)
      return Expr(.invalid, span(from: start.start))
    }
    let children = parseGatherChildren(word)
    return Expr(.gather(kind: kind, options: options, body: .children(children)), span(from: start.start))
  }

  private mutating func parseGatherChildren(_ word: String) -> [GatherChild] {
    guard enter() else { return [] }
    defer { leave() }
    let context = open(isBlock: true)
    blockDepth += 1
    var children: [GatherChild] = []
    while true {
      while token.kind == .semicolon || token.kind == .comma { advance() }
      guard token.kind != .rightBrace, token.kind != .end else { break }
      let start = token
      let startIndex = index
      let base = brackets.count
      mark(.statement)
      if let child = parseGatherChild(word) { children.append(child) }
      if !recovering { expectChildEnd() }
      if recovering {
        recoverStatement(from: start, base: base, commaSeparates: true)
        if stopped { break }
      }
      if index == startIndex { advance() }
    }
    blockDepth -= 1
    close(.rightBrace, context)
    checkLabels(children, word)
    return children
  }

  private mutating func expectChildEnd() {
    switch token.kind {
    case .semicolon, .comma, .rightBrace, .end: return
    default: if !token.newlineBefore { reportJunk(after: nil) }
    }
  }

  private mutating func checkLabels(_ children: [GatherChild], _ word: String) {
    guard let labelled = children.first(where: { $0.label != nil }),
      let bare = children.first(where: { $0.label == nil }), let label = labelled.label
    else { return }
    note(
      Code.gatherChild, "either all tasks of \(word) have a label or none", at: bare.value.span,
      caret: "this one has none", labels: [.init(span: label.span, text: "this one is labelled")])
  }

  private mutating func parseGatherChild(_ word: String) -> GatherChild? {
    var label: Name?
    if token.kind.isWord, peek().kind == .colon {
      label = takeName()
      advance()
    } else if token.kind == .stringStart, beginsLabel() {
      guard let (text, span) = parsePlainString("a label") else { return nil }
      label = Name(text: text, span: span)
      advance()
    }
    switch token.kind {
    case .leftBrace:
      let block = parseBlock(for: word, base: brackets.count, mayBeginLine: true)
      return GatherChild(label: label, value: Expr(.block(block), block.span))
    case .let, .var:
      report(
        Code.gatherChild, "`\(text(of: token))` cannot stand in \(word)", at: token.span,
        caret: "each statement here is a task of its own", hint: "bind what it needs before, or put the steps in `{ }`")
      return nil
    case .for, .while:
      advise(
        Code.loopInGather, "this loop is one task, so its passes do not run together", at: token.span,
        hint: "write `\(word.dropFirst().dropLast()) for x in xs { … }` for one task an element")
    default: break
    }
    let statement = parseStatement()
    if case .expression(let value) = statement.kind { return GatherChild(label: label, value: value) }
    let block = Block(statements: [statement], span: statement.span)
    return GatherChild(label: label, value: Expr(.block(block), statement.span))
  }

  /// Whether a plain string and `:` stand here.
  private func beginsLabel() -> Bool {
    if peek().kind == .stringEnd { return peek(2).kind == .colon }
    return peek().kind == .stringText && peek(2).kind == .stringEnd && peek(3).kind == .colon
  }

  // MARK: taskgroup and with

  mutating func parseTaskgroup() -> Expr {
    let start = token
    noteHeadBlock("`taskgroup`")
    let base = brackets.count
    advance()
    let options = at(.leftParen) ? parseArguments() : []
    let name = parseBlockName()
    let body = parseBlock(for: "`taskgroup`", base: base)
    return Expr(.taskgroup(options: options, name: name, body: body), span(from: start.start))
  }

  /// `as g`
  private mutating func parseBlockName() -> Name? {
    guard !recovering, token.isWord(.as), !atLineEnd else { return nil }
    advance()
    return parseDeclaredName("`as`")
  }

  mutating func parseWith() -> Expr {
    let start = token
    noteHeadBlock("`with`")
    let base = brackets.count
    advance()
    var handles: [Expr] = []
    repeat { handles.append(parseHead()) } while !recovering && at(.comma) && take(.comma)
    if !recovering, token.isWord(.as), !atLineEnd {
      report(
        Code.expectedBlock, "`with` gives no name", at: token.span,
        hint: "bind the handle with `let` before, then `with` that name")
    }
    let body = parseBlock(for: "`with`", base: base)
    return Expr(.with(handles: handles, body: body), span(from: start.start))
  }

  // MARK: Words that are blocks only before `{`

  /// `semaphore(n) { }` and its kin, and `throws(K) { }`; without a block these are ordinary names, and the result is nil
  /// or a call.
  mutating func parseContextualBlock() -> Expr? {
    let start = token
    guard start.value <= Word.throws.rawValue else { return nil }
    guard !inHead else { return nil }
    let base = brackets.count
    if peek().kind == .leftParen, !peek().newlineBefore {
      advance()
      let arguments = parseArguments()
      if recovering { recoverToBlock(base: base) }
      if !recovering, beginsBlock() { return finishContextualBlock(start, arguments, base) }
      let callee = Expr(.name(names[Int(start.value)]), start.span)
      grow()
      return Expr(.call(callee: callee, arguments: arguments), span(from: start.start))
    }
    let (savedIndex, savedToken, savedEnd) = (index, token, previousEnd)
    advance()
    if beginsBlock() { return finishContextualBlock(start, [], base) }
    (index, token, previousEnd) = (savedIndex, savedToken, savedEnd)
    return nil
  }

  /// Whether `{` or `as name {` follows on this line.
  private func beginsBlock() -> Bool {
    if token.newlineBefore { return false }
    if token.kind == .leftBrace { return true }
    let brace = peek(2)
    return token.isWord(.as) && peek().kind == .name && brace.kind == .leftBrace && !brace.newlineBefore
  }

  private mutating func finishContextualBlock(_ start: Token, _ arguments: [Argument], _ base: Int) -> Expr {
    let nameStart = token.span
    let name = parseBlockName()
    let word = names[Int(start.value)]
    if let name, !recovering, !start.isWord(.retry) {
      note(
        Code.expectedBlock, "`\(word)` gives no name", at: nameStart.union(name.span), caret: "remove this",
        hint: "only `retry` and `taskgroup` do")
    }
    let body = parseBlock(for: "`\(word)`", base: base)
    defer { grow() }
    guard let kind = ScopedKind(rawValue: word) else {
      return Expr(.throwsTest(kinds: kinds(from: arguments), body: body), span(from: start.start))
    }
    var elseBody: Block?
    if !recovering, token.kind == .else {
      if kind == .timeout {
        advance()
        elseBody = parseBlock(for: "`else`", base: base)
      } else {
        report(
          Code.misplacedElse, "`\(word)` takes no `else`", at: token.span, hint: "only `if` and `timeout` do")
      }
    }
    return Expr(
      .scoped(kind: kind, arguments: arguments, name: name, body: body, elseBody: elseBody), span(from: start.start))
  }

  private mutating func kinds(from arguments: [Argument]) -> [Name] {
    var kinds: [Name] = []
    for argument in arguments {
      if argument.label == nil, let kind = Parser.kind(from: argument.value), isCapital(kind) {
        kinds.append(kind)
      } else if case .invalid = argument.value.kind {
        continue
      } else {
        note(
          Code.kindName, "`throws` takes kinds of error", at: argument.value.span,
          hint: "write `throws(TimeoutError) { … }`")
      }
    }
    return kinds
  }

  private static func kind(from expression: Expr) -> Name? {
    switch expression.kind {
    case .name(let text): return Name(text: text, span: expression.span)
    case .member(let base, let name, false):
      guard case .name(let text) = base.kind else { return nil }
      return Name(text: text + "." + name.text, span: expression.span)
    default: return nil
    }
  }

  // MARK: mock

  /// `mock f => answer`, if a name or `fetch` follows `mock` on the same line.
  mutating func parseMock() -> Expr? {
    let next = peek()
    guard !next.newlineBefore, next.kind == .name || next.kind == .fetch, !next.isWord(.as) else { return nil }
    guard enter() else { return Expr(.invalid, token.span) }
    defer { leave() }
    let outer = height
    height = 0
    let start = token.start
    advance()
    let target = parseMockTarget()
    guard !recovering, at(.arrow) else {
      failExpecting("`=>`", hint: "write `mock f => value`")
      return Expr(.invalid, span(from: start))
    }
    advance()
    let isSequence =
      token.isWord(.each) && [.leftBracket, .name, .leftParen].contains(peek().kind) && !peek().newlineBefore
    if isSequence {
      mark(.each)
      advance()
    }
    let answer: Expr
    if token.kind == .leftBrace, !beginsMap() {
      let block = parseBlock(for: "`=>`", base: brackets.count)
      answer = Expr(.block(block), block.span)
    } else {
      answer = parseExpression()
    }
    grow()
    height = max(outer, height)
    return Expr(.mock(target: target, answer: answer, isSequence: isSequence), span(from: start))
  }

  private mutating func parseMockTarget() -> MockTarget {
    if token.kind == .fetch {
      advance()
      guard !at(.arrow) else { return .fetch(pattern: nil) }
      let saved = closuresAllowed
      closuresAllowed = false
      let pattern = parseOperand()
      closuresAllowed = saved
      return .fetch(pattern: pattern)
    }
    var name = takeName()
    while token.kind == .dot, peek().kind == .name {
      advance()
      let member = takeName()
      name = Name(text: name.text + "." + member.text, span: name.span.union(member.span))
    }
    return .task(name)
  }
}
