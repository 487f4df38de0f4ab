public import WeftCompiler
public import WeftMachine
public import WeftSyntax

/// A compiled script: immutable, and safe to run many times at once.
///
/// ```swift
/// let script = try Script(compiling: "print(6 * 7)", name: "answer.weft")
/// let result = script.runVirtually()
/// ```
public struct Script: Sendable {
  public let image: Image
  /// Warnings and notes, in the order of their places; errors are thrown. There is advice among them only if it was asked
  /// for.
  public let warnings: [Diagnostic]
  /// The `##` lines at the top of the file, without their marks; nil if there are none.
  public let documentation: String?

  /// How its files belong together.
  let files: Files
  /// What the host adds.
  let host: HostBinding
  /// What the machines of all its runs share.
  let loaded: LoadedImage
  /// What compiled it, whose settings its runs have.
  var interpreter = Interpreter()

  /// What has to be known besides the texts of a program to compile it again.
  struct Files: Sendable {
    /// For each file, the files that its imports name, by the offset at which the path stands.
    var imports: [[Int32: Int]]
    /// The files, each after those that it imports.
    var order: [Int]
    var capabilities: Capabilities
    var purpose: Purpose
    /// What the host adds.
    var host = HostInterface()
    /// The script has the value of its last expression.
    var givesValue = false
  }

  public init(
    compiling text: String, name: String = "<script>", imports: ImportLoader? = nil,
    granting capabilities: Capabilities = .standard, advising: Bool = false, for purpose: Purpose = .run
  ) throws(CompileError) {
    try self.init(
      compiling: SourceFile(name: name, text: text), imports: imports, granting: capabilities, advising: advising,
      for: purpose)
  }

  /// - Parameters:
  ///   - imports: Gives the files that the script imports; without it, an `import` is an error.
  ///   - capabilities: What the script may use of its surroundings. What it may not use does not exist in it.
  ///   - advising: Whether to look as well for what is allowed and hardly meant, and put it into `warnings`. It takes time
  ///     that only those need who show it:
  ///
  /// ```swift
  /// let script = try Script(compiling: "semaphore(2) { sleep 1s }", advising: true)
  /// script.warnings.map(\.code)  // ["W0202"]
  /// ```
  ///   - purpose: What of it will run: its top level, or its tests or benches, which stand in `image.tests` and
  ///     `image.benches` then.
  public init(
    compiling source: SourceFile, imports: ImportLoader? = nil, granting capabilities: Capabilities = .standard,
    advising: Bool = false, for purpose: Purpose = .run
  ) throws(CompileError) {
    try self.init(compiling: ImportReader(source, imports), granting: capabilities, advising: advising, for: purpose)
  }

  /// The same for a script that has been read.
  package init(
    compiling reader: ImportReader, granting capabilities: Capabilities, advising: Bool, for purpose: Purpose = .run,
    host: HostTable = HostTable(), givesValue: Bool = false
  ) throws(CompileError) {
    // Names are looked at even after a syntax error, so that one look shows every problem.
    let compiled =
      reader.hasErrors
      ? nil
      : compile(
        reader.program, errorKinds: Self.errorKinds, granting: capabilities, advising: advising, for: purpose,
        host: host.interface, givesValue: givesValue)
    let found =
      compiled?.diagnostics
      ?? check(reader.program, errorKinds: Self.errorKinds, granting: capabilities, host: host.interface)
    // File after file, and in each in the order of the places.
    let places = Dictionary(
      uniqueKeysWithValues: reader.program.files.enumerated().map { (ObjectIdentifier($1.tree.source), $0) })
    let diagnostics = (reader.diagnostics + found).sorted {
      let left = $0.source.flatMap { places[ObjectIdentifier($0)] } ?? 0
      let right = $1.source.flatMap { places[ObjectIdentifier($0)] } ?? 0
      return (left, $0.span.start) < (right, $1.span.start)
    }
    guard let image = compiled?.image, !diagnostics.contains(where: { $0.severity == .error }) else {
      throw CompileError(source: reader.script, diagnostics: diagnostics)
    }
    self.image = image
    warnings = diagnostics
    documentation = reader.program.files.first?.tree.documentation
    files = Files(
      imports: reader.program.files.map(\.imports), order: reader.program.order, capabilities: capabilities,
      purpose: purpose, host: host.interface, givesValue: givesValue)
    self.host = HostBinding(host, to: image)
    loaded = LoadedImage(image)
  }

  /// Compiles again what compiled before. There has to be a file.
  ///
  /// - Parameter host: What the host adds; nil in a worker process, where it is the parent's.
  init(_ sources: [SourceFile], _ files: Files, host table: HostTable? = nil) throws(CompileError) {
    let parsed = sources.map(parse)
    let program = Program(
      files: zip(parsed, files.imports).map { Program.File($0.tree, isBroken: $0.hasErrors, imports: $1) },
      order: files.order)
    let compiled = compile(
      program, errorKinds: Self.errorKinds, granting: files.capabilities, advising: false, for: files.purpose,
      host: files.host, givesValue: files.givesValue)
    let diagnostics = parsed.flatMap(\.diagnostics) + compiled.diagnostics
    guard let image = compiled.image, !diagnostics.contains(where: { $0.severity == .error }) else {
      throw CompileError(source: sources[0], diagnostics: diagnostics)
    }
    self.image = image
    self.files = files
    host = HostBinding(table ?? HostTable(elsewhere: files.host), to: image, isElsewhere: table == nil)
    loaded = LoadedImage(image)
    warnings = diagnostics
    documentation = parsed.first?.tree.documentation
  }

  /// The program of a session as it is by now.
  init(session image: Image) {
    self.image = image
    warnings = []
    documentation = nil
    files = Files(imports: [], order: [], capabilities: [], purpose: .run)
    host = HostBinding(HostTable(), to: image)
    loaded = LoadedImage(image)
  }

  static let errorKinds = Set(ErrorKind.allCases.map(\.rawValue))

  /// The file of a place in an error report.
  public func source(_ index: Int) -> SourceFile? {
    image.sources.indices.contains(index) ? image.sources[index] : nil
  }
}

/// What is known of a run that has ended.
public struct RunResult: Sendable {
  public let outcome: RunOutcome
  /// Calls and iterations; the same for the same script, seed and answers.
  public let ticks: Int
  /// Nanoseconds on the run's own clock.
  public let elapsed: Int64
  /// Tasks, scopes, timers and requests that were left when the run ended: none of each.
  public let leftovers: Machine.Leftovers
  /// The `expect`s that failed. In a test these are the failures that make it fail, caught or not.
  public let failedExpectations: [FailedExpectation]
  /// `expect`s that were worked out.
  public let expectations: Int
  /// For each mock that nothing has called, a sentence that says so.
  public let unusedMocks: [String]
  /// The run was asked to end, and the script mentions `shutdown`: it ended in its own way.
  public let wasShutDown: Bool
  /// The same script with another seed may end in another way.
  public let usedRandomness: Bool
  /// Bytes at the peak.
  public let peakMemory: Int
  /// What the script's last expression gave; none if there is none, or if nobody asked for it.
  public let value: WeftValue
  /// What the script printed, if the run kept it.
  public internal(set) var output = ""
}

/// How to run a script.
public struct RunOptions: Sendable {
  /// What random numbers come from.
  public var seed: UInt64 = 0
  /// Values for the script's `param`s, by name.
  public var params: [String: WeftValue] = [:]
  public var limits = MachineLimits()
  /// How long the run may take by the wall clock.
  public var timeLimit: Duration?
  /// What `env` finds, in a script that is granted the environment.
  public var environment: [String: String] = [:]
  /// Where `read`, `lines` and `write` go, in a script that is granted files.
  public var files: (any FileAccess)?
  /// The `test` or `bench` that runs instead of the top level, in a script that was compiled for these.
  ///
  /// ```swift
  /// let script = try Script(compiling: #"test "one" { expect 1 == 1 }"#, for: .test)
  /// var options = RunOptions()
  /// options.entry = script.image.tests[0]
  /// let result = script.runVirtually(options)
  /// ```
  public var entry: Image.Entry?
  /// How the workers of `pool(processes: n)` are started; without it, a script has none.
  ///
  /// ```swift
  /// var options = RunOptions()
  /// options.processes = .thisProgram  // its `main` calls `runWorkerIfAsked()` first
  /// ```
  public var processes: WorkerCommand?
  /// The run goes on when the script's top level has ended, for calls.
  var staysOpen = false

  public init() {}
}

extension Script {
  /// A machine that is ready to begin.
  func makeMachine(
    _ options: RunOptions, memory: RunMemory = RunMemory(), choose: ((Int) -> Int)? = nil, room: Int? = nil
  ) -> Machine {
    var limits = options.limits
    if options.processes != nil { limits.pools.insert(.processes) }
    let machine = Machine(
      image: image, seed: options.seed, limits: limits, choose: choose, memory: memory, host: host,
      loaded: loaded, room: room)
    machine.environment = options.environment
    for param in image.params {
      if let value = options.params[param.name] { machine.setParam(param, to: value) }
    }
    return machine
  }
}

extension Machine {
  /// Starts what the options say.
  func begin(_ options: RunOptions, at now: Int64, wallClock: Int64) {
    if let entry = options.entry {
      begin(entry, at: now, wallClock: wallClock)
    } else {
      begin(at: now, wallClock: wallClock)
    }
  }

  /// What is known of this machine's run, which has ended.
  func makeResult() -> RunResult {
    RunResult(
      outcome: result ?? .cancelled, ticks: ticks, elapsed: now - startedAt, leftovers: leftovers,
      failedExpectations: failedExpectations, expectations: expectations, unusedMocks: unusedMocks,
      wasShutDown: isShutdownRequested, usedRandomness: usedRandomness,
      peakMemory: memory.peak, value: value ?? .none)
  }
}
