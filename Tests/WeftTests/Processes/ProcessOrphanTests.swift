import Foundation
import Testing

@testable import Weft

@Suite("what worker processes leave behind")
struct ProcessOrphanTests {
  /// Runs the test worker in a role of its own.
  private func play(_ role: String) throws -> (process: Process, output: FileHandle) {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(filePath: Crew.worker)
    process.arguments = [role]
    process.standardOutput = pipe
    try process.run()
    return (process, pipe.fileHandleForReading)
  }

  @Test("workers end when their parent is killed, whatever they do")
  func killedParent() async throws {
    let (parent, output) = try play("--parent")
    var text = ""
    while text.count(where: { $0 == "\n" }) < 2 {
      let data = output.availableData
      try #require(!data.isEmpty)
      text += String(decoding: data, as: UTF8.self)
    }
    let workers = text.split(separator: "\n").compactMap { pid_t($0) }
    #expect(workers.count == 2)
    #expect(workers.allSatisfy(isAlive))
    kill(parent.processIdentifier, SIGKILL)
    #expect(await eventually { !workers.contains(where: isAlive) })
  }

  @Test(
    "no process, thread or descriptor is left, however workers ended",
    arguments: [
      ("--census", "nothing is left\n"),
      // A script's 10,000 tasks: each has a value or an error, and the values are in their places.
      ("--massacre", "10000 true true\nnothing is left\n"),
    ])
  func census(role: String, says expected: String) throws {
    let (process, output) = try play(role)
    let text = String(decoding: output.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(text == expected)
    #expect(process.terminationStatus == 0)
  }

  @Test("10,000 tasks end once each while workers are killed all the while")
  func massacre() async {
    let count = 10_000
    await Crew.with(Crew(2)) { crew in
      let killed = Locked(0)
      crew.onEnd { ticket, event in
        guard ticket % 50 == 0, case .ended(let bytes) = event,
          let process = pid_t(String(decoding: bytes, as: UTF8.self))
        else { return }
        // It has the next task by now, or is about to get it.
        kill(process, SIGKILL)
        killed.withLock { $0 += 1 }
      }
      let tickets = (0..<count).map { _ in crew.start("pid") }
      var values = 0
      var losses = 0
      for ticket in tickets {
        switch await crew.end(of: ticket) {
        case .ended: values += 1
        case .lost("was killed by signal 9 (SIGKILL)"): losses += 1
        case let other: Issue.record("\(other)")
        }
      }
      #expect(values + losses == count)
      #expect(losses <= killed.withLock { $0 })
      #expect(killed.withLock { $0 } > 150)
      #expect(losses > 0)
      #expect(crew.ends.allSatisfy { $0 == 1 })
    }
  }
}
