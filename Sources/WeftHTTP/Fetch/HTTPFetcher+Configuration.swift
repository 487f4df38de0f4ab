import NIOCore
public import NIOSSL

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

extension HTTPFetcher {
  /// How an `HTTPFetcher` behaves. The defaults suit a script that talks to the outside world.
  ///
  /// ```swift
  /// var configuration = HTTPFetcher.Configuration()
  /// configuration.redirectLimit = 0
  /// let fetcher = HTTPFetcher(configuration)
  /// ```
  public struct Configuration: Sendable {
    /// The most requests in flight at once; the rest wait in order. nil for the smaller of 1,000 and half of the
    /// process's limit of open files, so that a script cannot starve its host of descriptors.
    public var maximumInFlight: Int?
    /// Threads that run event loops. On two cores, a second one brought 8 % more requests a second to a bare client,
    /// and 15 % more to a script's `fetch`.
    public var threads = max(1, min(4, System.coreCount))
    /// The most redirects that one request follows; 0 gives the redirect itself to the caller.
    public var redirectLimit = 10
    /// Nanoseconds for reaching a server, the TLS handshake included.
    public var connectTimeout: Int64 = 10_000_000_000
    /// Nanoseconds without a byte after which an answer is given up; nil for no limit but the request's own.
    public var readTimeout: Int64?
    /// Nanoseconds that an unused connection stays open.
    public var idleTimeout: Int64 = 60_000_000_000
    /// Sent as `user-agent` unless the request names one.
    public var userAgent = "weft"
    /// With which servers it may speak; nil for all of them.
    public var rules: NetworkRules?
    /// Certificates and protocol versions for `https`; nil for the system's roots and safe defaults.
    public var tls: TLSConfiguration?

    public init() {}

    /// What `maximumInFlight` comes to on this machine, now.
    public var effectiveMaximumInFlight: Int {
      if let maximumInFlight { return max(1, maximumInFlight) }
      var limit = rlimit()
      #if canImport(Glibc)
        let status = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
      #else
        let status = getrlimit(RLIMIT_NOFILE, &limit)
      #endif
      guard status == 0 else { return 100 }
      return Int(max(1, min(1_000, limit.rlim_cur / 2)))
    }
  }
}
