import Weft
import WeftCompiler
import WeftSyntax

/// What `weft run script.weft --help` prints: the script's own `##` text, and its parameters with
/// their types, defaults and `##` texts.
struct ScriptHelp {
  let text: String

  init(_ script: Script, file: String) {
    let params = script.image.params
    var text = "usage: weft run [<options>] \(file)"
    for param in params {
      let form = Self.form(of: param)
      text += param.defaultText == nil ? " \(form)" : " [\(form)]"
    }
    text += "\n"
    if let documentation = script.documentation { text += "\n\(documentation)\n" }
    if params.isEmpty {
      text += "\nThe script has no parameters.\n"
    } else {
      let rows = params.map { (form: Self.form(of: $0), lines: Self.lines(about: $0, in: script)) }
      let width = min(30, rows.map(\.form.count).max() ?? 0)
      let indent = String(repeating: " ", count: width + 4)
      text += "\nparameters:\n"
      for row in rows {
        text += "  \(row.form)"
        text += row.form.count > width ? "\n\(indent)" : String(repeating: " ", count: width - row.form.count + 2)
        text += row.lines.joined(separator: "\n\(indent)") + "\n"
      }
    }
    self.text = text + "\nweft's own options stand before the file: `weft help run` lists them.\n"
  }

  private static func form(of param: Image.Param) -> String {
    switch param.type {
    case .bool: "--[no-]\(param.name)"
    case .any: "--\(param.name) Value"
    default: "--\(param.name) \(param.type.rawValue)"
    }
  }

  private static func lines(about param: Image.Param, in script: Script) -> [String] {
    var lines = param.documentation?.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) ?? []
    lines.append(param.defaultText == nil ? "(must be given)" : "(default: \(defaultText(of: param, in: script)))")
    return lines
  }

  /// As the script has it; the compiled program keeps only its code.
  private static func defaultText(of param: Image.Param, in script: Script) -> String {
    let declaration = script.source(0)?.text(param.span) ?? ""
    guard let equals = declaration.firstIndex(of: "=") else { return "?" }
    let lines = declaration[declaration.index(after: equals)...].split(separator: "\n")
    let first = lines.first.map(String.init)?.trimmed ?? "?"
    return lines.count > 1 ? first + " …" : first
  }
}

extension String {
  fileprivate var trimmed: String {
    var text = self[...]
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
