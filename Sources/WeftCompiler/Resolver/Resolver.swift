import WeftSyntax

/// Walks a file's tree once: says what each name stands for, and reports unknown names, wrong calls, changed constants
/// and statements in the wrong place.
final class Resolver {
  let source: SourceFile
  var resolution: Resolution
  /// What each name means at the current place.
  var table: [String: Declaration] = [:]
  /// The index in `resolution` of each declaration of another file. A declaration of this one knows its own.
  private var foreignIndexes: [ObjectIdentifier: Int32] = [:]
  /// Declarations of the open blocks, to be undone at the ends of these.
  private(set) var declared: [Declaration] = []
  /// Open blocks; the file is the first.
  private var depth = 0
  var function = FunctionContext(.main)
  /// Kinds of error that the machine knows.
  let builtinKinds: Set<String>
  let role: FileRole
  let capabilities: Capabilities
  /// What the host adds; it comes before what is built in.
  let host: HostInterface
  /// The files of its imports, by the offsets of their paths.
  let imports: [Int32: ImportedFile]
  /// Files whose names are in scope without an alias.
  var broughtIn: [ImportedFile] = []
  /// A file that could not be had may declare what is unknown here.
  var mayMissNames = false
  private var tree: Tree?
  /// Names that have been reported.
  private var unknownNames: Set<String> = []
  /// What names meant before this file: of an input of a session.
  var earlier: [String: Declaration] = [:]
  /// Names of the top level, and built-in ones, that the statement mentions.
  var mentions: Set<String> = []
  /// The same for each statement of an input.
  var statementMentions: [Set<String>] = []

  enum FileRole {
    case script, imported, prelude
    /// A script whose top level does not run.
    case declarations
    /// A part of a session.
    case input
  }

  init(
    source: SourceFile, builtinKinds: Set<String>, role: FileRole, capabilities: Capabilities = .all,
    imports: [Int32: ImportedFile] = [:], host: HostInterface = HostInterface()
  ) {
    self.host = host
    self.source = source
    self.builtinKinds = builtinKinds
    self.role = role
    self.capabilities = capabilities
    self.imports = imports
    resolution = Resolution(source: source)
  }

  var isPrelude: Bool { role == .prelude }

  func report(
    _ code: String, _ message: String, at span: Span, caret: String? = nil, labels: [Diagnostic.Label] = [],
    hint: String? = nil, severity: Diagnostic.Severity = .error
  ) {
    resolution.diagnostics.append(
      Diagnostic(severity, code, message, at: span, caret: caret, labels: labels, hint: hint))
  }

  // MARK: Scopes

  func inScope(_ body: () -> Void) {
    let outer = declared.count
    depth += 1
    body()
    depth -= 1
    while declared.count > outer {
      let declaration = declared.removeLast()
      table[declaration.name] = declaration.shadowed
    }
  }

  /// - Parameter elsewhere: It runs in a worker of a pool, or on another core.
  func inFunction(
    _ role: FunctionContext.Role, task: Declaration? = nil, elsewhere: Bool = false, _ body: () -> Void
  ) {
    let outer = function
    function = FunctionContext(role, task: task, outer: outer, elsewhere: elsewhere)
    inScope(body)
    function = outer
  }

  @discardableResult
  func declare(_ name: Name, _ kind: Declaration.Kind, ready: Bool = true) -> Declaration {
    let declaration = Declaration(name.text, kind, name.span, of: source, in: function, topLevel: isAtTopLevel)
    declaration.isReady = ready
    declaration.depth = depth
    let other = table.updateValue(declaration, forKey: name.text)
    if let other, isAtTopLevel, other === earlier[name.text] {
      // An input may declare anew what an earlier one did.
    } else if let other, isAtTopLevel, other.source !== source {
      reportClash(name, with: other)
    } else if let other, other.depth == depth, other.function === function {
      report(
        "E0204", "`\(name.text)` is declared twice in the same block", at: name.span, caret: "declared again",
        labels: [.init(span: other.span, text: "first declared here")],
        hint: "choose another name, or assign without `let`")
    }
    declaration.shadowed = other
    declared.append(declaration)
    note(declaration, at: name.span)
    return declaration
  }

  /// Notes that a declaration is meant at a place.
  func note(_ declaration: Declaration, at span: Span) {
    if declaration.isTopLevel, role == .input { mentions.insert(declaration.name) }
    resolution.set(index(of: declaration), at: span)
  }

  private func index(of declaration: Declaration) -> Int32 {
    // A session resolves parts of a file again, and declares them anew.
    if declaration.source === source, role != .input {
      if declaration.index < 0 { declaration.index = resolution.add(declaration) }
      return declaration.index
    }
    if let index = foreignIndexes[ObjectIdentifier(declaration)] { return index }
    let index = resolution.add(declaration)
    foreignIndexes[ObjectIdentifier(declaration)] = index
    return index
  }

  // MARK: Names

  /// Finds what `name` means and notes the use; reports it when it means nothing.
  @discardableResult
  func use(_ name: String, at span: Span) -> Declaration? {
    if let declaration = table[name] {
      use(declaration, at: span)
      return declaration
    }
    if isBuiltin(name) {
      if role == .input { mentions.insert(name) }
      return nil
    }
    reportUnknown(name, at: span)
    return nil
  }

  /// Notes that a place names a declaration that is in scope.
  func use(_ declaration: Declaration, at span: Span) {
    note(declaration, at: span)
    if declaration.function !== function {
      // A local task that calls itself does not capture itself: the machine knows what runs.
      if function.task === declaration, !declaration.isTopLevel { return }
      declaration.isCaptured = true
      if !declaration.isReady, !declaration.isTopLevel { declaration.isForward = true }
    } else if !declaration.isReady, !(declaration.isTopLevel && declaration.isTask) {
      report(
        "E0203", "`\(declaration.name)` is used before it is declared", at: span,
        labels: [label(declaration)])
    }
  }

  /// Whether the name means something without being declared.
  func isBuiltin(_ name: String) -> Bool {
    if host.functions[name] != nil || host.modules.contains(name) || host.types.contains(name) { return true }
    if let function = Builtins.function(named: name) {
      return isPrelude || (!name.hasPrefix("__") && capabilities.isSuperset(of: function.capability))
    }
    return builtinKinds.contains(name) || Builtins.modules.contains(name) || Builtins.typeNames.contains(name)
  }

  func isType(_ name: String) -> Bool { Builtins.typeNames.contains(name) || host.types.contains(name) }

  /// The members of `json`, or of what the host calls so.
  func members(ofModule module: String) -> [String] {
    (Builtins.members(ofModule: module) + host.members(ofModule: module)).sorted()
  }

  private func reportUnknown(_ name: String, at span: Span) {
    // One report for each name is enough.
    guard !mayMissNames, unknownNames.insert(name).inserted else { return }
    if let hidden = hidden(name) {
      report(
        "E0201", "cannot find `\(name)` in scope", at: span, labels: [label(hidden)], hint: hint(forHidden: hidden))
      return
    }
    if let missing = Builtins.function(named: name)?.capability, !missing.isEmpty {
      reportNotGranted(missing, name, at: span)
      return
    }
    var candidates = Array(table.keys)
    candidates += Builtins.functionNames.filter { isBuiltin($0) }
    candidates += host.functions.keys
    candidates += builtinKinds
    candidates += [
      "gather", "taskgroup", "race", "semaphore", "timeout", "retry", "shield", "pool", "rate", "while", "return",
    ]
    let match = closestMatch(to: name, among: candidates)
    report(
      "E0201", "cannot find `\(name)` in scope", at: span, caret: match.map { "did you mean `\($0)`?" },
      hint: match == nil ? foreignNames[name] : nil)
  }

  /// Something that the host of this script does not grant.
  func reportNotGranted(_ capability: Capabilities, _ name: String, at span: Span) {
    let (what, hint) = capability.description
    report("E0215", "`\(name)` is not there: the host of this script does not grant \(what)", at: span, hint: hint)
  }

  private let foreignNames = [
    "println": "write `print(…)`", "console": "write `print(…)`", "printf": "write `print(…)`",
    "self": "Weft has no classes; pass the value to a task", "this": "Weft has no classes; pass the value to a task",
    "asyncio": "tasks wait by themselves; use `gather`, `taskgroup` or `race`",
    "undefined": "write `none`", "null": "write `none`", "nil": "write `none`",
  ]

  /// The kinds after `catch`, in `throws(…)` and after `is`.
  func useKind(_ name: Name, allowTypes: Bool) {
    let path = name.text.split(separator: ".")
    if path.count > 1 { return useKind(name, of: path) }
    if let declaration = table[name.text] {
      note(declaration, at: name.span)
      if !declaration.isErrorKind {
        report(
          "E0207", "`\(name.text)` is not a kind of error", at: name.span, hint: "declare one with `error \(name.text)`"
        )
      }
      return
    }
    if builtinKinds.contains(name.text) || (allowTypes && isType(name.text)) { return }
    if mayMissNames { return }
    let match = closestMatch(to: name.text, among: builtinKinds.union(table.keys))
    report(
      "E0207", "cannot find a kind of error `\(name.text)`", at: name.span,
      caret: match.map { "did you mean `\($0)`?" },
      hint: match == nil ? "declare it with `error \(name.text)`" : nil)
  }

  // MARK: The file

  func resolve(_ tree: Tree) {
    begin(tree)
    for statement in tree.statements { resolve(statement) }
  }

  /// Declares what is known in the whole file.
  func begin(_ tree: Tree) {
    depth = 1
    self.tree = tree
    hoist(tree.statements)
  }

  /// Tasks and kinds of error are known in the whole block that declares them.
  func hoist(_ statements: [Statement]) {
    if isAtTopLevel {
      for statement in statements {
        if case .importFile(let path, let span, let alias) = statement.kind { bringIn(path: path, at: span, as: alias) }
      }
    }
    var errorKinds: [Name] = []
    for statement in statements {
      switch statement.kind {
      case .task(let task): declare(task.name, .task(task), ready: false)
      case .errorKinds(let names):
        for name in names { declareKind(name) }
        errorKinds += names
      case .binding(let pattern, _, let isVariable) where isAtTopLevel:
        // A task may use a top-level value that is declared further down.
        declare(pattern, isVariable ? .variable : .constant, ready: false)
      case .param(let param) where isAtTopLevel: declare(param.name, .param, ready: false)
      default: break
      }
    }
    for kind in errorKinds { resolveParent(of: kind) }
  }

  func parent(ofKind kind: Name) -> Name? { tree?.parent(ofErrorKind: kind) }

  func declare(_ pattern: Pattern, _ kind: Declaration.Kind, ready: Bool = true) {
    switch pattern {
    case .name(let name): declare(name, kind, ready: ready)
    case .discard: break
    case .list(let parts, _): for part in parts { declare(part, kind, ready: ready) }
    case .map(let parts, _): for part in parts { declare(part.pattern, kind, ready: ready) }
    }
  }

  func markReady(_ pattern: Pattern) {
    switch pattern {
    case .name(let name): resolution[name.span]?.isReady = true
    case .discard: break
    case .list(let parts, _): for part in parts { markReady(part) }
    case .map(let parts, _): for part in parts { markReady(part.pattern) }
    }
  }

  func resolve(_ block: Block) {
    inScope {
      hoist(block.statements)
      for statement in block.statements { resolve(statement) }
    }
  }

  var isAtTopLevel: Bool { depth == 1 }

  /// The kinds of error that the file, which has been resolved, declares.
  var kinds: [Declaration] { declared.filter(\.isErrorKind) }

  /// What the file, which has been resolved, gives to those that import it.
  func exports(isBroken: Bool) -> ImportedFile {
    ImportedFile(source: source, topLevel: declared, isBroken: isBroken)
  }
}
