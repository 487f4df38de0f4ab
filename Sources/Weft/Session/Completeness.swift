import WeftSyntax

extension Session.Completeness {
  init(of text: String) {
    let parsed = parse(SourceFile(name: "input", text: text), isInput: true)
    if !parsed.hasErrors {
      // A `##` comment belongs to what follows it.
      let last = text.split(separator: "\n", omittingEmptySubsequences: false).last ?? ""
      self = last.drop { $0 == " " || $0 == "\t" }.hasPrefix("##") ? .incomplete : .complete
    } else if parsed.isIncomplete || Self.canGoOn(text, parsed) {
      self = .incomplete
    } else {
      self = .wrong(parsed.diagnostics.filter { $0.severity == .error })
    }
  }

  /// Whether something in the next line would take the first problem away: it is no more than that the text ends too early.
  private static func canGoOn(_ text: String, _ parsed: ParseResult) -> Bool {
    guard let problem = parsed.diagnostics.first(where: { $0.severity == .error }) else { return false }
    let count = text.utf8.count
    return ["x", "{}", "x {}", "\"x\""].contains { continuation in
      let longer = parse(SourceFile(name: "input", text: text + "\n" + continuation), isInput: true)
      let next = longer.diagnostics.first { $0.severity == .error }
      return next.map { Int($0.span.start) > count && $0.code != problem.code } ?? true
    }
  }
}
