/// What a run has done, in figures: as much as fits the same memory for ten requests and for ten million.
///
/// ```swift
/// let collector = RunCollector(script.image)
/// var observer = RunObserver(output: { _ in })
/// observer.records = { collector.take($0) }
/// let result = await script.run(observer: observer)
/// let summary = collector.summary
/// summary.latencies(of: "download")?.percentile(95)  // nanoseconds
/// ```
public struct RunSummary: Sendable, Equatable {
  /// Requests, by the task that they are in, or by a pattern of their URL. The first to begin comes first.
  public internal(set) var fetches: [FetchFigures] = []
  /// Started tasks, by their name.
  public internal(set) var tasks: [TaskFigures] = []
  /// What the script's `rate` blocks were to reach, and what they did.
  public internal(set) var rates: [RateFigures] = []
  /// Nanoseconds from the first to the last record.
  public internal(set) var elapsed: Int64 = 0
  /// The most tasks and requests there were at one time.
  public internal(set) var peakTasks = 0
  public internal(set) var peakFetches = 0
  /// Further tries of `retry` blocks, and `timeout` blocks whose time was over.
  public internal(set) var retries = 0
  public internal(set) var timeouts = 0
  /// Workers that had a task.
  public internal(set) var workers = 0
  /// Bytes that the script printed.
  public internal(set) var printed = 0

  public init() {}

  /// How long the requests, or else the tasks, of that name took; nil if there were none.
  public func latencies(of name: String) -> Latencies? {
    if let fetches = fetches.first(where: { $0.name == name }), fetches.service.count > 0 { return fetches.service }
    if let tasks = tasks.first(where: { $0.name == name }), tasks.durations.count > 0 { return tasks.durations }
    return nil
  }

  public func fetches(named name: String) -> FetchFigures? { fetches.first { $0.name == name } }

  public func tasks(named name: String) -> TaskFigures? { tasks.first { $0.name == name } }

  /// All requests together.
  public var allFetches: FetchFigures {
    var all = FetchFigures(name: "")
    for figures in fetches { all.add(figures) }
    return all
  }

  /// Puts another run beside this one, as if both had been one: what a coordinator of many workers does.
  public mutating func add(_ other: RunSummary) {
    for figures in other.fetches {
      if let index = fetches.firstIndex(where: { $0.name == figures.name }) {
        fetches[index].add(figures)
      } else {
        fetches.append(figures)
      }
    }
    for figures in other.tasks {
      if let index = tasks.firstIndex(where: { $0.name == figures.name }) {
        tasks[index].add(figures)
      } else {
        tasks.append(figures)
      }
    }
    rates += other.rates
    elapsed = max(elapsed, other.elapsed)
    peakTasks += other.peakTasks
    peakFetches += other.peakFetches
    retries += other.retries
    timeouts += other.timeouts
    workers += other.workers
    printed += other.printed
  }
}

/// The requests of one name.
public struct FetchFigures: Sendable, Equatable {
  public let name: String
  /// All that have begun: `answers`, those that failed, those called off, and those under way.
  public internal(set) var count = 0
  public internal(set) var answers = 0
  /// Called off, because nobody waited for them any more.
  public internal(set) var cancelled = 0
  /// Statuses and how often they came, in order.
  public internal(set) var statuses: [Int: Int] = [:]
  /// Failures without an answer, time-outs of a request included.
  public internal(set) var failures = FailureFigures()
  /// Bytes of bodies.
  public internal(set) var sent = 0
  public internal(set) var received = 0
  /// From when a request went out to the end of its answer; of answers only.
  public internal(set) var service = Latencies()
  /// What it waited for its turn before that.
  public internal(set) var queueing = Latencies()
  /// Nanoseconds since the run began.
  public internal(set) var first: Int64 = 0
  public internal(set) var last: Int64 = 0

  init(name: String) { self.name = name }

  /// Answers a second between the first request and the last answer.
  public var rate: Double { last > first ? Double(answers) * 1e9 / Double(last - first) : 0 }

  /// Answers whose status is 400 or more.
  public var badStatuses: Int { statuses.reduce(0) { $1.key >= 400 ? $0 + $1.value : $0 } }

  mutating func add(_ other: FetchFigures) {
    first = count == 0 ? other.first : min(first, other.first)
    last = max(last, other.last)
    count += other.count
    answers += other.answers
    cancelled += other.cancelled
    statuses.merge(other.statuses) { $0 + $1 }
    failures.add(other.failures)
    sent += other.sent
    received += other.received
    service.add(other.service)
    queueing.add(other.queueing)
  }
}

/// Failures by their kind, each with one message of many.
public struct FailureFigures: Sendable, Equatable {
  public struct Kind: Sendable, Equatable {
    public var name: String
    public var count: Int
    /// The first of them.
    public var message: String
  }

  /// In the order in which they first came.
  public internal(set) var kinds: [Kind] = []
  /// What is beyond so many kinds counts as the last.
  private static let mostKinds = 50

  public var count: Int { kinds.reduce(0) { $0 + $1.count } }

  mutating func record(_ kind: String, _ message: @autoclosure () -> String, count: Int = 1) {
    if let index = kinds.firstIndex(where: { $0.name == kind }) {
      kinds[index].count += count
    } else if kinds.count < Self.mostKinds {
      kinds.append(Kind(name: kind, count: count, message: message()))
    } else {
      kinds[kinds.count - 1].count += count
    }
  }

  mutating func add(_ other: FailureFigures) {
    for kind in other.kinds { record(kind.name, kind.message, count: kind.count) }
  }
}

/// The started tasks of one name.
public struct TaskFigures: Sendable, Equatable {
  public let name: String
  public internal(set) var count = 0
  public internal(set) var succeeded = 0
  public internal(set) var failures = FailureFigures()
  public internal(set) var cancelled = 0
  /// Further tries of `retry` blocks in them.
  public internal(set) var retries = 0
  /// From when a task first ran to its end; of those that succeeded.
  public internal(set) var durations = Latencies()
  /// From when it was started to when it first ran: for its turn, a permit, a worker.
  public internal(set) var queueing = Latencies()

  init(name: String) { self.name = name }

  mutating func add(_ other: TaskFigures) {
    count += other.count
    succeeded += other.succeeded
    failures.add(other.failures)
    cancelled += other.cancelled
    retries += other.retries
    durations.add(other.durations)
    queueing.add(other.queueing)
  }
}

/// A `rate` block: how fast its tasks were to begin, and how fast they did.
public struct RateFigures: Sendable, Equatable {
  /// The block and its line.
  public let place: String
  /// Tasks a second.
  public let asked: Double
  public internal(set) var count = 0
  /// When the first and the last of its tasks began: nanoseconds since the run began.
  public internal(set) var first: Int64 = 0
  public internal(set) var last: Int64 = 0

  init(place: String, asked: Double) {
    self.place = place
    self.asked = asked
  }

  /// Tasks a second, from the first that began to the last; nil if there were fewer than two.
  public var reached: Double? {
    count > 1 && last > first ? Double(count - 1) * 1e9 / Double(last - first) : nil
  }

  /// Whether the schedule was missed by more than a hundredth.
  public var isMissed: Bool { reached.map { $0 < asked * 0.99 } ?? false }
}
