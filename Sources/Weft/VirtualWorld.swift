public import WeftMachine
public import WeftSyntax

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
  /// Nanoseconds that each call and iteration takes; 0 if computing takes no time.
  public var tickTime: Int64 = 0
  /// How many machines of the run compute at one time where that takes time, and how many tasks of `compute`; nil for one
  /// machine, and four tasks.
  public var cores: Int?
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

extension Script {
  /// Runs the script on a virtual clock, its pools included: all of it happens on the calling thread.
  ///
  /// - Parameters:
  ///   - output: Takes what the script prints, in UTF-8, piece by piece.
  ///   - warning: Takes what is amiss in how the script runs, as `RunObserver.warning` does; in a world with a `tickTime`.
  ///   - arguments: Whether the records of started tasks have their arguments.
  ///   - records: Takes what happens in the run, as `RunObserver.records` does. The same seed gives the same records.
  public func runVirtually(
    _ options: RunOptions = RunOptions(), in world: VirtualWorld = VirtualWorld(),
    output: ([UInt8]) -> Void = { _ in }, warning: @escaping (Diagnostic) -> Void = { _ in }, arguments: Bool = false,
    records: ((RunRecords) -> Void)? = nil
  ) -> RunResult {
    VirtualRun(self, options, world, records: records, wantsArguments: arguments)
      .run(output, LongTurns(self, warning))
  }
}
