import WeftSyntax

extension Emitter {
  /// Compiles a block as a value: its last expression goes to `target` (none if there is none); nil drops it.
  func emit(_ block: Block, into target: Int?) {
    if let target, dropped.contains(block.span) {
      emit(block, into: nil)
      f.emit(.loadNone, a: target)
      return
    }
    let mark = f.next
    hoistCells(block.statements)
    if block.statements.isEmpty, let target { f.emit(.loadNone, a: target) }
    for (index, statement) in block.statements.enumerated() {
      emit(statement, into: index == block.statements.count - 1 ? target : nil)
    }
    endBlock(from: mark)
  }

  /// Releases what a block declared, so that values are unique again when they look unique.
  func endBlock(from mark: Int) {
    if f.next > mark { f.emit(.clear, a: mark, b: f.next - mark) }
    f.free(to: mark)
  }

  /// Compiles one statement; as the last of a block its value goes to `target`.
  func emit(_ statement: Statement, into target: Int?) {
    f.span = statement.span
    if case .expression(let expression) = statement.kind {
      let mark = f.next
      if let target { emit(expression, to: target) } else { emitDiscarding(expression) }
      f.free(to: mark)
      return
    }
    switch statement.kind {
    case .binding(let pattern, let value, _): emitBinding(pattern, value)
    case .assignment(let place, let op, let value):
      let mark = f.next
      emitAssignment(place, op, value, statement.span)
      f.free(to: mark)
    case .task(let task): emitTask(task)
    case .param(let param): emitParam(param)
    case .forLoop(let pattern, let sequence, let body): emitFor(pattern, sequence) { self.emit(body, into: nil) }
    case .whileLoop(let condition, let body): emitWhile(condition, body)
    case .breakLoop: emitLoopExit(isBreak: true)
    case .continueLoop: emitLoopExit(isBreak: false)
    case .returnValue(let value):
      if let value {
        emitReturn(value)
      } else if f.enclosing.contains(where: { if case .cleanup = $0 { true } else { false } }) {
        let mark = f.next
        let none = f.allocate()
        f.emit(.loadNone, a: none)
        emitExit(.returnValue, value: none)
        f.free(to: mark)
      } else {
        f.emit(.returnNone, b: f.next)
      }
    case .throwError(let value):
      let mark = f.next
      let register = f.allocate()
      emit(value, to: register)
      f.span = statement.span
      f.emit(.throwError, a: register)
      f.free(to: mark)
    case .expect(let condition):
      if f.role == .main, let questions = resolution.questions[statement.span] {
        emitCheck(condition, questions, statement.span)
      } else {
        emitExpect(condition, statement.span)
      }
    case .errorKinds, .importFile, .test, .bench, .invalid, .expression: break
    }
    if let target { f.emit(.loadNone, a: target) }
  }

  // MARK: Bindings

  func emitBinding(_ pattern: Pattern, _ value: Expr) {
    switch pattern {
    case .name(let name):
      guard let declaration = resolution[name.span] else { return }
      if declaration.global >= 0 {
        let mark = f.next
        let register = f.allocate()
        emit(value, to: register)
        f.emit(.setGlobal, a: register, bx: declaration.global)
        f.free(to: mark)
        return
      }
      // A top-level value has its register from the start.
      let register = declaration.register >= 0 ? declaration.register : f.allocate()
      emit(value, to: register)
      claim(declaration, register)
      wrapInCellIfNeeded(declaration)
    case .discard:
      let mark = f.next
      emitDiscarding(value)
      f.free(to: mark)
    case .list, .map:
      // The names get their registers first, so that the value's own register can be freed.
      for name in names(of: pattern) {
        guard let declaration = resolution[name.span], declaration.global < 0, declaration.register < 0 else {
          continue
        }
        claim(declaration, f.allocate())
      }
      let mark = f.next
      let register = f.allocate()
      emit(value, to: register)
      emitUnpack(pattern, from: register)
      f.free(to: mark)
    }
  }

  func names(of pattern: Pattern) -> [Name] {
    switch pattern {
    case .name(let name): [name]
    case .discard: []
    case .list(let parts, _): parts.flatMap { names(of: $0) }
    case .map(let parts, _): parts.flatMap { names(of: $0.pattern) }
    }
  }

  /// Takes the value in the temporary `register` apart; consumes it.
  func emitUnpack(_ pattern: Pattern, from register: Int) {
    f.span = pattern.span
    switch pattern {
    case .name(let name):
      guard let declaration = resolution[name.span] else { return }
      if declaration.global >= 0 {
        f.emit(.setGlobal, a: register, bx: declaration.global)
      } else {
        f.emit(.take, a: declaration.register, b: register)
        wrapInCellIfNeeded(declaration)
      }
    case .discard: f.emit(.clear, a: register, b: 1)
    case .list(let parts, _):
      let mark = f.next
      let first = f.allocate(max(parts.count, 1))
      f.emit(.unpackList, a: first, b: register, c: parts.count)
      f.emit(.clear, a: register, b: 1)
      for (index, part) in parts.enumerated() { emitUnpack(part, from: first + index) }
      f.free(to: mark)
    case .map(let parts, _):
      let mark = f.next
      let value = f.allocate()
      for part in parts {
        emitMember(.getMember, of: Operand(register: register, isTemp: false), part.key, to: value)
        emitUnpack(part.pattern, from: value)
      }
      f.emit(.clear, a: register, b: 1)
      f.free(to: mark)
    }
  }

  private func emitTask(_ task: TaskDeclaration) {
    guard let declaration = resolution[task.name.span] else { return }
    if declaration.functionIndex >= 0 {
      _ = function(task.name.text, .task, at: declaration.functionIndex, documentation: task.documentation) {
        f.span = task.name.span
        emitTaskBody(task.parameters, task.body, isMocked: declaration.isMocked && image.purpose.hasMocks)
      }
      return
    }
    let register = f.allocate()
    emitClosure(task.name.text, .task, to: register, documentation: task.documentation) {
      self.f.selfDeclaration = declaration
      self.emitTaskBody(task.parameters, task.body)
    }
    if declaration.isCell {
      f.emit(.setCell, a: register, b: declaration.register)
      f.free(to: register)
    } else {
      claim(declaration, register)
    }
  }

  /// Compiles a nested function and makes a value of it in `register`.
  func emitClosure(
    _ name: String, _ role: Image.Role, to register: Int, documentation: String? = nil, _ body: () -> Void
  ) {
    let index = image.functions.count
    image.functions.append(placeholder(name, role))
    let builder = function(name, role, at: index, documentation: documentation, body)
    if builder.captures.isEmpty {
      f.emit(.loadFunction, a: register, bx: index)
    } else {
      f.emit(.closure, a: register, bx: index)
      for capture in builder.captures {
        switch capture {
        case .register(let register): f.emit(.jump, bx: register)
        case .capture(let outer): f.emit(.jump, flags: 1, bx: outer)
        }
      }
    }
  }

  func emitParam(_ param: ParamDeclaration) {
    if role == .input {
      if let value = param.defaultValue { emitBinding(.name(param.name), value) }
      return
    }
    guard let declaration = resolution[param.name.span], let index = paramIndex(of: param.name) else { return }
    guard let value = param.defaultValue else {
      // A run without it ends here, and not in the middle of its work.
      let register = f.allocate()
      f.emit(.getGlobal, a: register, bx: declaration.global)
      f.emit(.clear, a: register, b: 1)
      f.free(to: register)
      return
    }
    noteDefault(value, ofParam: index)
    // The host has set the global already if the parameter was given.
    let mark = f.next
    let register = f.allocate()
    let given = JumpLabel()
    f.emit(.getGlobal, flags: 1, a: register, bx: declaration.global)
    f.emitJump(.jumpIfSet, a: register, to: given)
    emit(value, to: register)
    f.emit(.setGlobal, a: register, bx: declaration.global)
    f.place(given)
    f.emit(.clear, a: register, b: 1)
    f.free(to: mark)
  }

  /// The place of one of the script's parameters in the image.
  func paramIndex(of name: Name) -> Int? {
    guard let declaration = resolution[name.span] else { return nil }
    return image.params.firstIndex { $0.global == declaration.global }
  }

  func noteDefault(_ value: Expr, ofParam index: Int) {
    image.params[index].type = paramType(value)
    image.params[index].defaultText = ""
  }

  private func paramType(_ value: Expr) -> Image.ParamType {
    switch value.kind {
    case .string: .string
    case .int, .bigInt: .int
    case .float: .float
    case .bool: .bool
    case .duration: .duration
    case .rate: .rate
    case .list: .list
    case .map: .map
    case .negate(let inner): paramType(inner)
    default: .any
    }
  }

  // MARK: Assignments

  private func emitAssignment(_ target: Expr, _ op: BinaryOperator?, _ value: Expr, _ span: Span) {
    var op = op
    var value = value
    // `a = a + b` is `a += b` unless working out `b` may change `a`: the old value need not survive.
    if op == nil, case .name(let name) = target.kind, case .binary(let inner, let left, let right) = value.kind,
      case .name(name) = left.kind, localRegister(target) == nil ? isQuiet(right) : !mayAssign(right)
    {
      op = inner
      value = right
    }
    if case .name = target.kind, let declaration = resolution[target.span] {
      emitAssignment(to: declaration, op, value, span)
      return
    }
    var keys: [PathKey] = []
    guard let root = emitPath(target, &keys) else { return }
    // One index on a plain local list or map, such as `sieve[j] = false`, has an instruction of its own.
    if op == nil, case .register(let register) = root, keys.count == 1, case .index(let key) = keys[0] {
      let index = operand(key, before: value)
      // A list that is put into itself must be seen to have two owners.
      let isItself = localRegister(value) == register
      let new = isItself ? Operand(register: f.allocate(), isTemp: true) : operand(value)
      if isItself { emit(value, to: new.register) }
      f.span = span
      f.emit(.setIndex, flags: flags(index, new), a: register, b: index.register, c: new.register)
      return
    }
    let first = f.allocate(max(keys.count, 1))
    for (offset, key) in keys.enumerated() { emit(key, to: first + offset) }
    let new = f.allocate()
    emit(value, to: new)
    f.span = span
    let (kind, index) = encode(root)
    if let op {
      f.emit(.updatePath, flags: kind, a: new, b: first, c: keys.count)
      f.emit(.jump, a: Int(opcode(op).rawValue), bx: index)
    } else {
      f.emit(.setPath, flags: kind, a: new, b: first, c: keys.count)
      f.emit(.jump, bx: index)
    }
    if case .fixed(let register) = root { f.emit(.clear, a: register, b: 1) }
  }

  /// Whether an expression calls nothing and waits for nothing, so that no variable changes meanwhile.
  private func isQuiet(_ expression: Expr) -> Bool {
    switch expression.kind {
    case .none, .bool, .int, .bigInt, .float, .duration, .rate, .name, .closure: true
    case .negate(let inner), .not(let inner), .member(let inner, _, _): isQuiet(inner)
    case .binary(_, let left, let right), .and(let left, let right), .or(let left, let right),
      .coalesce(let left, let right), .index(let left, let right), .membership(let left, let right, _):
      isQuiet(left) && isQuiet(right)
    case .comparison(let operands, _): operands.allSatisfy { isQuiet($0) }
    case .list(let elements): elements.allSatisfy { isQuiet($0) }
    case .string(let parts):
      parts.allSatisfy { part in if case .interpolation(let inner) = part { isQuiet(inner) } else { true } }
    default: false
    }
  }

  private func emitAssignment(to declaration: Declaration, _ op: BinaryOperator?, _ value: Expr, _ span: Span) {
    emitReady(declaration)
    if let op {
      if declaration.global < 0, declaration.owner === f, !declaration.isCell {
        emitBinary(op, Operand(register: declaration.register, isTemp: false), value, to: declaration.register, span)
        return
      }
      let new = f.allocate()
      emit(value, to: new)
      f.span = span
      let (kind, index) = encode(root(of: declaration))
      f.emit(.updatePath, flags: kind, a: new, b: 0, c: 0)
      f.emit(.jump, a: Int(opcode(op).rawValue), bx: index)
      return
    }
    if declaration.global < 0, declaration.owner === f, !declaration.isCell {
      if writesOnlyAtTheEnd(value) {
        emit(value, to: declaration.register)
      } else {
        let new = f.allocate()
        emit(value, to: new)
        f.emit(.take, a: declaration.register, b: new)
      }
      return
    }
    let new = f.allocate()
    emit(value, to: new)
    f.span = span
    store(new, in: declaration)
  }

  /// Stores the temporary `register`, which is consumed.
  func store(_ register: Int, in declaration: Declaration) {
    switch root(of: declaration) {
    case .register(let target): f.emit(.take, a: target, b: register)
    case .cell(let cell): f.emit(.setCell, a: register, b: cell)
    case .captureCell(let capture): f.emit(.setCaptureCell, a: register, b: capture)
    case .global(let global): f.emit(.setGlobal, a: register, bx: global)
    // unreachable: the root of a declaration is a variable.
    case .fixed: break
    }
  }

  /// Whether the code of an expression touches its target register only with its last instruction.
  private func writesOnlyAtTheEnd(_ value: Expr) -> Bool {
    switch value.kind {
    case .none, .bool, .int, .bigInt, .float, .duration, .rate, .name, .binary, .negate, .index, .member, .closure: true
    default: false
    }
  }

  // MARK: Paths

  enum PathRoot {
    case register(Int)
    case cell(Int)
    case captureCell(Int)
    case global(Int)
    /// A value that is no variable: only what a Shared inside holds may change.
    case fixed(Int)
  }

  enum PathKey {
    case index(Expr)
    case member(Name)
  }

  func root(of declaration: Declaration) -> PathRoot {
    if declaration.global >= 0 { return .global(declaration.global) }
    if declaration.owner === f {
      return declaration.isCell ? .cell(declaration.register) : .register(declaration.register)
    }
    return .captureCell(f.capture(declaration))
  }

  func encode(_ root: PathRoot) -> (kind: UInt8, index: Int) {
    switch root {
    case .register(let index): (0, index)
    case .cell(let index): (1, index)
    case .captureCell(let index): (2, index)
    case .global(let index): (3, index)
    case .fixed(let index): (4, index)
    }
  }

  /// Where a path begins, and its keys from the root on. A root that is not a name is worked out into a temporary.
  func emitPath(_ target: Expr, _ keys: inout [PathKey]) -> PathRoot? {
    switch target.kind {
    case .member(let base, let name, _):
      guard let root = emitPath(base, &keys) else { return nil }
      keys.append(.member(name))
      return root
    case .index(let base, let index):
      guard let root = emitPath(base, &keys) else { return nil }
      keys.append(.index(index))
      return root
    case .name:
      if let declaration = resolution[target.span], !isCapturedCopy(declaration), !declaration.isTask,
        !declaration.isErrorKind, declaration.isVariable
      {
        emitReady(declaration)
        return root(of: declaration)
      }
      fallthrough
    default:
      let register = f.allocate()
      emit(target, to: register)
      return .fixed(register)
    }
  }

  /// Captured by value: there is no variable behind it to change.
  private func isCapturedCopy(_ declaration: Declaration) -> Bool {
    declaration.global < 0 && declaration.owner !== f && !declaration.isCell
  }

  func emit(_ key: PathKey, to register: Int) {
    switch key {
    case .index(let expression): emit(expression, to: register)
    case .member(let name): f.emit(.loadConstant, a: register, bx: constant(.string(name.text)))
    }
  }

  // MARK: Loops

  private func emitLoopExit(isBreak: Bool) {
    for enclosing in f.enclosing.reversed() {
      if case .loop(let loop) = enclosing {
        emitExit(isBreak ? .breakLoop(loop) : .continueLoop(loop))
        return
      }
    }
  }

  private func emitWhile(_ condition: Expr, _ body: Block) {
    let mark = f.next
    let loop = FunctionBuilder.Loop(height: mark)
    let start = JumpLabel()
    // The condition stands at the bottom, so that each round takes one jump.
    f.emitJump(.jump, to: loop.continueLabel)
    f.place(start)
    f.enclosing.append(.loop(loop))
    emit(body, into: nil)
    f.enclosing.removeLast()
    f.place(loop.continueLabel)
    f.span = condition.span
    emitCondition(condition, jumpIf: true, to: start)
    f.place(loop.breakLabel)
    f.free(to: mark)
  }

  /// `for pattern in sequence`, with `body` between.
  func emitFor(_ pattern: Pattern, _ sequence: Expr, _ body: () -> Void) {
    let mark = f.next
    if case .range(let lower, let upper, let inclusive) = sequence.kind {
      emitRangeLoop(pattern, lower, upper, inclusive, sequence.span, body)
    } else if let bounds = rangeCall(sequence) {
      emitStepLoop(pattern, bounds, sequence.span, body)
    } else {
      emitIteration(pattern, sequence, body)
    }
    f.free(to: mark)
  }

  /// The arguments of a call of the built-in `range`, which a loop need not make a list of.
  private func rangeCall(_ sequence: Expr) -> [Expr]? {
    guard case .call(let callee, let arguments) = sequence.kind, case .name("range") = callee.kind,
      resolution[callee.span] == nil, (1...3).contains(arguments.count), arguments.allSatisfy({ $0.label == nil })
    else { return nil }
    return arguments.map(\.value)
  }

  private func emitStepLoop(_ pattern: Pattern, _ bounds: [Expr], _ span: Span, _ body: () -> Void) {
    let first = f.allocate(4)
    if bounds.count == 1 { f.emit(.loadInt, a: first, bx: 0) } else { emit(bounds[0], to: first) }
    emit(bounds.count == 1 ? bounds[0] : bounds[1], to: first + 1)
    if bounds.count == 3 { emit(bounds[2], to: first + 2) } else { f.emit(.loadInt, a: first + 2, bx: 1) }
    emitCountedLoop(.stepPrepare, .stepNext, first, pattern, in: first + 3, span, body)
  }

  private func emitRangeLoop(
    _ pattern: Pattern, _ lower: Expr, _ upper: Expr, _ inclusive: Bool, _ span: Span, _ body: () -> Void
  ) {
    let first = f.allocate(3)
    emit(lower, to: first)
    emit(upper, to: first + 1)
    emitCountedLoop(.rangePrepare, .rangeNext, flags: inclusive ? 1 : 0, first, pattern, in: first + 2, span, body)
  }

  /// A loop that counts in the registers from `first` on, which hold its bounds; the number goes to `variable`.
  private func emitCountedLoop(
    _ prepare: Opcode, _ next: Opcode, flags: UInt8 = 0, _ first: Int, _ pattern: Pattern, in variable: Int,
    _ span: Span, _ body: () -> Void
  ) {
    let end = JumpLabel()
    let start = JumpLabel()
    f.span = span
    f.emitJump(prepare, flags: flags, a: first, to: end)
    f.place(start)
    let loop = FunctionBuilder.Loop(height: f.next)
    f.enclosing.append(.loop(loop))
    bindLoopVariable(pattern, variable, body)
    f.enclosing.removeLast()
    f.place(loop.continueLabel)
    f.span = span
    f.emitJump(next, a: first, to: start)
    f.place(loop.breakLabel)
    f.place(end)
  }

  /// The loop's own register serves as the variable unless closures need a cell of it.
  private func bindLoopVariable(_ pattern: Pattern, _ register: Int, _ body: () -> Void) {
    let mark = f.next
    switch pattern {
    case .name(let name):
      if let declaration = resolution[name.span] { claim(declaration, register) }
    case .discard: break
    case .list, .map:
      for name in names(of: pattern) {
        if let declaration = resolution[name.span] { claim(declaration, f.allocate()) }
      }
      let copy = f.allocate()
      f.emit(.move, a: copy, b: register)
      emitUnpack(pattern, from: copy)
    }
    body()
    endBlock(from: mark)
  }

  private func emitIteration(_ pattern: Pattern, _ sequence: Expr, _ body: () -> Void) {
    let iterator = f.allocate(2)
    emit(sequence, to: iterator)
    f.span = sequence.span
    f.emit(.iteratePrepare, a: iterator)
    let end = JumpLabel()
    let start = JumpLabel()
    f.place(start)
    let loop: FunctionBuilder.Loop
    if case .list(let parts, _) = pattern, parts.count == 2, let key = simple(parts[0]), let value = simple(parts[1]) {
      // Keys and values of a map come without a list made for each pair.
      let pair = f.allocate(2)
      f.emit(.iterateNextPair, a: iterator, b: pair)
      f.emitJump(.jump, to: end)
      loop = FunctionBuilder.Loop(height: f.next)
      f.enclosing.append(.loop(loop))
      if let name = key.name, let declaration = resolution[name.span] { claim(declaration, pair) }
      if let name = value.name, let declaration = resolution[name.span] { claim(declaration, pair + 1) }
      body()
    } else {
      let element = f.allocate()
      f.emit(.iterateNext, a: iterator, b: element)
      f.emitJump(.jump, to: end)
      loop = FunctionBuilder.Loop(height: f.next)
      f.enclosing.append(.loop(loop))
      bindLoopVariable(pattern, element, body)
    }
    f.enclosing.removeLast()
    f.place(loop.continueLabel)
    f.span = sequence.span
    f.emitJump(.jump, to: start)
    f.place(loop.breakLabel)
    f.place(end)
    f.emit(.clear, a: iterator, b: f.next - iterator)
  }

  private func simple(_ pattern: Pattern) -> (name: Name?, Void)? {
    switch pattern {
    case .name(let name): (name, ())
    case .discard: (nil, ())
    case .list, .map: nil
    }
  }
}
