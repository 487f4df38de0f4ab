import Testing
import Weft
import WeftMachine

/// A virtual world in which computing takes time, and what is told of tasks that keep the others from their turn.
@Suite struct TickTimeTests {
  /// What the script prints, what is told of it, and the nanoseconds that it takes when each tick takes a microsecond.
  private func run(
    _ text: String, cancelAt: Int64? = nil
  ) throws -> (text: String, told: [String], elapsed: Int64) {
    let script = try Script(compiling: text)
    var world = VirtualWorld()
    world.tickTime = 1_000
    world.cancelAt = cancelAt
    var told: [String] = []
    var output: [UInt8] = []
    let result = script.runVirtually(in: world, output: { output += $0 }) { warning in
      told.append("\(warning.code) \(warning.span.start)")
    }
    #expect(result.leftovers.isClean)
    return (String(decoding: output, as: UTF8.self), told, result.elapsed)
  }

  @Test func eachIterationTakesItsTime() throws {
    let result = try run("for i in 1...100_000 { }\nprint(elapsed().round(1ms))")
    #expect(result.text == "100ms\n")
    #expect(result.told.isEmpty)
  }

  @Test func aDeadlineInALoopIsDue() throws {
    let result = try run("print(timeout(50ms) { while true { } } else { elapsed().round(100ms) })")
    // A slice is 20,000 ticks long.
    #expect(result.text == "100ms\n")
    #expect(try run("while true { }", cancelAt: 50 * millisecond).elapsed <= 70 * millisecond)
  }

  @Test func workersGoOnInTurns() throws {
    let result = try run(
      """
      task count(n) { for i in 1...n { }; n }
      print(gather { compute count(100_000); { sleep 20ms; elapsed().round(10ms) } })
      """)
    #expect(result.text == "[100000, 20ms]\n")
    #expect(result.told.isEmpty)
  }

  @Test func whoKeepsOthersWaitingIsToldOnce() throws {
    let loop = "task add(n) { for i in 1...n { } }\n"
    // Others are ready, or a timer is overdue.
    #expect(try run(loop + "gather { add(3_000_000); 1 }").told == ["W0301 23"])
    #expect(
      try run(loop + "gather { { sleep 1ms }; { sleep 0s; add(3_000_000); add(3_000_000) } }").told == ["W0301 23"])
    // Nobody else is there, or not for long enough, or it computes elsewhere.
    #expect(try run(loop + "add(3_000_000)").told == [])
    #expect(try run(loop + "gather { add(900_000); 1 }").told == [])
    #expect(try run(loop + "gather { compute add(3_000_000); 1 }").told == [])
  }
}
