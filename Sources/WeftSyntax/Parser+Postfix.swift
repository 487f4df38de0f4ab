extension Parser {
  /// A primary expression with everything that follows it: calls, indexes and members.
  mutating func parseOperand() -> Expr {
    let outer = height
    height = 0
    let start = token.start
    let first = parsePrimary()
    let result = parsePostfix(first, start)
    height = max(outer, height)
    return result
  }

  mutating func parsePostfix(_ first: Expr, _ start: Int32) -> Expr {
    var base = first
    while !recovering {
      switch token.kind {
      case .dot, .questionDot: base = parseMember(base, start)
      case .leftParen:
        if atLineEnd { return base }
        let arguments = parseArguments()
        base = Expr(.call(callee: base, arguments: arguments), span(from: start))
      case .leftBracket:
        if atLineEnd { return base }
        base = parseIndex(base, start)
      default: return base
      }
      grow()
    }
    return base
  }

  private mutating func parseMember(_ base: Expr, _ start: Int32) -> Expr {
    let optional = token.kind == .questionDot
    let dot = text(of: token)
    advance()
    guard token.kind.isWord, !atLineEnd else {
      failExpecting("a name after `\(dot)`", code: Code.expectedName)
      return Expr(.invalid, span(from: start))
    }
    let name = takeName()
    return Expr(.member(base: base, name: name, optional: optional), span(from: start))
  }

  private mutating func parseIndex(_ base: Expr, _ start: Int32) -> Expr {
    guard enter() else { return base }
    defer { leave() }
    let context = open()
    let inner = brackets.count
    let index: Expr
    if token.kind == .rightBracket {
      failExpecting("an index", code: Code.expectedExpression)
      index = Expr(.invalid, token.span)
    } else {
      index = parseExpression()
      if !recovering, token.kind == .colon {
        report(
          Code.expectedToken, "a slice is written with a range", at: token.span, hint: "write `[a..<b]` for `[a:b]`")
      }
    }
    if recovering { recoverElement(base: inner) }
    close(.rightBracket, context)
    return Expr(.index(base: base, index: index), span(from: start))
  }

  /// `(a, b, label: c)`
  mutating func parseArguments() -> [Argument] {
    guard enter() else { return [] }
    defer { leave() }
    var arguments: [Argument] = []
    let context = open()
    let base = brackets.count
    var named: Name?
    while !recovering, token.kind != .rightParen, token.kind != .end {
      let argument = parseArgument()
      if let label = argument.label {
        named = label
      } else if let named, !recovering {
        note(
          Code.argumentOrder, "a positional argument cannot follow a named one", at: argument.value.span,
          labels: [.init(span: named.span, text: "the first named one is `\(named.text)`")])
      }
      arguments.append(argument)
      if !recovering, token.kind != .comma, token.kind != .rightParen { reportArgumentEnd(argument) }
      if recovering { recoverElement(base: base) }
      guard !recovering, take(.comma) else { break }
    }
    close(.rightParen, context, orElse: "`,`")
    return arguments
  }

  private mutating func parseArgument() -> Argument {
    guard token.kind.isWord, peek().kind == .colon else {
      return Argument(label: nil, value: parseExpression())
    }
    let label = takeName()
    advance()
    return Argument(label: label, value: parseExpression())
  }

  private mutating func reportArgumentEnd(_ argument: Argument) {
    if token.kind == .assign, case .name(let name) = argument.value.kind {
      report(
        Code.assignmentInExpression, "an argument is named with `:`", at: token.span, hint: "write `\(name): …`")
    } else if token.kind == .for {
      report(
        Code.expectedToken, "a comprehension stands in brackets", at: token.span, hint: "write `[… for x in xs]`")
    } else {
      failExpecting("`,` or `)`")
    }
  }
}
