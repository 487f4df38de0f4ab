import WeftCompiler

/// A block owns what is started in it: it ends only when all of that has ended. Cancelling a scope reaches its body and all
/// descendants, but for those behind a shield.
extension Machine {
  // MARK: Opening and closing

  func openScope(_ kind: ScopeKind, owner: FiberPointer?, parent: ScopePointer?) -> ScopePointer {
    let scope = heap.allocateRaw(Self.scopeSize).assumingMemoryBound(to: Scope.self)
    scope.initialize(to: Scope(kind: kind.rawValue))
    scope.pointee.timer.isScope = true
    scope.pointee.owner = owner
    scope.pointee.parent = parent
    scope.pointee.openedTime = now
    scope.pointee.isShield = kind == .shield || kind == .finally
    inheritCancellation(scope)
    // A started task begins with a fresh context: limits reach through the scopes of one fiber only.
    if let parent, let owner, parent.pointee.owner == owner { scope.pointee.gate = parent.pointee.gate }
    core.pointee.scopes += 1
    core.pointee.scopeCount &+= 1
    scope.pointee.number = core.pointee.scopeCount
    return scope
  }

  /// Gives a scope's memory back. Nothing may refer to it any more.
  func discard(_ scope: ScopePointer) {
    cancelTimer(timerNode(scope))
    if let handle = scope.pointee.handle {
      GroupBlock(handle).scope = nil
      heap.release(handle)
    }
    if let limiter = scope.pointee.limiter { heap.release(limiter) }
    if scope.pointee.kind == ScopeKind.pool.rawValue { closePool(scope) }
    heap.release(scope.pointee.results)
    heap.release(scope.pointee.labels)
    heap.release(scope.pointee.errors)
    heap.freeRaw(UnsafeMutableRawPointer(scope), size: Self.scopeSize)
    core.pointee.scopes -= 1
  }

  // MARK: Cancelling

  func cancel(_ scope: ScopePointer, _ reason: CancelReason) {
    if scope.pointee.isCancelled { return }
    scope.pointee.isCancelled = true
    scope.pointee.reason = reason
    if core.pointee.isObserved { noteCancellation(of: scope, reason) }
    if reason == .asked, let fiber = core.pointee.fiber {
      scope.pointee.cancelledFrom = Int32(truncatingIfNeeded: position(of: fiber.pointee.pc))
    }
    let (scopes, started) = descendants(of: scope)
    for inner in scopes { inheritCancellation(inner) }
    for inner in scopes.reversed() where inner.pointee.kind == ScopeKind.finally.rawValue { limitCleanup(inner) }
    let owner = scope.pointee.owner.map { [$0] } ?? []
    let affected = (owner + started).filter { cancelledScope(reaching: $0.pointee.scope) != nil }
    let waiting = affected.filter { $0.pointee.isFresh && $0.pointee.wait != .nothing }
    for fiber in affected.reversed() where !fiber.pointee.isFresh { interrupt(fiber) }
    // Those that wait at a gate end here and now, and wake who awaits them. By then each of these must know of its own
    // cancellation, or it would take theirs for an error.
    for fiber in waiting where fiber.pointee.wait != .nothing { interrupt(fiber) }
  }

  /// Why a task was cancelled, and where.
  struct Cancellation {
    var reason = CancelReason.none
    /// The kind of the cancelled block, a `ScopeKind`.
    var kind: UInt8 = 0
    /// Where the block was opened, or `.cancel()` called: an index into the image's code.
    var place: Int32 = -1

    init() {}

    init(of scope: ScopePointer) {
      reason = scope.pointee.reason
      kind = scope.pointee.kind
      place = reason == .asked ? scope.pointee.cancelledFrom : scope.pointee.openedAt
    }
  }

  /// The error that those get who want what a cancelled task would have given.
  func taskCancelledError(_ task: String, _ cancellation: Cancellation) -> Value {
    let place = self.place(ofCode: Int(cancellation.place))
    let block = "`\(ScopeKind(rawValue: cancellation.kind) ?? .root)` in \(place)"
    let why =
      switch cancellation.reason {
      case .failure: ", because another task of the \(block) failed"
      case .deadline: ", because the time of the \(block) was over"
      case .winner: ", because another task of the \(block) won"
      case .bodyLeft: ", because the \(block) was left"
      case .asked: cancellation.place < 0 ? "" : " by `.cancel()` in \(place)"
      case .outside: ", because the run was ended"
      case .deadlock: ", because no task could go on"
      case .host: ""
      case .none: ""
      }
    return raise(.taskCancelledError, "\(task) was cancelled\(why)").error
  }

  /// Lets the cancellation of the run reach what all shields that are open keep it from. False when that wakes nobody.
  func endShields() -> Bool {
    guard let root else { return false }
    let (scopes, fibers) = descendants(of: root)
    for scope in scopes {
      scope.pointee.isShield = false
      inheritCancellation(scope)
    }
    for fiber in fibers { interrupt(fiber) }
    return core.pointee.firstReady != nil
  }

  /// Works out which cancellation reaches into `scope` from that of its parent.
  func inheritCancellation(_ scope: ScopePointer) {
    let own = scope.pointee.isCancelled ? scope : nil
    scope.pointee.reachedBy = scope.pointee.isShield ? own : scope.pointee.parent?.pointee.reachedBy ?? own
  }

  /// The cancelled scope whose cancellation is in effect in `scope`.
  func cancelledScope(reaching scope: ScopePointer?) -> ScopePointer? {
    assert(scope?.pointee.reachedBy == cancelledScope(walkingFrom: scope))
    return scope?.pointee.reachedBy
  }

  /// The same, looked for rather than remembered: each test checks that both agree. It relies on what is remembered far up,
  /// or a deep chain of tasks would take its time squared.
  private func cancelledScope(walkingFrom scope: ScopePointer?) -> ScopePointer? {
    var found: ScopePointer?
    var current = scope
    var left = 100
    while let scope = current {
      if left == 0 { return scope.pointee.reachedBy ?? found }
      if scope.pointee.isCancelled { found = scope }
      if scope.pointee.isShield { break }
      current = scope.pointee.parent
      left -= 1
    }
    return found
  }

  /// What is within `scope`: the scopes open there, itself included, outer ones before inner ones, and the fibers started
  /// in all of these.
  func descendants(of scope: ScopePointer) -> (scopes: [ScopePointer], fibers: [FiberPointer]) {
    var open = [scope]
    if let owner = scope.pointee.owner { open += owner.openScopes.prefix { $0 != scope } }
    var scopes = [scope] + open.dropFirst().reversed()
    var fibers: [FiberPointer] = []
    while let next = open.popLast() {
      for fiber in next.children {
        fibers.append(fiber)
        let inner = Array(fiber.openScopes)
        open += inner
        scopes += inner.reversed()
      }
    }
    return (scopes, fibers)
  }

  /// `t.cancel()`: puts a cancelled scope between the task and its home.
  func cancelTask(_ fiber: FiberPointer, _ reason: CancelReason = .asked) {
    if fiber.pointee.cancelScope != nil { return }
    let scope = openScope(.root, owner: fiber, parent: fiber.pointee.home)
    scope.pointee.gate = nil
    fiber.pointee.cancelScope = scope
    var outermost = fiber.pointee.scope
    if outermost == fiber.pointee.home {
      fiber.pointee.scope = scope
    } else {
      while let parent = outermost.pointee.parent, parent != fiber.pointee.home { outermost = parent }
      outermost.pointee.parent = scope
    }
    cancel(scope, reason)
  }

  /// The clean-up of a cancelled task, which a `finally` is, is shielded for so long only.
  func limitCleanup(_ shield: ScopePointer) {
    guard shield.pointee.timer.position < 0, !shield.pointee.isCancelled,
      cancelledScope(reaching: shield.pointee.parent) != nil, let owner = shield.pointee.owner
    else { return }
    if shield.pointee.limit > 0 {
      setTimer(timerNode(shield), after: shield.pointee.limit)
      return
    }
    if owner.pointee.cleanupDeadline == 0 {
      let (deadline, overflow) = now.addingReportingOverflow(Self.cleanupLimit)
      owner.pointee.cleanupDeadline = overflow ? Int64.max : deadline
    }
    setTimer(timerNode(shield), after: max(0, owner.pointee.cleanupDeadline - now))
  }

  /// Nanoseconds that the `finally` bodies of one cancelled task may wait in all.
  static let cleanupLimit: Int64 = 5_000_000_000

  func deadlinePassed(_ scope: ScopePointer) {
    cancel(scope, .deadline)
  }

  // MARK: Children

  /// Notes the outcome of one child. `isLate` tells that it ended under a cancellation.
  func childEnded(_ scope: ScopePointer, index: Int, _ outcome: FiberOutcome, isLate: Bool) {
    let kind = ScopeKind(rawValue: scope.pointee.kind) ?? .root
    switch outcome {
    case .value(let value):
      if kind == .gather {
        setResult(scope, index, value.retained())
      } else if kind == .race, scope.pointee.results.tag == Kind.unset, !scope.pointee.isCancelled {
        scope.pointee.results = value.retained()
        // What failed before the win is of no interest any more.
        dropEarlyErrors(scope)
        cancel(scope, .winner)
      } else if kind == .compute {
        scope.pointee.results = value.retained()
      }
    case .failed(let error):
      // Keeping is for what goes wrong in the tasks. What goes wrong because the block itself is cancelled is thrown.
      if scope.pointee.keepsErrors, !isLate || !isCancelledOutside(scope) {
        if kind == .gather { setResult(scope, index, error.retained()) }
        return
      }
      noteError(scope, error.retained())
      if kind == .race {
        if !isLate { scope.pointee.earlyErrors += 1 }
      } else {
        cancel(scope, .failure)
      }
    case .cancelled:
      // One that was cancelled by itself takes nothing from the block.
      if isLate { scope.pointee.lostChild = true }
      if kind == .gather, scope.pointee.keepsErrors {
        let reason = taskCancelledError("the task", Cancellation(of: cancelledScope(reaching: scope) ?? scope))
        setResult(scope, index, reason)
      }
    }
  }

  /// Whether something around the scope has been cancelled that reaches into it.
  private func isCancelledOutside(_ scope: ScopePointer) -> Bool {
    !scope.pointee.isShield && cancelledScope(reaching: scope.pointee.parent) != nil
  }

  /// The failures of a race count only if all fail.
  private func dropEarlyErrors(_ scope: ScopePointer) {
    let early = scope.pointee.earlyErrors
    guard early > 0, scope.pointee.errors.tag == Kind.list else { return }
    scope.pointee.earlyErrors = 0
    let errors = scope.pointee.errors
    scope.pointee.errors = .none
    let list = ListBlock(errors)
    for index in early..<max(early, list.count) { noteError(scope, list.elements[index].retained()) }
    heap.release(errors)
  }

  private func setResult(_ scope: ScopePointer, _ index: Int, _ value: Value) {
    if scope.pointee.dropsResults { return heap.release(value) }
    if scope.pointee.results.tag == Kind.unset { scope.pointee.results = Value(heap.makeList(capacity: 4).block) }
    let place = resultsSlot(scope)
    while ListBlock(place.pointee).count <= index { heap.append(.none, toList: place) }
    ListBlock(place.pointee).elements[index] = value
  }

  private func resultsSlot(_ scope: ScopePointer) -> UnsafeMutablePointer<Value> {
    UnsafeMutableRawPointer(scope).advanced(by: MemoryLayout<Scope>.offset(of: \Scope.results) ?? 0)
      .assumingMemoryBound(to: Value.self)
  }

  /// Adds an error, which it takes over, to those of the scope.
  func noteError(_ scope: ScopePointer, _ error: Value) {
    if scope.pointee.errors.tag == Kind.none { scope.pointee.errors = Value(heap.makeList(capacity: 2).block) }
    let place = UnsafeMutableRawPointer(scope).advanced(by: MemoryLayout<Scope>.offset(of: \Scope.errors) ?? 0)
    heap.append(error, toList: place.assumingMemoryBound(to: Value.self))
  }

  func allChildrenEnded(_ scope: ScopePointer) {
    guard scope.pointee.isExiting, let owner = scope.pointee.owner, owner.pointee.wait == .join,
      owner.pointee.target == UnsafeMutableRawPointer(scope)
    else { return }
    makeReady(owner)
  }

  // MARK: Leaving

  /// Begins to leave the innermost scope of `fiber` by the completion in its register. True when it has to wait for its
  /// tasks; `finishScope` follows when they have ended.
  func leaveScope(_ fiber: FiberPointer, register: Int) -> Bool {
    let scope = fiber.pointee.scope
    scope.pointee.isExiting = true
    scope.pointee.register = Int32(register)
    giveBackReservation(of: scope)
    let completion = fiber.pointee.base + register
    switch Int(completion.pointee.int) {
    case Completion.thrown:
      noteError(scope, (completion + 1).pointee.retained())
      cancel(scope, .bodyLeft)
    case Completion.cancelled: cancel(scope, .bodyLeft)
    default: break
    }
    if scope.pointee.children > 0 {
      fiber.pointee.wait = .join
      fiber.pointee.target = UnsafeMutableRawPointer(scope)
      return true
    }
    return false
  }

  /// How a scope that has been left goes on.
  enum ScopeOutcome {
    /// As the completion in its register says.
    case goOn
    /// With an error, which the caller takes over.
    case thrown(Value)
    case cancelled
  }

  /// Closes the innermost scope of `fiber`, whose tasks have all ended, and works out how its block is left.
  func finishScope(_ fiber: FiberPointer) -> ScopeOutcome {
    let scope = fiber.pointee.scope
    let place = fiber.pointee.base + Int(scope.pointee.register)
    let outcome = outcome(of: scope, place)
    if core.pointee.isObserved { noteClosing(of: scope, by: fiber, place, outcome) }
    if let parent = scope.pointee.parent { fiber.pointee.scope = parent }
    if scope.pointee.holdsPermit, let limiter = scope.pointee.limiter { release(permitOf: LimiterBlock(limiter)) }
    discard(scope)
    return outcome
  }

  private func outcome(of scope: ScopePointer, _ place: UnsafeMutablePointer<Value>) -> ScopeOutcome {
    let kind = ScopeKind(rawValue: scope.pointee.kind) ?? .root
    let completion = Int(place.pointee.int)
    let isCancelledOutside = isCancelledOutside(scope)
    let wasCancelled = completion == Completion.cancelled || scope.pointee.lostChild
    if kind == .race, isCancelledOutside, wasCancelled { dropEarlyErrors(scope) }

    func goOn(_ completion: Int, _ value: Value) -> ScopeOutcome {
      heap.release((place + 1).pointee)
      place.pointee = Value(completion)
      (place + 1).pointee = value
      return .goOn
    }

    if scope.pointee.errors.tag != Kind.none {
      let error = combinedError(of: scope)
      if kind == .timeout, scope.pointee.reason == .deadline { attachCause(timeoutError(scope), to: error) }
      if kind == .retry, !isCancelledOutside, (place + 7).pointee.int < (place + 2).pointee.int {
        return goOn(Completion.otherwise, error)
      }
      return .thrown(error)
    }
    if isCancelledOutside, wasCancelled { return .cancelled }
    if scope.pointee.isCancelled {
      switch scope.pointee.reason {
      case .deadline where kind == .timeout && wasCancelled:
        return scope.pointee.hasElse ? goOn(Completion.otherwise, .none) : .thrown(timeoutError(scope))
      case .winner:
        let winner = scope.pointee.results
        scope.pointee.results = .unset
        return goOn(Completion.normal, winner)
      case .asked where wasCancelled || completion == Completion.normal: return goOn(Completion.normal, .none)
      default: break
      }
    }
    if completion == Completion.cancelled { return .cancelled }
    if completion != Completion.normal { return .goOn }
    switch kind {
    case .gather: return goOn(Completion.normal, gathered(scope))
    case .compute:
      let value = scope.pointee.results
      scope.pointee.results = .unset
      return goOn(Completion.normal, value)
    case .race: return .thrown(raise(.valueError, "the `race` has no tasks, so none can win").error)
    default: return .goOn
    }
  }

  private func timeoutError(_ scope: ScopePointer) -> Value {
    raise(.timeoutError, "the block took longer than \(Machine.text(duration: scope.pointee.limit))").error
  }

  /// The list of results, or the map when the children had labels.
  private func gathered(_ scope: ScopePointer) -> Value {
    let results: Value
    if scope.pointee.results.tag == Kind.unset {
      results = Value(heap.makeList(capacity: 0).block)
    } else {
      results = scope.pointee.results
      scope.pointee.results = .unset
    }
    guard scope.pointee.labels.tag == Kind.list else { return results }
    let names = ListBlock(scope.pointee.labels)
    let values = ListBlock(results)
    var map = Value(heap.makeMap(capacity: names.count).block)
    for index in 0..<min(names.count, values.count) {
      let name = names.elements[index]
      heap.set(name.retained(), hash: StringBlock(name).hash, to: values.elements[index].retained(), inMap: &map)
    }
    heap.release(results)
    return map
  }

  // MARK: Errors of several tasks

  /// The first error; when there are several, it lists them all, each once, in the order of failing.
  private func combinedError(of scope: ScopePointer) -> Value {
    let list = ListBlock(scope.pointee.errors)
    if list.count == 1 { return list.elements[0].retained() }
    var singles = Value(heap.makeList(capacity: list.count).block)
    var known: Set<UInt64> = []
    for index in 0..<list.count { appendSingles(of: list.elements[index], to: &singles, &known) }
    return combined(singles)
  }

  /// The first of a list of single errors, with all of them in `all` if there are several; takes the list over. None if
  /// there is none.
  func combined(_ singles: Value) -> Value {
    let list = ListBlock(singles)
    guard list.count > 1 else {
      let only = list.count == 0 ? .none : list.elements[0].retained()
      heap.release(singles)
      return only
    }
    let combined = copyError(list.elements[0])
    heap.release(combined.all.pointee)
    combined.all.pointee = singles
    return Value(combined.block)
  }

  /// Appends the single errors that `error` stands for, but for those that are `known`.
  func appendSingles(of error: Value, to list: UnsafeMutablePointer<Value>, _ known: inout Set<UInt64>) {
    let all = ErrorBlock(error).all.pointee
    guard all.tag == Kind.list else {
      if known.insert(error.bits).inserted { heap.append(error.retained(), toList: list) }
      return
    }
    let parts = ListBlock(all)
    for index in 0..<parts.count where known.insert(parts.elements[index].bits).inserted {
      heap.append(parts.elements[index].retained(), toList: list)
    }
  }

  func copyError(_ error: Value) -> ErrorBlock {
    let source = ErrorBlock(error)
    let copy = heap.makeError(kind: source.kind.pointee.retained(), message: source.message.pointee.retained())
    copy.offset = source.offset
    copy.endOffset = source.endOffset
    copy.source = source.source
    copy.line = source.line
    for index in 2..<ErrorBlock.slotCount { copy.slots[index] = source.slots[index].retained() }
    return copy
  }

  /// Makes `cause`, which is taken over, the cause of `error` if that has none yet and is no part of it.
  func attachCause(_ cause: Value, to error: Value) {
    let block = ErrorBlock(error)
    if block.cause.pointee.tag != Kind.none || isPart(error, of: cause) {
      heap.release(cause)
      return
    }
    block.cause.pointee = cause
    // Fields may hold errors, so a circle can still come of it.
    link(error.block)
  }

  /// Whether `error` is `whole`, one of its single errors, or one that led to it.
  private func isPart(_ error: Value, of whole: Value) -> Bool {
    var ancestor = whole
    while ancestor.tag == Kind.error {
      if ancestor.isIdentical(to: error) { return true }
      let all = ErrorBlock(ancestor).all.pointee
      if all.tag == Kind.list {
        let singles = ListBlock(all)
        for index in 0..<singles.count where singles.elements[index].isIdentical(to: error) { return true }
      }
      ancestor = ErrorBlock(ancestor).cause.pointee
    }
    return false
  }
}

/// The handle of a `taskgroup`.
struct GroupBlock {
  let block: BlockPointer
  @inline(__always) init(_ block: BlockPointer) { self.block = block }
  @inline(__always) init(_ value: Value) { block = value.block }

  /// Nil once the group has ended.
  var scope: ScopePointer? {
    get { block.at(16, as: ScopePointer?.self).pointee }
    nonmutating set { block.at(16, as: ScopePointer?.self).pointee = newValue }
  }
}
