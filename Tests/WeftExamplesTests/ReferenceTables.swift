import Foundation
import WeftCompiler
import WeftMachine

/// The tables of `Documentation/language.md` that say what is built in, as the code has it.
enum ReferenceTables {
  /// By the marker that stands above the table in the page.
  static let all: [(marker: String, table: String)] = [
    ("kinds", kinds),
    ("functions", functions { !$0.contains(".") }),
    ("shutdown", functions { $0.hasPrefix("shutdown.") }),
    ("json", functions { $0.hasPrefix("json.") }),
    ("math", functions { $0.hasPrefix("math.") }),
    ("methods", methods),
  ]

  /// The range of the table below a marker; nil if the page has no such marker.
  static func range(of marker: String, in page: String) -> Range<String.Index>? {
    guard let start = page.range(of: "<!-- \(marker) -->\n"),
      let end = page.range(of: "<!-- end -->", range: start.upperBound..<page.endIndex)
    else { return nil }
    return start.upperBound..<end.lowerBound
  }

  private static var kinds: String {
    table(
      ["kind", "below"],
      ErrorKind.allCases.map { [code($0.rawValue), $0.parent.map { code($0.rawValue) } ?? ""] })
  }

  private static func functions(_ isWanted: (String) -> Bool) -> String {
    // Names with underscores or a colon are for the compiler alone.
    let functions = BuiltinFunction.allCases.filter {
      !$0.name.hasPrefix("__") && !$0.name.contains(":") && isWanted($0.name)
    }
    return table(
      ["function", ""],
      functions.map { function in
        let signature = function.signature
        let call = Self.call(signature.name, signature.parameters, isVariadic: signature.isVariadic)
        return [code(function.isConstant ? signature.name : call), signature.documentation]
      })
  }

  private static var methods: String {
    ReceiverKind.allCases.compactMap { receiver in
      let methods = BuiltinMethods.all.filter { $0.receiver == receiver }
      if methods.isEmpty { return nil }
      let rows = methods.map { method in
        let call = Self.call(method.name, method.parameters, isVariadic: method.isVariadic)
        return [code(call) + (method.isMutating ? " ✎" : ""), method.documentation]
      }
      return "\n### \("\(receiver)".capitalized)\n\n" + table(["method", ""], rows)
    }.joined()
  }

  private static func call(_ name: String, _ parameters: [BuiltinParameter], isVariadic: Bool) -> String {
    let parameters = parameters.map { $0.name + ($0.isOptional ? "?" : "") }
    return "\(name)(\(((isVariadic ? ["…"] : []) + parameters).joined(separator: ", ")))"
  }

  private static func code(_ text: String) -> String { "`\(text)`" }

  private static func table(_ head: [String], _ rows: [[String]]) -> String {
    ([head, head.map { _ in "---" }] + rows).map { cells in
      "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |\n"
    }.joined().replacing("|  |", with: "| |")
  }
}
