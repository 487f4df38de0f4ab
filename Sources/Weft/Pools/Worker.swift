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

/// A worker in this process: a Swift task on an executor. It is also what runs in a worker process.
final class LocalWorker: Worker {
  private let mailbox = Mailbox()
  private let thread: LoopExecutor?
  private let task: Task<Void, Never>

  /// - Parameters:
  ///   - report: Takes results, output and records.
  ///   - number: The worker's number among those of the run; a new one if it is nil.
  init(
    _ kind: PoolKind, _ context: RunContext, number: UInt32? = nil,
    report: @escaping @Sendable (Mailbox.Event) -> Void
  ) {
    thread = kind == .threads || kind == .processes ? LoopExecutor() : nil
    if kind == .threads { thread?.beginSpinning() }
    mailbox.join(context.activity)
    let executor: (any TaskExecutor)? = kind == .compute ? CoreExecutor.shared : thread
    // Not detached: host functions have the task-local values of whoever runs the script.
    task = Task(executorPreference: executor) { [mailbox] in
      await Self.work(kind, context, number, mailbox, report)
    }
  }

  func start(_ ticket: UInt64, _ task: RemoteTask) { mailbox.post(.task(ticket: ticket, task)) }

  func cancel(_ ticket: UInt64) { mailbox.post(.cancelTask(ticket: ticket)) }

  /// Calls `answer` from where the task runs, as soon as that looks up from it.
  func check(_ answer: @escaping @Sendable () -> Void) { mailbox.post(.check(answer)) }

  func shutdown() { mailbox.post(.shutdown) }

  func stop() { mailbox.post(.stop) }

  func ended() async {
    await task.value
    thread?.stop()
  }

  private static func work(
    _ kind: PoolKind, _ context: RunContext, _ number: UInt32?, _ mailbox: Mailbox,
    _ report: @escaping @Sendable (Mailbox.Event) -> Void
  ) async {
    let driver = MachineDriver(
      context.makeMachine(), context, mailbox, yields: kind == .tasks || kind == .compute,
      output: { report(.output($0)) }, records: { report(.records($0)) })
    context.observe(driver.machine, pool: kind, worker: number)
    while let (ticket, task) = await driver.nextTask() {
      driver.followProgram()
      if kind == .processes { driver.machine.resultCarrier = .bytes }
      driver.machine.begin(
        task, at: LoopExecutor.now(), startedAt: context.startedAt, wallClock: context.wallClock)
      await driver.drive(ticket)
      report(.remoteEnded(ticket: ticket, driver.machine.endRemote()))
    }
    await driver.finish()
  }
}
