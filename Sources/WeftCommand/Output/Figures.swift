/// Numbers for people. Foundation's formatting would cost the command its quick start.
enum Figures {
  /// `value` with a fixed number of decimals, at most 9.
  static func decimal(_ value: Double, _ decimals: Int) -> String {
    let scale = (0..<decimals).reduce(1) { product, _ in product * 10 }
    let units = Int((abs(value) * Double(scale)).rounded())
    let fraction = String(units % scale)
    let padding = String(repeating: "0", count: max(0, decimals - fraction.count))
    return (value < 0 ? "-" : "") + String(units / scale) + (decimals > 0 ? "." + padding + fraction : "")
  }

  static func seconds(_ nanoseconds: Int64, decimals: Int = 1) -> String {
    decimal(Double(nanoseconds) / 1e9, decimals) + " s"
  }

  /// A time with about three digits, in the unit that suits it: `85 µs`, `340 ms`, `1.25 s`, `3 min 20 s`.
  static func time(_ nanoseconds: Int64) -> String {
    switch nanoseconds {
    case ..<1_000: return "\(nanoseconds) ns"
    case ..<1_000_000: return "\(nanoseconds / 1_000) µs"
    case ..<10_000_000: return decimal(Double(nanoseconds) / 1e6, 1) + " ms"
    case ..<1_000_000_000: return "\(nanoseconds / 1_000_000) ms"
    case ..<10_000_000_000: return seconds(nanoseconds, decimals: 2)
    case ..<60_000_000_000: return seconds(nanoseconds)
    default:
      let all = nanoseconds / 1_000_000_000
      return all < 3_600 ? "\(all / 60) min \(all % 60) s" : "\(all / 3_600) h \(all % 3_600 / 60) min"
    }
  }

  /// `1 task`, `3 tasks`.
  static func count(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }
}
