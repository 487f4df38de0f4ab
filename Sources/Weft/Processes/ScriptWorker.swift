import Synchronization
import WeftMachine

/// Makes this process a worker of a script if it was started to be one, and then does not return. A program that runs scripts
/// with `pool(processes: n)` calls it first in its `main`, before it reads its arguments or standard input.
///
/// ```swift
/// runWorkerIfAsked()
/// var options = RunOptions()
/// options.processes = .thisProgram
/// let script = try Script(compiling: "print(pool(processes: 2) { gather for n in 1...3 { n * n } })")
/// ```
///
/// - Parameter fetcher: What `fetch` uses in a worker, if the run that the worker belongs to has a network itself. It is made
///   only in a worker.
public func runWorkerIfAsked(fetcher: @autoclosure () -> (any Fetcher)? = nil) {
  if WorkerService.isAsked { WorkerService.run(ScriptWorker(fetcher())) }
}

/// Runs the tasks of a script in a worker process.
final class ScriptWorker: WorkerHandler {
  private struct State {
    var program: WorkerProgram?
    /// Since the first task, which tells when the run began.
    var worker: LocalWorker?
    var context: RunContext?
  }

  private let fetcher: (any Fetcher)?
  private let state = Locked(State())
  /// The task that runs, one at a time; 0 if there is none.
  private let ticket = Atomic<UInt64>(0)
  /// Frames that have come since it began.
  private let received = Atomic<UInt64>(0)
  /// Held while a frame is noted, and while the parent is told that none was.
  private let frames = Locked(())

  init(_ fetcher: (any Fetcher)?) { self.fetcher = fetcher }

  func prepare(_ program: [UInt8]) throws(WorkerRefusal) -> UInt64 {
    let program = try WorkerProgram(compiling: program)
    state.withLock { $0.program = program }
    return program.script.image.identity
  }

  func start(_ ticket: UInt64, _ task: [UInt8], _ replies: WorkerReplies) {
    guard let order = TaskOrder(wire: task), let worker = worker(for: order, replies) else {
      replies.ended(ticket, RemoteResult(.lost("was sent a task that makes no sense")).wire)
      return
    }
    withWorker { _ in
      self.ticket.store(ticket, ordering: .relaxed)
      received.store(0, ordering: .relaxed)
      worker.start(ticket, order.task)
    }
  }

  func cancel(_ ticket: UInt64) { withWorker { $0.cancel(ticket) } }

  func check(_ ticket: UInt64, _ replies: WorkerReplies) {
    state.withLock { $0.worker }?.check { replies.alive(ticket) }
  }

  func shutdown(_ ticket: UInt64) { withWorker { $0.shutdown() } }

  func handleAnswer(_ ticket: UInt64, _ answer: [UInt8]) -> Bool {
    guard let response = HandleResponse(wire: answer) else { return false }
    // For a task that has ended: what it asked was called off.
    if ticket == self.ticket.load(ordering: .relaxed) {
      withWorker { _ in state.withLock { $0.context }?.home?.take(response) }
    }
    return true
  }

  func hostAnswer(_ ticket: UInt64, _ answer: [UInt8]) -> Bool {
    guard let response = HostResponse(wire: answer) else { return false }
    if ticket == self.ticket.load(ordering: .relaxed) {
      withWorker { _ in state.withLock { $0.context }?.home?.take(response) }
    }
    return true
  }

  func deadlock(_ ticket: UInt64) {
    withWorker { _ in state.withLock { $0.context }?.activity.tellAll() }
  }

  /// Deals with a frame. The run counts as going on meanwhile, so that nothing says that it rests without knowing of the frame.
  private func withWorker(_ body: (LocalWorker) -> Void) {
    let (worker, context) = state.withLock { ($0.worker, $0.context) }
    guard let worker, let context else { return }
    frames.withLock { _ in
      context.activity.add()
      received.add(1, ordering: .relaxed)
    }
    body(worker)
    context.activity.subtract()
  }

  /// Tells the parent that nothing happens here before another frame comes, unless one has just come.
  private func rest(_ activity: Activity, _ replies: WorkerReplies) {
    frames.withLock { _ in
      let ticket = ticket.load(ordering: .relaxed)
      // A worker without a task keeps nobody waiting.
      if ticket != 0, activity.isStill { replies.rests(ticket, received.load(ordering: .relaxed)) }
    }
  }

  private func worker(for order: TaskOrder, _ replies: WorkerReplies) -> LocalWorker? {
    state.withLock { state in
      if let worker = state.worker { return worker }
      guard let program = state.program else { return nil }
      let home = RemoteHandles { [self] in
        replies.handle(ticket.load(ordering: .relaxed), $0)
      } callHost: { [self] in
        replies.host(ticket.load(ordering: .relaxed), $0)
      }
      let context = RunContext(
        program.script, program.options, program.hasNetwork ? fetcher : nil, elapsed: order.elapsed,
        wallClock: order.wallClock, home: home, watch: order.watch)
      context.activity.whenStill { [self, activity = context.activity] in rest(activity, replies) }
      state.context = context
      let worker = LocalWorker(.processes, context, number: order.watch?.worker) { [self] event in
        report(event, replies)
      }
      state.worker = worker
      return worker
    }
  }

  private func report(_ event: Mailbox.Event, _ replies: WorkerReplies) {
    switch event {
    case .output(let text): replies.output(ticket.load(ordering: .relaxed), text)
    case .records(let batch):
      // What a task still had to tell when it was over, nobody waits for.
      let ticket = ticket.load(ordering: .relaxed)
      if ticket != 0 { replies.records(ticket, batch.wire) }
    case .remoteEnded(let ticket, let result):
      self.ticket.store(0, ordering: .relaxed)
      state.withLock { $0.context }?.home?.forgetAll()
      var bytes = result.wire
      if bytes.count > Frame.largestPayload {
        let why = "sends no result of more than \(Frame.largestPayload >> 30) GiB at once"
        bytes = RemoteResult(.lost(why)).wire
      }
      replies.ended(ticket, bytes)
    default: break
    }
  }
}
