/// What a rate limiter counts with: a bucket that fills at `rate` tokens a second and holds `capacity`.
struct TokenBucket {
  /// Tokens a second.
  var rate: Double
  var capacity: Int
  /// When the bucket will be full again: nanoseconds on the machine's clock, and a fraction of one.
  var full = Int64.min / 2
  var fraction = 0.0
  /// When one who waited was given a token, on the machine's clock, which may have been late for it.
  var grantedAt = Int64.min

  /// Nanoseconds between two tokens.
  private var interval: Double { min(1e9 / rate, 1e18) }

  /// The time from which on the next token may be taken.
  var nextToken: Int64 {
    let tolerance = Int64(min(interval * Double(capacity - 1), 1e18))
    return full &- tolerance &+ (fraction > 0 ? 1 : 0)
  }

  /// Takes the token that was due at `time`.
  mutating func take(at time: Int64) {
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
  mutating func giveBack() {
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
