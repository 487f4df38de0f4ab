import WeftCompiler
public import WeftMachine
public import WeftSyntax

/// What compiles and runs scripts in a host: the limits that they have, what they may use, and what the host adds. A value: a
/// change of it changes nothing for the scripts that it has compiled before.
///
/// ```swift
/// var weft = Interpreter()
/// weft.limits.memory = .megabytes(64)
/// weft.define("lookup", parameters: ["id"]) { (id: Int) async throws -> User in try await users.find(id) }
/// let script = try weft.compile("param id = 1\nlookup(id).name", name: "job.weft")
/// let result = try await script.run(with: ["id": 20])
/// let name: String = try result.value.decode()
/// ```
public struct Interpreter: Sendable {
  /// Of Weft.
  public static let version = "0.1.0"

  /// What each run may use up.
  public var limits = Limits()
  /// What scripts may use of their surroundings. What they may not use they cannot even name. Of two of a kind the last one counts.
  public var capabilities: [Capability] = [.output(.capture), .clock, .randomness()]
  /// Functions, the methods of objects, and kinds of error that the host adds.
  public var host = HostTable()

  public init() {}

  /// Compiles a script.
  ///
  /// - Parameter name: What messages call the file.
  /// - Throws: All problems of the script, and of what the host has defined.
  public func compile(_ source: String, name: String = "<script>") throws(CompileError) -> Script {
    try compile(SourceFile(name: name, text: source))
  }

  public func compile(_ source: SourceFile) throws(CompileError) -> Script {
    try checkHost(source)
    let grants = Grants(capabilities)
    var script = try Script(
      compiling: ImportReader(source, grants.imports), granting: grants.names, advising: false, host: host,
      givesValue: true)
    script.interpreter = self
    return script
  }

  func checkHost(_ source: SourceFile) throws(CompileError) {
    if !host.problems.isEmpty {
      throw CompileError(
        source: source,
        diagnostics: host.problems.map {
          Diagnostic(.error, "E0220", "a definition of the host is wrong: \($0)", at: Span(0, 0))
        })
    }
  }
}

/// Where what a script prints goes.
public enum OutputTarget: Sendable {
  /// Into the run's `output`.
  case capture
  /// To a function, in UTF-8 and piece by piece; it is called on the run's own thread, so it returns soon.
  case handler(@Sendable ([UInt8]) -> Void)
  case discard
}
