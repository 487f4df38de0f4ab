public import WeftSyntax

/// A compiled program: plain data and indices only, immutable and safe to share.
public struct Image: Sendable {
  public var sources: [SourceFile] = []
  /// The code of all functions, one after the other.
  public var code: [UInt64] = []
  /// For each word of `code`, what part of the source it came from.
  public var spans: [Span] = []
  public var functions: [Function] = []
  public var constants: [Constant] = []
  public var globals: [Global] = []
  public var params: [Param] = []
  /// The parents of the kinds of error that the script declares below another: `HTTPError` for `error Busy: HTTPError`.
  public var kindParents: [String: String] = [:]
  /// The functions that work out the values of imported files, each when it is first used.
  public var initializers: [Int] = []
  /// The program looks at `shutdown`, so it means to end in its own way when it is asked to.
  public var mentionsShutdown = false
  /// What the program was compiled for.
  public var purpose = Purpose.run
  /// The function that runs the file's top level; there is none where the program was compiled for its tests or benches.
  public var main = 0
  /// The `test` blocks of the script, if it was compiled for them.
  public var tests: [Entry] = []
  /// The `bench` blocks of the script, if it was compiled for them.
  public var benches: [Entry] = []
  /// Tasks of the prelude that methods and built-ins call, by name.
  public var preludeFunctions: [String: Int] = [:]

  public struct Function: Sendable {
    public var name: String
    /// The file it stands in; -1 for the prelude, which traces leave out.
    public var source: Int
    public var parameters: [String]
    /// Parameters without a default. They come first.
    public var required: Int
    public var registers: Int
    /// Where its code begins and ends in `Image.code`.
    public var start: Int
    public var end: Int
    public var handlers: [Handler]
    public var captures: [Capture]
    /// Which captures are variables that may still change, in cells.
    public var cellCaptures: [Bool]
    public var documentation: String?
    /// What a report calls it: a task, the body of a `gather` …
    public var role: Role
  }

  public enum Role: String, Sendable { case main, task, closure, child, test, bench }

  /// A `test` or `bench` block, which runs by itself.
  public struct Entry: Sendable {
    public var title: String
    public var function: Int
    /// The place of its title.
    public var span: Span
  }

  /// Where a closure's captured value comes from when it is made.
  public enum Capture: Sendable, Equatable {
    case register(Int)
    case capture(Int)
  }

  /// What happens to a throw or a cancellation in a range of code. Inner handlers come first.
  public struct Handler: Sendable {
    public enum Kind: UInt8, Sendable {
      /// Errors only: the error goes to `register`.
      case catchError
      /// Every completion: it goes to `register` and the one after.
      case cleanup
      /// The same, for a scope that has to be closed.
      case scope
      /// Not a stop: an error that passes gets the error in `register` as its cause.
      case cause
      /// Not a stop: the `update` of the Shared in `register` is given up.
      case update
    }
    public var start: Int
    public var end: Int
    public var target: Int
    public var kind: Kind
    public var register: Int
    /// Registers from here on are released.
    public var height: Int
  }

  public enum Constant: Sendable, Hashable {
    case int(Int64)
    case bigInt(String)
    /// By its bit pattern.
    case float(UInt64)
    case string(String)
    case duration(Int64)
    case rate(UInt64)
    case errorKind(String)
    /// Labels of a call's last arguments.
    case labels([String])
  }

  public struct Global: Sendable {
    public var name: String
    public var isVariable: Bool
  }

  public struct Param: Sendable {
    public var name: String
    public var global: Int
    /// Nil when it must be given.
    public var defaultText: String?
    public var type: ParamType
    public var documentation: String?
    public var span: Span
  }

  public enum ParamType: String, Sendable {
    case string = "String", int = "Int", float = "Float", bool = "Bool", duration = "Duration", rate = "Rate", list =
      "List", map = "Map", any = "Any"
  }
}
