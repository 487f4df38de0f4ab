import WeftCompiler

/// Limiters: a `semaphore(n) { }` lets at most `n` of the tasks started inside run at once, a `rate(r) { }` lets them begin
/// so often. Where several nest, permits are taken first, from the outermost inwards, and tokens last; whoever waits is
/// served in the order of arrival. A `with` takes from its handle alone.
extension Machine {
  /// The limiter whose turn comes after `taken` for what is started in `scope`; nil when there is none left.
  private func nextGate(of scope: ScopePointer, after taken: ScopePointer?) -> ScopePointer? {
    let order = taken.map { gateOrder($0) } ?? 0
    var found: ScopePointer?
    // Of those of the same order the outer ones come first: what is further in than `taken` is still to come.
    var isInside = true
    forEachGate(of: scope) { gate in
      if gate == taken { isInside = false }
      let own = gateOrder(gate)
      guard own > order || own == order && isInside && gate != taken else { return }
      if found.map({ own <= gateOrder($0) }) ?? true { found = gate }
    }
    return found
  }

  /// Permits are taken first, then a place in the pool, and a token last.
  private func gateOrder(_ gate: ScopePointer) -> Int {
    switch gate.pointee.kind {
    case ScopeKind.rate.rawValue: 3
    case ScopeKind.pool.rawValue: 2
    default: 1
    }
  }

  /// The limiters that a task started in `scope` has to pass, inner ones first. Of pools in pools the innermost counts.
  private func forEachGate(of scope: ScopePointer, _ body: (ScopePointer) -> Void) {
    var hasPool = false
    var current = scope.pointee.gate
    while let gate = current {
      // The body may release the gate's permit, but never the gate.
      current = gate.pointee.outerGate
      if gate.pointee.kind == ScopeKind.pool.rawValue {
        if hasPool { continue }
        hasPool = true
      }
      body(gate)
    }
  }

  private func limiter(_ gate: ScopePointer) -> LimiterBlock {
    // unreachable: a scope is a gate only with a limiter.
    LimiterBlock(gate.pointee.limiter.unsafelyUnwrapped)
  }

  /// Takes the permits and tokens for one task to be started in `scope`, from the limiter after `taken` on. False when
  /// `fiber` now waits at one of them; `gatesPassed` follows then.
  func passGates(_ fiber: FiberPointer, of scope: ScopePointer, after taken: ScopePointer? = nil) -> Bool {
    var taken = taken
    while let gate = nextGate(of: scope, after: taken) {
      if !take(from: limiter(gate), for: fiber) { return false }
      taken = gate
    }
    return true
  }

  /// Takes a permit or token if nobody waits for one and there is one; else `fiber` joins the line.
  func take(from limiter: LimiterBlock, for fiber: FiberPointer) -> Bool {
    if isFree(limiter) {
      limiter.take(at: now)
      return true
    }
    fiber.pointee.wait = .gate
    fiber.pointee.target = UnsafeMutableRawPointer(limiter.block)
    let isFirst = limiter.waiters.pointee.first == nil
    limiter.waiters.pointee.append(fiber)
    if isFirst { awaitToken(limiter) }
    return false
  }

  /// Whether something can be taken at once, with nobody in line before.
  private func isFree(_ limiter: LimiterBlock) -> Bool {
    limiter.waiters.pointee.first == nil && limiter.delay(at: now) == 0
  }

  /// The first in the line of a rate limiter waits for the time of its token.
  private func awaitToken(_ limiter: LimiterBlock) {
    guard limiter.isRate, let first = limiter.waiters.pointee.first, let delay = limiter.delay(at: now) else { return }
    setTimer(timerNode(first), after: delay)
  }

  /// The token of the first in a line is there. It counts from when it was due, so that a late driver loses none.
  func tokenIsDue(_ fiber: FiberPointer) {
    guard let limiter = waitedLimiter(of: fiber) else { return }
    limiter.waiters.pointee.remove(fiber)
    limiter.take(at: fiber.pointee.timer.deadline)
    limiter.bucket.pointee.grantedAt = now
    awaitToken(limiter)
    granted(fiber, by: limiter)
  }

  private func waitedLimiter(of fiber: FiberPointer) -> LimiterBlock? {
    fiber.pointee.target.map { LimiterBlock($0.assumingMemoryBound(to: Block.self)) }
  }

  /// The scope for whose next child a fiber waits at a gate: a child's home, or the scope that its starter fills.
  private func destination(of fiber: FiberPointer) -> ScopePointer {
    fiber.pointee.isFresh ? fiber.pointee.home : fiber.pointee.scope
  }

  /// A fiber that waited has what it waited for.
  private func granted(_ fiber: FiberPointer, by limiter: LimiterBlock) {
    let scope = destination(of: fiber)
    if !fiber.pointee.isFresh, scope.pointee.kind == ScopeKind.with.rawValue {
      scope.pointee.holdsPermit = true
      makeReady(fiber)
      fiber.pointee.wait = .turn
      fiber.pointee.target = UnsafeMutableRawPointer(limiter.block)
      return
    }
    guard let gate = gate(of: scope, with: limiter) else { return }
    guard passGates(fiber, of: scope, after: gate) else {
      if core.pointee.isObserved { noteWaiting(fiber) }
      return
    }
    if fiber.pointee.isFresh {
      fiber.pointee.holdsPermits = true
    } else {
      scope.pointee.isReserved = true
    }
    makeReady(fiber)
  }

  private func gate(of scope: ScopePointer, with limiter: LimiterBlock) -> ScopePointer? {
    var current = scope.pointee.gate
    while let gate = current, gate.pointee.limiter != limiter.block { current = gate.pointee.outerGate }
    return current
  }

  /// Gives one permit back, or hands it to the first in line. A token is not given back.
  func release(permitOf limiter: LimiterBlock) {
    if limiter.isRate { return }
    if HandleBlock(limiter.block).hasCrossed {
      tell(.release, limiter.block, core.pointee.fiber)
      return
    }
    guard let fiber = limiter.waiters.pointee.first else {
      limiter.permits += 1
      return
    }
    limiter.waiters.pointee.remove(fiber)
    granted(fiber, by: limiter)
  }

  /// A fiber runs again that was given a permit, a token or an item.
  func takeGrant(_ fiber: FiberPointer) {
    let block = fiber.pointee.target?.assumingMemoryBound(to: Block.self)
    fiber.pointee.wait = .nothing
    fiber.pointee.target = nil
    if let block, block.kind == Kind.queue { takeItem(fiber, from: QueueBlock(block)) }
  }

  /// A fiber was cancelled before it ran with what it was given.
  func returnGrant(_ fiber: FiberPointer) {
    let block = fiber.pointee.target?.assumingMemoryBound(to: Block.self)
    fiber.pointee.wait = .nothing
    fiber.pointee.target = nil
    guard let block else { return }
    if block.kind == Kind.queue { return returnItem(fiber, to: QueueBlock(block)) }
    fiber.pointee.scope.pointee.holdsPermit = false
    giveBack(to: LimiterBlock(block))
  }

  /// Gives back what one task started in `scope` holds: its permits, and its tokens as well if it never ran.
  func releasePermits(of scope: ScopePointer, wereUsed: Bool) {
    forEachGate(of: scope) { gate in
      if wereUsed { release(permitOf: limiter(gate)) } else { giveBack(to: limiter(gate)) }
    }
  }

  /// No task will follow in `scope`: what was taken for the next one goes back, tokens included.
  func giveBackReservation(of scope: ScopePointer) {
    if !scope.pointee.isReserved { return }
    scope.pointee.isReserved = false
    releasePermits(of: scope, wereUsed: false)
  }

  private func giveBack(to limiter: LimiterBlock) {
    if !limiter.isRate { return release(permitOf: limiter) }
    if HandleBlock(limiter.block).hasCrossed {
      tell(.returnToken, limiter.block)
      return
    }
    limiter.bucket.pointee.giveBack()
    guard let first = limiter.waiters.pointee.first else { return }
    cancelTimer(timerNode(first))
    awaitToken(limiter)
  }

  /// A cancelled fiber leaves the line, and gives back what it has taken for its task so far.
  func leaveGate(_ fiber: FiberPointer) {
    guard let left = waitedLimiter(of: fiber) else { return }
    let wasFirst = left.waiters.pointee.first == fiber
    cancelTimer(timerNode(fiber))
    left.waiters.pointee.remove(fiber)
    if wasFirst { awaitToken(left) }
    let scope = destination(of: fiber)
    if !fiber.pointee.isFresh, scope.pointee.kind == ScopeKind.with.rawValue { return }
    var taken: ScopePointer?
    while let gate = nextGate(of: scope, after: taken), gate.pointee.limiter != left.block {
      giveBack(to: limiter(gate))
      taken = gate
    }
  }

  // MARK: with

  /// Takes what the innermost scope, a `with`, asks for. False when the fiber's record has changed.
  func acquire() -> Bool {
    guard let fiber = core.pointee.fiber, let block = fiber.pointee.scope.pointee.limiter else { return false }
    if mustNotWait(fiber) { return false }
    if HandleBlock(block).hasCrossed { return acquire(crossed: block, fiber) }
    let limiter = LimiterBlock(block)
    if !limiter.isRate, !isFree(limiter), let holder = ownHold(fiber, block, permits: limiter.capacity) {
      fail(waitsForItself(block, holder))
      return false
    }
    if take(from: limiter, for: fiber) {
      fiber.pointee.scope.pointee.holdsPermit = true
      return true
    }
    core.pointee.fiber = nil
    return false
  }

  func waitsForItself(_ block: BlockPointer, _ holder: ScopePointer) -> Thrown {
    let isLock = block.kind == Kind.lock
    return raise(
      .deadlockError,
      isLock
        ? "this task would wait for itself: the lock is held since \(place(ofCode: Int(holder.pointee.openedAt)))"
        : "this task would wait for itself: it, or a task that waits for it, holds every permit of the semaphore",
      hint: isLock
        ? "a lock cannot be taken twice; leave the outer `with` first, or let the caller take it"
        : "give back a permit first, or make the semaphore larger")
  }

  /// The innermost `with` around `fiber`, when those around it hold all permits: they will not be given back before it ends.
  func ownHold(_ fiber: FiberPointer, _ block: BlockPointer, permits: Int) -> ScopePointer? {
    var held = 0
    var innermost: ScopePointer?
    var current: ScopePointer? = fiber.pointee.scope
    while let scope = current {
      if scope.pointee.holdsPermit, scope.pointee.limiter == block {
        held += 1
        if innermost == nil { innermost = scope }
      }
      current = scope.pointee.parent
    }
    return held >= permits ? innermost : nil
  }

  /// Whether a sequence surely has no further element, so that nothing need wait for a place to run it.
  func isExhausted(_ sequence: Value, _ cursor: Value) -> Bool {
    switch sequence.tag {
    case Kind.list: cursor.int >= Int64(ListBlock(sequence).count)
    case Kind.range: cursor.int >= RangeBlock(sequence).count
    case Kind.string: cursor.int >= Int64(StringBlock(sequence).byteCount)
    case Kind.bytes: cursor.int >= Int64(BytesBlock(sequence).count)
    case Kind.map: cursor.int >= Int64(MapBlock(sequence).used)
    case Kind.during: now >= sequence.int
    case Kind.queue:
      HandleBlock(sequence).hasCrossed
        ? number(.isClosed, sequence) == 1 && number(.count, sequence) == 0
        : QueueBlock(sequence).isClosed && QueueBlock(sequence).count == 0
    default: false
    }
  }
}
