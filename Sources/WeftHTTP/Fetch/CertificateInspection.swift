import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import NIOSSL
import WeftMachine

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Finds out why a server's certificate was refused.
///
/// BoringSSL reports only that verification failed. This connects once more, reads the certificates that the server
/// shows, and hangs up before the handshake is complete: nothing of the request is sent.
enum CertificateInspection {
  /// Calls `report` once: with what is wrong, or nil if that can't be told within two seconds.
  static func run(
    _ target: RequestTarget, group: MultiThreadedEventLoopGroup, report: @escaping @Sendable (FetchFailure?) -> Void
  ) {
    let chain = NIOLockedValueBox<[NIOSSLCertificate]>([])
    let bootstrap = ClientBootstrap(group: group)
      .connectTimeout(.seconds(2))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let context = try NIOSSLContext(configuration: .makeClientConfiguration())
          let handler = try NIOSSLClientHandler(
            context: context, serverHostname: isAddress(target.host) ? nil : target.host
          ) { (certificates: [NIOSSLCertificate], verdict: EventLoopPromise<NIOSSLVerificationResult>) in
            chain.withLockedValue { $0 = certificates }
            verdict.succeed(.failed)
          }
          try channel.pipeline.syncOperations.addHandler(handler)
        }
      }
    bootstrap.connect(host: target.host, port: target.port).whenComplete { result in
      guard case .success(let channel) = result else { return report(nil) }
      let impatience = channel.eventLoop.scheduleTask(in: .seconds(2)) { channel.close(promise: nil) }
      channel.closeFuture.whenComplete { _ in
        impatience.cancel()
        report(finding(chain.withLockedValue { $0 }, target: target, now: time(nil)))
      }
    }
  }

  static func finding(_ chain: [NIOSSLCertificate], target: RequestTarget, now: time_t) -> FetchFailure? {
    guard let leaf = chain.first else { return nil }
    let authority = target.authority
    if leaf.notValidAfter < now {
      return FetchFailure(.tls, "the certificate of \(authority) expired on \(dateText(leaf.notValidAfter))")
    }
    if leaf.notValidBefore > now {
      return FetchFailure(
        .tls, "the certificate of \(authority) is not valid before \(dateText(leaf.notValidBefore))",
        hint: "is this machine's clock right?")
    }
    if let der = try? leaf.toDERBytes(), let names = CertificateNames(der: der), names.issuer == names.subject {
      return FetchFailure(
        .tls, "the certificate of \(authority) is self-signed, so nobody vouches for it",
        hint: "if the server is yours, add its certificate to the roots that this machine trusts")
    }
    return FetchFailure(
      .tls, "the certificate of \(authority) is signed by an authority that this machine does not trust")
  }

  private static func isAddress(_ host: String) -> Bool {
    (try? SocketAddress(ipAddress: host, port: 0)) != nil
  }

  private static func dateText(_ time: time_t) -> String {
    var time = time
    var parts = tm()
    guard gmtime_r(&time, &parts) != nil else { return "an unknown date" }
    func padded(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(parts.tm_year + 1900)-\(padded(parts.tm_mon + 1))-\(padded(parts.tm_mday))"
  }
}

/// Who a certificate is by and for, in DER: X.509 puts version, serial number, algorithm, issuer, validity and subject
/// in this order.
struct CertificateNames: Equatable {
  var issuer: ArraySlice<UInt8>
  var subject: ArraySlice<UInt8>

  init?(der: [UInt8]) {
    var outer = der[...]
    guard var certificate = Self.next(&outer)?.content, var body = Self.next(&certificate)?.content else { return nil }
    // The version is optional, and tagged.
    if body.first == 0xA0 { _ = Self.next(&body) }
    guard Self.next(&body) != nil, Self.next(&body) != nil, let issuer = Self.next(&body)?.content,
      Self.next(&body) != nil, let subject = Self.next(&body)?.content
    else { return nil }
    self.issuer = issuer
    self.subject = subject
  }

  /// Steps over one element: a tag, a length of one or more bytes, the content.
  private static func next(_ bytes: inout ArraySlice<UInt8>) -> (tag: UInt8, content: ArraySlice<UInt8>)? {
    guard let tag = bytes.popFirst(), let first = bytes.popFirst() else { return nil }
    var length = Int(first)
    if first >= 0x80 {
      let count = Int(first & 0x7F)
      guard (1...4).contains(count), bytes.count >= count else { return nil }
      length = bytes.prefix(count).reduce(0) { $0 << 8 | Int($1) }
      bytes = bytes.dropFirst(count)
    }
    guard bytes.count >= length else { return nil }
    defer { bytes = bytes.dropFirst(length) }
    return (tag, bytes.prefix(length))
  }
}
