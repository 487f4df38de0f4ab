extension Parser {
  // MARK: Reporting

  /// Reports a problem after which this construct cannot go on.
  mutating func report(
    _ code: String, _ message: String, at span: Span, caret: String? = nil, labels: [Diagnostic.Label] = [],
    hint: String? = nil
  ) {
    guard !recovering else { return }
    recovering = true
    // The lexer has told why the construct ends here.
    if !token.flags.isDisjoint(with: [.madeUp, .damaged]) || (token.kind == .end && endsInString) { return }
    // What a line lacks at its end may be told again where the next one begins.
    if let last = diagnostics.last, last.span == span, last.code == code { return }
    diagnostics.append(Diagnostic(.error, code, message, at: span, caret: caret, labels: labels, hint: hint))
  }

  /// Reports a problem that does not keep the parser from going on.
  mutating func note(
    _ code: String, _ message: String, at span: Span, caret: String? = nil, labels: [Diagnostic.Label] = [],
    hint: String? = nil
  ) {
    guard !recovering else { return }
    // Both operands of one operator may be wrong in the same way.
    if let last = diagnostics.last, last.span == span, last.code == code { return }
    diagnostics.append(Diagnostic(.error, code, message, at: span, caret: caret, labels: labels, hint: hint))
  }

  /// Says what is allowed but hardly meant.
  mutating func advise(_ code: String, _ message: String, at span: Span, hint: String) {
    guard !recovering else { return }
    diagnostics.append(Diagnostic(.warning, code, message, at: span, hint: hint))
  }

  /// Where to point when something is missing: at the next token, or behind the last one if the line ends there.
  var missingSpan: Span {
    if token.kind == .end || token.newlineBefore { return Span(Int(previousEnd), Int(previousEnd)) }
    return token.span
  }

  var foundText: String {
    switch token.kind {
    case .end: "the end of the file"
    case .stringStart: "a string"
    case .interpolationEnd: "`)`"
    case .formatSpec: "`:`"
    case .stringEnd, .stringText: "the end of the string"
    default: token.newlineBefore && newlinesEnd ? "a new line" : "`\(shortText(of: token))`"
    }
  }

  func shortText(of token: Token) -> String {
    let text = text(of: token)
    return text.utf8.count <= 40 ? text : String(text.prefix(30)) + "…"
  }

  /// Reports that `expected` (words, or tokens in backticks) should stand at the current token.
  mutating func failExpecting(_ expected: String, code: String = Code.expectedToken, hint: String? = nil) {
    if reportUnclosed() { return }
    var labels: [Diagnostic.Label] = []
    if !newlinesEnd, let bracket = brackets.last {
      let opening = source.text(Span(Int(bracket.start), Int(bracket.start) + 1))
      labels = [.init(span: Span(Int(bracket.start), Int(bracket.start) + 1), text: "`\(opening)` opened here")]
    }
    report(code, "expected \(expected), found \(foundText)", at: missingSpan, labels: labels, hint: hint)
  }

  /// At the end of the file, and at a closing bracket of another kind, the bracket that is open is what to tell about.
  private mutating func reportUnclosed() -> Bool {
    guard !recovering, let bracket = brackets.last else { return false }
    let closer: TokenKind =
      switch bracket.kind {
      case .leftParen: .rightParen
      case .leftBracket: .rightBracket
      default: .rightBrace
      }
    let atEnd = token.kind == .end
    let mismatched = [.rightParen, .rightBracket, .rightBrace].contains(token.kind) && token.kind != closer
    guard atEnd || mismatched else { return false }
    let opening = Span(Int(bracket.start), Int(bracket.start) + 1)
    var labels: [Diagnostic.Label] = []
    if mismatched {
      labels = [.init(span: token.span, text: "expected \(Parser.spelling(of: closer)) before this")]
    } else if let suspect = misindentedBrace(), suspect.start != bracket.start {
      labels = [.init(span: suspect, text: "by its indentation, this one lacks its `}`")]
    }
    let reportable = !recovering && !(atEnd && endsInString)
    report(
      Code.unclosed, "`\(source.text(opening))` is never closed", at: opening,
      caret: "no matching \(Parser.spelling(of: closer))", labels: labels)
    if atEnd, reportable {
      endProblems += 1
      // The brackets further out are open for the same reason.
      stopped = true
    }
    return true
  }

  /// The first `{` whose `}` is indented less than its line: most likely that `}` was meant for a block further out.
  private func misindentedBrace() -> Span? {
    var open: [Token] = []
    for token in tokens {
      if token.kind == .leftBrace { open.append(token) }
      guard token.kind == .rightBrace, let opener = open.popLast(), token.newlineBefore else { continue }
      if indentation(at: token.start) < indentation(at: opener.start) { return opener.span }
    }
    return nil
  }

  // MARK: Going on

  /// The indentation, in bytes, of the line that holds `offset`.
  private func indentation(at offset: Int32) -> Int {
    let start = Int(source.lineStarts[source.line(at: Int(offset)) - 1])
    var end = start
    while end < source.bytes.count, source.bytes[end] == 0x20 || source.bytes[end] == 0x09 { end += 1 }
    return end - start
  }

  /// Whether a line that begins with this token goes on with the statement before it.
  static func continuesLine(_ kind: TokenKind) -> Bool {
    switch kind {
    case .dot, .questionDot, .coalesce, .and, .or, .else, .catch, .finally: true
    default: false
    }
  }

  private static func closes(_ kind: TokenKind) -> Bool {
    kind == .rightParen || kind == .rightBracket || kind == .rightBrace
  }

  private static func opens(_ kind: TokenKind) -> Bool {
    kind == .leftParen || kind == .leftBracket || kind == .leftBrace
  }

  private static func opener(of kind: TokenKind) -> TokenKind {
    switch kind {
    case .rightParen: .leftParen
    case .rightBracket: .leftBracket
    default: .leftBrace
    }
  }

  /// Steps over a whole string, whatever stands in it.
  mutating func skipString() {
    var open = 0
    repeat {
      if token.kind == .stringStart { open += 1 }
      if token.kind == .stringEnd { open -= 1 }
      advance()
    } while open > 0 && token.kind != .end
  }

  /// Steps over the current token, keeping `brackets` in step. False if it closes something at or below `base`.
  private mutating func skipToken(base: Int) -> Bool {
    if token.kind == .stringStart {
      skipString()
      return true
    }
    if Parser.opens(token.kind) {
      brackets.append(OpenBracket(kind: token.kind, start: token.start))
    } else if Parser.closes(token.kind) {
      let opener = Parser.opener(of: token.kind)
      // Only so far back, or a wall of brackets would take time that grows with the square.
      if let match = brackets.suffix(256).lastIndex(where: { $0.kind == opener }) {
        guard match >= base else { return false }
        brackets.removeSubrange(match...)
      }
    }
    advance()
    return true
  }

  /// After a problem in a statement: goes to where the next one seems to begin.
  mutating func recoverStatement(from start: Token, base: Int, commaSeparates: Bool = false) {
    guard !stopped else { return }
    let indent = indentation(at: start.start)
    while token.kind != .end {
      if token.newlineBefore, token.start != start.start, !Parser.continuesLine(token.kind) {
        if brackets.count <= base { break }
        // Inside an open bracket only the layout tells that the author had left it.
        if !Parser.closes(token.kind), indentation(at: token.start) <= indent {
          forgivenBraces += brackets[base...].reduce(0) { $0 + ($1.kind == .leftBrace ? 1 : 0) }
          break
        }
      }
      if token.kind == .semicolon, brackets.count <= base || brackets.last?.kind != .leftBrace { break }
      if commaSeparates, brackets.count <= base, token.kind == .comma { break }
      if !skipToken(base: base) { break }
    }
    if brackets.count > base { brackets.removeSubrange(base...) }
    recovering = false
  }

  /// After a problem in the head of a block: goes to the block's `{` if it is on the same line, so that what stands in the
  /// block is read all the same.
  mutating func recoverToBlock(base: Int) {
    guard recovering, !stopped else { return }
    let (savedIndex, savedToken, savedEnd, savedBrackets) = (index, token, previousEnd, brackets)
    while token.kind != .end, !(token.newlineBefore && index > savedIndex) {
      // Except in `for (i = 0; …)`, a semicolon ends the statement.
      if token.kind == .semicolon, brackets.count <= savedBrackets.count { break }
      if token.kind == .leftBrace {
        brackets.removeSubrange(min(base, brackets.count)...)
        recovering = false
        return
      }
      if !skipToken(base: base) { break }
    }
    (index, token, previousEnd, brackets) = (savedIndex, savedToken, savedEnd, savedBrackets)
  }

  /// After a problem in one element of a list in brackets: goes to the next comma or to the end of the list. Leaves
  /// `recovering` set if the end of the list cannot be told.
  mutating func recoverElement(base: Int) {
    guard recovering, !stopped, let opening = brackets.indices.contains(base - 1) ? brackets[base - 1] : nil else {
      return
    }
    let (savedIndex, savedToken, savedEnd, savedBrackets) = (index, token, previousEnd, brackets)
    let indent = indentation(at: opening.start)
    while token.kind != .end, token.kind != .interpolationEnd, token.kind != .stringEnd, token.kind != .formatSpec {
      if token.newlineBefore, !Parser.closes(token.kind), !Parser.continuesLine(token.kind),
        startsDeclaration(token.kind) || indentation(at: token.start) <= indent
      {
        break
      }
      if brackets.count <= base,
        token.kind == .comma || (Parser.closes(token.kind) && Parser.opener(of: token.kind) == opening.kind)
      {
        recovering = false
        return
      }
      if token.kind == .semicolon, brackets.count <= base { break }
      if !skipToken(base: base) { break }
    }
    (index, token, previousEnd, brackets) = (savedIndex, savedToken, savedEnd, savedBrackets)
  }

  private func startsDeclaration(_ kind: TokenKind) -> Bool {
    switch kind {
    case .let, .var, .import, .while, .return, .throw, .break, .continue, .expect: true
    default: false
    }
  }
}
