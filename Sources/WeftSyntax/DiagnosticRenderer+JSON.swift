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
