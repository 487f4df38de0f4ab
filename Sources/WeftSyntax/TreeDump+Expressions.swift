extension TreeDump {
  func expression(_ value: Expr) -> String {
    switch value.kind {
    case .none: return "none"
    case .bool(let value): return value ? "true" : "false"
    case .int(let value): return String(value)
    case .bigInt(let digits): return digits
    case .float(let value): return "\(value)"
    case .duration(let nanoseconds): return "\(nanoseconds)ns"
    case .rate(let count, _, let unitName): return "\(count)/\(unitName)"
    case .name(let name): return name
    case .string(let parts): return string(parts)
    case .list(let elements): return form("list", elements.map(expression))
    case .map(let entries): return form("map", entries.map(entry))
    case .invalid: return "(invalid)"
    default: return operation(value)
    }
  }

  private func string(_ parts: [StringPart]) -> String {
    if parts.isEmpty { return "\"\"" }
    if parts.count == 1, case .text(let text) = parts[0] { return quoted(text) }
    return form(
      "string",
      parts.map { part in
        switch part {
        case .text(let text): quoted(text)
        case .interpolation(let value): expression(value)
        }
      })
  }

  private func entry(_ entry: MapEntry) -> String {
    switch entry {
    case .named(let key, let value): quoted(key.text) + ":" + expression(value)
    case .computed(let key, let value): "[" + expression(key) + "]:" + expression(value)
    }
  }

  private func clauses(_ clauses: [ComprehensionClause]) -> [String] {
    clauses.map { clause in
      switch clause {
      case .forEach(let target, let sequence): form("for", pattern(target), expression(sequence))
      case .condition(let condition): form("if", expression(condition))
      }
    }
  }

  func arguments(_ arguments: [Argument]) -> [String] {
    arguments.map { ($0.label.map { $0.text + ":" } ?? "") + expression($0.value) }
  }

  private func operation(_ value: Expr) -> String {
    switch value.kind {
    case .negate(let operand): return form("-", expression(operand))
    case .not(let operand): return form("not", expression(operand))
    case .binary(let op, let left, let right): return form(op.rawValue, expression(left), expression(right))
    case .and(let left, let right): return form("and", expression(left), expression(right))
    case .or(let left, let right): return form("or", expression(left), expression(right))
    case .coalesce(let left, let right): return form("??", expression(left), expression(right))
    case .range(let lower, let upper, let inclusive):
      return form(inclusive ? "..." : "..<", expression(lower), expression(upper))
    case .comparison(let operands, let operators):
      let rest = zip(operators, operands.dropFirst()).map { $0.rawValue + " " + expression($1) }
      return form("compare", [expression(operands[0])] + rest)
    case .membership(let element, let container, let negated):
      return form(negated ? "not-in" : "in", expression(element), expression(container))
    case .typeTest(let value, let kind, let negated):
      return form(negated ? "is-not" : "is", expression(value), kind.text)
    case .member(let base, let name, let optional):
      return form(optional ? "?." : ".", expression(base), name.text)
    case .index(let base, let index): return form("index", expression(base), expression(index))
    case .call(let callee, let arguments):
      return form("call", [expression(callee)] + self.arguments(arguments))
    case .listComprehension(let element, let clauses):
      return form("list-of", [expression(element)] + self.clauses(clauses))
    case .mapComprehension(let key, let value, let clauses):
      return form("map-of", [expression(key), expression(value)] + self.clauses(clauses))
    case .closure(let parameters, let body): return form("closure", self.parameters(parameters), self.body(body))
    default: return control(value)
    }
  }

  private func control(_ value: Expr) -> String {
    switch value.kind {
    case .ifElse(let clauses, let elseBody):
      var parts = clauses.flatMap { [expression($0.condition), block($0.body)] }
      if let elseBody { parts.append(form("else", block(elseBody))) }
      return form("if", parts)
    case .tryCatch(let body, let catches, let finally):
      var parts = [block(body)] + catches.map(catchClause)
      if let finally {
        parts.append(form("finally", finally.limit.map(expression), block(finally.body)))
      }
      return form("try", parts)
    case .sleep(let operand): return form("sleep", expression(operand))
    case .fetch(let arguments): return form("fetch", self.arguments(arguments))
    case .computeCall(let call): return form("compute", expression(call))
    case .computeBlock(let body): return form("compute", block(body))
    case .computeFor(let amount): return form("compute", "for:" + expression(amount))
    case .await(let operand): return form("await", expression(operand))
    case .start(let group, let work): return form("start", group.map { "in:" + expression($0) }, started(work))
    default: return concurrency(value)
    }
  }

  private func catchClause(_ clause: CatchClause) -> String {
    form(
      clause.isEach ? "catch-each" : "catch",
      clause.kinds.isEmpty ? nil : clause.kinds.map(\.text).joined(separator: ","),
      clause.binding.map { "as:" + $0.text }, block(clause.body))
  }

  private func started(_ work: StartedWork) -> String {
    switch work {
    case .expression(let value): expression(value)
    case .block(let body): block(body)
    }
  }

  private func concurrency(_ value: Expr) -> String {
    switch value.kind {
    case .gather(let kind, let options, let body): return form("\(kind)", arguments(options) + gatherBody(body))
    case .taskgroup(let options, let name, let body):
      return form("taskgroup", arguments(options) + [name.map { "as:" + $0.text }, block(body)])
    case .scoped(let kind, let arguments, let name, let body, let elseBody):
      return form(
        kind.rawValue,
        self.arguments(arguments)
          + [name.map { "as:" + $0.text }, block(body), elseBody.map { form("else", block($0)) }])
    case .with(let handles, let body): return form("with", handles.map(expression) + [block(body)])
    case .mock(let target, let answer, let isSequence):
      return form("mock", mockTarget(target), isSequence ? "each" : nil, expression(answer))
    case .throwsTest(let kinds, let body): return form("throws", kinds.map(\.text) + [block(body)])
    case .block(let body): return block(body)
    default: return "(?)"
    }
  }

  private func gatherBody(_ body: GatherBody) -> [String] {
    switch body {
    case .children(let children):
      children.map { ($0.label.map { quoted($0.text) + ":" } ?? "") + expression($0.value) }
    case .forEach(let target, let sequence, let body): ["for", pattern(target), expression(sequence), block(body)]
    }
  }

  private func mockTarget(_ target: MockTarget) -> String {
    switch target {
    case .task(let name): name.text
    case .fetch(let pattern): form("fetch", pattern.map(expression))
    }
  }
}
