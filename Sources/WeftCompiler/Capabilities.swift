/// What a host may grant to a script. The built-in functions of what it does not grant are not in scope.
public struct Capabilities: OptionSet, Sendable {
  public let rawValue: Int

  public init(rawValue: Int) { self.rawValue = rawValue }

  /// `read`, `lines` and `write`.
  public static let files = Capabilities(rawValue: 1)
  /// `env`.
  public static let environment = Capabilities(rawValue: 2)
  public static let all: Capabilities = [.files, .environment]

  /// As messages name it; of one capability.
  var name: String { self == .files ? "files" : "the environment" }
}

extension BuiltinFunction {
  /// What a host has to grant for the function to be in scope; nothing for most.
  var capability: Capabilities {
    switch self {
    case .read, .write, .lines: .files
    case .env: .environment
    default: []
    }
  }

  /// The task waits in it for something outside, so it has an instruction of its own. For the prelude alone.
  var isWaiting: Bool {
    switch self {
    case .readFile, .writeFile, .awaitShutdown: true
    default: false
    }
  }
}
