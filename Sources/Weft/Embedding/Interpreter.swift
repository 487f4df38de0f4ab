public import WeftCompiler
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
  /// What scripts may use of their surroundings. What they may not use they cannot even name.
  public var capabilities: Capabilities = []
  /// What random numbers come from; nil for others in each run.
  public var seed: UInt64?
  /// What `fetch` uses; without it, a `fetch` fails.
  public var fetcher: (any Fetcher)?
  /// Where `read`, `lines` and `write` go, if `capabilities` has files.
  public var files: (any FileAccess)?
  /// What `env` finds, if `capabilities` has the environment.
  public var environment: [String: String] = [:]
  /// Gives the files that scripts import; without it, an `import` is an error.
  public var imports: ImportLoader?
  /// How the workers of `pool(processes: n)` are started; without it, scripts have none.
  public var processes: WorkerCommand?
  /// Where what scripts print goes.
  public var output = OutputTarget.capture
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
    var script = try Script(
      compiling: ImportReader(source, imports), granting: capabilities, advising: false, host: host, givesValue: true)
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

/// What one run may use up. A run that crosses a limit ends at once, with an error that no script can catch.
public struct Limits: Sendable {
  /// Of values, tasks and what else lives in the run.
  public var memory: ByteCount = .megabytes(256)
  /// Calls, iterations and started tasks. The same script with the same answers always makes as many.
  public var operations = Int.max
  /// By the wall clock; nil for any time.
  public var time: Duration?
  /// Workers of all pools at one time.
  public var workers = 64
  /// What is kept of what the script prints; more is cut off.
  public var output: ByteCount = .megabytes(1)

  public init() {}
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
