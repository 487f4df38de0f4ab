import Testing
import WeftSyntax

/// The dump of a script that must have no problems; otherwise their texts, so that a failed expectation shows them.
func dumped(_ text: String) -> String {
  let source = SourceFile(name: "t.weft", text: text)
  let result = parse(source)
  guard result.diagnostics.isEmpty else { return rendered(text) }
  return dump(result.tree)
}

/// All diagnostics of a script as people see them.
func rendered(_ text: String) -> String {
  let source = SourceFile(name: "t.weft", text: text)
  let renderer = DiagnosticRenderer(color: false)
  return parse(source).diagnostics.map { renderer.text($0, in: source) }.joined(separator: "\n\n")
}

/// The codes of a script's diagnostics, in order.
func codes(_ text: String) -> [String] {
  parse(SourceFile(name: "t.weft", text: text)).diagnostics.map(\.code)
}

/// A script and what it should give. `<TAB>` and `<CR>` stand for what an editor would not keep.
struct Sample: Sendable, CustomTestStringConvertible {
  let script: String
  let expected: String

  init(_ script: String, _ expected: String) {
    self.script = script.replacing("<TAB>", with: "\t").replacing("<CR>", with: "\r")
    self.expected = expected
  }

  var testDescription: String { script }
}
