import Foundation
import Testing

/// Signals to a script that mentions `shutdown`, and what it takes along.
@Suite(.timeLimit(.minutes(5))) struct ShutdownTests {
  private static let draining = """
    var begun = 0
    var done = 0
    task work() {
      while not shutdown.requested {
        begun += 1
        print("works")
        sleep 20ms
        done += 1
      }
    }
    gather for i in 1...5 { work() }
    print(if begun == done { "all" } else { "not all" }, "finished")

    """

  @Test(arguments: [(SIGINT, "SIGINT"), (SIGTERM, "SIGTERM")], 0..<3)
  func whatIsInFlightIsFinished(_ signal: (Int32, String), _ round: Int) async throws {
    try await Weft.inFolder(["script.weft": Self.draining]) { weft in
      let process = try weft.start("script.weft")
      try await process.wait(for: String(repeating: "works\n", count: 5 + 5 * round))
      process.send(signal.0)
      let outcome = try await process.end()
      #expect(outcome.status == 128 + signal.0)
      #expect(outcome.output.hasSuffix("\nall finished\n"))
      #expect(outcome.errors.hasPrefix("note: stopped by \(signal.1) after "))
      #expect(!outcome.errors.contains("still ran"))
    }
  }

  @Test func theSecondSignalEndsAtOnce() async throws {
    let script =
      "print(\"waits\")\nshutdown.wait()\ntry { print(\"drains\"); sleep 60s } finally { print(\"never\") }\n"
    try await Weft.inFolder(["script.weft": script]) { weft in
      let process = try weft.start("script.weft")
      try await process.wait(for: "waits")
      process.send(SIGTERM)
      try await process.wait(for: "drains")
      process.send(SIGTERM)
      let outcome = try await process.end()
      #expect(outcome.status == 143)
      #expect(outcome.output == "waits\ndrains\n")
    }
  }

  @Test func anErrorWhileDrainingIsTold() async throws {
    let script = "print(\"waits\")\nshutdown.wait()\nthrow \"no\"\n"
    try await Weft.inFolder(["script.weft": script]) { weft in
      let process = try weft.start("script.weft")
      try await process.wait(for: "waits")
      process.send(SIGTERM)
      let outcome = try await process.end()
      #expect(outcome.status == 143)
      #expect(outcome.errors.hasPrefix("error: Error: no\n"))
    }
  }
}
