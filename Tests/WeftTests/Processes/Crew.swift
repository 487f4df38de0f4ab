import Foundation
import Synchronization
import Testing

@testable import Weft

/// A pool of test workers, and what becomes of its tasks.
final class Crew: Sendable {
  private struct Record {
    var output = ""
    var end: ProcessPool.Event?
    var ends = 0
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private struct State {
    var lastTicket: UInt64 = 0
    var records: [UInt64: Record] = [:]
    var onEnd: (@Sendable (UInt64, ProcessPool.Event) -> Void)?
  }

  private let state: Box
  let pool: ProcessPool

  private final class Box: Sendable {
    let state = Mutex(State())

    func take(_ ticket: UInt64, _ event: ProcessPool.Event) {
      let (waiting, onEnd) = state.withLock { state in
        var record = state.records[ticket] ?? Record()
        if case .output(let bytes) = event {
          record.output += String(decoding: bytes, as: UTF8.self)
        } else {
          record.end = event
          record.ends += 1
        }
        let waiting = record.waiting
        record.waiting = []
        state.records[ticket] = record
        return (waiting, record.end == nil ? nil : state.onEnd)
      }
      for reader in waiting { reader.resume() }
      onEnd?(ticket, event)
    }
  }

  /// The worker stands beside the tests.
  static var worker: String {
    #if os(macOS)
      Bundle(for: Crew.self).bundleURL.deletingLastPathComponent().appending(path: "weft-test-worker").path
    #else
      URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "weft-test-worker").path
    #endif
  }

  init(
    _ size: Int = 1, launcher: String = "", path: String = Crew.worker, program: String = "", identity: UInt64 = 0,
    grace: Int64 = 6_000_000_000
  ) {
    let box = Box()
    state = box
    pool = ProcessPool(
      size: size, command: WorkerCommand(path: path, launcher: launcher.replacing("SELF", with: Crew.worker)),
      program: Array(program.utf8), identity: identity, grace: grace
    ) { box.take($0, $1) }
  }

  /// Calls `body` with a crew, and closes it.
  static func with<Result>(_ crew: Crew, _ body: (Crew) async throws -> Result) async rethrows -> Result {
    do {
      let result = try await body(crew)
      await crew.pool.close()
      return result
    } catch {
      await crew.pool.close()
      throw error
    }
  }

  /// Calls `body` at each end of a task.
  func onEnd(_ body: @escaping @Sendable (UInt64, ProcessPool.Event) -> Void) {
    state.state.withLock { $0.onEnd = body }
  }

  func start(_ task: String) -> UInt64 { start(Array(task.utf8)) }

  func start(_ task: [UInt8]) -> UInt64 {
    let ticket = state.state.withLock { state in
      state.lastTicket += 1
      state.records[state.lastTicket] = Record()
      return state.lastTicket
    }
    pool.start(ticket, task)
    return ticket
  }

  func run(_ task: String) async -> ProcessPool.Event { await end(of: start(task)) }

  /// What a task that ended said.
  func answer(_ task: String) async -> String {
    switch await run(task) {
    case .ended(let bytes): String(decoding: bytes, as: UTF8.self)
    case let other: "\(other)"
    }
  }

  func end(of ticket: UInt64) async -> ProcessPool.Event {
    while true {
      if let end = state.state.withLock({ $0.records[ticket]?.end }) { return end }
      await news(of: ticket) { $0.end != nil }
    }
  }

  func output(of ticket: UInt64) -> String { state.state.withLock { $0.records[ticket]?.output ?? "" } }

  /// Waits for the first that a task prints.
  func firstOutput(of ticket: UInt64) async -> String {
    await news(of: ticket) { !$0.output.isEmpty }
    return output(of: ticket)
  }

  /// How often each task has ended.
  var ends: [Int] { state.state.withLock { $0.records.values.map(\.ends) } }

  private func news(of ticket: UInt64, _ isThere: (Record) -> Bool) async {
    await withCheckedContinuation { continuation in
      let isReady = state.state.withLock { state in
        if let record = state.records[ticket], isThere(record) { return true }
        state.records[ticket, default: Record()].waiting.append(continuation)
        return false
      }
      if isReady { continuation.resume() }
    }
  }
}

/// Whether a process runs still, and is not only a number that waits to be reaped.
func isAlive(_ process: pid_t) -> Bool {
  guard let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else {
    return kill(process, 0) == 0 && !FileManager.default.fileExists(atPath: "/proc/self/stat")
  }
  return status.split(separator: ")").last?.split(separator: " ").first != "Z"
}

/// Asks again and again until it is so, for ten seconds at most.
func eventually(_ condition: () -> Bool) async -> Bool {
  for _ in 0..<2000 {
    if condition() { return true }
    try? await Task.sleep(for: .milliseconds(5))
  }
  return condition()
}
