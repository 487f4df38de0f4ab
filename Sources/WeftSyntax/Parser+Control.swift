extension Parser {
  mutating func parseIf() -> Expr {
    let start = token
    noteHeadBlock("`if`")
    let base = brackets.count
    advance()
    var clauses = [parseClause(base: base)]
    var elseBody: Block?
    while !recovering {
      if isForeignElse {
        note(Code.foreignWord, "`\(text(of: token))` is not a word of Weft", at: token.span, caret: "write `else if`")
        advance()
        clauses.append(parseClause(base: base))
        continue
      }
      guard token.kind == .else else { break }
      advance()
      if at(.if) {
        advance()
        clauses.append(parseClause(base: base))
      } else {
        elseBody = parseBlock(for: "`else`", base: base)
        break
      }
    }
    return Expr(.ifElse(clauses: clauses, elseBody: elseBody), span(from: start.start))
  }

  private var isForeignElse: Bool {
    guard token.isWord(.elif) || token.isWord(.elseif) || token.isWord(.elsif) else { return false }
    switch peek().kind {
    case .assign, .dot, .comma: return false
    default: return !peek().newlineBefore
    }
  }

  private mutating func parseClause(base: Int) -> (condition: Expr, body: Block) {
    let condition = parseHead()
    if !recovering, token.kind == .assign { _ = reportAssignmentLookalike() }
    return (condition, parseBlock(for: "`if`", base: base))
  }

  // MARK: try

  mutating func parseTry() -> Expr {
    let start = token
    noteHeadBlock("`try`")
    let base = brackets.count
    advance()
    let body = parseBlock(for: "`try`", base: base)
    var catches: [CatchClause] = []
    var finally: FinallyClause?
    while !recovering {
      if token.kind == .catch || token.isWord(.except) && !atLineEnd {
        if let finally, let first = catches.last?.span ?? Optional(finally.body.span) {
          note(
            Code.catchClause, "`catch` cannot follow `finally`", at: token.span,
            labels: [.init(span: first, text: "`finally` is the last clause")])
        }
        catches.append(parseCatch(base: base))
      } else if token.kind == .finally {
        if finally != nil { note(Code.repeatedClause, "a `try` has one `finally`", at: token.span) }
        finally = parseFinally(base: base)
      } else {
        break
      }
    }
    if catches.isEmpty, finally == nil {
      note(
        Code.tryAlone, "`try` needs a `catch` or a `finally`", at: start.span,
        hint: "errors go up by themselves; `try` stands only where one is handled")
    }
    return Expr(.tryCatch(body: body, catches: catches, finally: finally), span(from: start.start))
  }

  private mutating func parseCatch(base: Int) -> CatchClause {
    let start = token.start
    if token.kind == .name {
      note(Code.foreignWord, "`except` is not a word of Weft", at: token.span, caret: "write `catch`")
    }
    advance()
    if at(.leftParen) {
      report(
        Code.catchClause, "`catch` has no parentheses", at: token.span,
        hint: "write `catch e { … }` or `catch K as e { … }`")
    }
    let isNextHere = !newlinesEnd || !peek().newlineBefore
    let isEach = !recovering && token.isWord(.each) && isNextHere && peek().kind != .leftBrace
    if isEach { advance() }
    var kinds: [Name] = []
    var binding: Name?
    if !recovering, token.kind != .leftBrace { (kinds, binding) = parseCaught(isEach: isEach) }
    let body = parseBlock(for: "`catch`", base: base)
    return CatchClause(isEach: isEach, kinds: kinds, binding: binding, body: body, span: span(from: start))
  }

  /// `K, L as e` or `e`, behind `catch`.
  private mutating func parseCaught(isEach: Bool) -> (kinds: [Name], binding: Name?) {
    guard at(.name) else {
      if token.kind.isReserved, !atLineEnd {
        reportReserved()
      } else {
        failExpecting("a kind, a name or `{` after `catch`", code: Code.catchClause)
      }
      return ([], nil)
    }
    let first = name(of: token)
    if !isCapital(first), peek().kind != .dot {
      if isEach || peek().kind == .comma || peek().isWord(.as) {
        report(
          Code.catchClause, "a kind of error begins with a capital letter", at: token.span,
          hint: "`catch e { … }` catches everything as `e`")
        return ([], nil)
      }
      return ([], takeName())
    }
    var kinds: [Name] = []
    repeat {
      if let kind = parseKind() { kinds.append(kind) }
    } while !recovering && at(.comma) && take(.comma)
    guard !recovering else { return (kinds, nil) }
    if token.isWord(.as), !atLineEnd {
      advance()
      return (kinds, parseDeclaredName("`as`"))
    }
    if token.kind == .name, !atLineEnd {
      report(
        Code.catchClause, "expected `as` or `{`, found `\(text(of: token))`", at: token.span,
        hint: "write `catch \(kinds.first?.text ?? "K") as \(text(of: token)) { … }`")
    }
    return (kinds, nil)
  }

  private mutating func parseFinally(base: Int) -> FinallyClause {
    advance()
    var limit: Expr?
    if at(.leftParen) {
      let context = open()
      limit = parseExpression()
      close(.rightParen, context)
    }
    return FinallyClause(limit: limit, body: parseBlock(for: "`finally`", base: base))
  }
}
