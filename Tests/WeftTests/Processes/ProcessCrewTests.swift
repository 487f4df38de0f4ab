import Foundation
import Testing
import Weft

/// Worker processes over the length of a run. A launcher writes down each start.
@Suite struct ProcessCrewTests {
  private func starts(running text: String) async throws -> (starts: Int, output: String) {
    let folder = FileManager.default.temporaryDirectory.appending(path: "weft-crew-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let log = folder.appending(path: "log").path()
    let launcher = folder.appending(path: "launcher").path()
    try "#!/bin/sh\necho started >> '\(log)'\nexec \"$@\"\n".write(toFile: launcher, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: launcher)
    var options = RunOptions()
    options.processes = WorkerCommand(path: Crew.worker, launcher: launcher)
    let output = Captured()
    let result = try await Script(compiling: text).run(options, observer: RunObserver(output: { output.append($0) }))
    guard case .completed = result.outcome else {
      Issue.record("\(result.outcome)")
      return (0, output.text)
    }
    let lines = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
    return (lines.split(separator: "\n").count, output.text)
  }

  /// How long the clean-up may take is up to the script: its worker is asked again and again meanwhile, here twice a second.
  @Test func aCleanUpThatTakesItsTimeIsNotCut() async throws {
    var options = RunOptions()
    options.processes = WorkerCommand(path: Crew.worker)
    options.processes?.grace = 500_000_000
    let output = Captured()
    let script = try Script(
      compiling: """
        let begun = queue(1)
        task work() {
          try { begun.put(1); sleep 1h } finally(30s) {
            for i in 1...15 { sleep 100ms }
            print("cleaned")
          }
        }
        task pooled() { pool(processes: 1) { gather { work() } } }
        taskgroup {
          let t = start pooled()
          begun.get()
          t.cancel()
        }
        print("done")
        """)
    let result = await script.run(options, observer: RunObserver(output: { output.append($0) }))
    guard case .completed = result.outcome else { return #expect(Bool(false), "\(result.outcome)") }
    #expect(output.text == "cleaned\ndone\n")
  }

  @Test func thoseOfOnePoolServeTheNext() async throws {
    let (starts, output) = try await starts(
      running: """
        task twice(n) { sleep 50ms; 2 * n }
        for round in 1...4 {
          print(pool(processes: 2) { gather for n in 1...4 { twice(n * round) } })
        }
        """)
    #expect(output == "[2, 4, 6, 8]\n[4, 8, 12, 16]\n[6, 12, 18, 24]\n[8, 16, 24, 32]\n")
    #expect(starts == 2)
  }

  @Test func twoPoolsAtATimeHaveTheirOwn() async throws {
    let (starts, output) = try await starts(
      running: """
        task twice(n) { sleep 50ms; 2 * n }
        task pooled(n) { pool(processes: 1) { gather { twice(n) } } }
        print(gather { pooled(1); pooled(2) })
        print(gather { pooled(3); pooled(4) })
        """)
    #expect(output == "[[2], [4]]\n[[6], [8]]\n")
    #expect(starts == 2)
  }
}
