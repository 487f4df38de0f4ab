import WeftMachine

/// The workers of one `pool` block, or those of one machine's `compute`. It belongs to the driver of the machine that has the
/// block.
final class WorkerPool {
  /// Its workers are in this process, so that looking out for their answers is quicker than sleeping.
  let isLocal: Bool
  private let limit: Int
  private let makeWorker: () -> any Worker
  private var workers: [any Worker] = []
  private var idle: [any Worker] = []
  private var running: [UInt64: any Worker] = [:]
  /// Tasks that wait for a worker, and the order in which they came, with the tickets of those that wait no more among them.
  private var waiting: [UInt64: RemoteTask] = [:]
  private var order: [UInt64] = []
  /// How many of the first tickets are passed.
  private var passed = 0
  private let owner: Mailbox

  init(workers limit: Int, isLocal: Bool, owner: Mailbox, _ makeWorker: @escaping () -> any Worker) {
    self.isLocal = isLocal
    self.limit = limit
    self.owner = owner
    self.makeWorker = makeWorker
  }

  func start(_ ticket: UInt64, _ task: RemoteTask) {
    if let worker = idle.popLast() {
      run(ticket, task, on: worker)
    } else if workers.count < limit {
      let worker = makeWorker()
      workers.append(worker)
      run(ticket, task, on: worker)
    } else {
      waiting[ticket] = task
      order.append(ticket)
    }
  }

  private func takeWaiting() -> (ticket: UInt64, task: RemoteTask)? {
    while passed < order.count {
      let ticket = order[passed]
      passed += 1
      if let task = waiting.removeValue(forKey: ticket) { return (ticket, task) }
    }
    order = []
    passed = 0
    return nil
  }

  private func run(_ ticket: UInt64, _ task: RemoteTask, on worker: any Worker) {
    running[ticket] = worker
    worker.start(ticket, task)
  }

  func cancel(_ ticket: UInt64) {
    if let worker = running[ticket] {
      worker.cancel(ticket)
    } else if waiting.removeValue(forKey: ticket) != nil {
      owner.post(.remoteEnded(ticket: ticket, RemoteResult(.cancelled)))
    }
  }

  /// A task has ended; its worker takes the next. False when it was not one of this pool's.
  func ended(_ ticket: UInt64) -> Bool {
    guard let worker = running.removeValue(forKey: ticket) else { return false }
    if let next = takeWaiting() {
      run(next.ticket, next.task, on: worker)
    } else {
      idle.append(worker)
    }
    return true
  }

  func shutdown() { for worker in running.values { worker.shutdown() } }

  /// Stops all workers; gives those that have to be waited for.
  func close() -> [any Worker] {
    for worker in workers { worker.stop() }
    return workers
  }
}
