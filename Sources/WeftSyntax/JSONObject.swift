/// Writes one JSON object, field after field; Foundation's encoder is out of this module's reach.
package struct JSONObject {
  private var fields: [String] = []

  package init() {}

  package var text: String { "{" + fields.joined(separator: ",") + "}" }

  package mutating func add(raw value: String, for key: String) { fields.append("\"\(key)\":\(value)") }

  package mutating func add(_ key: String, _ value: String?) {
    add(raw: value.map(JSONObject.quoted) ?? "null", for: key)
  }

  package mutating func add(_ span: Span, in source: SourceFile) {
    let start = source.position(at: Int(span.start))
    let end = source.position(at: Int(span.end))
    add(raw: String(start.line), for: "line")
    add(raw: String(start.column), for: "column")
    add(raw: String(end.line), for: "endLine")
    add(raw: String(end.column), for: "endColumn")
  }

  package static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "\u{0}"..."\u{1F}", "\u{7F}", "\u{2028}", "\u{2029}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
