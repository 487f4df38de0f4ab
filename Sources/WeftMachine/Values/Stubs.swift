import WeftCompiler

// Signatures that the run loop compiles against; each moves to its own file with its body.

extension Machine {
  func charge(work: Int) throws(Thrown) {}

  func arithmetic(_ op: ArithmeticOp, _ left: Value, _ right: Value) throws(Thrown) -> Value { .none }
  func addInPlace(_ slot: UnsafeMutablePointer<Value>, _ right: Value) throws(Thrown) {}
  func negate(_ value: Value) throws(Thrown) -> Value { .none }
  func compare(_ left: Value, _ right: Value, _ op: OrderOp) throws(Thrown) -> Bool { false }
  func equal(_ left: Value, _ right: Value) -> Bool { false }
  func hash(forKey key: Value) throws(Thrown) -> UInt64 { 1 }
  func contains(_ container: Value, _ element: Value) throws(Thrown) -> Bool { false }
  func length(_ value: Value) throws(Thrown) -> Int { 0 }

  /// The result is a reference of the caller's own.
  func getIndex(_ base: Value, _ index: Value) throws(Thrown) -> Value { .none }
  /// Takes over the reference of `value`, also when it throws.
  func setIndex(_ slot: UnsafeMutablePointer<Value>, _ index: Value, _ value: Value) throws(Thrown) {}
  /// The address of an existing element, whose container is made unique in place.
  func slot(
    _ base: UnsafeMutablePointer<Value>, _ index: Value
  ) throws(Thrown) -> UnsafeMutablePointer<Value> { base }
  /// The result is a reference of the caller's own.
  func getMember(_ base: Value, _ name: Value) throws(Thrown) -> Value { .none }
  /// Takes over the reference of `value`, also when it throws.
  func setMember(_ slot: UnsafeMutablePointer<Value>, _ name: Value, _ value: Value) throws(Thrown) {}

  /// The text that `print` shows, or with `quoted` the text inside a list.
  func describe(_ value: Value, into output: inout [UInt8], quoted: Bool) throws(Thrown) {}
  /// `"\(x:.2)"`, `"\(name:12)"`: a string, which is a reference of the caller's own.
  func formatted(_ value: Value, width: Int?, decimals: Int?) throws(Thrown) -> Value { .none }

  static func receiverKind(of value: Value) -> ReceiverKind { .none }
  static func native(for function: BuiltinFunction) -> Native {
    { (_, _, _) throws(Thrown) -> Value in .none }
  }
  /// Nil for a method that changes its receiver or that the prelude carries out.
  static func native(forMethod index: Int) -> Native? { nil }
  /// Nil for a method that does not change its receiver.
  static func mutatingNative(forMethod index: Int) -> MutatingNative? { nil }
}
