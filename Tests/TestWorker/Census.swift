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
      guard let status = try? String(contentsOfFile: "/proc/\(name)/stat", encoding: .utf8),
        // Which the sanitizers start to tell what they have found.
        !status.contains("(llvm-symbolizer)")
      else { return false }
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
  await tellWhatIsLeft(since: before)
}

func tellWhatIsLeft(since before: Census) async {
  var after = Census()
  // A thread that has done its work may need a moment to go.
  for _ in 0..<2000 where after != before {
    try? await Task.sleep(for: .milliseconds(5))
    after = Census()
  }
  print(after == before && after.children.isEmpty ? "nothing is left" : "before: \(before)\nafter: \(after)")
}

private func endWorkersInEveryWay() async {
  // One that waits ends when it is cancelled, one that hangs when it is killed, the last when its place is closed.
  let shares = [
    ["echo", "exit 3", "wait", "make 3000000"], ["signal 9", "twice", "hang", "echo"], ["signal 11", "hang"],
  ]
  for launcher in ["--tricks", "--banner", "--raw half", "--raw garbage", "--raw other", "/nowhere/launcher"] {
    let words = launcher.hasPrefix("/") ? launcher : "\(CommandLine.arguments[0]) \(launcher)"
    await withTaskGroup { group in
      for share in shares {
        group.addTask { await endWorkers(of: share, WorkerCommand(path: CommandLine.arguments[0], launcher: words)) }
      }
    }
  }
}

/// Runs one task after the other in one place, the last one without waiting for its end.
private func endWorkers(of tasks: [String], _ command: WorkerCommand) async {
  let (ends, end) = AsyncStream.makeStream(of: Void.self)
  let seat = WorkerSeat(command: command, program: [], identity: 0, grace: 10_000_000) { _, event in
    if case .output = event { return }
    end.yield()
  }
  var events = ends.makeAsyncIterator()
  for (index, task) in tasks.enumerated() {
    let ticket = UInt64(index)
    seat.start(ticket, Array(task.utf8))
    if index == tasks.count - 1 { break }
    if task == "wait" || task == "hang" { seat.cancel(ticket) }
    _ = await events.next()
  }
  seat.stop()
  await seat.ended()
}
