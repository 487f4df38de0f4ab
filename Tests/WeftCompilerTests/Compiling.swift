import Testing
import Weft
import WeftSyntax

/// What compiling `text` says: its problems, or the advice when there is none.
func diagnostics(_ text: String) -> [Diagnostic] {
  do {
    return try Script(compiling: text, advising: true).warnings
  } catch {
    return error.diagnostics
  }
}

/// The same as a reader sees it.
func told(_ text: String) -> String {
  let source = SourceFile(name: "<script>", text: text)
  return diagnostics(text).map { DiagnosticRenderer(color: false).text($0, in: source) }.joined(separator: "\n")
}
