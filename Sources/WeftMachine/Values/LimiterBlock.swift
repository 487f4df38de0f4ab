/// A semaphore, a lock (one permit) or a rate limiter: what a `with` takes, and what stands behind a `semaphore` or `rate`
/// block. Whoever has to wait stands in one line.
struct LimiterBlock {
  let block: BlockPointer
  static let size = 96
  @inline(__always) init(_ block: BlockPointer) { self.block = block }
  @inline(__always) init(_ value: Value) { block = value.block }

  @inline(__always) var isRate: Bool { block.kind == Kind.rateLimiter }
  @inline(__always) var waiters: UnsafeMutablePointer<WaitList> { block.at(16) }
  /// Free permits.
  @inline(__always) var permits: Int {
    get { block.at(32, as: Int.self).pointee }
    nonmutating set { block.at(32, as: Int.self).pointee = newValue }
  }
  /// All permits; of a rate limiter its burst.
  @inline(__always) var capacity: Int {
    get { block.at(40, as: Int.self).pointee }
    nonmutating set { block.at(40, as: Int.self).pointee = newValue }
  }
  /// Tokens a second.
  var rate: Double {
    get { block.at(48, as: Double.self).pointee }
    nonmutating set { block.at(48, as: Double.self).pointee = newValue }
  }
  /// When the bucket will be full again: nanoseconds on the machine's clock, and a fraction of one.
  private var full: Int64 {
    get { block.at(56, as: Int64.self).pointee }
    nonmutating set { block.at(56, as: Int64.self).pointee = newValue }
  }
  private var fraction: Double {
    get { block.at(64, as: Double.self).pointee }
    nonmutating set { block.at(64, as: Double.self).pointee = newValue }
  }
  /// Where it was made: an index into the image's code.
  var madeAt: Int32 {
    get { block.at(72, as: Int32.self).pointee }
    nonmutating set { block.at(72, as: Int32.self).pointee = newValue }
  }

  /// When one who waited was given a token, on the machine's clock, which may have been late for it.
  var grantedAt: Int64 {
    get { block.at(80, as: Int64.self).pointee }
    nonmutating set { block.at(80, as: Int64.self).pointee = newValue }
  }

  /// Nanoseconds between two tokens.
  private var interval: Double { min(1e9 / rate, 1e18) }

  /// The time from which on the next token may be taken.
  private var nextToken: Int64 {
    let tolerance = Int64(min(interval * Double(capacity - 1), 1e18))
    return full &- tolerance &+ (fraction > 0 ? 1 : 0)
  }

  /// Nanoseconds until something can be taken; 0 for now, nil when somebody must give a permit back first.
  func delay(at now: Int64) -> Int64? {
    if isRate { return max(0, nextToken &- now) }
    return permits > 0 ? 0 : nil
  }

  /// Takes a permit that is there, or the token that was due at `time`.
  func take(at time: Int64) {
    if !isRate {
      permits -= 1
      return
    }
    // Who comes right after one that was late would have come when that was due, and loses no token either.
    let time = time == grantedAt ? min(time, nextToken) : time
    // A token is due at the next whole nanosecond; what it is late by that is no time lost.
    if full &+ (fraction > 0 ? 1 : 0) < time {
      full = time
      fraction = 0
    }
    let step = interval
    let whole = step.rounded(.down)
    fraction += step - whole
    let (sum, overflow) = full.addingReportingOverflow(Int64(whole) + (fraction >= 1 ? 1 : 0))
    full = overflow ? Int64.max / 2 : sum
    if fraction >= 1 { fraction -= 1 }
  }

  /// Takes back a token that was not used.
  func giveBackToken() {
    let step = interval
    let whole = step.rounded(.down)
    fraction -= step - whole
    full = full &- Int64(whole)
    if fraction < 0 {
      fraction += 1
      full = full &- 1
    }
  }
}

extension Heap {
  /// A semaphore or lock with all permits free.
  func makeLimiter(kind: UInt64, permits: Int) -> LimiterBlock {
    let limiter = LimiterBlock(allocate(kind: kind, size: LimiterBlock.size))
    limiter.waiters.initialize(to: WaitList())
    limiter.permits = permits
    limiter.capacity = permits
    limiter.rate = 0
    limiter.block.at(56, as: Int64.self).pointee = Int64.min / 2
    limiter.block.at(64, as: Double.self).pointee = 0
    limiter.madeAt = -1
    limiter.grantedAt = Int64.min
    return limiter
  }

  /// A rate limiter with a full bucket. `rate` is above 0 and finite.
  func makeLimiter(rate: Double, burst: Int) -> LimiterBlock {
    let limiter = makeLimiter(kind: Kind.rateLimiter, permits: burst)
    limiter.rate = rate
    return limiter
  }
}
