import WeftCompiler

/// What runs in a session, as a tree.
extension Machine {
  /// Children of one task that are listed; there may be a million.
  private static let mostChildren = 20

  /// The input first if one runs, then the tasks of the background by their numbers.
  public func taskSnapshots() -> [TaskSnapshot] {
    guard let state = session else { return [] }
    var tasks: [TaskSnapshot] = []
    if let input = state.input { tasks.append(snapshot(of: input, number: nil, depth: 0)) }
    for (fiber, number) in state.numbers.sorted(by: { $0.value < $1.value }) {
      tasks.append(snapshot(of: fiber, number: number, depth: 0))
    }
    return tasks
  }

  private func snapshot(of fiber: FiberPointer, number: Int?, depth: Int) -> TaskSnapshot {
    let isInput = fiber == session?.input
    var snapshot = TaskSnapshot(
      number: number, call: isInput ? "this input" : call(of: fiber), block: nil, waitsFor: wait(of: fiber),
      waitingTime: now - fiber.pointee.ranAt, age: now - fiber.pointee.startedAt,
      isCancelled: cancelledScope(reaching: fiber.pointee.scope) != nil || fiber.pointee.cancelScope != nil,
      isForeground: isInput, children: [], moreChildren: 0)
    if fiber.pointee.home != root {
      snapshot.block = "\(ScopeKind(rawValue: fiber.pointee.home.pointee.kind) ?? .root)"
    }
    for scope in fiber.openScopes {
      // The latest stands first.
      let shown = depth < 8 ? max(0, Self.mostChildren - snapshot.children.count) : 0
      var listed: [TaskSnapshot] = []
      for child in scope.children.prefix(shown) {
        listed.append(self.snapshot(of: child, number: nil, depth: depth + 1))
      }
      snapshot.moreChildren += scope.pointee.children - listed.count
      snapshot.children += listed.reversed()
    }
    return snapshot
  }

  /// A task's name and arguments; those of a block's child that has no name.
  func call(of fiber: FiberPointer) -> String {
    if let handle = fiber.pointee.handle { return call(of: TaskBlock(handle)) }
    let callee = fiber.pointee.stack[0]
    let index = callee.tag == Kind.closure ? ClosureBlock(callee).function : Int(callee.bits)
    if callee.tag == Kind.closure || callee.tag == Kind.function, image.functions.indices.contains(index) {
      let names = image.functions[index].parameters
      let arguments = names.prefix(4).enumerated().compactMap { place, name -> String? in
        var value = fiber.pointee.stack[2 + place]
        if value.tag == Kind.cell { value = CellBlock(value).slot.pointee }
        // The names of a pattern share one element, which has been taken apart.
        return name.contains(",") || value.tag == Kind.unset ? nil : "\(name) = \(preview(value))"
      }
      if !arguments.isEmpty { return arguments.joined(separator: ", ") }
    }
    return excerpt(ofCode: Int(fiber.pointee.startedFrom))
  }

  /// What a task waits for, in the words of the script; nil for one that computes, or could.
  private func wait(of fiber: FiberPointer) -> String? {
    let text = excerpt(ofCode: scriptPosition(of: fiber))
    switch fiber.pointee.wait {
    case .nothing, .turn, .granted: return nil
    case .timer:
      let left = max(0, fiber.pointee.timer.deadline - now)
      return "\(text) (\(Self.rounded(left)) left)"
    case .join:
      let children = fiber.pointee.target.map { $0.assumingMemoryBound(to: Scope.self).pointee.children } ?? 0
      let scope = fiber.pointee.target.map { $0.assumingMemoryBound(to: Scope.self) }
      let kind = scope.flatMap { ScopeKind(rawValue: $0.pointee.kind) } ?? .taskgroup
      return "the \(Self.counted(children, "task")) of its `\(kind)`"
    case .task:
      guard let target = fiber.pointee.target else { return text }
      return "await " + call(of: TaskBlock(target.assumingMemoryBound(to: Block.self)))
    case .fetch:
      let ticket = UInt64(UInt(bitPattern: fiber.pointee.target))
      guard let pending = tickets[ticket] else { return text }
      return "fetch \(pending.url)"
    case .remote:
      let kind = pool(of: fiber.pointee.home)?.kind
      return kind == .compute ? "another core" : "a worker of its `pool`"
    case .gate, .lazy, .handle: return object(of: fiber)
    case .shutdown: return "a shutdown"
    case .get, .put, .drain, .file, .burn: return fiber.pointee.isDrawing ? "the next of `\(text)`" : text
    }
  }

  /// A duration for people.
  private static func rounded(_ nanoseconds: Int64) -> String {
    let step: Int64 =
      nanoseconds >= 10_000_000_000 ? 1_000_000_000 : nanoseconds >= 1_000_000_000 ? 100_000_000 : 1_000_000
    let (sum, overflow) = nanoseconds.addingReportingOverflow(step / 2)
    return text(duration: overflow ? nanoseconds : sum / step * step)
  }
}
