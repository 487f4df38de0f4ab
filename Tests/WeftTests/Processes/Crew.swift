import Foundation
import Testing

@testable import Weft

/// Test workers that take tasks in turn, and what becomes of the tasks.
final class Crew: Sendable {
  private struct Record {
    var output = ""
    var end: WorkerSeat.Event?
    var ends = 0
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private struct State {
    var lastTicket: UInt64 = 0
    var records: [UInt64: Record] = [:]
    var onEnd: (@Sendable (UInt64, WorkerSeat.Event) -> Void)?
    var idle: [Int]
    var running: [UInt64: Int] = [:]
    var tasks: [(ticket: UInt64, task: [UInt8])] = []
  }

  private let state: Locked<State>
  private let seats: Locked<[WorkerSeat]>

  /// The worker stands beside the tests.
  static var worker: String {
    #if os(macOS)
      Bundle(for: Crew.self).bundleURL.deletingLastPathComponent().appending(path: "weft-test-worker").path
    #else
      URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "weft-test-worker").path
    #endif
  }

  init(
    _ size: Int = 1, launcher: String = "SELF --tricks", path: String = Crew.worker, program: String = "",
    identity: UInt64 = 0,
    grace: Int64 = 6_000_000_000
  ) {
    state = Locked(State(idle: Array(0..<size)))
    seats = Locked([])
    let command = WorkerCommand(path: path, launcher: launcher.replacing("SELF", with: Crew.worker))
    for _ in 0..<size {
      let seat = WorkerSeat(command: command, program: Array(program.utf8), identity: identity, grace: grace) {
        [unowned self] in take($0, $1)
      }
      seats.withLock { $0.append(seat) }
    }
  }

  private func take(_ ticket: UInt64, _ event: WorkerSeat.Event) {
    let (waiting, onEnd) = state.withLock { state in
      var record = state.records[ticket] ?? Record()
      if case .output(let bytes) = event {
        record.output += String(decoding: bytes, as: UTF8.self)
      } else {
        record.end = event
        record.ends += 1
        if let seat = state.running.removeValue(forKey: ticket) { state.idle.append(seat) }
      }
      let waiting = record.waiting
      record.waiting = []
      state.records[ticket] = record
      return (waiting, record.end == nil ? nil : state.onEnd)
    }
    if case .output = event {} else { assign() }
    onEnd?(ticket, event)
    for reader in waiting { reader.resume() }
  }

  private func assign() {
    let next = state.withLock { state -> (seat: Int, ticket: UInt64, task: [UInt8])? in
      guard !state.tasks.isEmpty, let seat = state.idle.popLast() else { return nil }
      let (ticket, task) = state.tasks.removeFirst()
      state.running[ticket] = seat
      return (seat, ticket, task)
    }
    if let next { seats.withLock { $0[next.seat] }.start(next.ticket, next.task) }
  }

  func cancel(_ ticket: UInt64) {
    if let seat = state.withLock({ $0.running[ticket] }) { seats.withLock { $0[seat] }.cancel(ticket) }
  }

  func shutdown(_ ticket: UInt64) {
    if let seat = state.withLock({ $0.running[ticket] }) { seats.withLock { $0[seat] }.shutdown() }
  }

  /// Ends all workers, whatever they do.
  func close() async {
    let seats = seats.withLock { $0 }
    for seat in seats { seat.stop() }
    for seat in seats { await seat.ended() }
  }

  /// Calls `body` with a crew, and closes it.
  static func with<Result>(_ crew: Crew, _ body: (Crew) async throws -> Result) async rethrows -> Result {
    do {
      let result = try await body(crew)
      await crew.close()
      return result
    } catch {
      await crew.close()
      throw error
    }
  }

  /// Calls `body` at each end of a task.
  func onEnd(_ body: @escaping @Sendable (UInt64, WorkerSeat.Event) -> Void) {
    state.withLock { $0.onEnd = body }
  }

  func start(_ task: String) -> UInt64 { start(Array(task.utf8)) }

  func start(_ task: [UInt8]) -> UInt64 {
    let ticket = state.withLock { state in
      state.lastTicket += 1
      state.records[state.lastTicket] = Record()
      state.tasks.append((state.lastTicket, task))
      return state.lastTicket
    }
    assign()
    return ticket
  }

  func run(_ task: String) async -> WorkerSeat.Event { await end(of: start(task)) }

  /// What a task that ended said.
  func answer(_ task: String) async -> String {
    switch await run(task) {
    case .ended(let bytes): String(decoding: bytes, as: UTF8.self)
    case let other: "\(other)"
    }
  }

  func end(of ticket: UInt64) async -> WorkerSeat.Event {
    while true {
      if let end = state.withLock({ $0.records[ticket]?.end }) { return end }
      await news(of: ticket) { $0.end != nil }
    }
  }

  func output(of ticket: UInt64) -> String { state.withLock { $0.records[ticket]?.output ?? "" } }

  /// Waits for the first that a task prints.
  func firstOutput(of ticket: UInt64) async -> String {
    await news(of: ticket) { !$0.output.isEmpty }
    return output(of: ticket)
  }

  /// How often each task has ended.
  var ends: [Int] { state.withLock { $0.records.values.map(\.ends) } }

  private func news(of ticket: UInt64, _ isThere: (Record) -> Bool) async {
    await withCheckedContinuation { continuation in
      let isReady = state.withLock { state in
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
