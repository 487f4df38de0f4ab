/// Looks up what is built in by name.
enum Builtins {
  /// Written before a dot: `json.parse`, `math.pi`.
  static let modules: Set<String> = ["json", "math", "shutdown"]
  /// What `is` tests besides kinds of error.
  static let typeNames: Set<String> = [
    "None", "Bool", "Int", "Float", "String", "Duration", "Rate", "Bytes", "List", "Map", "Range", "Function", "Task",
    "Group", "Response", "Semaphore", "Lock", "RateLimiter", "Queue", "Shared",
  ]
  private static let byName: [String: BuiltinFunction] = {
    var table: [String: BuiltinFunction] = [:]
    for function in BuiltinFunction.allCases { table[function.signature.name] = function }
    return table
  }()
  static let functionNames: [String] = byName.keys.filter {
    !$0.hasPrefix("__") && !$0.contains(".") && !$0.contains(":")
  }.sorted()

  static func function(named name: String) -> BuiltinFunction? { byName[name] }

  static func members(ofModule module: String) -> [String] {
    byName.keys.filter { $0.hasPrefix(module + ".") }.map { String($0.dropFirst(module.count + 1)) }.sorted()
  }

  /// Whether every method of that name changes its receiver.
  static func alwaysMutates(_ method: String) -> Bool {
    BuiltinMethods.id(of: method).map { BuiltinMethods.byID[$0].allSatisfy(\.isMutating) } ?? false
  }

  /// Methods of which at least one of that name changes its receiver.
  static let mutatingNames: Set<String> = Set(BuiltinMethods.all.filter(\.isMutating).map(\.name))
}
