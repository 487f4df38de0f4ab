import ArgumentParser
import Weft
import WeftSyntax

/// The options that describe a pretended world: its network and its cores.
struct WorldOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "How long a server takes: 80ms, uniform(50ms, 150ms), normal(80ms, 10ms), lognormal(80ms, 0.4) or exponential(80ms). "
        + "The host may have a port and a path, and * stands for any text.", valueName: "host=time"))
  var latency: [String] = []

  @Option(name: .long, help: ArgumentHelp("The share of requests that fail, such as 1%.", valueName: "host=share"))
  var failures: [String] = []

  @Option(name: .long, help: ArgumentHelp("How fast answers come, such as 10MB/s.", valueName: "host=rate"))
  var bandwidth: [String] = []

  @Option(name: .long, help: ArgumentHelp("How large answers are, such as 64KB.", valueName: "host=size"))
  var size: [String] = []

  @Option(help: ArgumentHelp("The cores that computing has; those of this machine unless given.", valueName: "n"))
  var cores: Int?

  @Option(help: ArgumentHelp("The time that a call or an iteration takes.", valueName: "time"))
  var tick = "8ns"

  struct Problem: Error {
    let message: String
    let hint: String?
  }

  func network() throws(Problem) -> NetworkModel {
    var model = NetworkModel()
    for text in latency {
      let (pattern, value) = try parts(of: text, "latency", example: "api.test=80ms")
      do throws(Latency.ParseError) {
        model.rules.append(.init(pattern: pattern, latency: try Latency(parsing: value)))
      } catch {
        throw Problem(message: error.message, hint: error.hint)
      }
    }
    for text in failures {
      let (pattern, value) = try parts(of: text, "failures", example: "api.test=1%")
      let share = value.hasSuffix("%") ? Double(value.dropLast()).map { $0 / 100 } : Double(value)
      guard let share, (0...1).contains(share) else {
        throw Problem(message: "`\(value)` is no share of requests", hint: "write a number of percent, such as `1%`")
      }
      model.rules.append(.init(pattern: pattern, failures: share))
    }
    for text in bandwidth {
      let (pattern, value) = try parts(of: text, "bandwidth", example: "api.test=10MB/s")
      guard let bytes = Self.bytes(value.hasSuffix("/s") ? String(value.dropLast(2)) : value), bytes > 0 else {
        throw Problem(message: "`\(value)` is no number of bytes a second", hint: "write `10MB/s` or `500KB/s`")
      }
      model.rules.append(.init(pattern: pattern, bandwidth: Double(bytes)))
    }
    for text in size {
      let (pattern, value) = try parts(of: text, "size", example: "api.test=64KB")
      guard let bytes = Self.bytes(value), bytes <= 1 << 30 else {
        throw Problem(message: "`\(value)` is no size of an answer", hint: "write `64KB` or `1MB`, up to `1GB`")
      }
      model.rules.append(.init(pattern: pattern, size: bytes))
    }
    return model
  }

  /// Nanoseconds.
  func tickTime() throws(Problem) -> Int64 {
    guard case .duration(let time)? = Self.literal(tick), (0...1_000_000_000).contains(time) else {
      throw Problem(message: "`\(tick)` is no time for a call or an iteration", hint: "write `8ns` or `1us`")
    }
    return time
  }

  private func parts(
    of text: String, _ option: String, example: String
  ) throws(Problem) -> (pattern: String, value: String) {
    guard let place = text.lastIndex(of: "="), place != text.startIndex else {
      throw Problem(message: "`--\(option) \(text)` names no host", hint: "write `--\(option) '\(example)'`")
    }
    return (String(text[..<place]), String(text[text.index(after: place)...]))
  }

  private static func bytes(_ text: String) -> Int? {
    guard case .int(let count)? = literal(text), count >= 0 else { return nil }
    return Int(count)
  }

  /// What a literal of the language stands for.
  private static func literal(_ text: String) -> Expr.Kind? {
    let result = WeftSyntax.parse(SourceFile(name: "option", text: text))
    guard !result.hasErrors, result.tree.statements.count == 1,
      case .expression(let expression) = result.tree.statements[0].kind
    else { return nil }
    return expression.kind
  }
}
