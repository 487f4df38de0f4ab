/// What a machine asks of a handle that several machines have.
public enum HandleOperation: Sendable {
  /// Of a limiter: a permit or token.
  case take
  /// A permit comes back.
  case release
  /// A token comes back that was not used.
  case returnToken
  /// Of a queue.
  case put(Cargo)
  case get
  /// An item comes back that nobody has looked at: it is the first again.
  case takeBack(Cargo)
  /// The asker begins with the item that it waited for, which will not come back.
  case accept
  case close, taskDone, join
  /// Of a Shared: its value.
  case read
  case write(Cargo)
  /// An `update` begins: gives the value, and keeps it from others until `end` or `abandon`.
  case begin
  case end(Cargo)
  case abandon
  /// Free permits, or items in a queue.
  case count
  case isClosed
}

/// What comes of an operation.
public enum HandleAnswer: Sendable {
  case done
  case item(Cargo)
  case number(Int)
  /// The queue is closed.
  case closed
  /// `task_done` came more often than items.
  case refused
}

public enum HandleReply: Sendable {
  case answer(HandleAnswer)
  /// The asker stands in line. Its user is told by its ticket when it should `claim`.
  case waits(HandleWaiter)
}

/// A value that a handle holds or passes on.
public enum Cargo: Sendable {
  /// A number or the like, complete in itself.
  case plain(Value)
  case packed(Parcel)

  /// About how many bytes it takes.
  var size: Int {
    switch self {
    case .plain: 64
    case .packed(let parcel): 128 + parcel.bytes.count
    }
  }
}

/// A machine as handles see it that it shares with others.
public final class HandleUser: @unchecked Sendable {
  // What is unchecked is sound because `notify` is set before the machine begins and never again.

  /// Tells the machine's driver, from any thread, to call `handleAnswered` with that ticket. A driver sets it before the
  /// machine begins.
  public var notify: @Sendable (_ ticket: UInt64) -> Void = { _ in }

  public init() {}
}

/// Who asks for an operation.
public struct HandleAsker: Sendable {
  /// The asker's machine lives while it asks and waits.
  public unowned(unsafe) let user: HandleUser
  /// Which of the user's tasks.
  public let task: UInt64
  /// Under which the user is told when it had to wait.
  public let ticket: UInt64
  /// Nanoseconds on the clock of the run.
  public let now: Int64
  /// Where, an index into the image's code; for reports.
  public let place: Int32

  public init(user: HandleUser, task: UInt64, ticket: UInt64, now: Int64, place: Int32) {
    self.user = user
    self.task = task
    self.ticket = ticket
    self.now = now
    self.place = place
  }
}

/// One that stands in line. Its handle's lock guards it, until it has an answer.
public final class HandleWaiter: @unchecked Sendable {
  public let asker: HandleAsker
  /// It may be told when its machine is gone already.
  private let user: HandleUser
  let operation: HandleOperation
  /// What it waited for. It stands in no line any more then.
  public var answer: HandleAnswer?
  /// When it should claim without being told, on the clock of the run.
  public internal(set) var due: Int64?
  /// It was told to claim, and has not yet.
  var isNotified = false
  // Links of its line.
  fileprivate var next: HandleWaiter?
  fileprivate unowned(unsafe) var previous: HandleWaiter?

  public init(_ asker: HandleAsker, _ operation: HandleOperation) {
    self.asker = asker
    user = asker.user
    self.operation = operation
  }

  /// Tells its machine to claim. Call it without a lock.
  public func tell() { user.notify(asker.ticket) }
}

/// Those who wait for one handle, first come, first served.
struct WaiterLine {
  private(set) var first: HandleWaiter?
  private unowned(unsafe) var last: HandleWaiter?

  @inline(__always) var isEmpty: Bool { last == nil }

  mutating func append(_ waiter: HandleWaiter) {
    waiter.previous = last
    if let last { last.next = waiter } else { first = waiter }
    last = waiter
  }

  mutating func remove(_ waiter: HandleWaiter) {
    let next = waiter.next
    if let next { next.previous = waiter.previous } else { last = waiter.previous }
    if let previous = waiter.previous { previous.next = next } else { first = next }
    waiter.next = nil
    waiter.previous = nil
  }

  /// Takes the first one out.
  mutating func popFirst() -> HandleWaiter? {
    guard let waiter = first else { return nil }
    remove(waiter)
    return waiter
  }

  /// Whether one of the first few is of that user; also true when there are too many to look through.
  func mayContain(_ user: HandleUser) -> Bool {
    var next = first
    for _ in 0..<16 {
      guard let waiter = next else { return false }
      if waiter.asker.user === user { return true }
      next = waiter.next
    }
    return next != nil
  }

  /// Takes all those out for whom `condition` holds.
  mutating func remove(where condition: (HandleWaiter) -> Bool) {
    var next = first
    while let waiter = next {
      next = waiter.next
      if condition(waiter) { remove(waiter) }
    }
  }
}

/// What of a handle never changes.
public struct HandleFacts: Sendable {
  /// A `Kind`.
  public let kind: UInt64
  /// All permits; of a rate limiter its burst, of a queue its limit.
  public let capacity: Int
  /// Tokens a second.
  public let rate: Double
  /// Where it was made, an index into the image's code; -1 if that is not known.
  public let madeAt: Int32
}

/// A handle that more than one machine has: a Lock, Semaphore, RateLimiter, Queue or Shared. The blocks that machines have for
/// it hold a reference to this object, which holds its state; any thread may call it.
open class SharedHandle: @unchecked Sendable {
  // What is unchecked is sound because subclasses guard their state with a lock.

  /// Unlike that of any other handle of the run.
  public let number: UInt64
  public let facts: HandleFacts

  public init(number: UInt64, _ facts: HandleFacts) {
    self.number = number
    self.facts = facts
  }

  /// How values travel to it.
  open var carrier: Carrier { .memory }

  /// Carries out an operation, or lets the asker wait.
  open func perform(_ operation: HandleOperation, for asker: HandleAsker) -> HandleReply { .answer(.refused) }

  /// What has become of one that waits. It is asked for when its user was told, or when it is due.
  open func claim(_ waiter: HandleWaiter, at now: Int64) -> HandleReply { .answer(.refused) }

  /// The asker waits no more. What it was given in the meantime is the result; it has to be given back.
  open func cancel(_ waiter: HandleWaiter) -> HandleAnswer? { nil }

  /// A user is gone: what it held is free again, and it stands in no line.
  open func leave(_ user: HandleUser) {}

  /// The run is over: gives away all that it holds, which may refer to it.
  func takeAll() -> [Cargo] { [] }

  /// Where the task is that holds it, an index into the image's code; nil if none does or that is not known.
  open func placeOfHolder() -> Int32? { nil }
}
