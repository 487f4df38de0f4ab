import Foundation
import Testing
import Weft
import WeftMachine

/// The scripts do the same when all of them happens in a worker: in each kind of pool, in any order, and on the real clock.
@Suite struct PoolConformanceTests {
  static let blocks = ["pool(threads: 1)", "pool(tasks: 2)", "pool(processes: 1)", "compute"]

  /// A script as the body of one task in a worker; nil where it cannot stand there, such as one with a `param`.
  static func wrapped(_ script: ConformanceScript, in block: String) -> Script? {
    // Messages name lines, so none is added in front.
    let body = "taskgroup { \(script.text)\nnone\n}"
    let text = block == "compute" ? "compute { \(body) }" : "\(block) { gather { \(body) } }"
    return try? Script(compiling: text, name: script.name)
  }

  /// It stands beside the tests.
  static var worker: String {
    #if os(macOS)
      Bundle(for: Marker.self).bundleURL.deletingLastPathComponent().appending(path: "weft-test-worker").path
    #else
      URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "weft-test-worker").path
    #endif
  }

  private final class Marker {}

  static let suitable = ConformanceScript.all.filter { wrapped($0, in: "compute") != nil }

  @Test func mostScriptsCanStandInAWorker() {
    #expect(Self.suitable.count * 10 > ConformanceScript.all.count * 8)
  }

  @Test(arguments: suitable)
  func inEachPool(_ script: ConformanceScript) throws {
    for block in Self.blocks {
      let compiled = try #require(Self.wrapped(script, in: block))
      for seed in ([nil, 1, 2] as [UInt64?]).prefix(script.effort(3, ofLarge: 2, ofHuge: 1)) {
        var output: [UInt8] = []
        let result = compiled.runVirtually(.test(), in: .test(orderSeed: seed)) { output += $0 }
        Tally.schedules.add(1)
        let problem = script.problem(with: result, output: output, order: seed == nil ? .exact : script.order)
        if let problem { Issue.record("\(block), seed \(seed.map(String.init) ?? "none"): \(problem)") }
        if seed == nil, let time = script.time { #expect(result.elapsed == time, "\(block)") }
      }
    }
  }

  @Test(arguments: suitable)
  func cancelledInAWorker(_ script: ConformanceScript) throws {
    let compiled = try #require(Self.wrapped(script, in: Self.blocks[script.name.count % Self.blocks.count]))
    let instants = Collected<Int64>()
    var world = VirtualWorld.test()
    world.instant = { instants.append($0) }
    _ = compiled.runVirtually(.test(), in: world)
    for instant in Set([0] + instants.all).sorted().prefix(script.effort(20, ofLarge: 3, ofHuge: 1)) {
      var world = VirtualWorld.test(orderSeed: UInt64(bitPattern: instant))
      world.cancelAt = instant
      let result = compiled.runVirtually(.test(), in: world)
      Tally.cancellations.add(1)
      #expect(result.leftovers.isEmpty, "cancelled at \(instant) ns")
    }
  }

  @Test(arguments: suitable.filter(\.isReal))
  func onTheRealClock(_ script: ConformanceScript) async throws {
    var options = RunOptions.test()
    options.processes = WorkerCommand(path: Self.worker)
    for block in Self.blocks {
      let compiled = try #require(Self.wrapped(script, in: block))
      let output = Collected<UInt8>()
      let result = await compiled.run(options, observer: RunObserver(output: { output.append(contentsOf: $0) }))
      let problem = script.problem(with: result, output: output.all, order: script.realOrder)
      if let problem { Issue.record("\(block): \(problem)") }
    }
  }
}
