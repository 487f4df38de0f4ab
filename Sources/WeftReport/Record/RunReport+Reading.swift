import WeftCompiler
import WeftMachine

extension RunReport {
  /// Reads a record.
  public init(json: [UInt8]) throws(RecordProblem) {
    let value: JSONValue
    do throws(JSONReader.Failure) {
      value = try JSONReader.value(json)
    } catch {
      throw RecordProblem("this is no record of a run: \(error.message) in line \(error.line)", hint: Self.makingHint)
    }
    guard value["weft"]?.string == "run record", let version = value["version"]?.int else {
      throw RecordProblem("this JSON is no record of a run", hint: Self.makingHint)
    }
    guard version == Self.version else {
      throw RecordProblem(
        "this record has version \(version) of the form, and this weft reads version \(Self.version)",
        hint: "make it anew, or use the weft that wrote it")
    }
    guard let report = Self(value) else {
      throw RecordProblem("this record of a run is damaged: parts of it are missing", hint: Self.makingHint)
    }
    self = report
  }

  private static let makingHint = "`weft run --record FILE script.weft` writes one"

  private init?(_ value: JSONValue) {
    guard let run = value["run"], let script = run["script"]?.string, let clock = run["clock"]?.string,
      let seed = run["seed"]?.string.flatMap({ UInt64($0) }),
      let outcome = run["outcome"]?.string.flatMap(Outcome.init),
      let elapsed = run["elapsedNs"]?.time, let ticks = run["ticks"]?.count,
      let peakMemory = run["peakMemoryBytes"]?.count,
      let summary = RunSummary(value, run), let timeline = value["timeline"].flatMap(Timeline.init)
    else { return nil }
    self.init(
      script: script, isVirtual: clock == "virtual", seed: seed, outcome: outcome, error: run["error"]?.string,
      elapsed: elapsed, ticks: ticks, peakMemory: peakMemory, summary: summary, timeline: timeline)
  }
}

extension JSONValue {
  /// Each of the values, if they all make sense.
  fileprivate func list<Element>(_ element: (JSONValue) -> Element?) -> [Element]? {
    guard let array else { return nil }
    let list = array.compactMap(element)
    return list.count == array.count ? list : nil
  }

  fileprivate var numbers: [Int64]? { list(\.int64) }

  /// A number of things. What no run could have counted is damage.
  fileprivate var count: Int? { int64.flatMap { (0...1 << 50).contains($0) ? Int($0) : nil } }

  /// Nanoseconds since the start of a run; -1 is none.
  fileprivate var time: Int64? { int64.flatMap { (-1...1 << 60).contains($0) ? $0 : nil } }

  fileprivate var unsigned: UInt64? { int64.flatMap { UInt64(exactly: $0) } }

  fileprivate var place: Int32? { int64.flatMap { Int32(exactly: $0) } }
}

extension RunSummary {
  fileprivate init?(_ value: JSONValue, _ run: JSONValue) {
    guard let fetches = value["fetches"]?.list(FetchFigures.init), let tasks = value["tasks"]?.list(TaskFigures.init),
      let rates = value["rates"]?.list(RateFigures.init), let elapsed = run["elapsedNs"]?.time,
      let peakTasks = run["peakTasks"]?.count, let peakFetches = run["peakFetches"]?.count,
      let workers = run["workers"]?.count, let retries = run["retries"]?.count, let timeouts = run["timeouts"]?.count,
      let printed = run["printedBytes"]?.count
    else { return nil }
    self.init()
    self.fetches = fetches
    self.tasks = tasks
    self.rates = rates
    self.elapsed = elapsed
    self.peakTasks = peakTasks
    self.peakFetches = peakFetches
    self.workers = workers
    self.retries = retries
    self.timeouts = timeouts
    self.printed = printed
  }
}

extension Latencies {
  init?(_ value: JSONValue) {
    guard let count = value["count"]?.count else { return nil }
    if count == 0 {
      self.init()
      return
    }
    guard let min = value["minNs"]?.time, let max = value["maxNs"]?.time, let sum = value["sumNs"]?.time,
      let squares = value["squaresUs"]?.double,
      let buckets = value["bucketsUs"]?.list({
        $0.list(\.unsigned).flatMap { $0.count == 2 && $0[1] <= 1 << 44 ? $0 : nil }
      })
    else { return nil }
    self.init(buckets: buckets.map { ($0[0], $0[1]) }, min: min, max: max, sum: sum, squares: squares)
    if self.count != count { return nil }
  }
}

extension FailureFigures {
  fileprivate init?(_ value: JSONValue) {
    let kinds = value["failures"]?.list { value -> Kind? in
      guard let name = value["kind"]?.string, let count = value["count"]?.count, let message = value["message"]?.string
      else { return nil }
      return Kind(name: name, count: count, message: message)
    }
    guard let kinds else { return nil }
    self.init()
    self.kinds = kinds
  }
}

extension FetchFigures {
  fileprivate init?(_ value: JSONValue) {
    guard let name = value["name"]?.string, let count = value["count"]?.count, let answers = value["answers"]?.count,
      let cancelled = value["cancelled"]?.count, let failures = FailureFigures(value),
      let statuses = value["statuses"]?.list({ $0.numbers.flatMap { $0.count == 2 ? $0 : nil } }),
      let sent = value["sentBytes"]?.count, let received = value["receivedBytes"]?.count,
      let first = value["firstNs"]?.time, let last = value["lastNs"]?.time,
      let service = value["service"].flatMap(Latencies.init), let queueing = value["queueing"].flatMap(Latencies.init)
    else { return nil }
    self.init(name: name)
    self.count = count
    self.answers = answers
    self.cancelled = cancelled
    self.failures = failures
    self.statuses = Dictionary(statuses.map { (Int($0[0]), Int($0[1])) }) { first, _ in first }
    self.sent = sent
    self.received = received
    self.first = first
    self.last = last
    self.service = service
    self.queueing = queueing
  }
}

extension TaskFigures {
  fileprivate init?(_ value: JSONValue) {
    guard let name = value["name"]?.string, let count = value["count"]?.count,
      let succeeded = value["succeeded"]?.count,
      let cancelled = value["cancelled"]?.count, let retries = value["retries"]?.count,
      let failures = FailureFigures(value), let durations = value["durations"].flatMap(Latencies.init),
      let queueing = value["queueing"].flatMap(Latencies.init)
    else { return nil }
    self.init(name: name)
    self.count = count
    self.succeeded = succeeded
    self.cancelled = cancelled
    self.retries = retries
    self.failures = failures
    self.durations = durations
    self.queueing = queueing
  }
}

extension RateFigures {
  fileprivate init?(_ value: JSONValue) {
    guard let place = value["place"]?.string, let asked = value["askedPerSecond"]?.double,
      let count = value["count"]?.count, let first = value["firstNs"]?.time, let last = value["lastNs"]?.time
    else { return nil }
    self.init(place: place, asked: asked)
    self.count = count
    self.first = first
    self.last = last
  }
}

extension Timeline {
  fileprivate init?(_ value: JSONValue) {
    guard let omitted = value["omitted"]?.count, let end = value["endNs"]?.time,
      let strings = value["strings"]?.list(\.string), let tasks = value["tasks"]?.list(Task.init),
      let blocks = value["blocks"]?.list(Block.init), let workerPairs = value["workers"]?.array
    else { return nil }
    var workers: [UInt32: PoolKind] = [:]
    for pair in workerPairs {
      guard let pair = pair.array, pair.count == 2, let worker = pair[0].int64.flatMap({ UInt32(exactly: $0) }),
        let pool = (0..<4).compactMap(PoolKind.init).first(where: { "\($0)" == pair[1].string })
      else { return nil }
      workers[worker] = pool
    }
    self.init(tasks: tasks, blocks: blocks, strings: strings, workers: workers, omitted: omitted, end: end)
  }
}

extension Timeline.Task {
  fileprivate init?(_ value: JSONValue) {
    guard let fields = value.array, fields.count == 13, let id = fields[0].unsigned, let parent = fields[1].unsigned,
      let block = fields[2].unsigned, let worker = fields[3].int64.flatMap({ UInt32(exactly: $0) }),
      let name = fields[4].place, let arguments = fields[5].place, let started = fields[6].time,
      let began = fields[7].time, let ended = fields[8].time,
      let ending = fields[9].int64.flatMap({ UInt8(exactly: $0) }).flatMap(Timeline.Ending.init),
      let note = fields[10].place, let waits = fields[11].numbers, waits.count % 5 == 0,
      let retries = fields[12].list(\.time)
    else { return nil }
    self.init(id: id, parent: parent, block: block, name: name, started: started)
    self.arguments = arguments
    self.worker = worker
    self.began = began
    self.ended = ended
    self.ending = ending
    self.note = note
    self.retries = retries
    for index in stride(from: 0, to: waits.count, by: 5) {
      guard let from = JSONValue.int(waits[index]).time, let to = JSONValue.int(waits[index + 1]).time,
        let reason = UInt8(exactly: waits[index + 2]).flatMap(WaitReason.init),
        let object = UInt64(exactly: waits[index + 3]), let label = Int32(exactly: waits[index + 4])
      else { return nil }
      self.waits.append(
        Timeline.Wait(from: from, to: to, reason: reason, on: object, label: label))
    }
  }
}

extension Timeline.Block {
  fileprivate init?(_ value: JSONValue) {
    guard let fields = value.numbers, fields.count == 9, let id = UInt64(exactly: fields[0]),
      let parent = UInt64(exactly: fields[1]), let task = UInt64(exactly: fields[2]),
      let kind = UInt8(exactly: fields[3]).flatMap(ScopeKind.init), let line = Int32(exactly: fields[4]),
      let reason = UInt8(exactly: fields[8]).flatMap(CancellationReason.init),
      fields[5...7].allSatisfy({ (-1...1 << 60).contains($0) })
    else { return nil }
    self.init(id: id, parent: parent, task: task, kind: kind, line: line, from: fields[5])
    to = fields[6]
    cancelled = fields[7]
    self.reason = reason
  }
}
