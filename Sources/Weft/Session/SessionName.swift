public import WeftMachine

/// A name that inputs of a session can use because an earlier one declared it.
public struct SessionName: Sendable {
  public enum Kind: String, Sendable {
    case task, constant = "let", variable = "var", errorKind = "error", importedFile = "import"
  }

  public var name: String
  public var kind: Kind
  /// `download(url, limit = 5s)` for a task, `Busy: HTTPError` for an error, else the name.
  public var signature: String
  /// Its `##` comment without the marks.
  public var documentation: String?
  /// The text that declares it, as it was entered.
  public var sourceText: String
  /// Where that is: `input 3`, or a file.
  public var origin: String
  /// Of a `let` or `var` that has a value: its type and what it holds.
  public var type: String?
  public var value: ValueSnapshot?
  /// Of an imported file: what `name.` can go on with.
  public var members: [String] = []
}
