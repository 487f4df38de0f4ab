/// A timer as the heap sees it: a record of the machine's, which the heap does not own.
struct TimerReference: DueNode {
  let node: UnsafeMutablePointer<TimerNode>

  var deadline: Int64 { node.pointee.deadline }
  var sequence: UInt64 { node.pointee.sequence }
  var position: Int32 {
    get { node.pointee.position }
    nonmutating set { node.pointee.position = newValue }
  }
}

extension Machine {
  /// - Parameter ticket: Of what it answers: answers come before the timers of the same instant.
  func setTimer(_ node: UnsafeMutablePointer<TimerNode>, after nanoseconds: Int64, answering ticket: UInt64? = nil) {
    let (deadline, overflow) = now.addingReportingOverflow(max(0, nanoseconds))
    node.pointee.deadline = overflow ? Int64.max : deadline
    core.pointee.sequence &+= 1
    node.pointee.sequence = ticket ?? core.pointee.sequence
    timers.insert(TimerReference(node: node))
  }

  func cancelTimer(_ node: UnsafeMutablePointer<TimerNode>) {
    if node.pointee.position >= 0 { timers.remove(TimerReference(node: node)) }
  }

  /// Carries out the timers that are due.
  func fireTimers() {
    while let timer = timers.takeDue(by: now) {
      let node = timer.node
      let raw = UnsafeMutableRawPointer(node)
      if node.pointee.isScope {
        deadlinePassed(raw.assumingMemoryBound(to: Scope.self))
      } else {
        let fiber = raw.assumingMemoryBound(to: Fiber.self)
        switch fiber.pointee.wait {
        case .fetch: mockAnswered(fiber)
        case .gate: tokenIsDue(fiber)
        case .handle: handleIsDue(fiber)
        default: wake(fiber)
        }
      }
    }
  }
}

func timerNode(_ fiber: FiberPointer) -> UnsafeMutablePointer<TimerNode> {
  UnsafeMutableRawPointer(fiber).assumingMemoryBound(to: TimerNode.self)
}

func timerNode(_ scope: ScopePointer) -> UnsafeMutablePointer<TimerNode> {
  UnsafeMutableRawPointer(scope).assumingMemoryBound(to: TimerNode.self)
}
