import WeftCompiler

/// A task on its way to a worker: what is called, with which arguments, and the globals that it can reach.
public struct RemoteTask: Sendable {
  /// The callee and its arguments.
  public var call: Parcel
  /// Values of globals, and which ones. What the values of one round can reach beyond it follows in the next.
  public var globals: [(indices: [Int32], values: Parcel)] = []
  /// Where the task's random stream begins.
  public var random: UInt64
  /// Calls and iterations that are left of the run's limit.
  public var ticks: Int
  /// What the records of the run call it.
  public var name: UInt64 = 0

  public init(
    call: Parcel, globals: [(indices: [Int32], values: Parcel)] = [], random: UInt64, ticks: Int
  ) {
    self.call = call
    self.globals = globals
    self.random = random
    self.ticks = ticks
  }
}

/// How a task ended in a worker.
public enum RemoteOutcome: Sendable {
  /// With a value, the only one of the parcel.
  case value(Parcel)
  /// With an error, the only value of the parcel.
  case failed(Parcel)
  case cancelled
  /// A limit of the run was crossed, as the text says; how to mend it.
  case exceeded(String, hint: String?)
  /// The worker itself is gone; the text says how: "was killed by signal 9".
  case lost(String)
}

/// What a worker's machine tells of a task that has ended.
public struct RemoteResult: Sendable {
  public var outcome: RemoteOutcome
  /// Calls and iterations that it took.
  public var ticks = 0
  /// It has drawn numbers from the seed.
  public var usedRandomness = false
  public var failedExpectations: [FailedExpectation] = []
  /// `expect`s that it worked out.
  public var expectations = 0

  public init(_ outcome: RemoteOutcome) { self.outcome = outcome }
}

/// A task that a worker carries out.
struct PendingRemote {
  let fiber: FiberPointer
  let pool: UInt64
  var isCancelled = false
}

// MARK: - The side that has the pool

extension Machine {
  /// Reserves the workers of a pool among those of the whole run; gives their number.
  func reserveWorkers(_ options: UnsafeMutablePointer<Value>) throws(Thrown) -> Int {
    let count = options[0]
    guard count.tag == Kind.int else {
      throw raise(
        .typeError, "a `pool` needs the number of its workers, an Int, not \(notAnInt(count))")
    }
    guard count.int > 0 else { throw raise(.valueError, "a `pool` needs at least 1 worker, not \(count.int)") }
    switch options[2].tag {
    case Kind.unset, Kind.none, Kind.string: break
    default:
      throw raise(.typeError, "`launcher` must be a String, not \(article(Machine.typeName(options[2])))")
    }
    let kind = PoolKind(rawValue: UInt8(truncatingIfNeeded: options[1].int)) ?? .tasks
    guard limits.pools.contains(kind) else {
      throw raise(
        .valueError, "this run has no pools of \(kind)",
        hint: kind != .processes
          ? nil
          : session == nil
            ? "its host has to say how a worker process is started; in a task of such a worker there are none"
            : "a session has none: its program grows; `pool(threads: n)` and `pool(tasks: n)` do the same")
    }
    guard heap.memory.reserve(workers: Int(count.int), limit: limits.workers) else {
      throw raise(
        .limitError,
        "this `pool` of \(count.int) would bring the run to more workers than it may have, \(limits.workers)",
        hint: "tasks that wait need no worker of their own: thousands of them fit a `gather` without a `pool`")
    }
    return Int(count.int)
  }

  func openPool(_ scope: ScopePointer, _ options: UnsafeMutablePointer<Value>) {
    nextTicket += 1
    scope.pointee.pool = nextTicket
    scope.pointee.poolKind = UInt8(truncatingIfNeeded: options[1].int)
    scope.pointee.workers = Int(options[0].int)
    effects.append(
      .openPool(
        nextTicket, PoolKind(rawValue: scope.pointee.poolKind) ?? .tasks, workers: scope.pointee.workers,
        launcher: options[2].tag == Kind.string ? options[2].text : nil))
  }

  func closePool(_ scope: ScopePointer) {
    heap.memory.release(workers: scope.pointee.workers)
    effects.append(.closePool(scope.pointee.pool))
  }

  /// The pool that runs what is started in `scope`: its name and kind; nil if this machine runs it.
  func pool(of scope: ScopePointer) -> (id: UInt64, kind: PoolKind)? {
    if scope.pointee.kind == ScopeKind.compute.rawValue { return (0, .compute) }
    var current = scope.pointee.gate
    while let gate = current {
      if gate.pointee.kind == ScopeKind.pool.rawValue {
        return (gate.pointee.pool, PoolKind(rawValue: gate.pointee.poolKind) ?? .tasks)
      }
      current = gate.pointee.outerGate
    }
    return nil
  }

  /// Hands a task that would begin now to a worker. False when it cannot travel: then it has failed.
  func startRemotely(_ fiber: FiberPointer, in pool: (id: UInt64, kind: PoolKind)) -> Bool {
    core.pointee.fiber = nil
    do throws(Thrown) {
      let task = try remoteTask(fiber, for: pool.kind == .processes ? .bytes : .memory)
      nextTicket += 1
      remotes[nextTicket] = PendingRemote(fiber: fiber, pool: pool.id)
      fiber.pointee.wait = .remote
      fiber.pointee.target = UnsafeMutableRawPointer(bitPattern: UInt(nextTicket))
      core.pointee.outstanding += 1
      if core.pointee.isObserved { noteWaiting(fiber) }
      effects.append(.startRemote(ticket: nextTicket, pool: pool.id, task))
    } catch {
      locate(error.error, start: fiber)
      ended(fiber, .failed(error.error))
    }
    return true
  }

  private func remoteTask(_ fiber: FiberPointer, for carrier: Carrier) throws(Thrown) -> RemoteTask {
    let callee = fiber.pointee.stack[0]
    let function = callee.tag == Kind.closure ? ClosureBlock(callee).function : Int(callee.bits)
    var values = [callee]
    for index in 0..<image.functions[function].parameters.count { values.append(fiber.pointee.stack[2 + index]) }
    var functions: Set<Int> = []
    var task = RemoteTask(
      call: try pack(values, for: carrier, functions: &functions), random: fiber.pointee.random,
      ticks: max(0, limits.operations - ticks))
    task.name = recordName(of: fiber)
    var known: Set<Int> = []
    var sent: Set<Int32> = []
    while !functions.isSubset(of: known) {
      var indices: [Int32] = []
      for function in functions where known.insert(function).inserted {
        for global in reach(of: function) where sent.insert(global).inserted {
          if core.pointee.globals[Int(global)].tag != Kind.unset { indices.append(global) }
        }
      }
      if indices.isEmpty { break }
      indices.sort()
      task.globals.append(
        (indices, try pack(indices.map { core.pointee.globals[Int($0)] }, for: carrier, functions: &functions)))
    }
    return task
  }

  private func reach(of function: Int) -> [Int32] {
    if let known = reachable[function] { return known }
    let globals = image.globals(reachedFrom: function)
    reachable[function] = globals
    return globals
  }

  func cancelRemote(_ fiber: FiberPointer) {
    let ticket = UInt64(UInt(bitPattern: fiber.pointee.target))
    guard let remote = remotes[ticket], !remote.isCancelled else { return }
    remotes[ticket]?.isCancelled = true
    effects.append(.cancelRemote(ticket: ticket, pool: remote.pool))
  }

  /// The driver's answer to `startRemote`.
  ///
  /// - Returns: The pool that the task was for; nil when the machine knows nothing of it any more.
  @discardableResult
  public func remoteEnded(_ ticket: UInt64, _ result: RemoteResult) -> UInt64? {
    guard let pending = remotes.removeValue(forKey: ticket) else { return nil }
    core.pointee.outstanding -= 1
    ticksBefore += result.ticks
    usedRandomness = usedRandomness || result.usedRandomness
    failedExpectations += result.failedExpectations
    expectations += result.expectations
    let fiber = pending.fiber
    fiber.pointee.wait = .nothing
    fiber.pointee.target = nil
    switch result.outcome {
    case .value(let parcel):
      if let value = single(parcel) {
        ended(fiber, .value(value))
      } else {
        lose(fiber, "sent an answer that makes no sense")
      }
    case .failed(let parcel):
      let error = single(parcel) ?? .none
      if error.tag == Kind.error {
        ended(fiber, .failed(error))
      } else {
        heap.release(error)
        lose(fiber, "sent an error that makes no sense")
      }
    case .cancelled: ended(fiber, .cancelled)
    case .exceeded(let message, let hint): exceeded(message, hint: hint)
    case .lost(let how): lose(fiber, how)
    }
    return pending.pool
  }

  private func single(_ parcel: Parcel) -> Value? {
    guard let values = unpack(parcel) else { return nil }
    if values.count == 1 { return values[0] }
    for value in values { heap.release(value) }
    return nil
  }

  private func lose(_ fiber: FiberPointer, _ how: String) {
    let error = raise(
      .workerError, "the worker of this task \(how)",
      hint: "what the task had done by then may be half done; the other tasks go on in a new worker"
    ).error
    locate(error, start: fiber)
    ended(fiber, .failed(error))
  }

  /// Writes down where the task of an error was started, which runs no code here.
  private func locate(_ error: Value, start fiber: FiberPointer) {
    let position = Int(fiber.pointee.startedFrom)
    guard let index = function(at: position), image.functions[index].source >= 0 else { return }
    let block = ErrorBlock(error)
    let span = image.spans[position]
    block.source = Int32(image.functions[index].source)
    block.offset = span.start
    block.endOffset = span.end
    block.line = Int32(line(ofCode: position))
    block.trace.pointee = heap.makeList(taking: [])
  }

  // MARK: compute for a time

  func burn(_ slot: UnsafeMutablePointer<Value>) {
    guard let fiber = core.pointee.fiber else { return }
    let value = slot.pointee
    guard value.tag == Kind.duration else {
      fail(
        raise(
          .typeError, "`compute` needs a Duration, a call or a block, not \(article(Machine.typeName(value)))",
          hint: "write a unit: `compute 200ms`, or `compute(for: n * 1s)`"))
      return
    }
    if mustNotWait(fiber) { return }
    slot.pointee = .none
    nextTicket += 1
    burns[nextTicket] = fiber
    fiber.pointee.wait = .burn
    fiber.pointee.target = UnsafeMutableRawPointer(bitPattern: UInt(nextTicket))
    core.pointee.outstanding += 1
    core.pointee.fiber = nil
    effects.append(.startBurn(ticket: nextTicket, nanoseconds: max(0, value.int)))
  }

  /// The driver's answer to `startBurn`. One that nobody waits for any more is dropped.
  public func burnEnded(_ ticket: UInt64) {
    guard let fiber = burns.removeValue(forKey: ticket) else { return }
    core.pointee.outstanding -= 1
    wake(fiber)
  }
}

// MARK: - The worker's side

extension Machine {
  /// Begins a task of another machine of the same program, instead of the program's top level. `endRemote` follows when `run`
  /// says that it is finished; then the machine may begin another.
  ///
  /// - Parameters:
  ///   - now: Nanoseconds on the driver's monotonic clock.
  ///   - startedAt: When the whole run began, on that clock.
  ///   - wallClock: Nanoseconds since 1970 at `startedAt`.
  public func begin(_ task: RemoteTask, at now: Int64, startedAt: Int64, wallClock: Int64) {
    self.now = max(self.now, now)
    self.startedAt = startedAt
    wallClockAtStart = wallClock
    isWorker = true
    observation.task = task.name
    remoteResult = nil
    ticksOfEarlierTasks = ticks
    limits.operations = ticks.addingClamped(task.ticks)
    let root = openScope(.root, owner: nil, parent: nil)
    self.root = root
    guard takeGlobals(of: task), var values = unpack(task.call), let callee = values.first,
      let function = function(of: callee), values.count == image.functions[function].parameters.count + 1
    else {
      remoteResult = .lost("was sent a task that makes no sense")
      outcome = .completed
      return
    }
    values.removeFirst()
    let fiber = values.withUnsafeMutableBufferPointer { arguments -> FiberPointer in
      var none = Value.none
      return withUnsafeMutablePointer(to: &none) {
        makeFiber(
          calling: callee, function: function, arguments: arguments.baseAddress ?? $0, count: arguments.count, in: root)
      }
    }
    fiber.pointee.random = task.random
    makeReady(fiber)
  }

  private func function(of callee: Value) -> Int? {
    switch callee.tag {
    case Kind.function: image.functions.indices.contains(Int(callee.bits)) ? Int(callee.bits) : nil
    case Kind.closure: ClosureBlock(callee).function
    default: nil
    }
  }

  private func takeGlobals(of task: RemoteTask) -> Bool {
    for (indices, parcel) in task.globals {
      guard let values = unpack(parcel) else { return false }
      for (place, value) in values.enumerated() {
        if indices.indices.contains(place), image.globals.indices.contains(Int(indices[place])) {
          heap.release(core.pointee.globals[Int(indices[place])])
          core.pointee.globals[Int(indices[place])] = value
        } else {
          heap.release(value)
        }
      }
    }
    return true
  }

  /// The task's outcome on its way back; the values stay the caller's. What cannot travel is a failure of the task.
  func packed(_ outcome: FiberOutcome) -> RemoteOutcome {
    do throws(Thrown) {
      switch outcome {
      case .value(let value): return .value(try pack([value], for: resultCarrier))
      case .failed(let error): return .failed(try pack([error], for: resultCarrier))
      case .cancelled:
        if let deadlockReport { throw error(of: deadlockReport) }
        return .cancelled
      }
    } catch {
      defer { heap.release(error.error) }
      return (try? .failed(pack([error.error], for: resultCarrier)))
        ?? .lost("could not tell how its task ended")
    }
  }

  /// A report of what ended a whole machine, as an error of its task.
  private func error(of report: ErrorReport) -> Thrown {
    raise(
      ErrorKind(rawValue: report.kind) ?? .error, ([report.message] + report.notes).joined(separator: "; "),
      hint: report.hint)
  }

  /// How a task ended whose machine was ended around it.
  private func outcomeFromOutside() -> RemoteOutcome {
    switch outcome {
    case .exceeded(let report): .exceeded(report.message, hint: report.hint)
    case .failed(let report): packed(error(of: report))
    default: .cancelled
    }
  }

  private func packed(_ error: Thrown) -> RemoteOutcome {
    defer { heap.release(error.error) }
    return packed(.failed(error.error))
  }

  /// What has become of the task that was begun last. The machine keeps nothing of it.
  public func endRemote() -> RemoteResult {
    var result = RemoteResult(remoteResult ?? outcomeFromOutside())
    result.ticks = ticks - ticksOfEarlierTasks
    result.usedRandomness = usedRandomness
    result.failedExpectations = failedExpectations
    result.expectations = expectations
    tearDown()
    outcome = nil
    remoteResult = nil
    deadlockReport = nil
    failedExpectations = []
    expectations = 0
    usedRandomness = false
    effects = []
    return result
  }
}

extension Machine {
  /// Whether a global is a copy of another machine's variable. Values of imported files are worked out here.
  @inline(never) func isFrozen(global index: Int) -> Bool {
    image.globals[index].isVariable && core.pointee.globals[index].tag != Kind.unset
  }

  func copyError() -> Thrown {
    raise(
      .typeError, "a task in a worker cannot change this variable: it has a copy of it",
      hint: "give the new value as the task's result, or hold it in a `shared(…)`")
  }

  @inline(never) func failToChangeCopy() { fail(copyError()) }
}
