import Foundation
import Testing
import Weft
import WeftHTTP

/// The examples on the real clock, against a real httpbin.
///
/// Those that take longer than three seconds run with `WEFT_INTEGRATION=1` only: `make integration`. `RealExampleTests` has the quick
/// ones that need no server.
@Suite(.needsHTTPBin, .httpbin)
struct IntegrationTests {
  private static let examples = Example.all.filter {
    $0.runsForReal && ($0.duration <= 3 * second ? $0.fetches : RealRun.isLongWanted)
  }

  @Test(arguments: examples)
  func printsTheSame(_ example: Example) async throws {
    let script = try example.script()
    let (result, output) = try await RealRun.of(script, example.params)
    #expect(script.complaint(about: result) == "")
    #expect(Example.comparable(output) == Example.comparable(try example.expectedOutput()))
    #expect(result.elapsed >= example.duration)
    #expect(result.leftovers.isClean)
  }

  @Test func aServerThatIsNotThereIsAnError() async throws {
    let script = try Example.named("15-requests-at-once").script()
    // Nobody listens on port 1.
    let (result, _) = try await RealRun.of(script, base: "http://127.0.0.1:1")
    #expect(script.complaint(about: result).contains("FetchError: cannot connect to 127.0.0.1:1"))
    #expect(result.leftovers.isClean)
  }

  /// Row 23: whenever it is asked to end, what is in flight is finished and counted.
  @Test(arguments: [1, 3, 4, 5])
  func inGoodOrder(after requests: Int) async throws {
    let server = try await LoopbackServer.start()
    let script = try Example.named("23-in-good-order").script()
    let control = RunControl()
    let (result, output) = try await RealRun.of(
      script, base: "http://127.0.0.1:\(server.port)", control: control,
      fetcher: { CountingFetcher($0) { if $0 == requests { control.shutdown() } } })
    let statistics = server.statistics
    await server.stop()
    #expect(script.complaint(about: result) == "")
    #expect(result.wasShutDown)
    #expect(output.contains("\n\(statistics.requests) pages by 3 workers, none cut off\n"))
    #expect(result.leftovers.isClean)
  }

  @Test func neverMoreThanTenAreOpenAtTheServer() async throws {
    let server = try await LoopbackServer.start()
    let requests = RealRun.isLongWanted ? 100 : 20
    let script = try Example.named("16-at-most-ten").script()
    let (result, output) = try await RealRun.of(
      script, base: "http://127.0.0.1:\(server.port)", ["requests": .int(requests)])
    let statistics = server.statistics
    await server.stop()
    #expect(script.complaint(about: result) == "")
    #expect(output.hasPrefix("\(requests) of \(requests) answered, at most 10 at a time\n"))
    #expect(statistics.peakInFlight == 10)
    #expect(statistics.requests == requests)
  }
}
