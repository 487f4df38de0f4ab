import WeftCompiler
import WeftMachine

/// When each task of a run was started, ran, waited and ended: what pictures are made of. The tasks beyond a limit are
/// counted, and not kept.
public struct Timeline: Sendable, Equatable {
  /// How many tasks a record keeps; their waits are up to four times as many.
  public static let usualLimit = 50_000

  /// A state that a task is in for a while.
  public struct Wait: Sendable, Equatable {
    /// Nanoseconds since the run began; `to` is below 0 while it lasts.
    public var from: Int64
    public var to: Int64
    public var reason: WaitReason
    /// The block, or the task, that it waits for; 0 where there is none.
    public var on: UInt64
    /// Of the strings: what it asked for and got; -1 where there is nothing to say.
    public var label: Int32 = -1
  }

  public enum Ending: UInt8, Sendable {
    /// It had not ended when the run did.
    case open
    case value, failed, cancelled
  }

  public struct Task: Sendable, Equatable {
    public var id: UInt64
    public var parent: UInt64
    public var block: UInt64
    /// Of the strings.
    public var name: Int32
    /// Of the strings; -1 if nobody asked for them.
    public var arguments: Int32 = -1
    /// 0 for the script's own machine.
    public var worker: UInt32 = 0
    /// Nanoseconds since the run began; below 0 where it did not come to that.
    public var started: Int64
    public var began: Int64 = -1
    public var ended: Int64 = -1
    public var ending = Ending.open
    /// Of the strings: the error, or why it was cancelled; -1 if there is nothing to say.
    public var note: Int32 = -1
    public var waits: [Wait] = []
    /// When the body of a `retry` ran again.
    public var retries: [Int64] = []
  }

  public struct Block: Sendable, Equatable {
    public var id: UInt64
    public var parent: UInt64
    public var task: UInt64
    public var kind: ScopeKind
    public var line: Int32
    public var from: Int64
    public var to: Int64 = -1
    /// When and why it was cancelled; below 0 if it was not.
    public var cancelled: Int64 = -1
    public var reason = CancellationReason.unknown
  }

  /// In the order in which they were started.
  public internal(set) var tasks: [Task] = []
  public internal(set) var blocks: [Block] = []
  public internal(set) var strings: [String] = []
  /// Kinds of pool by the number of the worker.
  public internal(set) var workers: [UInt32: PoolKind] = [:]
  /// Tasks and waits that were beyond the limit.
  public internal(set) var omitted = 0
  /// Nanoseconds at the end of what is known.
  public internal(set) var end: Int64 = 0

  private let limit: Int
  private var waitCount = 0
  private var stringBytes = 0
  /// What requests ask for and get. Putting that into words waits until somebody looks: it takes longer than all the rest.
  private var exchanges: [Exchange] = []

  /// A request, and what came of it.
  private struct Exchange: Sendable {
    var method: String
    var url: String
    /// 0 until it has ended.
    var status: Int32 = 0
    var received: Int64 = 0
    var failure: String?

    var text: String {
      if let failure { return "\(method) \(url) → \(failure)" }
      return status == 0 ? "\(method) \(url)" : "\(method) \(url) → \(status), \(Quantity.bytes(Int(received)))"
    }
  }

  private static let longestString = 200
  private static let mostStringBytes = 12 << 20
  private var taskPlaces = NumberTable<Int>()
  /// What was found there last: what one task does comes together.
  private var lastTask: (id: UInt64, place: Int) = (0, -1)
  private var blockPlaces = NumberTable<Int>()
  private var stringPlaces: [String: Int32] = [:]
  private var names: [Int32: Int32] = [:]
  private var lines: [Int32: Int32] = [:]

  public init(limit: Int = Timeline.usualLimit) { self.limit = limit }

  /// Of a record.
  init(tasks: [Task], blocks: [Block], strings: [String], workers: [UInt32: PoolKind], omitted: Int, end: Int64) {
    limit = tasks.count
    self.tasks = tasks
    self.blocks = blocks
    self.strings = strings
    self.workers = workers
    self.omitted = omitted
    self.end = end
    for (place, task) in tasks.enumerated() { taskPlaces[task.id] = place }
    for (place, block) in blocks.enumerated() { blockPlaces[block.id] = place }
  }

  public func string(_ place: Int32) -> String? {
    strings.indices.contains(Int(place)) ? strings[Int(place)] : nil
  }

  public func place(ofTask id: UInt64) -> Int? { taskPlaces[id] }

  public func place(ofBlock id: UInt64) -> Int? { blockPlaces[id] }

  public func block(_ id: UInt64) -> Block? { blockPlaces[id].map { blocks[$0] } }

  public static func == (left: Timeline, right: Timeline) -> Bool {
    left.tasks == right.tasks && left.blocks == right.blocks && left.strings == right.strings
      && left.workers == right.workers && left.omitted == right.omitted && left.end == right.end
  }

  /// As it is now, with all of it in words.
  var settled: Timeline {
    if exchanges.isEmpty { return self }
    var timeline = self
    timeline.exchanges = []
    for place in timeline.tasks.indices {
      for wait in timeline.tasks[place].waits.indices {
        let label = timeline.tasks[place].waits[wait].label
        if label > Self.firstExchange { continue }
        timeline.tasks[place].waits[wait].label = timeline.intern(exchanges[Int(Self.firstExchange - label)].text)
      }
    }
    return timeline
  }

  /// A label that stands for the first of the exchanges; those below it for the others.
  private static let firstExchange: Int32 = -2

  // MARK: From records

  mutating func take(_ record: RunRecord, _ batch: RunRecords, _ image: Image) {
    end = max(end, record.time)
    switch record.event {
    case .taskStarted(let start): taskStarted(record, start, batch, image)
    case .blockOpened(let block): blockOpened(record, block, image)
    case .blockCancelled(let id, let reason):
      guard let place = blockPlaces[id], blocks[place].cancelled < 0 else { return }
      blocks[place].cancelled = record.time
      blocks[place].reason = reason
    case .blockEnded(let id): if let place = blockPlaces[id] { blocks[place].to = record.time }
    default:
      if lastTask.id != record.task { lastTask = (record.task, taskPlaces[record.task] ?? -1) }
      guard lastTask.place >= 0 else { return }
      let place = lastTask.place
      takeState(record, batch, place)
    }
  }

  private mutating func takeState(_ record: RunRecord, _ batch: RunRecords, _ place: Int) {
    switch record.event {
    case .taskBegan:
      tasks[place].began = record.time
      tasks[place].worker = batch.worker
      if let pool = batch.pool, workers[batch.worker] == nil { workers[batch.worker] = pool }
      endWait(place, record.time)
    case .taskEnded(let ending):
      endWait(place, record.time)
      tasks[place].ended = record.time
      switch ending {
      case .value: tasks[place].ending = .value
      case .failed(let kind, let message):
        tasks[place].ending = .failed
        tasks[place].note = intern("\(batch.text(kind) ?? "Error"): \(batch.text(message) ?? "")")
      case .cancelled(let reason):
        tasks[place].ending = .cancelled
        tasks[place].note = intern(reason.text)
      }
    case .waiting(let reason, let object): beginWait(place, record.time, reason, object)
    case .resumed: endWait(place, record.time)
    case .retrying: if tasks[place].retries.count < 100 { tasks[place].retries.append(record.time) }
    case .fetchStarted(let start):
      if !beginWait(place, record.time, .fetch, 0) { return }
      tasks[place].waits[tasks[place].waits.count - 1].label =
        Self.firstExchange - Int32(truncatingIfNeeded: exchanges.count)
      exchanges.append(
        Exchange(method: batch.text(start.method) ?? "GET", url: Self.excerpt(batch.text(start.url) ?? "?")))
    case .fetchEnded(let ending):
      guard let wait = tasks[place].waits.last, wait.reason == .fetch, wait.to < 0, wait.label <= Self.firstExchange
      else { return }
      let exchange = Int(Self.firstExchange - wait.label)
      exchanges[exchange].status = ending.status
      exchanges[exchange].received = ending.received
      exchanges[exchange].failure = batch.text(ending.failure)
    default: break
    }
  }

  private mutating func taskStarted(
    _ record: RunRecord, _ start: RunRecord.TaskStart, _ batch: RunRecords, _ image: Image
  ) {
    if tasks.count >= limit {
      omitted += 1
      return
    }
    let name: Int32
    if let known = names[start.function] {
      name = known
    } else {
      name = intern(image.taskName(Int(start.function)))
      names[start.function] = name
    }
    taskPlaces[record.task] = tasks.count
    lastTask = (record.task, tasks.count)
    tasks.append(
      Task(
        id: record.task, parent: start.parent, block: start.block, name: name,
        arguments: batch.text(start.arguments).map { add($0) } ?? -1, worker: batch.worker, started: record.time))
  }

  private mutating func blockOpened(_ record: RunRecord, _ block: RunRecord.BlockStart, _ image: Image) {
    if blocks.count >= limit || taskPlaces[record.task] == nil { return }
    let line: Int32
    if let known = lines[block.place] {
      line = known
    } else {
      line = Int32(clamping: image.place(ofCode: Int(block.place))?.line ?? 0)
      lines[block.place] = line
    }
    blockPlaces[block.id] = blocks.count
    blocks.append(
      Block(id: block.id, parent: block.parent, task: record.task, kind: block.kind, line: line, from: record.time))
  }

  /// False if it is beyond the limit.
  @discardableResult
  private mutating func beginWait(_ place: Int, _ time: Int64, _ reason: WaitReason, _ object: UInt64) -> Bool {
    // The request has said so already.
    if reason == .fetch, let last = tasks[place].waits.last, last.reason == .fetch, last.to < 0 { return true }
    endWait(place, time)
    if waitCount >= limit * 4 {
      omitted += 1
      return false
    }
    waitCount += 1
    tasks[place].waits.append(Wait(from: time, to: -1, reason: reason, on: object))
    return true
  }

  private mutating func endWait(_ place: Int, _ time: Int64) {
    guard let last = tasks[place].waits.indices.last, tasks[place].waits[last].to < 0 else { return }
    if tasks[place].waits[last].from == time, tasks[place].waits[last].label == -1 {
      // It took no time.
      tasks[place].waits.removeLast()
      waitCount -= 1
    } else {
      tasks[place].waits[last].to = time
    }
  }

  private mutating func intern(_ text: String) -> Int32 {
    let text = Self.excerpt(text)
    if let place = stringPlaces[text] { return place }
    let place = add(text)
    if place < 0 { return place }
    // What is said once only, such as a URL, need not be found again for ever.
    if stringPlaces.count > 100_000 { stringPlaces.removeAll() }
    stringPlaces[text] = place
    return place
  }

  /// A text that hardly comes again, such as the arguments of a task: it is found again only if it came just before.
  private mutating func add(_ text: String) -> Int32 {
    let text = Self.excerpt(text)
    if text == strings.last { return Int32(truncatingIfNeeded: strings.count - 1) }
    // As they stand in a record.
    stringBytes += text.utf8.reduce(3) { $0 + ($1 < 0x20 || $1 == UInt8(ascii: "<") || $1 == 0x7F ? 6 : 1) }
    if stringBytes > Self.mostStringBytes { return -1 }
    let place = Int32(truncatingIfNeeded: strings.count)
    strings.append(text)
    return place
  }

  /// Long URLs and messages would be most of a record.
  private static func excerpt(_ text: String) -> String {
    text.utf8.count > longestString ? text.prefix(longestString) + "…" : text
  }
}

extension CancellationReason {
  /// Behind "cancelled: ".
  public var text: String {
    switch self {
    case .unknown: "cancelled"
    case .failure: "another task of the block failed"
    case .deadline: "the time of the block was over"
    case .winner: "another task of the race won"
    case .left: "the block was left"
    case .asked: "by `.cancel()`"
    case .outside: "the run was ended"
    case .deadlock: "no task could go on"
    }
  }
}

extension WaitReason {
  /// Behind "waits for".
  public var text: String {
    switch self {
    case .timer: "a sleep"
    case .tasks: "its tasks"
    case .task: "a task"
    case .fetch: "an answer"
    case .file: "a file"
    case .permit: "a permit"
    case .token: "its turn in a rate"
    case .place: "a place in a pool"
    case .lock: "a lock"
    case .item: "an item of a queue"
    case .room: "room in a queue"
    case .work: "the work on a queue"
    case .shared: "a shared value"
    case .value: "a value of an imported file"
    case .shutdown: "the shutdown"
    case .worker: "a worker"
    case .core: "a core to compute"
    case .host: "a function of the host"
    }
  }
}
