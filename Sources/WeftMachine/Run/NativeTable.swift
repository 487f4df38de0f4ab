import WeftCompiler

/// The built-in functions, made once a process and never changed.
struct NativeTable: @unchecked Sendable {
  static let shared = NativeTable()

  /// By the number of the function.
  let entries: UnsafeMutablePointer<Native>
  /// Code that stands by itself: where a fiber's first frame returns to.
  let endOfFiber: UnsafeMutablePointer<UInt64>

  private init() {
    entries = .allocate(capacity: BuiltinFunction.allCases.count)
    for function in BuiltinFunction.allCases {
      (entries + Int(function.rawValue)).initialize(to: Machine.native(for: function))
    }
    endOfFiber = .allocate(capacity: 1)
    endOfFiber.initialize(to: Instruction(.endFiber).word)
  }
}
