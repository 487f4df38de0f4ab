import WeftSyntax

/// The code of an input, and what is kept of it.
extension SessionCompiler {
  /// Emits the files that an input imports, the tasks that are compiled again, and the input; gives its function. Each knows the
  /// others before any code is made.
  func emit(_ program: Program, _ resolved: Resolved, _ imports: Imports, into image: inout Image) -> Int {
    swap(&emitter.image, &image)
    defer { swap(&emitter.image, &image) }
    for (index, resolver) in imports.new {
      emitter.image.sources.append(resolver.source)
      emitter.enter(resolver.resolution, source: emitter.image.sources.count - 1, .imported)
      emitter.emit(program.files[index].tree)
    }
    let tree = program.files[0].tree
    let source = emitter.image.sources.count
    emitter.image.sources.append(tree.source)
    emitter.enter(resolved.resolver.resolution, source: source, .input)
    emitter.declareInput(tree)
    declare(resolved.again)
    emitBodies(of: resolved.again)
    emitter.enter(resolved.resolver.resolution, source: source, .input)
    return emitter.emitInput(tree)
  }

  /// The same for tasks that are compiled again without an input.
  func emit(_ again: Again, into image: inout Image) {
    swap(&emitter.image, &image)
    defer { swap(&emitter.image, &image) }
    declare(again)
    emitBodies(of: again)
  }

  private func declare(_ again: Again) {
    for group in again.groups { for (_, declaration) in group.tasks { emitter.declareTask(declaration) } }
  }

  private func emitBodies(of again: Again) {
    for group in again.groups {
      emitter.enter(group.resolver.resolution, source: group.sourceIndex, .input)
      for (task, _) in group.tasks { emitter.emit(Statement(.task(task.task), task.span), into: nil) }
    }
  }

  /// Keeps what the names mean from now on. Gives the globals that the input gives a value.
  func take(_ program: Program, _ resolved: Resolved, _ imports: Imports) -> [(name: String, global: Int)] {
    let tree = program.files[0].tree
    let resolver = resolved.resolver
    for (index, fileResolver) in imports.new {
      let targets = Set(program.files[index].imports.values.map { program.files[$0].tree.source.identity })
      guard let exports = imports.exports[index] else { continue }
      let source = fileResolver.source
      files[source.identity] = SessionFile(source: source, exports: exports, imports: targets)
      for kind in fileResolver.kinds where kindOwners[kind.name] == nil { kindOwners[kind.name] = source.identity }
    }
    for kind in resolver.kinds where kindOwners[kind.name] == nil { kindOwners[kind.name] = "" }

    replaced = [:]
    var values: [(name: String, global: Int)] = []
    for name in resolver.topLevelNames + resolver.changedNames {
      guard let declaration = resolver.table[name], declaration !== names[name] else { continue }
      replaced[name] = SessionMeaning(declaration: names[name], task: tasks[name], definition: definitions[name])
      note(task: nil, as: name)
      definitions[name] = nil
      names[name] = declaration
      declaration.shadowed = nil
      if declaration.source === tree.source, declaration.global >= 0 { values.append((name, declaration.global)) }
    }
    take(resolved.again)
    for (statement, mentions) in zip(tree.statements, resolver.statementMentions) {
      keep(statement, of: tree, mentions, in: resolver, sourceIndex: emitter.source)
    }
    return values
  }

  private func keep(
    _ statement: Statement, of tree: Tree, _ mentions: Set<String>, in resolver: Resolver, sourceIndex: Int
  ) {
    var declared: [Name] = []
    switch statement.kind {
    case .task(let task):
      declared = [task.name]
      if resolver.resolution[task.name.span] != nil {
        note(
          task: SessionTask(
            source: tree.source, sourceIndex: sourceIndex, task: task, span: statement.span, mentions: mentions),
          as: task.name.text)
      }
    case .binding(let pattern, _, _): declared = emitter.names(of: pattern)
    case .errorKinds(let names): declared = names
    case .param(let param): declared = [param.name]
    case .importFile(_, _, let alias?): declared = [alias]
    default: break
    }
    for name in declared { definitions[name.text] = SessionDefinition(source: tree.source, span: statement.span) }
    history.append(
      SessionStatement(
        source: tree.source, statement: statement, declared: declared,
        usesLastValue: !mentions.isDisjoint(with: ["_", "_error"])))
  }
}
