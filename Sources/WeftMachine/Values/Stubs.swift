import WeftCompiler

// Signatures that the run loop compiles against; each moves to its own file with its body.

extension Machine {
  static func native(for function: BuiltinFunction) -> Native {
    { (_, _, _) throws(Thrown) -> Value in .none }
  }
  /// Nil for a method that changes its receiver or that the prelude carries out.
  static func native(forMethod index: Int) -> Native? { nil }
  /// Nil for a method that does not change its receiver.
  static func mutatingNative(forMethod index: Int) -> MutatingNative? { nil }
}

extension Machine {
  /// The name of a function value; nil for an anonymous task.
  func functionName(_ value: Value) -> String? {
    value.tag == Kind.builtin ? BuiltinFunction(rawValue: UInt16(truncatingIfNeeded: value.bits))?.name : nil
  }
}
