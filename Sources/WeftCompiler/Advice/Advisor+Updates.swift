import WeftSyntax

/// Variables that are read, and written after a wait, while other tasks may have written them.
extension Advisor {
  /// `total = total + fetch(u).size` in a started task.
  struct LostUpdate {
    let declaration: Declaration
    /// Started tasks around it that share the variable with others.
    let children: [Child]
    let place: Span
    let statement: Span
    /// What to write for it.
    let hint: String
  }

  func noteLostUpdate(_ statement: Statement, _ target: Expr, _ value: Expr, _ declaration: Declaration) {
    let sharing = children.filter { !declares(declaration, in: $0.span) }
    guard !sharing.isEmpty, held == 0 else { return }
    let place = source.text(target.span)
    guard readsBeforeWaiting(value, place) else { return }
    let hint: String
    if case .binary(let op, let left, let right) = value.kind, source.text(left.span) == place {
      hint =
        "write `\(place) \(op.rawValue)= \(source.text(right.span))`: then it is read after the wait, and written at once"
    } else {
      hint = "wait first, then read and write: `let new = …` and on the next line `\(place) = …`"
    }
    lostUpdates.append(
      LostUpdate(
        declaration: declaration, children: sharing, place: target.span, statement: statement.span, hint: hint))
  }

  /// Whether an expression reads a place and then waits.
  private func readsBeforeWaiting(_ value: Expr, _ place: String) -> Bool {
    var isRead = false
    var isFound = false
    func look(_ expression: Expr) {
      if isFound { return }
      if source.text(expression.span) == place {
        isRead = true
        return
      }
      expression.forEachPart { part in
        switch part {
        case .expression(let inner): look(inner)
        case .block(let block): for case .expression(let inner) in block.statements.lazy.map(\.kind) { look(inner) }
        case .started, .closure: break
        }
      }
      if isRead, waits(expression) { isFound = true }
    }
    look(value)
    return isFound
  }

  /// Whether the expression itself waits, not its parts.
  private func waits(_ expression: Expr) -> Bool {
    switch expression.kind {
    case .sleep, .await, .fetch, .computeCall, .computeBlock, .computeFor, .gather, .taskgroup, .with, .scoped: true
    case .call(let callee, _):
      if let declaration = declaration(calledBy: callee), case .task(let task) = declaration.kind {
        traits(of: task, declaration).contains(.waits)
      } else {
        false
      }
    default: false
    }
  }

  func reportLostUpdates() {
    if lostUpdates.isEmpty { return }
    let assignments = Dictionary(grouping: assignments, by: \.variable)
    for update in lostUpdates {
      // One task alone, with nobody else who writes the variable, loses nothing.
      let isShared = update.children.contains { child in
        child.isRepeated
          || (assignments[ObjectIdentifier(update.declaration)] ?? []).contains {
            child.block.contains($0.statement) && !child.span.contains($0.statement)
          }
      }
      guard isShared else { continue }
      report(
        .warning, "W0201",
        "an update of `\(source.text(update.place))` can get lost: this reads it, waits, and then writes it",
        at: update.statement, caret: "other tasks may write it during the wait", hint: update.hint)
    }
  }
}

/// Shareds that are read and then written, while other workers may write them.
extension Advisor {
  /// `c.value += 1`
  struct SharedUpdate {
    let statement: Span
    let place: Span
    /// The cell, and where in it the part is.
    let cell: String
    let isWhole: Bool
  }

  /// Whether a statement reads a part of a Shared and then writes it, with no lock held; notes it.
  func noteSharedUpdate(
    _ statement: Statement, _ target: Expr, _ isOperator: Bool, _ value: Expr, _ declaration: Declaration
  ) -> Bool {
    guard held == 0, !declaration.isVariable, let cell = sharedCell(in: target) else { return false }
    let place = source.text(target.span)
    guard isOperator || reads(value, place) else { return false }
    sharedUpdates.append(
      SharedUpdate(
        statement: statement.span, place: target.span, cell: source.text(cell.span),
        isWhole: cell.span.end + 6 == target.span.end))
    return true
  }

  /// What stands before the last `.value` in a place. Of what is no variable, only what a Shared holds can change.
  private func sharedCell(in place: Expr) -> Expr? {
    switch place.kind {
    case .member(let base, let name, _): name.text == "value" ? base : sharedCell(in: base)
    case .index(let base, _): sharedCell(in: base)
    default: nil
    }
  }

  private func reads(_ value: Expr, _ place: String) -> Bool {
    if source.text(value.span) == place { return true }
    var isFound = false
    value.forEachPart { part in
      if case .expression(let inner) = part, !isFound { isFound = self.reads(inner, place) }
    }
    return isFound
  }

  func reportSharedUpdates() {
    for update in sharedUpdates {
      let what = update.isWhole ? "`\(update.cell).update(v => …)`" : "`update`"
      report(
        .warning, "W0206",
        "an update of `\(source.text(update.place))` can get lost: this reads it, and then writes it",
        at: update.statement, caret: "other workers may write it in between",
        hint: "\(what) does both in one step; or hold a `lock()` by `with` wherever it is written")
    }
  }
}

/// Loops whose passes have nothing to do with each other.
extension Advisor {
  /// Whether no pass reads what another has written: what a pass changes outside of the loop is only added to.
  func isIndependent(_ body: Block, of pattern: Pattern) -> Bool {
    var names: [ObjectIdentifier: Int] = [:]
    var changes: [ObjectIdentifier: Int] = [:]
    var isPlain = true
    func change(_ place: Expr) {
      guard let declaration = resolution[place.root.span], !declares(declaration, in: body.span),
        !declares(declaration, in: pattern.span)
      else { return }
      changes[ObjectIdentifier(declaration), default: 0] += 1
    }
    func look(_ block: Block) {
      for statement in block.statements {
        switch statement.kind {
        case .binding(_, let value, _): look(value)
        case .assignment(let target, let op, let value):
          // The last one would win.
          if op == nil, case .name = target.kind, let declaration = resolution[target.span],
            !declares(declaration, in: body.span)
          {
            isPlain = false
          }
          change(target)
          look(target)
          look(value)
        case .expression(let expression), .throwError(let expression), .expect(let expression): look(expression)
        case .forLoop(_, let sequence, let inner):
          look(sequence)
          look(inner)
        default: isPlain = false
        }
      }
    }
    func look(_ expression: Expr) {
      if case .name = expression.kind, let declaration = resolution[expression.span] {
        names[ObjectIdentifier(declaration), default: 0] += 1
      }
      if case .call(let callee, _) = expression.kind, case .member(let base, let name, _) = callee.kind,
        Builtins.mutatingNames.contains(name.text)
      {
        change(base)
      }
      expression.forEachPart { part in
        switch part {
        case .expression(let inner), .closure(.expression(let inner)): look(inner)
        case .block(let block), .started(let block, _), .closure(.block(let block)): look(block)
        }
      }
    }
    look(body)
    return isPlain && changes.allSatisfy { names[$0.key] == $0.value }
  }
}
