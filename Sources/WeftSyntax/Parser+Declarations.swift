extension Parser {
  mutating func parseTask() -> Statement.Kind {
    let start = token
    let base = brackets.count
    advance()
    let name = parseDeclaredName("`task`")
    var parameters: [Parameter] = []
    if !recovering {
      if at(.leftParen) {
        parameters = parseParameters()
      } else {
        failExpecting("`(`", hint: "a task without parameters is written `task \(name.text)() { … }`")
      }
    }
    let body: TaskBody
    if at(.arrow), !recovering {
      advance()
      body = parseArrowBody()
    } else {
      if !recovering, at(.assign) {
        report(
          Code.expectedBlock, "a task's expression follows `=>`", at: token.span,
          hint: "write `task \(name.text)(…) => …`")
      }
      body = .block(parseBlock(for: "`task`", base: base))
    }
    return .task(
      TaskDeclaration(
        name: name, parameters: parameters, body: body, documentation: documentation(before: start),
        span: span(from: start.start)))
  }

  /// The name that a declaration gives; a reserved word there is reported as such.
  mutating func parseDeclaredName(_ owner: String) -> Name {
    guard token.kind != .name || atLineEnd else { return takeName() }
    let missing = Name(text: "", span: Span(Int(token.start), Int(token.start)))
    if token.kind.isReserved, !atLineEnd {
      reportReserved()
    } else {
      failExpecting("a name after \(owner)", code: Code.expectedName)
    }
    return missing
  }

  mutating func reportReserved() {
    let word = text(of: token)
    report(
      Code.reservedWord, "`\(word)` is a reserved word and cannot be a name", at: token.span,
      hint: "`\(word)_` or another name will do")
  }

  /// `(a, b = 1)`
  mutating func parseParameters() -> [Parameter] {
    guard enter() else { return [] }
    defer { leave() }
    var parameters: [Parameter] = []
    let context = open()
    let base = brackets.count
    while !recovering, token.kind != .rightParen, token.kind != .end {
      parameters.append(parseParameter())
      if recovering { recoverElement(base: base) }
      guard !recovering, take(.comma) else { break }
    }
    close(.rightParen, context, orElse: "`,`")
    return parameters
  }

  private mutating func parseParameter() -> Parameter {
    guard token.kind == .name else {
      if token.kind.isReserved {
        reportReserved()
      } else if token.kind == .star || token.kind == .power {
        report(
          Code.expectedName, "a task takes a fixed number of parameters", at: token.span, hint: "pass a list or a map")
      } else if token.kind == .leftBracket || token.kind == .leftBrace {
        report(
          Code.pattern, "a parameter is one name", at: token.span, hint: "take the value apart with `let` in the body")
      } else {
        failExpecting("a parameter", code: Code.expectedName)
      }
      return Parameter(name: Name(text: "", span: token.span), defaultValue: nil)
    }
    let name = takeName()
    if token.kind == .colon {
      report(
        Code.typeAnnotation, "parameters have no types", at: token.span,
        hint: "a default is written `\(name.text) = value`")
    }
    let value = !recovering && take(.assign) ? parseExpression() : nil
    return Parameter(name: name, defaultValue: value)
  }

  /// What follows `=>`: `{` opens a map if a key and `:` follow, else a block.
  mutating func parseArrowBody() -> TaskBody {
    guard enter() else { return .expression(Expr(.invalid, token.span)) }
    defer { leave() }
    guard token.kind == .leftBrace, !beginsMap() else { return .expression(parseStatementlessExpression()) }
    noteHeadBlock("a block")
    return .block(parseBlock(for: "`=>`", base: brackets.count))
  }

  /// An expression where people like to write `throw` or `return`.
  private mutating func parseStatementlessExpression() -> Expr {
    if token.kind == .throw || token.kind == .return {
      let word = text(of: token)
      report(
        Code.statementAsValue, "`\(word)` is a statement and has no value", at: token.span,
        hint: token.kind == .return ? "what follows `=>` is returned already" : "put it in a block: `=> { \(word) … }`")
      return Expr(.invalid, token.span)
    }
    return parseExpression()
  }

  /// Whether the `{` at the current token is followed by `word:` or `"string":`.
  func beginsMap() -> Bool {
    let first = peek()
    if first.kind.isWord { return peek(2).kind == .colon }
    guard first.kind == .stringStart else { return false }
    if peek(2).kind == .stringEnd { return peek(3).kind == .colon }
    return peek(2).kind == .stringText && peek(3).kind == .stringEnd && peek(4).kind == .colon
  }

  mutating func parseErrorKinds() -> Statement.Kind {
    let start = token.span
    advance()
    var kinds: [Name] = []
    repeat {
      // Behind a comma the list goes on, on the next line too.
      let kind = token.kind == .name && !kinds.isEmpty ? takeName() : parseDeclaredName("`error`")
      guard !recovering else { break }
      checkCapital(kind, "a kind of error")
      kinds.append(kind)
      if at(.colon) {
        advance()
        if let parent = parseKind() { errorParents[kind.span.start] = parent }
      }
    } while !recovering && at(.comma) && take(.comma)
    checkTopLevel("`error`", start)
    return .errorKinds(kinds)
  }

  /// A kind's name, `K` or `lib.K`.
  mutating func parseKind() -> Name? {
    guard token.kind == .name else {
      if token.kind == .noneValue {
        report(Code.kindName, "`none` is a value, not a type", at: token.span, hint: "write `== none` or `!= none`")
      } else if token.kind.isReserved {
        reportReserved()
      } else {
        failExpecting("a kind such as `Int` or `FetchError`", code: Code.expectedName)
      }
      return nil
    }
    var kind = takeName()
    while token.kind == .dot, peek().kind == .name {
      advance()
      let member = takeName()
      kind = Name(text: kind.text + "." + member.text, span: kind.span.union(member.span))
    }
    checkCapital(kind, "a kind")
    return kind
  }

  func isCapital(_ kind: Name) -> Bool {
    let last = kind.text.unicodeScalars.split(separator: ".").last?.first
    return last?.properties.isUppercase ?? false
  }

  private mutating func checkCapital(_ kind: Name, _ what: String) {
    guard !isCapital(kind), !kind.text.isEmpty else { return }
    let better = kind.text.prefix(1).uppercased() + kind.text.dropFirst()
    note(
      Code.kindName, "\(what) begins with a capital letter", at: kind.span,
      caret: kind.text.contains(".") ? nil : "did you mean `\(better)`?")
  }

  mutating func parseParam() -> Statement.Kind {
    let start = token
    advance()
    let name = parseDeclaredName("`param`")
    if !recovering, at(.colon) {
      report(
        Code.typeAnnotation, "a param takes its type from its default", at: token.span,
        hint: "write `param \(name.text) = value`")
    }
    let value = !recovering && at(.assign) && take(.assign) ? parseExpression() : nil
    checkTopLevel("`param`", start.span)
    return .param(
      ParamDeclaration(
        name: name, defaultValue: value, documentation: documentation(before: start), span: span(from: start.start)))
  }

  mutating func parseImport() -> Statement.Kind {
    let start = token.span
    advance()
    guard token.kind == .stringStart, let (path, pathSpan) = parsePlainString("the path of an import") else {
      if !recovering {
        failExpecting("a path in quotes", hint: "write `import \"lib.weft\"`")
      }
      return .invalid
    }
    var alias: Name?
    if token.isWord(.as), !atLineEnd {
      advance()
      alias = parseDeclaredName("`as`")
    }
    checkTopLevel("`import`", start)
    return .importFile(path: path, pathSpan: pathSpan, alias: alias)
  }

  mutating func parseTest(isBench: Bool) -> Statement.Kind {
    let start = token.span
    let word = isBench ? "`bench`" : "`test`"
    let base = brackets.count
    advance()
    var title = ("", token.span)
    if token.kind == .stringStart {
      title = parsePlainString("the title of a \(isBench ? "bench" : "test")") ?? title
    } else {
      failExpecting("a title in quotes", hint: "write `\(isBench ? "bench" : "test") \"title\" { … }`")
    }
    let body = parseBlock(for: word, base: base)
    checkTopLevel(word, start)
    return isBench
      ? .bench(name: title.0, nameSpan: title.1, body: body) : .test(name: title.0, nameSpan: title.1, body: body)
  }

  /// A string whose text must be known before the script runs.
  mutating func parsePlainString(_ what: String) -> (String, Span)? {
    let string = parseString()
    guard case .string(let parts) = string.kind else { return nil }
    if parts.isEmpty { return ("", string.span) }
    if parts.count == 1, case .text(let text) = parts[0] { return (text, string.span) }
    note(Code.plainString, "\(what) is plain text, without `\\( )`", at: string.span)
    return ("", string.span)
  }

  private mutating func checkTopLevel(_ what: String, _ place: Span) {
    guard blockDepth > 0 else { return }
    note(
      Code.topLevelOnly, "\(what) stands at the top level of a file only", at: place, hint: "move it out of the block")
  }
}
