public import WeftCompiler

/// A deterministic machine that runs one program's fibers. It does no I/O and reads no clock: it is told the time,
/// takes events, and leaves effects for its driver.
public final class Machine {
  let heap = Heap()
  /// Nanoseconds on the driver's monotonic clock.
  public internal(set) var now: Int64 = 0
  /// `now` when the run began.
  public internal(set) var startedAt: Int64 = 0
  /// Nanoseconds since 1970 at `startedAt`.
  public internal(set) var wallClockAtStart: Int64 = 0
  /// What scripts have printed and no driver has taken yet.
  var output: [UInt8] = []
  /// Constant strings by text, made once.
  var interned: [String: Value] = [:]

  public init() {}

  /// A string that is kept for the machine's life; the caller gets a reference of its own.
  func intern(_ text: String) -> Value {
    if let value = interned[text] { return value.retained() }
    let value = heap.makeString(text)
    interned[text] = value
    return value.retained()
  }

  /// The next number of the running task's stream.
  func random() -> UInt64 { 0 }
}
