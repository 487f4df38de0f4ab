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
    if outcome == nil, timers.isEmpty, core.pointee.outstanding == 0 { deadlock() }
  }
}
