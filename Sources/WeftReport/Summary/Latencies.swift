import Histogram

/// How long things took, in memory that does not grow with their number: an HDR histogram of microseconds with three
/// significant digits. What is below a microsecond counts as 0.
///
/// ```swift
/// var latencies = Latencies()
/// for _ in 0..<99 { latencies.record(20_000_000) }
/// latencies.record(900_000_000)
/// latencies.percentile(50)  // 20_000_000 nanoseconds
/// latencies.percentile(100)  // 900_000_000
/// ```
public struct Latencies: Sendable, Equatable {
  private var histogram: Histogram<UInt64>?
  public private(set) var count = 0
  /// Nanoseconds, exact; 0 if there are none.
  public private(set) var min: Int64 = 0
  public private(set) var max: Int64 = 0
  /// Nanoseconds in all.
  public private(set) var sum: Int64 = 0
  /// Of the squares of microseconds, for the deviation.
  private var squares = 0.0
  /// A year: nothing that is measured takes longer.
  private static let longest: Int64 = 31_536_000_000_000_000

  public init() {}

  /// - Parameter nanoseconds: Below 0 counts as 0, beyond a year as a year.
  public mutating func record(_ nanoseconds: Int64) {
    let time = Swift.min(Swift.max(0, nanoseconds), Self.longest)
    if histogram == nil { histogram = Histogram(numberOfSignificantValueDigits: .three) }
    histogram?.record(UInt64(time / 1_000))
    min = count == 0 ? time : Swift.min(min, time)
    max = Swift.max(max, time)
    count += 1
    sum = sum.addingReportingOverflow(time).overflow ? .max : sum + time
    squares += Double(time / 1_000) * Double(time / 1_000)
  }

  /// Adds those of another worker or run. The percentiles are then those of all together, within a bucket.
  public mutating func add(_ other: Latencies) {
    guard let added = other.histogram, other.count > 0 else { return }
    if histogram == nil { histogram = Histogram(numberOfSignificantValueDigits: .three) }
    for bucket in added.recordedValues() { histogram?.record(bucket.value, count: bucket.count) }
    min = count == 0 ? other.min : Swift.min(min, other.min)
    max = Swift.max(max, other.max)
    count += other.count
    sum = sum.addingReportingOverflow(other.sum).overflow ? .max : sum + other.sum
    squares += other.squares
  }

  /// Nanoseconds that so many of a hundred took at most: `percentile(95)` is the p95. 0 if there are none.
  public func percentile(_ percentile: Double) -> Int64 {
    guard let histogram, count > 0 else { return 0 }
    if percentile >= 100 { return max }
    // The middle of the bucket is nearest to what was recorded; the ends are known exactly.
    let value = histogram.medianEquivalentForValue(histogram.valueAtPercentile(Swift.max(0, percentile)))
    return Swift.min(Swift.max(Int64(clamping: value) * 1_000, min), max)
  }

  /// Nanoseconds; 0 if there are none.
  public var mean: Int64 { count == 0 ? 0 : sum / Int64(count) }

  /// Nanoseconds: how far from the mean they are.
  public var deviation: Int64 {
    if count < 2 { return 0 }
    let mean = Double(sum) / 1_000 / Double(count)
    let variance = (squares - Double(count) * mean * mean) / Double(count - 1)
    return Int64(Swift.min(Swift.max(0, variance).squareRoot() * 1_000, 9e18))
  }

  /// The buckets that have something in them: microseconds at their lower end, and how many; in order.
  public var buckets: [(microseconds: UInt64, count: UInt64)] {
    guard let histogram else { return [] }
    return histogram.recordedValues().map { (histogram.lowestEquivalentForValue($0.value), $0.count) }
  }

  /// Those of a record, as `buckets` and the exact figures gave them.
  init(buckets: [(microseconds: UInt64, count: UInt64)], min: Int64, max: Int64, sum: Int64, squares: Double) {
    let count = buckets.reduce(0 as UInt64) { $0 &+ $1.count }
    if count == 0 { return }
    var histogram = Histogram<UInt64>(numberOfSignificantValueDigits: .three)
    for bucket in buckets {
      histogram.record(Swift.min(bucket.microseconds, UInt64(Self.longest / 1_000)), count: bucket.count)
    }
    self.histogram = histogram
    self.count = Int(clamping: count)
    self.min = min
    self.max = max
    self.sum = sum
    self.squares = squares
  }

  /// For the record.
  var squaredMicroseconds: Double { squares }

  /// So many equal classes from the least to the greatest, each with the nanoseconds at its lower end and its count; those
  /// above `cut` of a hundred are in the last.
  public func classes(_ number: Int, cut: Double = 99.5) -> [(from: Int64, to: Int64, count: Int)] {
    guard count > 0, number > 0 else { return [] }
    let top = Swift.max(percentile(cut), min + 1)
    let width = Swift.max(1, (top - min + Int64(number)) / Int64(number))
    var counts = [Int](repeating: 0, count: number)
    for bucket in buckets {
      let time = Swift.max(min, Int64(clamping: bucket.microseconds) * 1_000)
      counts[Swift.min(number - 1, Int((time - min) / width))] += Int(clamping: bucket.count)
    }
    return counts.enumerated().map { index, count in
      let from = min + Int64(index) * width
      return (from, index == number - 1 ? Swift.max(max, from + width) : from + width, count)
    }
  }

  public static func == (left: Latencies, right: Latencies) -> Bool {
    left.count == right.count && left.min == right.min && left.max == right.max && left.sum == right.sum
      && left.buckets.elementsEqual(right.buckets) { $0 == $1 }
  }
}
