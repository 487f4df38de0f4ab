/// A semaphore, a lock (one permit) or a rate limiter: what a `with` takes, and what stands behind a `semaphore` or `rate`
/// block. Whoever has to wait stands in one line. Of one that other machines have as well, only `capacity`, `rate` and
/// `madeAt` count; the rest is in its `SharedLimiter`.
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
  // At 40 stands the reference of `HandleBlock`.
  var bucket: UnsafeMutablePointer<TokenBucket> { block.at(48) }
  /// All permits; of a rate limiter its burst.
  @inline(__always) var capacity: Int { bucket.pointee.capacity }
  /// Tokens a second.
  var rate: Double { bucket.pointee.rate }
  /// Where it was made: an index into the image's code.
  var madeAt: Int32 {
    get { block.at(88, as: Int32.self).pointee }
    nonmutating set { block.at(88, as: Int32.self).pointee = newValue }
  }

  /// Nanoseconds until something can be taken; 0 for now, nil when somebody must give a permit back first.
  func delay(at now: Int64) -> Int64? {
    if isRate { return max(0, bucket.pointee.nextToken &- now) }
    return permits > 0 ? 0 : nil
  }

  /// Takes a permit that is there, or the token that was due at `time`.
  func take(at time: Int64) {
    if isRate { bucket.pointee.take(at: time) } else { permits -= 1 }
  }
}

extension Heap {
  /// A semaphore or lock with all permits free.
  func makeLimiter(kind: UInt64, permits: Int) -> LimiterBlock {
    let limiter = LimiterBlock(allocate(kind: kind, size: LimiterBlock.size))
    limiter.waiters.initialize(to: WaitList())
    limiter.permits = permits
    limiter.bucket.initialize(to: TokenBucket(rate: 0, capacity: permits))
    limiter.madeAt = -1
    return limiter
  }

  /// A rate limiter with a full bucket. `rate` is above 0 and finite.
  func makeLimiter(rate: Double, burst: Int) -> LimiterBlock {
    let limiter = makeLimiter(kind: Kind.rateLimiter, permits: burst)
    limiter.bucket.pointee.rate = rate
    return limiter
  }
}
