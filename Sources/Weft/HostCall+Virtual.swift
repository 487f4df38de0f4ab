import WeftMachine

extension HostCall {
  /// Carries it out while this thread waits: on a virtual clock, what the host does takes no time.
  func performNow() -> HostAnswer {
    waitOnThisThread(executor: LoopExecutor.shared) { await perform() }
  }
}
