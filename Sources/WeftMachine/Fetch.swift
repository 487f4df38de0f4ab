/// One HTTP request that a script asked for. The machine makes it; a driver carries it out.
public struct FetchRequest: Sendable {
  /// `GET`, `POST`, … in capitals.
  public var method: String
  public var url: String
  /// In the order in which the script wrote them.
  public var headers: [(name: String, value: String)]
  public var body: [UInt8]?
  /// Nanoseconds for the whole exchange, body included; nil for no limit but the scopes around it.
  public var timeout: Int64?
  /// The most bytes that a body may have after decompression.
  public var bodyLimit: Int

  public static let defaultBodyLimit = 64 << 20

  public init(
    method: String, url: String, headers: [(name: String, value: String)] = [], body: [UInt8]? = nil,
    timeout: Int64? = nil, bodyLimit: Int = defaultBodyLimit
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.timeout = timeout
    self.bodyLimit = bodyLimit
  }
}

/// The answer to a `FetchRequest`: any status, with the whole body.
public struct FetchResponse: Sendable {
  public var status: Int
  /// Names in lower case; a name that came several times stands here several times.
  public var headers: [(name: String, value: String)]
  public var body: [UInt8]
  /// The URL that answered, after redirects.
  public var url: String
  /// Nanoseconds that the request waited before it went out, because as many others were under way as may be.
  public var queued: Int64

  public init(
    status: Int, headers: [(name: String, value: String)], body: [UInt8], url: String, queued: Int64 = 0
  ) {
    self.status = status
    self.headers = headers
    self.body = body
    self.url = url
    self.queued = queued
  }
}

/// Why no answer came. `message` is the whole sentence that a script sees: lower case, no full stop.
public struct FetchFailure: Error, Sendable, Equatable {
  public enum Kind: String, Sendable {
    case invalidURL, unknownHost, connectionRefused, connectionClosed, tls, timeout, bodyTooLarge, tooManyRedirects
    /// The host does not allow this run to speak with the server.
    case notAllowed
    case cancelled, other
  }

  public var kind: Kind
  public var message: String
  /// How to mend it, if that is known.
  public var hint: String?

  public init(_ kind: Kind, _ message: String, hint: String? = nil) {
    self.kind = kind
    self.message = message
    self.hint = hint
  }
}
