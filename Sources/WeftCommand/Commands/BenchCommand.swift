import ArgumentParser
import Weft
import WeftCompiler
import WeftHTTP
import WeftMachine
import WeftReport

struct BenchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Run the `bench` blocks of a script and compare how long they take.",
    discussion: """
      Each bench runs by itself, with fresh variables: first to get warm, then until its median stands, which takes \
      from one second to half a minute.

        weft bench pages.weft
        weft bench pages.weft --save before.json
        weft bench pages.weft --compare before.json --fail-if 'p95 > +10%'

      Exit status: 0 done, 1 a bench threw, 99 a `--fail-if` held.
      """)

  @Argument(help: "The script; - reads it from standard input.", completion: .file(extensions: ["weft"]))
  var file: String

  @Option(help: ArgumentHelp("Only benches with this in their title. May stand several times.", valueName: "text"))
  var filter: [String] = []

  @Option(help: ArgumentHelp("Measure each bench so many times.", valueName: "n"))
  var runs: Int?

  @Option(help: ArgumentHelp("Run each so many times before, which do not count.", valueName: "n"))
  var warmup: Int?

  @Option(help: ArgumentHelp("What random numbers come from; the same in each run.", valueName: "n"))
  var seed: UInt64 = 0

  @Option(
    help: ArgumentHelp("Write the table into a file: .csv, .json or .md. May stand several times.", valueName: "file"),
    completion: .file(extensions: ["csv", "json", "md"]))
  var export: [String] = []

  @Option(
    help: ArgumentHelp("Write all times into a file, to compare with later.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var save: String?

  @Option(
    help: ArgumentHelp("Compare with what was saved before.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var compare: String?

  @Option(
    help: ArgumentHelp(
      "Fail if this holds: 'p95 > +10%' against what was saved, 'mean > 300ms' by itself. May stand several times.",
      valueName: "condition"))
  var failIf: [String] = []

  func validate() throws {
    if let runs, runs < 1 { throw ValidationError("`--runs` takes a number from 1 on, not \(runs)") }
    if let warmup, warmup < 0 { throw ValidationError("`--warmup` takes a number from 0 on, not \(warmup)") }
    for path in export where ![".csv", ".json", ".md"].contains(where: path.hasSuffix) {
      throw ValidationError("`--export` writes `.csv`, `.json` or `.md`, not `\(path)`")
    }
    for text in failIf {
      guard let condition = BenchCondition(text) else {
        throw ValidationError(
          "`\(text)` is no condition: write a figure (mean, median, min, max, p95), `>` or `<`, and a change (`+10%`) or a time (`300ms`)"
        )
      }
      if condition.needsComparison, compare == nil {
        throw ValidationError("`\(text)` needs something to compare with: add `--compare FILE`")
      }
    }
  }

  func run() async throws {
    let reporter = Reporter(.text)
    let old = try compare.map { path in try saved(path, reporter) }
    let script = try ScriptFile(path: file).compile(reporter, for: .bench)
    let benches = script.image.benches.filter { bench in
      filter.isEmpty || filter.contains { bench.title.contains($0) }
    }
    if benches.isEmpty {
      reporter.failure(
        script.image.benches.isEmpty
          ? "there are no benches in `\(file)`"
          : "no bench has a title with \(filter.map { "`\($0)`" }.joined(separator: " or "))",
        hint: script.image.benches.isEmpty
          ? "a bench is a block at the top level of a script: `bench \"title\" { … }`"
          : "there are " + script.image.benches.map { "`\($0.title)`" }.joined(separator: ", "))
      throw ExitStatus.usage
    }
    let signals = await StopSignals()
    let control = RunControl()
    signals.onFirst { _ in control.cancel() }
    var report = BenchReport(script: file, benches: [])
    for bench in benches {
      let samples = try await measure(bench, script, control, signals, reporter)
      report.benches.append(BenchReport.Bench(title: bench.title, samples: samples))
    }
    let style = TextStyle(hasColor: Console.shared.hasOutputColor, width: Console.width ?? 100)
    Console.shared.write(Array(report.text(style).utf8))
    tellDoubts(report, reporter)
    let hasFailed = tellComparison(report, old)
    do throws(ScriptFile.Problem) {
      for path in export { try OutputFile.write(exported(report, path), to: path) }
      if let save { try OutputFile.write(report.json, to: save) }
    } catch {
      reporter.failure(error.message, hint: error.hint)
      throw ExitStatus.usage
    }
    if hasFailed { throw ExitStatus.expectation }
  }

  private func saved(_ path: String, _ reporter: Reporter) throws -> BenchReport {
    do {
      return try BenchReport(json: ScriptFile(path: path).read().bytes)
    } catch let problem as RecordProblem {
      reporter.failure("`\(path)`: \(problem.message)", hint: problem.hint)
    } catch let problem as ScriptFile.Problem {
      reporter.failure(problem.message, hint: problem.hint)
    }
    throw ExitStatus.usage
  }

  private func exported(_ report: BenchReport, _ path: String) -> [UInt8] {
    if path.hasSuffix(".csv") { return Array(report.csv.utf8) }
    return path.hasSuffix(".md") ? Array(report.markdown.utf8) : report.json
  }

  // MARK: Measuring

  private func measure(
    _ bench: Image.Entry, _ script: Script, _ control: RunControl, _ signals: StopSignals, _ reporter: Reporter
  ) async throws -> Samples {
    var plan = BenchPlan()
    plan.runs = runs
    plan.warmups = warmup
    // Each has connections of its own, and keeps them from run to run.
    let fetcher = HTTPFetcher()
    var samples = Samples()
    do {
      var warmups = 0
      var last: Int64?
      while !plan.isWarm(warmups, last) {
        Console.shared.showProgress("\(bench.title): getting warm")
        last = try await once(bench, script, fetcher, control, signals, reporter)
        warmups += 1
      }
      while !plan.isEnough(samples) {
        let times = samples.count > 0 ? ", \(Quantity.time(Int64(samples.median)))" : ""
        Console.shared.showProgress("\(bench.title): run \(samples.count + 1)\(times)")
        samples.add(try await once(bench, script, fetcher, control, signals, reporter))
      }
    } catch {
      await fetcher.shutdown()
      throw error
    }
    await fetcher.shutdown()
    Console.shared.hideProgress()
    return samples
  }

  /// Nanoseconds that one run takes.
  private func once(
    _ bench: Image.Entry, _ script: Script, _ fetcher: HTTPFetcher, _ control: RunControl, _ signals: StopSignals,
    _ reporter: Reporter
  ) async throws -> Int64 {
    var options = RunOptions()
    options.entry = bench
    options.seed = seed
    options.files = DiskFiles()
    options.processes = .thisProgram
    options.environment = RunCommand.environment
    let clock = ContinuousClock()
    let start = clock.now
    // What a bench prints would drown its figures.
    let result = await script.run(
      options, fetcher: fetcher, control: control, observer: RunObserver(output: { _ in }))
    let time = start.duration(to: clock.now)
    Console.shared.hideProgress()
    if let signal = signals.received { throw ExitStatus.stopped(signal) }
    switch result.outcome {
    case .completed: break
    case .failed(let report), .exceeded(let report):
      reporter.failure("the bench `\(bench.title)` failed")
      reporter.error(report, in: script)
      throw ExitStatus.failed
    case .cancelled:
      reporter.failure("the bench `\(bench.title)` was cancelled")
      throw ExitStatus.failed
    }
    for failed in result.failedExpectations { reporter.expectation(failed, in: script) }
    if !result.failedExpectations.isEmpty { throw ExitStatus.expectation }
    return time.components.seconds * 1_000_000_000 + time.components.attoseconds / 1_000_000_000
  }

  // MARK: What is said of it

  private func tellDoubts(_ report: BenchReport, _ reporter: Reporter) {
    for bench in report.benches {
      let outliers = bench.samples.outliers
      if !outliers.isEmpty {
        let times = outliers.prefix(3).map(Quantity.time).joined(separator: ", ")
        reporter.note(
          "`\(bench.title)`: \(Quantity.counted(outliers.count, "run")) of \(bench.samples.count) took much longer or shorter than the others (\(times)): is the machine busy?"
        )
      }
      if bench.samples.median < 2_000_000 {
        reporter.note(
          "`\(bench.title)` takes less than 2 ms: much of that is the start of a run; let it repeat its work in a loop")
      }
    }
  }

  /// True if a condition failed.
  private func tellComparison(_ report: BenchReport, _ old: BenchReport?) -> Bool {
    var text = ""
    if let old {
      for bench in report.benches {
        guard let before = old.bench(bench.title) else {
          text += "\(bench.title): not in `\(compare ?? "")`\n"
          continue
        }
        let change = BenchChange(bench.samples, against: before.samples)
        let times = "\(Quantity.time(Int64(before.samples.median))) → \(Quantity.time(Int64(bench.samples.median)))"
        text += "\(bench.title): \(times), \(change.text)\n"
      }
    }
    var hasFailed = false
    for condition in failIf.compactMap(BenchCondition.init) {
      for bench in report.benches {
        switch condition.verdict(on: bench.samples, against: old?.bench(bench.title)?.samples) {
        case .passed: text += "PASS     \(bench.title): not \(condition.text)\n"
        case .failed(let why):
          hasFailed = true
          text += "FAIL     \(bench.title): \(condition.text) (\(why))\n"
        case .noise(let why): text += "NOISE    \(bench.title): \(condition.text) (\(why)), but that may be chance\n"
        case .noData:
          hasFailed = true
          text += "NO DATA  \(bench.title): nothing to compare with\n"
        }
      }
    }
    if !text.isEmpty { Console.shared.write(Array(("\n" + text).utf8)) }
    return hasFailed
  }
}
