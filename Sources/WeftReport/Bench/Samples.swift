/// The times of the runs of one bench, and what can be said of them.
public struct Samples: Sendable, Equatable {
  /// Nanoseconds, in the order in which they were measured.
  public private(set) var times: [Int64]
  private var sorted: [Int64]

  public init(_ times: [Int64] = []) {
    self.times = times
    sorted = times.sorted()
  }

  public mutating func add(_ time: Int64) {
    times.append(time)
    sorted = times.sorted()
  }

  public var count: Int { times.count }
  public var min: Int64 { sorted.first ?? 0 }
  public var max: Int64 { sorted.last ?? 0 }
  public var total: Int64 { times.reduce(0) { $0.addingReportingOverflow($1).overflow ? .max : $0 + $1 } }
  public var median: Double { percentile(50) }

  public var mean: Double {
    times.isEmpty ? 0 : times.reduce(0) { $0 + Double($1) } / Double(times.count)
  }

  /// The deviation of the sample; 0 of fewer than two.
  public var deviation: Double {
    if times.count < 2 { return 0 }
    let mean = mean
    let squares = times.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
    return (squares / Double(times.count - 1)).squareRoot()
  }

  /// Between the two samples next to it, in proportion.
  public func percentile(_ share: Double) -> Double {
    guard let last = sorted.indices.last else { return 0 }
    let place = Swift.min(Swift.max(0, share / 100), 1) * Double(last)
    let low = Int(place)
    let high = Swift.min(last, low + 1)
    return Double(sorted[low]) + (Double(sorted[high]) - Double(sorted[low])) * (place - Double(low))
  }

  /// The samples that lie so far out that something else must have gone on: by the median of distances from the median, which
  /// they cannot spoil themselves.
  public var outliers: [Int64] {
    if times.count < 5 { return [] }
    let median = median
    let distances = Samples(times.map { Int64(abs(Double($0) - median)) }).median
    // A clock that counts finely never gives the same time twice; without this, two of a kind would make all others outliers.
    let scale = Swift.max(distances * 1.4826, median * 0.001, 1)
    return times.filter { abs(Double($0) - median) > 10 * scale }
  }

  /// Half the width of the interval that holds the true median in 95 of 100 cases, as a share of the median; nil of fewer than
  /// six, of which nothing of the kind can be said.
  public var medianError: Double? {
    let count = Double(times.count)
    if count < 6 || median <= 0 { return nil }
    let half = 1.96 * count.squareRoot() / 2
    let low = Swift.max(0, Int((count / 2 - half).rounded(.down)))
    let high = Swift.min(sorted.count - 1, Int((count / 2 + half).rounded(.up)))
    return Double(sorted[high] - sorted[low]) / 2 / median
  }

  /// How sure one may be that these do not come from the same as the others: the p-value of Mann and Whitney's test. 1 if there
  /// are too few to say.
  public func chance(against other: Samples) -> Double {
    let (n, m) = (Double(count), Double(other.count))
    if count < 4 || other.count < 4 { return 1 }
    let all = (times.map { ($0, true) } + other.times.map { ($0, false) }).sorted { $0.0 < $1.0 }
    var ranks = 0.0
    var ties = 0.0
    var index = 0
    while index < all.count {
      var end = index + 1
      while end < all.count, all[end].0 == all[index].0 { end += 1 }
      let size = Double(end - index)
      let rank = Double(index + end + 1) / 2
      ranks += rank * Double(all[index..<end].count { $0.1 })
      ties += size * size * size - size
      index = end
    }
    let u = ranks - n * (n + 1) / 2
    let total = n + m
    let variance = n * m / 12 * (total + 1 - ties / (total * (total - 1)))
    if variance <= 0 { return 1 }
    let z = (abs(u - n * m / 2) - 0.5) / variance.squareRoot()
    return Swift.min(1, 2 * Self.tail(Swift.max(0, z)))
  }

  /// The share of a normal distribution beyond `z` ≥ 0 (Abramowitz and Stegun 26.2.17, good to 1e-7).
  private static func tail(_ z: Double) -> Double {
    let t = 1 / (1 + 0.231_641_9 * z)
    let factors = [0.319_381_530, -0.356_563_782, 1.781_477_937, -1.821_255_978, 1.330_274_429]
    let sum = factors.reversed().reduce(0) { ($0 + $1) * t }
    return exponential(-z * z / 2) / (2 * Double.pi).squareRoot() * sum
  }

  /// e to a power that is not above 0, by its series: the standard library has none without Foundation or C's mathematics.
  private static func exponential(_ power: Double) -> Double {
    if power < -700 { return 0 }
    var halvings = 0
    var rest = power
    while rest < -0.5 {
      rest /= 2
      halvings += 1
    }
    var term = 1.0
    var sum = 1.0
    for number in 1..<20 {
      term *= rest / Double(number)
      sum += term
    }
    for _ in 0..<halvings { sum *= sum }
    return sum
  }
}

/// Decides when a bench has run often enough for its median to stand.
public struct BenchPlan: Sendable {
  /// Nil: as many as it takes.
  public var runs: Int?
  public var warmups: Int?
  /// Nanoseconds that one bench may take in all, unless the number of runs is given.
  public var longest: Int64 = 30_000_000_000

  public init() {}

  /// Whether so many runs before the measured ones are enough, the last of which took `time`.
  ///
  /// One is enough where a run takes a second: what has to get warm is warm by then.
  public func isWarm(_ runs: Int, _ time: Int64?) -> Bool {
    if let warmups { return runs >= warmups }
    guard let time else { return false }
    return time > 100_000_000 || runs >= 3
  }

  /// Whether the samples are enough.
  public func isEnough(_ samples: Samples) -> Bool {
    if let runs { return samples.count >= runs }
    if samples.count < 2 { return false }
    if samples.total >= longest { return true }
    if samples.count < 10 || samples.total < 1_000_000_000 { return samples.count >= 1_000 }
    // A median that is known to a hundredth, or three seconds of trying.
    return samples.total >= 3_000_000_000 || (samples.medianError ?? 1) < 0.01
  }
}
