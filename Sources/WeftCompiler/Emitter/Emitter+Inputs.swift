import WeftSyntax

/// Inputs of a session.
extension Emitter {
  /// Gives what an input declares its places in the image.
  func declareInput(_ tree: Tree) {
    f = FunctionBuilder(parent: nil, name: "main", role: .main)
    for statement in tree.statements { declareTopLevel(statement) }
  }

  /// Emits an input, which has been declared, as a function that gives the value of its last expression.
  func emitInput(_ tree: Tree) -> Int {
    f = FunctionBuilder(parent: nil, name: "main", role: .main)
    let main = image.functions.count
    image.functions.append(placeholder("main", .main))
    image.main = main
    for case .errorKinds(let names) in tree.statements.map(\.kind) {
      for name in names where resolution.kindParents[name.text] == nil { image.kindParents[kindName(name)] = nil }
    }
    for (index, statement) in tree.statements.enumerated() {
      if index == tree.statements.count - 1, case .expression(let expression) = statement.kind {
        f.span = statement.span
        emitReturn(expression)
      } else {
        emit(statement, into: nil)
      }
    }
    f.emit(.returnNone, b: f.next)
    finish(f, at: main)
    return main
  }

  func takeDiagnostics() -> [Diagnostic] {
    defer { diagnostics = [] }
    return diagnostics
  }
}
