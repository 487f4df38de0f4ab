import Synchronization
import Weft
import WeftMachine

/// Answers as httpbin at `http://127.0.0.1:8080` would, without a network; counts the requests that are open at once.
final class ModelledHTTPBin: Sendable {
  private let spans = Mutex<[Range<Int64>]>([])

  /// The most requests that were open at the same time.
  var peak: Int {
    let spans = spans.withLock { $0 }
    return spans.map { span in spans.count { $0.contains(span.lowerBound) } }.max() ?? 0
  }

  var requests: Int { spans.withLock(\.count) }

  func world(orderSeed: UInt64? = nil) -> VirtualWorld {
    VirtualWorld(orderSeed: orderSeed) { request, now in
      let answer = Self.answer(to: request)
      self.spans.withLock { $0.append(now..<now + answer.delay) }
      return answer
    }
  }

  static func answer(to request: FetchRequest) -> VirtualAnswer {
    let parts = request.url.split(separator: "/", omittingEmptySubsequences: true)
    guard parts.count >= 2, parts[0] == "http:" else {
      return VirtualAnswer(delay: 0, .failure(FetchFailure(.invalidURL, "`\(request.url)` is not a URL")))
    }
    guard parts[1] == "127.0.0.1:8080" else {
      return VirtualAnswer(delay: 0, .failure(FetchFailure(.unknownHost, "cannot find the host `\(parts[1])`")))
    }
    let path = parts.dropFirst(2).map { $0.prefix { $0 != "?" } }
    let number = path.count == 2 ? Int64(path[1]) : nil
    switch (path.first, number) {
    case ("get", nil): return echo(request, delay: 0)
    case ("delay", let seconds?): return echo(request, delay: seconds * second)
    case ("status", let status?): return .text("", status: Int(status), url: request.url)
    case ("bytes", let count?):
      return .text(String(repeating: "\0", count: Int(count)), url: request.url)
    default: return .text("no such page", status: 404, url: request.url)
    }
  }

  private static func echo(_ request: FetchRequest, delay: Int64) -> VirtualAnswer {
    .text("{\"method\": \"\(request.method)\", \"url\": \"\(request.url)\"}\n", delay: delay, url: request.url)
  }
}
