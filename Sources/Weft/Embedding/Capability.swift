import WeftCompiler

/// Something of a script's surroundings that it may use. What a host does not grant does not exist for the script: whoever names it
/// is told, as the script is compiled, which capability is missing.
///
/// ```swift
/// var weft = Interpreter()
/// weft.capabilities = [.output(.capture), .files(reading: ["data"]), .environment(["STAGE": "test"])]
/// ```
///
/// `import WeftHTTP` adds `.network(hosts: …)`.
public enum Capability: Sendable {
  /// `print`, and where what it writes goes.
  case output(OutputTarget)
  /// `now` and `elapsed`. To wait for a time needs no capability.
  case clock
  /// `random` and its kin; with a seed each run sees the same numbers.
  case randomness(seed: UInt64? = nil)
  /// `fetch`.
  case network(any Fetcher)
  /// `read`, `lines` and `write`.
  case files(any FileAccess)
  /// `env`, and what it finds.
  case environment([String: String])
  /// `pool(processes: n)`, and how a worker process is started.
  case processes(WorkerCommand)
  /// `import`, by a function that gives the files.
  case imports(ImportLoader)

  /// Files of this machine below these folders and no others; see `RootedFiles`.
  public static func files(reading: [String] = [], writing: [String] = []) -> Capability {
    .files(RootedFiles(reading: reading, writing: writing))
  }
}

/// What a list of capabilities comes to. Of two of a kind the last one counts.
struct Grants: Sendable {
  private(set) var names: Capabilities = []
  private(set) var output = OutputTarget.discard
  private(set) var seed: UInt64?
  private(set) var fetcher: (any Fetcher)?
  private(set) var files: (any FileAccess)?
  private(set) var environment: [String: String] = [:]
  private(set) var processes: WorkerCommand?
  private(set) var imports: ImportLoader?

  init(_ capabilities: [Capability] = []) {
    for capability in capabilities {
      switch capability {
      case .output(let target):
        names.insert(.output)
        output = target
      case .clock: names.insert(.clock)
      case .randomness(let seed):
        names.insert(.randomness)
        self.seed = seed
      case .network(let fetcher):
        names.insert(.network)
        self.fetcher = fetcher
      case .files(let files):
        names.insert(.files)
        self.files = files
      case .environment(let variables):
        names.insert(.environment)
        environment = variables
      case .processes(let command):
        names.insert(.processes)
        processes = command
      case .imports(let loader): imports = loader
      }
    }
  }
}
