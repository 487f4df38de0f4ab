import Testing
import Weft
import WeftMachine

/// A driver that is busy comes back late. What was due meanwhile counts from when it was due.
@Suite struct LateClockTests {
  /// Nanoseconds until the script is done when each timer comes `lateness` nanoseconds late.
  private func time(_ text: String, lateness: Int64) throws -> Int64 {
    let machine = Machine(image: try Script(compiling: text).image)
    var now: Int64 = 0
    machine.begin(at: now, wallClock: 0)
    while true {
      switch machine.run(ticks: 1_000_000) {
      case .finished: return now
      case .idle(let deadline): now = try #require(deadline) + lateness
      case .slice, .clock: break
      }
      machine.advance(to: now)
    }
  }

  @Test(arguments: [
    "rate(1000/s) { gather for i in 1...101 { i } }",
    "let r = rate(1000/s)\nfor i in 1...101 { with r { i } }",
    "let r = rate(1000/s)\ngather for i in 1...101 { with r { i } }",
    "rate(1000/s) { taskgroup { for i in 1...101 { start { i } } } }",
  ])
  func aRateLosesNoToken(_ script: String) throws {
    #expect(try time(script, lateness: 0) == 100_000_000)
    let late: Int64 = 3_500_000
    #expect(try time(script, lateness: late) <= 100_000_000 + late)
  }
}
