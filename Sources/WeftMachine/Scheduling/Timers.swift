/// The machine's timers: a 4-ary heap ordered by deadline, then by the order in which they were set. Each node knows its
/// place, so a timer that is no longer wanted goes at once.
struct TimerHeap {
  typealias Node = UnsafeMutablePointer<TimerNode>
  private var nodes: [Node] = []

  var isEmpty: Bool { nodes.isEmpty }
  var count: Int { nodes.count }
  var earliest: Node? { nodes.first }

  private static func isBefore(_ left: Node, _ right: Node) -> Bool {
    left.pointee.deadline != right.pointee.deadline
      ? left.pointee.deadline < right.pointee.deadline : left.pointee.sequence < right.pointee.sequence
  }

  private mutating func place(_ node: Node, at position: Int) {
    nodes[position] = node
    node.pointee.position = Int32(truncatingIfNeeded: position)
  }

  private mutating func moveUp(_ node: Node, from start: Int) {
    var position = start
    while position > 0 {
      let parent = (position - 1) / 4
      if !Self.isBefore(node, nodes[parent]) { break }
      place(nodes[parent], at: position)
      position = parent
    }
    place(node, at: position)
  }

  private mutating func moveDown(_ node: Node, from start: Int) {
    var position = start
    while true {
      let first = position * 4 + 1
      if first >= nodes.count { break }
      var least = first
      for child in (first + 1)..<max(first + 1, min(first + 4, nodes.count))
      where Self.isBefore(nodes[child], nodes[least]) {
        least = child
      }
      if !Self.isBefore(nodes[least], node) { break }
      place(nodes[least], at: position)
      position = least
    }
    place(node, at: position)
  }

  mutating func insert(_ node: Node) {
    nodes.append(node)
    moveUp(node, from: nodes.count - 1)
  }

  mutating func remove(_ node: Node) {
    let position = Int(node.pointee.position)
    guard position >= 0, position < nodes.count else { return }
    node.pointee.position = -1
    let last = nodes.removeLast()
    if last == node { return }
    if position > 0, Self.isBefore(last, nodes[(position - 1) / 4]) {
      moveUp(last, from: position)
    } else {
      moveDown(last, from: position)
    }
  }
}

extension Machine {
  /// - Parameter isAnswer: The ticket of what it answers: answers come before the timers of the same instant.
  func setTimer(_ node: TimerHeap.Node, after nanoseconds: Int64, isAnswer ticket: UInt64? = nil) {
    let (deadline, overflow) = now.addingReportingOverflow(max(0, nanoseconds))
    node.pointee.deadline = overflow ? Int64.max : deadline
    core.pointee.sequence &+= 1
    node.pointee.sequence = ticket ?? core.pointee.sequence
    timers.insert(node)
  }

  func cancelTimer(_ node: TimerHeap.Node) {
    if node.pointee.position >= 0 { timers.remove(node) }
  }

  /// Carries out the timers that are due.
  func fireTimers() {
    while let node = timers.earliest, node.pointee.deadline <= now {
      timers.remove(node)
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

func timerNode(_ fiber: FiberPointer) -> TimerHeap.Node {
  UnsafeMutableRawPointer(fiber).assumingMemoryBound(to: TimerNode.self)
}

func timerNode(_ scope: ScopePointer) -> TimerHeap.Node {
  UnsafeMutableRawPointer(scope).assumingMemoryBound(to: TimerNode.self)
}
