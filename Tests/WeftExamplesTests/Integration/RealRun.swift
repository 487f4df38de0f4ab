import Foundation
import Synchronization
import Testing
import Weft
import WeftHTTP
import WeftMachine

/// A run with the real clock and network.
enum RealRun {
  /// Whether tests may take longer than three seconds, and compare times.
  static let isLongWanted = ProcessInfo.processInfo.environment["WEFT_INTEGRATION"] == "1"

  /// Runs a script.
  ///
  /// - Parameters:
  ///   - base: The script's `param base`; the httpbin of the current test if it is left out.
  ///   - fetcher: Puts something in front of the network.
  static func of(
    _ script: Script, base: String? = nil, _ params: [String: WeftValue] = [:], control: RunControl = RunControl(),
    fetcher wrap: (HTTPFetcher) -> any Fetcher = { $0 }
  ) async throws -> (result: RunResult, output: String) {
    var options = RunOptions()
    options.params = params
    options.params["base"] = .string(try base ?? #require(HTTPBin.current).base)
    let fetcher = HTTPFetcher()
    let output = Mutex<[UInt8]>([])
    let result = await script.run(
      options, fetcher: wrap(fetcher), control: control,
      observer: RunObserver(output: { bytes in output.withLock { $0 += bytes } }))
    await fetcher.shutdown()
    return (result, String(decoding: output.withLock { $0 }, as: UTF8.self))
  }
}

/// Tells how many requests have been started.
final class CountingFetcher: Fetcher {
  private let fetcher: HTTPFetcher
  private let started: @Sendable (Int) -> Void
  private let count = Mutex(0)

  init(_ fetcher: HTTPFetcher, started: @escaping @Sendable (Int) -> Void) {
    self.fetcher = fetcher
    self.started = started
  }

  func start(
    _ request: FetchRequest, completion: @escaping @Sendable (Result<FetchResponse, FetchFailure>) -> Void
  ) -> any FetchCancelling {
    let cancelling = fetcher.start(request, completion: completion)
    started(
      count.withLock {
        $0 += 1
        return $0
      })
    return cancelling
  }

  func shutdown() async { await fetcher.shutdown() }
}
