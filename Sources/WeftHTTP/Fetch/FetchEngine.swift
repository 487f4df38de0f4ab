import AsyncHTTPClient
import Dispatch
import NIOCore
import NIOPosix

/// What an `HTTPFetcher` needs from its first request on: threads, connections, permits.
final class FetchEngine: Sendable {
  /// A body that may become longer than this is asked for uncompressed, so that this can bound what the decompressor
  /// makes of a single read: a few kilobytes can unpack to hundreds of megabytes before anybody sees the first part.
  static let decompressedLimit = 64 << 20

  let configuration: HTTPFetcher.Configuration
  let group: MultiThreadedEventLoopGroup
  let client: HTTPClient
  let limiter: FetchLimiter<Exchange>
  let prototypes = RequestPrototypes()

  init(_ configuration: HTTPFetcher.Configuration) {
    self.configuration = configuration
    let permits = configuration.effectiveMaximumInFlight
    limiter = FetchLimiter(permits: permits)
    group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, configuration.threads))
    var client = HTTPClient.Configuration()
    client.tlsConfiguration = configuration.tls
    // `Exchange` follows redirects, and can then say which URL led where.
    client.redirectConfiguration = .disallow
    client.timeout = .init(
      connect: .nanoseconds(max(1, configuration.connectTimeout)),
      read: configuration.readTimeout.map { .nanoseconds(max(1, $0)) })
    client.connectionPool.idleTimeout = .nanoseconds(max(1, configuration.idleTimeout))
    client.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = permits
    // "Connection refused" is an answer; with retries it would come after ten seconds. Scripts have `retry`.
    client.connectionPool.retryConnectionEstablishment = false
    // A span for nobody costs 6 % of a request. Whoever traces a script does it a level above.
    client.tracing.tracer = nil
    client.decompression = .enabled(limit: .size(Self.decompressedLimit))
    self.client = HTTPClient(eventLoopGroup: group, configuration: client)
  }

  /// Ends all exchanges, closes all connections, stops the threads; then calls `done` on a thread of Dispatch.
  func shutdown(_ done: @escaping @Sendable () -> Void) {
    for exchange in limiter.close() { exchange.dismiss() }
    // The errors of both say only that somebody has shut them down before. Whoever has a permit may still go to an
    // event loop, so the loops stop last.
    client.shutdown(queue: .global()) { [group, limiter] _ in
      limiter.whenDrained {
        group.shutdownGracefully(queue: .global()) { _ in done() }
      }
    }
  }
}
