/// What became of a file: its tree, and everything that is wrong with it.
public struct ParseResult: Sendable {
  /// Complete if there are no errors; otherwise `.invalid` stands where something could not be read.
  public let tree: Tree
  /// In the order of the text.
  public let diagnostics: [Diagnostic]
  /// The only trouble is that the input ended inside an open bracket or a `"""` string: a REPL should ask for more.
  public let isIncomplete: Bool

  /// Its last token is a `;`, which a prompt takes for the wish not to see the value.
  public let endsInSemicolon: Bool

  /// Whether any diagnostic is an error, so that the tree must not be run.
  public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
}

/// Reads a script. Reports every problem that it finds once, and always gives a tree.
///
///     let result = parse(SourceFile(name: "a.weft", text: "print(1 + 2)"))
///     result.tree.statements.count  // 1
public func parse(_ source: SourceFile) -> ParseResult { parse(source, isInput: false) }

/// The same for an input of a session, where `_` is the last value.
public func parse(_ source: SourceFile, isInput: Bool) -> ParseResult {
  if let problem = sizeProblem(source) {
    return ParseResult(
      tree: Tree(source: source, statements: []), diagnostics: [problem], isIncomplete: false, endsInSemicolon: false)
  }
  var parser = Parser(source: source, list: Lexer.tokens(of: source))
  parser.underscoreHasValue = isInput
  return parser.parseFile()
}

/// Places are 32-bit numbers everywhere.
func sizeProblem(_ source: SourceFile) -> Diagnostic? {
  guard source.bytes.count >= Int(Int32.max) else { return nil }
  return Diagnostic(.error, Code.fileSize, "the file is larger than 2 GiB", at: Span(0, 0))
}
