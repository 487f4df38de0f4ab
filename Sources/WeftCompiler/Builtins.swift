/// A parameter of a built-in function or method.
public struct BuiltinParameter: Sendable {
  public let name: String
  /// An argument that is left out arrives as an unset value.
  public let isOptional: Bool

  public init(_ name: String, optional: Bool = false) {
    self.name = name
    isOptional = optional
  }
}

/// What the compiler and the help know of a built-in function.
public struct BuiltinSignature: Sendable {
  public let name: String
  public let parameters: [BuiltinParameter]
  /// More positional arguments than `parameters` are allowed, and are passed on after them.
  public let isVariadic: Bool
  public let documentation: String
  /// The task of the prelude that carries it out; nil when the machine does.
  public let prelude: String?

  public init(
    _ name: String, _ parameters: [BuiltinParameter], variadic: Bool = false, prelude: String? = nil, _ documentation: String
  ) {
    self.name = name
    self.parameters = parameters
    isVariadic = variadic
    self.documentation = documentation
    self.prelude = prelude
  }
}

/// The kinds of value that have methods.
public enum ReceiverKind: UInt8, CaseIterable, Sendable {
  case none, bool, int, float, duration, rate, function, string, list, map, bytes, range, error, response, task, group
  case errorKind, module
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
  public let prelude: String?
  public let documentation: String

  public init(
    _ receiver: ReceiverKind, _ name: String, _ parameters: [BuiltinParameter] = [], mutating: Bool = false,
    variadic: Bool = false, prelude: String? = nil, _ documentation: String
  ) {
    self.receiver = receiver
    self.name = name
    self.parameters = parameters
    isMutating = mutating
    isVariadic = variadic
    self.prelude = prelude
    self.documentation = documentation
  }
}
