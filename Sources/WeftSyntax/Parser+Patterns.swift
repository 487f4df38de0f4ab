extension Parser {
  /// What stands behind `let`, `var` or `for`, or inside another pattern.
  mutating func parsePattern(for owner: String) -> Pattern {
    let start = token.start
    switch token.kind {
    case .name:
      if token.isWord(.underscore) {
        advance()
        return .discard(span(from: start))
      }
      return .name(takeName())
    case .leftBracket, .leftBrace:
      guard enter() else { return .discard(token.span) }
      defer { leave() }
      return token.kind == .leftBracket ? parseListPattern(owner) : parseMapPattern(owner)
    default:
      if token.kind.isReserved {
        reportReserved()
      } else {
        failExpecting("a name after \(owner)", code: Code.expectedName)
      }
      return .discard(token.span)
    }
  }

  private mutating func parseListPattern(_ owner: String) -> Pattern {
    let start = token.start
    let context = open()
    let base = brackets.count
    var parts: [Pattern] = []
    while !recovering, token.kind != .rightBracket, token.kind != .end {
      parts.append(parsePattern(for: owner))
      if recovering { recoverElement(base: base) }
      guard !recovering, take(.comma) else { break }
    }
    close(.rightBracket, context, orElse: "`,`")
    return .list(parts, span(from: start))
  }

  private mutating func parseMapPattern(_ owner: String) -> Pattern {
    let start = token.start
    let context = open()
    let base = brackets.count
    var parts: [(key: Name, pattern: Pattern)] = []
    while !recovering, token.kind != .rightBrace, token.kind != .end {
      if let part = parseMapPatternPart(owner) { parts.append(part) }
      if recovering { recoverElement(base: base) }
      guard !recovering, take(.comma) else { break }
    }
    close(.rightBrace, context, orElse: "`,`")
    return .map(parts, span(from: start))
  }

  private mutating func parseMapPatternPart(_ owner: String) -> (key: Name, pattern: Pattern)? {
    let key: Name
    if token.kind == .stringStart {
      guard let (text, span) = parsePlainString("a key in a pattern") else { return nil }
      key = Name(text: text, span: span)
      guard token.kind == .colon else {
        failExpecting("`:`")
        return nil
      }
    } else if token.kind == .name || (token.kind.isReserved && peek().kind == .colon) {
      key = takeName()
    } else {
      if token.kind.isReserved { reportReserved() } else { failExpecting("a key", code: Code.expectedName) }
      return nil
    }
    return (key, take(.colon) ? parsePattern(for: owner) : .name(key))
  }
}
