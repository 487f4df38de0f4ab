import Synchronization
public import WeftCompiler
public import WeftMachine

/// Makes a `RunSummary`, and a `Timeline` if it is asked to, from the records of a run while it goes on.
public final class RunCollector: Sendable {
  private let state: Mutex<RunTally>

  /// - Parameter tasks: How many tasks a timeline may have; 0 for none.
  public init(_ image: Image, timelineOf tasks: Int = 0) {
    state = Mutex(RunTally(image, timelineOf: tasks))
  }

  public func take(_ batch: RunRecords) { state.withLock { $0.take(batch) } }

  /// What is known so far.
  public var summary: RunSummary { state.withLock { $0.finished } }

  /// What is known so far; nil if none was asked for.
  public var timeline: Timeline? { state.withLock(\.timeline)?.settled }
}

/// What the records say, so far.
struct RunTally: Sendable {
  private let image: Image
  private var summary = RunSummary()
  private(set) var timeline: Timeline?
  /// Tasks that have not ended.
  private var open = NumberTable<OpenTask>()
  /// Blocks that may stand between a task and its `rate`, and the `rate`s themselves.
  private var blocks = NumberTable<OpenBlock>()
  private var openFetches = 0
  private var fetchNames = Names(limit: 100)
  private var taskNames = Names(limit: 200)
  /// By the image's function: the places in the lists of figures, found out once.
  private var taskPlaces: [Int32: Int] = [:]
  private var fetchPlaces: [Int32: Int] = [:]
  /// The same for requests that no task with a name makes; those of the URL that was asked for last, and of some more.
  private var lastURL: (url: String, method: String, place: Int)?
  private var urlPlaces: [String: Int] = [:]
  private static let mostURLs = 1_000
  private var ratePlaces: [Int32: Int] = [:]
  private var workers: Set<UInt32> = []

  private struct OpenTask: Sendable {
    var figures: Int
    var started: Int64
    var began: Int64 = -1
    var block: UInt64
    /// The request under way: its place among the figures, and when it began.
    var fetch = -1
    var fetchBegan: Int64 = 0
  }

  private struct OpenBlock: Sendable {
    /// The nearest `rate` of the same task, itself included: its place among the figures; -1 for none.
    var rate: Int
    var task: UInt64
    var kind: ScopeKind
  }

  /// Places of names in a list; those beyond a limit share the last one.
  private struct Names: Sendable {
    private(set) var places: [String: Int] = [:]
    let limit: Int

    init(limit: Int) { self.limit = limit }

    mutating func place(of name: String) -> (index: Int, name: String, isNew: Bool) {
      if let index = places[name] { return (index, name, false) }
      if places.count >= limit - 1 {
        let isNew = places["(others)"] == nil
        places["(others)"] = limit - 1
        return (limit - 1, "(others)", isNew)
      }
      places[name] = places.count
      return (places.count - 1, name, true)
    }
  }

  init(_ image: Image, timelineOf tasks: Int) {
    self.image = image
    if tasks > 0 { timeline = Timeline(limit: tasks) }
  }

  /// What is known so far, in a form that does not change any more.
  var finished: RunSummary {
    var result = summary
    result.workers = workers.count
    return result
  }

  /// Tasks that have not ended, for tests.
  var openTasks: Int { open.count }

  mutating func take(_ batch: RunRecords) {
    for record in batch.records { take(record, batch) }
  }

  private mutating func take(_ record: RunRecord, _ batch: RunRecords) {
    if record.time > summary.elapsed { summary.elapsed = record.time }
    timeline?.take(record, batch, image)
    switch record.event {
    case .taskStarted(let start):
      let place = taskPlace(start.function)
      summary.tasks[place].count += 1
      open[record.task] = OpenTask(figures: place, started: record.time, block: start.block)
      if open.count > summary.peakTasks { summary.peakTasks = open.count }
    case .taskBegan:
      if batch.worker > 0 { workers.insert(batch.worker) }
      let begun = open.update(record.task) { task in
        task.began = record.time
        return task
      }
      guard let task = begun else { return }
      summary.tasks[task.figures].queueing.record(record.time - task.started)
      if summary.rates.isEmpty { return }
      if let block = blocks[task.block], block.rate >= 0 { noteBeginning(block.rate, record.time) }
    case .taskEnded(let ending): taskEnded(record, ending, batch)
    case .blockOpened(let block): blockOpened(record, block)
    case .blockCancelled(let id, .deadline): if blocks[id]?.kind == .timeout { summary.timeouts += 1 }
    case .blockEnded(let id): blocks.removeValue(for: id)
    case .retrying:
      summary.retries += 1
      if let task = open[record.task] { summary.tasks[task.figures].retries += 1 }
    case .fetchStarted(let start): fetchStarted(record, start, batch)
    case .fetchEnded(let ending): fetchEnded(record, ending, batch)
    case .printed(let bytes): summary.printed += Int(bytes)
    case .taskLeft, .waiting, .resumed, .blockCancelled: break
    }
  }

  // MARK: Tasks

  private mutating func taskPlace(_ function: Int32) -> Int {
    if let place = taskPlaces[function] { return place }
    let (index, name, isNew) = taskNames.place(of: image.taskName(Int(function)))
    if isNew { summary.tasks.append(TaskFigures(name: name)) }
    taskPlaces[function] = index
    return index
  }

  private mutating func taskEnded(_ record: RunRecord, _ ending: RunRecord.TaskEnding, _ batch: RunRecords) {
    guard let task = open.removeValue(for: record.task) else { return }
    switch ending {
    case .value:
      summary.tasks[task.figures].succeeded += 1
      if task.began >= 0 { summary.tasks[task.figures].durations.record(record.time - task.began) }
    case .failed(let kind, let message):
      summary.tasks[task.figures].failures.record(batch.text(kind) ?? "Error", batch.text(message) ?? "")
    case .cancelled: summary.tasks[task.figures].cancelled += 1
    }
  }

  // MARK: Rates

  private mutating func blockOpened(_ record: RunRecord, _ block: RunRecord.BlockStart) {
    var rate = -1
    // Limits reach through the blocks of one task only.
    if let outer = blocks[block.parent], outer.task == record.task { rate = outer.rate }
    if case .rate(let asked) = block.amount { rate = ratePlace(block.place, asked) }
    blocks[block.id] = OpenBlock(rate: rate, task: record.task, kind: block.kind)
  }

  private mutating func ratePlace(_ position: Int32, _ asked: Double) -> Int {
    if let place = ratePlaces[position], summary.rates[place].asked == asked { return place }
    let line = image.place(ofCode: Int(position))?.line ?? 0
    if summary.rates.count >= 100 { return -1 }
    summary.rates.append(RateFigures(place: "rate, line \(line)", asked: asked))
    ratePlaces[position] = summary.rates.count - 1
    return summary.rates.count - 1
  }

  private mutating func noteBeginning(_ place: Int, _ time: Int64) {
    if summary.rates[place].count == 0 { summary.rates[place].first = time }
    summary.rates[place].count += 1
    summary.rates[place].last = max(summary.rates[place].last, time)
  }

  // MARK: Requests

  private mutating func fetchPlace(_ start: RunRecord.FetchStart, _ batch: RunRecords) -> Int {
    if let place = fetchPlaces[start.function] { return place }
    let function = Int(start.function)
    let isTask = image.functions.indices.contains(function) && image.functions[function].role == .task
    if !isTask { return fetchPlace(batch.text(start.method) ?? "GET", batch.text(start.url) ?? "?") }
    let index = fetchPlace(named: image.taskName(function))
    fetchPlaces[start.function] = index
    return index
  }

  private mutating func fetchPlace(_ method: String, _ url: String) -> Int {
    if let last = lastURL, last.url == url, last.method == method { return last.place }
    let key = "\(method) \(url)"
    let place = urlPlaces[key] ?? fetchPlace(named: "\(method) \(URLPattern.of(url))")
    // Long ones would be kept to no use: they hardly come again.
    if urlPlaces.count < Self.mostURLs, key.utf8.count < 500 { urlPlaces[key] = place }
    lastURL = (url, method, place)
    return place
  }

  private mutating func fetchPlace(named wanted: String) -> Int {
    let (index, name, isNew) = fetchNames.place(of: wanted)
    if isNew { summary.fetches.append(FetchFigures(name: name)) }
    return index
  }

  private mutating func fetchStarted(_ record: RunRecord, _ start: RunRecord.FetchStart, _ batch: RunRecords) {
    let place = fetchPlace(start, batch)
    if summary.fetches[place].count == 0 { summary.fetches[place].first = record.time }
    summary.fetches[place].count += 1
    summary.fetches[place].sent += Int(start.sent)
    openFetches += 1
    if openFetches > summary.peakFetches { summary.peakFetches = openFetches }
    open.update(record.task) { task in
      task.fetch = place
      task.fetchBegan = record.time
    }
  }

  private mutating func fetchEnded(_ record: RunRecord, _ ending: RunRecord.FetchEnding, _ batch: RunRecords) {
    openFetches -= 1
    guard let task = open[record.task], task.fetch >= 0 else { return }
    let place = task.fetch
    summary.fetches[place].last = max(summary.fetches[place].last, record.time)
    if let kind = batch.text(ending.failure) {
      if kind == FetchFailure.Kind.cancelled.rawValue {
        summary.fetches[place].cancelled += 1
      } else {
        summary.fetches[place].failures.record(kind, batch.text(ending.message) ?? "")
      }
      return
    }
    summary.fetches[place].answers += 1
    summary.fetches[place].statuses[Int(ending.status), default: 0] += 1
    summary.fetches[place].received += Int(ending.received)
    summary.fetches[place].service.record(record.time - task.fetchBegan - ending.queued)
    if ending.queued > 0 { summary.fetches[place].queueing.record(ending.queued) }
  }
}
