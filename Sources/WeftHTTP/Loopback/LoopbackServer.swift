import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1
import NIOPosix

/// A small HTTP/1.1 server in this process, with endpoints like those of httpbin: something to fetch from in
/// examples, demonstrations and tests that must not leave the machine. It is no server for the outside world.
///
/// | endpoint | answer |
/// | --- | --- |
/// | `/get`, `/headers` | what was asked, as JSON |
/// | `/post`, `/put`, `/patch`, `/delete` | the same with the body: `data`, `form`, `json` |
/// | `/delay/{seconds}` | as `/get`, after 0 to 60 seconds; fractions allowed |
/// | `/status/{code}` | an empty answer with that status, 200 to 599 |
/// | `/bytes/{n}` | `n` bytes, at most 16 MiB; the same for the same `?seed=` |
/// | `/stream/{n}` | `n` lines of JSON in chunks, at most 10,000 |
/// | `/redirect/{n}` | `n` redirects in a row, then `/get` |
/// | `/gzip` | as `/get`, in gzip format |
/// | `/stats` | requests so far, open ones, the most at once; doesn't count itself |
///
/// ```swift
/// let server = try await LoopbackServer.start()
/// print("http://127.0.0.1:\(server.port)/get")
/// await server.stop()
/// ```
public final class LoopbackServer: Sendable {
  /// What the server has seen since it was started.
  public struct Statistics: Sendable, Equatable {
    /// Requests that came in, answered or not, other than those for `/stats`.
    public var requests = 0
    /// Requests that are being answered now.
    public var inFlight = 0
    /// The greatest value that `inFlight` has had.
    public var peakInFlight = 0
    /// Connections that are open now.
    public var openConnections = 0
    /// Connections that were ever opened; fewer than requests if connections are used again.
    public var connections = 0
  }

  private let group: MultiThreadedEventLoopGroup
  private let listener: any Channel
  private let connections: LoopbackConnections

  /// The port that the server listens on.
  public let port: Int

  private init(group: MultiThreadedEventLoopGroup, listener: any Channel, connections: LoopbackConnections) {
    self.group = group
    self.listener = listener
    self.connections = connections
    port = listener.localAddress?.port ?? 0
  }

  /// Binds and begins to answer.
  ///
  /// - Parameters:
  ///   - host: an address of this machine; the default can't be reached from others.
  ///   - port: 0 for any that is free.
  /// - Throws: `IOError` of NIO, if the address can't be bound: in use, not permitted, not of this machine.
  public static func start(host: String = "127.0.0.1", port: Int = 0) async throws -> LoopbackServer {
    // One thread: the peer is in the same process more often than not, and wants the other cores.
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let connections = LoopbackConnections()
    let bootstrap = ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 4_096)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
          try channel.pipeline.syncOperations.addHandler(LoopbackHandler(connections: connections))
        }
      }
    do {
      let listener = try await bootstrap.bind(host: host, port: port).get()
      return LoopbackServer(group: group, listener: listener, connections: connections)
    } catch {
      try? await group.shutdownGracefully()
      throw error
    }
  }

  /// A snapshot; `openConnections` and `inFlight` fall to 0 once the clients are gone.
  public var statistics: Statistics { connections.statistics }

  /// Stops listening, lets requests that are being answered end for up to a second, then closes what is left and
  /// stops the thread.
  public func stop() async {
    try? await listener.close().get()
    let isQuiet = group.any().makePromise(of: Void.self)
    connections.quiesce { isQuiet.succeed() }
    let force = group.any().scheduleTask(in: .seconds(1)) { [connections] in connections.closeAll() }
    try? await isQuiet.futureResult.get()
    force.cancel()
    try? await group.shutdownGracefully()
  }
}
