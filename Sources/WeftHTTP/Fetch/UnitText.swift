/// `nanoseconds` as the language writes durations: `250ms`, `1.5s`, `2m`.
func durationText(_ nanoseconds: Int64) -> String {
  let units: [(name: String, size: Int64)] = [
    ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000),
  ]
  for (name, size) in units where nanoseconds >= size {
    let whole = nanoseconds / size
    let thousandths = nanoseconds % size * 1_000 / size
    // 90 s reads better as `90s` than as `1.5m`.
    if name == "m", nanoseconds % size != 0 { continue }
    return thousandths == 0 ? "\(whole)\(name)" : "\(whole).\(trimmed(thousandths))\(name)"
  }
  return "\(max(0, nanoseconds))ns"
}

/// `bytes` in the largest unit that makes it a whole number.
func sizeText(_ bytes: Int) -> String {
  for (name, shift) in [("GiB", 30), ("MiB", 20), ("KiB", 10)] where bytes >= 1 << shift && bytes % (1 << shift) == 0 {
    return "\(bytes >> shift) \(name)"
  }
  return bytes == 1 ? "1 byte" : "\(bytes) bytes"
}

/// 50 thousandths are written `05`, 500 are `5`.
private func trimmed(_ thousandths: Int64) -> String {
  var digits = String(thousandths)
  digits = String(repeating: "0", count: max(0, 3 - digits.count)) + digits
  while digits.last == "0" { digits.removeLast() }
  return digits
}
