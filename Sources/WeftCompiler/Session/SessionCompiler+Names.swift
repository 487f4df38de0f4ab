import WeftSyntax

/// What the names of an input mean, and of the tasks that are compiled again for it.
extension SessionCompiler {
  /// The files that an input imports.
  struct Imports {
    var exports: [Int: ImportedFile] = [:]
    /// Those that have not been read before, or have changed since.
    var new: [(index: Int, resolver: Resolver)] = []
    var diagnostics: [Diagnostic] = []
  }

  /// Tasks that are compiled again.
  struct Again {
    struct Group {
      let resolver: Resolver
      let sourceIndex: Int
      var tasks: [(task: SessionTask, declaration: Declaration)] = []
    }

    /// By the file that they stand in.
    var groups: [Group] = []
    /// Those that do not compile any more, with the first reason.
    var failed: [String: Diagnostic] = [:]
  }

  struct Resolved {
    let resolver: Resolver
    var again: Again
    var diagnostics: [Diagnostic] { resolver.resolution.diagnostics }
    var failed: [String: Diagnostic] { again.failed }
  }

  // MARK: Imported files

  /// A file is compiled again only if it, or one that it imports, has changed.
  func resolveImports(of program: Program) -> Imports {
    var imports = Imports()
    var isNew: Set<String> = []
    for index in program.order where index != 0 {
      let file = program.files[index]
      let source = file.tree.source
      let targets = Set(file.imports.values.map { program.files[$0].tree.source.identity })
      if let known = files[source.identity], known.source.bytes == source.bytes, known.imports == targets,
        isNew.isDisjoint(with: targets)
      {
        imports.exports[index] = known.exports
        continue
      }
      isNew.insert(source.identity)
      let resolver = Resolver(
        source: source, builtinKinds: errorKinds, role: .imported, capabilities: capabilities,
        imports: file.imports.compactMapValues { imports.exports[$0] })
      resolver.resolve(file.tree)
      setKindNames(of: resolver, owner: source.identity)
      imports.exports[index] = resolver.exports(isBroken: file.isBroken)
      imports.new.append((index, resolver))
      imports.diagnostics += resolver.resolution.diagnostics.map { diagnostic in
        var diagnostic = diagnostic
        diagnostic.source = diagnostic.source ?? source
        return diagnostic
      }
    }
    return imports
  }

  /// Two files may each declare a kind of the same name: the first keeps it. All inputs are one file in this.
  private func setKindNames(of resolver: Resolver, owner: String) {
    for kind in resolver.kinds where kindOwners[kind.name, default: owner] != owner {
      kind.kindName = "\(kind.name) (\(owner.isEmpty ? "session" : kind.source.name))"
    }
  }

  // MARK: The input

  /// - Parameters:
  ///   - left: Tasks that are not compiled again.
  ///   - parents: The kinds of error that stand below others so far.
  func resolve(
    _ program: Program, _ imports: Imports, leaving left: Set<String>, parents: [String: String]
  ) -> Resolved {
    let tree = program.files[0].tree
    let resolver = Resolver(
      source: tree.source, builtinKinds: errorKinds, role: .input, capabilities: capabilities,
      imports: program.files[0].imports.compactMapValues { imports.exports[$0] })
    resolver.begin(tree, knowing: names)
    setKindNames(of: resolver, owner: "")
    let changed = resolver.changedNames
    var again = declareAgain(dependents(of: changed).subtracting(left).subtracting(changed))
    for group in again.groups { for (_, declaration) in group.tasks { resolver.table[declaration.name] = declaration } }
    resolver.resolveStatements(of: tree)
    checkParents(resolver, parents)
    resolve(&again, in: resolver.table)
    return Resolved(resolver: resolver, again: again)
  }

  /// Kinds of error of several inputs make no circle either.
  private func checkParents(_ resolver: Resolver, _ parents: [String: String]) {
    let new = resolver.resolution.kindParents
    if new.isEmpty { return }
    var parents = parents
    for name in resolver.kinds.map(\.name) { parents[name] = new[name]?.parent.text }
    for (kind, parent) in new.values {
      var circle = [kind.text, parent.text]
      while let above = parents[circle[circle.count - 1]], circle.count <= parents.count + 1 {
        circle.append(above)
        guard above == kind.text else { continue }
        // One within the input alone has been reported.
        if Set(circle).isSubset(of: Set(new.keys)) { break }
        let steps = circle.map { "`\($0)`" }.joined(separator: " below ")
        resolver.report(
          "E0209", "kinds of error in a circle: \(steps)", at: kind.span, hint: "take one of the parents away")
        break
      }
    }
  }

  // MARK: Tasks that mention what has changed

  /// The tasks that mention one of `names`, or a task that does.
  func dependents(of names: Set<String>) -> Set<String> {
    var found: Set<String> = []
    var open = Array(names)
    while let name = open.popLast() {
      for task in mentionedBy[name] ?? [] where found.insert(task).inserted { open.append(task) }
    }
    return found
  }

  func resolveAgain(_ names: Set<String>, in table: [String: Declaration]) -> Again {
    var again = declareAgain(names)
    var table = table
    for group in again.groups { for (_, declaration) in group.tasks { table[declaration.name] = declaration } }
    resolve(&again, in: table)
    return again
  }

  private func declareAgain(_ names: Set<String>) -> Again {
    var again = Again()
    var places: [Int: Int] = [:]
    for name in names.sorted() {
      guard let task = tasks[name] else { continue }
      let place = places[task.sourceIndex] ?? again.groups.count
      if place == again.groups.count {
        places[task.sourceIndex] = place
        let resolver = Resolver(
          source: task.source, builtinKinds: errorKinds, role: .input, capabilities: capabilities)
        again.groups.append(.init(resolver: resolver, sourceIndex: task.sourceIndex))
      }
      let declaration = Declaration(
        name, .task(task.task), task.task.name.span, of: task.source, in: FunctionContext(.main), topLevel: true)
      again.groups[place].tasks.append((task, declaration))
    }
    return again
  }

  private func resolve(_ again: inout Again, in table: [String: Declaration]) {
    for place in again.groups.indices {
      let resolver = again.groups[place].resolver
      resolver.begin(knowing: table)
      for index in again.groups[place].tasks.indices {
        let (task, declaration) = again.groups[place].tasks[index]
        let before = resolver.resolution.diagnostics.count
        again.groups[place].tasks[index].task.mentions = resolver.resolveAgain(task.task, declaration)
        if let problem = resolver.resolution.diagnostics[before...].first(where: { $0.severity == .error }) {
          again.failed[declaration.name] = problem
        }
      }
    }
  }

  // MARK: What is kept

  /// Notes the task that a name stands for, and what it mentions; nil for a name that is no task of an input.
  func note(task: SessionTask?, as name: String) {
    for mentioned in tasks[name]?.mentions ?? [] { mentionedBy[mentioned]?.remove(name) }
    tasks[name] = task
    for mentioned in task?.mentions ?? [] where mentioned != name { mentionedBy[mentioned, default: []].insert(name) }
  }

  /// Keeps what tasks that were compiled again mean.
  func take(_ again: Again) {
    for group in again.groups {
      for (task, declaration) in group.tasks {
        names[declaration.name] = declaration
        note(task: task, as: declaration.name)
      }
    }
  }
}
