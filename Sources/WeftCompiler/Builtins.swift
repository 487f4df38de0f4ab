/// A parameter of a built-in function or method.
public struct BuiltinParameter: Sendable {
  public let name: String
  /// An argument that is left out arrives as an unset value.
  public let isOptional: Bool

  public init(_ name: String, optional: Bool = false) {
    self.name = name
    isOptional = optional
  }

  public static func needed(_ name: String) -> BuiltinParameter { BuiltinParameter(name) }
  public static func optional(_ name: String) -> BuiltinParameter { BuiltinParameter(name, optional: true) }
}

/// What the compiler and the help know of a built-in function.
public struct BuiltinSignature: Sendable {
  public let name: String
  public let parameters: [BuiltinParameter]
  /// Any number of positional arguments is allowed. Then `parameters` are given by name only, and the positional
  /// arguments are passed on after them.
  public let isVariadic: Bool
  public let documentation: String
  /// The task of the prelude that carries it out, with the same arguments in the same order; nil when the machine does.
  public let prelude: String?
  /// When set, `prelude` is for the calls that give this parameter alone; the machine carries out the others.
  public let preludeParameter: String?

  public init(
    _ name: String, _ parameters: [BuiltinParameter] = [], variadic: Bool = false, prelude: String? = nil,
    preludeFor preludeParameter: String? = nil, _ documentation: String
  ) {
    self.name = name
    self.parameters = parameters
    isVariadic = variadic
    self.documentation = documentation
    self.prelude = prelude
    self.preludeParameter = preludeParameter
  }
}

/// The kinds of value that have methods.
public enum ReceiverKind: UInt8, CaseIterable, Sendable {
  case none, bool, int, float, duration, rate, function, string, list, map, bytes, range, error, response, task, group
  case errorKind, module, semaphore, lock, rateLimiter, queue, shared, mock
}

/// What the compiler and the help know of a method.
public struct MethodSignature: Sendable {
  public let receiver: ReceiverKind
  public let name: String
  public let parameters: [BuiltinParameter]
  /// It changes its receiver in place, so the receiver must be a variable or a part of one.
  public let isMutating: Bool
  public let isVariadic: Bool
  /// The task of the prelude that carries it out, with the receiver as its first argument; nil when the machine does.
  /// For a mutating method that task gives the new value of the receiver, and the call itself gives none.
  public let prelude: String?
  /// When set, `prelude` is for the calls that give this parameter alone; the machine carries out the others.
  public let preludeParameter: String?
  public let documentation: String

  public init(
    _ receiver: ReceiverKind, _ name: String, _ parameters: [BuiltinParameter] = [], mutating: Bool = false,
    variadic: Bool = false, prelude: String? = nil, preludeFor preludeParameter: String? = nil, _ documentation: String
  ) {
    self.receiver = receiver
    self.name = name
    self.parameters = parameters
    isMutating = mutating
    isVariadic = variadic
    self.prelude = prelude
    self.preludeParameter = preludeParameter
    self.documentation = documentation
  }
}
