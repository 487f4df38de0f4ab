import CoreMetrics
import Logging
import Tracing
import Weft
import WeftMachine

/// Puts the events of one run into the words of the log, the metrics and the trace.
struct RunTeller {
  private let telemetry: RunTelemetry
  private let script: Script
  private let context: ServiceContext
  /// Nanoseconds since 1970 when the run began.
  private let start: UInt64
  private let logger: Logger?
  private var counters: [String: Counter] = [:]
  private var timers: [String: CoreMetrics.Timer] = [:]
  /// Of tasks that have not ended.
  private var tasks: [UInt64: any Span] = [:]
  private var requests: [RequestName: Request] = [:]
  /// What the script has printed since its last line break.
  private var line: [UInt8] = []
  /// The latest that has been told of, in nanoseconds since the run began.
  private var latest: Int64 = 0

  /// Tickets are unique within one machine.
  private struct RequestName: Hashable {
    let worker: UInt32
    let ticket: UInt64
  }

  private struct Request {
    let began: Int64
    let what: String
    let span: (any Span)?
  }

  /// What a script's error is to a trace.
  private struct ScriptFailure: Error, CustomStringConvertible {
    let description: String
  }

  init(_ telemetry: RunTelemetry, _ script: Script, _ context: ServiceContext, start: UInt64) {
    self.telemetry = telemetry
    self.script = script
    self.context = context
    self.start = start
    var logger = telemetry.logger
    logger?[metadataKey: "weft.script"] = "\(script.name)"
    self.logger = logger
  }

  mutating func tell(_ event: RunEvent) {
    switch event {
    case .output(let bytes): tell(output: bytes)
    case .records(let batch): for record in batch.records { tell(record, batch) }
    case .progress: break
    case .ended(let result): tell(end: result)
    }
  }

  /// What a reader that was too slow has missed the end of.
  mutating func finish() {
    for span in tasks.values { span.end(at: instant(latest)) }
    for request in requests.values { request.span?.end(at: instant(latest)) }
    tasks = [:]
    requests = [:]
  }

  private func instant(_ time: Int64) -> DefaultTracerClock.Timestamp {
    .init(nanosecondsSinceEpoch: start &+ UInt64(max(0, time)))
  }

  // MARK: The run

  private mutating func tell(output bytes: [UInt8]) {
    count("weft.output", by: bytes.count)
    guard let logger else { return }
    for byte in bytes {
      if byte == UInt8(ascii: "\n") {
        logger.info("\(String(decoding: line, as: UTF8.self))")
        line = []
      } else {
        line.append(byte)
      }
    }
  }

  private mutating func tell(end result: Result<RunResult, RunError>) {
    if !line.isEmpty, let logger { logger.info("\(String(decoding: line, as: UTF8.self))") }
    line = []
    let ended: RunResult?
    switch result {
    case .success(let result):
      ended = result
      count("weft.runs", outcome: "completed")
      logger?.info("the run has ended", metadata: facts(result))
    case .failure(let error):
      ended = error.result
      count("weft.runs", outcome: "\(error.reason)")
      if error.reason == .cancelled {
        logger?.info("\(error.message)", metadata: facts(error.result))
      } else {
        logger?.error("\(error)", metadata: facts(error.result))
      }
    }
    if let ended {
      latest = max(latest, ended.elapsed)
      time("weft.run", ended.elapsed)
    }
  }

  private func facts(_ result: RunResult?) -> Logger.Metadata {
    guard let result else { return [:] }
    return [
      "weft.elapsed": "\(Duration.nanoseconds(result.elapsed))", "weft.operations": "\(result.ticks)",
      "weft.memory": "\(result.peakMemory)",
    ]
  }

  // MARK: What happens in it

  private mutating func tell(_ record: RunRecord, _ batch: RunRecords) {
    latest = max(latest, record.time)
    switch record.event {
    case .taskStarted(let task): begin(task, record)
    case .taskEnded(let ending): end(ending, record, batch)
    case .fetchStarted(let request): begin(request, record, batch)
    case .fetchEnded(let ending): end(ending, record, batch)
    default: break
    }
  }

  private mutating func begin(_ task: RunRecord.TaskStart, _ record: RunRecord) {
    // The script itself is the run.
    guard telemetry.tracesTasks, task.parent != 0, let tracer = telemetry.tracer else { return }
    let functions = script.image.functions
    let name = functions.indices.contains(Int(task.function)) ? functions[Int(task.function)].name : ""
    let span = tracer.startSpan(
      name.isEmpty ? "task" : name, context: tasks[task.parent]?.context ?? context, at: instant(record.time))
    span.attributes["weft.task"] = Int64(truncatingIfNeeded: record.task)
    tasks[record.task] = span
  }

  private mutating func end(_ ending: RunRecord.TaskEnding, _ record: RunRecord, _ batch: RunRecords) {
    let span = tasks.removeValue(forKey: record.task)
    switch ending {
    case .value: count("weft.tasks", outcome: "completed")
    case .failed(let kind, let message):
      let text = "\(batch.text(kind) ?? "Error"): \(batch.text(message) ?? "")"
      count("weft.tasks", outcome: "failed")
      logger?.debug("task \(record.task) failed", metadata: ["weft.error": "\(text)"])
      span?.recordError(ScriptFailure(description: text))
      span?.setStatus(SpanStatus(code: .error, message: text))
    case .cancelled(let reason):
      count("weft.tasks", outcome: "cancelled")
      span?.attributes["weft.cancelled"] = "\(reason)"
    }
    span?.end(at: instant(record.time))
  }

  private mutating func begin(_ request: RunRecord.FetchStart, _ record: RunRecord, _ batch: RunRecords) {
    let method = batch.text(request.method) ?? "GET"
    let url = batch.text(request.url) ?? ""
    let span = telemetry.tracer?.startSpan(
      method, context: tasks[record.task]?.context ?? context, ofKind: .client, at: instant(record.time))
    span?.attributes["http.request.method"] = method
    span?.attributes["url.full"] = url
    requests[RequestName(worker: batch.worker, ticket: request.ticket)] = Request(
      began: record.time, what: "\(method) \(url)", span: span)
  }

  private mutating func end(_ ending: RunRecord.FetchEnding, _ record: RunRecord, _ batch: RunRecords) {
    let name = RequestName(worker: batch.worker, ticket: ending.ticket)
    guard let request = requests.removeValue(forKey: name) else { return }
    let failure = batch.text(ending.failure)
    let outcome = failure ?? "\(ending.status / 100)xx"
    count("weft.fetches", outcome: outcome)
    time("weft.fetch", record.time - request.began)
    logger?.debug(
      "\(request.what)",
      metadata: [
        "http.response.status_code": "\(ending.status)", "http.response.body.size": "\(ending.received)",
        "weft.elapsed": "\(Duration.nanoseconds(record.time - request.began))",
      ])
    if let failure {
      let text = batch.text(ending.message) ?? failure
      request.span?.setStatus(SpanStatus(code: .error, message: text))
      request.span?.attributes["error.type"] = failure
    } else {
      request.span?.attributes["http.response.status_code"] = Int64(ending.status)
      if ending.status >= 400 { request.span?.setStatus(SpanStatus(code: .error)) }
    }
    request.span?.end(at: instant(record.time))
  }

  // MARK: Metrics

  private mutating func count(_ label: String, outcome: String? = nil, by amount: Int = 1) {
    guard let factory = telemetry.metrics else { return }
    let name = outcome.map { "\(label) \($0)" } ?? label
    let counter =
      counters[name]
      ?? Counter(
        label: label, dimensions: [("script", script.name)] + (outcome.map { [("outcome", $0)] } ?? []),
        factory: factory)
    counters[name] = counter
    counter.increment(by: amount)
  }

  private mutating func time(_ label: String, _ nanoseconds: Int64) {
    guard let factory = telemetry.metrics else { return }
    let timer = timers[label] ?? Timer(label: label, dimensions: [("script", script.name)], factory: factory)
    timers[label] = timer
    timer.recordNanoseconds(nanoseconds)
  }
}
