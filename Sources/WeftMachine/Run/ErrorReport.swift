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
  /// Of a deadlock: what each task holds and waits for, and the circle. Of an `expect`: the values that tell why it is false.
  public var notes: [String] = []

  public struct Step: Sendable {
    /// The task whose code runs there.
    public var function: String
    public var role: Image.Role
    public var source: Int
    public var span: Span
    /// The arguments of the call, as short texts.
    public var arguments: [String] = []
    /// For a step out of a started task; nil for a call.
    public var origin: Origin?
  }

  /// Which task of which block an error came out of.
  public struct Origin: Sendable {
    /// The word of the block, such as `gather`.
    public var block: String
    /// From 1.
    public var number: Int
    /// Tasks of the block at that time.
    public var count: Int
    /// Whether the block could still have started more.
    public var isOpen: Bool
    /// Nanoseconds since the task was started.
    public var elapsed: Int64
    /// The tasks of the block that were cancelled because this one failed, such as "task 2"; nil if there were none.
    public var cancelled: String?
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
    if report.kind == ErrorKind.expectationError.rawValue { report.notes = notes(of: block) }
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
    guard value.tag == Kind.list else { return nil }
    let parts = ListBlock(value)
    let position = Int(parts.elements[0].int)
    guard image.spans.indices.contains(position), let index = function(at: position) else { return nil }
    let function = image.functions[index]
    guard function.source >= 0 else { return nil }
    var step = ErrorReport.Step(
      function: function.name, role: function.role, source: function.source, span: image.spans[position])
    if parts.elements[1].int == StepKind.origin {
      step.origin = ErrorReport.Origin(
        block: parts.elements[2].text, number: Int(parts.elements[3].int), count: Int(parts.elements[4].int),
        isOpen: parts.elements[5].bool, elapsed: parts.elements[6].int,
        cancelled: parts.elements[7].tag == Kind.string ? parts.elements[7].text : nil)
      return step
    }
    for register in 2..<parts.count {
      let value = parts.elements[register]
      if value.tag == Kind.unset { continue }
      let shown = preview(value)
      let name = function.parameters[register - 2]
      // The names in a pattern share one element, which has been taken apart.
      if function.role != .child {
        step.arguments.append(shown)
      } else if !name.contains(",") {
        step.arguments.append("\(name) = \(shown)")
      }
    }
    if function.parameters.count > parts.count - 2 { step.arguments.append("…") }
    return step
  }
}
