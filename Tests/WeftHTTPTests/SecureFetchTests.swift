import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP2
import NIOPosix
import NIOSSL
import Testing
import Weft
import WeftHTTP
import WeftMachine

@Suite("Fetch over TLS")
struct SecureFetchTests {
  private static let hello = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello"

  /// What a client that has the system's roots says about `certificate`.
  private func failure(_ certificate: TestCertificate, host: String = "127.0.0.1", tls: TLSConfiguration? = nil)
    async throws -> (failure: FetchFailure?, authority: String)
  {
    var configuration = HTTPFetcher.Configuration()
    configuration.tls = tls
    return try await withFetcher(configuration) { fetcher in
      let server = try await RawServer(answer: Self.hello, tls: certificate.serverContext())
      let failure = await fetcher.failure(of: .get("https://\(host):\(server.port)/"))
      let sawRequest = !server.seen.received.isEmpty
      await server.stop()
      #expect(!sawRequest)
      return (failure, "\(host):\(server.port)")
    }
  }

  @Test("A trusted certificate")
  func trusted() async throws {
    let certificate = try TestCertificate(name: "IP:127.0.0.1")
    var configuration = HTTPFetcher.Configuration()
    configuration.tls = certificate.clientConfiguration
    try await withFetcher(configuration) { fetcher in
      let server = try await RawServer(answer: Self.hello, tls: certificate.serverContext())
      let response = try await fetcher.get("https://127.0.0.1:\(server.port)/")
      #expect(response.text == "hello")
      await server.stop()
    }
  }

  @Test("A self-signed certificate")
  func selfSigned() async throws {
    let (failure, authority) = try await failure(TestCertificate(name: "IP:127.0.0.1"))
    #expect(failure?.kind == .tls)
    #expect(failure?.message == "the certificate of \(authority) is self-signed, so nobody vouches for it")
  }

  @Test("A certificate by an unknown authority")
  func unknownAuthority() async throws {
    let (failure, authority) = try await failure(TestCertificate(name: "IP:127.0.0.1", isSelfSigned: false))
    #expect(
      failure
        == FetchFailure(
          .tls, "the certificate of \(authority) is signed by an authority that this machine does not trust"))
  }

  @Test("A certificate that has expired")
  func expired() async throws {
    let certificate = try TestCertificate(name: "IP:127.0.0.1", from: "20200101000000Z", until: "20210203000000Z")
    let (failure, authority) = try await failure(certificate, tls: certificate.clientConfiguration)
    #expect(failure == FetchFailure(.tls, "the certificate of \(authority) expired on 2021-02-03"))
  }

  @Test("A certificate that is not valid yet")
  func early() async throws {
    let certificate = try TestCertificate(name: "IP:127.0.0.1", from: "20980101000000Z")
    let (failure, authority) = try await failure(certificate, tls: certificate.clientConfiguration)
    #expect(failure?.message == "the certificate of \(authority) is not valid before 2098-01-01")
    #expect(failure?.hint == "is this machine's clock right?")
  }

  @Test("A certificate for another host", arguments: ["127.0.0.1", "localhost"])
  func wrongHost(host: String) async throws {
    let certificate = try TestCertificate(name: "DNS:example.org")
    let (failure, authority) = try await failure(certificate, host: host, tls: certificate.clientConfiguration)
    #expect(failure == FetchFailure(.tls, "the certificate of \(authority) is not for `\(host)`"))
  }

  @Test("https to a port that speaks http")
  func plainServer() async throws {
    try await withServer { server, fetcher in
      let authority = "127.0.0.1:\(server.port)"
      #expect(
        await fetcher.failure(of: .get("https://\(authority)/"))
          == FetchFailure(.tls, "\(authority) does not speak TLS", hint: "did you mean `http://\(authority)`?"))
    }
  }

  @Test("http to a port that speaks https")
  func secureServer() async throws {
    try await withFetcher { fetcher in
      let server = try await RawServer(
        answer: Self.hello, tls: TestCertificate(name: "IP:127.0.0.1").serverContext())
      let failure = await fetcher.failure(of: .get(server.url))
      await server.stop()
      // The server's alert may be read before it hangs up, or not.
      if failure?.kind == .other {
        #expect(failure?.hint == "is 127.0.0.1:\(server.port) an `https://` port?")
      } else {
        #expect(failure?.kind == .connectionClosed)
      }
    }
  }

  @Test("The server hangs up in the handshake")
  func hangUp() async throws {
    try await withFetcher { fetcher in
      let server = try await RawServer(answer: [], then: .close)
      let failure = await fetcher.failure(of: .get("https://127.0.0.1:\(server.port)/"))
      await server.stop()
      #expect(
        failure == FetchFailure(.tls, "127.0.0.1:\(server.port) closed the connection during the TLS handshake"))
    }
  }

  @Test("HTTP/2 carries many requests over one connection")
  func http2() async throws {
    let certificate = try TestCertificate(name: "IP:127.0.0.1")
    let server = try await HTTP2Server(context: certificate.serverContext(protocols: ["h2"]))
    var configuration = HTTPFetcher.Configuration()
    configuration.tls = certificate.clientConfiguration
    try await withFetcher(configuration) { fetcher in
      let url = "https://127.0.0.1:\(server.port)/"
      let first = try await fetcher.get(url)
      #expect(first.text == "over HTTP/2")
      try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<50 { group.addTask { try await fetcher.get(url).status } }
        for try await status in group { #expect(status == 200) }
      }
      #expect(server.connections == 1)
    }
    await server.stop()
  }
}

/// Answers every stream with a few words.
private final class HTTP2Server: Sendable {
  private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  private let listener: any Channel
  private let opened: NIOLockedValueBox<Int>

  var port: Int { listener.localAddress?.port ?? 0 }
  var connections: Int { opened.withLockedValue { $0 } }

  init(context: NIOSSLContext) async throws {
    let opened = NIOLockedValueBox(0)
    self.opened = opened
    listener = try await ServerBootstrap(group: group)
      .childChannelInitializer { channel in
        opened.withLockedValue { $0 += 1 }
        return channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
          _ = try channel.pipeline.syncOperations.configureHTTP2Pipeline(
            mode: .server, connectionConfiguration: .init(), streamConfiguration: .init()
          ) { stream in
            stream.eventLoop.makeCompletedFuture { try stream.pipeline.syncOperations.addHandler(Handler()) }
          }
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
  }

  func stop() async {
    try? await listener.close().get()
    try? await group.shutdownGracefully()
  }

  private final class Handler: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame.FramePayload
    typealias OutboundOut = HTTP2Frame.FramePayload

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      guard case .headers(let request) = unwrapInboundIn(data), request.endStream else { return }
      context.write(wrapOutboundOut(.headers(.init(headers: [":status": "200"]))), promise: nil)
      let body = ByteBuffer(string: "over HTTP/2")
      context.writeAndFlush(wrapOutboundOut(.data(.init(data: .byteBuffer(body), endStream: true))), promise: nil)
    }
  }
}
