import WeftCompiler

/// The instructions that open and leave scopes, start tasks and wait.
extension Machine {
  // MARK: Scopes

  func enterScope(_ word: UInt64, _ base: UnsafeMutablePointer<Value>) -> Bool {
    guard let fiber = core.pointee.fiber else { return false }
    let instruction = Instruction(word: word)
    let kind = ScopeKind(rawValue: UInt8(instruction.b)) ?? .taskgroup
    let options = base + instruction.c
    var limit: Int64 = 0
    var limiter: BlockPointer?
    do throws(Thrown) {
      limiter = try makeLimiter(for: kind, options)
    } catch {
      fail(error)
      return false
    }
    switch kind {
    case .timeout:
      guard options.pointee.tag == Kind.duration else {
        fail(
          raise(
            .typeError, "`timeout` needs a Duration, not \(article(Machine.typeName(options.pointee)))",
            hint: "write a unit, such as `3s`"))
        return false
      }
      limit = max(0, options.pointee.int)
    case .gather, .race, .taskgroup, .compute:
      if fiber.pointee.updates > 0, mustNotWait(fiber) { return false }
    case .retry:
      guard options.pointee.tag == Kind.int, options.pointee.int >= 0 else {
        fail(raise(.typeError, "`retry` needs the number of further tries, an Int from 0 on"))
        return false
      }
    case .finally:
      if options.pointee.tag == Kind.duration {
        limit = max(1, options.pointee.int)
      } else if options.pointee.tag != Kind.unset {
        fail(raise(.typeError, "`finally` takes a Duration, not \(article(Machine.typeName(options.pointee)))"))
        return false
      }
    default: break
    }
    let scope = openScope(kind, owner: fiber, parent: fiber.pointee.scope)
    scope.pointee.keepsErrors = instruction.flags & 1 != 0
    scope.pointee.hasElse = instruction.flags & 2 != 0
    scope.pointee.dropsResults = instruction.flags & 4 != 0
    scope.pointee.limit = limit
    scope.pointee.limiter = limiter
    if kind == .compute { scope.pointee.gate = nil }
    scope.pointee.openedAt = Int32(truncatingIfNeeded: position(of: fiber.pointee.pc))
    fiber.pointee.scope = scope
    if core.pointee.isObserved { noteOpening(of: scope, by: fiber, options) }
    switch kind {
    case .timeout: setTimer(timerNode(scope), after: limit)
    case .semaphore, .rate, .pool:
      scope.pointee.outerGate = scope.pointee.gate
      scope.pointee.gate = scope
      if kind == .pool { openPool(scope, options) }
    case .finally: limitCleanup(scope)
    default: break
    }
    return true
  }

  /// What a scope of that kind limits its tasks by, or what its `with` takes from; the scope's own reference.
  private func makeLimiter(
    for kind: ScopeKind, _ options: UnsafeMutablePointer<Value>
  ) throws(Thrown) -> BlockPointer? {
    switch kind {
    case .semaphore: return heap.makeLimiter(kind: Kind.semaphore, permits: try permits(options[0])).block
    case .rate: return try rateLimiter(options[0], burst: options[1]).block
    case .pool: return heap.makeLimiter(kind: Kind.semaphore, permits: try reserveWorkers(options)).block
    case .with:
      switch options.pointee.tag {
      case Kind.semaphore, Kind.lock, Kind.rateLimiter: return options.pointee.retained().block
      default:
        throw raise(
          .typeError,
          "`with` needs a Lock, Semaphore or RateLimiter, not \(article(Machine.typeName(options.pointee)))",
          hint: "make one: `lock()`, `semaphore(3)` or `rate(5/s)`")
      }
    default: return nil
    }
  }

  func scopeHandle(_ slot: UnsafeMutablePointer<Value>) {
    guard let fiber = core.pointee.fiber else { return }
    let scope = fiber.pointee.scope
    if scope.pointee.handle == nil {
      let group = GroupBlock(heap.allocate(kind: Kind.group, size: 32))
      group.scope = scope
      scope.pointee.handle = group.block
    }
    if let handle = scope.pointee.handle { store(Value(handle).retained(), slot, heap) }
  }

  /// False when the fiber's record has changed.
  func leaveScope(_ word: UInt64) -> Bool {
    guard let fiber = core.pointee.fiber else { return false }
    let scope = fiber.pointee.scope
    let mustWait: Bool
    if scope.pointee.isExiting {
      mustWait = scope.pointee.children > 0
      if mustWait {
        fiber.pointee.wait = .join
        fiber.pointee.target = UnsafeMutableRawPointer(scope)
      }
    } else {
      mustWait = leaveScope(fiber, register: Instruction(word: word).a)
    }
    if mustWait {
      // The same instruction goes on when all tasks have ended.
      fiber.pointee.pc -= 1
      core.pointee.fiber = nil
      return false
    }
    let wasShield = scope.pointee.kind == ScopeKind.shield.rawValue
    switch finishScope(fiber) {
    case .goOn:
      // Leaving a shield is a cancellation point.
      if wasShield, cancelledScope(reaching: fiber.pointee.scope) != nil {
        unwind(fiber, .cancelled)
        return false
      }
      return true
    case .thrown(let error):
      locate(error, fiber)
      followTrace(of: error, into: fiber)
      unwind(fiber, .thrown, error)
    case .cancelled: unwind(fiber, .cancelled)
    }
    return false
  }

  /// Leaves for a cancellation if there is one that reaches this fiber, or throws where nothing may wait. Every wait
  /// begins with this; true when the fiber's record has changed.
  func mustNotWait(_ fiber: FiberPointer) -> Bool {
    if fiber.pointee.updates > 0 {
      fail(waitInUpdate())
      return true
    }
    if cancelledScope(reaching: fiber.pointee.scope) == nil { return false }
    unwind(fiber, .cancelled)
    return true
  }

  // MARK: Starting

  func passGate() -> Bool {
    guard let fiber = core.pointee.fiber else { return false }
    if mustNotWait(fiber) { return false }
    let scope = fiber.pointee.scope
    if scope.pointee.gate == nil || scope.pointee.isReserved { return true }
    if passGates(fiber, of: scope) {
      scope.pointee.isReserved = true
      return true
    }
    core.pointee.fiber = nil
    return false
  }

  /// False when the fiber's record has changed.
  func spawn(_ word: UInt64, _ base: UnsafeMutablePointer<Value>, label: Int) -> Bool {
    guard let fiber = core.pointee.fiber else { return false }
    if core.pointee.fibers >= limits.tasks {
      fail(crossing(.tasks))
      return false
    }
    let instruction = Instruction(word: word)
    let scope = fiber.pointee.scope
    let callee = (base + instruction.a).pointee.retained()
    let function = callee.tag == Kind.closure ? ClosureBlock(callee).function : Int(callee.bits)
    let argument = base + instruction.b
    let hasArgument = instruction.flags & 1 != 0
    let child = makeFiber(
      calling: callee, function: function, arguments: argument, count: hasArgument ? 1 : 0, in: scope)
    if hasArgument { argument.pointee.tag = Kind.none }
    if label >= 0 {
      if scope.pointee.labels.tag != Kind.list { scope.pointee.labels = Value(heap.makeList(capacity: 4).block) }
      let place = UnsafeMutableRawPointer(scope).advanced(by: MemoryLayout<Scope>.offset(of: \Scope.labels) ?? 0)
      heap.append(core.pointee.constants[label].retained(), toList: place.assumingMemoryBound(to: Value.self))
    }
    admit(child, to: scope)
    return true
  }

  /// Makes a new child ready, or lets it wait at the gates of its scope.
  private func admit(_ child: FiberPointer, to scope: ScopePointer) {
    if scope.pointee.gate == nil {
      makeReady(child)
    } else if scope.pointee.isReserved {
      scope.pointee.isReserved = false
      child.pointee.holdsPermits = true
      makeReady(child)
    } else if passGates(child, of: scope) {
      child.pointee.holdsPermits = true
      makeReady(child)
    } else if core.pointee.isObserved {
      noteWaiting(child)
    }
  }

  func start(_ word: UInt64, _ base: UnsafeMutablePointer<Value>) -> Bool {
    guard let fiber = core.pointee.fiber else { return false }
    let instruction = Instruction(word: word)
    let window = base + instruction.b
    let count = instruction.c
    var scope = fiber.pointee.scope
    // A `with` owns no tasks.
    while scope.pointee.kind == ScopeKind.with.rawValue, let parent = scope.pointee.parent { scope = parent }
    // Nor does what an interrupt put around an input.
    if scope == fiber.pointee.cancelScope, let parent = scope.pointee.parent { scope = parent }
    do throws(Thrown) {
      if instruction.flags & 1 != 0 {
        let group = (base + instruction.a).pointee
        guard group.tag == Kind.group else {
          throw raise(
            .typeError, "`start(in:)` needs a group, not \(article(Machine.typeName(group)))",
            hint: "name one with `taskgroup as g { … }`")
        }
        guard let open = GroupBlock(group).scope else {
          throw raise(.groupClosedError, "the group has already ended")
        }
        scope = open
      } else if fiber.pointee.updates > 0 {
        // The block around it waits for the task.
        throw waitInUpdate()
      }
      let callee = window.pointee
      let function: Int
      switch callee.tag {
      case Kind.function: function = Int(callee.bits)
      case Kind.closure: function = ClosureBlock(callee).function
      default:
        throw raise(
          .typeError, "cannot start \(article(Machine.typeName(callee)))",
          hint: "`start` takes a call of a task, or a block")
      }
      if core.pointee.fibers >= limits.tasks { throw crossing(.tasks) }
      let info = core.pointee.functions[function]
      if count > info.parameters || count < info.required {
        throw raise(
          .argumentError,
          "`\(image.functions[function].name)` takes \(Machine.counted(info.parameters, "argument")), but \(count) are given"
        )
      }
      let arguments = heap.makeList(capacity: count)
      for index in 0..<count { arguments.elements[index] = window[2 + index].retained() }
      arguments.count = count
      let child = makeFiber(calling: callee, function: function, arguments: window + 2, count: count, in: scope)
      window.pointee.tag = Kind.none
      for index in 0..<count { window[2 + index].tag = Kind.none }
      let handle = makeHandle(child, name: intern(image.functions[function].name), arguments: Value(arguments.block))
      admit(child, to: scope)
      store(handle, base + instruction.a, heap)
      return true
    } catch {
      fail(error)
      return false
    }
  }

  // MARK: Waiting

  func awaitTask(_ word: UInt64, _ base: UnsafeMutablePointer<Value>) -> Bool {
    guard let fiber = core.pointee.fiber else { return false }
    let instruction = Instruction(word: word)
    let slot = base + instruction.b
    let value = slot.pointee
    guard value.tag == Kind.task else {
      fail(
        raise(
          .typeError, "cannot await \(article(Machine.typeName(value)))",
          hint: "a call already waits; `await` is for what `start` gave"))
      return false
    }
    let task = TaskBlock(value)
    switch task.state {
    case .succeeded:
      store(task.result.pointee.retained(), base + instruction.a, heap)
      return true
    case .failed:
      unwind(fiber, .thrown, task.result.pointee.retained())
      return false
    case .cancelled:
      fail(Thrown(error: cancelledError(of: task)))
      return false
    case .running: break
    }
    if mustNotWait(fiber) { return false }
    var ancestor: FiberPointer? = fiber
    while let current = ancestor {
      if current == task.fiber {
        fail(
          raise(
            .valueError,
            current == fiber ? "a task cannot await itself" : "a task cannot await the task that it runs in",
            hint: "both would wait for ever"))
        return false
      }
      ancestor = current.pointee.home.pointee.owner
    }
    fiber.pointee.resultRegister = Int32(instruction.a)
    addWaiter(fiber, ofTask: value.block)
    core.pointee.fiber = nil
    return false
  }

  func sleepFor(_ slot: UnsafeMutablePointer<Value>) {
    guard let fiber = core.pointee.fiber else { return }
    let value = slot.pointee
    guard value.tag == Kind.duration else {
      let hint: String? =
        value.tag == Kind.int || value.tag == Kind.float ? "write a unit: `sleep 1.5s`, or `n * 1s`" : nil
      fail(raise(.typeError, "`sleep` needs a Duration, not \(article(Machine.typeName(value)))", hint: hint))
      return
    }
    if mustNotWait(fiber) { return }
    slot.pointee = .none
    fiber.pointee.wait = .timer
    setTimer(timerNode(fiber), after: value.int)
    core.pointee.fiber = nil
  }
}
