import Foundation
import Testing

/// The command as its own worker.
@Suite(.timeLimit(.minutes(5))) struct ProcessPoolTests {
  /// Two tasks that wait in two processes.
  private static let waiting = """
    task work(n) { try { print("waits", n); sleep 60s } finally { print("cleaned", n) } }
    pool(processes: 2) { gather { work(1); work(2) } }

    """

  @Test func tasksRunInProcesses() async throws {
    try await Weft.inFolder([
      "lib.weft": "task twice(n) => 2 * n\n",
      "script.weft":
        "import \"lib.weft\"\nparam by = 1\nprint(pool(processes: 2) { gather for n in 1...4 { by * twice(n) } })\n",
    ]) { weft in
      let outcome = try await weft.run("script.weft", "--by", "10")
      #expect(outcome.errors == "")
      #expect(outcome.output == "[20, 40, 60, 80]\n")
      #expect(outcome.status == 0)
    }
  }

  @Test func anErrorNamesTheLineInTheTask() async throws {
    let script = """
      task half(n) {
        if n == 2 { throw "no 2" }
        n
      }
      pool(processes: 1) { gather for n in 1...3 { half(n) } }

      """
    try await Weft.inFolder(["script.weft": script]) { weft in
      let outcome = try await weft.run("script.weft")
      #expect(outcome.status == 1)
      // What follows tells how long it took.
      let start = """
        error: Error: no 2
           ╭─ script.weft:2:15
         2 │   if n == 2 { throw "no 2" }
           │               ^^^^^^^^^^^^
           the script                                                             line 5
           └ gather: task 2 of 2 so far, n = 2, after
        """
      #expect(outcome.errors.hasPrefix(start))
      #expect(outcome.errors.contains("half(2)"))
    }
  }

  @Test func theFirstSignalRunsEveryFinallyInTheWorkers() async throws {
    try await Weft.inFolder(["script.weft": Self.waiting]) { weft in
      let process = try weft.start("script.weft")
      try await process.wait(for: "waits 1")
      try await process.wait(for: "waits 2")
      process.send(SIGINT)
      let outcome = try await process.end()
      #expect(outcome.status == 130)
      #expect(outcome.output.split(separator: "\n").sorted() == ["cleaned 1", "cleaned 2", "waits 1", "waits 2"])
    }
  }

  // A worker holds standard error, not standard output; the test's own pipe ends with the command.
  @Test func noWorkerOutlivesTheCommand() async throws {
    try await Weft.inFolder(["script.weft": Self.waiting]) { weft in
      let process = try weft.start("script.weft")
      try await process.wait(for: "waits 1")
      try await process.wait(for: "waits 2")
      let workers = process.children
      #expect(workers.count == 2)
      process.send(SIGKILL)
      let outcome = try await process.end()
      #expect(outcome.status == 128 + SIGKILL)
      for worker in workers { #expect(await hasEnded(worker)) }
    }
  }

  @Test func aLauncherThatIsMissingIsNamed() async throws {
    try await Weft.inFolder([
      "script.weft":
        "try { pool(processes: 1, launcher: \"/nowhere/nice\") { gather { 1 } } } catch e { print(e.message) }\n"
    ]) { weft in
      let outcome = try await weft.run("script.weft")
      #expect(outcome.output == "the worker of this task could not be started: there is no program `/nowhere/nice`\n")
      #expect(outcome.status == 0)
    }
  }

  /// Whether a process has gone, or is about to be reaped by whoever does that for orphans.
  private func hasEnded(_ process: pid_t) async -> Bool {
    for _ in 0..<2_000 {
      let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
      if kill(process, 0) != 0 || status?.split(separator: ")").last?.hasPrefix(" Z") == true { return true }
      try? await Task.sleep(for: .milliseconds(5))
    }
    return false
  }
}

extension RunningWeft {
  /// The processes that it has started.
  fileprivate var children: [pid_t] {
    let finder = Process()
    let pipe = Pipe()
    finder.executableURL = URL(filePath: "/usr/bin/pgrep")
    finder.arguments = ["-P", "\(identifier)"]
    finder.standardOutput = pipe
    guard (try? finder.run()) != nil else { return [] }
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    finder.waitUntilExit()
    return text.split(separator: "\n").compactMap { pid_t($0) }
  }
}
