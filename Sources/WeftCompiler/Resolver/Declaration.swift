import WeftSyntax

/// What a name stands for.
final class Declaration {
  enum Kind {
    case constant, variable, parameter, loopVariable, param
    /// Kept apart, because every declaration would else have room for one.
    indirect case task(TaskDeclaration)
    case errorKind
    /// The file is nil if it could not be had.
    case importAlias(ImportedFile?)
  }

  let name: String
  let kind: Kind
  let span: Span
  let source: SourceFile
  /// The function whose frame holds it.
  let function: FunctionContext
  /// Declared by a statement of the file itself, not inside a block.
  let isTopLevel: Bool
  /// How many blocks were open at its declaration.
  var depth = 0
  /// Its place in the `Resolution` of its own file; -1 until it is noted there.
  var index: Int32 = -1
  /// What the same name meant outside, until this one's scope ends.
  var shadowed: Declaration?
  /// Used inside another function than the one that declares it.
  var isCaptured = false
  /// Something is assigned to it, or to a part of it, after its declaration.
  var isChanged = false
  /// A local task that another function mentions before it is declared.
  var isForward = false
  /// A `mock` names this task.
  var isMocked = false
  /// The statement that declares it has been passed.
  var isReady = true

  // What the emitter adds.
  /// The function that `register` belongs to.
  var owner: FunctionBuilder?
  var register = -1
  var global = -1
  var functionIndex = -1
  /// The function that works out this value of an imported file when it is first used; -1 if there is none.
  var initializer = -1
  /// What the machine calls this kind of error.
  var kindName: String
  /// The register or capture holds a cell.
  var isCell = false

  init(
    _ name: String, _ kind: Kind, _ span: Span, of source: SourceFile, in function: FunctionContext, topLevel: Bool
  ) {
    self.name = name
    kindName = name
    self.kind = kind
    self.span = span
    self.source = source
    self.function = function
    isTopLevel = topLevel
  }

  var isTask: Bool {
    if case .task = kind { true } else { false }
  }

  var isErrorKind: Bool {
    if case .errorKind = kind { true } else { false }
  }

  var isImportAlias: Bool {
    if case .importAlias = kind { true } else { false }
  }

  /// Whether a script may assign to it.
  var isVariable: Bool {
    if case .variable = kind { true } else { false }
  }
}

/// A function as the resolver walks through it.
final class FunctionContext {
  enum Role { case main, task, child }
  let role: Role
  /// Loops around the current place, in this function.
  var loops = 0
  /// Blocks around the current place that own what `start` starts.
  var owners = 0
  /// `finally` bodies around the current place, and how many loops were open when the innermost began.
  var finallyLoops: [Int] = []
  /// `pool` blocks around the current place, in this function.
  var pools = 0
  /// The declaration of the task whose body this is.
  let task: Declaration?
  /// The function that it is written in.
  let outer: FunctionContext?
  /// It runs in a worker of a pool, or on another core, with copies of what it captures.
  let isElsewhere: Bool

  init(_ role: Role, task: Declaration? = nil, outer: FunctionContext? = nil, elsewhere: Bool = false) {
    self.role = role
    self.task = task
    self.outer = outer
    isElsewhere = elsewhere
  }
}

/// The outcome of name resolution: for each place where a name is written, what it stands for.
struct Resolution {
  /// By UTF-8 offset; -1 where no resolved name begins.
  private var indexByOffset: [Int32]
  private var declarations: [Declaration] = []
  var diagnostics: [Diagnostic] = []
  /// The kinds of error of the file that stand below others, by name, with their parents.
  var kindParents: [String: (kind: Name, parent: Name)] = [:]

  init(source: SourceFile) {
    indexByOffset = [Int32](repeating: -1, count: source.bytes.count + 1)
  }

  mutating func add(_ declaration: Declaration) -> Int32 {
    declarations.append(declaration)
    return Int32(declarations.count - 1)
  }

  mutating func set(_ index: Int32, at span: Span) {
    let offset = Int(span.start)
    if indexByOffset.indices.contains(offset) { indexByOffset[offset] = index }
  }

  subscript(span: Span) -> Declaration? {
    let offset = Int(span.start)
    guard indexByOffset.indices.contains(offset) else { return nil }
    let index = indexByOffset[offset]
    return index < 0 ? nil : declarations[Int(index)]
  }
}
