import WeftSyntax

/// Locks that tasks take in opposite orders, or twice.
struct LockOrders {
  /// A lock by its declaration, and where it is taken.
  struct Taking {
    let lock: ObjectIdentifier
    let name: String
    let span: Span
  }

  /// Names that are bound to a `lock()` or a `semaphore(1)` for certain.
  var locks: Set<ObjectIdentifier> = []
  /// What is held around the current place, outermost first.
  var held: [Taking] = []
  /// What has been taken while another one was held, in the order of the script.
  var pairs: [(outer: Taking, inner: Taking)] = []
  /// The locks that each task takes, in calls of its own as well.
  var taken: [ObjectIdentifier: [Taking]] = [:]
  /// Those of the task that is being looked through.
  var current: [Taking] = []
}

extension Advisor {
  /// Notes the names of locks before anything that takes them is looked at.
  func noteLocks(_ statements: [Statement]) {
    for statement in statements {
      guard case .binding(.name(let name), let value, false) = statement.kind, isLock(value),
        let declaration = resolution[name.span]
      else { continue }
      orders.locks.insert(ObjectIdentifier(declaration))
    }
  }

  private func isLock(_ value: Expr) -> Bool {
    guard case .call(let callee, let arguments) = value.kind, case .name(let name) = callee.kind,
      resolution[callee.span] == nil
    else { return false }
    if name == "semaphore", arguments.count == 1, case .int(1) = arguments[0].value.kind { return true }
    return name == "lock" && arguments.isEmpty
  }

  /// A `with` takes its handles one after the other; gives how many of them are locks that are known.
  func takeLocks(_ handles: [Expr]) -> Int {
    var count = 0
    for handle in handles {
      guard case .name(let name) = handle.kind, let declaration = resolution[handle.span],
        orders.locks.contains(ObjectIdentifier(declaration))
      else { continue }
      let taking = LockOrders.Taking(lock: ObjectIdentifier(declaration), name: name, span: handle.span)
      note(taking)
      orders.held.append(taking)
      count += 1
    }
    return count
  }

  func releaseLocks(_ count: Int) { orders.held.removeLast(count) }

  /// A call takes what the task that it calls takes.
  func takeLocks(of task: Declaration, at span: Span) {
    for taking in orders.taken[ObjectIdentifier(task)] ?? [] {
      note(LockOrders.Taking(lock: taking.lock, name: taking.name, span: span))
    }
  }

  private func note(_ taking: LockOrders.Taking) {
    orders.current.append(taking)
    for outer in orders.held { orders.pairs.append((outer, taking)) }
  }

  func reportLockOrders() {
    var told: Set<Set<ObjectIdentifier>> = []
    for (place, pair) in orders.pairs.enumerated() {
      let (outer, inner) = (pair.outer, pair.inner)
      if outer.lock == inner.lock {
        guard told.insert([outer.lock]).inserted else { continue }
        report(
          .warning, "W0208", "`\(inner.name)` is held already: the task waits for itself for ever", at: inner.span,
          labels: [.init(span: outer.span, text: "held since here")],
          hint: "take it once, around all that needs it")
        continue
      }
      let opposite = orders.pairs[..<place].first { $0.outer.lock == inner.lock && $0.inner.lock == outer.lock }
      guard let opposite, told.insert([outer.lock, inner.lock]).inserted else { continue }
      report(
        .warning, "W0208",
        "`\(inner.name)` is taken while `\(outer.name)` is held, and elsewhere it is the other way round",
        at: inner.span,
        caret: "two tasks may wait for each other for ever",
        labels: [.init(span: opposite.inner.span, text: "here `\(outer.name)` is taken while `\(inner.name)` is held")],
        hint: "take them in one order everywhere: `with \(opposite.outer.name), \(opposite.inner.name) { … }`")
    }
  }
}
