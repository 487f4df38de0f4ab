import WeftCompiler

/// What a call of a method needs to know, by the method's index; made once a process.
struct MethodTables: @unchecked Sendable {
  static let shared = MethodTables()

  let plain: [Native?]
  let mutating: [MutatingNative?]
  /// How many arguments a method takes.
  let arity: [(least: Int, most: Int)]
  /// For a method that the prelude carries out when one parameter is given: the place of that parameter.
  let preludePlaces: [Int?]

  private init() {
    let all = BuiltinMethods.all
    plain = all.indices.map { Machine.native(forMethod: $0) }
    mutating = all.indices.map { Machine.mutatingNative(forMethod: $0) }
    arity = all.map { method in
      (method.parameters.count { !$0.isOptional }, method.isVariadic ? Int.max : method.parameters.count)
    }
    preludePlaces = all.map { method in
      method.preludeParameter.flatMap { name in method.parameters.firstIndex { $0.name == name } }
    }
  }
}

extension Machine {
  var plainMethods: [Native?] { tables.plain }
  var mutatingMethods: [MutatingNative?] { tables.mutating }
  var methodArity: [(least: Int, most: Int)] { tables.arity }
  var preludePlaces: [Int?] { tables.preludePlaces }
}
