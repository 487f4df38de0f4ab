import WeftMachine

/// A worker of a pool of processes, as the driver sees it.
final class ProcessWorker: Worker {
  /// What the workers of one pool have in common.
  struct Plan: Sendable {
    let command: WorkerCommand
    let program: [UInt8]
    let identity: UInt64
    let startedAt: Int64
    let wallClock: Int64
    let activity: Activity

    /// - Parameter launcher: Of the pool itself; nil for that of the run.
    init(_ context: RunContext, _ command: WorkerCommand, launcher: String?) {
      var command = command
      if let launcher { command.launcher = launcher }
      self.command = command
      program = WorkerProgram(context.script, context.options, hasNetwork: context.fetcher != nil).bytes
      identity = context.script.image.identity
      startedAt = context.startedAt
      wallClock = context.wallClock
      activity = context.activity
    }
  }

  private let seat: WorkerSeat
  private let plan: Plan
  private let owner: Mailbox

  /// - Parameter owner: Where results and output go.
  init(_ plan: Plan, owner: Mailbox) {
    self.plan = plan
    self.owner = owner
    let activity = plan.activity
    seat = WorkerSeat(command: plan.command, program: plan.program, identity: plan.identity) { ticket, event in
      let result: RemoteResult
      switch event {
      case .output(let text): return owner.post(.output(text))
      case .ended(let bytes):
        result = RemoteResult(wire: bytes) ?? RemoteResult(.lost("sent an answer that makes no sense"))
      case .cancelled: result = RemoteResult(.cancelled)
      case .lost(let how): result = RemoteResult(.lost(how))
      }
      owner.post(.remoteEnded(ticket: ticket, result))
      activity.subtract()
    }
  }

  func start(_ ticket: UInt64, _ task: RemoteTask) {
    let order = TaskOrder(task: task, elapsed: LoopExecutor.now() - plan.startedAt, wallClock: plan.wallClock).wire
    if order.count > Frame.largestPayload {
      let why = "takes no more than \(Frame.largestPayload >> 30) GiB of arguments and captured values at once"
      owner.post(.remoteEnded(ticket: ticket, RemoteResult(.lost(why))))
    } else {
      // Until it ends, something may come from there.
      plan.activity.add()
      seat.start(ticket, order)
    }
  }

  func cancel(_ ticket: UInt64) { seat.cancel(ticket) }

  func shutdown() { seat.shutdown() }

  func stop() { seat.stop() }

  func ended() async { await seat.ended() }
}
