/// A half-open range of UTF-8 offsets in one source file.
public struct Span: Hashable, Sendable {
  public var start: Int32
  public var end: Int32

  public init(_ start: Int, _ end: Int) {
    self.start = Int32(truncatingIfNeeded: start)
    self.end = Int32(truncatingIfNeeded: end)
  }

  /// The smallest span that covers both.
  public func union(_ other: Span) -> Span {
    Span(Int(min(start, other.start)), Int(max(end, other.end)))
  }
}

/// A name as it was written, with its place.
public struct Name: Sendable {
  public let text: String
  public let span: Span

  public init(text: String, span: Span) {
    self.text = text
    self.span = span
  }
}

/// A parsed file: its statements in order.
public struct Tree: Sendable {
  public let source: SourceFile
  public let statements: [Statement]
  /// The text of a `##` comment at the top of the file that belongs to no declaration (a blank line follows it).
  public let documentation: String?
  private let parents: [Int32: Name]

  /// `errorParents` holds the parents of the kinds in `.errorKinds`, by the offset at which the kind's name begins.
  public init(
    source: SourceFile, statements: [Statement], documentation: String? = nil, errorParents: [Int32: Name] = [:]
  ) {
    self.source = source
    self.statements = statements
    self.documentation = documentation
    parents = errorParents
  }

  /// The parent of a kind declared by `.errorKinds`: `HTTPError` for `Busy` in `error Busy: HTTPError`, nil without one.
  public func parent(ofErrorKind kind: Name) -> Name? { parents[kind.span.start] }
}

/// A brace-enclosed sequence of statements. Its value is that of its last statement if that is an expression.
public struct Block: Sendable {
  public let statements: [Statement]
  /// Covers the braces.
  public let span: Span

  public init(statements: [Statement], span: Span) {
    self.statements = statements
    self.span = span
  }
}

public struct Statement: Sendable {
  public let kind: Kind
  public let span: Span

  public init(_ kind: Kind, _ span: Span) {
    self.kind = kind
    self.span = span
  }

  public indirect enum Kind: Sendable {
    /// `let pattern = value`, `var pattern = value`.
    case binding(pattern: Pattern, value: Expr, isVariable: Bool)
    /// `target = value` (`op` is nil) or `target += value`. The target is a name, a member or an index.
    case assignment(target: Expr, op: BinaryOperator?, value: Expr)
    case expression(Expr)
    case task(TaskDeclaration)
    case errorKinds([Name])
    case param(ParamDeclaration)
    /// `import "path"`, `import "path" as alias`.
    case importFile(path: String, pathSpan: Span, alias: Name?)
    case forLoop(pattern: Pattern, sequence: Expr, body: Block)
    case whileLoop(condition: Expr, body: Block)
    case breakLoop
    case continueLoop
    case returnValue(Expr?)
    case throwError(Expr)
    case test(name: String, nameSpan: Span, body: Block)
    case bench(name: String, nameSpan: Span, body: Block)
    case expect(Expr)
    /// What recovery left where a statement could not be parsed (its problem has been reported).
    case invalid
  }
}

/// What stands on the left of a binding, after `for`, or as a parameter.
public indirect enum Pattern: Sendable {
  case name(Name)
  /// `_`
  case discard(Span)
  /// `[a, b]`
  case list([Pattern], Span)
  /// `{user, posts}`; `{user: u}` binds the key `user` to another pattern.
  case map([(key: Name, pattern: Pattern)], Span)

  public var span: Span {
    switch self {
    case .name(let name): name.span
    case .discard(let span), .list(_, let span), .map(_, let span): span
    }
  }
}

public struct Parameter: Sendable {
  public let name: Name
  public let defaultValue: Expr?

  public init(name: Name, defaultValue: Expr?) {
    self.name = name
    self.defaultValue = defaultValue
  }
}

public struct TaskDeclaration: Sendable {
  public let name: Name
  public let parameters: [Parameter]
  public let body: TaskBody
  /// The text of the `##` comment before it, without the marks; nil if there is none.
  public let documentation: String?
  public let span: Span

  public init(name: Name, parameters: [Parameter], body: TaskBody, documentation: String?, span: Span) {
    self.name = name
    self.parameters = parameters
    self.body = body
    self.documentation = documentation
    self.span = span
  }
}

public indirect enum TaskBody: Sendable {
  case block(Block)
  /// `=> expression`
  case expression(Expr)
}

public struct ParamDeclaration: Sendable {
  public let name: Name
  /// Nil for a required `param token`.
  public let defaultValue: Expr?
  public let documentation: String?
  public let span: Span

  public init(name: Name, defaultValue: Expr?, documentation: String?, span: Span) {
    self.name = name
    self.defaultValue = defaultValue
    self.documentation = documentation
    self.span = span
  }
}

/// An expression. Parenthesised expressions leave no node of their own; `parenthesised` is set on the inner one.
public struct Expr: Sendable {
  public let kind: Kind
  /// Where it stands (without the parentheses around it).
  public let span: Span
  public var parenthesised = false

  public init(_ kind: Kind, _ span: Span) {
    self.kind = kind
    self.span = span
  }

  public indirect enum Kind: Sendable {
    // Literals
    case none
    case bool(Bool)
    case int(Int64)
    /// The decimal digits of an integer that does not fit 64 bits.
    case bigInt(String)
    case float(Double)
    /// Nanoseconds.
    case duration(Int64)
    /// `5/s`: a count for each unit. `unit` is the unit's length in nanoseconds, `unitName` its name ("s", "m", "h", "ms").
    case rate(count: Double, unit: Int64, unitName: String)
    /// A string; without interpolation it has one `.text` part (or none when empty).
    case string([StringPart])
    case list([Expr])
    case map([MapEntry])
    /// `[element for pattern in sequence if condition]`
    case listComprehension(element: Expr, clauses: [ComprehensionClause])
    /// `{[key]: value for …}`
    case mapComprehension(key: Expr, value: Expr, clauses: [ComprehensionClause])
    /// `lower..<upper` or `lower...upper`
    case range(lower: Expr, upper: Expr, inclusive: Bool)
    /// `x => …`, `(a, b) => { … }`, `() => …`
    case closure(parameters: [Parameter], body: TaskBody)

    // Names and operators
    case name(String)
    case negate(Expr)
    case not(Expr)
    case binary(BinaryOperator, Expr, Expr)
    case and(Expr, Expr)
    case or(Expr, Expr)
    /// `left ?? right`
    case coalesce(Expr, Expr)
    /// One comparison, or a chain such as `0 < x < 10`. `operands.count == operators.count + 1`; each operand is evaluated once.
    case comparison(operands: [Expr], operators: [ComparisonOperator])
    /// `element in container`, `element not in container`
    case membership(element: Expr, container: Expr, negated: Bool)
    /// `value is Kind`, `value is not Kind`: tests the kind of an error or the type of a value.
    case typeTest(value: Expr, kind: Name, negated: Bool)
    /// `base.name`, or `base?.name` when `optional`.
    case member(base: Expr, name: Name, optional: Bool)
    case index(base: Expr, index: Expr)
    case call(callee: Expr, arguments: [Argument])

    // Control
    /// `if c { } else if d { } else { }`
    case ifElse(clauses: [(condition: Expr, body: Block)], elseBody: Block?)
    case tryCatch(body: Block, catches: [CatchClause], finally: FinallyClause?)

    // Work
    case sleep(Expr)
    case fetch(arguments: [Argument])
    /// `compute f(x)`: the operand is always a call.
    case computeCall(Expr)
    case computeBlock(Block)
    /// `compute 200ms`, `compute(for: d)`
    case computeFor(Expr)
    case await(Expr)
    /// `start f(x)`, `start { … }`, `start(in: g) f(x)`
    case start(group: Expr?, work: StartedWork)

    // Blocks
    /// `gather { … }`, `gather(errors: keep) for …`, `race { … }`. `options` holds what stood in parentheses.
    case gather(kind: GatherKind, options: [Argument], body: GatherBody)
    /// `taskgroup(errors: keep) as g { … }`
    case taskgroup(options: [Argument], name: Name?, body: Block)
    /// `semaphore(n) { }`, `rate(…) { }`, `pool(…) { }`, `timeout(d) { } else { }`, `retry(…) as a { }`, `shield { }`.
    case scoped(kind: ScopedKind, arguments: [Argument], name: Name?, body: Block, elseBody: Block?)
    /// `with a, b { … }`: each handle is taken in order.
    case with(handles: [Expr], body: Block)

    // Tests
    /// `mock f => answer`, `mock fetch "pattern" => answer`, `… => each [a, b]`
    case mock(target: MockTarget, answer: Expr, isSequence: Bool)
    /// `throws(K) { … }` or `throws { … }`
    case throwsTest(kinds: [Name], body: Block)

    /// A bare block where one is allowed as a value: a child of `gather { { … } }`.
    case block(Block)
    /// What recovery left where an expression could not be parsed (its problem has been reported).
    case invalid
  }
}

public enum StringPart: Sendable {
  /// What `\(x:12.2)` calls: its tree is `.interpolation` of a call of this name with `x`, `width: 12` and `decimals: 2`
  /// (each label only if it was written). No script can spell the name, so none can shadow the function.
  public static let formatFunction = "format:"

  /// Text with its escapes already worked out.
  case text(String)
  case interpolation(Expr)
}

public enum MapEntry: Sendable {
  /// `name: value`, `"name": value`; `{name}` is short for `{name: name}`.
  case named(Name, Expr)
  /// `[key]: value`
  case computed(Expr, Expr)
}

public enum ComprehensionClause: Sendable {
  case forEach(Pattern, Expr)
  case condition(Expr)
}

public struct Argument: Sendable {
  /// Nil for a positional argument.
  public let label: Name?
  public let value: Expr

  public init(label: Name?, value: Expr) {
    self.label = label
    self.value = value
  }
}

public struct CatchClause: Sendable {
  /// `catch each K`
  public let isEach: Bool
  /// Empty for a clause that takes every error. A dotted kind of an imported file is one name, `lib.K`.
  public let kinds: [Name]
  public let binding: Name?
  public let body: Block
  public let span: Span

  public init(isEach: Bool, kinds: [Name], binding: Name?, body: Block, span: Span) {
    self.isEach = isEach
    self.kinds = kinds
    self.binding = binding
    self.body = body
    self.span = span
  }
}

public struct FinallyClause: Sendable {
  /// `finally(30s) { }`
  public let limit: Expr?
  public let body: Block

  public init(limit: Expr?, body: Block) {
    self.limit = limit
    self.body = body
  }
}

public enum GatherKind: Sendable { case gather, race }

public indirect enum GatherBody: Sendable {
  /// Either no child has a label or all have.
  case children([GatherChild])
  case forEach(pattern: Pattern, sequence: Expr, body: Block)
}

public struct GatherChild: Sendable {
  public let label: Name?
  /// `.block` for a bare `{ … }` child.
  public let value: Expr

  public init(label: Name?, value: Expr) {
    self.label = label
    self.value = value
  }
}

public enum ScopedKind: String, Sendable { case semaphore, rate, pool, timeout, retry, shield }

public indirect enum StartedWork: Sendable {
  /// A call (its callee and arguments are evaluated by the starter) or a word of work such as `sleep 1s`.
  case expression(Expr)
  case block(Block)
}

public enum MockTarget: Sendable {
  case task(Name)
  case fetch(pattern: Expr?)
}

public enum BinaryOperator: String, Sendable {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case floorDivide = "//"
  case remainder = "%"
  case power = "**"
}

public enum ComparisonOperator: String, Sendable {
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
}
