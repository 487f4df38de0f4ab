public import WeftMachine

extension Interpreter {
  /// Adds a function that scripts call. Its arguments and its result are values of any `Codable` type, `WeftValue`s as they are,
  /// or `HostObject`s; what it throws becomes a `HostError`, or the `WeftError` that it is.
  ///
  /// ```swift
  /// weft.define("area", parameters: ["width", "height"]) { (width: Double, height: Double) in width * height }
  /// weft.define("hash", runs: .blocking) { (path: String) in try slowHash(of: path) }
  /// ```
  ///
  /// - Parameters:
  ///   - name: A word, or two with a dot between them: `db.find`.
  ///   - parameters: The names that scripts and messages use, and defaults. An optional parameter may be left out.
  ///   - documentation: What the function does, in one sentence.
  ///   - style: Whether it is called in the middle of the script's own work, or on a thread of its own.
  public mutating func define<each Argument: Decodable & SendableMetatype, Result: Encodable & SendableMetatype>(
    _ name: String, parameters: [HostParameter] = [], documentation: String = "", runs style: HostCallStyle = .inline,
    _ body: @escaping @Sendable (repeat each Argument) throws -> Result
  ) {
    host.add(.make(name, parameters, documentation, style, body))
  }

  /// The same for a function that gives nothing: `none` in a script.
  public mutating func define<each Argument: Decodable & SendableMetatype>(
    _ name: String, parameters: [HostParameter] = [], documentation: String = "", runs style: HostCallStyle = .inline,
    _ body: @escaping @Sendable (repeat each Argument) throws -> Void
  ) {
    host.add(.make(name, parameters, documentation, style, body))
  }

  /// Adds a function that may wait, while the script's other tasks go on. It is cancelled when the script's task that called it
  /// is; it has the task-local values of the run's caller.
  ///
  /// ```swift
  /// weft.define("lookup", parameters: ["id"]) { (id: Int) async throws -> User in try await users.find(id) }
  /// ```
  public mutating func define<each Argument: Decodable & SendableMetatype, Result: Encodable & SendableMetatype>(
    _ name: String, parameters: [HostParameter] = [], documentation: String = "",
    _ body: @escaping @Sendable (repeat each Argument) async throws -> Result
  ) {
    host.add(.make(name, parameters, documentation, body))
  }

  /// The same for a function that gives nothing.
  public mutating func define<each Argument: Decodable & SendableMetatype>(
    _ name: String, parameters: [HostParameter] = [], documentation: String = "",
    _ body: @escaping @Sendable (repeat each Argument) async throws -> Void
  ) {
    host.add(.make(name, parameters, documentation, body))
  }

  /// Adds the methods of a class whose objects scripts get as `HostObject`s.
  ///
  /// ```swift
  /// weft.define(Counter.self) { counter in
  ///   counter.method("add") { (counter: Counter, count: Int) in counter.add(count) }
  /// }
  /// weft.define("counter") { HostObject(Counter()) }
  /// ```
  public mutating func define<Object: AnyObject & Sendable>(
    _ type: Object.Type, _ methods: (inout HostMethods<Object>) -> Void
  ) {
    var defined = HostMethods<Object>()
    methods(&defined)
    host.add(defined)
  }

  /// Adds a kind of error, which host functions throw as a `WeftError` and scripts catch by its name.
  ///
  /// ```swift
  /// weft.define(error: "NotFound")  // a script: catch NotFound as e { … }
  /// ```
  public mutating func define(error name: String, below parent: String = "HostError") {
    host.add(errorKind: name, below: parent)
  }
}
