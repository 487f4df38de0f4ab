import WeftCompiler
public import WeftSyntax

/// An error that a script did not catch, as plain data.
public struct ErrorReport: Sendable {
  public var kind: String
  public var message: String
  public var hint: String?
  /// The file in the image and the place in it; nil when it came from outside of the script.
  public var source: Int?
  public var span: Span
  /// The calls and blocks that it came through, innermost first.
  public var trace: [Step]
  /// What it came from, the nearest first.
  public var causes: [ErrorReport]
  /// Every error, when several tasks failed.
  public var others: [ErrorReport]

  public struct Step: Sendable {
    /// The task whose code runs there.
    public var function: String
    public var role: Image.Role
    public var source: Int
    public var span: Span
    /// What happened there, such as "child 3 of 10 of `gather`, after 1s"; nil for a call.
    public var note: String?
  }
}

extension Machine {
  func report(of error: Value, depth: Int = 0) -> ErrorReport {
    let block = ErrorBlock(error)
    var report = ErrorReport(
      kind: block.kind.pointee.text, message: block.message.pointee.text,
      hint: block.hint.pointee.tag == Kind.string ? block.hint.pointee.text : nil,
      source: block.source < 0 ? nil : Int(block.source), span: Span(Int(block.offset), Int(block.endOffset)),
      trace: [],
      causes: [], others: [])
    if block.trace.pointee.tag == Kind.list {
      let steps = ListBlock(block.trace.pointee)
      for index in 0..<steps.count { if let step = step(steps.elements[index]) { report.trace.append(step) } }
    }
    if depth > 0 { return report }
    var cause = block.cause.pointee
    while cause.tag == Kind.error, report.causes.count < 8 {
      report.causes.append(self.report(of: cause, depth: 1))
      cause = ErrorBlock(cause).cause.pointee
    }
    if block.all.pointee.tag == Kind.list {
      let all = ListBlock(block.all.pointee)
      for index in 0..<min(all.count, 100) { report.others.append(self.report(of: all.elements[index], depth: 1)) }
    }
    return report
  }

  private func step(_ value: Value) -> ErrorReport.Step? {
    var position = value
    var note: String?
    if value.tag == Kind.list {
      position = ListBlock(value).elements[0]
      note = ListBlock(value).elements[1].text
    }
    let index = Int(position.int)
    guard image.spans.indices.contains(index), let function = function(at: index), image.functions[function].source >= 0
    else {
      return nil
    }
    return ErrorReport.Step(
      function: image.functions[function].name, role: image.functions[function].role,
      source: image.functions[function].source,
      span: image.spans[index], note: note)
  }
}
