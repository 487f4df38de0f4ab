/// Quantities in the units in which people read them. Foundation's formatting would cost the command its quick start.
public enum Quantity {
  /// Three significant digits and a unit: `812 µs`, `1.23 ms`, `45.6 s`, `2 m 05 s`.
  public static func time(_ nanoseconds: Int64) -> String {
    let value = Double(nanoseconds)
    switch abs(nanoseconds) {
    case 0: return "0 s"
    case ..<1_000: return "\(nanoseconds) ns"
    case ..<999_500: return digits(value / 1e3) + " µs"
    case ..<999_500_000: return digits(value / 1e6) + " ms"
    case ..<59_950_000_000: return digits(value / 1e9) + " s"
    case ..<3_600_000_000_000:
      let seconds = Int((value / 1e9).rounded())
      return "\(seconds / 60) m \(padded(seconds % 60)) s"
    default:
      let minutes = Int((value / 60e9).rounded())
      return "\(minutes / 60) h \(padded(minutes % 60)) m"
    }
  }

  /// In seconds, however many: `90.5 s`.
  public static func seconds(_ nanoseconds: Int64, decimals: Int = 1) -> String {
    decimal(Double(nanoseconds) / 1e9, decimals) + " s"
  }

  /// `0 B`, `823 B`, `1.23 kB`, `45.6 MB`.
  public static func bytes(_ count: Int) -> String {
    var value = Double(count)
    var unit = 0
    let units = ["B", "kB", "MB", "GB", "TB", "PB"]
    if count < 1_000 { return "\(count) B" }
    while value >= 999.5, unit < units.count - 1 {
      value /= 1_000
      unit += 1
    }
    return "\(digits(value)) \(units[unit])"
  }

  /// Three significant digits: `1.23`, `45.6`, `789`, `12,345`.
  public static func digits(_ value: Double) -> String {
    let size = abs(value)
    if !(size < 9e15) { return "\(value)" }
    if size >= 99.95 { return grouped(Int(value.rounded())) }
    return decimal(value, size >= 9.995 ? 1 : 2)
  }

  /// With so many decimals, at most 9.
  public static func decimal(_ value: Double, _ decimals: Int) -> String {
    guard value.isFinite, abs(value) < 9e9 else { return value.isFinite ? "\(value)" : "–" }
    let scale = (0..<decimals).reduce(1) { product, _ in product * 10 }
    let units = Int((abs(value) * Double(scale)).rounded())
    let fraction = String(units % scale)
    let text = decimals > 0 ? "." + String(repeating: "0", count: decimals - fraction.count) + fraction : ""
    return (value < 0 && units > 0 ? "-" : "") + String(units / scale) + text
  }

  /// `1,234,567`.
  public static func grouped(_ count: Int) -> String {
    let text = String(count.magnitude)
    var result = ""
    for (index, character) in text.enumerated() {
      if index > 0, (text.count - index) % 3 == 0 { result.append(",") }
      result.append(character)
    }
    return count < 0 ? "-" + result : result
  }

  /// `1 task`, `3,000 tasks`.
  public static func counted(_ count: Int, _ noun: String) -> String {
    "\(grouped(count)) \(noun)\(count == 1 ? "" : "s")"
  }

  /// A share of a hundred: `0.4 %`, `12 %`.
  public static func share(_ part: Int, of whole: Int) -> String {
    if whole == 0 { return "0 %" }
    let share = Double(part) * 100 / Double(whole)
    if part > 0, share < 0.05 { return "< 0.1 %" }
    return decimal(share, share < 10 && part != whole && part != 0 ? 1 : 0) + " %"
  }

  private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
