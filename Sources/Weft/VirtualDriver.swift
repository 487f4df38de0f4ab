public import WeftMachine

/// The answer of a pretended network.
public struct VirtualAnswer: Sendable {
  /// Nanoseconds until it comes.
  public var delay: Int64
  public var result: Result<FetchResponse, FetchFailure>

  public init(delay: Int64, _ result: Result<FetchResponse, FetchFailure>) {
    self.delay = delay
    self.result = result
  }

  /// An answer with a text.
  public static func text(_ text: String, status: Int = 200, delay: Int64 = 0, url: String = "") -> VirtualAnswer {
    VirtualAnswer(
      delay: delay, .success(FetchResponse(status: status, headers: [], body: Array(text.utf8), url: url)))
  }
}

/// A world with a clock of its own: when nothing can go on, the clock jumps to the next timer or answer. A run takes no wall
/// time but that of its computing, and the same seed gives the same run.
public struct VirtualWorld: Sendable {
  /// Picks the order in which ready tasks run; nil for the order in which they became ready.
  public var orderSeed: UInt64?
  /// Answers a request that is sent at a time (in nanoseconds since the start).
  public var answer: @Sendable (FetchRequest, _ at: Int64) -> VirtualAnswer
  /// Nanoseconds since 1970 when the run begins.
  public var wallClock: Int64 = 1_767_225_600_000_000_000
  /// Cancels the run at this time, in nanoseconds since the start.
  public var cancelAt: Int64?
  /// Asks the run to end at this time, in nanoseconds since the start, as `RunControl.shutdown` does.
  public var shutdownAt: Int64?
  /// Nanoseconds that each read or write of a file takes.
  public var fileDelay: Int64 = 0
  /// Cancels the run after so many ticks, in the middle of what it does then.
  public var cancelAfterTicks: Int?
  /// Tells each time at which something happens, in nanoseconds since the start.
  public var instant: @Sendable (Int64) -> Void = { _ in }
  /// Tells the requests that were called off.
  public var cancelled: @Sendable (FetchRequest) -> Void = { _ in }

  public init(
    orderSeed: UInt64? = nil,
    answer: @escaping @Sendable (FetchRequest, Int64) -> VirtualAnswer = { request, _ in
      VirtualAnswer(
        delay: 0, .failure(FetchFailure(.other, "there is no network in this world, so `\(request.url)` has no answer"))
      )
    }
  ) {
    self.orderSeed = orderSeed
    self.answer = answer
  }
}

/// What a virtual world will answer. A file is read or written at that time, so that what is called off never happens.
private struct PendingAnswer {
  enum Work {
    case fetch(FetchRequest, Result<FetchResponse, FetchFailure>)
    case file(FileRequest)
  }

  let at: Int64
  let ticket: UInt64
  let work: Work
}

extension Script {
  /// Runs the script on a virtual clock.
  ///
  /// - Parameter output: Takes what the script prints, in UTF-8, piece by piece.
  public func runVirtually(
    _ options: RunOptions = RunOptions(), in world: VirtualWorld = VirtualWorld(), output: ([UInt8]) -> Void = { _ in }
  ) -> RunResult {
    var order = world.orderSeed ?? 0
    let machine = makeMachine(
      options,
      choose: world.orderSeed == nil
        ? nil
        : { count in
          order = order &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
          return Int((order >> 33) % UInt64(count))
        })
    var now: Int64 = 0
    var pending: [PendingAnswer] = []
    machine.begin(at: 0, wallClock: world.wallClock)
    var cancelAt = world.cancelAt
    var shutdownAt = world.shutdownAt
    var cancelAfterTicks = world.cancelAfterTicks
    loop: while true {
      let pause = machine.run(ticks: min(20_000, cancelAfterTicks.map { max(0, $0 - machine.ticks) } ?? 20_000))
      if let ticks = cancelAfterTicks, machine.ticks >= ticks {
        machine.cancelRun()
        cancelAfterTicks = nil
      }
      let text = machine.takeOutput()
      if !text.isEmpty { output(text) }
      for effect in machine.takeEffects() {
        switch effect {
        case .startFetch(let ticket, let request):
          let answer = world.answer(request, now)
          var at = Self.time(now, plus: answer.delay)
          var result = answer.result
          if let timeout = request.timeout, timeout < answer.delay {
            at = Self.time(now, plus: timeout)
            result = .failure(
              FetchFailure(.timeout, "no answer from `\(request.url)` within the `timeout` of this request"))
          }
          pending.append(PendingAnswer(at: at, ticket: ticket, work: .fetch(request, result)))
        case .startFileWork(let ticket, let request):
          pending.append(
            PendingAnswer(at: Self.time(now, plus: world.fileDelay), ticket: ticket, work: .file(request)))
        case .cancelFetch(let ticket), .cancelFileWork(let ticket):
          guard let index = pending.firstIndex(where: { $0.ticket == ticket }) else { continue }
          if case .fetch(let request, _) = pending.remove(at: index).work { world.cancelled(request) }
        }
      }
      switch pause {
      case .finished: break loop
      case .slice, .clock: machine.advance(to: now)
      case .idle(let deadline):
        // What comes first: at one instant a cancellation from outside, then a shutdown, then answers, then timers.
        guard let next = [deadline, pending.map(\.at).min(), cancelAt, shutdownAt].compactMap({ $0 }).min() else {
          machine.nothingWillCome()
          continue
        }
        now = max(now, next)
        world.instant(now)
        machine.setClock(to: now)
        if let at = cancelAt, at <= now {
          machine.cancelRun()
          cancelAt = nil
        }
        if let at = shutdownAt, at <= now {
          machine.requestShutdown()
          shutdownAt = nil
        }
        let due = pending.filter { $0.at <= now }.sorted { ($0.at, $0.ticket) < ($1.at, $1.ticket) }
        pending.removeAll { $0.at <= now }
        for answer in due {
          switch answer.work {
          case .fetch(_, let result): machine.fetchEnded(answer.ticket, result)
          case .file(let request):
            let failure = FileFailure(.other, "this run has no files")
            machine.fileWorkEnded(answer.ticket, options.files?.perform(request) ?? .failure(failure))
          }
        }
        machine.advance(to: now)
      }
    }
    return machine.makeResult()
  }

  /// The clock stops at the end of its range, which is 292 years away.
  private static func time(_ now: Int64, plus delay: Int64) -> Int64 {
    let (time, overflow) = now.addingReportingOverflow(max(0, delay))
    return overflow ? Int64.max : time
  }
}
