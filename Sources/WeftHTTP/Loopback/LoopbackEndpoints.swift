import NIOCore
import NIOHTTP1

/// One request as the endpoints see it.
struct LoopbackRequest {
  var head: HTTPRequestHead
  var body: ByteBuffer
  /// The client's address.
  var origin: String
  var statistics: () -> LoopbackServer.Statistics

  var path: Substring { head.uri.prefix { $0 != "?" } }
  var query: Substring { head.uri.dropFirst(path.count + 1) }
}

/// What to say, and when.
struct LoopbackReply {
  enum Body {
    case whole(ByteBuffer)
    /// Each in a chunk of its own.
    case parts([ByteBuffer])
  }

  var status = HTTPResponseStatus.ok
  var headers = HTTPHeaders()
  var body = Body.whole(ByteBuffer())
  var delay = TimeAmount.zero

  static func json(_ json: JSONText, status: HTTPResponseStatus = .ok) -> LoopbackReply {
    LoopbackReply(
      status: status, headers: ["content-type": "application/json"],
      body: .whole(ByteBuffer(string: json.rendered() + "\n")))
  }

  static func text(_ status: HTTPResponseStatus, _ text: String) -> LoopbackReply {
    LoopbackReply(
      status: status, headers: ["content-type": "text/plain; charset=utf-8"],
      body: .whole(ByteBuffer(string: text + "\n")))
  }
}

/// The endpoints of `LoopbackServer`: from a request to a reply, without I/O.
enum LoopbackEndpoints {
  static func reply(to request: LoopbackRequest) -> LoopbackReply {
    let parts = request.path.split(separator: "/", omittingEmptySubsequences: true)
    guard let name = parts.first else { return index() }
    let argument = parts.dropFirst().first ?? ""
    switch (name, parts.count) {
    case ("get", 1): return only([.GET, .HEAD], request) { .json(echo(request, withBody: false)) }
    case ("headers", 1): return .json(.object([("headers", headers(request))]))
    case ("post", 1): return only([.POST], request) { .json(echo(request, withBody: true)) }
    case ("put", 1): return only([.PUT], request) { .json(echo(request, withBody: true)) }
    case ("patch", 1): return only([.PATCH], request) { .json(echo(request, withBody: true)) }
    case ("delete", 1): return only([.DELETE], request) { .json(echo(request, withBody: true)) }
    case ("delay", 2): return delay(argument, request)
    case ("status", 2): return status(argument)
    case ("bytes", 2): return bytes(argument, request)
    case ("stream", 2): return stream(argument, request)
    case ("redirect", 2): return redirect(argument)
    case ("gzip", 1): return gzip(request)
    case ("stats", 1): return stats(request.statistics())
    default: return .json(.object([("error", .string("no such endpoint: \(request.path)"))]), status: .notFound)
    }
  }

  private static func index() -> LoopbackReply {
    .text(
      .ok,
      """
      /get /headers /post /put /patch /delete /delay/{seconds} /status/{code} /bytes/{n} /stream/{n} /redirect/{n}
      /gzip /stats
      """)
  }

  private static func only(_ methods: [HTTPMethod], _ request: LoopbackRequest, _ reply: () -> LoopbackReply)
    -> LoopbackReply
  {
    if methods.contains(request.head.method) { return reply() }
    var refusal = LoopbackReply.json(
      .object([("error", .string("\(request.path) does not take \(request.head.method.rawValue)"))]),
      status: .methodNotAllowed)
    refusal.headers.add(name: "allow", value: methods.map(\.rawValue).joined(separator: ", "))
    return refusal
  }

  private static func bad(_ path: String, _ argument: Substring, _ expected: String) -> LoopbackReply {
    .text(.badRequest, "/\(path)/\(printable(argument)): expected \(expected)")
  }

  private static func delay(_ argument: Substring, _ request: LoopbackRequest) -> LoopbackReply {
    // `Double` would also take `nan`, `inf` and hexadecimal.
    let isPlain = argument.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
    guard isPlain, let seconds = Double(argument), (0...60).contains(seconds) else {
      return bad("delay", argument, "seconds from 0 to 60")
    }
    var reply = LoopbackReply.json(echo(request, withBody: true))
    reply.delay = .nanoseconds(Int64(seconds * 1e9))
    return reply
  }

  private static func status(_ argument: Substring) -> LoopbackReply {
    guard let code = number(argument, in: 200...599) else { return bad("status", argument, "a code from 200 to 599") }
    var reply = LoopbackReply(status: HTTPResponseStatus(statusCode: code))
    if Hop.redirectStatuses.contains(UInt(code)) { reply.headers.add(name: "location", value: "/redirect/1") }
    return reply
  }

  private static func bytes(_ argument: Substring, _ request: LoopbackRequest) -> LoopbackReply {
    guard let count = number(argument, in: 0...LoopbackHandler.bodyLimit) else {
      return bad("bytes", argument, "a number from 0 to \(LoopbackHandler.bodyLimit)")
    }
    let seed = queryItems(request.query).first { $0.name == "seed" }?.value
    guard let seed = seed.map({ UInt64($0) }) ?? UInt64.random(in: 0...UInt64.max) else {
      return .text(.badRequest, "seed: expected a number from 0 to \(UInt64.max)")
    }
    return LoopbackReply(
      headers: ["content-type": "application/octet-stream"], body: .whole(randomBytes(count, seed: seed)))
  }

  private static func stream(_ argument: Substring, _ request: LoopbackRequest) -> LoopbackReply {
    guard let count = number(argument, in: 0...10_000) else {
      return bad("stream", argument, "a number from 0 to 10000")
    }
    let echo = fields(request)
    let lines = (0..<count).map { line in
      ByteBuffer(string: JSONText.object(echo + [("id", .number(line))]).renderedOnOneLine() + "\n")
    }
    return LoopbackReply(headers: ["content-type": "application/json"], body: .parts(lines))
  }

  private static func redirect(_ argument: Substring) -> LoopbackReply {
    guard let count = number(argument, in: 1...1_000) else {
      return bad("redirect", argument, "a number from 1 to 1000")
    }
    return LoopbackReply(status: .found, headers: ["location": count == 1 ? "/get" : "/redirect/\(count - 1)"])
  }

  private static func gzip(_ request: LoopbackRequest) -> LoopbackReply {
    let plain = JSONText.object(fields(request) + [("gzipped", .raw("true"))]).rendered() + "\n"
    return LoopbackReply(
      headers: ["content-type": "application/json", "content-encoding": "gzip"],
      body: .whole(ByteBuffer(bytes: gzipStored(Array(plain.utf8)))))
  }

  private static func stats(_ statistics: LoopbackServer.Statistics) -> LoopbackReply {
    .json(
      .object([
        ("connections", .number(statistics.connections)), ("inFlight", .number(statistics.inFlight)),
        ("openConnections", .number(statistics.openConnections)), ("peak", .number(statistics.peakInFlight)),
        ("requests", .number(statistics.requests)),
      ]))
  }

  private static func number(_ text: Substring, in range: ClosedRange<Int>) -> Int? {
    guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text) else {
      return nil
    }
    return range.contains(number) ? number : nil
  }
}
