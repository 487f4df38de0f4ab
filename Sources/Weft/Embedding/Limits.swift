import WeftMachine

/// What one run may use up. A run that crosses a limit ends at once, with an error that names the limit: no script can catch it, and
/// no `finally` runs. All of them are finite unless a host says otherwise.
///
/// ```swift
/// var weft = Interpreter()
/// weft.limits.memory = .megabytes(16)
/// weft.limits.operations = 1_000_000
/// weft.limits.time = .seconds(5)
/// ```
public struct Limits: Sendable {
  /// Of values, tasks and what else lives in the run.
  public var memory: ByteCount = .megabytes(256)
  /// Calls, iterations, started tasks and the calls that errors leave; the work of built-in functions counts with the size of what
  /// they work on. The same script with the same answers always makes as many. `Run.allow(operations:)` adds to them while a run goes on.
  public var operations = 1_000_000_000
  /// By the wall clock; nil for any time, such as for a run that stays open.
  public var time: Duration? = .seconds(300)
  /// Of the calls of one task that have not returned. A script may catch this one, as a `RecursionError`.
  public var callStack: ByteCount = ByteCount(MachineLimits().callStack)
  /// Tasks that run or wait at one time in one interpreter; each worker of a pool has its own.
  public var tasks = 100_000
  /// Of one String, List, Map or Bytes; up to 64 KiB are always allowed.
  public var valueSize: ByteCount = .megabytes(64)
  /// Of all that the run prints.
  public var output: ByteCount = .megabytes(1)
  /// Of one answer to a `fetch`. A larger one is a `FetchError`, which a script may catch.
  public var response: ByteCount = .megabytes(16)
  /// Workers of all pools at one time. A pool too many is a `LimitError`, which a script may catch.
  public var workers = 64

  public init() {}

  var ofMachine: MachineLimits {
    var limits = MachineLimits()
    limits.memory = memory.bytes
    limits.operations = operations
    limits.callStack = callStack.bytes
    limits.tasks = tasks
    limits.valueSize = valueSize.bytes
    limits.output = output.bytes
    limits.response = response.bytes
    limits.workers = workers
    return limits
  }
}

/// A number of bytes.
public struct ByteCount: Sendable, Hashable, Comparable, ExpressibleByIntegerLiteral {
  public var bytes: Int

  public init(_ bytes: Int) { self.bytes = bytes }
  public init(integerLiteral value: Int) { bytes = value }

  public static func kilobytes(_ count: Int) -> ByteCount { ByteCount(count.multipliedClamped(by: 1_000)) }
  public static func megabytes(_ count: Int) -> ByteCount { ByteCount(count.multipliedClamped(by: 1_000_000)) }
  public static func gigabytes(_ count: Int) -> ByteCount { ByteCount(count.multipliedClamped(by: 1_000_000_000)) }
  public static let unlimited = ByteCount(.max)

  public static func < (left: ByteCount, right: ByteCount) -> Bool { left.bytes < right.bytes }
}

extension Int {
  fileprivate func multipliedClamped(by factor: Int) -> Int {
    let (product, overflow) = multipliedReportingOverflow(by: factor)
    return overflow ? (self < 0 ? .min : .max) : product
  }
}
