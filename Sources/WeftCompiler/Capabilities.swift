/// What a host may grant to a script. What it does not grant is not in scope, and whoever names it is told which of these is
/// missing.
public struct Capabilities: OptionSet, Sendable {
  public let rawValue: Int

  public init(rawValue: Int) { self.rawValue = rawValue }

  /// `read`, `lines` and `write`.
  public static let files = Capabilities(rawValue: 1)
  /// `env`.
  public static let environment = Capabilities(rawValue: 2)
  /// `print`.
  public static let output = Capabilities(rawValue: 4)
  /// `now` and `elapsed`.
  public static let clock = Capabilities(rawValue: 8)
  /// `random` and its kin.
  public static let randomness = Capabilities(rawValue: 16)
  /// `fetch`.
  public static let network = Capabilities(rawValue: 32)
  /// `pool(processes: n)`.
  public static let processes = Capabilities(rawValue: 64)
  public static let all: Capabilities = [.standard, .files, .environment]
  /// All that leaves nothing behind on the machine and reads nothing of it.
  public static let standard: Capabilities = [.output, .clock, .randomness, .network, .processes]

  /// As messages name it, and how it is granted; of one capability.
  var description: (name: String, hint: String) {
    switch self {
    case .files:
      (
        "files",
        "a host grants them by `.files(reading: …, writing: …)`, and a sandbox by `--allow-read` or `--allow-write`"
      )
    case .environment: ("the environment", "a host grants it by `.environment(…)`, and a sandbox by `--allow-env`")
    case .output: ("output", "a host grants it by `.output(…)`")
    case .clock: ("the clock", "a host grants it by `.clock`")
    case .randomness: ("randomness", "a host grants it by `.randomness()`")
    case .network: ("the network", "a host grants it by `.network(hosts: …)`, and a sandbox by `--allow-net`")
    case .processes:
      ("worker processes", "a host grants them by `.processes(…)`; `pool(threads: n)` and `pool(tasks: n)` need none")
    default: ("this", "a host grants it by `capabilities`")
    }
  }
}

extension BuiltinFunction {
  /// What a host has to grant for the function to be in scope; nothing for most.
  var capability: Capabilities {
    switch self {
    case .read, .write, .lines: .files
    case .env: .environment
    case .print: .output
    case .now, .elapsed: .clock
    case .random, .randint, .choice, .shuffled, .sample: .randomness
    default: []
    }
  }

  /// The task waits in it for something outside, so it has an instruction of its own. For the prelude alone.
  var isWaiting: Bool {
    switch self {
    case .readFile, .writeFile, .awaitShutdown: true
    default: false
    }
  }
}
