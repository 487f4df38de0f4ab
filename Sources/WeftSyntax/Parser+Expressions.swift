extension Parser {
  mutating func parseExpression() -> Expr { parseBinary(Precedence.or) }

  /// From loose to tight. An operator binds its operands if its own precedence is at least that which the caller asks for.
  enum Precedence {
    static let or = 1
    static let and = 2
    static let not = 3
    static let comparison = 4
    static let coalesce = 5
    static let range = 6
    static let sum = 7
    static let product = 8
    static let negation = 9
    static let power = 10
  }

  private static func precedence(_ kind: TokenKind) -> Int {
    switch kind {
    case .or: Precedence.or
    case .and: Precedence.and
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .in, .is, .not: Precedence.comparison
    case .coalesce: Precedence.coalesce
    case .rangeHalfOpen, .rangeClosed: Precedence.range
    case .plus, .minus: Precedence.sum
    case .star, .slash, .floorSlash, .percent: Precedence.product
    case .power: Precedence.power
    default: 0
    }
  }

  mutating func parseBinary(_ minimum: Int) -> Expr {
    let outer = height
    height = 0
    let start = token.start
    var left = parsePrefix(minimum)
    while !recovering {
      let precedence = Parser.precedence(token.kind)
      guard precedence >= minimum, precedence > 0 else { break }
      if atLineEnd, !Parser.continuesLine(token.kind) { break }
      // `not` goes on with an expression only as `not in`.
      if token.kind == .not, peek().kind != .in { break }
      checkBareWork(before: token)
      left = parseOperator(left, precedence, start)
      grow()
    }
    height = max(outer, height)
    return left
  }

  private mutating func parseOperator(_ left: Expr, _ precedence: Int, _ start: Int32) -> Expr {
    let operatorToken = token
    switch precedence {
    case Precedence.comparison: return parseComparison(left, start)
    case Precedence.range: return parseRange(left, start)
    default: break
    }
    advance()
    let right: Expr
    if precedence == Precedence.power {
      guard enter() else { return left }
      // `2 ** -1` and `2 ** 3 ** 2`: what stands on the right of `**` may have a sign and another `**`.
      right = parseBinary(Precedence.negation)
      leave()
    } else {
      right = parseBinary(precedence + 1)
    }
    checkBareWork(after: operatorToken)
    let whole = span(from: start)
    switch operatorToken.kind {
    case .or: return Expr(.or(left, right), whole)
    case .and: return Expr(.and(left, right), whole)
    case .coalesce: return Expr(.coalesce(left, right), whole)
    default: return Expr(.binary(Parser.binaryOperator(operatorToken.kind), left, right), whole)
    }
  }

  private static func binaryOperator(_ kind: TokenKind) -> BinaryOperator {
    switch kind {
    case .minus: .subtract
    case .star: .multiply
    case .slash: .divide
    case .floorSlash: .floorDivide
    case .percent: .remainder
    case .power: .power
    default: .add
    }
  }

  private mutating func parseRange(_ left: Expr, _ start: Int32) -> Expr {
    let operatorToken = token
    advance()
    if atLineEnd || [.rightBracket, .rightParen, .end].contains(token.kind) || (inHead && token.kind == .leftBrace) {
      failExpecting("the upper end of the range", code: Code.expectedExpression)
      return Expr(.invalid, span(from: start))
    }
    let right = parseBinary(Precedence.range + 1)
    checkBareWork(after: operatorToken)
    if !recovering, token.kind == .rangeClosed || token.kind == .rangeHalfOpen, !atLineEnd {
      report(
        Code.comparisonChain, "a range has two ends", at: token.span,
        hint: "a step is written `range(from, to, step)`")
    }
    return Expr(
      .range(lower: left, upper: right, inclusive: operatorToken.kind == .rangeClosed), span(from: start))
  }

  // MARK: Comparisons

  private static func comparison(_ kind: TokenKind) -> ComparisonOperator? {
    switch kind {
    case .equal: .equal
    case .notEqual: .notEqual
    case .less: .less
    case .lessOrEqual: .lessOrEqual
    case .greater: .greater
    case .greaterOrEqual: .greaterOrEqual
    default: nil
    }
  }

  /// `< <=`, `> >=` and `==` chain among themselves; nothing else does.
  private static func chains(_ first: ComparisonOperator, _ second: ComparisonOperator) -> Bool {
    switch first {
    case .less, .lessOrEqual: second == .less || second == .lessOrEqual
    case .greater, .greaterOrEqual: second == .greater || second == .greaterOrEqual
    case .equal: second == .equal
    case .notEqual: false
    }
  }

  /// The whole run of comparisons behind `left`.
  private mutating func parseComparison(_ left: Expr, _ start: Int32) -> Expr {
    let first = token
    let result: Expr
    if let comparison = Parser.comparison(token.kind) {
      var operands = [left]
      var operators: [ComparisonOperator] = []
      var next = comparison
      while true {
        let operatorToken = token
        advance()
        operators.append(next)
        operands.append(parseBinary(Precedence.comparison + 1))
        checkBareWork(after: operatorToken)
        guard !recovering, !atLineEnd, let following = Parser.comparison(token.kind),
          Parser.chains(comparison, following)
        else { break }
        next = following
      }
      result = Expr(.comparison(operands: operands, operators: operators), span(from: start))
    } else {
      result = parseMembershipOrTypeTest(left, start)
    }
    guard !recovering, !atLineEnd, Parser.precedence(token.kind) == Precedence.comparison,
      token.kind != .not || peek().kind == .in
    else { return result }
    let (one, other) = (text(of: first), text(of: token))
    report(
      Code.comparisonChain,
      one == other ? "`\(one)` does not chain" : "`\(one)` and `\(other)` do not chain", at: token.span,
      labels: [.init(span: first.span, text: "the first comparison")],
      hint: "join two comparisons with `and`, or put one in parentheses")
    return result
  }

  private mutating func parseMembershipOrTypeTest(_ left: Expr, _ start: Int32) -> Expr {
    let operatorToken = token
    if operatorToken.kind == .is {
      advance()
      let negated = take(.not)
      guard let kind = parseKind() else { return Expr(.invalid, span(from: start)) }
      return Expr(.typeTest(value: left, kind: kind, negated: negated), span(from: start))
    }
    let negated = take(.not)
    advance()
    let container = parseBinary(Precedence.comparison + 1)
    checkBareWork(after: operatorToken)
    return Expr(.membership(element: left, container: container, negated: negated), span(from: start))
  }

  // MARK: Prefixes

  /// An operand with its prefix operators.
  private mutating func parsePrefix(_ minimum: Int) -> Expr {
    switch token.kind {
    case .minus: return parseNegation()
    case .not: return parseNot(minimum)
    case .name, .leftParen:
      if let closure = parseClosure() { return closure }
      if token.isWord(.mock), let mock = parseMock() { return mock }
    case .plus:
      report(
        Code.expectedExpression, "there is no unary `+`", at: token.span, hint: "leave it out")
      return Expr(.invalid, token.span)
    default: break
    }
    return parseOperand()
  }

  private mutating func parseNegation() -> Expr {
    let start = token.start
    guard enter() else { return Expr(.invalid, token.span) }
    defer { leave() }
    mark(.negation)
    advance()
    let operand = parseBinary(Precedence.negation)
    grow()
    return Expr(.negate(operand), span(from: start))
  }

  private mutating func parseNot(_ minimum: Int) -> Expr {
    let start = token
    guard enter() else { return Expr(.invalid, token.span) }
    defer { leave() }
    advance()
    let operand = parseBinary(Precedence.not)
    grow()
    if minimum > Precedence.not {
      note(
        Code.expectedExpression, "`not` binds less than the operator before it", at: start.span,
        hint: "put it in parentheses: `(not …)`")
    }
    return Expr(.not(operand), span(from: start.start))
  }

  // MARK: Closures

  /// `x => …` or `(a, b) => …` if one begins here. Two or three tokens tell, because there are no tuples.
  private mutating func parseClosure() -> Expr? {
    guard closuresAllowed else { return nil }
    let start = token.start
    if token.kind == .name {
      guard peek().kind == .arrow else { return nil }
      let parameter = Parameter(name: takeName(), defaultValue: nil)
      return finishClosure([parameter], start)
    }
    let (first, second) = (peek(), peek(2))
    switch (first.kind, second.kind) {
    case (.rightParen, _), (.name, .comma), (.name, .assign): break
    case (.name, .rightParen):
      guard peek(3).kind == .arrow else { return nil }
    default: return nil
    }
    let parameters = parseParameters()
    guard !recovering else { return Expr(.invalid, span(from: start)) }
    guard at(.arrow) else {
      if parameters.count == 1, let value = parameters[0].defaultValue {
        report(
          Code.assignmentInExpression, "an assignment has no value", at: parameters[0].name.span.union(value.span),
          hint: "equality is `==`")
      }
      failExpecting("`=>`", hint: parameters.count > 1 ? "values that belong together stand in a list: `[a, b]`" : nil)
      return Expr(.invalid, span(from: start))
    }
    return finishClosure(parameters, start)
  }

  private mutating func finishClosure(_ parameters: [Parameter], _ start: Int32) -> Expr {
    let outer = height
    height = 0
    advance()
    let body = parseArrowBody()
    grow()
    height = max(outer, height)
    return Expr(.closure(parameters: parameters, body: body), span(from: start))
  }
}
