import WeftMachine

/// Colours and letters of the pictures, in daylight and in the dark. Every text has a contrast of at least 4.5 to what is behind
/// it, and every bar one of 3.
enum PictureStyle {
  /// Each colour by its name, in daylight and in the dark.
  private static let palette: [(name: String, light: String, dark: String)] = [
    ("bg", "#ffffff", "#12161d"), ("ink", "#17202c", "#e8edf4"), ("soft", "#566274", "#a3afc0"),
    ("line", "#dfe4eb", "#2c3543"), ("band", "#f5f7fa", "#191f29"), ("running", "#2357c5", "#7aa7ff"),
    ("network", "#0b7a70", "#3fc4b4"), ("sleeping", "#8a97aa", "#8793a6"), ("queueing", "#a86400", "#e3a43c"),
    ("joining", "#9aa6b6", "#5b6778"), ("on-running", "#ffffff", "#0a1226"), ("on-network", "#ffffff", "#04201d"),
    ("on-sleeping", "#0d1420", "#0d1420"), ("on-queueing", "#ffffff", "#231600"), ("on-joining", "#17202c", "#e8edf4"),
    ("failed", "#c3182b", "#ff6b78"), ("cancelled", "#7a3fae", "#c79bf2"), ("retry", "#c2410c", "#ff9a62"),
    ("path", "#d01c74", "#ff6fb0"),
  ]

  /// For a page: the colours as variables.
  static let css: String = {
    let light = palette.map { "--\($0.name):\($0.light)" }.joined(separator: ";")
    let dark = palette.map { "--\($0.name):\($0.dark)" }.joined(separator: ";")
    return ":root{\(light)}@media (prefers-color-scheme:dark){:root{\(dark)}}"
  }()

  /// For a picture: the colours as classes of what is filled, since many who show pictures know no variables.
  static let rules: String = {
    let light = palette.map { ".f-\($0.name){fill:\($0.light)}" }.joined()
    let dark = palette.map { ".f-\($0.name){fill:\($0.dark)}" }.joined()
    func others(isDark: Bool) -> String {
      func color(_ name: String) -> String {
        palette.first { $0.name == name }.map { isDark ? $0.dark : $0.light } ?? ""
      }
      return
        "text{fill:\(color("ink"))}.grid{stroke:\(color("line"))}.path{stroke:\(color("path"));fill:none;stroke-width:2}"
        + ".block{fill:\(color("band"));stroke:\(color("joining"))}"
    }
    return others(isDark: false) + light + "@media (prefers-color-scheme:dark){" + others(isDark: true) + dark + "}"
      + ".title{font-size:17px;font-weight:600}.group{font-weight:600}"
  }()

  static let font = "ui-sans-serif,system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',sans-serif"

  /// About how wide a text is, in the picture's font; it must fit into its bar.
  static func width(_ text: String, size: Double) -> Double { Double(text.count) * size * 0.56 }

  /// As much of a text as fits; empty if that would say nothing.
  static func fitting(_ text: String, into width: Double, size: Double) -> String {
    if Self.width(text, size: size) <= width { return text }
    let count = Int(width / (size * 0.56)) - 1
    return count < 3 ? "" : text.prefix(count) + "…"
  }

  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      // XML has no place for most of them.
      case "\u{0}"..."\u{1F}": result += " "
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// A length in a picture, without a tail of digits.
  static func number(_ value: Double) -> String {
    let text = Quantity.decimal(value, 2)
    guard text.contains(".") else { return text }
    var trimmed = text[...]
    while trimmed.last == "0" { trimmed.removeLast() }
    if trimmed.last == "." { trimmed.removeLast() }
    return String(trimmed)
  }

  /// Times for the marks of an axis: round ones, about `count` of them.
  static func marks(to end: Int64, count: Int) -> [Int64] {
    let rough = Double(end) / Double(max(1, count))
    var step = 1.0
    while step * 10 <= rough { step *= 10 }
    for factor in [1.0, 2, 5, 10] where step * factor >= rough {
      step *= factor
      break
    }
    let size = max(1, Int64(step))
    return stride(from: 0, through: end, by: Int64.Stride(size)).map { $0 }
  }

  /// A mark of an axis: `0`, `250 ms`, `1.5 s`.
  static func mark(_ time: Int64) -> String {
    if time == 0 { return "0" }
    let (value, unit): (Double, String) =
      switch time {
      case ..<1_000: (Double(time), "ns")
      case ..<1_000_000: (Double(time) / 1e3, "µs")
      case ..<1_000_000_000: (Double(time) / 1e6, "ms")
      default: (Double(time) / 1e9, "s")
      }
    return "\(number(value)) \(unit)"
  }
}
