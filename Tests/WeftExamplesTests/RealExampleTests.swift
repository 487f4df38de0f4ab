import Synchronization
import Testing
import Weft
import WeftMachine

/// The quick examples that need no server, on the real clock and in real workers.
@Suite struct RealExampleTests {
  private static let examples = Example.all.filter { $0.runsForReal && !$0.fetches && $0.duration <= 3 * second }

  @Test(arguments: examples)
  func printsTheSame(_ example: Example) async throws {
    try await expect(example, example.script(), example.params)
  }

  /// Rows 2, 3 and 18 in short: what waits in a thread blocks it, and `n` threads wait at the same time.
  @Test func blockingWork() async throws {
    let example = try Example.named("18-blocking-work")
    let script = try example.script()
    let result = try await expect(example, script, ["pause": .duration(.milliseconds(100))])
    // One thread after the other, then three at a time, then none: 300 + 100 + 100 ms.
    #expect(result.elapsed >= 500 * millisecond)
  }

  @discardableResult private func expect(
    _ example: Example, _ script: Script, _ params: [String: WeftValue]
  ) async throws -> RunResult {
    var options = example.options(files: DiskFiles())
    options.params = params
    options.processes = WorkerCommand(path: Project.worker)
    let output = Mutex<[UInt8]>([])
    let result = await script.run(
      options, observer: RunObserver(output: { bytes in output.withLock { $0 += bytes } }))
    #expect(script.complaint(about: result) == "")
    let text = String(decoding: output.withLock { $0 }, as: UTF8.self)
    #expect(Example.comparable(text) == Example.comparable(try example.expectedOutput()))
    #expect(result.leftovers.isClean)
    return result
  }
}

extension Example {
  /// It ends by itself and shows no mistake.
  var runsForReal: Bool { shutdownAt == nil && !isPitfall }
}
