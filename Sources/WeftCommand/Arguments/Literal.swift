import WeftSyntax

/// A value that was given as text, read by the rules of the language: `64KB`, `1_000`, `-2.5`, `1.5s`, `300/m`.
enum Literal {
  case int(Int64)
  /// An integer beyond 64 bits.
  case bigInt
  case float(Double)
  case bool(Bool)
  /// Nanoseconds.
  case duration(Int64)
  /// Events a second.
  case rate(Double)

  init?(_ text: String) {
    let parsed = parse(SourceFile(name: "", text: text))
    guard parsed.diagnostics.isEmpty, parsed.tree.statements.count == 1,
      case .expression(let expression)? = parsed.tree.statements.first?.kind, let literal = Literal(expression.kind)
    else { return nil }
    self = literal
  }

  private init?(_ kind: Expr.Kind) {
    switch kind {
    case .int(let value): self = .int(value)
    case .bigInt: self = .bigInt
    case .float(let value): self = .float(value)
    case .bool(let value): self = .bool(value)
    case .duration(let nanoseconds): self = .duration(nanoseconds)
    case .rate(let count, let unit, _): self = .rate(count * 1e9 / Double(unit))
    case .negate(let inner):
      switch Literal(inner.kind) {
      case .int(let value): self = .int(-value)
      case .bigInt: self = .bigInt
      case .float(let value): self = .float(-value)
      case .duration(let nanoseconds): self = .duration(-nanoseconds)
      default: return nil
      }
    default: return nil
    }
  }
}
