import Weft
import WeftCompiler
import WeftMachine
import WeftSyntax

/// What stands behind a script's file on the command line, read by the script's own `param`s.
struct ScriptParameters {
  /// What is wrong with what was given.
  struct Problem: Error {
    var message: String
    var hint: String?
  }

  /// By the parameter's name.
  private(set) var values: [String: WeftValue] = [:]
  private(set) var wantsHelp = false

  private let params: [Image.Param]

  init(_ words: [String], of script: Script) throws(Problem) {
    params = script.image.params
    // A script is asked for its parameters with wrong or missing ones given, too.
    wantsHelp = words.contains("--help") || words.contains("-h")
    if wantsHelp { return }
    var rest = words[...]
    while let word = rest.popFirst() { try take(word, &rest) }
    if let missing = params.first(where: { $0.defaultText == nil && values[$0.name] == nil }) {
      throw Problem(
        message: "the parameter `--\(missing.name)` is missing",
        hint: missing.documentation.map { "\($0.firstLine)" } ?? "give it as `--\(missing.name) value`")
    }
  }

  private mutating func take(_ word: String, _ rest: inout ArraySlice<String>) throws(Problem) {
    guard word.hasPrefix("--"), word.count > 2 else {
      throw Problem(message: "unexpected argument `\(word)`", hint: "parameters are given as `--name value`")
    }
    let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let name = parts[0].replacing("-", with: "_")
    let attached = parts.count > 1 ? parts[1] : nil
    if let param = params.first(where: { $0.name == name }) {
      return try set(param, try value(for: param, attached, &rest))
    }
    // A `Bool` can be turned off by name.
    if name.hasPrefix("no_"), attached == nil,
      let param = params.first(where: { $0.name == name.dropFirst(3) && $0.type == .bool })
    {
      return try set(param, .bool(false))
    }
    throw unknown(parts[0])
  }

  private mutating func set(_ param: Image.Param, _ value: WeftValue) throws(Problem) {
    guard values.updateValue(value, forKey: param.name) == nil else {
      throw Problem(message: "the parameter `--\(param.name)` is given twice")
    }
  }

  private func unknown(_ name: String) -> Problem {
    let match = closestMatch(to: name.replacing("-", with: "_"), among: params.map(\.name))
    let hint =
      if let match {
        "did you mean `--\(match)`?"
      } else if params.isEmpty {
        "it has no parameters; weft's own options stand before the file"
      } else {
        "it has " + params.map { "`--\($0.name)`" }.joined(separator: ", ")
          + "; weft's own options stand before the file"
      }
    return Problem(message: "the script has no parameter `--\(name)`", hint: hint)
  }

  private func value(
    for param: Image.Param, _ attached: String?, _ rest: inout ArraySlice<String>
  ) throws(Problem) -> WeftValue {
    if param.type == .bool {
      if let attached { return try convert(attached, for: param) }
      guard let next = rest.first, ["true", "false"].contains(next) else { return .bool(true) }
      rest.removeFirst()
      return .bool(next == "true")
    }
    if let attached { return try convert(attached, for: param) }
    guard let next = rest.first, !next.hasPrefix("--") else {
      throw Problem(
        message: "`--\(param.name)` needs a value of type \(param.type.rawValue)",
        hint: rest.isEmpty ? nil : "a value that begins with `--` is given as `--\(param.name)=value`")
    }
    rest.removeFirst()
    return try convert(next, for: param)
  }

  private func convert(_ text: String, for param: Image.Param) throws(Problem) -> WeftValue {
    let literal = param.type == .string ? nil : Literal(text)
    switch (param.type, literal) {
    case (.string, _): return .string(text)
    case (.int, .int(let value)?): return .int(Int(value))
    case (.int, .bigInt?):
      throw Problem(message: "`\(text)` is too large for `--\(param.name)`", hint: "a parameter holds at most 64 bits")
    case (.float, .float(let value)?): return .float(value)
    case (.float, .int(let value)?): return .float(Double(value))
    case (.bool, .bool(let value)?): return .bool(value)
    case (.duration, .duration(let nanoseconds)?): return .duration(.nanoseconds(nanoseconds))
    case (.rate, .rate(let perSecond)?): return .rate(perSecond)
    // The default is made of other parameters, so its type shows only when it runs.
    case (.any, .int(let value)?): return .int(Int(value))
    case (.any, .float(let value)?): return .float(value)
    case (.any, .bool(let value)?): return .bool(value)
    case (.any, .duration(let nanoseconds)?): return .duration(.nanoseconds(nanoseconds))
    case (.any, .rate(let perSecond)?): return .rate(perSecond)
    case (.any, _): return .string(text)
    case (.list, _), (.map, _):
      throw Problem(
        message: "`--\(param.name)` is a \(param.type.rawValue), which the command line cannot give",
        hint: "change its default in the script")
    default:
      throw Problem(
        message: "`--\(param.name)` takes \(param.type.example.article) \(param.type.rawValue), not `\(text)`",
        hint: "write it like `--\(param.name) \(param.type.example.text)`")
    }
  }
}

extension Image.ParamType {
  fileprivate var example: (article: String, text: String) {
    switch self {
    case .int: ("an", "100")
    case .float: ("a", "0.5")
    case .bool: ("a", "true")
    case .duration: ("a", "1.5s")
    case .rate: ("a", "5/s")
    default: ("a", "value")
    }
  }
}

extension String {
  var firstLine: Substring { split(separator: "\n", maxSplits: 1).first ?? "" }
}
