import WeftSyntax

/// Where an expression's value stands: in a variable's own register, or in a temporary that its reader consumes.
struct Operand {
  let register: Int
  let isTemp: Bool
}

extension Emitter {
  func flags(_ b: Operand, _ c: Operand) -> UInt8 { (b.isTemp ? 1 : 0) | (c.isTemp ? 2 : 0) }

  /// The local variable that the expression is, if reading its register gives its value.
  func localRegister(_ expression: Expr) -> Int? {
    if !held.isEmpty, let register = held[expression.span] { return register }
    guard case .name = expression.kind, let declaration = resolution[expression.span], declaration.global < 0,
      declaration.owner === f, !declaration.isCell, !declaration.isErrorKind, declaration.register >= 0
    else { return nil }
    return declaration.register
  }

  /// The value of an expression for an instruction that reads it. `before` tells that something which may assign to
  /// variables is worked out between now and then.
  func operand(_ expression: Expr, before other: Expr? = nil) -> Operand {
    if let register = localRegister(expression), other.map({ !mayAssign($0) }) ?? true {
      return Operand(register: register, isTemp: false)
    }
    let register = f.allocate()
    emit(expression, to: register)
    return Operand(register: register, isTemp: true)
  }

  /// Whether working out an expression may run statements of this function.
  func mayAssign(_ expression: Expr) -> Bool {
    switch expression.kind {
    case .none, .bool, .int, .bigInt, .float, .duration, .rate, .name, .closure: false
    case .negate(let inner), .not(let inner), .sleep(let inner), .await(let inner): mayAssign(inner)
    case .binary(_, let left, let right), .and(let left, let right), .or(let left, let right),
      .coalesce(let left, let right):
      mayAssign(left) || mayAssign(right)
    case .comparison(let operands, _): operands.contains { mayAssign($0) }
    case .member(let base, _, _): mayAssign(base)
    case .index(let base, let index): mayAssign(base) || mayAssign(index)
    // A method may change its receiver.
    case .call(let callee, let arguments):
      if case .name = callee.kind { arguments.contains { mayAssign($0.value) } } else { true }
    case .list(let elements): elements.contains { mayAssign($0) }
    default: true
    }
  }

  /// Works an expression out for its effects alone.
  func emitDiscarding(_ expression: Expr) {
    f.span = expression.span
    switch expression.kind {
    case .ifElse(let clauses, let elseBody): emitIf(clauses, elseBody, to: nil)
    case .tryCatch(let body, let catches, let finally): emitTry(body, catches, finally, to: nil)
    case .block(let block): emit(block, into: nil)
    case .none, .bool, .int, .float, .duration: break
    // A run with the real world takes no notice of what a simulation of it pretends.
    case .mock where image.purpose == .run && f.role == .main: break
    case .mock(let target, let answer, let isSequence):
      let register = f.allocate()
      emitMock(target, answer, isSequence, isDropped: true, to: register, expression.span)
      f.emit(.clear, a: register, b: 1)
    case .gather, .scoped, .taskgroup:
      if case .gather = expression.kind { dropped.insert(expression.span) }
      if case .taskgroup(_, _, let body) = expression.kind { dropped.insert(body.span) }
      if case .scoped(_, _, _, let body, let elseBody) = expression.kind {
        dropped.insert(body.span)
        if let elseBody { dropped.insert(elseBody.span) }
      }
      fallthrough
    default:
      let register = f.allocate()
      emit(expression, to: register)
      f.emit(.clear, a: register, b: 1)
    }
  }

  /// Puts the value of an expression into `target`. Only a call with a window at the top of the frame and a block may
  /// touch `target` before the end.
  func emit(_ expression: Expr, to target: Int) {
    f.span = expression.span
    let mark = f.next
    defer { f.free(to: mark) }
    if !held.isEmpty, let register = held[expression.span] { return f.emit(.move, a: target, b: register) }
    switch expression.kind {
    case .none, .invalid: f.emit(.loadNone, a: target)
    case .bool(let value): f.emit(.loadBool, a: target, b: value ? 1 : 0)
    case .int(let value):
      if let small = Int32(exactly: value) {
        f.emit(.loadInt, a: target, bx: Int(small))
      } else {
        f.emit(.loadConstant, a: target, bx: constant(.int(value)))
      }
    case .bigInt(let digits): f.emit(.loadConstant, a: target, bx: constant(.bigInt(digits)))
    case .float(let value): f.emit(.loadConstant, a: target, bx: constant(.float(value.bitPattern)))
    case .duration(let value): f.emit(.loadConstant, a: target, bx: constant(.duration(value)))
    case .rate(let count, let unit, _):
      f.emit(.loadConstant, a: target, bx: constant(.rate((count * 1e9 / Double(unit)).bitPattern)))
    case .string(let parts): emitString(parts, to: target)
    case .list(let elements): emitList(elements, to: target)
    case .map(let entries): emitMap(entries, to: target)
    case .listComprehension(let element, let clauses):
      let list = f.allocate()
      f.emit(.newList, a: list, b: 0, c: 0)
      emit(clauses[...]) {
        let value = self.f.allocate()
        self.emit(element, to: value)
        self.f.emit(.listAppend, a: list, b: value)
        self.f.free(to: value)
      }
      f.emit(.take, a: target, b: list)
    case .mapComprehension(let key, let value, let clauses):
      let map = f.allocate()
      f.emit(.newMap, a: map)
      emit(clauses[...]) {
        let pair = self.f.allocate(2)
        self.emit(key, to: pair)
        self.emit(value, to: pair + 1)
        self.f.span = key.span
        self.f.emit(.mapSet, a: map, b: pair)
        self.f.free(to: pair)
      }
      f.emit(.take, a: target, b: map)
    case .range(let lower, let upper, let inclusive):
      let left = operand(lower, before: upper)
      let right = operand(upper)
      f.span = expression.span
      f.emit(.newRange, flags: flags(left, right) | (inclusive ? 4 : 0), a: target, b: left.register, c: right.register)
    case .closure(let parameters, let body):
      emitClosure("closure", .closure, to: target) { self.emitTaskBody(parameters, body) }
    case .name(let name): emitName(name, expression.span, to: target)
    case .negate(let inner): emitUnary(.negate, inner, to: target, expression.span)
    case .not(let inner): emitUnary(.not, inner, to: target, expression.span)
    case .binary(let op, let left, let right):
      emitBinary(op, operand(left, before: right), right, to: target, expression.span)
    case .and, .or, .comparison: emitTruth(expression, to: target)
    case .membership(let element, let container, let negated):
      let left = operand(element, before: container)
      let right = operand(container)
      f.span = expression.span
      f.emit(.contains, flags: flags(left, right), a: target, b: left.register, c: right.register)
      if negated { f.emit(.not, a: target, b: target) }
    case .typeTest(let value, let kind, let negated):
      let left = operand(value)
      let right = f.allocate()
      f.emit(.loadConstant, a: right, bx: constant(.string(kindName(kind))))
      f.emit(
        .typeTest, flags: flags(left, Operand(register: right, isTemp: true)), a: target, b: left.register, c: right)
      if negated { f.emit(.not, a: target, b: target) }
    case .coalesce(let left, let right):
      let value = f.allocate()
      emit(left, to: value)
      let done = JumpLabel()
      f.emitJump(.jumpIfNotNone, a: value, to: done)
      emit(right, to: value)
      f.place(done)
      f.emit(.take, a: target, b: value)
    case .member(let base, let name, let optional): emitMember(base, name, optional, to: target, expression.span)
    case .index(let base, let index):
      let left = operand(base, before: index)
      let right = operand(index)
      f.span = expression.span
      f.emit(.getIndex, flags: flags(left, right), a: target, b: left.register, c: right.register)
    case .call(let callee, let arguments): emitCall(callee, arguments, to: target, expression.span)
    case .ifElse(let clauses, let elseBody): emitIf(clauses, elseBody, to: target)
    case .tryCatch(let body, let catches, let finally): emitTry(body, catches, finally, to: target)
    case .block(let block): emit(block, into: target)
    case .sleep(let duration):
      let value = f.allocate()
      emit(duration, to: value)
      f.span = expression.span
      f.emit(.sleep, a: value)
      f.emit(.take, a: target, b: value)
    case .fetch(let arguments): emitFetch(arguments, to: target, expression.span)
    case .await(let handle):
      let value = f.allocate()
      emit(handle, to: value)
      f.span = expression.span
      f.emit(.await, a: value, b: value)
      f.emit(.take, a: target, b: value)
    case .start(let group, let work): emitStart(group, work, to: target, expression.span)
    case .gather(let kind, let options, let body): emitGather(kind, options, body, to: target, expression.span)
    case .taskgroup(let options, let name, let body):
      emitScope(.taskgroup, flags: options.isEmpty ? 0 : 1, options: [], to: target, expression.span) { value in
        if let name, let declaration = self.resolution[name.span] {
          self.claim(declaration, self.f.allocate())
          self.f.emit(.scopeHandle, a: declaration.register)
        }
        self.emit(body, into: value)
      }
    case .scoped(let kind, let arguments, let name, let body, let elseBody):
      emitScoped(kind, arguments, name, body, elseBody, to: target, expression.span)
    case .with(let handles, let body): emitWith(handles[...], body, to: target, expression.span)
    case .throwsTest(let kinds, let body):
      let outcome = f.allocate()
      emitThrowsTest(kinds, body, to: target, outcome: outcome, expression.span)
      f.emit(.clear, a: outcome, b: 1)
    case .computeCall(let call): emitCompute(.expression(call), to: target, expression.span)
    case .computeBlock(let block): emitCompute(.block(block), to: target, expression.span)
    case .computeFor(let duration):
      let value = f.allocate()
      emit(duration, to: value)
      f.span = expression.span
      f.emit(.burn, a: value)
      f.emit(.take, a: target, b: value)
    case .mock(let mockTarget, let answer, let isSequence):
      emitMock(mockTarget, answer, isSequence, isDropped: false, to: target, expression.span)
    }
  }

  // MARK: Names

  private func emitName(_ name: String, _ span: Span, to target: Int) {
    guard let declaration = resolution[span] else {
      if let function = Builtins.function(named: name) {
        if function.isConstant {
          f.emit(.callBuiltin, a: target, b: 0, c: Int(function.rawValue))
        } else {
          f.emit(.loadBuiltin, a: target, b: Int(function.rawValue))
        }
      } else {
        f.emit(.loadConstant, a: target, bx: constant(.errorKind(name)))
      }
      return
    }
    load(declaration, to: target)
  }

  func load(_ declaration: Declaration, to target: Int) {
    if declaration.isErrorKind {
      f.emit(.loadConstant, a: target, bx: constant(.errorKind(declaration.kindName)))
    } else if declaration.initializer >= 0 {
      loadLazy(declaration, to: target)
    } else if declaration.functionIndex >= 0 {
      f.emit(.loadFunction, a: target, bx: declaration.functionIndex)
    } else if declaration.global >= 0 {
      f.emit(.getGlobal, a: target, bx: declaration.global)
    } else if declaration === f.selfDeclaration {
      f.emit(.getSelf, a: target)
    } else if declaration.owner === f {
      f.emit(declaration.isCell ? .getCell : .move, a: target, b: declaration.register)
    } else {
      f.emit(declaration.isCell ? .getCaptureCell : .getCapture, a: target, b: f.capture(declaration))
    }
  }

  // MARK: Literals

  private func emitString(_ parts: [StringPart], to target: Int) {
    if parts.isEmpty { return f.emit(.loadConstant, a: target, bx: constant(.string(""))) }
    if parts.count == 1, case .text(let text) = parts[0] {
      return f.emit(.loadConstant, a: target, bx: constant(.string(text)))
    }
    let span = f.span
    let first = f.allocate(parts.count)
    for (index, part) in parts.enumerated() {
      switch part {
      case .text(let text): f.emit(.loadConstant, a: first + index, bx: constant(.string(text)))
      case .interpolation(let inner): emit(inner, to: first + index)
      }
    }
    f.span = span
    f.emit(.concatenate, a: target, b: first, c: parts.count)
  }

  private func emitList(_ elements: [Expr], to target: Int) {
    let span = f.span
    // Long lists are made piece by piece, so that they do not need a register for each element.
    let piece = 32
    if elements.count <= piece {
      let first = f.allocate(elements.count)
      for (index, element) in elements.enumerated() { emit(element, to: first + index) }
      f.span = span
      f.emit(.newList, a: target, b: first, c: elements.count)
      return
    }
    let list = f.allocate(2)
    f.emit(.newList, a: list, b: 0, c: 0)
    for element in elements {
      emit(element, to: list + 1)
      f.emit(.listAppend, a: list, b: list + 1)
    }
    f.emit(.take, a: target, b: list)
  }

  private func emitMap(_ entries: [MapEntry], to target: Int) {
    let map = f.allocate(3)
    f.emit(.newMap, a: map)
    for entry in entries {
      switch entry {
      case .named(let name, let value):
        emit(value, to: map + 2)
        f.span = name.span
        f.emit(.loadConstant, a: map + 1, bx: constant(.string(name.text)))
      case .computed(let key, let value):
        emit(key, to: map + 1)
        emit(value, to: map + 2)
        f.span = key.span
      }
      f.emit(.mapSet, a: map, b: map + 1)
    }
    f.emit(.take, a: target, b: map)
  }

  private func emit(_ clauses: ArraySlice<ComprehensionClause>, _ inner: @escaping () -> Void) {
    guard let clause = clauses.first else { return inner() }
    switch clause {
    case .forEach(let pattern, let sequence):
      emitFor(pattern, sequence) { self.emit(clauses.dropFirst(), inner) }
    case .condition(let condition):
      let skip = JumpLabel()
      let mark = f.next
      emitCondition(condition, jumpIf: false, to: skip)
      f.free(to: mark)
      emit(clauses.dropFirst(), inner)
      f.place(skip)
    }
  }

  // MARK: Operators

  func opcode(_ op: BinaryOperator) -> Opcode {
    switch op {
    case .add: .add
    case .subtract: .subtract
    case .multiply: .multiply
    case .divide: .divide
    case .floorDivide: .floorDivide
    case .remainder: .remainder
    case .power: .power
    }
  }

  private func emitUnary(_ op: Opcode, _ inner: Expr, to target: Int, _ span: Span) {
    if op == .negate, case .int(let value) = inner.kind, value != .min {
      return emit(Expr(.int(-value), span), to: target)
    }
    let value = operand(inner)
    f.span = span
    f.emit(op, flags: value.isTemp ? 1 : 0, a: target, b: value.register)
  }

  func emitBinary(_ op: BinaryOperator, _ left: Operand, _ right: Expr, to target: Int, _ span: Span) {
    if op == .add || op == .subtract, case .int(let value) = right.kind,
      let small = Int16(exactly: op == .add ? value : -value)
    {
      f.span = span
      f.emit(.addInt, flags: left.isTemp ? 1 : 0, a: target, b: left.register, c: Int(small))
      return
    }
    let other = operand(right)
    f.span = span
    f.emit(opcode(op), flags: flags(left, other), a: target, b: left.register, c: other.register)
  }

  private func emitMember(_ base: Expr, _ name: Name, _ optional: Bool, to target: Int, _ span: Span) {
    if let declaration = imported(name, of: base) { return load(declaration, to: target) }
    if case .name(let module) = base.kind, resolution[base.span] == nil,
      let function = Builtins.function(named: "\(module).\(name.text)")
    {
      noteUse(of: function)
      if function.isConstant {
        f.emit(.callBuiltin, a: target, b: 0, c: Int(function.rawValue))
      } else {
        f.emit(.loadBuiltin, a: target, b: Int(function.rawValue))
      }
      return
    }
    let value = operand(base)
    f.span = span
    emitMember(optional ? .getMemberOptional : .getMember, of: value, name, to: target)
  }

  func emitMember(_ op: Opcode, of value: Operand, _ name: Name, to target: Int) {
    let key = constant(.string(name.text))
    if key <= Int(UInt16.max) {
      f.emit(op, flags: value.isTemp ? 1 : 0, a: target, b: value.register, c: key)
    } else {
      // The name's number does not fit the instruction.
      let register = f.allocate()
      f.emit(.loadConstant, a: register, bx: key)
      f.emit(op, flags: value.isTemp ? 3 : 2, a: target, b: value.register, c: register)
      f.free(to: register)
    }
  }

  // MARK: Conditions

  private func emitTruth(_ expression: Expr, to target: Int) {
    if case .comparison(let operands, let operators) = expression.kind, operators.count == 1 {
      let left = operand(operands[0], before: operands[1])
      let right = operand(operands[1])
      f.span = expression.span
      let (op, swapped) = comparison(operators[0])
      f.emit(
        op, flags: swapped ? flags(right, left) : flags(left, right), a: target,
        b: swapped ? right.register : left.register, c: swapped ? left.register : right.register)
      return
    }
    let isFalse = JumpLabel()
    let done = JumpLabel()
    let result = f.allocate()
    emitCondition(expression, jumpIf: false, to: isFalse)
    f.emit(.loadBool, a: result, b: 1)
    f.emitJump(.jump, to: done)
    f.place(isFalse)
    f.emit(.loadBool, a: result, b: 0)
    f.place(done)
    f.emit(.take, a: target, b: result)
  }

  func comparison(_ op: ComparisonOperator) -> (Opcode, swapped: Bool) {
    switch op {
    case .equal: (.equal, false)
    case .notEqual: (.notEqual, false)
    case .less: (.less, false)
    case .lessOrEqual: (.lessOrEqual, false)
    case .greater: (.less, true)
    case .greaterOrEqual: (.lessOrEqual, true)
    }
  }

  /// Jumps to `label` if the condition is `jumpIf`, and falls through otherwise.
  func emitCondition(_ condition: Expr, jumpIf: Bool, to label: JumpLabel) {
    f.span = condition.span
    let mark = f.next
    defer { f.free(to: mark) }
    switch condition.kind {
    case .bool(let value):
      // A loop takes ticks even where its condition is always true, so that a limit or a deadline can end it.
      if value == jumpIf { f.emitJump(label.position == nil ? .jump : .jumpBack, to: label) }
    case .not(let inner): emitCondition(inner, jumpIf: !jumpIf, to: label)
    case .and(let left, let right):
      if jumpIf {
        let isFalse = JumpLabel()
        emitCondition(left, jumpIf: false, to: isFalse)
        emitCondition(right, jumpIf: true, to: label)
        f.place(isFalse)
      } else {
        emitCondition(left, jumpIf: false, to: label)
        emitCondition(right, jumpIf: false, to: label)
      }
    case .or(let left, let right):
      if jumpIf {
        emitCondition(left, jumpIf: true, to: label)
        emitCondition(right, jumpIf: true, to: label)
      } else {
        let isTrue = JumpLabel()
        emitCondition(left, jumpIf: true, to: isTrue)
        emitCondition(right, jumpIf: false, to: label)
        f.place(isTrue)
      }
    case .comparison(let operands, let operators):
      if operators.count == 1 {
        let left = operand(operands[0], before: operands[1])
        emitTest(operators[0], left, operands[1], jumpIf: jumpIf, to: label, condition.span)
      } else {
        emitChain(operands, operators, jumpIf: jumpIf, to: label, condition.span)
      }
    default:
      let value = operand(condition)
      f.span = condition.span
      f.emitJump(jumpIf ? .jumpIfTrue : .jumpIfFalse, a: value.register, to: label)
    }
  }

  /// `a < b < c`: each operand is worked out once, and none after the first comparison that fails.
  private func emitChain(
    _ operands: [Expr], _ operators: [ComparisonOperator], jumpIf: Bool, to label: JumpLabel, _ span: Span
  ) {
    let mark = f.next
    let failed = JumpLabel()
    let changing = operands.first { mayAssign($0) }
    var left = operand(operands[0], before: changing)
    for (index, op) in operators.enumerated() {
      let right = operand(operands[index + 1], before: changing)
      let isLast = index == operators.count - 1
      var compared = right
      if !isLast, right.isTemp {
        // What the next comparison reads as well is copied, because a test consumes temporaries.
        compared = Operand(register: f.allocate(), isTemp: true)
        f.emit(.move, a: compared.register, b: right.register)
      }
      f.span = span
      emitTest(op, left, compared, jumpIf: isLast && jumpIf, to: isLast ? label : failed)
      left = right
    }
    // A comparison that fails early leaves the operand that the next would have read.
    let done = JumpLabel()
    f.emitJump(.jump, to: done)
    f.place(failed)
    if f.next > mark { f.emit(.clear, a: mark, b: f.next - mark) }
    if !jumpIf { f.emitJump(.jump, to: label) }
    f.place(done)
  }

  private func emitTest(
    _ op: ComparisonOperator, _ left: Operand, _ right: Expr, jumpIf: Bool, to label: JumpLabel, _ span: Span
  ) {
    if case .int(let value) = right.kind, let small = Int16(exactly: value) {
      let opcode: Opcode
      var negate = !jumpIf
      switch op {
      case .equal: opcode = .testEqualInt
      case .notEqual:
        opcode = .testEqualInt
        negate.toggle()
      case .less: opcode = .testLessInt
      case .lessOrEqual: opcode = .testLessOrEqualInt
      case .greater: opcode = .testGreaterInt
      case .greaterOrEqual: opcode = .testGreaterOrEqualInt
      }
      f.span = span
      f.emit(opcode, flags: (left.isTemp ? 1 : 0) | (negate ? 4 : 0), a: left.register, b: Int(small))
      f.emitJump(.jump, to: label)
      return
    }
    let other = operand(right)
    f.span = span
    emitTest(op, left, other, jumpIf: jumpIf, to: label)
  }

  private func emitTest(_ op: ComparisonOperator, _ left: Operand, _ right: Operand, jumpIf: Bool, to label: JumpLabel)
  {
    var negate = !jumpIf
    if op == .notEqual { negate.toggle() }
    let (opcode, swapped): (Opcode, Bool) =
      switch op {
      case .equal, .notEqual: (.testEqual, false)
      case .less: (.testLess, false)
      case .lessOrEqual: (.testLessOrEqual, false)
      case .greater: (.testLess, true)
      case .greaterOrEqual: (.testLessOrEqual, true)
      }
    let (l, r) = swapped ? (right, left) : (left, right)
    f.emit(opcode, flags: flags(l, r) | (negate ? 4 : 0), a: l.register, b: r.register)
    f.emitJump(.jump, to: label)
  }

  // MARK: Branches

  func emitIf(_ clauses: [(condition: Expr, body: Block)], _ elseBody: Block?, to target: Int?) {
    let done = JumpLabel()
    // A branch's statements may read what `target` holds, so the value travels through a temporary.
    let value = target == nil ? nil : f.allocate()
    for (index, clause) in clauses.enumerated() {
      let next = JumpLabel()
      emitCondition(clause.condition, jumpIf: false, to: next)
      emit(clause.body, into: value)
      if index < clauses.count - 1 || elseBody != nil || target != nil { f.emitJump(.jump, to: done) }
      f.place(next)
    }
    if let elseBody {
      emit(elseBody, into: value)
    } else if let value {
      f.emit(.loadNone, a: value)
    }
    f.place(done)
    if let target, let value {
      f.emit(.take, a: target, b: value)
      f.free(to: value)
    }
  }
}
