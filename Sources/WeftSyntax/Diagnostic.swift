/// One problem (or remark) about a script, with its place. Renderers turn it into text or JSON.
public struct Diagnostic: Sendable {
  public enum Severity: String, Sendable { case error, warning, note }

  /// A second place that helps to understand the first.
  public struct Label: Sendable {
    public let span: Span
    public let text: String
    /// The file that it is in; nil for that of the diagnostic.
    public let source: SourceFile?

    public init(span: Span, text: String, source: SourceFile? = nil) {
      self.span = span
      self.text = text
      self.source = source
    }
  }

  public let severity: Severity
  /// A stable code such as `E0201`: E01 lexing and parsing, E02 names, E03 calls, E04 constants and places, W advice.
  public let code: String
  /// Lower case, no full stop, names in backticks.
  public let message: String
  public let span: Span
  /// What stands beside the caret, for example "did you mean `download`?".
  public let caret: String?
  public let labels: [Label]
  /// How to fix it, below the excerpt.
  public let hint: String?
  /// The file that it is about; nil for the script itself.
  public var source: SourceFile?

  public init(
    _ severity: Severity, _ code: String, _ message: String, at span: Span, caret: String? = nil,
    labels: [Label] = [], hint: String? = nil
  ) {
    self.severity = severity
    self.code = code
    self.message = message
    self.span = span
    self.caret = caret
    self.labels = labels
    self.hint = hint
  }
}
