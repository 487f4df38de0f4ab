import WeftSyntax

/// Inputs of a session: what earlier ones declared is known, and may be declared anew.
extension Resolver {
  /// Declares what is known in the whole input.
  func begin(_ tree: Tree, knowing names: [String: Declaration]) {
    table = names
    earlier = names
    begin(tree)
  }

  /// For tasks of an earlier input, which are resolved again.
  func begin(knowing names: [String: Declaration]) {
    begin(Tree(source: source, statements: []), knowing: names)
  }

  func resolveStatements(of tree: Tree) {
    for statement in tree.statements {
      mentions = []
      resolve(statement)
      statementMentions.append(mentions)
    }
  }

  /// Resolves a task again, with a declaration of its own; gives the names that it mentions.
  func resolveAgain(_ task: TaskDeclaration, _ declaration: Declaration) -> Set<String> {
    note(declaration, at: task.name.span)
    mentions = []
    resolve(parameters: task.parameters, body: task.body, task: declaration)
    return mentions
  }

  /// The names that the input declares, in the order of their declarations.
  var topLevelNames: [String] { declared.map(\.name) }

  /// The names that mean something else than before.
  var changedNames: Set<String> {
    var names = topLevelNames
    for file in broughtIn { names += file.names.keys }
    return Set(
      names.filter { name in
        guard let new = table[name], let old = earlier[name] else { return true }
        // Kinds are known by their names.
        return new !== old && !(new.isErrorKind && old.isErrorKind && new.kindName == old.kindName)
      })
  }

  /// While the value of a `let` is resolved, its name has the meaning that it had before: `let x = x + 1`. Gives what the names of
  /// the pattern will mean.
  func hide(_ pattern: Pattern) -> [Declaration] {
    guard role == .input, isAtTopLevel else { return [] }
    var hidden: [Declaration] = []
    var open = [pattern]
    while let next = open.popLast() {
      switch next {
      case .name(let name):
        guard let declaration = table[name.text], let other = earlier[name.text], declaration !== other else {
          continue
        }
        hidden.append(declaration)
        table[name.text] = other
      case .discard: break
      case .list(let parts, _): open += parts
      case .map(let parts, _): open += parts.map(\.pattern)
      }
    }
    return hidden
  }
}
