import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOHTTP2
import NIOHTTPCompression
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

extension FetchFailure {
  static let cancelled = FetchFailure(.cancelled, "the request was cancelled")
  static let shutDown = FetchFailure(.cancelled, "the HTTP client is shut down")

  static func bodyTooLarge(target: RequestTarget, limit: Int) -> FetchFailure {
    FetchFailure(.bodyTooLarge, "the body from \(target.authority) is larger than the limit of \(sizeText(limit))")
  }

  static func closed(target: RequestTarget, hasHead: Bool) -> FetchFailure {
    hasHead
      ? FetchFailure(.connectionClosed, "\(target.authority) closed the connection in the middle of its answer")
      : FetchFailure(.connectionClosed, "\(target.authority) closed the connection without an answer")
  }

  /// Says in a script's words what AsyncHTTPClient, NIO, BoringSSL or the system reported.
  init(
    mapping error: any Error, target: RequestTarget, hasHead: Bool, bodyLimit: Int,
    configuration: HTTPFetcher.Configuration
  ) {
    switch error {
    case let error as FetchFailure: self = error
    case let error as HTTPClientError:
      self.init(client: error, target: target, hasHead: hasHead, configuration: configuration)
    case let error as NIOConnectionError: self.init(connection: error, target: target)
    case let error as IOError: self.init(errno: error.errnoCode, target: target, hasHead: hasHead)
    case let error as NIOSSLError: self.init(tls: error, target: target, hasHead: hasHead)
    case let error as NIOSSLExtraError: self.init(tlsExtra: error, target: target)
    case let error as BoringSSLError: self.init(tls: .handshakeFailed(error), target: target, hasHead: hasHead)
    case let error as HTTPParserError: self.init(parser: error, target: target, hasHead: hasHead)
    case is NIOHTTPDecompression.DecompressionError, is NIOHTTPDecompression.ExtraDecompressionError:
      self.init(decompression: error, target: target, bodyLimit: bodyLimit)
    case is ChannelError: self = Self(channel: error, target: target, hasHead: hasHead)
    case is NIOHTTP2Errors.StreamClosed, is NIOHTTP2Errors.IOOnClosedConnection:
      self = .closed(target: target, hasHead: hasHead)
    case is any NIOHTTP2Error:
      self.init(.other, "\(target.authority) sent an invalid HTTP/2 answer (\(name(of: error)))")
    case is SocketAddressError: self = .unknownHost(target)
    default: self.init(.other, "the request to \(target.authority) failed (\(name(of: error)))")
    }
  }

  private init(
    client error: HTTPClientError, target: RequestTarget, hasHead: Bool, configuration: HTTPFetcher.Configuration
  ) {
    let authority = target.authority
    switch error {
    case .cancelled, .requestStreamCancelled: self = .cancelled
    case .alreadyShutdown: self = .shutDown
    case .remoteConnectionClosed: self = .closed(target: target, hasHead: hasHead)
    // Which of these comes first is a race inside AsyncHTTPClient: all have the same deadline.
    case .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout:
      self.init(.timeout, "no connection to \(authority) within \(durationText(configuration.connectTimeout))")
    case .readTimeout:
      let limit = configuration.readTimeout.map(durationText) ?? "its time"
      self.init(.timeout, "\(authority) sent nothing for \(limit)")
    case .writeTimeout: self.init(.timeout, "\(authority) took nothing of the request's body in time")
    case .deadlineExceeded: self.init(.timeout, "no answer from \(authority) in time")
    default:
      self.init(.other, "the request to \(authority) failed (\(sentence(error.shortDescription)))")
    }
  }

  /// A host name that led to no connection; it can have several addresses, each with an error of its own.
  private init(connection error: NIOConnectionError, target: RequestTarget) {
    let failures = error.connectionErrors.map(\.error)
    if let refused = failures.first(where: { ($0 as? IOError)?.errnoCode == ECONNREFUSED }) ?? failures.first {
      switch refused {
      case let error as IOError: self.init(errno: error.errnoCode, target: target, hasHead: false)
      default: self.init(channel: refused, target: target, hasHead: false)
      }
    } else if error.dnsAError != nil || error.dnsAAAAError != nil {
      self = .unknownHost(target)
    } else {
      self.init(.timeout, "no connection to \(target.authority) in time")
    }
  }

  private static func unknownHost(_ target: RequestTarget) -> FetchFailure {
    FetchFailure(
      .unknownHost, "unknown host `\(printable(target.host[...]))`",
      hint: "is the name spelt right, and is there a network?")
  }

  private init(errno code: CInt, target: RequestTarget, hasHead: Bool) {
    let authority = target.authority
    switch code {
    case ECONNREFUSED: self.init(.connectionRefused, "cannot connect to \(authority) (connection refused)")
    case ENETUNREACH, ENETDOWN, EADDRNOTAVAIL, EAFNOSUPPORT:
      self.init(.other, "cannot connect to \(authority) (network unreachable)")
    case EHOSTUNREACH, EHOSTDOWN: self.init(.other, "cannot connect to \(authority) (host unreachable)")
    case ETIMEDOUT: self.init(.timeout, "cannot connect to \(authority) (connection timed out)")
    case ECONNRESET, EPIPE, ENOTCONN, ECONNABORTED: self = .closed(target: target, hasHead: hasHead)
    case EACCES, EPERM: self.init(.other, "cannot connect to \(authority) (not permitted by the system)")
    case EMFILE, ENFILE:
      self.init(
        .other, "cannot connect to \(authority) (too many open files)",
        hint: "raise `ulimit -n`, or fetch less at once with a `semaphore`")
    default: self.init(.other, "the connection to \(authority) failed (\(sentence(String(cString: strerror(code)))))")
    }
  }

  private init(channel error: any Error, target: RequestTarget, hasHead: Bool) {
    switch error as? ChannelError {
    case .connectTimeout(let time):
      self.init(.timeout, "no connection to \(target.authority) within \(durationText(time.nanoseconds))")
    case .ioOnClosedChannel, .alreadyClosed, .eof, .inputClosed, .outputClosed:
      self = .closed(target: target, hasHead: hasHead)
    default: self.init(.other, "the connection to \(target.authority) failed (\(name(of: error)))")
    }
  }

  private init(parser error: HTTPParserError, target: RequestTarget, hasHead: Bool) {
    if error == .invalidEOFState || error == .closedConnection {
      self = .closed(target: target, hasHead: hasHead)
    } else {
      self.init(
        .other, "\(target.authority) sent an invalid HTTP answer (\(words(name(of: error))))",
        hint: target.isSecure || hasHead ? nil : "is \(target.authority) an `https://` port?")
    }
  }

  private init(decompression error: any Error, target: RequestTarget, bodyLimit: Int) {
    switch error as? NIOHTTPDecompression.DecompressionError {
    case .limit: self = .bodyTooLarge(target: target, limit: min(bodyLimit, FetchEngine.decompressedLimit))
    default: self.init(.other, "the compressed body from \(target.authority) is damaged")
    }
  }
}

/// `invalidConstant` → `invalid constant`.
private func words(_ camelCase: String) -> String {
  camelCase.reduce(into: "") { text, character in
    if character.isUppercase { text += " " }
    text += character.lowercased()
  }
}

/// The case or type of `error`, without what it carries: payloads can be long, and are no words for users.
private func name(of error: any Error) -> String {
  if Mirror(reflecting: error).displayStyle == .enum {
    return String("\(error)".prefix { $0 != "(" })
  }
  return "\(type(of: error))"
}

/// Lower case at the beginning, unless it is an abbreviation.
private func sentence(_ text: String) -> String {
  guard let first = text.first, text.dropFirst().first?.isLowercase ?? false else { return text }
  return first.lowercased() + text.dropFirst()
}
