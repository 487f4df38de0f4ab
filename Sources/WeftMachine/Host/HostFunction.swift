public import WeftCompiler

/// A parameter of a host function, as scripts see it.
///
/// ```swift
/// weft.define("search", parameters: ["text", .init("limit", default: 10)]) { (text: String, limit: Int) in … }
/// ```
public struct HostParameter: Sendable, ExpressibleByStringLiteral {
  public var name: String
  /// What the function gets when a call leaves it out; nil if it must be given, unless its type is optional.
  public var defaultValue: WeftValue?

  public init(_ name: String, default defaultValue: WeftValue? = nil) {
    self.name = name
    self.defaultValue = defaultValue
  }

  public init(stringLiteral value: String) { self.init(value) }
}

/// A function of the host that scripts call.
public struct HostFunction: Sendable {
  /// What scripts, the help and messages know of it.
  public let interface: HostInterface.Function
  /// The names and defaults of its parameters; without the object that a method is called on.
  let parameters: [HostParameter]
  /// What is wrong with its definition, if anything is: lower case, no full stop.
  public let problem: String?
  let body: Body

  enum Body: Sendable {
    /// In the middle of the machine's own work.
    case direct(DirectCall, fromValues: @Sendable ([WeftValue]) throws -> WeftValue)
    /// On a thread for it.
    case blocking(@Sendable ([WeftValue]) throws -> WeftValue)
    case awaiting(@Sendable ([WeftValue]) async -> HostAnswer)
  }

  typealias DirectCall =
    @Sendable (_ machine: Machine, _ arguments: UnsafeMutablePointer<Value>) throws(Thrown) -> Value

  /// A function of values as they are.
  ///
  /// - Parameter body: Takes a value for each of the parameters; none for what was left out and has no default.
  public init(
    _ name: String, parameters: [HostParameter], optional: Set<String> = [], documentation: String = "",
    body: @escaping @Sendable ([WeftValue]) async throws -> WeftValue
  ) {
    self.init(
      name, parameters, parameters.map { optional.contains($0.name) }, documentation,
      .awaiting {
        do { return .value(try await body(Self.filled($0, parameters))) } catch { return HostAnswer(failing: error) }
      })
  }

  /// The arguments of a call, with the defaults of those that were left out.
  private static func filled(_ values: [WeftValue], _ parameters: [HostParameter]) -> [WeftValue] {
    parameters.indices.map { index in
      let value = index < values.count ? values[index] : .none
      return value.isNone ? parameters[index].defaultValue ?? .none : value
    }
  }

  /// The same for a function that waits for nothing, or blocks its thread.
  public init(
    _ name: String, parameters: [HostParameter], optional: Set<String> = [], documentation: String = "",
    runs style: HostCallStyle, body: @escaping @Sendable ([WeftValue]) throws -> WeftValue
  ) {
    let count = parameters.count
    let direct: DirectCall = { machine, arguments throws(Thrown) -> Value in
      var values: [WeftValue] = []
      for index in 0..<count { values.append(try machine.snapshot(arguments[index])) }
      do { return try machine.value(of: body(Self.filled(values, parameters))) } catch {
        throw machine.thrown(by: error)
      }
    }
    let fromValues: @Sendable ([WeftValue]) throws -> WeftValue = { try body(Self.filled($0, parameters)) }
    self.init(
      name, parameters, parameters.map { optional.contains($0.name) }, documentation,
      style == .blocking ? .blocking(fromValues) : .direct(direct, fromValues: fromValues))
  }

  init(
    _ name: String, _ parameters: [HostParameter], _ isOptional: [Bool], _ documentation: String, _ body: Body
  ) {
    let ordinals = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"]
    var named = parameters
    if parameters.isEmpty {
      named = isOptional.indices.map { HostParameter($0 < ordinals.count ? ordinals[$0] : "number_\($0 + 1)") }
    }
    self.parameters = named
    self.body = body
    interface = HostInterface.Function(
      name,
      zip(named, isOptional).map { BuiltinParameter($0.name, optional: $1 || $0.defaultValue != nil) }, documentation)
    problem = Self.problem(name, named, interface.parameters, count: isOptional.count)
  }

  private static func problem(
    _ name: String, _ parameters: [HostParameter], _ shown: [BuiltinParameter], count: Int
  ) -> String? {
    if !HostInterface.isCallable(name) { return "`\(name)` is not a name that a script can call" }
    if parameters.count != count {
      return "`\(name)` has \(Machine.counted(count, "parameter")), but \(parameters.count) names for them"
    }
    for (index, parameter) in parameters.enumerated() {
      if !HostInterface.isWord(parameter.name) {
        return "`\(parameter.name)` is not a name for a parameter of `\(name)`"
      }
      if parameters[..<index].contains(where: { $0.name == parameter.name }) {
        return "`\(name)` has two parameters called `\(parameter.name)`"
      }
      if index > 0, shown[index - 1].isOptional, !shown[index].isOptional {
        return "`\(parameter.name)` of `\(name)` needs a default, because the parameter before it has one"
      }
    }
    return nil
  }
}

// MARK: - From closures

/// How a host function is carried out.
public enum HostCallStyle: Sendable {
  /// At once, in the middle of the script's own work: for what takes microseconds. Nothing of the run goes on meanwhile, and
  /// nothing can end it.
  case inline
  /// On a thread for it, while the script's other tasks go on: for what blocks.
  case blocking
}

private protocol AnyOptional {}
extension Optional: AnyOptional {}

extension HostFunction {
  /// What a closure takes and gives in terms of values.
  struct Conversion<Result>: Sendable {
    let toMachine: @Sendable (Result, Machine) throws -> Value
    let toValue: @Sendable (Result) throws -> WeftValue
  }

  public static func make<each Argument: Decodable & SendableMetatype, Result: Encodable & SendableMetatype>(
    _ name: String, _ parameters: [HostParameter], _ documentation: String, _ style: HostCallStyle,
    _ body: @escaping @Sendable (repeat each Argument) throws -> Result
  ) -> HostFunction {
    make(
      name, parameters, documentation, style,
      Conversion(toMachine: { try $1.value(encoding: $0) }, toValue: { try WeftValue(encoding: $0) }), body)
  }

  public static func make<each Argument: Decodable & SendableMetatype>(
    _ name: String, _ parameters: [HostParameter], _ documentation: String, _ style: HostCallStyle,
    _ body: @escaping @Sendable (repeat each Argument) throws -> Void
  ) -> HostFunction {
    make(
      name, parameters, documentation, style, Conversion(toMachine: { _, _ in .none }, toValue: { _ in .none }), body)
  }

  private static func make<each Argument: Decodable & SendableMetatype, Result: SendableMetatype>(
    _ name: String, _ parameters: [HostParameter], _ documentation: String, _ style: HostCallStyle,
    _ conversion: Conversion<Result>, _ body: @escaping @Sendable (repeat each Argument) throws -> Result
  ) -> HostFunction {
    let signature = Signature(name, parameters)
    let fromValues: @Sendable ([WeftValue]) throws -> WeftValue = { arguments in
      var reader = ValueArguments(signature, arguments)
      return try conversion.toValue(body(repeat reader.next((each Argument).self)))
    }
    let direct: DirectCall = { machine, arguments throws(Thrown) -> Value in
      var reader = DirectArguments(machine, signature, arguments)
      do {
        return try conversion.toMachine(body(repeat reader.next((each Argument).self)), machine)
      } catch {
        throw machine.thrown(by: error)
      }
    }
    return HostFunction(
      name, parameters, optionals(repeat (each Argument).self), documentation,
      style == .blocking ? .blocking(fromValues) : .direct(direct, fromValues: fromValues))
  }

  public static func make<each Argument: Decodable & SendableMetatype, Result: Encodable & SendableMetatype>(
    _ name: String, _ parameters: [HostParameter], _ documentation: String,
    _ body: @escaping @Sendable (repeat each Argument) async throws -> Result
  ) -> HostFunction {
    let signature = Signature(name, parameters)
    return HostFunction(
      name, parameters, optionals(repeat (each Argument).self), documentation,
      .awaiting { arguments in
        var reader = ValueArguments(signature, arguments)
        do {
          return .value(try WeftValue(encoding: try await body(repeat reader.next((each Argument).self))))
        } catch {
          return HostAnswer(failing: error)
        }
      })
  }

  public static func make<each Argument: Decodable & SendableMetatype>(
    _ name: String, _ parameters: [HostParameter], _ documentation: String,
    _ body: @escaping @Sendable (repeat each Argument) async throws -> Void
  ) -> HostFunction {
    let signature = Signature(name, parameters)
    return HostFunction(
      name, parameters, optionals(repeat (each Argument).self), documentation,
      .awaiting { arguments in
        var reader = ValueArguments(signature, arguments)
        do {
          try await body(repeat reader.next((each Argument).self))
          return .value(.none)
        } catch {
          return HostAnswer(failing: error)
        }
      })
  }

  private static func optionals<each Argument>(_ types: repeat (each Argument).Type) -> [Bool] {
    var optionals: [Bool] = []
    for type in repeat each types { optionals.append(type is any AnyOptional.Type) }
    return optionals
  }
}

// MARK: - Arguments

extension HostFunction {
  /// What messages about an argument need. Each call hands it on, so it is one object.
  final class Signature: Sendable {
    let name: String
    let parameters: [HostParameter]

    init(_ name: String, _ parameters: [HostParameter]) {
      self.name = name
      self.parameters = parameters
    }

    func defaultValue(_ index: Int) -> WeftValue? {
      parameters.indices.contains(index) ? parameters[index].defaultValue : nil
    }

    /// The error for an argument that is not what the function takes.
    func wrong(_ index: Int, _ error: any Error) -> any Error {
      let what =
        parameters.indices.contains(index)
        ? "`\(parameters[index].name)` of `\(name)`" : "argument \(index + 1) of `\(name)`"
      guard let error = error as? DecodingError else { return error }
      let text = error.text("")
      return WeftError(
        ErrorKind.typeError.rawValue, text.hasPrefix("`") ? "\(what) is no such value: \(text)" : "\(what) \(text)")
    }
  }

  /// Takes arguments one after the other out of values.
  struct ValueArguments {
    private let signature: Signature
    private let values: [WeftValue]
    private var index = 0

    init(_ signature: Signature, _ values: [WeftValue]) {
      self.signature = signature
      self.values = values
    }

    mutating func next<T: Decodable>(_ type: T.Type) throws -> T {
      defer { index += 1 }
      var value = index < values.count ? values[index] : .none
      if value.isNone { value = signature.defaultValue(index) ?? .none }
      do { return try ValueDecoder(value, []).decode(type) } catch { throw signature.wrong(index, error) }
    }
  }

  /// Takes arguments one after the other out of a machine's registers.
  struct DirectArguments {
    private let machine: Machine
    private let signature: Signature
    private let slots: UnsafeMutablePointer<Value>
    private var index = 0

    init(_ machine: Machine, _ signature: Signature, _ slots: UnsafeMutablePointer<Value>) {
      self.machine = machine
      self.signature = signature
      self.slots = slots
    }

    mutating func next<T: Decodable>(_ type: T.Type) throws -> T {
      let value = slots[index]
      index += 1
      switch value.tag {
      case Kind.int: if type == Int.self { return same(Int(value.int), as: type) }
      case Kind.float: if type == Double.self { return same(value.float, as: type) }
      case Kind.bool: if type == Bool.self { return same(value.bool, as: type) }
      case Kind.string: if type == String.self { return same(value.text, as: type) }
      default: break
      }
      return try other(value, type)
    }

    @inline(never) private func other<T: Decodable>(_ slot: Value, _ type: T.Type) throws -> T {
      var value = try machine.snapshot(slot)
      if value.isNone { value = signature.defaultValue(index - 1) ?? .none }
      do { return try ValueDecoder(value, []).decode(type) } catch { throw signature.wrong(index - 1, error) }
    }
  }
}

extension Machine {
  /// What a host function gave, as a value with a reference of its own.
  func value<T: Encodable>(encoding result: T) throws -> Value {
    if T.self == Int.self { return Value(same(result, as: Int.self)) }
    if T.self == Double.self { return Value(same(result, as: Double.self)) }
    if T.self == Bool.self { return Value(same(result, as: Bool.self)) }
    return try value(of: WeftValue(encoding: result))
  }

  /// What a host function threw, as an error to throw.
  func thrown(by error: any Error) -> Thrown {
    if let thrown = error as? Thrown { return thrown }
    do throws(Thrown) { return Thrown(error: try makeError(WeftError(describing: error))) } catch { return error }
  }
}

extension WeftError {
  /// What a host's error is to a script.
  package init(describing error: any Error) {
    switch error {
    case let error as WeftError: self = error
    case let error as EncodingError: self.init(ErrorKind.hostError.rawValue, "cannot give back a value: \(error)")
    case let error as DecodingError: self.init(ErrorKind.hostError.rawValue, error.text(""))
    default: self.init(ErrorKind.hostError.rawValue, "\(error)")
    }
  }
}
