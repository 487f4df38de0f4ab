import ArgumentParser
import Weft
import WeftHTTP
import struct WeftCompiler.Image

struct TestCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Run the tests of scripts, on a virtual clock: waits take no time.",
    discussion: """
      Runs the `test` blocks of each file, each by itself; of a folder, those of all scripts in it. Only what a test \
      mocks answers a `fetch`. Exit status: 0 all passed, 1 some failed, 2 there are none, 65 a script does not compile.
      """)

  @Option(name: .long, help: ArgumentHelp("Run only tests whose title contains this text.", valueName: "text"))
  var filter: [String] = []

  @Option(help: ArgumentHelp("What random numbers come from.", valueName: "n"))
  var seed: UInt64 = 0

  @Option(
    help: ArgumentHelp(
      "Run each test under so many orders of its tasks, to find those that depend on it.", valueName: "n"))
  var orders: Int = 1

  @Option(help: ArgumentHelp("Run each test under one order alone: the one that a report names.", valueName: "n"))
  var order: UInt64?

  @Option(help: ArgumentHelp("How many tests run at one time; one for each core unless given.", valueName: "n"))
  var jobs: Int?

  @Flag(help: "Run on the real clock; requests that nothing mocks go to the network.")
  var real = false

  @Option(help: ArgumentHelp("Write a report as JUnit XML to a file.", valueName: "file"), completion: .file())
  var junit: String?

  @Flag(help: "Tell the results in TAP, version 14, and nothing else.")
  var tap = false

  @Flag(name: .shortAndLong, help: "Name each test.")
  var verbose = false

  @Argument(
    help: "Scripts, and folders that hold some; the current folder unless given.",
    completion: .file(extensions: ["weft"]))
  var files: [String] = ["."]

  func validate() throws {
    if orders < 1 { throw ValidationError("'--orders' needs at least 1") }
    if let jobs, jobs < 1 { throw ValidationError("'--jobs' needs at least 1") }
    if order != nil, orders > 1 {
      throw ValidationError("'--order' picks one order, '--orders' runs several: give one of them")
    }
    if real, order != nil || orders > 1 {
      throw ValidationError("the real clock gives the order: '--real' goes without '--order' and '--orders'")
    }
  }

  func run() async throws {
    let reporter = Reporter(.text)
    var suites: [TestSuite] = []
    var isBroken = false
    for (path, isNamed) in try paths(reporter) {
      let script: Script
      do throws(ExitStatus) {
        script = try ScriptFile(path: path).compile(reporter, for: .test)
      } catch {
        if case .usage = error { throw error }
        isBroken = true
        continue
      }
      let tests = script.image.tests.filter { test in filter.isEmpty || filter.contains { test.title.contains($0) } }
      if isNamed, script.image.tests.isEmpty { reporter.note("`\(path)` has no tests") }
      if !tests.isEmpty { suites.append(TestSuite(path: path, script: script, tests: tests)) }
    }
    if suites.isEmpty {
      if isBroken { throw ExitStatus.doesNotCompile }
      reporter.failure(
        filter.isEmpty
          ? "there are no tests here"
          : "no test has a title with \(filter.map { "`\($0)`" }.joined(separator: " or "))",
        hint: filter.isEmpty ? "a test is a block at the top level of a script: `test \"title\" { expect … }`" : nil)
      throw ExitStatus.usage
    }
    let report = TestReport(isVerbose: verbose, isTAP: tap, seed: seed, hasOrders: orders > 1)
    report.begin(suites)
    let results = await run(suites) { report.tell($0) }
    report.end(results)
    if let junit {
      do throws(ScriptFile.Problem) {
        try ScriptFile(path: junit).write(JUnitReport.text(results))
      } catch {
        reporter.failure(error.message, hint: error.hint)
        throw ExitStatus.usage
      }
    }
    if Console.shared.outputFailure != nil { throw ExitStatus.brokenPipe }
    if isBroken { throw ExitStatus.doesNotCompile }
    if results.contains(where: { $0.outcomes.contains { !$0.outcome.isClean } }) { throw ExitStatus.fault }
    if results.contains(where: \.hasFailed) { throw ExitStatus.failed }
  }

  private func paths(_ reporter: Reporter) throws -> [(path: String, isNamed: Bool)] {
    do throws(ScriptFile.Problem) {
      return try TestFiles.find(files)
    } catch {
      reporter.failure(error.message, hint: error.hint)
      throw ExitStatus.usage
    }
  }

  // MARK: Running

  private var plan: TestPlan {
    var plan = TestPlan()
    plan.options.seed = seed
    plan.options.environment = RunCommand.environment
    plan.options.files = DiskFiles()
    plan.orders = order.map { [$0] } ?? [nil] + (1..<max(1, orders)).map { UInt64($0) }
    return plan
  }

  /// Runs all tests, several at one time, and hands on each suite when it and those before it are done.
  private func run(_ suites: [TestSuite], tell: (TestSuite.Results) -> Void) async -> [TestSuite.Results] {
    let plan = plan
    let fetcher = real ? HTTPFetcher() : nil
    var all = suites.map { TestSuite.Results(suite: $0, outcomes: []) }
    var collected: [[TestSuite.Timed?]] = suites.map { [TestSuite.Timed?](repeating: nil, count: $0.tests.count) }
    var told = 0
    let places = suites.indices.flatMap { suite in suites[suite].tests.indices.map { (suite, $0) } }
    await withTaskGroup(of: (Int, Int, TestSuite.Timed).self) { group in
      var next = 0
      func start() {
        guard next < places.count else { return }
        let (suite, test) = places[next]
        let script = suites[suite].script
        let entry = suites[suite].tests[test]
        next += 1
        group.addTask {
          let start = ContinuousClock.now
          let outcome: TestOutcome
          if let fetcher {
            outcome = await script.runReally(entry, plan.options, fetcher: fetcher)
          } else {
            outcome = script.run(entry, plan)
          }
          return (suite, test, TestSuite.Timed(outcome: outcome, time: start.duration(to: .now)))
        }
      }
      for _ in 0..<(jobs ?? (real ? 1 : Processors.count)) { start() }
      while let (suite, test, outcome) = await group.next() {
        collected[suite][test] = outcome
        start()
        while told < suites.count, collected[told].allSatisfy({ $0 != nil }) {
          all[told].outcomes = collected[told].compactMap { $0 }
          tell(all[told])
          told += 1
        }
      }
    }
    await fetcher?.shutdown()
    return all
  }
}

/// The tests of one script.
struct TestSuite: Sendable {
  let path: String
  let script: Script
  let tests: [Image.Entry]

  struct Timed: Sendable {
    let outcome: TestOutcome
    /// What it took in the real world.
    let time: Duration
  }

  struct Results: Sendable {
    let suite: TestSuite
    var outcomes: [Timed]

    var failures: [Timed] { outcomes.filter { !$0.outcome.hasPassed } }
    var hasFailed: Bool { !failures.isEmpty }
    /// Nanoseconds on the tests' own clocks.
    var virtualTime: Int64 { outcomes.reduce(0) { $0.addingReportingOverflow($1.outcome.result.elapsed).partialValue } }
  }

  /// The line of a test's title.
  func line(of test: Image.Entry) -> Int { script.source(0)?.line(at: Int(test.span.start)) ?? 0 }
}
