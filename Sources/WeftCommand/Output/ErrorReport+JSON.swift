import Weft
import WeftMachine
import WeftSyntax

extension Script {
  /// One JSON object on one line. `file` and the places are missing where the error has none in the script.
  func json(of report: ErrorReport) -> String {
    var object = JSONObject()
    object.add("severity", "error")
    object.add("kind", report.kind)
    object.add("message", report.message)
    object.add("hint", report.hint)
    addPlace(report.source, report.span, to: &object)
    let trace = report.trace.map { step in
      var inner = JSONObject()
      inner.add("function", step.function)
      inner.add("role", step.role.rawValue)
      inner.add(raw: "[\(step.arguments.map(JSONObject.quoted).joined(separator: ","))]", for: "arguments")
      if let origin = step.origin {
        inner.add("block", origin.block)
        inner.add(raw: String(origin.number), for: "task")
        inner.add(raw: String(origin.count), for: "tasks")
        inner.add(raw: String(Double(origin.elapsed) / 1e9), for: "elapsed")
        inner.add("cancelled", origin.cancelled)
      }
      addPlace(step.source, step.span, to: &inner)
      return inner.text
    }
    object.add(raw: "[\(trace.joined(separator: ","))]", for: "trace")
    if !report.notes.isEmpty {
      object.add(raw: "[\(report.notes.map(JSONObject.quoted).joined(separator: ","))]", for: "notes")
    }
    object.add(raw: "[\(report.causes.map(json).joined(separator: ","))]", for: "causes")
    object.add(raw: "[\(report.others.map(json).joined(separator: ","))]", for: "all")
    return object.text
  }

  private func addPlace(_ index: Int?, _ span: Span, to object: inout JSONObject) {
    guard let index, let source = source(index), span.end > 0 else { return }
    object.add("file", source.name)
    object.add(span, in: source)
  }
}
