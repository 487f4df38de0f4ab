extension Parser {
  // MARK: sleep and fetch

  mutating func parseSleep() -> Expr {
    let start = token
    advance()
    if token.kind == .leftParen {
      let arguments = parseArguments()
      let whole = span(from: start.start)
      if !recovering, arguments.count != 1 || arguments[0].label != nil {
        note(Code.workOperand, "`sleep` takes one duration", at: whole, hint: "write `sleep 1.5s`")
      }
      return Expr(.sleep(arguments.first?.value ?? Expr(.invalid, whole)), whole)
    }
    let operand = parseWorkOperand(of: start, needs: "a duration", example: "sleep 1.5s")
    let result = Expr(.sleep(operand), span(from: start.start))
    bareWorkEnd = index
    return result
  }

  mutating func parseFetch() -> Expr {
    let start = token
    advance()
    if token.kind == .leftParen {
      let arguments = parseArguments()
      let whole = span(from: start.start)
      if !recovering, arguments.isEmpty {
        note(Code.workOperand, "`fetch` needs a URL", at: whole, hint: "write `fetch url`")
      }
      return Expr(.fetch(arguments: arguments), whole)
    }
    let operand = parseWorkOperand(of: start, needs: "a URL", example: "fetch url")
    let result = Expr(.fetch(arguments: [Argument(label: nil, value: operand)]), span(from: start.start))
    bareWorkEnd = index
    return result
  }

  /// The one operand that a word of work takes without parentheses.
  private mutating func parseWorkOperand(of word: Token, needs: String, example: String) -> Expr {
    let name = text(of: word)
    switch token.kind {
    case .minus, .not, .leftBrace, .plus:
      report(
        Code.workOperand, "`\(name)` takes a plain operand without parentheses", at: token.span,
        hint: "write `\(name)(…)` around anything longer than a name, a literal or a call")
      return Expr(.invalid, token.span)
    default: break
    }
    guard beginsOperand(token.kind) else {
      if token.kind == .invalidLiteral { return parseOperand() }
      let place = missingSpan
      if token.kind == .end {
        failExpecting(needs, code: Code.workOperand)
      } else {
        report(
          Code.workOperand, "`\(name)` needs \(needs)", at: place, caret: "found \(foundText)",
          hint: "write `\(example)`")
      }
      return Expr(.invalid, place)
    }
    return parseOperand()
  }

  private func beginsOperand(_ kind: TokenKind) -> Bool {
    switch kind {
    case .name, .literal, .stringStart, .leftParen, .leftBracket, .true, .false, .noneValue: true
    case .sleep, .fetch, .compute, .await, .start, .gather, .race, .taskgroup, .if, .try, .with: true
    default: false
    }
  }

  /// Called where a binary operator follows: `sleep d * 2` could mean either of two things.
  mutating func checkBareWork(before operatorToken: Token) {
    guard bareWorkEnd == index else { return }
    reportBareWork(operatorToken)
  }

  /// Called when the right operand of an operator has been parsed.
  mutating func checkBareWork(after operatorToken: Token) {
    guard bareWorkEnd == index, !recovering else { return }
    reportBareWork(operatorToken)
  }

  private mutating func reportBareWork(_ operatorToken: Token) {
    bareWorkEnd = -1
    note(
      Code.bareWork, "`sleep` and `fetch` need parentheses beside an operator", at: operatorToken.span,
      hint: "write `sleep(d * 2)` to work out the operand first, or `(fetch url)` to use the result")
  }

  // MARK: compute

  mutating func parseCompute() -> Expr {
    let start = token
    advance()
    if at(.leftBrace) {
      noteHeadBlock("`compute { }`")
      let body = parseBlock(for: "`compute`", base: brackets.count)
      return Expr(.computeBlock(body), span(from: start.start))
    }
    let operand: Expr
    if token.kind == .leftParen, peek().kind == .for, peek(2).kind == .colon {
      let context = open()
      advance()
      advance()
      let amount = parseExpression()
      close(.rightParen, context)
      return Expr(.computeFor(amount), span(from: start.start))
    } else if token.kind == .leftParen {
      operand = parseEnclosed()
    } else {
      operand = parseWorkOperand(of: start, needs: "a call, a block or a duration", example: "compute f(x)")
    }
    let whole = span(from: start.start)
    switch operand.kind {
    case .call: return Expr(.computeCall(operand), whole)
    case .duration: return Expr(.computeFor(operand), whole)
    case .invalid: return Expr(.invalid, whole)
    default:
      note(
        Code.workOperand, "`compute` needs a call, a block or a duration", at: operand.span,
        hint: "write `compute f(x)`, `compute { … }` or `compute(for: duration)`")
      return Expr(.invalid, whole)
    }
  }

  /// What stands in parentheses right behind a word of work. Members and calls behind it belong to the word's result.
  private mutating func parseEnclosed() -> Expr {
    guard enter() else { return Expr(.invalid, token.span) }
    defer { leave() }
    let context = open()
    let base = brackets.count
    let inner: Expr
    if token.kind == .rightParen {
      failExpecting("an operand", code: Code.workOperand)
      inner = Expr(.invalid, token.span)
    } else {
      inner = parseExpression()
    }
    if !recovering, token.kind != .rightParen { failExpecting("`)`") }
    if recovering { recoverElement(base: base) }
    if !recovering, token.kind == .comma { failExpecting("`)`") }
    close(.rightParen, context)
    return inner
  }

  // MARK: await and start

  mutating func parseAwait() -> Expr {
    let start = token
    advance()
    let operand =
      token.kind == .leftParen
      ? parseEnclosed()
      : parseWorkOperand(of: start, needs: "a handle from `start`", example: "await t")
    if case .call(let callee, _) = operand.kind, case .name(let name) = callee.kind {
      advise(
        Code.awaitedCall, "a call already waits", at: start.span,
        hint: "`\(name)(…)` gives its value when it is done; `await` takes a handle from `start`")
    }
    return Expr(.await(operand), span(from: start.start))
  }

  mutating func parseStart() -> Expr {
    let start = token
    advance()
    var group: Expr?
    if token.kind == .leftParen, peek().kind == .in, peek(2).kind == .colon {
      let context = open()
      advance()
      advance()
      group = parseExpression()
      close(.rightParen, context)
    }
    guard !recovering else { return Expr(.invalid, span(from: start.start)) }
    if at(.leftBrace) {
      noteHeadBlock("`start { }`")
      let body = parseBlock(for: "`start`", base: brackets.count)
      return Expr(.start(group: group, work: .block(body)), span(from: start.start))
    }
    let operand =
      token.kind == .leftParen && group == nil
      ? parseEnclosed() : parseWorkOperand(of: start, needs: "a call or a block", example: "start f(x)")
    let whole = span(from: start.start)
    guard let work = startedWork(operand) else { return Expr(.invalid, whole) }
    return Expr(.start(group: group, work: work), whole)
  }

  private mutating func startedWork(_ operand: Expr) -> StartedWork? {
    switch operand.kind {
    case .call, .sleep, .fetch, .computeCall, .computeBlock, .computeFor: return .expression(operand)
    case .gather, .taskgroup, .scoped, .with, .tryCatch, .ifElse:
      // `start retry(3) { … }` can only mean that the whole block is the task.
      let statement = Statement(.expression(operand), operand.span)
      return .block(Block(statements: [statement], span: operand.span))
    case .invalid: return nil
    default:
      note(
        Code.workOperand, "`start` needs a call or a block", at: operand.span,
        hint: "write `start f(x)` or `start { … }`")
      return nil
    }
  }
}
