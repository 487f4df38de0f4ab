import ArgumentParser
import Weft
import WeftHTTP
import WeftMachine
import WeftReport

#if canImport(Glibc)
  // `environ` is a variable, which nobody changes here.
  @preconcurrency import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a script. `weft <file>` is short for this.",
    usage: "weft [run] [<options>] <file> [--<param> <value> ...]",
    discussion: """
      Options of weft stand before the file; what stands behind it sets the script's parameters. \
      `weft run <file> --help` lists those.
      """)

  @Option(help: ArgumentHelp("What random numbers come from; a new one for each run unless given.", valueName: "n"))
  var seed: UInt64?

  @Flag(help: "Run on a virtual clock: waits take no time, and there is no network. Files are the real ones.")
  var virtual = false

  @Option(help: "How problems are told: text, or json with one object a line.")
  var format = OutputFormat.text

  @Flag(inversion: .prefixedNo, help: "Show on a terminal how far a block is that takes longer than a second.")
  var progress = true

  @Option(help: ArgumentHelp("End the run in order after this time, such as 30s, with status 124.", valueName: "time"))
  var timeLimit: TimeLimit?

  @Option(
    name: .customLong("limit"),
    help: ArgumentHelp(
      "End the run at once when it crosses this limit: \(LimitOption.names). May be given several times.",
      valueName: "name=value"))
  var limits: [LimitOption] = []

  @OptionGroup var sandbox: SandboxOptions

  @Flag(help: "Show the tree of tasks on a terminal while they run.")
  var watch = false

  @OptionGroup var measuring: MeasurementOptions

  @Flag(help: "Simulate the script first, as `weft sim` does, and tell prediction and measurement beside each other.")
  var compareSim = false

  @OptionGroup(title: "The world of --compare-sim") var world: WorldOptions

  @Argument(help: "The script; - reads it from standard input.", completion: .file(extensions: ["weft"]))
  var file: String

  @Argument(help: ArgumentHelp("The script's parameters, each as --name value.", valueName: "param"))
  var parameters: [String] = []

  func run() async throws {
    let reporter = Reporter(format)
    let script = try ScriptFile(path: file).compile(reporter, advising: true, sandbox: sandbox)
    let given: ScriptParameters
    do {
      given = try ScriptParameters(parameters, of: script)
    } catch {
      reporter.failure(error.message, hint: error.hint)
      throw ExitStatus.usage
    }
    if given.wantsHelp {
      return Console.shared.write(Array(ScriptHelp(script, file: file).text.utf8))
    }
    // Notes are for `weft check`: what they tell of is right as it stands.
    let warnings = script.warnings.filter { $0.severity == .warning }
    if let source = script.source(0) { reporter.diagnostics(warnings, in: source) }
    var options = RunOptions()
    options.params = given.values
    options.limits = sandbox.limits
    for limit in limits { options.limits[keyPath: limit.limit] = limit.value }
    options.files = sandbox.files
    options.processes = sandbox.processes
    options.environment = sandbox.visible(Self.environment)
    options.seed = seed ?? (virtual ? 0 : .random(in: .min ... .max))
    let prediction = compareSim ? try predict(reporter, options) : nil
    let run = ScriptRun(
      script: script, options: options, reporter: reporter, progress: Progress(isShown: progress), timeLimit: timeLimit,
      measurement: Measurement(script, measuring),
      tree: watch && Console.shared.canShowProgress ? LiveTree(script.image) : nil, prediction: prediction,
      fetching: sandbox.fetching)
    let status = virtual ? await run.virtually() : await run.really()
    if status.code != 0 { throw status }
  }

  /// What a simulation with the same parameters and seed says.
  private func predict(_ reporter: Reporter, _ options: RunOptions) throws -> Prediction {
    guard !virtual else {
      reporter.failure("`--compare-sim` compares with the real world: it goes without `--virtual`")
      throw ExitStatus.usage
    }
    guard file != "-" else {
      reporter.failure("`--compare-sim` runs a script twice, and standard input can be read once")
      throw ExitStatus.usage
    }
    let script = try ScriptFile(path: file).compile(reporter, for: .simulation)
    do throws(WorldOptions.Problem) {
      return Prediction(try Simulation(script, seed: options.seed, world, options.params).run { _ in })
    } catch {
      reporter.failure(error.message, hint: error.hint)
      throw ExitStatus.usage
    }
  }

  /// The variables of this process.
  static var environment: [String: String] {
    var variables: [String: String] = [:]
    #if canImport(Glibc)
      var entry = environ
    #else
      var entry = _NSGetEnviron().pointee
    #endif
    while let text = entry.pointee {
      let parts = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
      entry += 1
    }
    return variables
  }
}
