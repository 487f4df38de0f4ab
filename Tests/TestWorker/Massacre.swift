import Foundation
import Synchronization
import Weft

/// Runs 10,000 tasks of a script in worker processes and kills one of these every now and then. Says how the tasks ended, and
/// whether anything is left.
func playMassacre() async throws {
  let script = try Script(
    compiling: """
      task work(n) { if n % 20 == 0 { sleep 4ms }; n }
      let ends = pool(processes: 2) { gather(errors: keep) for n in 1...10000 { work(n) } }
      let values = [end for end in ends if end is Int]
      let lost = [end for end in ends if end is WorkerError]
      print(len(values) + len(lost), len(lost) > 0, values == sorted(values))
      """)
  var options = RunOptions()
  options.processes = .thisProgram
  // The first time, threads and descriptors are made that the process keeps.
  let start = ContinuousClock.now
  _ = await run(try Script(compiling: "pool(processes: 1) { gather { 1 } }"), options)
  // Where a worker takes long to start, one that is killed sooner would never get to a task.
  let most = max(30, 4 * Int((ContinuousClock.now - start) / .milliseconds(1)))
  let before = Census()
  let isOver = Atomic(false)
  let killer = Task.detached {
    while !isOver.load(ordering: .relaxed) {
      if let victim = Census().children.randomElement().flatMap({ pid_t($0) }) { kill(victim, SIGKILL) }
      try? await Task.sleep(for: .milliseconds(Int.random(in: 1...most)))
    }
  }
  let text = await run(script, options)
  isOver.store(true, ordering: .relaxed)
  await killer.value
  print(text, terminator: "")
  await tellWhatIsLeft(since: before)
}

private func run(_ script: Script, _ options: RunOptions) async -> String {
  let output = Locked<[UInt8]>([])
  let result = await script.run(options, observer: RunObserver(output: { text in output.withLock { $0 += text } }))
  if case .failed(let report) = result.outcome { return script.text(of: report) }
  return String(decoding: output.withLock { $0 }, as: UTF8.self)
}
