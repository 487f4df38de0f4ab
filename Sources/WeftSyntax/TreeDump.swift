/// A tree as text, for tests and for people who wonder how a script was read: one S-expression a statement.
///
///     dump(parse(SourceFile(name: "a", text: "let x = 1 + 2")).tree)  // "(let x (+ 1 2))"
public func dump(_ tree: Tree) -> String {
  tree.statements.map { TreeDump(tree: tree).statement($0) }.joined(separator: "\n")
}

struct TreeDump {
  let tree: Tree

  /// `(head part part)`; parts that are nil are left out.
  func form(_ head: String, _ parts: String?...) -> String { form(head, parts) }

  func form(_ head: String, _ parts: [String?]) -> String {
    "(" + ([head] + parts.compactMap { $0 }).joined(separator: " ") + ")"
  }

  func statement(_ statement: Statement) -> String {
    switch statement.kind {
    case .binding(let target, let value, let isVariable):
      return form(isVariable ? "var" : "let", pattern(target), expression(value))
    case .assignment(let target, let op, let value):
      return form((op?.rawValue ?? "") + "=", expression(target), expression(value))
    case .expression(let value): return expression(value)
    case .throwError(let value): return form("throw", expression(value))
    case .expect(let value): return form("expect", expression(value))
    case .returnValue(let value): return form("return", value.map(expression))
    case .breakLoop: return "(break)"
    case .continueLoop: return "(continue)"
    case .forLoop(let target, let sequence, let body):
      return form("for", pattern(target), expression(sequence), block(body))
    case .whileLoop(let condition, let body): return form("while", expression(condition), block(body))
    case .invalid: return "(invalid)"
    default: return declaration(statement)
    }
  }

  private func declaration(_ statement: Statement) -> String {
    switch statement.kind {
    case .task(let task):
      return form(
        "task", task.name.text, parameters(task.parameters), body(task.body),
        task.documentation.map { "doc:" + quoted($0) })
    case .param(let param):
      return form(
        "param", param.name.text, param.defaultValue.map(expression), param.documentation.map { "doc:" + quoted($0) })
    case .errorKinds(let kinds):
      return form(
        "error", kinds.map { kind in kind.text + (tree.parent(ofErrorKind: kind).map { ":" + $0.text } ?? "") })
    case .importFile(let path, _, let alias): return form("import", quoted(path), alias?.text)
    case .test(let name, _, let body): return form("test", quoted(name), block(body))
    case .bench(let name, _, let body): return form("bench", quoted(name), block(body))
    default: return "(?)"
    }
  }

  func block(_ block: Block) -> String { form("do", block.statements.map(statement)) }

  func body(_ body: TaskBody) -> String {
    switch body {
    case .block(let inner): block(inner)
    case .expression(let value): expression(value)
    }
  }

  func parameters(_ parameters: [Parameter]) -> String {
    let parts = parameters.map { parameter in
      parameter.defaultValue.map { form("=", parameter.name.text, expression($0)) } ?? parameter.name.text
    }
    return "[" + parts.joined(separator: " ") + "]"
  }

  func pattern(_ pattern: Pattern) -> String {
    switch pattern {
    case .name(let name): return name.text
    case .discard: return "_"
    case .list(let parts, _): return "[" + parts.map(self.pattern).joined(separator: " ") + "]"
    case .map(let parts, _):
      return "{" + parts.map { $0.key.text + ":" + self.pattern($0.pattern) }.joined(separator: " ") + "}"
    }
  }

  func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      case "\0": result += "\\0"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
