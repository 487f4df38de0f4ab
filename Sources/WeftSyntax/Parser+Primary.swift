extension Parser {
  mutating func parsePrimary() -> Expr {
    height = max(height, 1)
    switch token.kind {
    case .name: return parseName()
    case .literal: return parseLiteral()
    case .stringStart: return parseString()
    case .leftParen: return parseParenthesised()
    case .leftBracket: return parseList()
    case .leftBrace: return parseMap()
    case .true, .false: return parseBool()
    case .noneValue:
      let place = token.span
      advance()
      return Expr(.none, place)
    case .invalidLiteral:
      let place = token.span
      advance()
      return Expr(.invalid, place)
    default: return parseKeyword()
    }
  }

  private mutating func parseKeyword() -> Expr {
    guard token.kind.isReserved else { return parseNothing() }
    guard enter() else { return Expr(.invalid, token.span) }
    defer { leave() }
    let outer = height
    height = 0
    let result = parseKeywordForm()
    grow()
    height = max(outer, height)
    return result
  }

  private mutating func parseKeywordForm() -> Expr {
    switch token.kind {
    case .if: parseIf()
    case .try: parseTry()
    case .gather, .race: parseGather()
    case .taskgroup: parseTaskgroup()
    case .with: parseWith()
    case .sleep: parseSleep()
    case .fetch: parseFetch()
    case .compute: parseCompute()
    case .await: parseAwait()
    case .start: parseStart()
    default: parseNothing()
    }
  }

  private mutating func parseBool() -> Expr {
    let result = Expr(.bool(token.kind == .true), token.span)
    advance()
    return result
  }

  private mutating func parseLiteral() -> Expr {
    let place = token.span
    let literal = literals[Int(token.value)]
    advance()
    switch literal {
    case .int(let value): return Expr(.int(value), place)
    case .bigInt(let digits): return Expr(.bigInt(digits), place)
    case .float(let value): return Expr(.float(value), place)
    case .duration(let value): return Expr(.duration(value), place)
    case .rate(let count, let unit, let unitName):
      return Expr(.rate(count: count, unit: unit, unitName: unitName), place)
    }
  }

  private mutating func parseName() -> Expr {
    let start = token
    if token.value >= Word.semaphore.rawValue, token.value <= Word.underscore.rawValue {
      if let block = parseContextualBlock() { return block }
      if reportForeignName() { return Expr(.invalid, start.span) }
    }
    advance()
    return Expr(.name(names[Int(start.value)]), start.span)
  }

  private mutating func parseParenthesised() -> Expr {
    guard enter() else { return Expr(.invalid, token.span) }
    defer { leave() }
    let context = open()
    let base = brackets.count
    var inner = parseExpression()
    if !recovering, token.kind != .rightParen { reportParenthesisEnd(inner) }
    if recovering { recoverElement(base: base) }
    // A comma where recovery stopped belongs to a tuple that is not one; its other parts say nothing new.
    while !recovering, take(.comma) {
      _ = parseExpression()
      if recovering { recoverElement(base: base) }
    }
    close(.rightParen, context)
    inner.parenthesised = true
    return inner
  }

  private mutating func reportParenthesisEnd(_ inner: Expr) {
    if token.kind == .comma {
      report(
        Code.expectedToken, "there are no tuples", at: token.span,
        hint: "values that belong together stand in a list: `[a, b]`")
    } else if token.kind == .assign {
      _ = reportAssignmentLookalike()
    } else if token.kind == .for {
      report(
        Code.expectedToken, "a comprehension stands in brackets", at: token.span, hint: "write `[… for x in xs]`")
    } else {
      failExpecting("`)`")
    }
  }

  /// Nothing that could begin an expression stands here.
  mutating func parseNothing() -> Expr {
    let place = token.span
    reportNoExpression()
    return Expr(.invalid, place)
  }
}
