import WeftCompiler

/// Limiters: a `semaphore(n) { }` lets at most `n` of the tasks started inside run at once. Where several nest, their
/// permits are taken from the outermost inwards; whoever waits is served in the order of arrival.
extension Machine {
  /// The limiters that what is started in `scope` passes, outermost first.
  private func gates(of scope: ScopePointer) -> [ScopePointer] {
    var gates: [ScopePointer] = []
    var current = scope.pointee.gate
    while let gate = current {
      gates.append(gate)
      // Beyond the limiter stands what was the nearest one when it was opened.
      if let parent = gate.pointee.parent, parent.pointee.owner == gate.pointee.owner {
        current = parent.pointee.gate
      } else {
        current = nil
      }
    }
    return gates.reversed()
  }

  /// Takes the permits for one task to be started in `scope`, from the limiter after `taken` on. False when `fiber` now
  /// waits at one of them; `gatesPassed` follows then.
  func passGates(_ fiber: FiberPointer, of scope: ScopePointer, after taken: ScopePointer? = nil) -> Bool {
    var isBefore = taken != nil
    for gate in gates(of: scope) {
      if isBefore {
        if gate == taken { isBefore = false }
        continue
      }
      if gate.pointee.permits > 0, gate.pointee.firstWaiter == nil {
        gate.pointee.permits -= 1
        continue
      }
      fiber.pointee.wait = .gate
      fiber.pointee.target = UnsafeMutableRawPointer(gate)
      fiber.pointee.next = nil
      fiber.pointee.previous = gate.pointee.lastWaiter
      if let last = gate.pointee.lastWaiter { last.pointee.next = fiber } else { gate.pointee.firstWaiter = fiber }
      gate.pointee.lastWaiter = fiber
      return false
    }
    return true
  }

  /// The scope for whose next child a fiber waits at a gate: a child's home, or the scope that its starter fills.
  private func destination(of fiber: FiberPointer) -> ScopePointer {
    fiber.pointee.isFresh ? fiber.pointee.home : fiber.pointee.scope
  }

  /// The fiber has all permits.
  private func gatesPassed(_ fiber: FiberPointer) {
    if fiber.pointee.isFresh {
      fiber.pointee.holdsPermits = true
    } else {
      fiber.pointee.scope.pointee.isReserved = true
    }
    makeReady(fiber)
  }

  private func unlink(_ fiber: FiberPointer, from gate: ScopePointer) {
    if let previous = fiber.pointee.previous {
      previous.pointee.next = fiber.pointee.next
    } else {
      gate.pointee.firstWaiter = fiber.pointee.next
    }
    if let next = fiber.pointee.next {
      next.pointee.previous = fiber.pointee.previous
    } else {
      gate.pointee.lastWaiter = fiber.pointee.previous
    }
    fiber.pointee.next = nil
    fiber.pointee.previous = nil
  }

  /// Gives one permit back, or hands it to the first in line.
  private func release(permitOf gate: ScopePointer) {
    guard let fiber = gate.pointee.firstWaiter else {
      gate.pointee.permits += 1
      return
    }
    unlink(fiber, from: gate)
    if passGates(fiber, of: destination(of: fiber), after: gate) { gatesPassed(fiber) }
  }

  /// Gives back what one task started in `scope` holds.
  func releasePermits(of scope: ScopePointer) {
    if scope.pointee.gate == nil { return }
    for gate in gates(of: scope).reversed() { release(permitOf: gate) }
  }

  /// A cancelled fiber leaves the line, and gives back the permits of the limiters further out.
  func leaveGate(_ fiber: FiberPointer) {
    guard let target = fiber.pointee.target else { return }
    let gate = target.assumingMemoryBound(to: Scope.self)
    unlink(fiber, from: gate)
    for outer in gates(of: destination(of: fiber)) {
      if outer == gate { break }
      release(permitOf: outer)
    }
  }
}
