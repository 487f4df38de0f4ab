extension DiagnosticRenderer {
  /// One JSON object on one line. Lines and columns count from 1, columns in Unicode scalars; the end is behind the last.
  /// `caret` and `hint` are null where there is none.
  public func json(_ diagnostic: Diagnostic, in source: SourceFile) -> String {
    var object = JSONObject()
    object.add("file", source.name)
    object.add(diagnostic.span, in: source)
    object.add("severity", diagnostic.severity.rawValue)
    object.add("code", diagnostic.code)
    object.add("message", diagnostic.message)
    object.add("hint", diagnostic.hint)
    object.add("caret", diagnostic.caret)
    let labels = diagnostic.labels.map { label in
      var inner = JSONObject()
      inner.add(label.span, in: source)
      inner.add("text", label.text)
      return inner.text
    }
    object.add(raw: "[" + labels.joined(separator: ",") + "]", for: "labels")
    return object.text
  }
}

/// Writes one flat object; Foundation's encoder is out of this module's reach.
private struct JSONObject {
  private var fields: [String] = []

  var text: String { "{" + fields.joined(separator: ",") + "}" }

  mutating func add(raw value: String, for key: String) { fields.append("\"\(key)\":\(value)") }

  mutating func add(_ key: String, _ value: String?) {
    add(raw: value.map(JSONObject.quoted) ?? "null", for: key)
  }

  mutating func add(_ span: Span, in source: SourceFile) {
    let start = source.position(at: Int(span.start))
    let end = source.position(at: Int(span.end))
    add(raw: String(start.line), for: "line")
    add(raw: String(start.column), for: "column")
    add(raw: String(end.line), for: "endLine")
    add(raw: String(end.column), for: "endColumn")
  }

  private static func quoted(_ text: String) -> String {
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
