/// What people write who know another language, and what Weft has in its place.
extension Parser {
  /// `def f(x) { }`, `const x = 1`, `raise E()`: reported, and read as what was meant.
  mutating func parseForeignStatement() -> Statement.Kind? {
    let next = peek()
    guard token.value >= Word.elif.rawValue, !next.newlineBefore, next.kind == .name else { return nil }
    let word = names[Int(token.value)]
    switch token.value {
    case Word.def.rawValue, Word.func.rawValue, Word.fn.rawValue, Word.function.rawValue:
      noteForeign(word, "task")
      return parseTask()
    case Word.const.rawValue:
      noteForeign(word, "let")
      return parseBinding()
    case Word.raise.rawValue:
      noteForeign(word, "throw")
      advance()
      return .throwError(parseExpression())
    case Word.async.rawValue:
      note(
        Code.foreignWord, "`async` is not a word of Weft", at: token.span, caret: "remove this",
        hint: "any task may wait, and its caller needs no `await`")
      // A loop, because the word may be repeated without end.
      while token.isWord(.async) { advance() }
      return parseStatement().kind
    default: return nil
    }
  }

  private mutating func noteForeign(_ word: String, _ ours: String) {
    note(Code.foreignWord, "`\(word)` is not a word of Weft", at: token.span, caret: "write `\(ours)`")
  }

  /// Words that stand for values elsewhere. True if one stands here.
  mutating func reportForeignName() -> Bool {
    let next = peek()
    switch token.value {
    case Word.pythonNone.rawValue, Word.pythonTrue.rawValue, Word.pythonFalse.rawValue:
      let word = names[Int(token.value)]
      note(Code.foreignWord, "`\(word)` is not a value", at: token.span, caret: "write `\(word.lowercased())`")
      advance()
      return true
    case Word.underscore.rawValue where !underscoreHasValue:
      note(
        Code.expectedName, "`_` has no value", at: token.span, hint: "it only stands where a value is discarded")
      advance()
      return true
    case Word.lambda.rawValue where next.kind == .name || next.kind == .colon:
      report(
        Code.foreignWord, "`lambda` is not a word of Weft", at: token.span, hint: "write `x => …` or `(a, b) => …`")
      return true
    default: return false
    }
  }

  /// `=` in the middle of an expression.
  mutating func reportAssignmentLookalike() -> Bool {
    guard Parser.assignment(token.kind) != nil, !atLineEnd else { return false }
    report(
      Code.assignmentInExpression, "an assignment has no value", at: token.span,
      hint: token.kind == .assign ? "equality is `==`" : nil)
    return true
  }

  mutating func reportMissingBlock(for owner: String) {
    if token.kind == .colon {
      report(
        Code.expectedBlock, "\(owner) takes its body in braces", at: token.span, caret: "not `:`",
        hint: "write `{ … }`")
    } else if token.kind == .leftBrace {
      report(
        Code.expectedBlock, "the `{` of \(owner) stands on the same line", at: token.span,
        hint: "move it to the end of the line before")
    } else if token.isWord(.as), owner != "`catch`" {
      failExpecting("`{` after \(owner)", code: Code.expectedBlock)
    } else if !atLineEnd, Parser.assignment(token.kind) != nil {
      _ = reportAssignmentLookalike()
    } else {
      failExpecting("the `{` of \(owner)", code: Code.expectedBlock)
    }
  }

  /// Nothing that could begin an expression stands here.
  mutating func reportNoExpression() {
    switch token.kind {
    case .for, .while, .break, .continue, .let, .var, .import, .expect, .throw, .return:
      // At the start of a line the expression before it is what is missing.
      if token.newlineBefore { return failExpecting("an expression", code: Code.expectedExpression) }
      let word = text(of: token)
      report(
        Code.statementAsValue, "`\(word)` is a statement and has no value", at: token.span,
        hint: token.kind == .for ? "`gather for` and `[… for x in xs]` have one" : nil)
    case .rightParen, .rightBracket:
      let word = text(of: token)
      if brackets.last?.kind == (token.kind == .rightParen ? .leftParen : .leftBracket) {
        failExpecting("an expression", code: Code.expectedExpression)
      } else {
        report(Code.unmatched, "`\(word)` closes nothing", at: token.span)
      }
    case .floorSlash:
      report(
        Code.expectedExpression, "expected an expression, found `//`", at: token.span, hint: "a comment begins with `#`"
      )
    case .dot where peek().kind == .literal:
      report(
        Code.malformedNumber, "a number begins with a digit", at: token.span,
        hint: "write `0.\(text(of: peek()))`")
    default:
      failExpecting("an expression", code: Code.expectedExpression)
    }
  }

  /// Something follows a complete statement on its line.
  mutating func reportJunk(after statement: Statement?) {
    if reportAssignmentLookalike() { return }
    let found = foundText
    var hint: String?
    switch token.kind {
    case .rightParen, .rightBracket:
      return report(Code.unmatched, "\(found) closes nothing", at: token.span)
    case .comma: hint = "values that belong together stand in a list: `[a, b]`"
    case .question: hint = "`if` is an expression: `if c { a } else { b }`"
    case .if: hint = "write `if c { a } else { b }` for `a if c else b`"
    case .for: hint = "a comprehension stands in brackets: `[… for x in xs]`"
    case .arrow: hint = "the parameters of an anonymous task are plain names: `(a, b) => …`"
    case .colon: hint = "names have no types, and a map stands in `{ }`"
    case .leftBrace: hint = blockHint(after: statement)
    case .stringStart, .literal, .name:
      if let statement, case .expression(let value) = statement.kind, case .name(let name) = value.kind,
        !["task", "error", "param", "test", "bench", "mock"].contains(name)
      {
        hint = "a call needs parentheses: `\(name)(…)`"
      }
    default: break
    }
    if token.isWord(.elif) || token.isWord(.elseif) { hint = "write `else if`" }
    report(Code.expectedEnd, "expected a new line or `;` before \(found)", at: token.span, hint: hint)
  }

  /// `{` behind a call: a block word spelled wrong, or a trailing closure.
  private func blockHint(after statement: Statement?) -> String {
    let words = ["semaphore", "rate", "pool", "timeout", "retry", "shield", "gather", "race", "taskgroup", "throws"]
    if let name = statement.flatMap(Parser.calledName), let word = closestMatch(to: name, among: words) {
      return "did you mean `\(word)`?"
    }
    return "only the words of the language take a block; pass `() => { … }` as an argument"
  }

  private static func calledName(_ statement: Statement) -> String? {
    let value: Expr
    switch statement.kind {
    case .expression(let expression): value = expression
    case .binding(_, let expression, _): value = expression
    case .assignment(_, _, let expression): value = expression
    default: return nil
    }
    switch value.kind {
    case .name(let name): return name
    case .call(let callee, _):
      guard case .name(let name) = callee.kind else { return nil }
      return name
    default: return nil
    }
  }

  mutating func reportTypeAnnotation() -> Statement.Kind {
    report(
      Code.typeAnnotation, "names have no types", at: token.span, hint: "write `let x = value`")
    return .invalid
  }
}
