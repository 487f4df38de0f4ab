extension DiagnosticRenderer {
  /// One JSON object on one line. Lines and columns count from 1, columns in Unicode scalars; the end is behind the last.
  /// `caret` and `hint` are null where there is none. A label in another file than the diagnostic names it.
  public func json(_ diagnostic: Diagnostic, in script: SourceFile) -> String {
    let source = diagnostic.source ?? script
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
      let file = label.source ?? source
      if file !== source { inner.add("file", file.name) }
      inner.add(label.span, in: file)
      inner.add("text", label.text)
      return inner.text
    }
    object.add(raw: "[" + labels.joined(separator: ",") + "]", for: "labels")
    return object.text
  }
}
