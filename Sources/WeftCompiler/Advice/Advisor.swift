import WeftSyntax

/// Looks through a file of a script that compiles for what is allowed and is hardly meant. Each task is looked through once.
final class Advisor {
  let source: SourceFile
  let resolution: Resolution
  private(set) var diagnostics: [Diagnostic] = []

  /// The started tasks around the current place, from the outermost on.
  struct Child {
    let span: Span
    /// The block that runs it together with others.
    let block: Span
    /// More than one of it may run at once.
    let isRepeated: Bool
  }

  var children: [Child] = []
  /// Loops around the current place in its task.
  private var loops = 0
  /// The task around the current place; nil at the top level.
  private var task: Span?
  private var isMeasured = false
  /// The innermost block that owns what `start` starts; nil in a file's top level.
  private var owner: Span?
  /// `with` blocks around the current place in its started task: a lock may keep the others out.
  private(set) var held = 0
  /// The owner is a `taskgroup(errors: keep)`.
  private var isKeeping = false
  /// What is known of the tasks that have been looked through, by their declarations.
  private(set) var tasks: [ObjectIdentifier: Traits]
  /// Names that are bound to a list or a range for certain.
  private var sequences: Set<ObjectIdentifier> = []
  /// Each assignment, and the variable that it changes.
  var assignments: [(variable: ObjectIdentifier, statement: Span)] = []
  var lostUpdates: [LostUpdate] = []
  /// Reading and writing of Shareds, which only matters in workers.
  var sharedUpdates: [SharedUpdate] = []
  private var hasSharingWorkers = false
  /// Locks, and in which order they are taken.
  var orders = LockOrders()
  /// `pool` blocks around the current place in its task.
  private var pools = 0

  /// - Parameter tasks: What is known of the tasks of the files that this one imports.
  init(source: SourceFile, resolution: Resolution, tasks: [ObjectIdentifier: Traits]) {
    self.source = source
    self.resolution = resolution
    self.tasks = tasks
  }

  func advise(_ tree: Tree) -> [Diagnostic] {
    noteLocks(tree.statements)
    for statement in tree.statements { _ = visit(statement, isDiscarded: true) }
    reportLockOrders()
    reportLostUpdates()
    if hasSharingWorkers { reportSharedUpdates() }
    return diagnostics
  }

  func report(
    _ severity: Diagnostic.Severity, _ code: String, _ message: String, at span: Span, caret: String? = nil,
    labels: [Diagnostic.Label] = [], hint: String
  ) {
    diagnostics.append(Diagnostic(severity, code, message, at: span, caret: caret, labels: labels, hint: hint))
  }

  // MARK: Statements

  func visit(_ block: Block, isDiscarded: Bool = false) -> Traits {
    var traits: Traits = []
    noteLocks(block.statements)
    for (index, statement) in block.statements.enumerated() {
      traits.formUnion(visit(statement, isDiscarded: isDiscarded || index < block.statements.count - 1))
    }
    return traits
  }

  private func visit(_ statement: Statement, isDiscarded: Bool) -> Traits {
    switch statement.kind {
    case .binding(let pattern, let value, _):
      if case .name(let name) = pattern, isSequence(value), let declaration = resolution[name.span] {
        sequences.insert(ObjectIdentifier(declaration))
      }
      return visit(value)
    case .assignment(let target, let op, let value):
      var traits: Traits = []
      if case .name = target.kind {} else { traits.formUnion(visit(target)) }
      traits.formUnion(visit(value))
      guard let declaration = resolution[target.root.span] else { return traits }
      assignments.append((ObjectIdentifier(declaration), statement.span))
      if let task, !declares(declaration, in: task) { traits.insert(.changesOuter) }
      if op == nil { noteLostUpdate(statement, target, value, declaration) }
      if noteSharedUpdate(statement, target, op != nil, value, declaration) { traits.insert(.updatesShared) }
      return traits
    case .expression(let expression):
      let traits = visit(expression)
      if isDiscarded { adviseUnseenErrors(expression, traits) }
      return traits
    case .task(let task):
      if let declaration = resolution[task.name.span] { _ = traits(of: task, declaration) }
      return []
    case .param(let declaration): return declaration.defaultValue.map { visit($0) } ?? []
    case .forLoop(let pattern, let sequence, let body):
      let before = visit(sequence)
      loops += 1
      let traits = visit(body, isDiscarded: true)
      loops -= 1
      if canGather(sequence, traits), isIndependent(body, of: pattern) {
        adviseGather(statement.span, pattern, sequence, "each pass of this loop")
      }
      return before.union(traits).union(.computes)
    case .whileLoop(let condition, let body):
      loops += 1
      defer { loops -= 1 }
      return visit(condition).union(visit(body, isDiscarded: true)).union(.computes)
    case .breakLoop, .continueLoop: return .jumps
    case .returnValue(let value): return (value.map { visit($0) } ?? []).union(.jumps)
    case .throwError(let value): return visit(value).union(.fails)
    case .expect(let condition): return visit(condition)
    case .test(_, _, let body), .bench(_, _, let body):
      let outer = isMeasured
      isMeasured = true
      _ = visit(body)
      isMeasured = outer
      return []
    case .errorKinds, .importFile, .invalid: return []
    }
  }

  // MARK: Expressions

  func visit(_ expression: Expr) -> Traits {
    var traits: Traits = []
    let outer = (owner, isKeeping, pools)
    defer { (owner, isKeeping, pools) = outer }
    var locks = 0
    defer { releaseLocks(locks) }
    switch expression.kind {
    case .sleep: traits = [.waits, .paces]
    case .await: traits = [.waits, .fails]
    case .fetch(let arguments):
      traits = [.waits, .fetches, .fails]
      if arguments.contains(where: { ["method", "body", "json"].contains($0.label?.text) }) { traits.insert(.sends) }
    case .computeCall, .computeBlock, .computeFor: traits = [.waits, .computes]
    case .start: traits = .starts
    case .gather:
      traits = [.waits, .starts]
      owner = expression.span
    case .taskgroup(let options, _, _):
      traits = [.waits, .starts]
      (owner, isKeeping) = (expression.span, !options.isEmpty)
    case .scoped(let kind, _, _, _, _):
      if kind == .pool { pools += 1 }
      traits = .waits
      (owner, isKeeping) = (expression.span, false)
    case .with(let handles, _):
      traits = [.waits, .paces]
      held += 1
      locks = takeLocks(handles)
    case .tryCatch(_, let catches, _): if !catches.isEmpty { traits = .catches }
    case .call(let callee, let arguments): traits = self.traits(calling: callee, arguments)
    case .listComprehension:
      traits = .computes
      loops += 1
    case .mapComprehension: traits = .computes
    default: break
    }
    var computing = false
    expression.forEachPart { part in
      switch part {
      case .expression(let inner): traits.formUnion(self.visit(inner))
      case .block(let block): traits.formUnion(self.visit(block))
      case .closure(.block(let block)): traits.formUnion(self.visit(block).subtracting(.jumps))
      case .closure(.expression(let inner)): traits.formUnion(self.visit(inner))
      case .started(let block, let isRepeated):
        let inner = self.visit(started: block, isRepeated: isRepeated)
        if isRepeated, self.computesOnly(inner) { computing = true }
        traits.formUnion(inner)
      }
    }
    if case .listComprehension(_, let clauses) = expression.kind {
      loops -= 1
      if clauses.count == 1, case .forEach(let pattern, let sequence) = clauses[0], canGather(sequence, traits) {
        adviseGather(expression.span, pattern, sequence, "each element of this list")
      }
    }
    if case .with = expression.kind {
      held -= 1
      traits.remove(.updatesShared)
    }
    switch expression.kind {
    case .scoped(.pool, _, _, _, _), .computeCall, .computeBlock:
      hasSharingWorkers = hasSharingWorkers || traits.contains(.updatesShared)
    default: break
    }
    if computing, pools == 0, case .gather(.gather, _, .forEach(let pattern, let sequence, _)) = expression.kind {
      adviseCores(pattern, sequence, expression.span)
    }
    if case .scoped(let kind, let arguments, _, _, _) = expression.kind, [.semaphore, .rate, .pool].contains(kind) {
      adviseLimiter(kind, traits, expression.span)
      if kind == .pool { adviseWaiters(arguments, traits, expression.span) }
    }
    return traits
  }

  private func visit(started block: Block, isRepeated: Bool) -> Traits {
    let outer = (loops, owner, isKeeping, held, pools, orders.held)
    let together = owner ?? Span(0, source.bytes.count)
    children.append(Child(span: block.span, block: together, isRepeated: isRepeated || loops > 0))
    // What a started task starts runs beside it, in its own worker: there it is alone with its core.
    let isInPool = pools > 0
    (loops, isKeeping, held, pools, orders.held) = (0, false, 0, isInPool ? 1 : 0, [])
    defer {
      children.removeLast()
      (loops, owner, isKeeping, held, pools, orders.held) = outer
    }
    return visit(block)
  }

  // MARK: Calls

  /// What a call of a task by its name calls.
  func declaration(calledBy callee: Expr) -> Declaration? {
    guard case .member(let base, let name, _) = callee.kind else { return resolution[callee.span] }
    return resolution[base.span]?.isImportAlias == true ? resolution[name.span] : nil
  }

  private func traits(calling callee: Expr, _ arguments: [Argument]) -> Traits {
    if let declaration = declaration(calledBy: callee) {
      switch declaration.kind {
      case .task(let task):
        let traits = traits(of: task, declaration)
        takeLocks(of: declaration, at: callee.span)
        return traits
      case .errorKind: return []
      default: return .callsUnknown
      }
    }
    switch callee.kind {
    case .name(let name):
      guard let function = Builtins.function(named: name), function.signature.prelude != nil else { return [] }
      return traits(passing: arguments)
    case .member(let base, let name, _) where !callee.parenthesised:
      var traits: Traits = name.text == "check" ? .fails : []
      if Builtins.mutatingNames.contains(name.text), let task, let declaration = resolution[base.root.span],
        !declares(declaration, in: task)
      {
        traits.insert(.changesOuter)
      }
      guard let id = BuiltinMethods.id(of: name.text), BuiltinMethods.byID[id].contains(where: { $0.prelude != nil })
      else { return traits }
      return traits.union(self.traits(passing: arguments))
    default: return .callsUnknown
    }
  }

  /// What the tasks do that are passed to a function that calls them.
  private func traits(passing arguments: [Argument]) -> Traits {
    arguments.reduce(into: []) { traits, argument in
      guard let declaration = declaration(calledBy: argument.value) else { return }
      if case .task(let task) = declaration.kind {
        traits.formUnion(self.traits(of: task, declaration))
      } else {
        traits.insert(.callsUnknown)
      }
    }
  }

  /// What a call of a task does. A task that calls itself does what the rest of it does, perhaps for long.
  func traits(of task: TaskDeclaration, _ declaration: Declaration) -> Traits {
    if let known = tasks[ObjectIdentifier(declaration)] { return known }
    // The files that this one imports have been looked through before.
    guard declaration.source === source else { return .callsUnknown }
    tasks[ObjectIdentifier(declaration)] = .computes
    let outer = (children, loops, self.task, owner, isKeeping, held)
    let outerPools = (pools, orders.held, orders.current)
    (children, loops, self.task, owner, isKeeping, held) = ([], 0, task.span, nil, false, 0)
    // Whoever calls it may do so from a pool.
    (pools, orders.held, orders.current) = (1, [], [])
    var traits: Traits = []
    for parameter in task.parameters {
      if let value = parameter.defaultValue { traits.formUnion(visit(value)) }
    }
    switch task.body {
    case .block(let block): traits.formUnion(visit(block))
    case .expression(let expression): traits.formUnion(visit(expression))
    }
    (children, loops, self.task, owner, isKeeping, held) = outer
    orders.taken[ObjectIdentifier(declaration)] = orders.current
    (pools, orders.held, orders.current) = outerPools
    traits.remove(.jumps)
    tasks[ObjectIdentifier(declaration)] = traits
    return traits
  }

  /// Whether what is named is declared in that part of this file.
  func declares(_ declaration: Declaration, in part: Span) -> Bool {
    declaration.source === source && part.contains(declaration.span)
  }

  // MARK: Advice

  /// `semaphore`, `rate` and `pool` act on tasks that are started inside.
  private func adviseLimiter(_ kind: ScopedKind, _ traits: Traits, _ span: Span) {
    guard traits.isDisjoint(with: [.starts, .callsUnknown]) else { return }
    let word = kind.rawValue
    report(
      .warning, "W0202", "this `\(word)` \(kind == .pool ? "runs" : "limits") nothing: no task is started inside it",
      at: Span(Int(span.start), Int(span.start) + word.utf8.count),
      hint: "it acts on tasks that are started directly inside: write `gather for x in xs { … }` in it")
  }

  /// More threads or processes than this are hardly meant for tasks that only wait.
  private static let manyWorkers = 64

  private func adviseWaiters(_ arguments: [Argument], _ traits: Traits, _ span: Span) {
    guard let kind = arguments.first, let workers = kind.label?.text, workers != "tasks",
      case .int(let count) = kind.value.kind, count > Self.manyWorkers,
      !traits.isDisjoint(with: [.fetches, .paces]), traits.isDisjoint(with: [.computes, .callsUnknown])
    else { return }
    report(
      .note, "W0205", "\(count) \(workers) for tasks that only wait",
      at: Span(Int(span.start), Int(kind.value.span.end) + 1), caret: "a wait needs no worker",
      hint: "`gather` alone holds thousands of them; `semaphore(\(count)) { … }` limits how many at a time")
  }

  /// A failure that nobody looks at, because `errors: keep` keeps it where it is dropped.
  private func adviseUnseenErrors(_ expression: Expr, _ traits: Traits) {
    guard traits.contains(.fails), !traits.contains(.catches) else { return }
    switch expression.kind {
    case .start(nil, _) where isKeeping:
      report(
        .warning, "W0204", "if this task fails, nobody will know: `errors: keep` leaves the error in the handle",
        at: expression.span, caret: "the handle is dropped",
        hint: "keep the handle and look at its `.error`, or write `let _ = start …` if that is meant")
    case .gather(.gather, let options, _) where !options.isEmpty:
      report(
        .warning, "W0204", "if one of these tasks fails, nobody will know: `errors: keep` puts its error into the list",
        at: Span(Int(expression.span.start), Int(expression.span.start) + 6), caret: "the list is dropped",
        hint: "look at the list, or write `let _ = gather …` if that is meant")
    default: break
    }
  }

  /// Whether the passes over `sequence`, which do what `traits` says, could as well run together.
  private func canGather(_ sequence: Expr, _ traits: Traits) -> Bool {
    traits.contains(.fetches) && children.isEmpty && !isMeasured && isSequence(sequence)
      && traits.isDisjoint(with: [.paces, .starts, .callsUnknown, .sends, .jumps, .changesOuter])
  }

  /// Whether tasks that do this keep one core busy, and nothing else.
  private func computesOnly(_ traits: Traits) -> Bool {
    traits.contains(.computes) && traits.isDisjoint(with: [.waits, .starts, .callsUnknown, .changesOuter])
  }

  private func adviseCores(_ pattern: Pattern, _ sequence: Expr, _ span: Span) {
    if isMeasured { return }
    report(
      .note, "W0207", "these tasks only compute: together they take as long as one after the other",
      at: Span(Int(span.start), Int(sequence.span.end)), caret: "they share one core",
      hint:
        "`pool(threads: 4) { gather for \(source.text(pattern.span)) in … }` gives them more, and `compute f(x)` one to a call"
    )
  }

  /// Whether a value is a list or a range for certain: a queue is taken from one by one for good reasons.
  private func isSequence(_ value: Expr) -> Bool {
    switch value.kind {
    case .list, .listComprehension, .range: true
    case .name: resolution[value.span].map { sequences.contains(ObjectIdentifier($0)) } ?? false
    case .call(let callee, _):
      if case .name(let name) = callee.kind, resolution[callee.span] == nil {
        ["range", "enumerate", "zip", "sorted", "reversed", "list"].contains(name)
      } else {
        false
      }
    default: false
    }
  }

  private func adviseGather(_ span: Span, _ pattern: Pattern, _ sequence: Expr, _ subject: String) {
    let head = "gather for \(source.text(pattern.span)) in \(source.text(sequence.span)) { … }"
    report(
      .note, "W0203", "\(subject) waits for the one before", at: Span(Int(span.start), Int(sequence.span.end)),
      hint: "`\(head)` runs all of them together; `semaphore(10) { … }` around it limits how many at a time")
  }
}

extension Span {
  func contains(_ other: Span) -> Bool { start <= other.start && other.end <= end }
}
