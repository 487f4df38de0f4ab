public import WeftSyntax

/// The outcome of compiling a file. `image` is nil when there are errors.
public struct CompileResult: Sendable {
  public let image: Image?
  public let diagnostics: [Diagnostic]
}

/// Compiles a script.
///
/// - Parameters:
///   - tree: What the parser made of it. Its own diagnostics are the caller's.
///   - errorKinds: The names of the kinds of error that the machine throws by itself.
public func compile(_ tree: Tree, errorKinds: Set<String>) -> CompileResult {
  var image = Image()
  if let problem = compilePrelude(into: &image, errorKinds: errorKinds) {
    return CompileResult(image: nil, diagnostics: [problem])
  }
  image.sources = [tree.source]
  let resolver = Resolver(source: tree.source, builtinKinds: errorKinds, isPrelude: false)
  resolver.resolve(tree)
  var diagnostics = resolver.resolution.diagnostics
  if diagnostics.contains(where: { $0.severity == .error }) {
    return CompileResult(image: nil, diagnostics: diagnostics)
  }
  let emitter = Emitter(image: image, resolution: resolver.resolution, source: 0)
  emitter.emit(tree)
  diagnostics += emitter.diagnostics
  if diagnostics.contains(where: { $0.severity == .error }) {
    return CompileResult(image: nil, diagnostics: diagnostics)
  }
  diagnostics += Advisor(source: tree.source, resolution: resolver.resolution).advise(tree)
  return CompileResult(image: emitter.image, diagnostics: diagnostics)
}

/// Looks at the names and calls of a tree that does not compile for other reasons.
public func check(_ tree: Tree, errorKinds: Set<String>) -> [Diagnostic] {
  let resolver = Resolver(source: tree.source, builtinKinds: errorKinds, isPrelude: false)
  resolver.resolve(tree)
  return resolver.resolution.diagnostics
}

/// Compiles the tasks that built-in methods are made of. A problem there is a fault in Weft itself.
private func compilePrelude(into image: inout Image, errorKinds: Set<String>) -> Diagnostic? {
  let source = SourceFile(name: "<prelude>", text: preludeSource)
  let parsed = parse(source)
  let resolver = Resolver(source: source, builtinKinds: errorKinds, isPrelude: true)
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
