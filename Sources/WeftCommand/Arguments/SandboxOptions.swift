import ArgumentParser
import Weft
import WeftCompiler
import WeftHTTP
import WeftMachine

/// `--sandbox` and what it lets a script use all the same.
struct SandboxOptions: ParsableArguments {
  @Flag(
    help:
      "Let the script use nothing of its surroundings but what the options `--allow-…` name, and limit what it takes.")
  var sandbox = false

  @Option(
    name: .customLong("allow-net"),
    help: ArgumentHelp(
      "In a sandbox: let `fetch` speak with this server, such as api.example.com, *.example.com or 127.0.0.1:8080.",
      valueName: "host"))
  var hosts: [String] = []

  @Option(
    name: .customLong("allow-read"),
    help: ArgumentHelp("In a sandbox: let the script read files in this folder.", valueName: "folder"))
  var readable: [String] = []

  @Option(
    name: .customLong("allow-write"),
    help: ArgumentHelp("In a sandbox: let the script write files in this folder.", valueName: "folder"))
  var writable: [String] = []

  @Option(
    name: .customLong("allow-env"),
    help: ArgumentHelp("In a sandbox: let `env` find this variable.", valueName: "name"))
  var variables: [String] = []

  func validate() throws {
    let given = [("net", hosts), ("read", readable), ("write", writable), ("env", variables)].first { !$0.1.isEmpty }
    if let given, !sandbox {
      throw ValidationError(
        "`--allow-\(given.0)` is for a sandbox: without `--sandbox` a script may do all that you may")
    }
  }

  /// What the script can name at all.
  var capabilities: Capabilities {
    if !sandbox { return .all }
    var granted: Capabilities = [.output, .clock, .randomness]
    if !hosts.isEmpty { granted.insert(.network) }
    if !readable.isEmpty || !writable.isEmpty { granted.insert(.files) }
    if !variables.isEmpty { granted.insert(.environment) }
    return granted
  }

  /// What the limits of a sandbox are unless others are given.
  var limits: MachineLimits {
    var limits = MachineLimits()
    if sandbox {
      limits.memory = 256_000_000
      limits.valueSize = 64_000_000
      limits.tasks = 100_000
      limits.output = 64_000_000
      limits.response = 16_000_000
      limits.workers = 64
    }
    return limits
  }

  var files: any FileAccess { sandbox ? RootedFiles(reading: readable, writing: writable) : DiskFiles() }

  /// Processes would be out of the sandbox.
  var processes: WorkerCommand? { sandbox ? nil : .thisProgram }

  func visible(_ environment: [String: String]) -> [String: String] {
    sandbox ? environment.filter { variables.contains($0.key) } : environment
  }

  var fetching: HTTPFetcher.Configuration {
    var configuration = HTTPFetcher.Configuration()
    if sandbox { configuration.rules = NetworkRules(hosts: hosts) }
    return configuration
  }

  /// In a sandbox a script imports files of its own folder alone.
  func imports(of path: String) -> ImportLoader {
    guard sandbox else { return ScriptFile.imports }
    let folder = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[..<$0]) } ?? "."
    let root = RootedFiles.place(of: folder.isEmpty ? "/" : folder)
    return { path, importer throws(ImportError) in
      // Before anything of it is read.
      let place = RootedFiles.place(of: ScriptFile.place(of: path, importedBy: importer))
      guard let root, let place, RootedFiles.contains(root, place) else {
        throw ImportError(
          "`\(path)` is outside of the script's folder",
          hint: "in a sandbox a script imports files of its own folder alone")
      }
      return try ScriptFile.imports(path, importer)
    }
  }
}
