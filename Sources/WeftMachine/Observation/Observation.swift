public import WeftCompiler

/// What a machine writes down while somebody observes it.
struct Observation {
  var worker: UInt32 = 0
  var pool: PoolKind?
  var wantsArguments = false
  /// The parent's name for the task that a worker carries out; 0 in the script's own machine.
  var task: UInt64 = 0
  /// The fiber that runs, as long as it has not ended.
  var running: FiberPointer?
  /// The block and the kind of error of tries of a `retry` that have failed.
  var failedTries: [FiberPointer: (block: UInt64, kind: String)] = [:]
  var records: [RunRecord] = []
  private var texts: [String] = []
  /// So many things happen in most turns.
  private static let usualTurn = 16
  /// Where the last method of a request stands among the texts.
  private var method: UInt32?

  mutating func text(_ text: String) -> RecordText {
    // Requests of one loop often go to one URL, and fail in one way.
    if texts.last == text { return RecordText(UInt32(texts.count - 1)) }
    texts.append(text)
    return RecordText(UInt32(texts.count - 1))
  }

  mutating func method(_ text: String) -> RecordText {
    if let method, texts[Int(method)] == text { return RecordText(method) }
    method = UInt32(texts.count)
    return self.text(text)
  }

  mutating func take() -> RunRecords? {
    if records.isEmpty { return nil }
    defer {
      // New ones, and not ones as large: the first turn of a run may start thousands of tasks, and most others do little.
      records = []
      records.reserveCapacity(Self.usualTurn)
      texts = []
      // A method and a URL.
      texts.reserveCapacity(2)
      method = nil
    }
    return RunRecords(worker: worker, pool: pool, records: records, texts: texts)
  }
}

extension Machine {
  /// From now on the machine writes down what happens in it; `takeRecords` has to follow after each `run`.
  ///
  /// - Parameters:
  ///   - worker: The machine's number in the run: 0 for the script's own, another for each worker.
  ///   - pool: The kind of pool that the worker belongs to.
  ///   - arguments: Whether to write down the arguments of tasks as well.
  public func observe(worker: UInt32 = 0, pool: PoolKind? = nil, arguments: Bool = false) {
    observation.worker = worker
    observation.pool = pool
    observation.wantsArguments = arguments
    core.pointee.isObserved = true
  }

  /// What has happened since the last call; nil if nothing has, or nobody observes.
  public func takeRecords() -> RunRecords? {
    core.pointee.isObserved ? observation.take() : nil
  }

  // MARK: Names

  /// The task's name in the whole run.
  func recordName(of fiber: FiberPointer) -> UInt64 {
    if isWorker, fiber.pointee.home == root { return observation.task }
    return UInt64(observation.worker) << 32 | UInt64(fiber.pointee.number)
  }

  func recordName(of scope: ScopePointer) -> UInt64 {
    UInt64(observation.worker) << 32 | UInt64(scope.pointee.number)
  }

  // MARK: Writing down

  /// Each call of these stands behind a look at `isObserved`.
  @inline(never) func note(_ fiber: FiberPointer, _ event: RunRecord.Event) {
    observation.records.append(RunRecord(time: now - startedAt, task: recordName(of: fiber), event: event))
  }

  @inline(never) func noteStart(of fiber: FiberPointer, function: Int) {
    let home = fiber.pointee.home
    // A worker's task was started elsewhere.
    if isWorker, home == root { return }
    let isMain = home.pointee.owner == nil
    note(
      fiber,
      .taskStarted(
        RunRecord.TaskStart(
          parent: home.pointee.owner.map { recordName(of: $0) } ?? 0, block: recordName(of: home),
          index: fiber.pointee.index,
          function: Int32(truncatingIfNeeded: function), place: isMain ? -1 : fiber.pointee.startedFrom,
          arguments: observation.wantsArguments ? arguments(of: fiber, function) : .none)))
  }

  private func arguments(of fiber: FiberPointer, _ function: Int) -> RecordText {
    let names = image.functions[function].parameters.prefix(4)
    if names.isEmpty { return .none }
    var text = ""
    for (index, name) in names.enumerated() {
      let value = fiber.pointee.stack[2 + index]
      if value.tag == Kind.unset { continue }
      if !text.isEmpty { text += ", " }
      text += name
      text += ": "
      // Of a million tasks that a loop starts, most have a number.
      text += value.tag == Kind.int ? String(value.int) : preview(value)
    }
    return observation.text(text)
  }

  @inline(never) func noteEnd(of fiber: FiberPointer, _ outcome: FiberOutcome, _ cancellation: ScopePointer?) {
    if observation.running == fiber { observation.running = nil }
    if !observation.failedTries.isEmpty { observation.failedTries[fiber] = nil }
    if isWorker, fiber.pointee.home == root { return note(fiber, .taskLeft) }
    let ending: RunRecord.TaskEnding
    switch outcome {
    case .value: ending = .value
    case .failed(let error):
      let block = ErrorBlock(error)
      ending = .failed(
        kind: observation.text(block.kind.pointee.text), message: observation.text(Machine.text(ofMessage: block)))
    case .cancelled: ending = .cancelled(cancellation.map { $0.pointee.reason.reason } ?? .unknown)
    }
    note(fiber, .taskEnded(ending))
  }

  private static func text(ofMessage error: ErrorBlock) -> String {
    error.message.pointee.tag == Kind.string ? excerpt(StringBlock(error.message.pointee)) : ""
  }

  @inline(never) func noteOpening(
    of scope: ScopePointer, by fiber: FiberPointer, _ options: UnsafeMutablePointer<Value>
  ) {
    let kind = ScopeKind(rawValue: scope.pointee.kind) ?? .root
    let amount: RunRecord.Amount
    switch kind {
    case .semaphore, .pool: amount = options.pointee.tag == Kind.int ? .permits(options.pointee.int) : .none
    case .rate: amount = options.pointee.tag == Kind.rate ? .rate(Double(bitPattern: options.pointee.bits)) : .none
    case .timeout: amount = .time(scope.pointee.limit)
    default: amount = .none
    }
    note(
      fiber,
      .blockOpened(
        RunRecord.BlockStart(
          id: recordName(of: scope), parent: scope.pointee.parent.map { recordName(of: $0) } ?? 0, kind: kind,
          place: scope.pointee.openedAt, amount: amount)))
  }

  @inline(never) func noteCancellation(of scope: ScopePointer, _ reason: CancelReason) {
    let event = RunRecord.Event.blockCancelled(recordName(of: scope), reason.reason)
    guard let owner = scope.pointee.owner else {
      observation.records.append(RunRecord(time: now - startedAt, task: observation.task, event: event))
      return
    }
    note(owner, event)
  }

  @inline(never) func noteClosing(
    of scope: ScopePointer, by fiber: FiberPointer, _ place: UnsafeMutablePointer<Value>, _ outcome: ScopeOutcome
  ) {
    note(fiber, .blockEnded(recordName(of: scope)))
    if scope.pointee.kind == ScopeKind.retry.rawValue, case .goOn = outcome,
      place.pointee.int == Int64(Completion.otherwise), (place + 1).pointee.tag == Kind.error
    {
      // Whether it runs again is up to its `on`.
      let kind = ErrorBlock((place + 1).pointee).kind.pointee.text
      observation.failedTries[fiber] = (recordName(of: scope), kind)
    }
  }

  /// The `retry` of the running fiber begins its pause.
  @inline(never) func noteRetry(_ number: Int64) {
    guard let fiber = core.pointee.fiber,
      let (block, kind) = observation.failedTries.removeValue(forKey: fiber)
    else { return }
    note(
      fiber,
      .retrying(block: block, number: Int32(clamping: number), error: observation.text(kind)))
  }

  @inline(never) func notePrinting(_ bytes: Int) {
    guard let fiber = core.pointee.fiber else { return }
    note(fiber, .printed(bytes: Int32(truncatingIfNeeded: bytes)))
  }

  /// The fiber does not run any more; what it waits for is written down, if it has not ended.
  @inline(never) func noteParked() {
    guard let fiber = observation.running else { return }
    observation.running = nil
    noteWaiting(fiber)
  }

  @inline(never) func noteWaiting(_ fiber: FiberPointer) {
    let ticket = UInt64(UInt(bitPattern: fiber.pointee.target))
    switch fiber.pointee.wait {
    case .nothing, .turn, .granted: break
    case .timer: note(fiber, .waiting(.timer, on: 0))
    case .join:
      let scope = fiber.pointee.target?.assumingMemoryBound(to: Scope.self)
      note(fiber, .waiting(.tasks, on: scope.map { recordName(of: $0) } ?? 0))
    case .task:
      let task = fiber.pointee.target.map { TaskBlock($0.assumingMemoryBound(to: Block.self)) }
      note(fiber, .waiting(.task, on: task?.fiber.map { recordName(of: $0) } ?? 0))
    case .fetch: note(fiber, .waiting(.fetch, on: ticket))
    case .file: note(fiber, .waiting(.file, on: ticket))
    case .host: note(fiber, .waiting(.host, on: ticket))
    case .get: note(fiber, .waiting(.item, on: 0))
    case .put: note(fiber, .waiting(.room, on: 0))
    case .drain: note(fiber, .waiting(.work, on: 0))
    case .lazy: note(fiber, .waiting(.value, on: 0))
    case .shutdown: note(fiber, .waiting(.shutdown, on: 0))
    case .remote: note(fiber, .waiting(.worker, on: ticket))
    case .burn: note(fiber, .waiting(.core, on: ticket))
    case .gate: noteGate(fiber)
    case .handle:
      let reason: WaitReason
      switch handleWaits[ticket]?.purpose {
      case .permit: reason = .permit
      case .item, .drawing: reason = .item
      case .room: reason = .room
      case .work: reason = .work
      default: reason = .shared
      }
      note(fiber, .waiting(reason, on: 0))
    }
  }

  private func noteGate(_ fiber: FiberPointer) {
    guard let block = fiber.pointee.target?.assumingMemoryBound(to: Block.self) else { return }
    var current = fiber.pointee.isFresh ? fiber.pointee.home.pointee.gate : fiber.pointee.scope.pointee.gate
    while let gate = current, gate.pointee.limiter != block { current = gate.pointee.outerGate }
    let isPool = current.map { $0.pointee.kind == ScopeKind.pool.rawValue } ?? false
    let reason: WaitReason =
      isPool ? .place : block.kind == Kind.rateLimiter ? .token : block.kind == Kind.lock ? .lock : .permit
    note(fiber, .waiting(reason, on: current.map { recordName(of: $0) } ?? 0))
  }

  @inline(never) func noteFetch(_ fiber: FiberPointer, _ ticket: UInt64, _ request: FetchRequest) {
    let start = RunRecord.FetchStart(
      ticket: ticket, method: observation.method(request.method), url: observation.text(request.url),
      function: Int32(truncatingIfNeeded: namedFunction(of: fiber)), sent: Int64(request.body?.count ?? 0))
    note(fiber, .fetchStarted(start))
  }

  @inline(never) func noteFetchEnd(
    _ fiber: FiberPointer, _ ticket: UInt64, _ result: Result<FetchResponse, FetchFailure>?
  ) {
    var ending = RunRecord.FetchEnding(ticket: ticket)
    switch result {
    case .success(let response):
      ending.status = Int32(truncatingIfNeeded: response.status)
      ending.received = Int64(response.body.count)
      ending.queued = response.queued
    case .failure(let failure):
      ending.failure = observation.text(failure.kind.rawValue)
      ending.message = observation.text(failure.message)
    case nil: ending.failure = observation.text(FetchFailure.Kind.cancelled.rawValue)
    }
    note(fiber, .fetchEnded(ending))
  }

  /// The innermost task that a fiber is in which has a name in the script; else the function that it began with.
  private func namedFunction(of fiber: FiberPointer) -> Int {
    var found: Int?
    var outermost = image.main
    forEachFrame(of: fiber) { _, _, index in
      outermost = index
      if image.functions[index].role == .task { found = index }
      return found == nil
    }
    return found ?? outermost
  }
}

extension CancelReason {
  /// In the words of a record.
  fileprivate var reason: CancellationReason {
    switch self {
    case .none: .unknown
    case .failure: .failure
    case .deadline: .deadline
    case .winner: .winner
    case .bodyLeft: .left
    case .asked: .asked
    case .outside, .host: .outside
    case .deadlock: .deadlock
    }
  }
}
