import Testing
import Weft
import WeftMachine

/// Blocks nest in whatever way: the value or error comes through, the time is as expected, every `finally` runs, and nothing
/// is left over.
@Suite struct CompositionTests {
  @Test(arguments: Wrapping.allCases)
  func pairs(outer: Wrapping) throws {
    for inner in Wrapping.allCases { try check([outer, inner]) }
  }

  /// One triple in nine: with thirteen blocks in each place, every one meets every other in each pair of places.
  @Test(arguments: Wrapping.allCases)
  func triples(outer: Wrapping) throws {
    let all = Wrapping.allCases
    let place = all.firstIndex(of: outer) ?? 0
    for (second, middle) in all.enumerated() {
      for (third, inner) in all.enumerated() where (place + 2 * second + 4 * third) % 9 == 0 {
        try check([outer, middle, inner])
      }
    }
  }

  private func check(_ wrappings: [Wrapping]) throws {
    for what in Composition.Case.allCases {
      let composition = Composition(wrappings: wrappings, what: what)
      let script = try Script(compiling: composition.text)
      for seed in [nil, 1, 2, 3] as [UInt64?] { run(composition, script, .test(orderSeed: seed), composition.expected) }
      if what == .succeeds { cancel(composition, script) }
    }
  }

  private func run(_ composition: Composition, _ script: Script, _ world: VirtualWorld, _ expected: String) {
    var output: [UInt8] = []
    let result = script.runVirtually(.test(), in: world) { output += $0 }
    Tally.schedules.add(1)
    let line = String(decoding: output, as: UTF8.self)
    #expect(line == expected + "\n", "\(composition):\n\(composition.text)")
    #expect(result.leftovers.isEmpty, "\(composition):\n\(composition.text)")
  }

  /// Cancels the run from outside at each time at which something happens, and at each tick.
  private func cancel(_ composition: Composition, _ script: Script) {
    let instants = Collected<Int64>()
    var world = VirtualWorld.test()
    world.instant = { instants.append($0) }
    let usual = script.runVirtually(.test(), in: world)
    for seed in [nil, 1] as [UInt64?] {
      for point in instants.all.dropLast() + [Int64(Composition.deadline) * 1_000_000] {
        world = .test(orderSeed: seed)
        world.cancelAt = point
        var expected: String?
        // Later on, blocks may be at their end, and one with a `finally` in the middle of it.
        if point == Int64(Composition.deadline) * 1_000_000 {
          expected = "cancelled true \(composition.end(cancelledAt: Composition.deadline))ms\n"
        }
        cancel(composition, script, world, expected)
      }
      for ticks in 0..<usual.ticks {
        world = .test(orderSeed: seed)
        world.cancelAfterTicks = ticks
        cancel(composition, script, world, nil)
      }
    }
  }

  private func cancel(_ composition: Composition, _ script: Script, _ world: VirtualWorld, _ expected: String?) {
    var output: [UInt8] = []
    let result = script.runVirtually(.test(), in: world) { output += $0 }
    Tally.cancellations.add(1)
    let line = String(decoding: output, as: UTF8.self)
    // A run that is cancelled before its first `try` prints nothing.
    let isRight = expected.map { line == $0 } ?? (line.isEmpty || line.contains(" true "))
    #expect(isRight, "\(line)\(composition), cancelled:\n\(composition.text)")
    #expect(result.leftovers.isEmpty, "\(composition), cancelled:\n\(composition.text)")
  }
}
