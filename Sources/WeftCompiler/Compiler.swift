public import WeftSyntax

/// The outcome of compiling a file. `image` is nil when there are errors.
public struct CompileResult: Sendable {
  public let image: Image?
  public let diagnostics: [Diagnostic]
}

/// Compiles a script with what it imports.
///
/// - Parameters:
///   - program: What the parser made of the files. Its own diagnostics are the caller's.
///   - errorKinds: The names of the kinds of error that the machine throws by itself.
///   - capabilities: What the host grants.
///   - advising: Whether the diagnostics hold advice too, for which the whole program is looked through once more.
///   - purpose: What of it will run.
public func compile(
  _ program: Program, errorKinds: Set<String>, granting capabilities: Capabilities, advising: Bool,
  for purpose: Purpose = .run
) -> CompileResult {
  var image = Image()
  image.purpose = purpose
  if let problem = compilePrelude(into: &image, errorKinds: errorKinds) {
    return CompileResult(image: nil, diagnostics: [problem])
  }
  image.sources = program.files.map(\.tree.source)
  let resolvers = resolve(program, errorKinds, capabilities, purpose)
  var diagnostics = diagnostics(of: resolvers)
  if diagnostics.contains(where: { $0.severity == .error }) {
    return CompileResult(image: nil, diagnostics: diagnostics)
  }
  // Some six bytes of a script become one instruction; room that stays empty is never touched.
  let room = image.code.count + image.sources.reduce(0) { $0 + $1.bytes.count } / 5
  image.code.reserveCapacity(room)
  image.spans.reserveCapacity(room)
  for index in program.order {
    let emitter = Emitter(image: image, resolution: resolvers[index].resolution, source: index)
    emitter.emit(program.files[index].tree)
    diagnostics += placed(emitter.diagnostics, in: index == 0 ? nil : resolvers[index].source)
    image = emitter.image
  }
  if diagnostics.contains(where: { $0.severity == .error }) {
    return CompileResult(image: nil, diagnostics: diagnostics)
  }
  if advising { diagnostics += advice(on: program, resolvers) }
  return CompileResult(image: image, diagnostics: diagnostics)
}

/// Looks through the files of a program that compiles, each after those that it imports.
private func advice(on program: Program, _ resolvers: [Resolver]) -> [Diagnostic] {
  var diagnostics: [Diagnostic] = []
  var tasks: [ObjectIdentifier: Traits] = [:]
  for index in program.order {
    let source = resolvers[index].source
    let advisor = Advisor(source: source, resolution: resolvers[index].resolution, tasks: tasks)
    diagnostics += placed(advisor.advise(program.files[index].tree), in: index == 0 ? nil : source)
    tasks = advisor.tasks
  }
  return diagnostics
}

/// Looks at the names and calls of a program that does not compile for other reasons.
public func check(_ program: Program, errorKinds: Set<String>, granting capabilities: Capabilities) -> [Diagnostic] {
  diagnostics(of: resolve(program, errorKinds, capabilities, .run))
}

/// Resolves each file after those that it imports; gives them in the order of the program's files.
private func resolve(
  _ program: Program, _ errorKinds: Set<String>, _ capabilities: Capabilities, _ purpose: Purpose
) -> [Resolver] {
  var resolvers: [Int: Resolver] = [:]
  var exports: [Int: ImportedFile] = [:]
  for index in program.order {
    let file = program.files[index]
    let resolver = Resolver(
      source: file.tree.source, builtinKinds: errorKinds,
      role: index > 0 ? .imported : purpose.hasEntries ? .declarations : .script,
      capabilities: capabilities, imports: file.imports.compactMapValues { exports[$0] })
    resolver.resolve(file.tree)
    resolvers[index] = resolver
    exports[index] = resolver.exports(isBroken: file.isBroken)
  }
  let ordered = program.files.indices.compactMap { resolvers[$0] }
  // Two files may each declare a kind of the same name: the script's, or that of the first file, keeps it.
  var owners: [String: SourceFile] = [:]
  for resolver in ordered {
    for kind in resolver.kinds {
      let owner = owners[kind.name] ?? kind.source
      owners[kind.name] = owner
      if owner !== kind.source { kind.kindName = "\(kind.name) (\(kind.source.name))" }
    }
  }
  return ordered
}

private func diagnostics(of resolvers: [Resolver]) -> [Diagnostic] {
  resolvers.enumerated().flatMap { index, resolver in
    placed(resolver.resolution.diagnostics, in: index == 0 ? nil : resolver.source)
  }
}

private func placed(_ diagnostics: [Diagnostic], in source: SourceFile?) -> [Diagnostic] {
  diagnostics.map { diagnostic in
    var diagnostic = diagnostic
    diagnostic.source = source
    return diagnostic
  }
}

/// Compiles the tasks that built-in methods are made of. A problem there is a fault in Weft itself.
func compilePrelude(into image: inout Image, errorKinds: Set<String>) -> Diagnostic? {
  let source = SourceFile(name: "<prelude>", text: preludeSource)
  let parsed = parse(source)
  let resolver = Resolver(source: source, builtinKinds: errorKinds, role: .prelude)
  resolver.resolve(parsed.tree)
  if let problem = (parsed.diagnostics + resolver.resolution.diagnostics).first(where: { $0.severity == .error }) {
    return Diagnostic(
      .error, "E0999",
      "fault in weft: the prelude does not compile: \(problem.message) (line \(source.line(at: Int(problem.span.start))))",
      at: Span(0, 0))
  }
  let emitter = Emitter(image: image, resolution: resolver.resolution, source: -1)
  emitter.emit(parsed.tree)
  image = emitter.image
  for (index, function) in image.functions.enumerated() where function.role == .task {
    image.preludeFunctions[function.name] = index
  }
  return nil
}
