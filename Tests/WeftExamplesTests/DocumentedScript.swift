import Testing
import Weft
import WeftSyntax

/// A script that stands in a Markdown page, between fences.
struct DocumentedScript: Sendable, CustomTestStringConvertible {
  /// The place of its first line in the page.
  let line: Int
  let text: String
  /// It must not compile (the fence says `weft-error`), or gets advice (`weft-warning`).
  let severity: Diagnostic.Severity?
  /// It is asked to end after 2.5 s: the fence says `weft-asked-after-2.5s`.
  var isShutDown = false
  /// What it prints, or what is wrong with it, if the next fence holds that.
  var output: String?
  /// What it may import: the files of the page so far, by name. A fence that says `weft lib.weft` holds one.
  var files: [String: String] = [:]

  var testDescription: String { "line \(line)" }

  func compile() throws -> Script {
    let files = files
    let imports: ImportLoader = { path, _ throws(ImportError) in
      guard let text = files[path] else { throw ImportError("cannot find the file `\(path)`") }
      return SourceFile(name: path, text: text)
    }
    return try Script(compiling: text, imports: imports, granting: .all, advising: true)
  }

  /// All scripts of a page.
  static func all(in page: String) -> [DocumentedScript] {
    var scripts: [DocumentedScript] = []
    var files: [String: String] = [:]
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
      case "weft", "weft-error", "weft-warning", "weft-asked-after-2.5s":
        let severities: [Substring: Diagnostic.Severity] = ["weft-error": .error, "weft-warning": .warning]
        scripts.append(
          DocumentedScript(
            line: open.line, text: open.text, severity: severities[open.language],
            isShutDown: open.language == "weft-asked-after-2.5s", files: files))
      case "output": if let last = scripts.indices.last { scripts[last].output = open.text }
      case let language where language.hasPrefix("weft "): files[String(language.dropFirst(5))] = open.text
      default: break
      }
      fence = nil
    }
    return scripts
  }
}
