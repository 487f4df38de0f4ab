import WeftCompiler

/// How an error came to where it is: the calls that it left, with their arguments, and the tasks. An error's trace is a list
/// of steps, innermost first; a step is a list of a place in the code, what it is, and the values that belong to it.
extension Machine {
  enum StepKind {
    /// Followed by the arguments of the call.
    static let call: Int64 = 0
    /// Followed by the block's kind, the task's number, how many there were, whether there will be more, for how long it
    /// ran, and which others are cancelled for it (a text, or none).
    static let origin: Int64 = 1
  }

  /// A deep recursion is told by its innermost calls.
  private static let longestStack = 24
  /// An error that is thrown again and again, or that many tasks await, does not grow without end.
  private static let longestTrace = 64
  private static let mostArguments = 4

  /// Writes down where an error comes from, once: its place, and the calls that led there.
  func locate(_ error: Value, _ fiber: FiberPointer) {
    let block = ErrorBlock(error)
    guard block.source < 0 else { return }
    var trace: [Value] = []
    forEachFrame(of: fiber) { base, position, index in
      if block.source < 0 {
        let span = image.spans[position]
        block.source = Int32(image.functions[index].source)
        block.offset = span.start
        block.endOffset = span.end
        block.line = Int32(image.sources[image.functions[index].source].line(at: Int(span.start)))
      }
      trace.append(call(base, position, index))
      return trace.count < Self.longestStack
    }
    if block.source < 0 { block.source = 0 }
    // This is work as well: a loop that throws must not hold up what else is due.
    core.pointee.ticks -= trace.count
    heap.release(block.trace.pointee)
    block.trace.pointee = heap.makeList(taking: trace)
    // The arguments of a call may hold the error.
    link(error.block)
  }

  /// The frames of a fiber that belong to the script, innermost first, until `body` gives false.
  func forEachFrame(
    of fiber: FiberPointer, _ body: (_ base: UnsafeMutablePointer<Value>, _ position: Int, _ function: Int) -> Bool
  ) {
    var base = fiber.pointee.base
    var pc = fiber.pointee.pc
    while true {
      let position = position(of: pc)
      if let index = function(at: position), image.functions[index].source >= 0, !body(base, position, index) { return }
      let link = (base - 1).pointee
      guard link.bits != 0, let outer = UnsafePointer<UInt64>(bitPattern: UInt(link.tag)) else { return }
      base -= Int(link.bits)
      pc = outer
    }
  }

  /// The step for a frame. Parameters are constants, so their registers still hold the arguments.
  private func call(_ base: UnsafeMutablePointer<Value>, _ position: Int, _ index: Int) -> Value {
    var values = [Value(position), Value(StepKind.call)]
    for register in 0..<min(image.functions[index].parameters.count, Self.mostArguments) {
      var value = base[register]
      if value.tag == Kind.cell { value = CellBlock(value).slot.pointee }
      values.append(value.retained())
    }
    return heap.makeList(taking: values)
  }

  /// Adds to an error's trace that it left a started task: which one of its block, where that was started, after how long.
  func noteOrigin(of error: Value, _ fiber: FiberPointer) {
    let block = ErrorBlock(error)
    guard block.trace.pointee.tag == Kind.list, fiber.pointee.home.pointee.owner != nil, fiber.pointee.home != root,
      ListBlock(block.trace.pointee).count < Self.longestTrace
    else { return }
    let home = fiber.pointee.home
    let kind = ScopeKind(rawValue: home.pointee.kind) ?? .root
    let step = heap.makeList(taking: [
      Value(Int(fiber.pointee.startedFrom)), Value(StepKind.origin), intern("\(kind)"),
      Value(Int(fiber.pointee.index) + 1), Value(home.pointee.nextIndex), Value(!home.pointee.isExiting),
      .duration(now - fiber.pointee.startedAt), cancelledFor(fiber),
    ])
    heap.append(step, toList: block.trace)
  }

  /// The tasks that a failure is about to cancel, as a text; none if there are none.
  private func cancelledFor(_ fiber: FiberPointer) -> Value {
    let home = fiber.pointee.home
    // One child less runs by now.
    let count = home.pointee.children
    guard count > 0, !home.pointee.keepsErrors, !home.pointee.isCancelled, home.pointee.kind != ScopeKind.race.rawValue
    else { return .none }
    if count > 3 { return heap.makeString("\(count) other tasks") }
    let names: [String] = home.children.map { "task \($0.pointee.index + 1)" }.reversed()
    return heap.makeString(
      names.count == 1 ? names[0] : names.dropLast().joined(separator: ", ") + " and " + (names.last ?? ""))
  }

  /// An error that has just left a started task goes on through the calls of the task that waited for it.
  func followTrace(of error: Value, into fiber: FiberPointer) {
    let trace = ErrorBlock(error).trace
    guard trace.pointee.tag == Kind.list, ListBlock(trace.pointee).count > 0 else { return }
    let last = ListBlock(trace.pointee).elements[ListBlock(trace.pointee).count - 1]
    guard last.tag == Kind.list, ListBlock(last).elements[1].int == StepKind.origin else { return }
    link(error.block)
    forEachFrame(of: fiber) { base, position, index in
      if image.spans[position].end > 0 { heap.append(call(base, position, index), toList: trace) }
      return ListBlock(trace.pointee).count < Self.longestTrace
    }
  }

  // MARK: Values in reports

  /// A value as a report shows it: one line, cut where it gets long.
  func preview(_ value: Value, limit: Int = 32, depth: Int = 2) -> String {
    switch value.tag {
    case Kind.string:
      let text = Machine.excerpt(StringBlock(value))
      return "\"" + (text.count > limit ? text.prefix(limit - 1) + "…" : text) + "\""
    case Kind.list:
      let list = ListBlock(value)
      return "[" + parts(list.count, limit, depth) { preview(list.elements[$0], limit: limit / 2, depth: depth - 1) }
        + "]"
    case Kind.map:
      let map = MapBlock(value)
      let entries = (0..<min(map.used, 8)).filter { !map.entries[$0].isRemoved }
      let shown = parts(entries.count, limit, depth) {
        let entry = map.entries[entries[$0]]
        let key =
          entry.key.tag == Kind.string
          ? Machine.excerpt(StringBlock(entry.key)) : preview(entry.key, limit: limit / 2, depth: 0)
        return "\(key): " + preview(entry.value, limit: limit / 2, depth: depth - 1)
      }
      return "{" + shown + "}"
    case Kind.bytes, Kind.bigInt, Kind.error: return "<\(Machine.typeName(value))>"
    default:
      do throws(Thrown) {
        let text = try text(of: value, quoted: true)
        defer { heap.release(text) }
        return Machine.excerpt(StringBlock(text))
      } catch {
        heap.release(error.error)
        return "…"
      }
    }
  }

  private func parts(_ count: Int, _ limit: Int, _ depth: Int, _ part: (Int) -> String) -> String {
    if count > 0, depth == 0 { return "…" }
    var text = ""
    for index in 0..<count {
      let next = part(index)
      if index > 0, text.count + next.count > limit { return text + ", …" }
      text += index > 0 ? ", " + next : next
    }
    return text
  }
}
