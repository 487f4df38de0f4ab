import WeftCompiler
import WeftMachine

/// Carries out tasks of a pool, one after the other, in a machine of its own.
protocol Worker: AnyObject, Sendable {
  /// Begins a task; its end comes to the mailbox of the pool's owner, by the ticket.
  func start(_ ticket: UInt64, _ task: RemoteTask)
  /// Cancels the task if it still runs.
  func cancel(_ ticket: UInt64)
  /// The run is asked to end in its own way.
  func shutdown()
  /// No task will follow. What still runs is ended at once.
  func stop()
  /// Returns when nothing of the worker is left.
  func ended() async
}

/// A worker in this process: a Swift task on an executor.
final class LocalWorker: Worker {
  private let mailbox = Mailbox()
  private let thread: LoopExecutor?
  private let task: Task<Void, Never>

  /// - Parameter owner: Where results and output go.
  init(_ kind: PoolKind, _ context: RunContext, owner: Mailbox) {
    thread = kind == .threads ? LoopExecutor() : nil
    thread?.beginSpinning()
    mailbox.join(context.activity)
    let executor: (any TaskExecutor)? = kind == .compute ? CoreExecutor.shared : thread
    task = Task.detached(executorPreference: executor) { [mailbox] in
      await Self.work(context, mailbox, owner, yields: kind != .threads)
    }
  }

  func start(_ ticket: UInt64, _ task: RemoteTask) { mailbox.post(.task(ticket: ticket, task)) }

  func cancel(_ ticket: UInt64) { mailbox.post(.cancelTask(ticket: ticket)) }

  func shutdown() { mailbox.post(.shutdown) }

  func stop() { mailbox.post(.stop) }

  func ended() async {
    await task.value
    thread?.stop()
  }

  private static func work(_ context: RunContext, _ mailbox: Mailbox, _ owner: Mailbox, yields: Bool) async {
    let driver = MachineDriver(
      context.makeMachine(), context, mailbox, yields: yields, output: { owner.post(.output($0)) })
    while let (ticket, task) = await driver.nextTask() {
      driver.machine.begin(
        task, at: LoopExecutor.now(), startedAt: context.startedAt, wallClock: context.wallClock)
      await driver.drive(ticket)
      owner.post(.remoteEnded(ticket: ticket, driver.machine.endRemote()))
    }
    await driver.finish()
  }
}
