extension Parser {
  mutating func parseList() -> Expr {
    let start = token.start
    guard enter() else { return Expr(.invalid, token.span) }
    defer { leave() }
    let context = open()
    let base = brackets.count
    var elements: [Expr] = []
    var clauses: [ComprehensionClause] = []
    while !recovering, token.kind != .rightBracket, token.kind != .end {
      elements.append(parseExpression())
      if !recovering, token.kind == .for, elements.count == 1 { clauses = parseClauses() }
      if !recovering, token.kind != .comma, token.kind != .rightBracket { failExpecting("`,` or `]`") }
      if recovering { recoverElement(base: base) }
      guard !recovering, clauses.isEmpty, take(.comma) else { break }
    }
    close(.rightBracket, context, orElse: clauses.isEmpty ? "`,`" : nil)
    grow()
    if clauses.isEmpty { return Expr(.list(elements), span(from: start)) }
    return Expr(.listComprehension(element: elements[0], clauses: clauses), span(from: start))
  }

  /// `for x in xs if x > 0 for …`
  private mutating func parseClauses() -> [ComprehensionClause] {
    var clauses: [ComprehensionClause] = []
    while !recovering {
      if token.kind == .for {
        mark(.clause)
        advance()
        let (pattern, sequence) = parseForHead(isClause: true)
        clauses.append(.forEach(pattern, sequence))
      } else if token.kind == .if {
        mark(.clause)
        advance()
        clauses.append(.condition(parseExpression()))
      } else {
        break
      }
    }
    return clauses
  }

  mutating func parseMap() -> Expr {
    let start = token.start
    if inHead {
      // `{ … }` may be the body, before which nothing stands, or `{}` with the body behind it.
      guard beginsMap() || (peek().kind == .rightBrace && peek(2).kind == .leftBrace) else {
        report(Code.expectedExpression, "expected an expression before `{`", at: token.span)
        return Expr(.invalid, token.span)
      }
      noteHeadBlock("a map")
    }
    guard enter() else { return Expr(.invalid, token.span) }
    defer { leave() }
    let context = open()
    let base = brackets.count
    var entries: [MapEntry] = []
    var clauses: [ComprehensionClause] = []
    while !recovering, token.kind != .rightBrace, token.kind != .end {
      if let entry = parseEntry() { entries.append(entry) }
      if !recovering, token.kind == .for, entries.count == 1 { clauses = parseMapClauses(entries[0]) }
      if !recovering, token.kind != .comma, token.kind != .rightBrace { failExpecting("`,` or `}`") }
      if recovering { recoverElement(base: base) }
      guard !recovering, clauses.isEmpty, take(.comma) else { break }
    }
    close(.rightBrace, context, orElse: clauses.isEmpty ? "`,`" : nil)
    grow()
    if !clauses.isEmpty, case .computed(let key, let value)? = entries.first {
      return Expr(.mapComprehension(key: key, value: value, clauses: clauses), span(from: start))
    }
    return Expr(.map(entries), span(from: start))
  }

  private mutating func parseMapClauses(_ entry: MapEntry) -> [ComprehensionClause] {
    if case .named(let key, _) = entry {
      report(
        Code.mapKey, "a comprehension gives every entry the same key `\(key.text)`", at: key.span,
        hint: "a key that is worked out stands in brackets: `{[\(key.text)]: … for …}`")
      return []
    }
    return parseClauses()
  }

  private mutating func parseEntry() -> MapEntry? {
    switch token.kind {
    case .leftBracket: return parseComputedEntry()
    case .stringStart: return parseStringEntry()
    case .literal, .minus, .true, .false, .noneValue:
      if token.kind.isReserved, peek().kind == .colon { break }
      report(
        Code.mapKey, "a key that is not a name or a string stands in brackets", at: token.span,
        hint: "write `{[\(shortText(of: token))]: …}`")
      return nil
    case .star, .power:
      report(Code.mapKey, "a map cannot be spread into another", at: token.span)
      return nil
    default: break
    }
    guard token.kind.isWord else {
      failExpecting("a key or `}`", code: Code.mapKey)
      return nil
    }
    let word = token
    if peek().kind == .colon {
      let key = takeName()
      advance()
      return .named(key, parseExpression())
    }
    let next = peek().kind
    if word.kind == .name, next == .comma || next == .rightBrace {
      let key = takeName()
      return .named(key, Expr(.name(key.text), key.span))
    }
    if next == .assign {
      report(Code.mapKey, "a key and its value are separated by `:`", at: peek().span, caret: "not `=`")
      return nil
    }
    report(
      Code.mapKey, "expected `:` after the key `\(text(of: word))`", at: peek().kind == .end ? word.span : peek().span,
      hint: "a `{` where a value may stand begins a map; a block follows a word such as `if` or `gather`")
    return nil
  }

  private mutating func parseComputedEntry() -> MapEntry? {
    let context = open()
    let key = parseExpression()
    close(.rightBracket, context)
    guard !recovering else { return nil }
    guard take(.colon) else {
      failExpecting("`:` after the key", code: Code.mapKey)
      return nil
    }
    return .computed(key, parseExpression())
  }

  private mutating func parseStringEntry() -> MapEntry? {
    let string = parseString()
    guard !recovering else { return nil }
    var key = Name(text: "", span: string.span)
    if case .string(let parts) = string.kind, let first = parts.first {
      if parts.count == 1, case .text(let text) = first {
        key = Name(text: text, span: string.span)
      } else {
        note(
          Code.mapKey, "a key with `\\( )` stands in brackets", at: string.span,
          hint: "write `{[\"…\"]: …}`")
      }
    }
    guard take(.colon) else {
      failExpecting("`:` after the key", code: Code.mapKey)
      return nil
    }
    return .named(key, parseExpression())
  }
}
