import Foundation
import Testing

/// How a run ends that is told to.
@Suite(.timeLimit(.minutes(5))) struct StopTests {
  private static let waiting = "try { print(\"waits\"); sleep 60s } finally { print(\"cleaned\") }\n"
  private static let busy = "try { print(\"works\"); while true { } } finally { print(\"cleaned\") }\n"

  @Test(arguments: [(SIGINT, "SIGINT"), (SIGTERM, "SIGTERM")])
  func theFirstSignalRunsEveryFinally(_ signal: Int32, _ name: String) async throws {
    try await Weft.inFolder(["script.weft": Self.waiting]) { weft in
      let process = try weft.start("script.weft")
      try await process.wait(for: "waits")
      process.send(signal)
      let outcome = try await process.end()
      #expect(outcome.status == 128 + signal)
      #expect(outcome.output == "waits\ncleaned\n")
      #expect(outcome.errors.hasPrefix("note: stopped by \(name) after "))
    }
  }

  @Test func aLoopThatNeverWaitsIsStopped() async throws {
    try await Weft.inFolder(["script.weft": Self.busy]) { weft in
      let process = try weft.start("script.weft")
      try await process.wait(for: "works")
      process.send(SIGINT)
      let outcome = try await process.end()
      #expect(outcome.status == 130)
      #expect(outcome.output == "works\ncleaned\n")
    }
  }

  @Test func theSecondSignalEndsAtOnce() async throws {
    let script = "try { print(\"waits\"); sleep 60s } finally { print(\"cleaning\"); sleep 4s; print(\"cleaned\") }\n"
    try await Weft.inFolder(["script.weft": script]) { weft in
      let process = try weft.start("script.weft")
      try await process.wait(for: "waits")
      process.send(SIGINT)
      try await process.wait(for: "cleaning")
      process.send(SIGINT)
      let outcome = try await process.end()
      #expect(outcome.status == 130)
      #expect(outcome.output == "waits\ncleaning\n")
    }
  }

  @Test func aSignalTellsWhatStillRan() async throws {
    let script = """
      gather {
        sleep 60s
        sleep 60s
        { sleep 1.5s; print("now") }
      }

      """
    try await Weft.inFolder(["script.weft": script]) { weft in
      let process = try weft.start("script.weft")
      try await process.wait(for: "now")
      process.send(SIGINT)
      let outcome = try await process.end()
      #expect(outcome.status == 130)
      #expect(outcome.errors.contains("tasks of the `gather` in line 1 still ran"))
    }
  }

  @Test func timeLimit() async throws {
    try await Weft.inFolder(["script.weft": Self.waiting, "busy.weft": Self.busy]) { weft in
      for file in ["script.weft", "busy.weft"] {
        let outcome = try await weft.run("run", "--time-limit", "300ms", file)
        #expect(outcome.status == 124)
        #expect(outcome.output.hasSuffix("cleaned\n"))
        #expect(outcome.errors == "error: the time limit of 300ms was reached\n")
      }
      let virtual = try await weft.run("--virtual", "--time-limit", "30s", "script.weft")
      #expect(virtual.status == 124)
      #expect(virtual.output == "waits\ncleaned\n")
    }
  }

  @Test func aReaderThatGoesAwayEndsItQuietly() async throws {
    let script = "try { var i = 0; while true { i += 1; print(i) } } finally { sleep 1ms }\n"
    try await Weft.inFolder(["script.weft": script]) { weft in
      let shell = Process()
      shell.executableURL = URL(filePath: "/bin/sh")
      shell.arguments = ["-c", "{ \"$0\" script.weft 2>errors; echo $? >status; } | head -n 1", Weft.command.path]
      shell.currentDirectoryURL = weft.folder
      shell.standardOutput = FileHandle.nullDevice
      await withCheckedContinuation { continuation in
        shell.terminationHandler = { _ in continuation.resume() }
        do { try shell.run() } catch { continuation.resume() }
      }
      let status = try String(contentsOf: weft.folder.appending(path: "status"), encoding: .utf8)
      let errors = try String(contentsOf: weft.folder.appending(path: "errors"), encoding: .utf8)
      #expect(status == "141\n")
      #expect(errors == "")
    }
  }
}
