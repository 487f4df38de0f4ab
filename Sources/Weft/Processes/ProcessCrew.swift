import WeftMachine

/// The worker processes of one machine's pools that are started by the same command. Those of a pool that has ended serve the
/// next one: starting a process and compiling the script in it takes longer than many a task.
final class ProcessCrew {
  let command: WorkerCommand
  private let plan: ProcessWorker.Plan
  private let owner: Mailbox
  /// Workers that no pool has just now.
  private var spare: [any Worker] = []

  init(_ command: WorkerCommand, _ context: RunContext, owner: Mailbox) {
    self.command = command
    self.owner = owner
    plan = ProcessWorker.Plan(context, command)
  }

  func takeWorker() -> any Worker { spare.popLast() ?? ProcessWorker(plan, owner: owner) }

  /// Takes workers that have no task.
  func giveBack(_ workers: [any Worker]) { spare += workers }

  /// Stops the workers that no pool has; gives them, because they have to be waited for.
  func dismiss() -> [any Worker] {
    defer { spare = [] }
    for worker in spare { worker.stop() }
    return spare
  }
}
