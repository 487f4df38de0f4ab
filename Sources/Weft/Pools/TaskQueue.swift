import WeftMachine

/// Tasks of a pool that wait for a worker, first come, first served. Each can be called off, however many wait.
struct TaskQueue {
  private var tasks: [UInt64: RemoteTask] = [:]
  /// The order in which they came, with the tickets of those that were called off among them.
  private var order: [UInt64] = []
  /// How many of the first tickets are passed.
  private var passed = 0

  mutating func append(_ ticket: UInt64, _ task: RemoteTask) {
    tasks[ticket] = task
    order.append(ticket)
  }

  mutating func popFirst() -> (ticket: UInt64, task: RemoteTask)? {
    while passed < order.count {
      let ticket = order[passed]
      passed += 1
      if let task = tasks.removeValue(forKey: ticket) {
        tidyUp()
        return (ticket, task)
      }
    }
    tidyUp()
    return nil
  }

  /// False when it does not wait here.
  mutating func remove(_ ticket: UInt64) -> Bool {
    if tasks.removeValue(forKey: ticket) == nil { return false }
    tidyUp()
    return true
  }

  /// Drops tickets that nobody needs, each once for each time that it was appended.
  private mutating func tidyUp() {
    if order.count < 32 || order.count < 2 * tasks.count { return }
    order = order[passed...].filter { tasks[$0] != nil }
    passed = 0
  }
}
