/// A limit of a run, as messages name it. Whoever crosses one ends the run: no script can catch it, and no `finally` runs.
enum RunLimit {
  case memory, ticks, tasks, valueSize, output
}

extension Machine {
  /// Ends the run because a limit was crossed.
  func cross(_ limit: RunLimit) {
    switch limit {
    case .memory: end(limits.memory, "memory limit of", "bytes", "memory")
    case .ticks: end(tickLimit, "tick limit of", "calls and iterations", "ticks")
    case .tasks: end(limits.tasks, "limit of", "tasks at one time", "tasks")
    case .valueSize: end(limits.valueSize, "limit of", "bytes for one value", "valueSize")
    case .output: end(limits.output, "output limit of", "bytes", "output")
    }
  }

  private func end(_ limit: Int, _ what: String, _ unit: String, _ setting: String) {
    exceeded("the run's \(what) \(limit) \(unit) was crossed", hint: "the host sets it as `limits.\(setting)`")
  }

  /// The same in a native function, which leaves by what this gives; the error reaches nobody.
  func crossing(_ limit: RunLimit) -> Thrown {
    cross(limit)
    return raise(.limitError, "a limit of the run was crossed")
  }

  /// Counts what a run prints, in all of its machines.
  func notePrinted(_ count: Int) throws(Thrown) {
    if limits.output == Int.max { return }
    if heap.memory.addPrinted(count) > limits.output { throw crossing(.output) }
  }
}
