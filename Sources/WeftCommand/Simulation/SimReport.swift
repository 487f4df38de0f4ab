import Weft
import WeftMachine

/// What a simulation tells below the script's own output.
struct SimReport {
  private let script: Script
  private let simulation: Simulation
  private let outcome: Simulation.Outcome

  init(_ script: Script, _ simulation: Simulation, _ outcome: Simulation.Outcome) {
    self.script = script
    self.simulation = simulation
    self.outcome = outcome
  }

  /// Parts of the critical path below this share of the whole are left out.
  private static let leastShare = 0.005
  private static let mostParts = 8

  func text(file: String) -> String {
    let analysis = outcome.analysis
    var rows: [(String, String)] = [("would take", Self.duration(outcome.result.elapsed))]
    if analysis.requests > 0 {
      var text = "\(analysis.requests), at most \(analysis.mostRequests) at once"
      if analysis.failedRequests > 0 { text += ", \(analysis.failedRequests) failed" }
      if analysis.cancelledRequests > 0 { text += ", \(analysis.cancelledRequests) called off" }
      rows.append(("requests", text))
    }
    rows.append(("tasks", "\(analysis.tasks), at most \(analysis.mostTasks) at once"))
    for pool in analysis.pools { rows.append(row(pool)) }
    var text = "\nsimulated \(file) with seed \(simulation.seed) on \(Quantity.counted(simulation.cores, "core"))\n"
    let width = rows.map(\.0.count).max() ?? 0
    for (name, value) in rows { text += "  \(name.padded(to: width))  \(value)\n" }
    text += path(analysis.criticalPath)
    for host in outcome.guessedHosts.prefix(5) {
      text += "note: nothing says how long `\(host)` takes: it took 100ms; `--latency '\(host)=…'` says it\n"
    }
    return text
  }

  private func row(_ pool: RunAnalysis.Pool) -> (String, String) {
    let tasks = Quantity.counted(pool.tasks, "task")
    guard pool.place >= 0 else {
      return ("compute", "\(tasks), \(Self.duration(pool.busy)) of computing")
    }
    let kind = pool.kind.map { "\($0)" } ?? "workers"
    let line = script.image.place(ofCode: pool.place)?.line ?? 0
    return (
      "pool in line \(line)",
      "\(pool.workers) \(kind), \(tasks), \(Quantity.decimal(pool.use * 100, 0)) % in use"
    )
  }

  private func path(_ parts: [RunAnalysis.Part]) -> String {
    let whole = Double(max(1, outcome.result.elapsed))
    let shown = parts.prefix(Self.mostParts).filter { Double($0.time) / whole >= Self.leastShare }
    if shown.isEmpty { return "" }
    var text = "  the critical path\n"
    for part in shown {
      let share = Quantity.decimal(Double(part.time) / whole * 100, 1) + " %"
      let steps = part.steps > 1 ? ", \(part.steps) times" : ""
      text += "    \(share.padded(left: 7))  \(Self.duration(part.time).padded(to: 9)) \(name(part))\(steps)\n"
    }
    return text
  }

  private func name(_ part: RunAnalysis.Part) -> String {
    let work =
      switch part.work {
      case .computing: "computing"
      case .sleeping: "sleep"
      case .fetching: "fetch"
      case .burning: "compute"
      case .other(.token): "waiting for a token of a rate"
      case .other(.file): "reading and writing files"
      case .other(.worker), .other(.place): "waiting for a worker"
      case .other(.permit): "waiting for a permit"
      case .other(.lock): "waiting for a lock"
      case .other(.item), .other(.room), .other(.work): "waiting for a queue"
      case .other: "waiting for other tasks"
      }
    guard script.image.functions.indices.contains(part.function) else { return work }
    let name = script.image.taskName(part.function)
    return name == "main" ? "\(work) in the script" : "\(work) in `\(name)`"
  }

  /// Rounded to a thousandth of it, as people read it.
  static func duration(_ nanoseconds: Int64) -> String {
    var unit: Int64 = 1
    while nanoseconds / unit >= 10_000 { unit *= 10 }
    return Machine.text(duration: nanoseconds / unit * unit)
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
  fileprivate func padded(left width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }
}
