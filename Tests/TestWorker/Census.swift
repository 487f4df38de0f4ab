import Foundation
import Synchronization
import Weft

/// Counts what this process has: descriptors, threads and children.
struct Census: Equatable {
  let descriptors: [String]
  let threads: Int
  let children: [String]

  init() {
    let files = FileManager.default
    descriptors = ((try? files.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []).sorted()
    threads = (try? files.contentsOfDirectory(atPath: "/proc/self/task").count) ?? 0
    children = ((try? files.contentsOfDirectory(atPath: "/proc")) ?? []).filter { name in
      guard let status = try? String(contentsOfFile: "/proc/\(name)/stat", encoding: .utf8) else { return false }
      return status.split(separator: ")").last?.split(separator: " ").dropFirst().first.map(String.init)
        == "\(getpid())"
    }
  }
}

/// Lets workers end in every way there is, and says what is left of it.
func playCensus() async {
  // The first time, threads and descriptors are made that the process keeps.
  await endWorkersInEveryWay()
  let before = Census()
  for _ in 0..<3 { await endWorkersInEveryWay() }
  var after = Census()
  // A thread that has done its work may need a moment to go.
  for _ in 0..<2000 where after != before {
    try? await Task.sleep(for: .milliseconds(5))
    after = Census()
  }
  print(after == before && after.children.isEmpty ? "nothing is left" : "before: \(before)\nafter: \(after)")
}

private func endWorkersInEveryWay() async {
  let tasks = [
    "echo", "make 3000000", "exit 3", "signal 9", "signal 11", "twice", "hang", "wait", "hang", "make 5000000",
  ]
  for launcher in ["", "--banner", "--raw half", "--raw garbage", "--raw other", "/nowhere/launcher"] {
    let words = launcher.isEmpty || launcher.hasPrefix("/") ? launcher : "\(CommandLine.arguments[0]) \(launcher)"
    let (ends, end) = AsyncStream.makeStream(of: UInt64.self)
    let pool = ProcessPool(
      size: 3, command: WorkerCommand(path: CommandLine.arguments[0], launcher: words), program: [], identity: 0,
      grace: 10_000_000
    ) { ticket, event in
      if case .output = event { return }
      end.yield(ticket)
    }
    for (index, task) in tasks.enumerated() {
      pool.start(UInt64(index), Array(task.utf8))
      if index % 4 == 3 { pool.cancel(UInt64(index - 1)) }
    }
    var count = 0
    // The two that hang end when the pool is closed; the others, before.
    for await _ in ends {
      count += 1
      if count == tasks.count - 3 { break }
    }
    await pool.close()
  }
}
