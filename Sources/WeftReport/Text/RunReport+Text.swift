import WeftMachine

extension RunReport {
  /// The summary, as a terminal shows it.
  ///
  /// - Parameter histograms: Whether to draw how the latencies are spread.
  public func text(_ style: TextStyle = TextStyle(), histograms: Bool = true) -> String {
    var parts = [head(style)]
    let text = SummaryText(summary: summary, style: style)
    parts += text.fetches(histograms: histograms)
    parts += text.tasks()
    parts += text.rates()
    return parts.joined(separator: "\n")
  }

  private func head(_ style: TextStyle) -> String {
    var facts = ["\(Quantity.time(elapsed))\(isVirtual ? " on the virtual clock" : "")"]
    // The script itself is a task as well; nobody counts it.
    let started = summary.tasks.reduce(0) { $0 + $1.count } - 1
    if started > 0 {
      facts.append("\(Quantity.counted(started, "task")) (\(Quantity.grouped(max(1, summary.peakTasks - 1))) at once)")
    }
    let requests = summary.fetches.reduce(0) { $0 + $1.count }
    if requests > 0 {
      facts.append("\(Quantity.counted(requests, "request")) (\(Quantity.grouped(summary.peakFetches)) at once)")
    }
    if summary.workers > 0 { facts.append(Quantity.counted(summary.workers, "worker")) }
    facts.append("\(Quantity.bytes(peakMemory)) of values at the peak")
    var lines = [style.bold("run of \(script)") + "  " + facts.joined(separator: ", ")]
    var events: [String] = []
    if summary.retries > 0 {
      events.append("\(Quantity.grouped(summary.retries)) \(summary.retries == 1 ? "retry" : "retries")")
    }
    if summary.timeouts > 0 { events.append(Quantity.counted(summary.timeouts, "time-out")) }
    let cancelled = summary.tasks.reduce(0) { $0 + $1.cancelled }
    if cancelled > 0 { events.append("\(Quantity.counted(cancelled, "task")) cancelled") }
    if !events.isEmpty { lines.append("  " + style.yellow(events.joined(separator: ", "))) }
    if outcome != .completed {
      lines.append(
        "  " + style.red("the run \(outcome == .failed ? "failed" : "was ended")\(error.map { ": \($0)" } ?? "")"))
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

/// The parts of a summary as text, each with a line break at its end.
struct SummaryText {
  let summary: RunSummary
  let style: TextStyle

  func fetches(histograms: Bool) -> [String] {
    if summary.fetches.isEmpty { return [] }
    var counts = TextTable(["requests", "sent>", "answers>", "per s>", "≥ 400>", "failed>", "called off>", "received>"])
    var times = TextTable(["latency of answers", "min>", "p50>", "p90>", "p95>", "p99>", "max>", "mean ± σ>"])
    var queues = TextTable(["queued before", "count>", "p50>", "p95>", "max>"])
    let all = summary.fetches.count > 1 ? [summary.allFetches] : []
    for figures in summary.fetches + all {
      let name = figures.name.isEmpty ? "all" : figures.name
      counts.add([
        name, Quantity.grouped(figures.count), Quantity.grouped(figures.answers),
        figures.rate > 0 ? Quantity.digits(figures.rate) : "–", Self.count(figures.badStatuses),
        Self.count(figures.failures.count), Self.count(figures.cancelled), Quantity.bytes(figures.received),
      ])
      if figures.answers > 0 { times.add([name] + Self.times(figures.service)) }
      if figures.queueing.count > 0 {
        let queueing = figures.queueing
        queues.add(
          [name, Quantity.grouped(queueing.count)]
            + [queueing.percentile(50), queueing.percentile(95), queueing.max].map(Quantity.time))
      }
    }
    var parts = [block(counts)]
    if !times.isEmpty { parts.append(block(times)) }
    if !queues.isEmpty { parts.append(block(queues)) }
    parts += [statuses(), failures(summary.fetches.map { ($0.name, $0.failures) })].compactMap { $0 }
    if histograms { parts += summary.fetches.prefix(4).compactMap { histogram($0.name, $0.service) } }
    return parts
  }

  private func statuses() -> String? {
    var lines: [String] = []
    for figures in summary.fetches where figures.statuses.keys.contains(where: { $0 < 200 || $0 > 299 }) {
      let statuses = figures.statuses.sorted { $0.key < $1.key }.map { status, count in
        let text = "\(status) × \(Quantity.grouped(count))"
        return status >= 400 ? style.red(text) : style.green(text)
      }
      lines.append("  \(figures.name): " + statuses.joined(separator: ", ") + "\n")
    }
    return lines.isEmpty ? nil : "  " + style.bold("statuses") + "\n" + lines.joined()
  }

  private func failures(_ all: [(name: String, figures: FailureFigures)]) -> String? {
    var table = TextTable(["failures", "count>", "kind", "for example"])
    for (name, figures) in all {
      for kind in figures.kinds { table.add([name, Quantity.grouped(kind.count), kind.name, kind.message]) }
    }
    if table.isEmpty { return nil }
    // The message is last and may be long; it is cut rather than the name.
    return block(table, width: 1_000).split(separator: "\n").map {
      TextTable.cut(String($0), to: style.width + 20) + "\n"
    }
    .joined()
  }

  func tasks() -> [String] {
    // The script itself says nothing that the head does not.
    let shown = summary.tasks.filter { $0.name != "main" || $0.count > 1 }
    if shown.isEmpty { return [] }
    var counts = TextTable(["tasks", "started>", "done>", "failed>", "cancelled>", "retries>", "p50>", "p95>", "max>"])
    var queues = TextTable(["waited to begin", "p50>", "p95>", "max>"])
    for figures in shown {
      let times = figures.durations
      counts.add([
        figures.name, Quantity.grouped(figures.count), Quantity.grouped(figures.succeeded),
        Self.count(figures.failures.count), Self.count(figures.cancelled), Self.count(figures.retries),
        times.count > 0 ? Quantity.time(times.percentile(50)) : "–",
        times.count > 0 ? Quantity.time(times.percentile(95)) : "–", times.count > 0 ? Quantity.time(times.max) : "–",
      ])
      let queueing = figures.queueing
      if queueing.max >= 1_000_000 {
        queues.add(
          [figures.name] + [queueing.percentile(50), queueing.percentile(95), queueing.max].map(Quantity.time))
      }
    }
    return [block(counts)] + (queues.isEmpty ? [] : [block(queues)])
      + [failures(shown.map { ($0.name, $0.failures) })].compactMap { $0 }
  }

  func rates() -> [String] {
    if summary.rates.isEmpty { return [] }
    var table = TextTable(["rates", "asked>", "reached>", "tasks>", ""])
    for rate in summary.rates {
      let reached = rate.reached.map { Quantity.digits($0) + "/s" } ?? "–"
      let missing = 100 * (1 - (rate.reached ?? 0) / rate.asked)
      let verdict = rate.isMissed ? "behind schedule by \(Quantity.decimal(missing, missing < 10 ? 1 : 0)) %" : ""
      table.add([rate.place, Quantity.digits(rate.asked) + "/s", reached, Quantity.grouped(rate.count), verdict])
    }
    return [block(table)]
  }

  /// Bars of how often which latency came; nil if there is too little to see.
  func histogram(_ name: String, _ latencies: Latencies) -> String? {
    guard latencies.count >= 10, latencies.max > latencies.min else { return nil }
    let classes = latencies.classes(10)
    let most = classes.map(\.count).max() ?? 0
    let labels = classes.map { Quantity.time($0.from) }
    let labelWidth = labels.map(\.count).max() ?? 0
    let room = max(10, min(50, style.width - labelWidth - 14))
    var text = "  " + style.bold("how the latencies of \(name) are spread") + "\n"
    for (label, part) in zip(labels, classes) {
      let bar = Self.bar(part.count, of: most, width: room)
      let space = String(repeating: " ", count: labelWidth - label.count)
      text +=
        "  \(space)\(label) \(style.dim("│"))\(style.blue(bar)) \(part.count > 0 ? Quantity.grouped(part.count) : "")\n"
    }
    return text
  }

  /// Blocks in eighths of a column; something that is there is always to be seen.
  static func bar(_ count: Int, of most: Int, width: Int) -> String {
    if count == 0 || most == 0 { return "" }
    let eighths = max(1, Int((Double(count) / Double(most) * Double(width * 8)).rounded()))
    let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
    return String(repeating: "█", count: eighths / 8) + parts[eighths % 8]
  }

  private func block(_ table: TextTable, width: Int? = nil) -> String {
    let lines = table.lines(width: (width ?? style.width) - 2)
    return lines.enumerated().map { index, line in
      "  " + (index == 0 ? style.bold(line) : line) + "\n"
    }.joined()
  }

  private static func count(_ count: Int) -> String { count == 0 ? "–" : Quantity.grouped(count) }

  private static func times(_ latencies: Latencies) -> [String] {
    [
      latencies.min, latencies.percentile(50), latencies.percentile(90), latencies.percentile(95),
      latencies.percentile(99), latencies.max,
    ].map(Quantity.time)
      + ["\(Quantity.time(latencies.mean)) ± \(Quantity.time(latencies.deviation))"]
  }
}
