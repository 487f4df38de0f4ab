import WeftCompiler

extension Machine {
  /// A built-in function in which the current task waits for something outside. Its arguments begin at `slot`.
  func beginWaiting(_ function: Int, _ slot: UnsafeMutablePointer<Value>, register: Int) {
    switch BuiltinFunction(rawValue: UInt16(truncatingIfNeeded: function)) {
    case .readFile?: beginFileWork(.readFile, slot, register: register)
    case .writeFile?: beginFileWork(.writeFile, slot, register: register)
    // unreachable: the compiler makes the instruction for waiting functions alone.
    default: break
    }
  }
}
