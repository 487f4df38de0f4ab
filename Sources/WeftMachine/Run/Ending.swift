import WeftCompiler
import WeftSyntax

extension Machine {
  /// The main task has ended; takes a look at the outcome, which stays the caller's.
  func mainEnded(_ fiber: FiberPointer, _ outcome: FiberOutcome) {
    if self.outcome != nil { return }
    if session != nil { return noteEnded(fiber, outcome) }
    if isWorker {
      remoteResult = packed(outcome)
      self.outcome = .completed
      return
    }
    switch outcome {
    case .value(let value):
      if let problem = note(value) {
        self.outcome = .failed(problem)
      } else if openness == .opens {
        openForCalls()
      } else {
        self.outcome = .completed
      }
    case .failed(let error): self.outcome = .failed(report(of: error))
    case .cancelled:
      if let deadlockReport { self.outcome = .failed(deadlockReport) } else { self.outcome = .cancelled }
    }
  }

  /// How the run ended; nil while it goes on.
  public var result: RunOutcome? { outcome }

  /// The run was ended because it crossed a limit.
  public var isOverLimit: Bool { if case .exceeded = outcome { true } else { false } }

  /// A limit of the run was crossed, here or in a worker: it ends at once.
  func exceeded(_ message: String, hint: String? = nil) {
    if outcome != nil { return }
    let error = raise(.limitError, message, hint: hint).error
    if let fiber = core.pointee.fiber { locate(error, fiber) }
    outcome = .exceeded(report(of: error))
    heap.release(error)
    // No handler and no other task may run.
    endSliceSoon()
  }

  public var isFinished: Bool { outcome != nil }

  /// The driver has nothing to carry out.
  public var hasNoEffects: Bool { effects.isEmpty }

  /// Ends the run at once; no `finally` runs.
  public func terminate() { if outcome == nil { outcome = .cancelled } }

  /// Raises the limit of ticks while the run goes on.
  public func addTicks(_ count: Int) {
    limits.operations = limits.operations.addingClamped(max(0, count))
    tickLimit = tickLimit.addingClamped(max(0, count))
  }

  /// Frees everything that still runs, without running any of it, and breaks the circles of references.
  func tearDown() {
    leaveHandles()
    switching = nil
    core.pointee.fiber = nil
    core.pointee.firstReady = nil
    core.pointee.lastReady = nil
    if let root {
      destroy(root)
      self.root = nil
    }
    forgetLazyValues()
    forgetMocks()
    for index in 0..<image.globals.count {
      heap.release(core.pointee.globals[index])
      core.pointee.globals[index] = .unset
    }
    // Emptying one may free others, so the list is begun anew each time.
    while let block = core.pointee.linked {
      retain(block)
      BlockLinks(block).unlink()
      let slot =
        switch block.kind {
        case Kind.task: TaskBlock(block).result
        case Kind.error: ErrorBlock(block).cause
        case Kind.queue: QueueBlock(block).items
        default: CellBlock(block).slot
        }
      let value = slot.pointee
      slot.pointee = .none
      heap.release(value)
      if block.kind == Kind.error {
        let trace = ErrorBlock(block).trace.pointee
        ErrorBlock(block).trace.pointee = .none
        heap.release(trace)
      }
      heap.release(block)
    }
  }

  /// Notes a block that a circle of references may pass through from now on.
  func link(_ block: BlockPointer) {
    let head = UnsafeMutableRawPointer(core).advanced(by: MemoryLayout<Core>.offset(of: \Core.linked) ?? 0)
    BlockLinks(block).insert(at: head.assumingMemoryBound(to: BlockPointer?.self))
  }

  private func destroy(_ root: ScopePointer) {
    let (scopes, fibers) = descendants(of: root)
    for scope in scopes { discard(scope) }
    for fiber in fibers {
      cancelTimer(timerNode(fiber))
      forgetQueue(of: fiber)
      if let handle = fiber.pointee.handle {
        TaskBlock(handle).fiber = nil
        TaskBlock(handle).waiters.pointee = WaitList()
        TaskBlock(handle).state = .cancelled
        forgetWatchers(of: handle)
      }
      clearLinks(of: fiber)
    }
    for fiber in fibers {
      let handle = fiber.pointee.handle
      free(fiber)
      if let handle { heap.release(handle) }
    }
    core.pointee.outstanding = 0
    handlesAwaited = 0
    for pending in tickets.all { if let answer = pending.answer { heap.release(answer) } }
    tickets = NumberTable()
    files = [:]
    remotes = [:]
    burns = [:]
    hostCalls = NumberTable()
    calls = [:]
    shutdownWaiters = []
  }

  /// Links of frames are not values; they go before the stack is released.
  private func clearLinks(of fiber: FiberPointer) {
    var base = fiber.pointee.base
    while true {
      let link = (base - 1).pointee
      (base - 1).pointee = .none
      if link.bits == 0 { return }
      base -= Int(link.bits)
    }
  }
}

extension Int {
  func addingClamped(_ count: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(count)
    return overflow ? .max : sum
  }
}
