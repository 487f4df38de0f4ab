import InMemoryLogging
import InMemoryTracing
import Logging
import MetricsTestKit
import Testing
import Tracing
import Weft
import WeftMachine
import WeftObservability

@Suite("Log, metrics and traces of a run")
struct RunTelemetryTests {
  private let log = InMemoryLogHandler()
  private let metrics = TestMetrics()
  private let tracer = InMemoryTracer()

  private func telemetry(_ level: Logger.Level = .debug) -> RunTelemetry {
    var logger = Logger(label: "test") { _ in log }
    logger.logLevel = level
    return RunTelemetry(logger: logger, metrics: metrics, tracer: tracer)
  }

  private func weft() -> Interpreter {
    var weft = Interpreter()
    weft.capabilities.append(.network(Answering()))
    weft.define("inner") { [tracer] () async in
      tracer.withSpan("inner") { _ in }
      return 1
    }
    weft.define("inline") { [tracer] in
      tracer.withSpan("inline") { _ in }
      return 1
    }
    return weft
  }

  private static let source = """
    task get(path) { fetch("http://test/" + path).status }
    task fails() { throw "no luck" }
    print("one\\ntwo")
    print("three", end: "")
    let statuses = gather for path in ["200", "404"] { get(path) }
    try { gather { fails() } } catch e { }
    inner() + inline() + len(statuses)
    """

  @Test("the log has what the script prints line by line, its requests, its failed tasks and its end")
  func logged() async throws {
    let script = try weft().compile(Self.source, name: "job.weft")
    _ = try await script.run(telemetry: telemetry())
    let entries = log.entries
    #expect(
      entries.filter { $0.level == .info }.map { "\($0.message)" } == ["one", "two", "three", "the run has ended"])
    let debug = entries.filter { $0.level == .debug }
    #expect(
      debug.map { "\($0.message)" }.filter { $0.hasPrefix("GET") }.sorted()
        == ["GET http://test/200", "GET http://test/404"])
    #expect(debug.contains { "\($0.metadata["weft.error"] ?? "")".contains("no luck") })
    #expect(entries.allSatisfy { $0.metadata["weft.script"] == "job.weft" })
    log.clear()
    let failing = try weft().compile("print(\"almost\")\nlet x = 1\nx.y", name: "bad.weft")
    await #expect(throws: RunError.self) { try await failing.run(telemetry: telemetry(.info)) }
    #expect(log.entries.map(\.level) == [.info, .error])
    #expect("\(log.entries[1].message)".contains("bad.weft:3"))
  }

  @Test("runs, tasks, requests and output are counted, and timed")
  func counted() async throws {
    let script = try weft().compile(Self.source, name: "job.weft")
    for _ in 0..<2 { _ = try await script.run(telemetry: telemetry()) }
    func total(_ label: String, _ outcome: String) -> Int64 {
      metrics.counterTotal(label: label, dimensions: [("script", "job.weft"), ("outcome", outcome)])
    }
    #expect(total("weft.runs", "completed") == 2)
    #expect(total("weft.fetches", "2xx") == 2)
    #expect(total("weft.fetches", "4xx") == 2)
    #expect(total("weft.tasks", "failed") == 2)
    #expect(metrics.counterTotal(label: "weft.output") == 26)
    #expect(metrics.timers(label: "weft.run").flatMap(\.values).count == 2)
    #expect(metrics.timers(label: "weft.fetch").flatMap(\.values).count == 4)
    let listener = telemetry()
    let endless = Task {
      try await weft().compile("while true { sleep 1ms }", name: "job.weft").run(telemetry: listener)
    }
    endless.cancel()
    await #expect(throws: RunError.self) { try await endless.value }
    #expect(total("weft.runs", "cancelled") == 1)
  }

  @Test("spans of tasks and requests lie below that of the run, and so do those of the host's functions")
  func traced() async throws {
    let script = try weft().compile(Self.source, name: "job.weft")
    try await tracer.withSpan("request") { _ in _ = try await script.run(telemetry: telemetry()) }
    #expect(tracer.activeSpans.isEmpty)
    let spans = tracer.finishedSpans
    func span(_ name: String) throws -> FinishedInMemorySpan {
      try #require(spans.first { $0.operationName == name }, "\(spans.map(\.operationName))")
    }
    let request = try span("request")
    let run = try span("weft job.weft")
    #expect(run.parentSpanID == request.spanID)
    #expect(try span("inner").parentSpanID == run.spanID)
    #expect(try span("inline").parentSpanID == run.spanID)
    let fetches = spans.filter { $0.operationName == "GET" }
    #expect(fetches.count == 2)
    for fetch in fetches {
      #expect(fetch.kind == .client)
      let parent = try #require(spans.first { $0.spanID == fetch.parentSpanID })
      #expect(parent.operationName != "weft job.weft", "a request lies below its task")
      #expect(run.startInstant.nanosecondsSinceEpoch <= fetch.startInstant.nanosecondsSinceEpoch)
      #expect(fetch.endInstant.nanosecondsSinceEpoch <= run.endInstant.nanosecondsSinceEpoch)
    }
    #expect(spans.contains { $0.errors.contains { "\($0.error)".contains("no luck") } })
    #expect(run.errors.isEmpty)
    #expect(Set(spans.map(\.traceID)).count == 1)
  }

  @Test("a run that fails leaves its error in its span, and no span open")
  func failure() async throws {
    let script = try weft().compile(
      "gather for n in 1...3 { if n == 2 { throw \"no luck\" }\nsleep 1h }", name: "bad.weft")
    await #expect(throws: RunError.self) { try await script.run(telemetry: telemetry()) }
    #expect(tracer.activeSpans.isEmpty)
    let run = try #require(tracer.finishedSpans.first { $0.operationName == "weft bad.weft" })
    #expect(run.status?.code == .error)
    #expect(run.errors.count == 1)
  }

  @Test("the listing of Documentation/embedding.md")
  func guide() async throws {
    let (logger, metrics, tracer) = (Logger(label: "guide"), self.metrics, self.tracer)
    let script = try weft().compile("param count = 1\ncount + 1", name: "job.weft")
    // listing: telemetry
    let telemetry = RunTelemetry(logger: logger, metrics: metrics, tracer: tracer)
    let result = try await script.run(with: ["count": 20], telemetry: telemetry)
    // end
    #expect(result.value.int == 21)
    #expect(metrics.counterTotal(label: "weft.runs") == 1)
  }

  @Test("nothing is told to what is not there")
  func nothing() async throws {
    let result = try await weft().compile(Self.source).run(telemetry: RunTelemetry())
    #expect(result.value.int == 4)
    var telemetry = telemetry()
    telemetry.tracesTasks = false
    _ = try await weft().compile(Self.source, name: "job.weft").run(telemetry: telemetry)
    let names = Set(tracer.finishedSpans.map(\.operationName))
    #expect(names == ["weft job.weft", "GET", "inner", "inline"])
  }
}

/// Answers each request with the status that its path is.
private struct Answering: Fetcher {
  struct Exchange: FetchCancelling { func cancel() {} }

  func start(
    _ request: FetchRequest, completion: @escaping @Sendable (Result<FetchResponse, FetchFailure>) -> Void
  ) -> any FetchCancelling {
    let status = request.url.split(separator: "/").last.flatMap { Int($0) } ?? 500
    completion(.success(FetchResponse(status: status, headers: [], body: [], url: request.url)))
    return Exchange()
  }

  func shutdown() async {}
}
