import ArgumentParser
import Weft
import WeftMachine
import WeftReport

struct SimCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sim",
    abstract: "Run a script in a pretended world: how long it would take, and what it would wait for.",
    usage: "weft sim [<options>] <file> [--<param> <value> ...]",
    discussion: """
      Waits take no time, a model of the network or a `mock` at the script's top level answers requests, and computing takes its time \
      on as many cores as are asked for. The same seed gives the same run. Files are the real ones.
      """)

  @Option(help: ArgumentHelp("What chance comes from: random numbers, latencies, failures.", valueName: "n"))
  var seed: UInt64 = 0

  @OptionGroup var world: WorldOptions

  @OptionGroup var measuring: MeasurementOptions

  @Argument(help: "The script; - reads it from standard input.", completion: .file(extensions: ["weft"]))
  var file: String

  @Argument(help: ArgumentHelp("The script's parameters, each as --name value.", valueName: "param"))
  var parameters: [String] = []

  func run() async throws {
    let reporter = Reporter(.text)
    let script = try ScriptFile(path: file).compile(reporter, for: .simulation)
    let simulation: Simulation
    do {
      let given = try ScriptParameters(parameters, of: script)
      if given.wantsHelp { return Console.shared.write(Array(ScriptHelp(script, file: file).text.utf8)) }
      simulation = try Simulation(script, seed: seed, world, given.values)
    } catch let problem as ScriptParameters.Problem {
      reporter.failure(problem.message, hint: problem.hint)
      throw ExitStatus.usage
    } catch let problem as WorldOptions.Problem {
      reporter.failure(problem.message, hint: problem.hint)
      throw ExitStatus.usage
    }
    let signals = await StopSignals()
    signals.onFirst { signal in ExitStatus.stopped(signal).exitAtOnce() }
    let measurement = Measurement(script, measuring)
    let outcome = simulation.run(measurement) { Console.shared.write($0) }
    for failed in outcome.result.failedExpectations { reporter.expectation(failed, in: script) }
    if Console.shared.outputFailure != nil { throw ExitStatus.brokenPipe }
    var status = outcome.result.failedExpectations.isEmpty ? ExitStatus.done : .expectation
    switch outcome.result.outcome {
    case .completed, .cancelled: break
    case .failed(let report), .exceeded(let report):
      reporter.error(report, in: script)
      status = .failed
    }
    Console.shared.write(Array(SimReport(script, simulation, outcome).text(file: file).utf8))
    if case .completed = outcome.result.outcome, let summary = measurement?.collector.summary,
      !script.image.checks.isEmpty
    {
      let checks = RunChecks(script, summary, simulation.params)
      reporter.checks(checks)
      if checks.hasFailed, status.code == 0 { status = .expectation }
    }
    let isWritten = measurement?.conclude(outcome.result, seed: seed, isVirtual: true, reporter) ?? true
    if !isWritten, status.code == 0 { status = .failed }
    if status.code != 0 { throw status }
  }
}

/// A script in a pretended world.
struct Simulation {
  let script: Script
  let seed: UInt64
  let cores: Int
  private let network: NetworkModel
  private let tickTime: Int64
  let params: [String: WeftValue]

  struct Outcome {
    let result: RunResult
    let analysis: RunAnalysis
    /// Hosts whose latency was guessed.
    let guessedHosts: [String]
    /// What it took in the real world.
    let time: Duration
  }

  init(
    _ script: Script, seed: UInt64, _ world: WorldOptions, _ params: [String: WeftValue]
  ) throws(WorldOptions.Problem) {
    self.script = script
    self.seed = seed
    self.params = params
    network = try world.network()
    tickTime = try world.tickTime()
    cores = world.cores ?? Processors.count
    guard (1...1_000_000).contains(cores) else {
      throw WorldOptions.Problem(message: "a machine has 1 to 1000000 cores, not \(cores)", hint: nil)
    }
  }

  func run(_ measurement: Measurement? = nil, _ output: ([UInt8]) -> Void) -> Outcome {
    let start = ContinuousClock.now
    let server = ModelledNetwork(network, seed: seed)
    var world = VirtualWorld { request, _ in server.answer(request) }
    world.tickTime = tickTime
    world.cores = cores
    var options = RunOptions()
    options.seed = seed
    options.params = params
    options.files = DiskFiles()
    options.environment = RunCommand.environment
    var analysis = RunAnalysis()
    let result = script.runVirtually(
      options, in: world, output: output, arguments: measurement?.needsArguments ?? false,
      records: {
        analysis.add($0)
        measurement?.take($0)
      })
    return Outcome(
      result: result, analysis: analysis, guessedHosts: server.guessedHosts, time: start.duration(to: .now))
  }
}
