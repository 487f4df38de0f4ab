public import WeftCompiler

/// One thing that happened in a run: plain data, made only while somebody observes.
///
/// ```swift
/// for record in batch.records {
///   if case .waiting(.fetch, _) = record.event { print("task \(record.task) waits since \(record.time) ns") }
/// }
/// ```
public struct RunRecord: Sendable, Equatable {
  /// Nanoseconds since the run began, by the machine's clock, which is read once a slice.
  public var time: Int64
  /// The task that it happened to. Names are unique within a run, from 1 on for the script itself; on the virtual clock the
  /// same seed gives the same names.
  public var task: UInt64
  public var event: Event

  public init(time: Int64, task: UInt64, event: Event) {
    self.time = time
    self.task = task
    self.event = event
  }

  public enum Event: Sendable, Equatable {
    /// The task exists from now on; it may still have to wait for its turn, a permit or a worker.
    case taskStarted(TaskStart)
    /// It runs for the first time, in the machine whose record this is: a worker's, if it was handed to one.
    case taskBegan
    /// A worker has done with it; its end follows from the machine that started it.
    case taskLeft
    case taskEnded(TaskEnding)
    /// It waits from now on. `on` names the block, the task or the request that it waits for; 0 where there is no name.
    case waiting(WaitReason, on: UInt64)
    case resumed
    case blockOpened(BlockStart)
    /// The block is cancelled from now on, and what runs in it ends.
    case blockCancelled(UInt64, CancellationReason)
    case blockEnded(UInt64)
    /// The body of a `retry` has failed and will run again: the so many-th time that it does, and the error's kind.
    case retrying(block: UInt64, number: Int32, error: RecordText)
    case fetchStarted(FetchStart)
    case fetchEnded(FetchEnding)
    /// So many bytes of text.
    case printed(bytes: Int32)
  }

  public struct TaskStart: Sendable, Equatable {
    /// The task that owns the block; 0 of the script itself.
    public var parent: UInt64
    /// The block that it was started in.
    public var block: UInt64
    /// Which task of that block it is, from 0.
    public var index: Int32
    /// Of the image's functions.
    public var function: Int32
    /// Where it was started: an index into the image's code; -1 of the script itself.
    public var place: Int32
    /// Its arguments, if the observer wants them: `n: 3, url: "http://…"`.
    public var arguments: RecordText

    public init(
      parent: UInt64, block: UInt64, index: Int32, function: Int32, place: Int32, arguments: RecordText = .none
    ) {
      self.parent = parent
      self.block = block
      self.index = index
      self.function = function
      self.place = place
      self.arguments = arguments
    }
  }

  public enum TaskEnding: Sendable, Equatable {
    case value
    /// With an error of that kind and message.
    case failed(kind: RecordText, message: RecordText)
    case cancelled(CancellationReason)
  }

  public struct BlockStart: Sendable, Equatable {
    public var id: UInt64
    /// The block around it: of the same task, or the one that the task was started in.
    public var parent: UInt64
    public var kind: ScopeKind
    /// Where it stands: an index into the image's code; -1 of a run or a worker's task as a whole.
    public var place: Int32
    public var amount: Amount

    public init(id: UInt64, parent: UInt64, kind: ScopeKind, place: Int32, amount: Amount = .none) {
      self.id = id
      self.parent = parent
      self.kind = kind
      self.place = place
      self.amount = amount
    }
  }

  /// What a block limits by.
  public enum Amount: Sendable, Equatable {
    case none
    /// Of a `semaphore`, or the workers of a `pool`.
    case permits(Int64)
    /// Of a `rate`: tasks a second.
    case rate(Double)
    /// Of a `timeout`: nanoseconds.
    case time(Int64)
  }

  public struct FetchStart: Sendable, Equatable {
    /// Unique among the requests of its machine.
    public var ticket: UInt64
    public var method: RecordText
    public var url: RecordText
    /// The innermost task, in the words of the script, that asked for it: one of the image's functions.
    public var function: Int32
    /// Bytes of its body.
    public var sent: Int64

    public init(ticket: UInt64, method: RecordText, url: RecordText, function: Int32, sent: Int64) {
      self.ticket = ticket
      self.method = method
      self.url = url
      self.function = function
      self.sent = sent
    }
  }

  public struct FetchEnding: Sendable, Equatable {
    public var ticket: UInt64
    /// Of the answer; 0 if none came.
    public var status: Int32
    /// Bytes of the answer's body.
    public var received: Int64
    /// Nanoseconds that the request waited before it went out, because as many others were under way as may be.
    public var queued: Int64
    /// Why there is no answer: a `FetchFailure.Kind`, and its message; none if there is one.
    public var failure: RecordText
    public var message: RecordText

    public init(
      ticket: UInt64, status: Int32 = 0, received: Int64 = 0, queued: Int64 = 0, failure: RecordText = .none,
      message: RecordText = .none
    ) {
      self.ticket = ticket
      self.status = status
      self.received = received
      self.queued = queued
      self.failure = failure
      self.message = message
    }
  }
}

/// What a task waits for.
public enum WaitReason: UInt8, Sendable, CaseIterable {
  /// A `sleep`, or the pause of a `retry`.
  case timer
  /// The tasks of a block that it leaves.
  case tasks
  /// An `await`.
  case task
  case fetch
  case file
  /// A permit of a `semaphore`, a token of a `rate`, a place in a `pool`, a `lock`.
  case permit, token, place, lock
  /// A queue: for an item, for room, for its items to be done.
  case item, room, work
  /// Another machine's turn with something `shared`.
  case shared
  /// A value of an imported file that another task works out.
  case value
  case shutdown
  /// A worker of a pool, which carries it out; a core, which `compute` keeps busy.
  case worker, core
  /// A function of the host.
  case host
}

/// Why a block or a task was cancelled.
public enum CancellationReason: UInt8, Sendable, CaseIterable {
  /// It was not cancelled by a block that is known.
  case unknown
  /// Another task of the block failed.
  case failure
  /// The time of the block was over.
  case deadline
  /// Another task of the race won.
  case winner
  /// The body of the block was left.
  case left
  /// By `.cancel()`.
  case asked
  /// The run was ended from outside.
  case outside
  /// No task could go on.
  case deadlock
}

/// The place of a text in its batch.
public struct RecordText: Sendable, Equatable {
  public var index: UInt32

  public init(_ index: UInt32) { self.index = index }

  public static let none = RecordText(.max)
}

/// What one machine of a run has to tell since it was asked last, in order.
public struct RunRecords: Sendable {
  /// 0 for the script's own machine, another number for each worker.
  public var worker: UInt32
  /// Of the pool that the worker belongs to; nil for the script's own machine.
  public var pool: PoolKind?
  public var records: [RunRecord]
  public var texts: [String]

  public init(worker: UInt32, pool: PoolKind?, records: [RunRecord], texts: [String]) {
    self.worker = worker
    self.pool = pool
    self.records = records
    self.texts = texts
  }

  /// Nil where there is none.
  public func text(_ text: RecordText) -> String? {
    texts.indices.contains(Int(text.index)) ? texts[Int(text.index)] : nil
  }
}
