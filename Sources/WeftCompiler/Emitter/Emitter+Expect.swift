import WeftSyntax

/// `expect`: the condition, and the values that tell why it is false.
extension Emitter {
  /// How the values that a failed `expect` shows are told; the flags of `expectation`.
  private enum Style: UInt8 {
    /// Each by the text of its expression.
    case named = 0
    /// The two sides of one comparison.
    case sides = 1
    /// What a `throws` block threw, or gave.
    case outcome = 2
  }

  /// What stands in the registers right behind the condition's.
  private struct Shown {
    var style = Style.named
    var labels: [String] = []
  }

  func emitExpect(_ condition: Expr, _ span: Span) {
    let done = JumpLabel()
    emitExpect(condition, span, done, isLast: true)
    f.place(done)
  }

  /// The parts of an `and` are expected one after the other, so that the one that is false is told.
  private func emitExpect(_ condition: Expr, _ span: Span, _ done: JumpLabel, isLast: Bool) {
    if case .and(let left, let right) = condition.kind {
      emitExpect(left, left.span, done, isLast: false)
      emitExpect(right, right.span, done, isLast: isLast)
      return
    }
    let mark = f.next
    let result = f.allocate()
    if case .comparison(let operands, let operators) = condition.kind, operators.count > 1 {
      emitChain(operands, operators, result, span, done)
      finish(result, Shown(labels: labels(operands)), span, done, isLast)
    } else {
      var shown = Shown()
      emitParts(condition, result, &shown)
      finish(result, shown, span, done, isLast)
    }
    f.free(to: mark)
  }

  private func finish(_ result: Int, _ shown: Shown, _ span: Span, _ done: JumpLabel, _ isLast: Bool) {
    let next = JumpLabel()
    f.span = span
    if !isLast { f.emitJump(.jumpIfTrue, a: result, to: next) }
    emitExpectation(result, shown)
    f.emit(.clear, a: result + 1, b: f.next - result - 1)
    if !isLast { f.emitJump(.jump, to: done) }
    f.place(next)
    if !isLast { f.emit(.clear, a: result + 1, b: f.next - result - 1) }
  }

  private func emitExpectation(_ result: Int, _ shown: Shown) {
    f.emit(.expectation, flags: shown.style.rawValue, a: result, b: result + 1, c: shown.labels.count)
    f.emit(.jump, bx: constant(.labels(shown.labels)))
  }

  /// `a < b < c`: what is not worked out, because an earlier comparison is false, is not shown.
  private func emitChain(
    _ operands: [Expr], _ operators: [ComparisonOperator], _ result: Int, _ span: Span, _ done: JumpLabel
  ) {
    emit(operands[0], to: f.allocate())
    for (index, op) in operators.enumerated() {
      let right = f.allocate()
      emit(operands[index + 1], to: right)
      emitComparison(op, right - 1, right, to: result, span)
      if index == operators.count - 1 { return }
      let next = JumpLabel()
      f.emitJump(.jumpIfTrue, a: result, to: next)
      emitExpectation(result, Shown(labels: labels(operands.prefix(index + 2))))
      f.emit(.clear, a: result + 1, b: index + 2)
      f.emitJump(.jump, to: done)
      f.place(next)
    }
  }

  private func emitComparison(_ op: ComparisonOperator, _ left: Int, _ right: Int, to target: Int, _ span: Span) {
    let (opcode, swapped) = comparison(op)
    f.span = span
    f.emit(opcode, a: target, b: swapped ? right : left, c: swapped ? left : right)
  }

  /// Works a condition out, with what explains it in the registers that follow `result`.
  private func emitParts(_ condition: Expr, _ result: Int, _ shown: inout Shown) {
    switch condition.kind {
    case .not(let inner):
      emitParts(inner, result, &shown)
      f.span = condition.span
      f.emit(.not, a: result, b: result)
    case .comparison(let operands, let operators) where operators.count == 1:
      for operand in operands { emit(operand, to: f.allocate()) }
      emitComparison(operators[0], f.next - 2, f.next - 1, to: result, condition.span)
      shown = Shown(style: .sides, labels: ["left", "right"])
    case .membership(let element, let container, let negated):
      for part in [element, container] { emit(part, to: f.allocate()) }
      shown.labels = labels([element, container])
      f.span = condition.span
      f.emit(.contains, a: result, b: f.next - 2, c: f.next - 1)
      if negated { f.emit(.not, a: result, b: result) }
    case .throwsTest(let kinds, let body):
      let outcome = f.allocate()
      emitThrowsTest(kinds, body, to: result, outcome: outcome, condition.span)
      shown = Shown(style: .outcome, labels: kinds.map(\.text))
    case .typeTest(let value, _, _): emitHolding([value], condition, result, &shown)
    case .call(let callee, let arguments): emitHolding(parts(of: callee, arguments), condition, result, &shown)
    case .member(let base, let name, _) where imported(name, of: base) == nil && !isModule(base):
      emitHolding([base], condition, result, &shown)
    case .index(let base, let index): emitHolding([base, index], condition, result, &shown)
    default: emit(condition, to: result)
    }
  }

  /// What a call is made of that can be worked out before it: the arguments, and the receiver of a method that changes nothing.
  private func parts(of callee: Expr, _ arguments: [Argument]) -> [Expr] {
    let values = arguments.map(\.value)
    guard case .member(let base, let name, _) = callee.kind, !callee.parenthesised, declaration(of: callee) == nil,
      !isModule(base), !Builtins.mutatingNames.contains(name.text)
    else { return values }
    return [base] + values
  }

  private func isModule(_ base: Expr) -> Bool {
    guard case .name(let name) = base.kind, resolution[base.span] == nil else { return false }
    return Builtins.modules.contains(name)
  }

  /// Works `parts` out first, and then the whole with their values.
  private func emitHolding(_ parts: [Expr], _ whole: Expr, _ result: Int, _ shown: inout Shown) {
    let outer = held
    for part in parts where isTelling(part) {
      let register = f.allocate()
      emit(part, to: register)
      held[part.span] = register
      shown.labels.append(label(part))
    }
    emit(whole, to: result)
    held = outer
  }

  /// A literal says itself what it is, and of a function there is nothing to see.
  private func isTelling(_ part: Expr) -> Bool {
    switch part.kind {
    case .none, .bool, .int, .bigInt, .float, .duration, .rate, .closure: false
    case .string(let parts): parts.contains { if case .interpolation = $0 { true } else { false } }
    case .name: !(resolution[part.span].map { $0.isTask || $0.isErrorKind } ?? true)
    default: true
    }
  }

  /// For each value its label, which is empty where the value need not be shown.
  private func labels(_ values: some Sequence<Expr>) -> [String] { values.map { isTelling($0) ? label($0) : "" } }

  /// The text of an expression in one line.
  private func label(_ expression: Expr) -> String {
    let text = image.sources[source].text(expression.span)
    let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return words.count > 60 ? words.prefix(59) + "…" : words
  }
}
