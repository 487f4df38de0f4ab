import WeftSyntax

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// How long a pretended server takes to answer.
///
/// ```swift
/// let latency = try Latency(parsing: "lognormal(80ms, 0.4)")
/// ```
public enum Latency: Sendable, Equatable {
  /// Nanoseconds, as all times here.
  case constant(Int64)
  case uniform(Int64, Int64)
  case normal(mean: Int64, deviation: Int64)
  /// By its median and the deviation of its logarithm: 0.4 is common, 1 is much.
  case lognormal(median: Int64, sigma: Double)
  case exponential(mean: Int64)

  public struct ParseError: Error, Sendable {
    public let message: String
    public let hint: String
  }

  public init(parsing text: String) throws(ParseError) {
    guard let latency = Self.parsed(text) else {
      throw ParseError(
        message: "`\(text)` is not a latency",
        hint: "write a time such as `80ms`, or `uniform(50ms, 150ms)`, `normal(80ms, 10ms)`, `lognormal(80ms, 0.4)` or "
          + "`exponential(80ms)`")
    }
    self = latency
  }

  /// The script's own words for times serve here as well.
  private static func parsed(_ text: String) -> Latency? {
    let result = parse(SourceFile(name: "latency", text: text))
    guard !result.hasErrors, result.tree.statements.count == 1,
      case .expression(let expression) = result.tree.statements[0].kind
    else { return nil }
    if case .duration(let time) = expression.kind { return time < 0 ? nil : .constant(time) }
    guard case .call(let callee, let arguments) = expression.kind, case .name(let name) = callee.kind,
      arguments.allSatisfy({ $0.label == nil })
    else { return nil }
    let values = arguments.map(\.value.kind)
    let times = values.map { value -> Int64? in if case .duration(let time) = value { time } else { nil } }
    switch (name, times.count) {
    case ("constant", 1): return times[0].map { .constant($0) }
    case ("exponential", 1): return times[0].map { .exponential(mean: $0) }
    case ("uniform", 2):
      guard let low = times[0], let high = times[1], low <= high else { return nil }
      return .uniform(low, high)
    case ("normal", 2):
      guard let mean = times[0], let deviation = times[1] else { return nil }
      return .normal(mean: mean, deviation: deviation)
    case ("lognormal", 2):
      guard let median = times[0] else { return nil }
      switch values[1] {
      case .float(let sigma): return .lognormal(median: median, sigma: sigma)
      case .int(let sigma): return .lognormal(median: median, sigma: Double(sigma))
      default: return nil
      }
    default: return nil
    }
  }

  /// A time in nanoseconds; never negative.
  func draw(_ random: inout SeededNumbers) -> Int64 {
    switch self {
    case .constant(let time): return time
    case .uniform(let low, let high): return low + nanoseconds(random.unit() * Double(high - low))
    case .normal(let mean, let deviation):
      return nanoseconds(Double(mean) + Double(deviation) * random.normal())
    case .lognormal(let median, let sigma): return nanoseconds(Double(median) * exp(sigma * random.normal()))
    case .exponential(let mean): return nanoseconds(-Double(mean) * log(1 - random.unit()))
    }
  }

  private func nanoseconds(_ value: Double) -> Int64 { Int64(max(0, min(value, 9e18))) }
}

/// A stream of numbers that depends on its seed alone: SplitMix64.
struct SeededNumbers {
  private var state: UInt64
  /// The second of a pair of normal numbers.
  private var spare: Double?

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// In 0..<1.
  mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// With mean 0 and deviation 1, by Box and Muller.
  mutating func normal() -> Double {
    if let number = spare {
      spare = nil
      return number
    }
    let radius = sqrt(-2 * log(1 - unit()))
    let angle = 2 * Double.pi * unit()
    spare = radius * sin(angle)
    return radius * cos(angle)
  }
}
