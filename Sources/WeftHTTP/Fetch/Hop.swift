import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import WeftMachine

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// One request to one URL; a redirect makes the next from it.
struct Hop: Sendable {
  static let redirectStatuses: Set<UInt> = [301, 302, 303, 307, 308]

  var url: String
  var method: String
  var headers: [(name: String, value: String)]
  var body: [UInt8]?

  private var prototype: RequestPrototype

  var target: RequestTarget { prototype.target }

  /// - Throws: `FetchFailure` that says what is wrong with the URL, the method or a header.
  init(_ request: FetchRequest, prototypes: RequestPrototypes) throws(FetchFailure) {
    url = request.url
    method = request.method
    headers = request.headers
    body = request.body
    prototype = try prototypes.prototype(method: method, url: url)
    if method == "TRACE", body != nil { throw FetchFailure(.other, "a `TRACE` request cannot have a body") }
    try checkHeaders()
  }

  func makeRequest(bodyLimit: Int, userAgent: String) -> HTTPClient.Request {
    var request = prototype.request
    var fields = HTTPHeaders(headers)
    if !fields.contains(name: "user-agent") { fields.add(name: "user-agent", value: userAgent) }
    if !fields.contains(name: "accept") { fields.add(name: "accept", value: "*/*") }
    if !fields.contains(name: "accept-encoding") {
      let isBounded = bodyLimit <= FetchEngine.decompressedLimit
      fields.add(name: "accept-encoding", value: isBounded ? "gzip, deflate" : "identity")
    }
    request.headers = fields
    request.body = body.map { .byteBuffer(ByteBuffer(bytes: $0)) }
    if let credentials = target.credentials, !fields.contains(name: "authorization") {
      let parts = credentials.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      request.setBasicAuth(
        username: percentDecoded(parts.first ?? ""), password: percentDecoded(parts.dropFirst().first ?? ""))
    }
    return request
  }

  /// What to send after a redirect, by the rules that browsers follow.
  ///
  /// - Throws: `FetchFailure` of kind `invalidURL`, if `location` is no URL that `fetch` can speak to.
  func redirected(to location: String, status: UInt, prototypes: RequestPrototypes) throws(FetchFailure) -> Hop {
    guard let next = URL(string: location, relativeTo: URL(string: url))?.absoluteString else {
      throw FetchFailure(.invalidURL, "\(quoted(url)) redirects to \(quoted(location)), which is not a valid URL")
    }
    var hop = self
    hop.url = next
    if (status == 303 && method != "HEAD") || ((status == 301 || status == 302) && method == "POST") {
      hop.method = "GET"
      hop.body = nil
      hop.headers.removeAll { ["content-type", "content-length", "content-encoding"].contains($0.name.lowercased()) }
    }
    do {
      hop.prototype = try prototypes.prototype(method: hop.method, url: next)
    } catch {
      throw FetchFailure(.invalidURL, "\(quoted(url)) redirects to \(quoted(next)): \(error.message)")
    }
    if hop.target.authority != target.authority || hop.target.isSecure != target.isSecure {
      // Secrets were meant for the first server only.
      let secrets = ["authorization", "cookie", "host", "origin", "proxy-authorization"]
      hop.headers.removeAll { secrets.contains($0.name.lowercased()) }
    }
    return hop
  }

  private func checkHeaders() throws(FetchFailure) {
    for (name, value) in headers {
      guard !name.isEmpty, name.utf8.allSatisfy(isTokenByte) else {
        throw FetchFailure(
          .other, "invalid header name `\(printable(name[...]))`",
          hint: "a header's name is made of letters, digits and `-`")
      }
      guard value.utf8.allSatisfy({ $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7F) }) else {
        throw FetchFailure(
          .other, "the value of header `\(name)` has a control character",
          hint: "a header's value is one line; does it end with a newline?")
      }
    }
  }
}

/// `tchar` of RFC 9110, section 5.6.2.
func isTokenByte(_ byte: UInt8) -> Bool {
  switch byte {
  case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
  case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"),
    UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "^"),
    UInt8(ascii: "_"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
    true
  default: false
  }
}
