import WeftCompiler
import WeftSyntax

/// When no task can go on and nothing outside is awaited, none ever will.
extension Machine {
  /// The run is cancelled, so that every `finally` runs; if it was before, only shields hold that off, and what they wait for
  /// cannot come. False if that is as it should be.
  func deadlock() -> Bool {
    if session != nil { return endStuckInput() }
    if deadlockReport == nil, let root, !root.pointee.isCancelled {
      deadlockReport = reportOfDeadlock()
      cancel(root, .deadlock)
    } else if !endShields() {
      outcome = .failed(deadlockReport ?? reportOfDeadlock())
    }
    return true
  }

  func reportOfDeadlock() -> ErrorReport {
    let error = raise(
      .deadlockError, "no task can go on",
      hint: "each waits for something that only another of them could give"
    ).error
    defer { heap.release(error) }
    var report = report(of: error)
    let fibers = allFibers()
    let holders = holders(fibers)
    let waiting = fibers.filter { $0.pointee.wait != .join }
    for fiber in waiting.prefix(Self.mostLines) { report.notes.append(sentence(fiber)) }
    if waiting.count > Self.mostLines { report.notes.append("… and \(waiting.count - Self.mostLines) more tasks wait") }
    if let circle = circle(fibers, holders) {
      let steps = circle.map { "\(name(of: $0, short: true)) → \(object(of: $0, short: true)) → " }
      report.notes.append("the circle: " + steps.joined() + name(of: circle[0], short: true))
    }
    return report
  }

  private static let mostLines = 12

  /// Every fiber of the run, outer ones first.
  func allFibers() -> [FiberPointer] {
    guard let root else { return [] }
    var fibers: [FiberPointer] = []
    var open: [ScopePointer] = [root]
    var next = 0
    while next < open.count {
      for fiber in open[next].children.reversed() {
        fibers.append(fiber)
        open += fiber.openScopes
      }
      next += 1
    }
    return fibers
  }

  // MARK: Who waits for whom

  /// The fibers that hold a permit of each limiter.
  private func holders(_ fibers: [FiberPointer]) -> [BlockPointer: [FiberPointer]] {
    var holders: [BlockPointer: [FiberPointer]] = [:]
    for fiber in fibers {
      for scope in withs(of: fiber) {
        if let limiter = scope.pointee.limiter { holders[limiter, default: []].append(fiber) }
      }
      guard fiber.pointee.holdsPermits else { continue }
      var current = fiber.pointee.home.pointee.gate
      while let gate = current {
        if let limiter = gate.pointee.limiter { holders[limiter, default: []].append(fiber) }
        current = gate.pointee.outerGate
      }
    }
    return holders
  }

  /// The `with` blocks in which a fiber holds something, outermost first.
  func withs(of fiber: FiberPointer) -> [ScopePointer] {
    fiber.openScopes.filter(\.pointee.holdsPermit).reversed()
  }

  /// The fibers without which `fiber` cannot go on, as far as that is known.
  private func blockers(of fiber: FiberPointer, _ holders: [BlockPointer: [FiberPointer]]) -> [FiberPointer] {
    guard let target = fiber.pointee.target else { return [] }
    switch fiber.pointee.wait {
    case .task: return TaskBlock(target.assumingMemoryBound(to: Block.self)).fiber.map { [$0] } ?? []
    case .lazy:
      guard case .begun(let worker) = lazyValues[Int(bitPattern: target) - 1].state else { return [] }
      return [worker]
    case .handle:
      guard let wait = handleWaits[UInt64(UInt(bitPattern: target))], wait.purpose == .permit else { return [] }
      return holders[wait.block] ?? []
    case .gate: return holders[target.assumingMemoryBound(to: Block.self)] ?? []
    case .join: return Array(target.assumingMemoryBound(to: Scope.self).children)
    default: return []
    }
  }

  /// Fibers of which each waits for the next, and the last for the first; nil if there is no such circle.
  private func circle(_ fibers: [FiberPointer], _ holders: [BlockPointer: [FiberPointer]]) -> [FiberPointer]? {
    var done: Set<FiberPointer> = []
    for start in fibers where !done.contains(start) {
      // A path, with what is still to be tried from each fiber on it.
      var path: [(fiber: FiberPointer, rest: [FiberPointer])] = [(start, blockers(of: start, holders))]
      var places: [FiberPointer: Int] = [start: 0]
      while let last = path.last {
        guard let next = last.rest.last else {
          done.insert(last.fiber)
          places[last.fiber] = nil
          path.removeLast()
          continue
        }
        path[path.count - 1].rest.removeLast()
        if let place = places[next] { return path[place...].map(\.fiber) }
        if done.contains(next) { continue }
        places[next] = path.count
        path.append((next, blockers(of: next, holders)))
      }
    }
    return nil
  }

  // MARK: Words

  private func sentence(_ fiber: FiberPointer) -> String {
    var text = "\(name(of: fiber)) waits in \(place(ofCode: scriptPosition(of: fiber))) for \(object(of: fiber))"
    let held = withs(of: fiber).compactMap { scope in
      scope.pointee.limiter.map {
        "\(thing($0)) `\(excerpt(ofCode: Int(scope.pointee.openedAt)))` since \(place(ofCode: Int(scope.pointee.openedAt)))"
      }
    }
    if !held.isEmpty { text += "; it holds " + held.joined(separator: " and ") }
    return text
  }

  /// What a fiber waits for.
  func object(of fiber: FiberPointer, short: Bool = false) -> String {
    if fiber.pointee.wait == .shutdown { return "a shutdown" }
    guard let target = fiber.pointee.target else { return "what never comes" }
    switch fiber.pointee.wait {
    case .task:
      let task = TaskBlock(target.assumingMemoryBound(to: Block.self))
      return task.fiber.map { name(of: $0, short: short) } ?? "a task"
    case .gate:
      let block = target.assumingMemoryBound(to: Block.self)
      if !fiber.pointee.isFresh, fiber.pointee.scope.pointee.kind == ScopeKind.with.rawValue {
        return "\(thing(block)) `\(excerpt(ofCode: scriptPosition(of: fiber)))`"
      }
      var current = (fiber.pointee.isFresh ? fiber.pointee.home : fiber.pointee.scope).pointee.gate
      while let gate = current, gate.pointee.limiter != block { current = gate.pointee.outerGate }
      let location = current.map { " in \(place(ofCode: Int($0.pointee.openedAt)))" } ?? ""
      return "a permit of the `semaphore` block\(location)"
    case .handle:
      guard let wait = handleWaits[UInt64(UInt(bitPattern: target))] else { return "what never comes" }
      return object(of: wait, short: short)
    case .get: return "an item" + (short ? " of a queue" : ": `\(excerpt(ofCode: scriptPosition(of: fiber)))`")
    case .put: return "room in a queue" + (short ? "" : ": `\(excerpt(ofCode: scriptPosition(of: fiber)))`")
    case .drain: return "the work on a queue" + (short ? "" : ": `\(excerpt(ofCode: scriptPosition(of: fiber)))`")
    case .lazy: return "the value of `\(lazyName(fiber))`"
    case .join: return "the tasks of its block in \(place(ofCode: scriptPosition(of: fiber)))"
    default: return "what never comes"
    }
  }

  /// What a fiber waits for of a handle that other machines have as well.
  private func object(of wait: HandleWait, short: Bool) -> String {
    let text = short ? "" : ": `\(excerpt(ofCode: scriptPosition(of: wait.fiber)))`"
    switch wait.purpose {
    case .permit:
      let name = "\(thing(wait.block)) `\(excerpt(ofCode: scriptPosition(of: wait.fiber)))`"
      guard let place = wait.object.placeOfHolder(), place >= 0 else { return name }
      return "\(name), which is held since \(self.place(ofCode: Int(place)))"
    case .item, .drawing: return "an item" + (short ? " of a queue" : text)
    case .room: return "room in a queue" + text
    case .work: return "the work on a queue" + text
    case .write, .update: return "the end of an `update`" + text
    }
  }

  private func thing(_ limiter: BlockPointer) -> String {
    switch limiter.kind {
    case Kind.lock: "the lock"
    case Kind.rateLimiter: "a token of the rate"
    default: "a permit of the semaphore"
    }
  }

  private func name(of fiber: FiberPointer, short: Bool = false) -> String {
    if fiber.pointee.home == root, let session {
      return fiber == session.input ? "this input" : "`\(call(of: fiber))` (task \(session.numbers[fiber] ?? 0))"
    }
    if fiber.pointee.home == root, !isWorker { return image.purpose.hasEntries ? "the \(image.purpose)" : "the script" }
    let home = fiber.pointee.home
    let kind = ScopeKind(rawValue: home.pointee.kind) ?? .root
    if fiber.pointee.home == root {
      guard let index = function(at: scriptPosition(of: fiber)), image.functions[index].role == .task else {
        return "the task"
      }
      return "`\(image.functions[index].name)`"
    }
    var task = "task \(fiber.pointee.index + 1)"
    if !short { task += " of the `\(kind)` in \(place(ofCode: Int(home.pointee.openedAt)))" }
    guard let index = function(at: scriptPosition(of: fiber)), image.functions[index].role == .task else {
      return task
    }
    return "`\(image.functions[index].name)` (\(task))"
  }

  /// The text of the script that an index into the image's code came from, if it is short.
  func excerpt(ofCode position: Int) -> String {
    guard let index = function(at: position), image.functions[index].source >= 0 else { return "…" }
    let text = image.sources[image.functions[index].source].text(image.spans[position])
    let line = text.split(separator: "\n", omittingEmptySubsequences: false).first.map(String.init) ?? ""
    return line.count > 40 || line.count < text.count ? line.prefix(39) + "…" : line
  }

  /// The line of the script that an index into the image's code belongs to; 0 for the prelude.
  func line(ofCode position: Int) -> Int {
    guard let index = function(at: position), image.functions[index].source >= 0 else { return 0 }
    return image.sources[image.functions[index].source].line(at: Int(image.spans[position].start))
  }

  /// `line 12`, or "line 12 of `lib.weft`" for another file than the script's own.
  func place(ofCode position: Int) -> String {
    "line \(line(ofCode: position))" + (file(ofCode: position).map { " of `\($0)`" } ?? "")
  }

  /// The name of the file that an index into the image's code belongs to; nil for the script's own.
  func file(ofCode position: Int) -> String? {
    guard let index = function(at: position), image.functions[index].source > 0 else { return nil }
    return image.sources[image.functions[index].source].name
  }
}
