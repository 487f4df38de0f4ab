import ArgumentParser

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
