import WeftMachine

/// When a bench counts as failed: `p95 > +10%` against the times saved before, or `mean > 300ms` by itself.
public struct BenchCondition: Sendable, Equatable {
  public enum Figure: Sendable, Equatable {
    case mean
    case min
    case max
    /// Of a hundred.
    case percentile(Double)

    func value(of samples: Samples) -> Double {
      switch self {
      case .mean: samples.mean
      case .min: Double(samples.min)
      case .max: Double(samples.max)
      case .percentile(let share): samples.percentile(share)
      }
    }
  }

  public enum Bound: Sendable, Equatable {
    /// Against what was saved: 0.1 for `+10%`.
    case change(Double)
    /// Nanoseconds.
    case time(Double)
  }

  public let text: String
  public let figure: Figure
  public let isAbove: Bool
  public let bound: Bound

  /// Nil if the text is no condition.
  public init?(_ text: String) {
    let words = text.split { $0 == " " }.joined(separator: "")
    guard let place = words.firstIndex(where: { $0 == ">" || $0 == "<" }) else { return nil }
    switch words[..<place] {
    case "mean": figure = .mean
    case "median": figure = .percentile(50)
    case "min": figure = .min
    case "max": figure = .max
    case let name:
      guard name.hasPrefix("p"), let share = Double(name.dropFirst()), share > 0, share < 100 else { return nil }
      figure = .percentile(share)
    }
    isAbove = words[place] == ">"
    let value = words[words.index(after: place)...]
    if value.hasSuffix("%") {
      guard value.hasPrefix("+") || value.hasPrefix("-"), let share = Double(value.dropLast()) else { return nil }
      bound = .change(share / 100)
    } else {
      let units = [("ns", 1.0), ("us", 1e3), ("µs", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9)]
      guard let unit = units.first(where: { value.hasSuffix($0.0) }),
        let number = Double(value.dropLast(unit.0.count)), number >= 0
      else { return nil }
      bound = .time(number * unit.1)
    }
    self.text = text
  }

  public var needsComparison: Bool { if case .change = bound { true } else { false } }

  public enum Verdict: Sendable, Equatable {
    case passed
    case failed(String)
    /// It would fail, but the difference may be chance.
    case noise(String)
    /// There is nothing to compare with.
    case noData
  }

  /// - Parameter old: Those of the same bench that were saved before.
  public func verdict(on samples: Samples, against old: Samples?) -> Verdict {
    let value = figure.value(of: samples)
    switch bound {
    case .time(let limit):
      let fails = isAbove ? value > limit : value < limit
      return fails ? .failed("it is \(Quantity.time(Int64(value)))") : .passed
    case .change(let limit):
      guard let old, old.count > 0 else { return .noData }
      let before = figure.value(of: old)
      if before <= 0 { return .noData }
      let change = value / before - 1
      guard isAbove ? change > limit : change < limit else { return .passed }
      let text =
        "\(Quantity.time(Int64(before))) before, \(Quantity.time(Int64(value))) now: \(BenchChange.signed(change))"
      return samples.chance(against: old) < 0.05 ? .failed(text) : .noise(text)
    }
  }
}

/// How a bench stands against what was saved before.
public enum BenchChange: Sendable, Equatable {
  /// No difference that could not be chance.
  case same
  /// The medians: -0.1 for a tenth less time.
  case faster(Double)
  case slower(Double)

  public init(_ samples: Samples, against old: Samples) {
    let change = old.median > 0 ? samples.median / old.median - 1 : 0
    // What is surely there, and smaller than a hundredth, is still nothing to speak of.
    if samples.chance(against: old) >= 0.05 || abs(change) < 0.01 {
      self = .same
    } else {
      self = change < 0 ? .faster(change) : .slower(change)
    }
  }

  public var text: String {
    switch self {
    case .same: "the same, within its noise"
    case .faster(let change): "faster: \(Self.signed(change))"
    case .slower(let change): "slower: \(Self.signed(change))"
    }
  }

  static func signed(_ change: Double) -> String {
    (change < 0 ? "-" : "+") + Quantity.decimal(abs(change) * 100, abs(change) < 0.1 ? 1 : 0) + " %"
  }
}
