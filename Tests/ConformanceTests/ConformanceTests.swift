import Foundation
import Testing
import Weft
import WeftMachine

/// Every script does what its comments say, in every order of its tasks, and however it is interrupted nothing is left over.
/// That no block of memory leaks is asserted by the machine itself when it goes.
@Suite struct ConformanceTests {
  @Test func thereAreScripts() { #expect(ConformanceScript.all.count > 200) }

  @Test(arguments: ConformanceScript.all)
  func inOrder(_ script: ConformanceScript) throws {
    let compiled = try Script(compiling: script.text, name: script.name)
    var output: [UInt8] = []
    let result = compiled.runVirtually(.test(), in: .test()) { output += $0 }
    #expect(script.problem(with: result, output: output) == nil)
    if let time = script.time { #expect(result.elapsed == time) }
    if let ticks = script.ticks { #expect(result.ticks == ticks) }
  }

  @Test(arguments: ConformanceScript.all)
  func inAnyOrder(_ script: ConformanceScript) throws {
    let compiled = try Script(compiling: script.text, name: script.name)
    for seed: UInt64 in 0..<script.effort(200, ofLarge: 5, ofHuge: 1) {
      var output: [UInt8] = []
      let result = compiled.runVirtually(.test(), in: .test(orderSeed: seed)) { output += $0 }
      Tally.schedules.add(1)
      if let problem = script.problem(with: result, output: output, order: script.order) {
        Issue.record("seed \(seed): \(problem)")
        return
      }
      if seed % 50 != 1 { continue }
      let again = compiled.runVirtually(.test(), in: .test(orderSeed: seed))
      #expect(again.ticks == result.ticks && again.elapsed == result.elapsed)
    }
  }

  @Test(arguments: ConformanceScript.all)
  func cancelled(_ script: ConformanceScript) throws {
    let compiled = try Script(compiling: script.text, name: script.name)
    let instants = Collected<Int64>()
    var world = VirtualWorld.test()
    world.instant = { instants.append($0) }
    let usual = compiled.runVirtually(.test(), in: world)
    let step: Int64 = 100_000_000
    let grid = (0...min(20, usual.elapsed / step)).map { $0 * step }
    for instant in Set(grid + instants.all).sorted().prefix(script.effort(40, ofLarge: 3, ofHuge: 1)) {
      for seed in ([nil, 1, 2, 3] as [UInt64?]).prefix(script.effort(4, ofLarge: 4, ofHuge: 1)) {
        var world = VirtualWorld.test(orderSeed: seed)
        world.cancelAt = instant
        let result = compiled.runVirtually(.test(), in: world)
        Tally.cancellations.add(1)
        #expect(result.leftovers.isEmpty, "cancelled at \(instant) ns in order \(seed.map(String.init) ?? "first")")
      }
    }
  }

  /// The run is cancelled in the middle: while a task runs, or before it takes what it was given.
  @Test(arguments: ConformanceScript.all)
  func cancelledBetween(_ script: ConformanceScript) throws {
    let compiled = try Script(compiling: script.text, name: script.name)
    let points = script.effort(40, ofLarge: 3, ofHuge: 0)
    for point in Set((0..<points).map { script.usualTicks * $0 / points }) {
      for seed in [nil, 1] as [UInt64?] {
        var world = VirtualWorld.test(orderSeed: seed)
        world.cancelAfterTicks = point
        let result = compiled.runVirtually(.test(), in: world)
        Tally.cancellations.add(1)
        #expect(result.leftovers.isEmpty, "cancelled after \(point) ticks in order \(seed.map(String.init) ?? "first")")
      }
    }
  }

  @Test(arguments: ConformanceScript.all.filter(\.isReal))
  func onTheRealClock(_ script: ConformanceScript) async throws {
    let compiled = try Script(compiling: script.text, name: script.name)
    let output = Collected<UInt8>()
    let result = await compiled.run(.test(), observer: RunObserver(output: { output.append(contentsOf: $0) }))
    #expect(script.problem(with: result, output: output.all, order: script.realOrder) == nil)
  }
}

@Suite struct RobustnessTests {
  @Test func tickLimit() throws {
    let script = try Script(compiling: "while true { }")
    guard case .exceeded(let report) = script.runVirtually(.test(ticks: 1_000)).outcome else {
      Issue.record("it went on")
      return
    }
    #expect(report.kind == "LimitError" && report.message.contains("operations"))
    let endless = try Script(compiling: "task f() { taskgroup { start f() } }\nf()")
    guard case .exceeded = endless.runVirtually(.test(ticks: 1_000)).outcome else {
      Issue.record("it went on")
      return
    }
  }
}
