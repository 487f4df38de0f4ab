public import WeftCompiler
public import WeftMachine

/// How the tests of a script are run.
public struct TestPlan: Sendable {
  /// Under which orders of ready tasks each test runs: nil is the natural one, in which they became ready; any number picks one
  /// of the others, always the same. A test ends with the first that fails it.
  ///
  /// ```swift
  /// plan.orders = [nil] + (1..<50).map { UInt64($0) }
  /// ```
  public var orders: [UInt64?] = [nil]
  public var options = RunOptions()
  /// The world that the tests see. Its `orderSeed` is not used.
  public var world = VirtualWorld()

  public init() {
    options.limits.operations = Self.mostTicks
  }

  /// Calls and iterations after which a test is taken for one that never ends: some seconds.
  public static let mostTicks = 100_000_000
}

/// How a test ended.
public struct TestOutcome: Sendable {
  public let test: Image.Entry
  /// Of the order that failed it, or the last.
  public let result: RunResult
  /// What it printed then, in UTF-8.
  public let output: [UInt8]
  /// The order that failed it; nil for the natural one.
  public let order: UInt64?

  public init(_ test: Image.Entry, _ result: RunResult, output: [UInt8], order: UInt64? = nil) {
    self.test = test
    self.result = result
    self.output = output
    self.order = order
  }

  /// It came to its end, everything that it expects is so, and nothing is left over.
  public var hasPassed: Bool {
    guard case .completed = result.outcome else { return false }
    return result.failedExpectations.isEmpty && isClean
  }

  /// No tasks, scopes, timers and requests were left.
  public var isClean: Bool {
    guard case .completed = result.outcome else { return true }
    return result.leftovers.isEmpty
  }

  /// It has passed without having expected anything.
  public var isUnchecked: Bool { hasPassed && result.expectations == 0 }

  /// Failed expectations, and uses of what is not mocked, that something in the script caught.
  public var caughtFailures: [FailedExpectation] {
    guard case .failed(let report) = result.outcome else { return result.failedExpectations }
    return result.failedExpectations.filter { $0.source != report.source || $0.span != report.span }
  }
}

extension Script {
  /// Runs one of the script's tests on a virtual clock, with fresh values at the top level. The script has to be compiled for its
  /// tests.
  ///
  /// ```swift
  /// let script = try Script(compiling: #"test "sum" { expect 1 + 1 == 2 }"#, for: .test)
  /// let outcomes = script.image.tests.map { script.run($0, TestPlan()) }
  /// ```
  public func run(_ test: Image.Entry, _ plan: TestPlan) -> TestOutcome {
    var plan = plan
    plan.options.entry = test
    var last: TestOutcome?
    for order in plan.orders.isEmpty ? [nil] : plan.orders {
      plan.world.orderSeed = order
      var output: [UInt8] = []
      let result = runVirtually(plan.options, in: plan.world) { output += $0 }
      let outcome = TestOutcome(test, result, output: output, order: order)
      if !outcome.hasPassed { return outcome }
      last = outcome
    }
    // unreachable without an outcome: there is an order at least.
    return last ?? TestOutcome(test, runVirtually(plan.options, in: plan.world), output: [])
  }

  /// Runs one of the script's tests with the real clock; what it does not mock goes to the real world.
  public func runReally(_ test: Image.Entry, _ options: RunOptions, fetcher: any Fetcher) async -> TestOutcome {
    var options = options
    options.entry = test
    let output = Collector()
    let result = await run(options, fetcher: fetcher, observer: RunObserver(output: { output.add($0) }))
    return TestOutcome(test, result, output: output.bytes)
  }
}

/// What a run prints, taken on another thread.
private final class Collector: Sendable {
  private let state = Locked<[UInt8]>([])

  func add(_ bytes: [UInt8]) { state.withLock { $0 += bytes } }
  var bytes: [UInt8] { state.withLock { $0 } }
}
