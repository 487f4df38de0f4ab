extension Parser {
  mutating func parseStatements(inBlock: Bool) -> [Statement] {
    var statements: [Statement] = []
    while true {
      while token.kind == .semicolon { advance() }
      if token.kind == .end { break }
      if token.kind == .rightBrace {
        if inBlock { break }
        if forgivenBraces > 0 {
          forgivenBraces -= 1
        } else {
          note(
            Code.unmatched, "`}` closes nothing", at: token.span, hint: "remove it, or add the `{` that it should close"
          )
        }
        advance()
        continue
      }
      let start = token
      let startIndex = index
      let base = brackets.count
      mark(.statement)
      let statement = parseStatement()
      if !recovering { expectStatementEnd(after: statement) }
      if recovering {
        recoverStatement(from: start, base: base)
        if stopped { break }
      }
      statements.append(statement)
      // Whatever goes wrong above, each round consumes something.
      if index == startIndex { advance() }
    }
    return statements
  }

  private mutating func expectStatementEnd(after statement: Statement) {
    if token.newlineBefore || token.kind == .semicolon || token.kind == .rightBrace || token.kind == .end { return }
    reportJunk(after: statement)
  }

  /// A block: `{`, statements, `}`. `what` names its owner in messages, `base` is how many brackets were open where the
  /// owner began. A block that stands by itself may begin a line.
  mutating func parseBlock(for what: String, base: Int, mayBeginLine: Bool = false) -> Block {
    if !recovering, !at(.leftBrace), !mayBeginLine || token.kind != .leftBrace { reportMissingBlock(for: what) }
    if recovering { recoverToBlock(base: base) }
    let start = token.start
    guard !recovering, token.kind == .leftBrace else {
      return Block(statements: [], span: Span(Int(start), Int(start)))
    }
    guard enter() else { return Block(statements: [], span: Span(Int(start), Int(start))) }
    let context = open(isBlock: true)
    let outer = height
    height = 0
    blockDepth += 1
    let statements = parseStatements(inBlock: true)
    blockDepth -= 1
    close(.rightBrace, context)
    grow()
    height = max(outer, height)
    leave()
    return Block(statements: statements, span: span(from: start))
  }

  /// What stands between `if`, `while`, `for … in`, `with` and their block.
  mutating func parseHead() -> Expr {
    let saved = inHead
    inHead = true
    let result = parseExpression()
    inHead = saved
    return result
  }

  mutating func parseStatement() -> Statement {
    let start = token.start
    let outer = height
    height = 0
    let kind = parseStatementKind()
    height = max(outer, height)
    return Statement(kind, span(from: start))
  }

  private mutating func parseStatementKind() -> Statement.Kind {
    switch token.kind {
    case .let, .var: return parseBinding()
    case .import: return parseImport()
    case .for: return parseFor()
    case .while: return parseWhile()
    case .break:
      advance()
      return .breakLoop
    case .continue:
      advance()
      return .continueLoop
    case .return: return parseReturn()
    case .throw:
      advance()
      return .throwError(parseExpression())
    case .expect:
      advance()
      return .expect(parseExpression())
    case .else, .catch, .finally: return parseStrayClause()
    case .name:
      if let declaration = parseContextual() { return declaration }
      if let meant = parseForeignStatement() { return meant }
    default: break
    }
    return parseExpressionStatement()
  }

  private mutating func parseContextual() -> Statement.Kind? {
    let next = peek()
    guard !next.newlineBefore, next.kind.isWord || next.kind == .stringStart else { return nil }
    switch token.value {
    case Word.task.rawValue, Word.error.rawValue, Word.param.rawValue:
      guard isDeclared(next) else { return nil }
      if token.isWord(.task) { return parseTask() }
      return token.isWord(.error) ? parseErrorKinds() : parseParam()
    case Word.test.rawValue, Word.bench.rawValue:
      guard next.kind == .stringStart || next.kind == .name else { return nil }
      return parseTest(isBench: token.isWord(.bench))
    default: return nil
    }
  }

  /// Whether the word after `task`, `error` or `param` is meant as its name: an operator such as `in` is not.
  private func isDeclared(_ next: Token) -> Bool {
    switch next.kind {
    case .name, .stringStart: true
    case .in, .is, .and, .or, .not, .if, .else, .for: false
    default: next.kind.isReserved
    }
  }

  mutating func parseBinding() -> Statement.Kind {
    let isVariable = token.kind == .var
    let word = text(of: token)
    advance()
    let pattern = parsePattern(for: "`\(word)`")
    if recovering { return .invalid }
    if at(.colon) { return reportTypeAnnotation() }
    if at(.comma) {
      report(
        Code.pattern, "`\(word)` takes one name or one pattern", at: token.span,
        hint: "to take a list apart write `\(word) [a, b] = …`")
      return .invalid
    }
    guard at(.assign) else {
      if !reportAssignmentLookalike() {
        report(
          Code.missingValue, "`\(word)` needs a value", at: missingSpan, caret: "expected `=`",
          hint: isVariable ? "begin with `none` if there is no value yet" : nil)
      }
      return .invalid
    }
    advance()
    let value = parseExpression()
    return .binding(pattern: pattern, value: value, isVariable: isVariable)
  }

  private mutating func parseFor() -> Statement.Kind {
    let base = brackets.count
    advance()
    let (pattern, sequence) = parseForHead()
    let body = parseBlock(for: "`for`", base: base)
    return .forLoop(pattern: pattern, sequence: sequence, body: body)
  }

  /// `pattern in sequence`, behind `for`.
  mutating func parseForHead(isClause: Bool = false) -> (Pattern, Expr) {
    if at(.leftParen) {
      report(
        Code.pattern, "the head of `for` has no parentheses", at: token.span, hint: "write `for x in values { … }`")
      return (.discard(token.span), Expr(.invalid, token.span))
    }
    let pattern = parsePattern(for: "`for`")
    if !recovering, at(.comma) {
      report(
        Code.pattern, "`for` takes one name or one pattern", at: token.span,
        hint: "to take each element apart write `for [a, b] in …`")
    }
    guard !recovering else { return (pattern, Expr(.invalid, token.span)) }
    guard token.kind == .in else {
      failExpecting("`in`", hint: "write `for x in values { … }`")
      return (pattern, Expr(.invalid, token.span))
    }
    advance()
    return (pattern, isClause ? parseBinary(1) : parseHead())
  }

  private mutating func parseWhile() -> Statement.Kind {
    let base = brackets.count
    advance()
    let condition = parseHead()
    let body = parseBlock(for: "`while`", base: base)
    return .whileLoop(condition: condition, body: body)
  }

  private mutating func parseReturn() -> Statement.Kind {
    advance()
    // A comma ends the children of a `gather`.
    let ends = atLineEnd || [.semicolon, .comma, .rightBrace, .end].contains(token.kind)
    return .returnValue(ends ? nil : parseExpression())
  }

  private mutating func parseExpressionStatement() -> Statement.Kind {
    let target = parseExpression()
    guard !recovering, !atLineEnd, let (isPlain, op) = Parser.assignment(token.kind) else { return .expression(target) }
    if !isAssignable(target) {
      report(
        Code.assignmentTarget, "cannot assign to this", at: target.span, caret: "not a name, a member or an element",
        hint: assignmentHint(target))
      return .invalid
    }
    advance()
    let value = parseExpression()
    return .assignment(target: target, op: isPlain ? nil : op, value: value)
  }

  private func isAssignable(_ target: Expr) -> Bool {
    switch target.kind {
    case .name, .index: !target.parenthesised
    case .member(_, _, let optional): !optional && !target.parenthesised
    default: false
    }
  }

  private func assignmentHint(_ target: Expr) -> String? {
    switch target.kind {
    case .member(_, _, true): "only reading may skip what is `none`; write `.`"
    case .list, .map: "a pattern stands behind `let`, `var` or `for`"
    case _ where target.parenthesised: "leave out the parentheses"
    default: token.kind == .assign ? "equality is `==`" : nil
    }
  }

  static func assignment(_ kind: TokenKind) -> (isPlain: Bool, BinaryOperator)? {
    switch kind {
    case .assign: (true, .add)
    case .plusAssign: (false, .add)
    case .minusAssign: (false, .subtract)
    case .starAssign: (false, .multiply)
    case .slashAssign: (false, .divide)
    case .floorAssign: (false, .floorDivide)
    case .percentAssign: (false, .remainder)
    case .powerAssign: (false, .power)
    default: nil
    }
  }

  private mutating func parseStrayClause() -> Statement.Kind {
    let word = text(of: token)
    let owner = token.kind == .else ? "`if` or `timeout`" : "`try`"
    report(
      token.kind == .else ? Code.misplacedElse : Code.catchClause, "`\(word)` belongs to no \(owner)", at: token.span,
      hint: "it stands right behind the `}` of its \(owner)")
    return .invalid
  }
}
