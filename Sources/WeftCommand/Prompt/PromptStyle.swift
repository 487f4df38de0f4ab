/// How the prompt looks.
struct PromptStyle {
  let hasColor: Bool

  /// Readline has to know what takes no room on the screen: it stands between 1 and 2.
  private func invisible(_ codes: String) -> String { hasColor ? "\u{1}\u{1B}[\(codes)m\u{2}" : "" }

  var prompt: String { "\(invisible("1;36"))weft>\(invisible("0")) " }
  /// As wide as the prompt.
  var continuation: String { "\(invisible("36"))  ...\(invisible("0")) " }

  func dim(_ text: String) -> String { hasColor ? "\u{1B}[2m\(text)\u{1B}[0m" : text }
}
