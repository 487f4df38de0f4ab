import NIOCore
import NIOHTTP1

/// One connection of a `LoopbackServer`: collects a request, asks `LoopbackEndpoints` what to say, and says it, at
/// once or later. Pipelined requests wait in NIO's pipelining handler, so there is one request at a time.
final class LoopbackHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  /// The most bytes of a request's body.
  static let bodyLimit = 16 << 20

  private enum State {
    case idle
    case receiving(HTTPRequestHead, ByteBuffer)
    /// The body was too large; its rest is skipped.
    case refusing
    case waiting(Scheduled<Void>)
    case answered
  }

  private let connections: LoopbackConnections
  private var state = State.idle
  private var isCounted = false
  private var isQuiescing = false

  init(connections: LoopbackConnections) {
    self.connections = connections
  }

  func channelActive(context: ChannelHandlerContext) {
    connections.opened(context.channel)
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    // The client went away: nobody waits for a delayed answer any more.
    if case .waiting(let timer) = state { timer.cancel() }
    state = .idle
    requestEnded()
    connections.closed(context.channel)
    context.fireChannelInactive()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard event is LoopbackConnections.Quiesce else { return context.fireUserInboundEventTriggered(event) }
    isQuiescing = true
    if case .idle = state { context.close(promise: nil) }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch (unwrapInboundIn(data), state) {
    case (.head(let head), _):
      if !head.uri.hasPrefix("/stats") {
        isCounted = true
        connections.requestBegan()
      }
      if head.headers.first(name: "expect")?.lowercased() == "100-continue" {
        context.writeAndFlush(
          wrapOutboundOut(.head(HTTPResponseHead(version: head.version, status: .continue))), promise: nil)
      }
      state = .receiving(head, ByteBuffer())
    case (.body(var part), .receiving(let head, var body)):
      guard body.readableBytes + part.readableBytes <= Self.bodyLimit else {
        state = .refusing
        return send(
          .text(.payloadTooLarge, "the body is larger than 16 MiB"), to: head, closing: true, context: context)
      }
      // Lets go of the copy in `state`, or each part would copy all before it.
      state = .idle
      body.writeBuffer(&part)
      state = .receiving(head, body)
    case (.end, .receiving(let head, let body)): answer(head, body, context: context)
    default: break
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // A reset by the client, or bytes that are no HTTP, which NIO's handler has answered.
    context.close(promise: nil)
  }

  private func answer(_ head: HTTPRequestHead, _ body: ByteBuffer, context: ChannelHandlerContext) {
    let request = LoopbackRequest(
      head: head, body: body, origin: context.remoteAddress?.ipAddress ?? "",
      statistics: { [connections] in connections.statistics })
    let reply = LoopbackEndpoints.reply(to: request)
    guard reply.delay > .zero else { return send(reply, to: head, closing: false, context: context) }
    let timer = context.eventLoop.assumeIsolated().scheduleTask(in: reply.delay) {
      self.send(reply, to: head, closing: false, context: context)
    }
    state = .waiting(timer)
  }

  private func send(_ reply: LoopbackReply, to request: HTTPRequestHead, closing: Bool, context: ChannelHandlerContext)
  {
    let isLast = closing || isQuiescing || !request.isKeepAlive
    var head = HTTPResponseHead(version: request.version, status: reply.status, headers: reply.headers)
    let mayHaveBody = reply.status.mayHaveResponseBody
    switch reply.body {
    case .whole(let body) where mayHaveBody: head.headers.add(name: "content-length", value: String(body.readableBytes))
    case .parts where request.version.minor > 0: head.headers.add(name: "transfer-encoding", value: "chunked")
    default: break
    }
    if isLast {
      head.headers.add(name: "connection", value: "close")
    } else if request.version.minor == 0 {
      head.headers.add(name: "connection", value: "keep-alive")
    }
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    if mayHaveBody, request.method != .HEAD {
      switch reply.body {
      case .whole(let body):
        if body.readableBytes > 0 { context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil) }
      case .parts(let parts):
        for part in parts { context.write(wrapOutboundOut(.body(.byteBuffer(part))), promise: nil) }
      }
    }
    // Before the last byte leaves: a client that has the whole answer must not see its request still counted.
    if case .refusing = state {} else { state = .idle }
    requestEnded()
    let end = context.writeAndFlush(wrapOutboundOut(.end(nil)))
    if isLast { end.assumeIsolated().whenComplete { _ in context.close(promise: nil) } }
  }

  private func requestEnded() {
    if isCounted { connections.requestEnded() }
    isCounted = false
  }
}
