import AsyncHTTPClient
import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1
import NIOPosix
import Weft
import WeftMachine

/// One fetch from its permit to its answer, redirects included.
///
/// Any thread may start or cancel it; the rest happens on an event loop. All state lies under one lock, and whatever
/// calls out (AsyncHTTPClient, the completion) does so after unlocking. The limiter's lock may be taken inside this
/// one: the limiter calls nobody.
final class Exchange: FetchCancelling, Sendable {
  typealias Completion = @Sendable (Result<FetchResponse, FetchFailure>) -> Void

  enum Phase {
    case new
    case queued(ticket: Int)
    /// Has a permit, but no task of AsyncHTTPClient yet.
    case launching
    case running(HTTPClient.Task<Void>)
    case finished
  }

  struct State {
    var phase = Phase.new
    var hop: Hop
    var completion: Completion?
    /// Why this side broke the exchange off; tells more than the error that comes of it.
    var stopped: FetchFailure?
    var timer: Scheduled<Void>?
    var redirects = 0
    /// When it began to wait for a permit, and for how many nanoseconds it did.
    var queuedSince: NIODeadline?
    var queued: Int64 = 0
    var answer = Answer()
  }

  /// What has come in of one answer.
  struct Answer {
    var head: HTTPResponseHead?
    var body: [UInt8] = []
    /// Where a redirect leads, as the server wrote it; nil if the answer is no redirect to follow.
    var location: String?
    var skipped = 0
  }

  let engine: FetchEngine
  let bodyLimit: Int
  private let timeout: Int64?
  let state: NIOLockedValueBox<State>

  /// - Throws: `FetchFailure`, if `request` can't be sent to anybody.
  init(_ request: FetchRequest, engine: FetchEngine) throws(FetchFailure) {
    self.engine = engine
    bodyLimit = max(0, request.bodyLimit)
    timeout = request.timeout
    state = NIOLockedValueBox(State(hop: try Hop(request, prototypes: engine.prototypes)))
  }

  /// Begins. `completion` is called exactly once.
  func start(_ completion: @escaping Completion) {
    enum Action {
      case begin
      case wait
      case refuse(FetchFailure)
    }
    let action: Action = state.withLockedValue { state in
      // Cancelled before it began.
      if let stopped = state.stopped { return .refuse(stopped) }
      switch engine.limiter.acquire(self) {
      case .closed: return .refuse(.shutDown)
      case .granted:
        state.phase = .launching
        state.completion = completion
        return .begin
      case .waiting(let ticket):
        state.phase = .queued(ticket: ticket)
        state.queuedSince = .now()
        state.completion = completion
        // Under the lock: a shutdown has to come past it before it stops the loops.
        state.timer = makeTimer()
        return .wait
      }
    }
    switch action {
    case .refuse(let failure): completion(.failure(failure))
    case .wait: break
    case .begin:
      // One hop to the loop here saves AsyncHTTPClient several.
      engine.group.any().execute {
        let timer = self.makeTimer()
        self.state.withLockedValue { $0.timer = timer }
        self.launch()
      }
    }
  }

  /// Closes the exchange, or takes it out of the queue.
  func cancel() { stop(.cancelled) }

  /// Ends the exchange with `failure`, unless it has ended or another reason was there first.
  func stop(_ failure: FetchFailure) {
    enum Action {
      case nothing
      case fail(HTTPClient.Task<Void>)
      case finish
    }
    let action: Action = state.withLockedValue { state in
      guard state.stopped == nil else { return .nothing }
      switch state.phase {
      case .finished: return .nothing
      case .new, .launching: break  // The next step sees `stopped`.
      case .queued(let ticket):
        // Without a permit to give back. If a grant was faster, `launch` sees `stopped`.
        if engine.limiter.cancel(ticket: ticket) {
          state.stopped = failure
          return .finish
        }
      case .running(let task):
        state.stopped = failure
        return .fail(task)
      }
      state.stopped = failure
      return .nothing
    }
    switch action {
    case .nothing: break
    case .fail(let task): task.fail(reason: failure)
    case .finish: finish(.failure(failure), holdsPermit: false)
    }
  }

  /// The limiter closed while this exchange waited: it gets no permit, and nobody else will end it.
  func dismiss() {
    let stopped = state.withLockedValue(\.stopped)
    finish(.failure(stopped ?? .shutDown), holdsPermit: false)
  }

  private func makeTimer() -> Scheduled<Void>? {
    guard let timeout else { return nil }
    return engine.group.any().scheduleTask(in: .nanoseconds(max(0, timeout))) { self.timeOut(after: timeout) }
  }

  /// The limiter gave this exchange a permit that another held.
  private func granted() {
    engine.group.any().execute {
      self.state.withLockedValue { state in
        state.phase = .launching
        if let since = state.queuedSince { state.queued = (NIODeadline.now() - since).nanoseconds }
      }
      self.launch()
    }
  }

  /// On an event loop, with a permit: sends the current hop's request, if that is allowed.
  func launch() {
    guard let rules = engine.configuration.rules else { return send() }
    let target = state.withLockedValue(\.hop.target)
    if let refusal = rules.refusal(of: target) { return finish(.failure(refusal), holdsPermit: true) }
    guard rules.dependsOnAddress(of: target) else { return send() }
    // To look a name up blocks a thread.
    NIOThreadPool.singleton.submit { [self] _ in
      let refusal = rules.addressRefusal(of: target)
      engine.group.any().execute {
        if let refusal { self.finish(.failure(refusal), holdsPermit: true) } else { self.send() }
      }
    }
  }

  private func send() {
    let (hop, stopped) = state.withLockedValue { ($0.hop, $0.stopped) }
    if let stopped { return finish(.failure(stopped), holdsPermit: true) }
    let request = hop.makeRequest(bodyLimit: bodyLimit, userAgent: engine.configuration.userAgent)
    let task = engine.client.execute(request: request, delegate: self, eventLoop: .indifferent)
    let stoppedMeanwhile = state.withLockedValue { state in
      state.phase = .running(task)
      return state.stopped
    }
    if let stoppedMeanwhile { task.fail(reason: stoppedMeanwhile) }
    task.futureResult.whenComplete { self.ended($0) }
  }

  func finish(_ result: Result<FetchResponse, FetchFailure>, holdsPermit: Bool) {
    let (completion, timer) = state.withLockedValue { state in
      defer {
        state.phase = .finished
        state.completion = nil
        state.timer = nil
      }
      return (state.completion, state.timer)
    }
    timer?.cancel()
    if holdsPermit { engine.limiter.release()?.granted() }
    completion?(result)
  }

  private func timeOut(after timeout: Int64) {
    let (hop, phase, hasHead) = state.withLockedValue { ($0.hop, $0.phase, $0.answer.head != nil) }
    let limit = durationText(timeout)
    let authority = hop.target.authority
    if case .queued = phase {
      stop(FetchFailure(.timeout, "no connection was free for \(authority) within \(limit)"))
    } else if hasHead {
      stop(FetchFailure(.timeout, "the answer from \(authority) was not complete within \(limit)"))
    } else {
      stop(FetchFailure(.timeout, "no answer from \(authority) within \(limit)"))
    }
  }
}
