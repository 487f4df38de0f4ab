public import WeftCompiler

/// What a host gives to scripts: functions, the methods of its objects, kinds of error.
public struct HostTable: Sendable {
  /// What the compiler knows of it.
  public private(set) var interface = HostInterface()
  /// What is wrong with the definitions: lower case, no full stop.
  public private(set) var problems: [String] = []
  private(set) var functions: [String: HostFunction] = [:]
  /// By name, then one for each type that has it.
  private(set) var methods: [String: [Method]] = [:]

  struct Method: Sendable {
    let type: ObjectIdentifier
    let isReceiver: @Sendable (AnyObject) -> Bool
    let function: HostFunction
  }

  public init() {}

  /// Of a host in another process, which has the functions.
  package init(elsewhere interface: HostInterface) { self.interface = interface }

  /// Adds a function, in the place of one of the same name.
  public mutating func add(_ function: HostFunction) {
    if let problem = function.problem { return problems.append(problem) }
    functions[function.interface.name] = function
    interface.add(function.interface)
  }

  /// Adds the methods of a class.
  public mutating func add<Object: AnyObject & Sendable>(_ methods: HostMethods<Object>) {
    let type = "\(Object.self)"
    guard HostInterface.isWord(type) else { return problems.append("`\(type)` is not a name for a type") }
    interface.add(type: type)
    for function in methods.functions {
      let name = function.interface.name
      if let problem = function.problem {
        problems.append(problem)
      } else if name.contains(".") {
        problems.append("`\(name)` is not a name for a method")
      } else if HostInterface.changesReceiver(name) {
        problems.append("the method `\(name)` of \(type) needs another name: it is one that changes lists in place")
      } else {
        let id = ObjectIdentifier(Object.self)
        self.methods[name, default: []].removeAll { $0.type == id }
        self.methods[name, default: []].append(Method(type: id, isReceiver: { $0 is Object }, function: function))
        interface.add(
          HostInterface.Function(
            name, Array(function.interface.parameters.dropFirst()), function.interface.documentation), ofType: type)
      }
    }
  }

  /// Adds a kind of error.
  public mutating func add(errorKind name: String, below parent: String) {
    guard HostInterface.isWord(name), name.first?.isUppercase ?? false else {
      return problems.append("`\(name)` is not a name for a kind of error: it begins with a capital")
    }
    guard parent != name, ErrorKind(rawValue: name) == nil else {
      return problems.append("the kind of error `\(name)` is there already")
    }
    guard ErrorKind(rawValue: parent) != nil || interface.errorKinds[parent] != nil else {
      return problems.append("the kind of error `\(name)` is to be below `\(parent)`, which is not defined")
    }
    interface.add(errorKind: name, below: parent)
  }

  func method(_ name: String, of object: AnyObject) -> HostFunction? {
    guard let candidates = methods[name] else { return nil }
    let type = ObjectIdentifier(Swift.type(of: object))
    return (candidates.first { $0.type == type } ?? candidates.first { $0.isReceiver(object) })?.function
  }
}

/// The methods of a class whose objects scripts get.
///
/// ```swift
/// weft.define(Counter.self) { counter in
///   counter.method("add", parameters: ["count"]) { (counter: Counter, count: Int) in counter.add(count) }
/// }
/// ```
public struct HostMethods<Object: AnyObject & Sendable> {
  private(set) var functions: [HostFunction] = []

  public init() {}

  /// Adds a method that is carried out in line, or on a thread of its own.
  public mutating func method<each Argument: Decodable & SendableMetatype, Result: Encodable & SendableMetatype>(
    _ name: String, parameters: [HostParameter] = [], documentation: String = "", runs style: HostCallStyle = .inline,
    _ body: @escaping @Sendable (Object, repeat each Argument) throws -> Result
  ) {
    functions.append(
      .make(name, named(parameters, repeat (each Argument).self), documentation, style) {
        (receiver: HostObject<Object>, arguments: repeat each Argument) throws -> Result in
        try body(receiver.object, repeat each arguments)
      })
  }

  public mutating func method<each Argument: Decodable & SendableMetatype>(
    _ name: String, parameters: [HostParameter] = [], documentation: String = "", runs style: HostCallStyle = .inline,
    _ body: @escaping @Sendable (Object, repeat each Argument) throws -> Void
  ) {
    functions.append(
      .make(name, named(parameters, repeat (each Argument).self), documentation, style) {
        (receiver: HostObject<Object>, arguments: repeat each Argument) throws -> Void in
        try body(receiver.object, repeat each arguments)
      })
  }

  /// Adds a method during which the script's other tasks go on.
  public mutating func method<each Argument: Decodable & SendableMetatype, Result: Encodable & SendableMetatype>(
    _ name: String, parameters: [HostParameter] = [], documentation: String = "",
    _ body: @escaping @Sendable (Object, repeat each Argument) async throws -> Result
  ) {
    functions.append(
      .make(name, named(parameters, repeat (each Argument).self), documentation) {
        (receiver: HostObject<Object>, arguments: repeat each Argument) async throws -> Result in
        try await body(receiver.object, repeat each arguments)
      })
  }

  public mutating func method<each Argument: Decodable & SendableMetatype>(
    _ name: String, parameters: [HostParameter] = [], documentation: String = "",
    _ body: @escaping @Sendable (Object, repeat each Argument) async throws -> Void
  ) {
    functions.append(
      .make(name, named(parameters, repeat (each Argument).self), documentation) {
        (receiver: HostObject<Object>, arguments: repeat each Argument) async throws -> Void in
        try await body(receiver.object, repeat each arguments)
      })
  }

  /// The receiver comes first.
  private func named<each Argument: SendableMetatype>(
    _ parameters: [HostParameter], _ types: repeat (each Argument).Type
  ) -> [HostParameter] {
    if !parameters.isEmpty { return ["receiver"] + parameters }
    let ordinals: [HostParameter] = ["first", "second", "third", "fourth", "fifth", "sixth"]
    var named: [HostParameter] = ["receiver"]
    for _ in repeat each types {
      named.append(named.count <= ordinals.count ? ordinals[named.count - 1] : HostParameter("number_\(named.count)"))
    }
    return named
  }
}

/// The functions of a host that one program names, by their index in its image.
public final class HostBinding: @unchecked Sendable {
  // What is unchecked is sound because nothing changes after `init`.

  let table: HostTable
  /// Nil where the host is in another process.
  let bodies: [HostFunction.Body?]
  /// What is called in line; nil for what the task waits for.
  let direct: UnsafeMutablePointer<HostFunction.DirectCall?>

  /// - Parameter isElsewhere: The functions are in the parent of this worker process, which is asked for each call.
  public init(_ table: HostTable, to image: Image, isElsewhere: Bool = false) {
    self.table = table
    bodies = image.hostFunctions.map { isElsewhere ? nil : table.functions[$0]?.body }
    direct = .allocate(capacity: max(1, bodies.count))
    for (index, body) in bodies.enumerated() {
      var call: HostFunction.DirectCall?
      if case .direct(let direct, _)? = body { call = direct }
      (direct + index).initialize(to: call)
    }
  }

  deinit {
    direct.deinitialize(count: bodies.count)
    direct.deallocate()
  }

  /// The call that a worker process asks for; nil if there is no such function.
  package func call(_ index: Int, _ arguments: [WeftValue]) -> HostCall? {
    guard bodies.indices.contains(index), let body = bodies[index] else { return nil }
    return HostCall(body, arguments)
  }
}

/// A call of a host function that the driver carries out.
public struct HostCall: Sendable {
  private let body: HostFunction.Body
  package let arguments: [WeftValue]

  init(_ body: HostFunction.Body, _ arguments: [WeftValue]) {
    self.body = body
    self.arguments = arguments
  }

  /// What its arguments are to be given to, and how. What the function throws becomes what a script can catch.
  package enum Way {
    case inline(@Sendable ([WeftValue]) throws -> WeftValue)
    case blocking(@Sendable ([WeftValue]) throws -> WeftValue)
    case awaiting(@Sendable ([WeftValue]) async -> HostAnswer)
  }

  package var way: Way {
    switch body {
    case .direct(_, let call): .inline(call)
    case .blocking(let call): .blocking(call)
    case .awaiting(let call): .awaiting(call)
    }
  }

  package func perform() async -> HostAnswer {
    switch way {
    case .inline(let call), .blocking(let call): HostAnswer { try call(arguments) }
    case .awaiting(let call): await call(arguments)
    }
  }
}

/// How a call of a host function ended.
public enum HostAnswer: Sendable {
  case value(WeftValue)
  /// One value that came from another process; it may be an error to throw.
  case parcel(Parcel, isError: Bool)
  case failed(WeftError)
}

extension HostAnswer {
  package init(_ call: () throws -> WeftValue) {
    do { self = .value(try call()) } catch { self.init(failing: error) }
  }

  /// What a script can catch.
  init(failing error: any Error) { self = .failed(WeftError(describing: error)) }
}
