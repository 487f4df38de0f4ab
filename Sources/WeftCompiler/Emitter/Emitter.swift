import WeftSyntax

/// Turns a resolved tree into code.
final class Emitter {
  var image: Image
  private(set) var resolution: Resolution
  /// The index of the file in the image; -1 for the prelude.
  private(set) var source: Int
  private(set) var role: Role
  var diagnostics: [Diagnostic] = []
  private var constantIndexes: [Image.Constant: Int] = [:]
  /// The function that code goes to.
  var f: FunctionBuilder
  /// Room that finished functions have left.
  private var rooms: [FunctionBuilder.Room] = []

  /// `gather`s and bodies of blocks whose value nobody takes. A load test must not keep what its tasks gave.
  var dropped: Set<Span> = []

  /// Expressions whose values stand in registers already: an `expect` shows them when it fails.
  var held: [Span: Int] = [:]

  /// Top-level values that no task uses live in registers of the main function, up to this many.
  private static let mainRegisters = 160

  enum Role {
    /// The script, or the prelude.
    case script
    case imported
    /// A part of a session, whose values later parts use.
    case input
  }

  init(image: Image, resolution: Resolution, source: Int) {
    self.image = image
    self.resolution = resolution
    self.source = source
    role = source > 0 ? .imported : .script
    f = FunctionBuilder(parent: nil, name: "", role: .main)
    restart(with: image.constants)
    noteKindParents()
  }

  /// Forgets the places of constants but for these.
  func restart(with constants: [Image.Constant]) {
    constantIndexes = [:]
    for (index, constant) in constants.enumerated() { constantIndexes[constant] = index }
  }

  /// Goes on with another file of the same image.
  func enter(_ resolution: Resolution, source: Int, _ role: Role) {
    self.resolution = resolution
    self.source = source
    self.role = role
    noteKindParents()
  }

  private func noteKindParents() {
    for pair in resolution.kindParents.values { image.kindParents[kindName(pair.kind)] = kindName(pair.parent) }
  }

  /// The file's top level does not run: a value there is worked out when it is first used.
  var isLazy: Bool { role == .imported || (role == .script && source == 0 && image.purpose.hasEntries) }

  func constant(_ constant: Image.Constant) -> Int {
    if let index = constantIndexes[constant] { return index }
    image.constants.append(constant)
    constantIndexes[constant] = image.constants.count - 1
    return image.constants.count - 1
  }

  // MARK: The file

  func emit(_ tree: Tree) {
    if isLazy { return emitDeclarations(tree) }
    f = FunctionBuilder(parent: nil, name: "main", role: .main)
    for statement in tree.statements { declareTopLevel(statement) }
    let main = image.functions.count
    image.functions.append(placeholder("main", .main))
    image.main = main
    // A file's top level is a taskgroup.
    let unused = f.allocate()
    emitScope(.taskgroup, flags: 0, options: [], to: unused, Span(0, 0)) { value in
      for statement in tree.statements { self.emit(statement, into: nil) }
      self.f.emit(.loadNone, a: value)
    }
    f.emit(.returnNone, b: f.next)
    finish(f, at: main)
  }

  func declareTopLevel(_ statement: Statement) {
    switch statement.kind {
    case .task(let task):
      if let declaration = resolution[task.name.span] { declareTask(declaration) }
    case .binding(let pattern, _, let isVariable):
      declareTopLevel(pattern, isVariable)
      if isLazy { declareLazy(names(of: pattern).compactMap { resolution[$0.span] }) }
    case .param(let param):
      guard let declaration = resolution[param.name.span] else { return }
      declareGlobal(declaration, isVariable: false)
      if isLazy, param.defaultValue != nil { declareLazy([declaration]) }
      if role != .script { return }
      image.params.append(
        Image.Param(
          name: param.name.text, global: declaration.global, defaultText: nil, type: .string,
          documentation: param.documentation, span: param.span))
    default: break
    }
  }

  /// Gives a task of the top level its function, whose code follows.
  func declareTask(_ declaration: Declaration) {
    declaration.functionIndex = image.functions.count
    image.functions.append(placeholder(declaration.name, .task))
  }

  private func declareTopLevel(_ pattern: Pattern, _ isVariable: Bool) {
    switch pattern {
    case .name(let name):
      guard let declaration = resolution[name.span] else { return }
      if isLazy || role != .script || declaration.isCaptured || f.next >= Self.mainRegisters {
        declareGlobal(declaration, isVariable: isVariable)
      } else {
        declaration.register = f.allocate()
        declaration.owner = f
      }
    case .discard: break
    case .list(let parts, _): for part in parts { declareTopLevel(part, isVariable) }
    case .map(let parts, _): for part in parts { declareTopLevel(part.pattern, isVariable) }
    }
  }

  private func declareGlobal(_ declaration: Declaration, isVariable: Bool) {
    declaration.global = image.globals.count
    image.globals.append(Image.Global(name: declaration.name, isVariable: isVariable))
  }

  // MARK: Functions

  func placeholder(_ name: String, _ role: Image.Role) -> Image.Function {
    Image.Function(
      name: name, source: source, parameters: [], required: 0, registers: 0, start: 0, end: 0, handlers: [],
      captures: [], cellCaptures: [],
      documentation: nil, role: role)
  }

  /// Moves a finished builder's code into the image.
  func finish(_ builder: FunctionBuilder, at index: Int) {
    let start = image.code.count
    image.code += builder.code
    image.spans += builder.spans
    image.functions[index] = Image.Function(
      name: builder.name, source: source, parameters: builder.parameters, required: builder.required,
      registers: builder.most + 1, start: start, end: image.code.count,
      handlers: builder.handlers.map { handler in
        var handler = handler
        handler.start += start
        handler.end += start
        handler.target += start
        return handler
      }, captures: builder.captures, cellCaptures: builder.cellCaptures, documentation: builder.documentation,
      role: builder.role)
    if builder.most > 60_000 {
      diagnostics.append(
        Diagnostic(
          .error, "E0409", "`\(builder.name)` needs too many values at once", at: builder.span,
          hint: "split it into several tasks"))
    }
  }

  /// Compiles a function of its own and gives its builder (for its captures) back.
  func function(
    _ name: String, _ role: Image.Role, at index: Int, documentation: String? = nil,
    _ body: () -> Void
  ) -> FunctionBuilder {
    let outer = f
    f = FunctionBuilder(parent: outer, name: name, role: role, room: rooms.popLast() ?? FunctionBuilder.Room())
    f.span = outer.span
    f.documentation = documentation
    body()
    let builder = f
    finish(builder, at: index)
    rooms.append(builder.leaveRoom())
    f = outer
    return builder
  }

  /// Compiles the parameters (which begin at register 0) and the body of a task.
  func emitTaskBody(_ parameters: [Parameter], _ body: TaskBody, isMocked: Bool = false) {
    for parameter in parameters {
      let register = f.allocate()
      f.parameters.append(parameter.name.text)
      if let declaration = resolution[parameter.name.span] { claim(declaration, register) }
    }
    f.required = parameters.prefix { $0.defaultValue == nil }.count
    for (register, parameter) in parameters.enumerated() {
      guard let value = parameter.defaultValue else { continue }
      let given = JumpLabel()
      f.span = value.span
      f.emitJump(.jumpIfSet, a: register, to: given)
      emit(value, to: register)
      f.place(given)
    }
    if isMocked { emitMockEntry(parameters.count) }
    for parameter in parameters {
      if let declaration = resolution[parameter.name.span] { wrapInCellIfNeeded(declaration) }
    }
    emitBody(body)
  }

  func emitBody(_ body: TaskBody) {
    switch body {
    case .expression(let expression): emitReturn(expression)
    case .block(let block): emitReturningBlock(block)
    }
  }

  /// A block whose value the function gives back.
  func emitReturningBlock(_ block: Block) {
    hoistCells(block.statements)
    for (index, statement) in block.statements.enumerated() {
      if index == block.statements.count - 1, case .expression(let expression) = statement.kind {
        f.span = statement.span
        emitReturn(expression)
        return
      }
      emit(statement, into: nil)
    }
    f.emit(.returnNone, b: f.next)
  }

  /// Gives the value of `expression` back to the caller, or to the cleanup around the current place.
  func emitReturn(_ expression: Expr) {
    let mark = f.next
    if f.enclosing.contains(where: { if case .cleanup = $0 { true } else { false } }) {
      let value = f.allocate()
      emit(expression, to: value)
      emitExit(.returnValue, value: value)
      f.free(to: mark)
      return
    }
    // `return if … { } else { }` returns from each branch by itself: no value has to travel to a common place.
    if case .ifElse(let clauses, let elseBody?) = expression.kind {
      emitReturningIf(clauses, elseBody)
      return
    }
    let value = operand(expression)
    f.emit(.returnValue, a: value.register, b: mark)
    f.free(to: mark)
  }

  private func emitReturningIf(_ clauses: [(condition: Expr, body: Block)], _ elseBody: Block) {
    for clause in clauses {
      let otherwise = JumpLabel()
      emitCondition(clause.condition, jumpIf: false, to: otherwise)
      let mark = f.next
      emitReturningBlock(clause.body)
      f.free(to: mark)
      f.place(otherwise)
    }
    let mark = f.next
    emitReturningBlock(elseBody)
    f.free(to: mark)
  }

  /// Leaves the loops and cleanups between here and where `exit` leads.
  func emitExit(_ exit: FunctionBuilder.Exit, value: Int? = nil) {
    for enclosing in f.enclosing.reversed() {
      switch enclosing {
      case .loop(let loop):
        switch exit {
        case .breakLoop(let target) where target === loop:
          if f.next > loop.height { f.emit(.clear, a: loop.height, b: f.next - loop.height) }
          f.emitJump(.jump, to: loop.breakLabel)
          return
        case .continueLoop(let target) where target === loop:
          if f.next > loop.height { f.emit(.clear, a: loop.height, b: f.next - loop.height) }
          f.emitJump(.jump, to: loop.continueLabel)
          return
        default: continue
        }
      case .cleanup(let cleanup):
        let number: Int
        if case .returnValue = exit {
          number = Completion.returned
          if !cleanup.exits.contains(where: { $0.number == number }) { cleanup.exits.append((number, exit)) }
        } else {
          number = Completion.firstJump + cleanup.exits.count
          cleanup.exits.append((number, exit))
        }
        f.emit(.setCompletion, flags: value == nil ? 0 : 2, a: cleanup.register, b: number, c: value ?? 0)
        if f.next > cleanup.height { f.emit(.clear, a: cleanup.height, b: f.next - cleanup.height) }
        f.emitJump(.jump, to: cleanup.unwindLabel)
        return
      }
    }
    if let value {
      f.emit(.returnValue, a: value, b: f.next)
    } else {
      f.emit(.returnNone, b: f.next)
    }
  }

  // MARK: Variables

  /// Puts a local name into a register of the current function.
  func claim(_ declaration: Declaration, _ register: Int) {
    declaration.register = register
    declaration.owner = f
  }

  /// A local variable that closures share lives in a cell.
  func needsCell(_ declaration: Declaration) -> Bool {
    declaration.isCaptured && declaration.global < 0
      && ((declaration.isVariable && declaration.isChanged) || declaration.isForward)
  }

  func wrapInCellIfNeeded(_ declaration: Declaration) {
    guard needsCell(declaration), !declaration.isCell else { return }
    f.emit(.newCell, a: declaration.register, b: declaration.register)
    declaration.isCell = true
  }

  /// Local tasks that closures mention before their declaration get their cells at the start of the block.
  func hoistCells(_ statements: [Statement]) {
    for statement in statements {
      guard case .task(let task) = statement.kind, let declaration = resolution[task.name.span],
        declaration.functionIndex < 0, declaration.isForward
      else { continue }
      claim(declaration, f.allocate())
      f.emit(.loadUnset, a: declaration.register)
      f.emit(.newCell, a: declaration.register, b: declaration.register)
      declaration.isCell = true
    }
  }
}
