/// How a report looks in a terminal.
public struct TextStyle: Sendable {
  /// Escape codes for colour.
  public var hasColor: Bool
  /// Columns of the terminal.
  public var width: Int

  public init(hasColor: Bool = false, width: Int = 100) {
    self.hasColor = hasColor
    // A line has to say something.
    self.width = max(20, width)
  }

  func bold(_ text: String) -> String { paint(text, "1") }
  func dim(_ text: String) -> String { paint(text, "2") }
  func red(_ text: String) -> String { paint(text, "31") }
  func green(_ text: String) -> String { paint(text, "32") }
  func yellow(_ text: String) -> String { paint(text, "33") }
  func blue(_ text: String) -> String { paint(text, "34") }

  private func paint(_ text: String, _ code: String) -> String {
    hasColor && !text.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}
