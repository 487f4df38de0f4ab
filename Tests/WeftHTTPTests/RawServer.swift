import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import NIOSSL

/// A TCP server on loopback that says exactly what a test wants, HTTP or not.
final class RawServer: Sendable {
  enum Then {
    case keepOpen, close
  }

  private let group: MultiThreadedEventLoopGroup
  private let listener: any Channel
  private let counts: NIOLockedValueBox<Counts>

  struct Counts {
    var opened = 0
    var closed = 0
    var received = ""
  }

  let port: Int
  var seen: Counts { counts.withLockedValue { $0 } }
  var url: String { "http://127.0.0.1:\(port)/" }

  /// - Parameter answer: what to send when something was received; nil to stay silent.
  init(answer: [UInt8]?, then: Then = .keepOpen, tls: NIOSSLContext? = nil) async throws {
    let counts = NIOLockedValueBox(Counts())
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    self.group = group
    self.counts = counts
    listener = try await ServerBootstrap(group: group)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
          try channel.pipeline.syncOperations.addHandler(Handler(answer: answer, then: then, counts: counts))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    port = listener.localAddress?.port ?? 0
  }

  convenience init(answer: String, then: Then = .keepOpen, tls: NIOSSLContext? = nil) async throws {
    try await self.init(answer: Array(answer.utf8), then: then, tls: tls)
  }

  func stop() async {
    try? await listener.close().get()
    try? await group.shutdownGracefully()
  }

  private final class Handler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let answer: [UInt8]?
    let then: Then
    let counts: NIOLockedValueBox<Counts>
    var hasAnswered = false

    init(answer: [UInt8]?, then: Then, counts: NIOLockedValueBox<Counts>) {
      self.answer = answer
      self.then = then
      self.counts = counts
    }

    func channelActive(context: ChannelHandlerContext) {
      counts.withLockedValue { $0.opened += 1 }
    }

    func channelInactive(context: ChannelHandlerContext) {
      counts.withLockedValue { $0.closed += 1 }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      let text = String(buffer: unwrapInboundIn(data))
      counts.withLockedValue { $0.received += text }
      guard !hasAnswered, let answer else { return }
      hasAnswered = true
      let write = context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: answer)))
      if then == .close { write.assumeIsolated().whenComplete { _ in context.close(promise: nil) } }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      context.close(promise: nil)
    }
  }
}
