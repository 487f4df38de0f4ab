import AsyncHTTPClient
import NIOConcurrencyHelpers
import NIOHTTP1
import WeftMachine

/// A method and a URL that have been checked and taken apart.
struct RequestPrototype: Sendable {
  var target: RequestTarget
  /// Without headers and body.
  var request: HTTPClient.Request
}

/// Prototypes by method and URL: a load test asks for the same few URLs over and over, and parsing one costs a tenth
/// of a whole request on loopback.
final class RequestPrototypes: Sendable {
  private struct Key: Hashable {
    var method: String
    var url: String
  }

  /// URLs beyond this many make room by dropping all: simple, and a miss is cheap.
  private static let limit = 256

  private let known = NIOLockedValueBox<[Key: RequestPrototype]>([:])

  /// - Throws: `FetchFailure` that says what is wrong with the URL or the method.
  func prototype(method: String, url: String) throws(FetchFailure) -> RequestPrototype {
    let key = Key(method: method, url: url)
    if let prototype = known.withLockedValue({ $0[key] }) { return prototype }
    let prototype = try Self.makePrototype(method: method, url: url)
    known.withLockedValue { known in
      if known.count >= Self.limit { known.removeAll(keepingCapacity: true) }
      known[key] = prototype
    }
    return prototype
  }

  private static func makePrototype(method: String, url: String) throws(FetchFailure) -> RequestPrototype {
    let target = try RequestTarget(url)
    guard !method.isEmpty, method.utf8.allSatisfy(isTokenByte) else {
      throw FetchFailure(.other, "invalid method `\(printable(method[...]))`", hint: "a method is a word such as `GET`")
    }
    // The answer to CONNECT is a tunnel, not a response.
    if method == "CONNECT" { throw FetchFailure(.other, "`fetch` cannot send the method `CONNECT`") }
    do {
      return RequestPrototype(
        target: target, request: try HTTPClient.Request(url: url, method: HTTPMethod(rawValue: method)))
    } catch {
      throw FetchFailure(.invalidURL, "the URL \(quoted(url)) is not valid")
    }
  }
}
