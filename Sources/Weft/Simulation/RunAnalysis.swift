public import WeftCompiler
public import WeftMachine

/// What the records of one run come to: requests, pools, and the critical path. It keeps something for each task that is alive,
/// and nothing for those that have ended.
///
/// ```swift
/// var analysis = RunAnalysis(image: script.image)
/// let result = script.runVirtually(records: { analysis.add($0) })
/// print(analysis.requests, analysis.mostRequests)
/// ```
public struct RunAnalysis {
  /// Requests that were sent, and how many of them failed or were called off.
  public private(set) var requests = 0
  public private(set) var failedRequests = 0
  public private(set) var cancelledRequests = 0
  /// The greatest number of requests under way at once.
  public private(set) var mostRequests = 0
  /// Tasks that were started, and the greatest number that had begun and not ended.
  public private(set) var tasks = 0
  public private(set) var mostTasks = 0
  public private(set) var pools: [Pool] = []

  /// A `pool` block, or all that were opened at one place of the script.
  public struct Pool: Sendable {
    public var kind: PoolKind?
    /// An index into the image's code.
    public var place: Int
    public var workers: Int
    public var tasks = 0
    /// Nanoseconds that its workers had a task, all together.
    public var busy: Int64 = 0
    /// Nanoseconds that it was there.
    public var open: Int64 = 0

    /// From 0 to 1.
    public var use: Double { open > 0 && workers > 0 ? Double(busy) / Double(open) / Double(workers) : 0 }
  }

  /// A part of the critical path: what the run waited for, all of one kind and place together.
  public struct Part: Sendable {
    public enum Work: Hashable, Sendable { case computing, sleeping, fetching, burning, other(WaitReason) }
    public var work: Work
    /// The function whose task did it: one of the image's.
    public var function: Int
    public var steps: Int
    /// Nanoseconds.
    public var time: Int64
  }

  private struct Task {
    var block: UInt64
    var function: Int32
    var hasBegun = false
    /// Up to when `path` goes.
    var time: Int64
    var path = Path()
    var wait: WaitReason?
    var waitsOn: UInt64 = 0
    /// When it began in a worker.
    var beganAt: Int64?
    var pool = -1
    var fetchFunction: Int32 = -1
  }

  /// What led a task to where it is, since the run began: parts of few kinds and places, however long it took. Tasks that come from
  /// one another have the same until it grows.
  private struct Path {
    private(set) var parts: [Part] = []

    mutating func add(_ work: Part.Work, _ function: Int32, _ time: Int64) {
      let place = parts.lastIndex { $0.function == Int(function) && $0.work == work }
      guard let place else {
        parts.append(Part(work: work, function: Int(function), steps: 1, time: time))
        return
      }
      parts[place].steps += 1
      parts[place].time += time
    }
  }

  private struct Block {
    /// The innermost pool around it, as an index into `pools`; -1 if there is none.
    var pool: Int
    var openedAt: Int64
    /// It is a pool itself.
    var isPool: Bool
    /// How the task of it that ended last came there.
    var lastPath = Path()
    var lastTime: Int64 = 0
  }

  private var live = NumberTable<Task>()
  private var blocks = NumberTable<Block>()
  private var poolIndexes: [Int: Int] = [:]
  private var openRequests = 0
  private var begun = 0
  /// Of each machine, the task that ran last.
  private var active = NumberTable<UInt64>()
  /// How the task that ended last came there.
  private var last: (path: Path, time: Int64) = (Path(), 0)
  private var end: (path: Path, time: Int64)?

  public init() {}

  // MARK: Records

  public mutating func add(_ batch: RunRecords) {
    for record in batch.records { add(record, batch) }
  }

  private mutating func add(_ record: RunRecord, _ batch: RunRecords) {
    let time = record.time
    switch record.event {
    case .taskStarted(let start):
      tasks += 1
      // What leads to it is what led its starter there: whoever runs just now.
      var task = Task(block: start.block, function: start.function, time: time)
      task.path = path(of: active[UInt64(batch.worker)] ?? start.parent, upTo: time)
      live[record.task] = task
    case .taskBegan:
      begun += 1
      mostTasks = max(mostTasks, begun)
      resume(record.task, time, begins: true)
      active[UInt64(batch.worker)] = record.task
      if let kind = batch.pool { beganInWorker(record.task, kind, time) }
    case .resumed:
      resume(record.task, time)
      active[UInt64(batch.worker)] = record.task
    case .waiting(let reason, let on): wait(record.task, reason, on, time)
    case .taskLeft: leftWorker(record.task, time)
    case .taskEnded: ended(record.task, time)
    case .blockOpened(let start): opened(start, time)
    case .blockEnded(let id): closed(id, time)
    case .fetchStarted(let start):
      requests += 1
      openRequests += 1
      mostRequests = max(mostRequests, openRequests)
      live.update(record.task) { $0.fetchFunction = start.function }
    case .fetchEnded(let ending):
      openRequests -= 1
      if let failure = batch.text(ending.failure) {
        if failure == FetchFailure.Kind.cancelled.rawValue { cancelledRequests += 1 } else { failedRequests += 1 }
      }
    case .blockCancelled, .retrying, .printed: break
    }
  }

  private mutating func opened(_ start: RunRecord.BlockStart, _ time: Int64) {
    var pool = blocks[start.parent]?.pool ?? -1
    let isPool = start.kind == .pool
    if isPool {
      let place = Int(start.place)
      var workers = 0
      if case .permits(let count) = start.amount { workers = Int(clamping: count) }
      if let known = poolIndexes[place] {
        pool = known
        pools[known].workers = max(pools[known].workers, workers)
      } else {
        pool = pools.count
        poolIndexes[place] = pool
        pools.append(Pool(kind: nil, place: place, workers: workers))
      }
    }
    blocks[start.id] = Block(pool: pool, openedAt: time, isPool: isPool)
  }

  private mutating func closed(_ id: UInt64, _ time: Int64) {
    guard let block = blocks.removeValue(for: id), block.isPool else { return }
    pools[block.pool].open += time - block.openedAt
  }

  private mutating func beganInWorker(_ name: UInt64, _ kind: PoolKind, _ time: Int64) {
    guard let block = live[name]?.block else { return }
    let pool = pool(of: block, kind)
    live.update(name) { task in
      task.beganAt = time
      task.pool = pool
    }
    pools[pool].kind = kind
    pools[pool].tasks += 1
  }

  private mutating func leftWorker(_ name: UInt64, _ time: Int64) {
    guard let task = live[name], let beganAt = task.beganAt else { return }
    pools[task.pool].busy += time - beganAt
  }

  /// The pool whose worker runs the tasks of a block. What `compute` runs on is no block of the script.
  private mutating func pool(of block: UInt64, _ kind: PoolKind) -> Int {
    if kind != .compute, let pool = blocks[block]?.pool, pool >= 0 { return pool }
    if let known = poolIndexes[-1] { return known }
    poolIndexes[-1] = pools.count
    pools.append(Pool(kind: .compute, place: -1, workers: 0))
    return pools.count - 1
  }

  private mutating func wait(_ name: UInt64, _ reason: WaitReason, _ on: UInt64, _ time: Int64) {
    live.update(name) { task in
      if time > task.time { task.path.add(.computing, task.function, time - task.time) }
      task.time = time
      task.wait = reason
      task.waitsOn = on
    }
  }

  private mutating func resume(_ name: UInt64, _ time: Int64, begins: Bool = false) {
    // A task that waits is looked at before it is changed where it is: to copy it would count references up and down.
    let waiting = live.update(name) { task in
      if begins { task.hasBegun = true }
      return task.wait.map { (reason: $0, on: task.waitsOn) }
    }
    guard let waiting, let (reason, on) = waiting else { return }
    let cause = cause(reason, on)
    live.update(name) { task in
      Self.settle(&task, reason, time, cause)
      task.wait = nil
    }
  }

  /// The task that may have let one go on that waited, and when it came there; nil where time alone passes.
  private func cause(_ reason: WaitReason, _ on: UInt64) -> (path: Path, time: Int64)? {
    switch reason {
    case .tasks: blocks[on].map { ($0.lastPath, $0.lastTime) }
    case .task, .permit, .place, .lock, .item, .room, .work, .value, .worker, .shared: last
    case .timer, .fetch, .core, .token, .file, .shutdown, .host: nil
    }
  }

  /// A wait is over: either time has passed, or another task has come to where it lets this one go on.
  private static func settle(
    _ task: inout Task, _ reason: WaitReason, _ time: Int64, _ cause: (path: Path, time: Int64)?
  ) {
    if let cause, cause.time > task.time, cause.time <= time {
      task.path = cause.path
      task.time = cause.time
    }
    if time > task.time {
      let work: Part.Work =
        switch reason {
        case .timer: .sleeping
        case .fetch: .fetching
        case .core: .burning
        default: .other(reason)
        }
      let function = reason == .fetch && task.fetchFunction >= 0 ? task.fetchFunction : task.function
      task.path.add(work, function, time - task.time)
    }
    task.time = time
  }

  private mutating func ended(_ name: UInt64, _ time: Int64) {
    guard var task = live.removeValue(for: name) else { return }
    if let reason = task.wait {
      let known: WaitReason = reason == .worker ? .core : reason
      Self.settle(&task, known, time, cause(known, task.waitsOn))
    }
    if time > task.time { task.path.add(.computing, task.function, time - task.time) }
    if task.hasBegun { begun -= 1 }
    last = (task.path, time)
    blocks.update(task.block) { block in
      block.lastPath = task.path
      block.lastTime = time
    }
    if name == 1 { end = (task.path, time) }
  }

  /// It changes nothing; but one that is no `mutating` works on a copy of all this when called by one that is.
  private mutating func path(of name: UInt64, upTo time: Int64) -> Path {
    guard let task = live[name] else { return last.path }
    var path = task.path
    if time > task.time, task.wait == nil { path.add(.computing, task.function, time - task.time) }
    return path
  }

  // MARK: The critical path

  /// What the run's end waited for, the longest first.
  public var criticalPath: [Part] {
    (end?.path.parts ?? []).sorted { ($1.time, $0.function) < ($0.time, $1.function) }
  }
}
