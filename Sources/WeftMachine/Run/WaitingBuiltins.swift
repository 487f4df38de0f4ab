import WeftCompiler

extension Machine {
  /// A built-in function in which the current task waits for something outside. Its arguments begin at `slot`.
  func beginWaiting(_ function: Int, _ slot: UnsafeMutablePointer<Value>, register: Int) {
    switch BuiltinFunction(rawValue: UInt16(truncatingIfNeeded: function)) {
    case .readFile?: beginFileWork(.readFile, slot, register: register)
    case .writeFile?: beginFileWork(.writeFile, slot, register: register)
    case .awaitShutdown?: awaitShutdown(slot)
    // unreachable: the compiler makes the instruction for waiting functions alone.
    default: break
    }
  }

  /// Where a fiber is in the script: an index into the image's code. It may wait in a task of the prelude, which nobody wrote,
  /// or before it works out a value of an imported file.
  func scriptPosition(of fiber: FiberPointer) -> Int {
    var base = fiber.pointee.base
    var pc = fiber.pointee.pc
    var isAhead = fiber.pointee.wait == .lazy
    while true {
      let position = position(of: pc)
      if !isAhead, let index = function(at: position), image.functions[index].source >= 0 { return position }
      isAhead = false
      let link = (base - 1).pointee
      guard link.bits != 0, let outer = UnsafePointer<UInt64>(bitPattern: UInt(link.tag)) else { return position }
      base -= Int(link.bits)
      pc = outer
    }
  }
}
