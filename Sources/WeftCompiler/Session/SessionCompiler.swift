public import WeftSyntax

/// Compiles the inputs of a session one after the other, each with what earlier ones declared, into one image that only grows.
///
/// Names are bound when code is compiled, and code never changes, so what runs keeps the meaning that its names had. An input that
/// declares a name anew gives the name another meaning for what follows; the tasks that use the name are compiled again, as if they
/// were entered anew behind it, so that new calls of them use the new meaning.
public final class SessionCompiler {
  /// What became of an input.
  public struct Input: Sendable {
    /// Of an input with errors these are errors, and it has changed nothing. Else they are warnings.
    public var diagnostics: [Diagnostic] = []
    /// The function that runs it; nil if it does not compile.
    public var main: Int?
    /// It ends in an expression.
    public var hasValue = false
    /// The globals that it gives a value, by the names that it declares.
    public var values: [(name: String, global: Int)] = []
  }

  /// The current meaning of each name.
  var names: [String: Declaration] = [:]
  /// The tasks among them that inputs have declared.
  var tasks: [String: SessionTask] = [:]
  /// The names of the tasks that mention a name.
  var mentionedBy: [String: Set<String>] = [:]
  /// How a name was declared, if an input did it.
  var definitions: [String: SessionDefinition] = [:]
  /// Imported files, by identity, as they were read last.
  var files: [String: SessionFile] = [:]
  /// The file that each kind of error belongs to; inputs have none of their own.
  var kindOwners: [String: String] = [:]
  var history: [SessionStatement] = []
  /// What the names that the last input declared meant before it.
  var replaced: [String: SessionMeaning] = [:]
  /// Globals that no name stands for any more, whose values code may still use.
  public var retired: Set<Int> = []
  /// The last input's function.
  public private(set) var lastMain: Int?

  /// The kinds of error that stand below others, with these.
  var kindParents: [String: String] = [:]
  /// A fault in Weft, which each input is told of.
  private var preludeProblem: Diagnostic?

  let emitter: Emitter
  let errorKinds: Set<String>
  let capabilities: Capabilities
  /// Words of code that the machine has room for.
  private let room: Int

  /// - Parameters:
  ///   - errorKinds: The names of the kinds of error that the machine throws by itself.
  ///   - capabilities: What the host grants.
  ///   - room: Words of code that the machine has room for.
  public init(errorKinds: Set<String>, granting capabilities: Capabilities, room: Int) {
    self.errorKinds = errorKinds
    self.capabilities = capabilities
    self.room = room
    emitter = Emitter(image: Image(), resolution: Resolution(source: SourceFile(name: "", bytes: [])), source: -1)
  }

  /// The image that inputs are compiled into: the prelude, and the globals of `_` and `_error`.
  public func makeImage() -> Image {
    var image = Image()
    preludeProblem = compilePrelude(into: &image, errorKinds: errorKinds)
    let source = SourceFile(name: "<session>", bytes: [])
    for name in ["_", "_error"] {
      let declaration = Declaration(
        name, .constant, Span(0, 0), of: source, in: FunctionContext(.main), topLevel: true)
      declaration.global = image.globals.count
      image.globals.append(Image.Global(name: name, isVariable: false))
      names[name] = declaration
    }
    // The script's own file has the number 0, and traces leave its name out. No input is the script.
    image.sources.append(source)
    emitter.restart(with: image.constants)
    return image
  }

  /// Compiles an input.
  ///
  /// - Parameters:
  ///   - program: The input, which is the first, and the files that it imports. Its own diagnostics are the caller's.
  ///   - image: What the inputs before were compiled into.
  public func compile(_ program: Program, into image: inout Image) -> Input {
    var input = Input()
    if let preludeProblem { input.diagnostics.append(preludeProblem) }
    guard let tree = program.files.first?.tree, preludeProblem == nil else { return input }
    let imports = resolveImports(of: program)
    input.diagnostics += imports.diagnostics
    // A task that would not compile any more keeps the meaning that its names had.
    var left: Set<String> = []
    var resolved = resolve(program, imports, leaving: left, parents: image.kindParents)
    while resolved.diagnostics.isEmpty, !resolved.failed.isEmpty {
      left.formUnion(resolved.failed.keys)
      input.diagnostics += resolved.failed.sorted { $0.key < $1.key }.map { warning(of: $0.key, $0.value, tree) }
      resolved = resolve(program, imports, leaving: left, parents: image.kindParents)
    }
    let problems = resolved.diagnostics
    if input.diagnostics.contains(where: { $0.severity == .error })
      || problems.contains(where: { $0.severity == .error })
    {
      input.diagnostics = (input.diagnostics + problems).filter { $0.severity == .error }
      return input
    }
    input.diagnostics += problems
    let before = SessionMark(image)
    let main = emit(program, resolved, imports, into: &image)
    input.diagnostics += emitter.takeDiagnostics()
    if image.code.count > room {
      input.diagnostics.append(
        Diagnostic(
          .error, "", "the session has no room for more code", at: Span(0, tree.source.bytes.count),
          hint: "`:reset` begins it anew"))
    }
    if input.diagnostics.contains(where: { $0.severity == .error }) {
      before.restore(&image)
      emitter.restart(with: image.constants)
      return input
    }
    input.main = main
    lastMain = main
    if case .expression? = tree.statements.last?.kind { input.hasValue = true }
    kindParents = image.kindParents
    input.values = take(program, resolved, imports)
    return input
  }

  private func warning(of task: String, _ problem: Diagnostic, _ tree: Tree) -> Diagnostic {
    let source = tasks[task]?.source
    var diagnostic = Diagnostic(
      .warning, "", "`\(task)` goes on with the earlier definition: \(problem.message)", at: problem.span,
      caret: problem.caret, labels: problem.labels, hint: "define `\(task)` again to make it use the new one")
    diagnostic.source = source
    return diagnostic
  }

  // MARK: The outcome of running

  /// The input has run: what it replaced will not come back.
  public func settle() {
    for meaning in replaced.values {
      if let declaration = meaning.declaration, declaration.global > 1, declaration.initializer < 0 {
        retired.insert(declaration.global)
      }
    }
    replaced = [:]
  }

  /// The globals and functions that names stand for.
  public var roots: (globals: [Int], functions: [Int]) {
    var globals = [0, 1]
    var functions: [Int] = []
    for declaration in names.values {
      if declaration.global >= 0 { globals.append(declaration.global) }
      if declaration.functionIndex >= 0 { functions.append(declaration.functionIndex) }
    }
    return (globals, functions)
  }

  /// Takes back the names of an input that ended before it gave them a value: they mean again what they meant before it.
  ///
  /// - Parameter unset: What `Input.values` lists, as far as it has no value.
  public func withdraw(_ unset: [(name: String, global: Int)], from image: inout Image) {
    var changed: Set<String> = []
    for (name, global) in unset where names[name]?.global == global {
      let earlier = replaced[name]
      names[name] = earlier?.declaration
      replaced[name] = nil
      definitions[name] = earlier?.definition
      note(task: earlier?.task, as: name)
      changed.insert(name)
      retired.insert(global)
    }
    if changed.isEmpty { return }
    var left = changed
    var again = resolveAgain(dependents(of: changed).subtracting(left), in: names)
    while !again.failed.isEmpty {
      left.formUnion(again.failed.keys)
      again = resolveAgain(dependents(of: changed).subtracting(left), in: names)
    }
    let before = SessionMark(image)
    emit(again, into: &image)
    if !emitter.takeDiagnostics().isEmpty || image.code.count > room {
      before.restore(&image)
      emitter.restart(with: image.constants)
    } else {
      take(again)
    }
  }
}

/// What a name meant before the last input.
struct SessionMeaning {
  let declaration: Declaration?
  let task: SessionTask?
  let definition: SessionDefinition?
}

/// A task that an input has declared.
struct SessionTask {
  let source: SourceFile
  /// The file in the image.
  let sourceIndex: Int
  let task: TaskDeclaration
  let span: Span
  /// The names that it mentions and does not declare itself.
  var mentions: Set<String>
}

/// How an input declared a name.
struct SessionDefinition {
  let source: SourceFile
  let span: Span
}

/// An imported file as it was read last.
struct SessionFile {
  let source: SourceFile
  let exports: ImportedFile
  /// The files that it imports, by identity.
  let imports: Set<String>
}

/// A statement that was entered, for the script that the session can be saved as.
struct SessionStatement {
  let source: SourceFile
  let statement: Statement
  let declared: [Name]
  let usesLastValue: Bool
}

/// How far an image was.
struct SessionMark {
  private let code, spans, functions, constants, globals, initializers, sources: Int
  private let kindParents: [String: String]
  private let mentionsShutdown: Bool

  init(_ image: Image) {
    code = image.code.count
    spans = image.spans.count
    functions = image.functions.count
    constants = image.constants.count
    globals = image.globals.count
    initializers = image.initializers.count
    sources = image.sources.count
    kindParents = image.kindParents
    mentionsShutdown = image.mentionsShutdown
  }

  /// Takes away what has been added.
  func restore(_ image: inout Image) {
    image.code.removeLast(image.code.count - code)
    image.spans.removeLast(image.spans.count - spans)
    image.functions.removeLast(image.functions.count - functions)
    image.constants.removeLast(image.constants.count - constants)
    image.globals.removeLast(image.globals.count - globals)
    image.initializers.removeLast(image.initializers.count - initializers)
    image.sources.removeLast(image.sources.count - sources)
    image.kindParents = kindParents
    image.mentionsShutdown = mentionsShutdown
  }
}
