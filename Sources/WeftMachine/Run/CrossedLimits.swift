/// A limit of a run, as messages name it. Whoever crosses one ends the run: no script can catch it, and no `finally` runs.
enum RunLimit {
  case memory, operations, tasks, valueSize, output
}

extension Machine {
  /// Ends the run because a limit was crossed.
  func cross(_ limit: RunLimit) {
    switch limit {
    case .memory: end(limits.memory, "memory limit of", "bytes", "memory")
    case .operations: end(tickLimit, "limit of", "operations", "operations")
    case .tasks: end(limits.tasks, "limit of", "tasks at one time", "tasks")
    case .valueSize: end(limits.valueSize, "limit of", "bytes for one value", "valueSize")
    case .output: end(limits.output, "limit of", "bytes of output", "output")
    }
  }

  /// The run's time, in nanoseconds, is over: it ends at once.
  public func exceedTime(_ limit: Int64) {
    exceeded(
      "the run's time limit of \(Machine.text(duration: limit)) was crossed", hint: "the host sets it as `limits.time`")
  }

  private func end(_ limit: Int, _ what: String, _ unit: String, _ setting: String) {
    exceeded("the run's \(what) \(limit) \(unit) was crossed", hint: "the host sets it as `limits.\(setting)`")
  }

  /// The same in a native function, which leaves by what this gives; the error reaches nobody.
  func crossing(_ limit: RunLimit) -> Thrown {
    cross(limit)
    return stopped()
  }

  /// What a native leaves by when the run has ended.
  func stopped() -> Thrown { raise(.limitError, "the run has ended") }

  /// Counts what a run prints, in all of its machines.
  func notePrinted(_ count: Int) throws(Thrown) {
    if isPrintedTooMuch(with: count) { throw crossing(.output) }
  }

  /// Counts what a worker process of this run has printed; false when that is too much, and ends the run.
  public func takePrinted(_ count: Int) -> Bool {
    if !isPrintedTooMuch(with: count) { return true }
    cross(.output)
    return false
  }

  private func isPrintedTooMuch(with count: Int) -> Bool {
    limits.output != Int.max && heap.memory.addPrinted(count) > limits.output
  }
}
