extension Parser {
  private enum Piece {
    case text(Token)
    case value(Expr)
  }

  mutating func parseString() -> Expr {
    let opening = token
    let isMultiline = token.flags.contains(.multiline)
    guard enter() else { return Expr(.invalid, token.span) }
    defer { leave() }
    advance()
    var pieces: [Piece] = []
    while token.kind != .stringEnd, token.kind != .end {
      if token.kind == .stringText {
        pieces.append(.text(token))
        advance()
      } else {
        pieces.append(.value(parseInterpolation()))
      }
    }
    let closing = token
    if token.kind == .stringEnd { advance() }
    grow()
    let parts = isMultiline ? multilineParts(pieces, opening, closing) : pieces.map(part)
    return Expr(.string(parts), span(from: opening.start))
  }

  private func part(_ piece: Piece) -> StringPart {
    switch piece {
    case .value(let value): .interpolation(value)
    case .text(let token):
      .text(
        TextDecoder.decode(
          source.bytes, Int(token.start), Int(token.end), escaped: token.flags.contains(.escaped)))
    }
  }

  // MARK: Interpolation

  private mutating func parseInterpolation() -> Expr {
    let opening = token.span
    let context = Context(newlinesEnd: newlinesEnd, inHead: inHead, closuresAllowed: closuresAllowed)
    let base = brackets.count
    (newlinesEnd, inHead, closuresAllowed) = (false, false, true)
    advance()
    var value: Expr
    if token.kind == .interpolationEnd || token.kind == .formatSpec {
      report(Code.interpolation, "`\\( )` holds nothing", at: opening, hint: "put a value between the parentheses")
      value = Expr(.invalid, opening)
    } else {
      value = parseExpression()
    }
    if !recovering, token.kind == .formatSpec { value = parseFormat(value) }
    if !recovering, token.kind != .interpolationEnd { failExpecting("`)`") }
    finishInterpolation(base: base)
    restore(context)
    return value
  }

  /// Goes behind the interpolation whatever happened in it, so that the rest of the string, and of the line, is read.
  private mutating func finishInterpolation(base: Int) {
    guard !stopped else { return }
    var open = 0
    while token.kind != .end, recovering || token.kind != .interpolationEnd || open > 0 {
      if open == 0, token.kind == .interpolationEnd { break }
      if token.kind == .interpolationStart { open += 1 }
      if token.kind == .interpolationEnd { open -= 1 }
      advance()
    }
    if brackets.count > base { brackets.removeSubrange(base...) }
    recovering = false
    if token.kind == .interpolationEnd { advance() }
  }

  private mutating func parseFormat(_ value: Expr) -> Expr {
    let spec = token
    advance()
    let fields = text(of: spec).dropFirst().split(separator: ".", omittingEmptySubsequences: false)
    var arguments = [Argument(label: nil, value: value)]
    var isValid = fields.count <= 2
    for (field, label) in zip(fields, ["width", "decimals"]) {
      if field.isEmpty, label == "width", fields.count == 2 { continue }
      guard field.utf8.count <= 3, field.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int64(field)
      else {
        isValid = false
        break
      }
      arguments.append(
        Argument(label: Name(text: label, span: spec.span), value: Expr(.int(number), spec.span)))
    }
    guard isValid else {
      note(
        Code.formatSpec, "`\(shortText(of: spec))` is not a format", at: spec.span,
        hint: "a format is `:width`, `:.decimals` or `:width.decimals`, with numbers below 1000")
      return value
    }
    grow()
    return Expr(
      .call(callee: Expr(.name(StringPart.formatFunction), spec.span), arguments: arguments),
      value.span.union(spec.span))
  }

  // MARK: Strings of several lines

  /// Removes the indentation of the closing quotes from each line, and the line breaks behind and before the quotes.
  private mutating func multilineParts(_ pieces: [Piece], _ opening: Token, _ closing: Token) -> [StringPart] {
    guard !closing.flags.contains(.madeUp), closing.kind == .stringEnd else { return pieces.map(part) }
    var layout = MultilineLayout(bytes: source.bytes, closing: Int(closing.start))
    var parts: [StringPart] = []
    for (place, piece) in pieces.enumerated() {
      switch piece {
      case .value(let value):
        layout.interpolation(at: value.span)
        parts.append(.interpolation(value))
      case .text(let token):
        let text = layout.text(token, isFirst: place == 0, isLast: place == pieces.count - 1)
        if !text.isEmpty { parts.append(.text(text)) }
      }
    }
    if pieces.isEmpty { layout.problem = .noNewline(opening.span) }
    switch layout.problem {
    case .noNewline(let place):
      note(
        Code.multilineLayout, "the text of a `\"\"\"` string begins on a new line", at: place,
        hint: "put a line break behind the opening quotes")
    case .noClosingLine:
      note(
        Code.multilineLayout, "the closing `\"\"\"` stands on a line of its own", at: closing.span,
        hint: "its indentation is removed from every line")
    case .indentation(let place):
      note(
        Code.multilineLayout, "this line is indented less than the closing `\"\"\"`", at: place,
        labels: [.init(span: closing.span, text: "this indentation is removed from every line")])
    case nil: break
    }
    return parts
  }
}
