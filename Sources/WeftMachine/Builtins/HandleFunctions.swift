import WeftCompiler

/// Makers of the handles that tasks share, and their members.
enum HandleFunctions {
  static func semaphore(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let permits = try machine.permits(arguments[0])
    return machine.placed(machine.heap.makeLimiter(kind: Kind.semaphore, permits: permits))
  }

  static func lock(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    machine.placed(machine.heap.makeLimiter(kind: Kind.lock, permits: 1))
  }

  static func rate(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    machine.placed(try machine.rateLimiter(arguments[0], burst: arguments[1]))
  }

  static func queue(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    var limit = Int.max
    if !arguments[0].isMissing {
      guard arguments[0].tag == Kind.int else {
        throw machine.wrongArgument("the limit of a `queue`", "Int", arguments[0])
      }
      guard arguments[0].int > 0 else {
        throw machine.raise(
          .valueError, "a `queue` needs room for at least 1 item, not \(arguments[0].int)",
          hint: "`queue()` has no limit")
      }
      limit = Int(arguments[0].int)
    }
    let queue = machine.heap.makeQueue(limit: limit)
    machine.link(queue.block)
    return Value(queue.block)
  }

  static func shared(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let block = machine.heap.makeShared(arguments[0].retained())
    machine.link(block)
    return Value(block)
  }

  static func completed(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    try machine.completedQueue(of: arguments[0])
  }
}

extension Machine {
  /// The number of permits of a semaphore.
  func permits(_ value: Value) throws(Thrown) -> Int {
    guard value.tag == Kind.int else {
      throw raise(.typeError, "`semaphore` needs an Int, not \(notAnInt(value))")
    }
    guard value.int > 0 else {
      throw raise(.valueError, "`semaphore` needs at least 1 permit, not \(value.int)")
    }
    return Int(value.int)
  }

  func rateLimiter(_ value: Value, burst: Value) throws(Thrown) -> LimiterBlock {
    guard value.tag == Kind.rate else {
      throw raise(
        .typeError, "`rate` needs a Rate, not \(article(Machine.typeName(value)))",
        hint: "write it without spaces, such as `5/s`, or divide: `n / 1s`")
    }
    guard value.float > 0, value.float.isFinite else {
      throw raise(.valueError, "`rate` needs more than 0 tokens a second")
    }
    var most = 1
    if burst.tag != Kind.unset {
      guard burst.tag == Kind.int else {
        throw raise(.typeError, "`burst` must be an Int, not \(notAnInt(burst))")
      }
      guard burst.int > 0 else { throw raise(.valueError, "`burst` must be at least 1, not \(burst.int)") }
      most = Int(burst.int)
    }
    return heap.makeLimiter(rate: value.float, burst: most)
  }

  /// Notes where a limiter was made, for reports.
  fileprivate func placed(_ limiter: LimiterBlock) -> Value {
    if let fiber = core.pointee.fiber {
      limiter.madeAt = Int32(truncatingIfNeeded: position(of: fiber.pointee.pc))
    }
    return Value(limiter.block)
  }

  /// The members of handles; nil when there is none of that name.
  func handleMember(_ value: Value, _ name: String) -> Value? {
    if HandleBlock(value).hasCrossed, let member = crossedMember(value, name) { return member }
    return switch (value.tag, name) {
    case (Kind.semaphore, "available"): Value(LimiterBlock(value).permits)
    case (Kind.semaphore, "permits"): Value(LimiterBlock(value).capacity)
    case (Kind.lock, "locked"): Value(LimiterBlock(value).permits == 0)
    case (Kind.rateLimiter, "rate"): .rate(LimiterBlock(value).rate)
    case (Kind.rateLimiter, "burst"): Value(LimiterBlock(value).capacity)
    case (Kind.queue, "closed"): Value(QueueBlock(value).isClosed)
    case (Kind.queue, "limit"): QueueBlock(value).limit == Int.max ? Value.none : Value(QueueBlock(value).limit)
    case (Kind.shared, "value"): SharedBlock(value).slot.pointee.retained()
    default: nil
    }
  }

  /// What changes in a handle that other machines have as well.
  private func crossedMember(_ value: Value, _ name: String) -> Value? {
    switch (value.tag, name) {
    case (Kind.semaphore, "available"): Value(number(.count, value))
    case (Kind.lock, "locked"): Value(number(.count, value) == 0)
    case (Kind.queue, "closed"): Value(number(.isClosed, value) == 1)
    case (Kind.shared, "value"): read(crossed: value.block)
    default: nil
    }
  }

  /// What goes wrong in a function given to `update` that would have to wait.
  func waitInUpdate() -> Thrown {
    raise(
      .valueError, "a function given to `update` may not wait",
      hint: "work the value out before, or hold a `lock()` while you do")
  }
}
