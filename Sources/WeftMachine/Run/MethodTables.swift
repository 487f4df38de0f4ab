import WeftCompiler

/// What a call of a method needs to know, by the method's index.
struct MethodEntry {
  let plain: Native?
  let mutating: MutatingNative?
  /// How many arguments the method takes.
  let least: Int
  let most: Int
  /// For a method that the prelude carries out when one parameter is given: the place of that parameter; else -1.
  let preludePlace: Int
  /// The prelude carries it out, and nothing else does.
  let isPrelude: Bool
}

/// The methods of all types, made once a process and never changed.
struct MethodTables: @unchecked Sendable {
  static let shared = MethodTables()

  let entries: UnsafeMutablePointer<MethodEntry>
  private let dispatch: UnsafeMutablePointer<Int16>
  private static let kinds = 32

  private init() {
    let all = BuiltinMethods.all
    entries = .allocate(capacity: all.count)
    for (index, method) in all.enumerated() {
      (entries + index).initialize(
        to: MethodEntry(
          plain: Machine.native(forMethod: index), mutating: Machine.mutatingNative(forMethod: index),
          least: method.parameters.count { !$0.isOptional },
          most: method.isVariadic ? Int.max : method.parameters.count,
          preludePlace: method.preludeParameter.flatMap { name in method.parameters.firstIndex { $0.name == name } }
            ?? -1,
          isPrelude: method.prelude != nil && Machine.native(forMethod: index) == nil
            && Machine.mutatingNative(forMethod: index) == nil))
    }
    let names = BuiltinMethods.names.count
    dispatch = .allocate(capacity: names * Self.kinds)
    dispatch.initialize(repeating: -1, count: names * Self.kinds)
    for id in 0..<names {
      for kind in ReceiverKind.allCases {
        if let index = BuiltinMethods.index(id: id, receiver: kind) {
          dispatch[id * Self.kinds + Int(kind.rawValue)] = Int16(index)
        }
      }
    }
  }

  /// The index of the method with that id for that kind of receiver; -1 if there is none.
  @inline(__always) func index(_ id: Int, _ receiver: ReceiverKind) -> Int {
    Int(dispatch[id * Self.kinds + Int(receiver.rawValue)])
  }
}
