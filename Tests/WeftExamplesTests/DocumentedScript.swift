import Testing
import WeftSyntax

/// A script that stands in a Markdown page, between fences.
struct DocumentedScript: Sendable, CustomTestStringConvertible {
  /// The place of its first line in the page.
  let line: Int
  let text: String
  /// It must not compile (the fence says `weft-error`), or gets advice (`weft-warning`).
  let severity: Diagnostic.Severity?
  /// What it prints, or what is wrong with it, if the next fence holds that.
  var output: String?

  var testDescription: String { "line \(line)" }

  /// All scripts of a page.
  static func all(in page: String) -> [DocumentedScript] {
    var scripts: [DocumentedScript] = []
    var fence: (language: Substring, line: Int, text: String)?
    for (index, line) in page.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      guard line.hasPrefix("```") else {
        fence?.text += line + "\n"
        continue
      }
      guard let open = fence else {
        fence = (line.dropFirst(3), index + 2, "")
        continue
      }
      switch open.language {
      case "weft": scripts.append(DocumentedScript(line: open.line, text: open.text, severity: nil))
      case "weft-error": scripts.append(DocumentedScript(line: open.line, text: open.text, severity: .error))
      case "weft-warning": scripts.append(DocumentedScript(line: open.line, text: open.text, severity: .warning))
      case "output": if let last = scripts.indices.last { scripts[last].output = open.text }
      default: break
      }
      fence = nil
    }
    return scripts
  }
}
