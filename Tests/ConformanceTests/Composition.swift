/// A block with a body, as a list of statements whose last one is the value.
enum Wrapping: String, CaseIterable, Sendable {
  case gather, gatherFor, gatherKeep, taskgroup, race, semaphore, rate, timeout, timeoutElse, retry, shield, with
  case finally

  /// `name` is one that nothing inside has.
  func text(around body: String, name: String) -> String {
    switch self {
    case .gather: "let \(name) = gather { { \(body) } }\n\(name)[0]"
    case .gatherFor: "let \(name) = gather for i in 1...2 { \(body) }\n\(name)[1]"
    case .gatherKeep:
      "let \(name) = (gather(errors: keep) { { \(body) } })[0]\nif \(name) is Error { throw \(name) }\n\(name)"
    case .taskgroup: "taskgroup { let \(name) = start { \(body) }; await \(name) }"
    case .race: "race { { \(body) }; { \(body) } }"
    case .semaphore: "semaphore(2) { \(body) }"
    case .rate: "rate(1000/s, burst: 2) { \(body) }"
    case .timeout: "timeout(1m) { \(body) }"
    case .timeoutElse: "timeout(1m) { \(body) } else { \"never\" }"
    case .retry: "retry(1) { \(body) }"
    case .shield: "shield { \(body) }"
    case .with:
      "let l\(name) = lock()\nlet \(name) = with l\(name) { \(body) }\nif l\(name).locked { throw \"held\" }\n\(name)"
    case .finally: "entered += 1\ntry { \(body) } finally { sleep 1ms; left += 1 }"
    }
  }
}

/// A program that nests blocks around one wait, and what must come of it.
struct Composition: CustomStringConvertible {
  enum Case: CaseIterable { case succeeds, fails, timedOut }

  let wrappings: [Wrapping]
  let what: Case

  var description: String { "\(what) in \(wrappings.map(\.rawValue).joined(separator: " { "))" }

  /// Milliseconds after which the body ends by itself, and after which it is timed out.
  static let work = 10
  static let deadline = 5

  var text: String {
    var body = what == .fails ? "sleep \(Self.work)ms; throw Bad(\"x\")" : "sleep \(Self.work)ms; 7"
    for (index, wrapping) in wrappings.enumerated().reversed() {
      body = wrapping.text(around: body, name: "v\(index)")
    }
    let run =
      switch what {
      case .succeeds: "run()"
      case .fails: "try { run() } catch Bad as e { \"\\(e.kind) \\(e.message)\" }"
      case .timedOut: "timeout(\(Self.deadline)ms) { run() } else { \"late\" }"
      }
    return """
      error Bad
      var entered = 0
      var left = 0
      var outcome = "cancelled"
      task run() {
      \(body)
      }
      try { outcome = \(run) } finally { print(outcome, entered == left, elapsed()) }

      """
  }

  /// Milliseconds from a cancellation at `time` to the end: each `finally` takes one, and a shield lets what is in it end.
  func end(cancelledAt time: Int) -> Int {
    (wrappings.contains(.shield) ? Self.work : time) + wrappings.count { $0 == .finally }
  }

  var expected: String {
    var time = Self.work
    for wrapping in wrappings.reversed() {
      if wrapping == .finally { time += 1 }
      if wrapping == .retry, what == .fails { time *= 2 }
    }
    return switch what {
    case .succeeds: "7 true \(time)ms"
    case .fails: "Bad x true \(time)ms"
    case .timedOut: "late true \(end(cancelledAt: Self.deadline))ms"
    }
  }
}
