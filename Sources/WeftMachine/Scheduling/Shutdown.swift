/// `shutdown`: a script that mentions it is told that the run should end, and ends in its own way.
extension Machine {
  /// Asks the run to end: a script that mentions `shutdown` learns of it and finishes what it wants to finish; any other
  /// is cancelled, as by `cancelRun`.
  public func requestShutdown() {
    guard image.mentionsShutdown else { return cancelRun() }
    if isShutdownRequested || outcome != nil { return }
    isShutdownRequested = true
    let waiters = shutdownWaiters
    shutdownWaiters = []
    for fiber in waiters { wake(fiber) }
  }

  /// `shutdown.wait()`
  func awaitShutdown(_ slot: UnsafeMutablePointer<Value>) {
    guard let fiber = core.pointee.fiber, !mustNotWait(fiber) else { return }
    store(.none, slot, heap)
    if isShutdownRequested { return }
    fiber.pointee.wait = .shutdown
    shutdownWaiters.append(fiber)
    core.pointee.fiber = nil
  }

  /// Tells the machine, which is idle without a deadline, that nothing will ever come from outside.
  public func nothingWillCome() {
    // Those that wait for a worker that waits are not to blame.
    if root != nil, outcome == nil, timers.isEmpty, core.pointee.outstanding == handlesAwaited,
      core.pointee.fiber == nil, core.pointee.firstReady == nil
    {
      _ = deadlock()
    }
  }

  /// Whether this machine, which is idle, goes on only if another machine of the run does something.
  public var isStuck: Bool {
    // A session is told what to do next from outside.
    if let session, session.input == nil || session.interrupts > 1 { return false }
    return timers.isEmpty && shutdownWaiters.isEmpty && core.pointee.outstanding == handlesAwaited + remotes.count
  }
}
