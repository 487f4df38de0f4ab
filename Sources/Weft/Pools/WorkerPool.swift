import WeftMachine

/// The workers of one `pool` block, or those of one machine's `compute`. It belongs to the driver of the machine that has the
/// block.
final class WorkerPool {
  /// Its workers are in this process, so that looking out for their answers is quicker than sleeping.
  var isLocal: Bool { crew == nil }
  /// Gets the workers back when the pool has ended; nil if they end with it.
  private let crew: ProcessCrew?
  private let limit: Int
  private let makeWorker: () -> any Worker
  private var workers: [any Worker] = []
  private var idle: [any Worker] = []
  private var running: [UInt64: any Worker] = [:]
  private var waiting = TaskQueue()
  private let owner: Mailbox

  init(workers limit: Int, crew: ProcessCrew? = nil, owner: Mailbox, _ makeWorker: @escaping () -> any Worker) {
    self.crew = crew
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
      waiting.append(ticket, task)
    }
  }

  private func run(_ ticket: UInt64, _ task: RemoteTask, on worker: any Worker) {
    running[ticket] = worker
    worker.start(ticket, task)
  }

  func cancel(_ ticket: UInt64) {
    if let worker = running[ticket] {
      worker.cancel(ticket)
    } else if waiting.remove(ticket) {
      owner.post(.remoteEnded(ticket: ticket, RemoteResult(.cancelled)))
    }
  }

  /// A task has ended; its worker takes the next.
  func ended(_ ticket: UInt64) {
    // One that was cancelled while it waited has no worker.
    guard let worker = running.removeValue(forKey: ticket) else { return }
    if let next = waiting.popFirst() {
      run(next.ticket, next.task, on: worker)
    } else {
      idle.append(worker)
    }
  }

  func shutdown() { for worker in running.values { worker.shutdown() } }

  /// Lets all workers go; gives those that have to be waited for.
  func close() -> [any Worker] {
    if let crew, running.isEmpty {
      crew.giveBack(workers)
      return []
    }
    for worker in workers { worker.stop() }
    return workers
  }
}
