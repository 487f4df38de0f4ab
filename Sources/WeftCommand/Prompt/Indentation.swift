/// How far the next line of an unfinished input is moved in.
enum Indentation {
  /// As far as the line before, and two columns more behind an open bracket. Inside of a `"""` string blanks would count.
  static func next(after block: String) -> String {
    guard !endsInString(block) else { return "" }
    let last = block.split(separator: "\n").last ?? ""
    let blanks = last.prefix { $0 == " " }
    var text = last[blanks.endIndex...]
    while text.last?.isWhitespace == true { text.removeLast() }
    let opens = text.hasSuffix("{") || text.hasSuffix("(") || text.hasSuffix("[") || text.hasSuffix("=>")
    return blanks + (opens ? "  " : "")
  }

  private static func endsInString(_ block: String) -> Bool {
    block.split(separator: "\"\"\"", omittingEmptySubsequences: false).count % 2 == 0
  }
}
