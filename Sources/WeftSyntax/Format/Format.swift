/// What `format` makes of a script.
public struct FormatResult: Sendable {
  /// The script in canonical form, which means the same; nil if it has errors.
  public let text: String?
  /// Why there is no text, and warnings.
  public let diagnostics: [Diagnostic]
}

/// Lays a script out in the one canonical way: two spaces for each level, one statement a line, lines of at most 100
/// columns where brackets allow it. Comments, strings and numbers stay as they are, and so does what stands in brackets on
/// one line or on several, as long as it fits.
///
///     format(SourceFile(name: "a.weft", text: "let x=f( 1,2 )")).text  // "let x = f(1, 2)\n"
public func format(_ source: SourceFile) -> FormatResult {
  if let problem = sizeProblem(source) { return FormatResult(text: nil, diagnostics: [problem]) }
  let list = Lexer.tokens(of: source)
  var parser = Parser(source: source, list: list)
  parser.marks = Array(repeating: [], count: list.tokens.count)
  let result = parser.parseFile()
  guard !result.hasErrors else { return FormatResult(text: nil, diagnostics: result.diagnostics) }
  var reader = PieceReader(source: source, tokens: list.tokens, marks: parser.marks)
  var layout = Layout(pieces: reader.read())
  // Breaking a bracket can leave another one too long, but each time one more is broken.
  while true {
    var writer = LayoutWriter(layout: layout, bytes: source.bytes)
    writer.write()
    let tooLong = LineFitting(layout: layout, writer: writer).groupsToBreak()
    if tooLong.isEmpty { return FormatResult(text: writer.text, diagnostics: result.diagnostics) }
    layout.force(tooLong)
  }
}
