import WeftMachine

/// A worker of a pool of processes, as the driver sees it.
final class ProcessWorker: Worker {
  /// What the workers of one crew have in common.
  struct Plan: Sendable {
    let command: WorkerCommand
    let program: [UInt8]
    let identity: UInt64
    let context: RunContext

    init(_ context: RunContext, _ command: WorkerCommand) {
      self.command = command
      program = WorkerProgram(context.script, context.options, hasNetwork: context.fetcher != nil).bytes
      identity = context.script.image.identity
      self.context = context
    }
  }

  private let seat: WorkerSeat
  private let handles: HandleService
  private let host: HostService
  private let plan: Plan
  private let owner: Mailbox
  /// Among the workers of the run; nil if nobody observes.
  private let watch: RunContext.Watch?

  /// - Parameter owner: Where results and output go.
  init(_ plan: Plan, owner: Mailbox) {
    self.plan = plan
    self.owner = owner
    let watch = plan.context.watch.map { RunContext.Watch(worker: plan.context.nextWorker(), arguments: $0.arguments) }
    self.watch = watch
    let line = Line()
    let translator = ParcelTranslator(plan.context)
    let handles = HandleService(plan.context, translator) { line.seat?.send($0) }
    self.handles = handles
    let host = HostService(plan.context, translator) {
      handles.noteSending()
      line.seat?.send($0)
    }
    self.host = host
    seat = WorkerSeat(
      command: plan.command, program: plan.program, identity: plan.identity, grace: plan.command.grace
    ) { ticket, event in
      switch event {
      case .output(let text): owner.post(.outputElsewhere(text))
      case .records(let bytes):
        if let batch = RunRecords(wire: bytes), watch != nil {
          owner.post(.records(batch))
        } else {
          line.seat?.reject(ticket, because: "sent records that make no sense")
        }
      case .handle(let request):
        if !handles.take(ticket, request) {
          line.seat?.reject(ticket, because: "asked something of a handle that makes no sense")
        }
      case .host(let request):
        if !host.take(ticket, request) {
          line.seat?.reject(ticket, because: "called a function of the host in a way that makes no sense")
        }
      case .rests(let received): handles.rests(ticket, received: received)
      case .ended(let bytes):
        let result = RemoteResult(wire: bytes, handles: handles.handles)
        Self.end(ticket, result ?? RemoteResult(.lost("sent an answer that makes no sense")), handles, host, owner)
      case .cancelled: Self.end(ticket, RemoteResult(.cancelled), handles, host, owner)
      case .lost(let how): Self.end(ticket, RemoteResult(.lost(how)), handles, host, owner)
      }
    }
    line.seat = seat
  }

  /// The way from the service to the seat, which refer to each other.
  private final class Line: @unchecked Sendable {
    // What is unchecked is sound because it is set before any task begins.
    weak var seat: WorkerSeat?
  }

  /// What the task held is free before its owner knows that it has ended.
  private static func end(
    _ ticket: UInt64, _ result: RemoteResult, _ handles: HandleService, _ host: HostService, _ owner: Mailbox
  ) {
    host.end()
    handles.release()
    owner.post(.remoteEnded(ticket: ticket, result))
    handles.end()
  }

  func start(_ ticket: UInt64, _ task: RemoteTask) {
    let context = plan.context
    let order = TaskOrder(
      task: task, elapsed: LoopExecutor.now() - context.startedAt, wallClock: context.wallClock, watch: watch
    ).wire
    if order.count > Frame.largestPayload {
      let why = "takes no more than \(Frame.largestPayload >> 30) GiB of arguments and captured values at once"
      owner.post(.remoteEnded(ticket: ticket, RemoteResult(.lost(why))))
    } else {
      handles.begin(ticket, task)
      host.begin(ticket)
      seat.start(ticket, order)
    }
  }

  func cancel(_ ticket: UInt64) {
    handles.noteSending()
    seat.cancel(ticket)
  }

  func shutdown() {
    handles.noteSending()
    seat.shutdown()
  }

  func stop() { seat.stop() }

  func ended() async { await seat.ended() }
}
