public import CoreMetrics
public import Logging
public import Tracing
public import Weft

/// Where the events of runs go: a log, metrics, traces, or some of these.
///
/// ```swift
/// let telemetry = RunTelemetry(logger: logger, metrics: MetricsSystem.factory, tracer: InstrumentationSystem.tracer)
/// let result = try await script.run(with: ["count": 20], telemetry: telemetry)
/// ```
///
/// - The **log** gets what the script prints line by line (`info`), the run's end (`info`, or `error` with the whole report),
///   tasks that fail and requests (`debug`).
/// - The **metrics** are the counters `weft.runs`, `weft.tasks`, `weft.fetches` with the dimension `outcome`, `weft.output`
///   (bytes), and the timers `weft.run` and `weft.fetch`. All have the dimension `script`.
/// - The **trace** has a span for the run, below the one that is current; below it one for each task and each request, each at
///   the time when it happened. It is the current one for the host's functions, whose own spans lie below it.
public struct RunTelemetry: Sendable {
  public var logger: Logger?
  public var metrics: (any MetricsFactory)?
  public var tracer: (any Tracer)?
  /// Whether there is a span for each task of the script; a script may have a million.
  public var tracesTasks = true

  public init(logger: Logger? = nil, metrics: (any MetricsFactory)? = nil, tracer: (any Tracer)? = nil) {
    self.logger = logger
    self.metrics = metrics
    self.tracer = tracer
  }

  /// Tells what happens in a run that was started with `observed: true`, until it has ended. It is to be asked at once: what a
  /// run tells before somebody listens is kept only in part.
  ///
  /// Cancelling the task that waits here stops the telling, and not the run.
  public func follow(_ run: Run) async {
    await follow(run, below: .current ?? .topLevel, from: DefaultTracerClock.now.nanosecondsSinceEpoch)
  }

  func follow(_ run: Run, below context: ServiceContext, from start: UInt64) async {
    var teller = RunTeller(self, run.script, context, start: start)
    for await event in run.events { teller.tell(event) }
    teller.finish()
  }
}

extension Script {
  /// The name of the script's file.
  var name: String { source(0)?.name ?? "<script>" }

  /// Runs the script as `run(with:)` does, and tells what happens in it.
  public func run(
    with params: [String: WeftValue] = [:], telemetry: RunTelemetry
  ) async throws(RunError) -> RunResult {
    let began = DefaultTracerClock.now
    let span = telemetry.tracer?.startSpan("weft \(name)", at: began)
    let context = span?.context ?? .current ?? .topLevel
    let outcome = await ServiceContext.$current.withValue(context) {
      let run = start(with: params, observed: true)
      // Not a child task: a cancelled one would hear no more of how the run ends.
      let follower = Task { await telemetry.follow(run, below: context, from: began.nanosecondsSinceEpoch) }
      let outcome: Result<RunResult, RunError>
      do throws(RunError) { outcome = .success(try await run.result) } catch { outcome = .failure(error) }
      await follower.value
      return outcome
    }
    if case .failure(let error) = outcome {
      span?.recordError(error)
      span?.setStatus(SpanStatus(code: .error, message: error.message))
    }
    span?.end()
    return try outcome.get()
  }
}
