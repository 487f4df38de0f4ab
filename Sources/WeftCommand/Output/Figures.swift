/// Numbers for people. Foundation's formatting would cost the command its quick start.
enum Figures {
  /// `value` with a fixed number of decimals, at most 9.
  static func decimal(_ value: Double, _ decimals: Int) -> String {
    let scale = (0..<decimals).reduce(1) { product, _ in product * 10 }
    let units = Int((abs(value) * Double(scale)).rounded())
    let fraction = String(units % scale)
    let padding = String(repeating: "0", count: decimals - fraction.count)
    return (value < 0 ? "-" : "") + String(units / scale) + (decimals > 0 ? "." + padding + fraction : "")
  }

  static func seconds(_ nanoseconds: Int64, decimals: Int = 1) -> String {
    decimal(Double(nanoseconds) / 1e9, decimals) + " s"
  }

  /// `1 task`, `3 tasks`.
  static func count(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }
}
