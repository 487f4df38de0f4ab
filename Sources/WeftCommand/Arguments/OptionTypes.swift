import ArgumentParser
import WeftMachine

/// How problems are told.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case text
  /// One object a line.
  case json
}

/// A span of time, written as in a script: `30s`, `1.5m`.
struct TimeLimit: ExpressibleByArgument {
  let text: String
  let nanoseconds: Int64

  init?(argument: String) {
    guard case .duration(let nanoseconds)? = Literal(argument), nanoseconds > 0 else { return nil }
    text = argument
    self.nanoseconds = nanoseconds
  }
}

/// A limit of a run, by the name that messages have for it: `memory=64MB`, `operations=1_000_000`.
struct LimitOption: ExpressibleByArgument {
  let limit: WritableKeyPath<MachineLimits, Int>
  let value: Int

  private static var all: [(name: String, limit: WritableKeyPath<MachineLimits, Int>)] {
    [
      ("memory", \.memory), ("operations", \.operations), ("callStack", \.callStack), ("tasks", \.tasks),
      ("valueSize", \.valueSize), ("output", \.output),
      ("response", \.response), ("workers", \.workers),
    ]
  }

  static var names: String { all.map(\.name).joined(separator: ", ") }

  init?(argument: String) {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let limit = Self.all.first(where: { $0.name == parts[0] })?.limit,
      case .int(let value)? = Literal(String(parts[1])), value > 0
    else { return nil }
    self.limit = limit
    self.value = Int(clamping: value)
  }
}
