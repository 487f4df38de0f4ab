import WeftSyntax

/// What a host adds to the names that scripts may use: what the compiler, the help and the completion know of it. How its
/// functions are carried out is the machine's affair.
///
/// ```swift
/// var host = HostInterface()
/// host.add(HostInterface.Function("lookup", [.needed("id")], "finds a user"))
/// host.function(named: "lookup")?.parameters.count  // 1
/// ```
public struct HostInterface: Sendable {
  /// A function that scripts call by its name, or by `module.name`.
  public struct Function: Sendable {
    public let name: String
    public let parameters: [BuiltinParameter]
    public let documentation: String

    public init(_ name: String, _ parameters: [BuiltinParameter] = [], _ documentation: String = "") {
      self.name = name
      self.parameters = parameters
      self.documentation = documentation
    }
  }

  /// Its functions, by name.
  public private(set) var functions: [String: Function] = [:]
  /// The methods of its types by their names; `methods["add"]?["Counter"]` is one.
  public private(set) var methods: [String: [String: Function]] = [:]
  /// What `is` tests besides built-in types and kinds of error.
  public private(set) var types: Set<String> = []
  /// The kinds of error that it throws, each with the one above it.
  public private(set) var errorKinds: [String: String] = [:]
  /// Written before the dot of a function's name.
  public private(set) var modules: Set<String> = []

  public init() {}

  public var isEmpty: Bool { functions.isEmpty && types.isEmpty && errorKinds.isEmpty }

  public mutating func add(_ function: Function) {
    functions[function.name] = function
    let parts = function.name.split(separator: ".")
    if parts.count > 1 { modules.insert(String(parts[0])) }
  }

  public mutating func add(_ method: Function, ofType type: String) {
    types.insert(type)
    methods[method.name, default: [:]][type] = method
  }

  public mutating func add(type: String) { types.insert(type) }

  public mutating func add(errorKind name: String, below parent: String) { errorKinds[name] = parent }

  public func function(named name: String) -> Function? { functions[name] }

  func members(ofModule module: String) -> [String] {
    functions.keys.filter { $0.hasPrefix(module + ".") }.map { String($0.dropFirst(module.count + 1)) }
  }
}

extension HostInterface {
  /// Whether a script can write `name` where it calls a function: a word, or two with a dot between them.
  public static func isCallable(_ name: String) -> Bool {
    guard let expression = expression(name), let base = name.split(separator: ".").first else { return false }
    switch expression.kind {
    case .name(let found): return found == name
    case .member(let inner, let member, false):
      guard case .name(let module) = inner.kind else { return false }
      return module == base && name == "\(module).\(member.text)"
    default: return false
    }
  }

  /// Whether `text` may name a parameter, a type or a kind of error.
  public static func isWord(_ text: String) -> Bool {
    if case .name(text)? = expression(text)?.kind { true } else { false }
  }

  private static func expression(_ text: String) -> Expr? {
    let parsed = parse(SourceFile(name: "", text: text))
    guard parsed.diagnostics.isEmpty, parsed.tree.statements.count == 1,
      case .expression(let expression)? = parsed.tree.statements.first?.kind
    else { return nil }
    return expression
  }

  /// Whether a method of that name changes the lists or maps that it is called on, wherever it is written.
  public static func changesReceiver(_ method: String) -> Bool { Builtins.alwaysMutates(method) }
}
