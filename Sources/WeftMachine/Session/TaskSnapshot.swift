/// What a running task is doing at one moment.
public struct TaskSnapshot: Sendable {
  /// By which it can be cancelled; nil for one that runs inside another's block.
  public var number: Int?
  /// Its name and arguments, shortened: `download("http://a")`; for a block's child the words of its body.
  public var call: String
  /// The word of the block that it was started in, such as `gather`; nil for one of the session itself.
  public var block: String?
  /// What it waits for: `sleep 1.5s (400ms left)`, `fetch http://…`, `queue.get()` …; nil for one that computes, or could.
  public var waitsFor: String?
  /// Nanoseconds since it last went on.
  public var waitingTime: Int64
  /// Nanoseconds since it was started.
  public var age: Int64
  /// It has been told to end and cleans up.
  public var isCancelled: Bool
  /// It is the input that is being evaluated, not a task of the background.
  public var isForeground: Bool
  /// The tasks that were started in its blocks, the first of them.
  public var children: [TaskSnapshot]
  /// How many further children there are.
  public var moreChildren: Int
}
