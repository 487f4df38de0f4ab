import WeftSyntax

/// The page of `weft explain` for one code, or for one kind of error that Weft throws.
struct Explanation: Sendable {
  /// Such as `E0201` or `TypeError`.
  let code: String
  /// What it is, in a few words.
  let title: String
  /// What it means, and why it is so.
  let text: String
  /// A script that gives it; nil where none can that is short enough to read.
  let wrong: String?
  /// The same, mended.
  let right: String?

  init(_ code: String, _ title: String, _ text: String, wrong: String? = nil, right: String? = nil) {
    self.code = code
    self.title = title
    self.text = text
    self.wrong = wrong
    self.right = right
  }

  static var all: [Explanation] {
    text + structure + constructs + names + calls + places + advice + faults + kinds
  }

  /// The page for a code, in upper or lower case.
  static func of(_ code: String) -> Explanation? {
    let wanted = code.lowercased()
    return all.first { $0.code.lowercased() == wanted }
  }

  /// The code that is most like `code`.
  static func closest(to code: String) -> String? {
    closestMatch(to: code.lowercased(), among: all.map { $0.code.lowercased() }).flatMap { of($0)?.code }
  }

  /// The page as a terminal shows it.
  var page: String {
    var page = "\(code): \(title)\n\n\(text)\n"
    for (label, script) in [("Wrong:", wrong), ("Right:", right)] {
      guard let script else { continue }
      let lines = script.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : "    \($0)" }
      page += "\n\(label)\n\n\(lines.joined(separator: "\n"))\n"
    }
    return page
  }

  /// All codes with their titles, one on a line.
  static var list: String {
    let width = all.map(\.code.count).max() ?? 0
    return all.map { "\($0.code)\(String(repeating: " ", count: width - $0.code.count + 2))\($0.title)\n" }.joined()
  }
}
