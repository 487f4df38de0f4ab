import Testing
import Weft

/// The times that the chapter's rows promise, against a real httpbin. With `WEFT_INTEGRATION=1` only.
///
/// Other work on the machine makes a run slower and never faster, so the fastest of three counts.
@Suite(
  .serialized, .enabled(if: RealRun.isLongWanted, "takes long: set WEFT_INTEGRATION=1"), .needsHTTPBin, .httpbin)
struct FigureTests {
  /// How many seconds the fastest of up to three runs took; no more are made once one is within the bound.
  private func seconds(_ script: Script, bound: Double) async throws -> Double {
    var best = Double.infinity
    for _ in 0..<3 where best > bound {
      let (result, _) = try await RealRun.of(script)
      try #require(script.complaint(about: result) == "")
      best = min(best, Double(result.elapsed) / 1e9)
    }
    return best
  }

  private func seconds(_ text: String, bound: Double) async throws -> Double {
    try await seconds(Script(compiling: "param base = \"\"\n" + text), bound: bound)
  }

  @Test func twentyOneByOne() async throws {
    let script = #"for n in 1...20 { fetch("\(base)/delay/1?n=\(n)").check() }"#
    #expect(try await seconds(script, bound: 20.2) <= 20.2)
  }

  @Test func twentyTogether() async throws {
    let script = #"gather for n in 1...20 { fetch("\(base)/delay/1?n=\(n)").check() }"#
    #expect(try await seconds(script, bound: 1.03) <= 1.03)
  }

  @Test func twentyInThreads() async throws {
    let script = #"pool(threads: 20) { gather for n in 1...20 { fetch("\(base)/delay/1?n=\(n)").check() } }"#
    #expect(try await seconds(script, bound: 1.05) <= 1.05)
  }

  @Test func aHundredTenAtATime() async throws {
    #expect(try await seconds(Example.named("16-at-most-ten").script(), bound: 10.2) <= 10.2)
  }

  @Test func twoWaitsTakeAsLongAsTheLonger() async throws {
    let time = try await seconds("gather { sleep 1s; sleep 2s }", bound: 2.02)
    #expect((1.98...2.02).contains(time))
  }
}
