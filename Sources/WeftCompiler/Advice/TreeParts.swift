import WeftSyntax

/// What a node of the tree is made of.
enum TreePart {
  /// Runs in place, and when.
  case expression(Expr)
  case block(Block)
  /// A task that is started: of a `gather`, a `race` or a `start`. `isRepeated` if there is one for each element.
  case started(Block, isRepeated: Bool)
  /// A task without a name.
  case closure(TaskBody)
}

extension Expr {
  /// Visits the direct parts in the order in which they run.
  func forEachPart(_ visit: (TreePart) -> Void) {
    func each(_ expressions: [Expr]) { for expression in expressions { visit(.expression(expression)) } }
    func each(_ arguments: [Argument]) { for argument in arguments { visit(.expression(argument.value)) } }
    switch kind {
    case .none, .bool, .int, .bigInt, .float, .duration, .rate, .name, .invalid: break
    case .string(let parts):
      for case .interpolation(let inner) in parts { visit(.expression(inner)) }
    case .list(let elements): each(elements)
    case .map(let entries):
      for entry in entries {
        switch entry {
        case .named(_, let value): visit(.expression(value))
        case .computed(let key, let value):
          visit(.expression(key))
          visit(.expression(value))
        }
      }
    case .listComprehension(let element, let clauses): each(Expr.parts(of: clauses) + [element])
    case .mapComprehension(let key, let value, let clauses): each(Expr.parts(of: clauses) + [key, value])
    case .closure(let parameters, let body):
      each(parameters.compactMap(\.defaultValue))
      visit(.closure(body))
    case .negate(let inner), .not(let inner), .sleep(let inner), .computeCall(let inner), .computeFor(let inner),
      .await(let inner), .typeTest(let inner, _, _), .member(let inner, _, _):
      visit(.expression(inner))
    case .binary(_, let left, let right), .and(let left, let right), .or(let left, let right),
      .coalesce(let left, let right), .membership(let left, let right, _), .index(let left, let right),
      .range(let left, let right, _):
      visit(.expression(left))
      visit(.expression(right))
    case .comparison(let operands, _): each(operands)
    case .call(let callee, let arguments):
      visit(.expression(callee))
      each(arguments)
    case .ifElse(let clauses, let elseBody):
      for clause in clauses {
        visit(.expression(clause.condition))
        visit(.block(clause.body))
      }
      if let elseBody { visit(.block(elseBody)) }
    case .tryCatch(let body, let catches, let finally):
      visit(.block(body))
      for clause in catches { visit(.block(clause.body)) }
      if let limit = finally?.limit { visit(.expression(limit)) }
      if let finally { visit(.block(finally.body)) }
    case .fetch(let arguments): each(arguments)
    case .computeBlock(let block), .block(let block), .throwsTest(_, let block): visit(.block(block))
    case .start(let group, let work):
      if let group { visit(.expression(group)) }
      switch work {
      case .expression(let expression): visit(.started(Block(expression), isRepeated: false))
      case .block(let block): visit(.started(block, isRepeated: false))
      }
    case .gather(_, let options, let body):
      each(options)
      switch body {
      case .children(let children):
        for child in children {
          if case .block(let block) = child.value.kind {
            visit(.started(block, isRepeated: false))
          } else {
            visit(.started(Block(child.value), isRepeated: false))
          }
        }
      case .forEach(_, let sequence, let body):
        visit(.expression(sequence))
        visit(.started(body, isRepeated: true))
      }
    case .taskgroup(_, _, let body): visit(.block(body))
    case .scoped(_, let arguments, _, let body, let elseBody):
      each(arguments)
      visit(.block(body))
      if let elseBody { visit(.block(elseBody)) }
    case .with(let handles, let body):
      each(handles)
      visit(.block(body))
    case .mock(_, let answer, _): visit(.expression(answer))
    }
  }

  private static func parts(of clauses: [ComprehensionClause]) -> [Expr] {
    clauses.map { clause in
      switch clause {
      case .forEach(_, let sequence): sequence
      case .condition(let condition): condition
      }
    }
  }

  /// The name that a place such as `a.b[0]` begins with.
  var root: Expr {
    var root = self
    while true {
      switch root.kind {
      case .member(let base, _, _), .index(let base, _): root = base
      default: return root
      }
    }
  }
}

extension Block {
  fileprivate init(_ expression: Expr) {
    self.init(statements: [Statement(.expression(expression), expression.span)], span: expression.span)
  }
}
