import Foundation
import Testing

/// What a script expects of its whole run.
@Suite struct RunCheckTests {
  private static let work = """
    param limit = 60ms
    task wait(n) { sleep(n * 10ms) }
    task fails() { throw "no" }
    gather for n in 1...10 { wait(n) }
    let _ = gather(errors: keep) for n in 1...3 { fails() }

    """

  private func run(_ checks: String, _ arguments: [String] = []) async throws -> Weft.Outcome {
    var outcome: Weft.Outcome?
    try await Weft.inFolder(["script.weft": Self.work + checks]) { weft in
      let process = RunningWeft(["run", "--virtual", "script.weft"] + arguments, in: weft.folder)
      try process.start(input: nil)
      outcome = try await process.end()
    }
    return try #require(outcome)
  }

  @Test func eachIsTold() async throws {
    let outcome = try await run(
      """
      expect p50("wait") < limit
      expect max("wait") == 100ms and count("wait") == 10
      expect mean("wait") > 1s
      expect errors("fails") == 0
      expect p95("fetch") < 1s
      print("the end")

      """)
    #expect(outcome.status == 99)
    #expect(outcome.output == "the end\n")
    #expect(
      outcome.errors.replacing(#/ {2,}/#, with: "  ") == """
        PASS  p50("wait") < limit  p50 is 50ms
        PASS  max("wait") == 100ms and count("wait") == 10  max is 100ms, count is 10
        FAIL  mean("wait") > 1s  mean is 55ms
        FAIL  errors("fails") == 0  errors is 3
        NO DATA  p95("fetch") < 1s  nothing called `fetch` ran

        """)
  }

  @Test func allThatPassIsDone() async throws {
    let outcome = try await run("expect p99(\"wait\") < 200ms\nexpect rate(\"wait\") > 1/s\n", ["--limit", "1s"])
    #expect(outcome.status == 0)
    #expect(outcome.errors.hasPrefix("PASS"))
  }

  @Test func whatIsNotThereIsToldBefore() async throws {
    let outcome = try await run("expect p95(\"wiat\") < 1s\nlet most = 3\nexpect count(\"wait\") < most\n")
    #expect(outcome.status == 65)
    #expect(outcome.errors.contains("no task is called `wiat`  [E0218]"))
    #expect(outcome.errors.contains("did you mean `wait`?"))
    #expect(outcome.errors.contains("[E0219]"))
  }

  /// What cannot be worked out has not been shown.
  @Test func oneThatCrossesALimitFails() async throws {
    let outcome = try await run("expect count(\"wait\") < len([0] * 10_000_000_000)\n")
    #expect(outcome.status == 99)
    #expect(outcome.errors.hasPrefix("FAIL "))
  }
}
