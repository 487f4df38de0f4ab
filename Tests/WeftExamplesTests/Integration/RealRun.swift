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
  /// - Parameter base: The script's `param base`; the httpbin of the current test if it is left out.
  static func of(
    _ script: Script, base: String? = nil, _ params: [String: ParamValue] = [:]
  ) async throws -> (result: RunResult, output: String) {
    var options = RunOptions()
    options.params = params
    options.params["base"] = .string(try base ?? #require(HTTPBin.current).base)
    let fetcher = HTTPFetcher()
    let output = Mutex<[UInt8]>([])
    let result = await script.run(
      options, fetcher: fetcher, observer: RunObserver(output: { bytes in output.withLock { $0 += bytes } }))
    await fetcher.shutdown()
    return (result, String(decoding: output.withLock { $0 }, as: UTF8.self))
  }
}
