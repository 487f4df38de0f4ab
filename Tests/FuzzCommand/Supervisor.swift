import Foundation
import Fuzzing
import Synchronization

/// Shares the cases among worker processes, and goes on with the next case where one of them ends or hangs.
final class Supervisor {
  /// A case that takes longer hangs. The longest that is known takes a second.
  private static let patience: TimeInterval = 30

  private let repository: URL
  private let first: Int
  private let end: Int
  private let step = ProcessInfo.processInfo.activeProcessorCount
  private var problems = 0

  init(repository: URL, first: Int, end: Int) {
    self.repository = repository
    self.first = first
    self.end = end
  }

  /// Whether nothing was wrong.
  func run() throws -> Bool {
    var workers = try (0..<step).map { try Worker(Share(next: first + $0, end: end, step: step), repository) }
    var total = [Int](repeating: 0, count: Fuzzer.Counts.names.count)
    var lastShown = Date()
    while !workers.isEmpty {
      Thread.sleep(forTimeInterval: 0.1)
      for index in workers.indices.reversed() {
        let worker = workers[index]
        let state = worker.state
        for text in worker.takeProblems() { tell(text) }
        if !worker.isRunning {
          add(worker.state.counts, to: &total)
          workers.remove(at: index)
          if worker.isDone { continue }
          tell("\(state.current) the process ended with \(worker.ending)")
          workers.append(try worker.successor(repository))
        } else if Date().timeIntervalSince(state.since) > Self.patience {
          tell("\(state.current) takes longer than \(Int(Self.patience)) s")
          worker.stop()
        }
      }
      if Date().timeIntervalSince(lastShown) > 30 {
        lastShown = Date()
        let made = workers.reduce(total[0]) { $0 + $1.state.counts[0] }
        say("\(made) of \(end - first)")
      }
    }
    say(zip(total, Fuzzer.Counts.names).map { "\($0) \($1)" }.joined(separator: ", "))
    say(problems == 0 ? "nothing is wrong" : "\(problems) problems")
    return problems == 0
  }

  private func add(_ counts: [Int], to total: inout [Int]) {
    for index in total.indices { total[index] += counts[index] }
  }

  /// `text` begins with the number of the case.
  private func tell(_ text: String) {
    problems += 1
    let number = text.prefix { $0 != " " }
    say("case \(text.replacing("\u{2028}", with: "\n"))")
    say("  WEFT_FUZZ_CASE=\(number) make fuzz shows it\n")
  }
}

/// One process that does its share.
private final class Worker: Sendable {
  struct State {
    var current: Int
    var since = Date()
    var counts = [Int](repeating: 0, count: Fuzzer.Counts.names.count)
    var problems: [String] = []
    /// It may still say something.
    var isOpen = true
  }

  private let share: Share
  private let process: Mutex<Process>
  private let shared: Mutex<State>

  var state: State { shared.withLock { $0 } }
  var isRunning: Bool { state.isOpen || process.withLock { $0.isRunning } }
  var isDone: Bool { process.withLock { $0.terminationReason == .exit && $0.terminationStatus == 0 } }
  var ending: String {
    process.withLock { ($0.terminationReason == .exit ? "status" : "signal") + " \($0.terminationStatus)" }
  }

  init(_ share: Share, _ repository: URL) throws {
    self.share = share
    shared = Mutex(State(current: share.next))
    let child = Process()
    let pipe = Pipe()
    child.executableURL = Bundle.main.executableURL
    child.environment = ["WEFT_FUZZ_SHARE": share.text, "WEFT_FUZZ_REPOSITORY": repository.path]
    child.standardOutput = pipe
    child.standardError = FileHandle.nullDevice
    try child.run()
    process = Mutex(child)
    let reader = pipe.fileHandleForReading
    Thread.detachNewThread { [self] in
      var rest = Data()
      while case let data = reader.availableData, !data.isEmpty {
        rest += data
        while let end = rest.firstIndex(of: 0x0A) {
          read(String(decoding: rest[rest.startIndex..<end], as: UTF8.self))
          rest = rest[rest.index(after: end)...]
        }
      }
      shared.withLock { $0.isOpen = false }
    }
  }

  private func read(_ line: String) {
    let word = line.prefix { $0 != " " }
    let text = line.dropFirst(word.count + 1)
    shared.withLock { state in
      switch word {
      case Message.begin:
        state.current = Int(text) ?? state.current
        state.since = Date()
      case Message.problem: state.problems.append(String(text))
      case Message.counts: state.counts = text.split(separator: " ").compactMap { Int($0) }
      default: break
      }
    }
  }

  func takeProblems() -> [String] {
    shared.withLock { state in
      defer { state.problems = [] }
      return state.problems
    }
  }

  func stop() { process.withLock { _ = kill($0.processIdentifier, SIGKILL) } }

  /// A process for what is left behind the case at which this one ended.
  func successor(_ repository: URL) throws -> Worker {
    try Worker(Share(next: state.current + share.step, end: share.end, step: share.step), repository)
  }
}
