import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Testing
import Weft
import WeftMachine

@testable import WeftHTTP

@Suite("Fetch failures")
struct FetchFailureTests {
  @Test(
    "A malformed URL is explained",
    arguments: [
      ("", "the URL is empty", nil),
      ("example.com/x", #"the URL "example.com/x" has no scheme"#, #"did you mean "http://example.com/x"?"#),
      ("localhost:80", #"the URL "localhost:80" has no scheme"#, #"did you mean "http://localhost:80"?"#),
      ("/path", #"the URL "/path" has no scheme"#, #"did you mean "http://path"?"#),
      ("//host/path", #"the URL "//host/path" has no scheme"#, #"did you mean "http://host/path"?"#),
      ("://host", #"the URL "://host" has no scheme"#, #"did you mean "http://host"?"#),
      ("https:/host/x", #"the URL "https:/host/x" has no scheme"#, #"did you mean "https://host/x"?"#),
      ("http//host", #"the URL "http//host" has no scheme"#, #"did you mean "http://host"?"#),
      ("htps://host", #"the URL "htps://host" has an unsupported scheme `htps`"#, #"did you mean "https://host"?"#),
      ("ftp://host/", #"the URL "ftp://host/" has an unsupported scheme `ftp`"#, "`fetch` speaks `http` and `https`"),
      ("unix:///x", #"the URL "unix:///x" has an unsupported scheme `unix`"#, "`fetch` speaks `http` and `https`"),
      ("http://", #"the URL "http://" has no host"#, nil),
      ("http:///x", #"the URL "http:///x" has no host"#, nil),
      ("http://:80/", #"the URL "http://:80/" has no host"#, nil),
      ("http://h:0/", #"the URL "http://h:0/" has an invalid port `0`"#, "a port is a number from 1 to 65535"),
      (
        "http://h:65536", #"the URL "http://h:65536" has an invalid port `65536`"#, "a port is a number from 1 to 65535"
      ),
      ("http://h:8a/", #"the URL "http://h:8a/" has an invalid port `8a`"#, "a port is a number from 1 to 65535"),
      ("http://a b/", #"the URL "http://a b/" has an invalid host `a b`"#, nil),
      ("http://a%00b/", #"the URL "http://a%00b/" has an invalid host `a%00b`"#, nil),
      ("http://[::1/", #"the URL "http://[::1/" lacks the `]` after its IPv6 address"#, nil),
      ("http://[x]/", #"the URL "http://[x]/" has an invalid host"#, nil),
      ("http://a\nb/", #"the URL "http://a\u{a}b/" has an invalid host `a\u{a}b`"#, nil),
    ] as [(String, String, String?)])
  func malformedURL(url: String, message: String, hint: String?) async throws {
    try await withFetcher { fetcher in
      #expect(await fetcher.failure(of: .get(url)) == FetchFailure(.invalidURL, message, hint: hint))
    }
  }

  @Test("Good URLs are taken apart")
  func targets() throws {
    #expect(try RequestTarget("http://h").authority == "h:80")
    #expect(try RequestTarget("HTTPS://h/x:y@z").authority == "h:443")
    #expect(try RequestTarget("http://u:p@h:81?q").authority == "h:81")
    #expect(try RequestTarget("http://[::1]:9/").authority == "[::1]:9")
    #expect(try RequestTarget("http://h:/").port == 80)
    #expect(try RequestTarget("http://u:p@h").credentials == "u:p")
  }

  @Test("Invalid methods and headers are explained")
  func invalidHeaders() async throws {
    try await withFetcher { fetcher in
      func failure(_ method: String, _ headers: [(name: String, value: String)]) async -> FetchFailure? {
        await fetcher.failure(of: FetchRequest(method: method, url: "http://127.0.0.1:9/", headers: headers))
      }
      #expect(await failure("GE T", [])?.message == "invalid method `GE T`")
      #expect(await failure("", [])?.message == "invalid method ``")
      #expect(await failure("CONNECT", [])?.message == "`fetch` cannot send the method `CONNECT`")
      #expect(await failure("GET", [("x y", "1")])?.message == "invalid header name `x y`")
      #expect(await failure("GET", [("", "1")])?.message == "invalid header name ``")
      let split = await failure("GET", [("x", "1\r\nhost: evil")])
      #expect(split?.message == "the value of header `x` has a control character")
      #expect(split?.hint == "a header's value is one line; does it end with a newline?")
    }
  }

  @Test("Nobody listens", arguments: ["127.0.0.1", "localhost"])
  func refused(host: String) async throws {
    try await withFetcher { fetcher in
      let server = try await LoopbackServer.start()
      await server.stop()
      let failure = await fetcher.failure(of: .get("http://\(host):\(server.port)/"))
      #expect(
        failure == FetchFailure(.connectionRefused, "cannot connect to \(host):\(server.port) (connection refused)"))
    }
  }

  @Test("A name that no resolver can know")
  func unknownHost() async throws {
    try await withFetcher { fetcher in
      // A label of 64 characters is refused by the resolver itself; nothing goes out to the network.
      let host = String(repeating: "a", count: 64) + ".invalid"
      let failure = await fetcher.failure(of: .get("http://\(host)/"))
      #expect(failure?.kind == .unknownHost)
      #expect(failure?.message == "unknown host `\(host)`")
    }
  }

  @Test("The server hangs up without an answer, and in the middle of one")
  func closed() async throws {
    try await withFetcher { fetcher in
      for (answer, ending) in [
        ("", "closed the connection without an answer"), ("HTTP/1.1 200", "closed the connection without an answer"),
        ("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf", "closed the connection in the middle of its answer"),
        (
          "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab",
          "closed the connection in the middle of its answer"
        ),
      ] {
        let raw = try await RawServer(answer: answer, then: .close)
        let failure = await fetcher.failure(of: .get(raw.url))
        #expect(failure == FetchFailure(.connectionClosed, "127.0.0.1:\(raw.port) \(ending)"))
        await raw.stop()
      }
    }
  }

  @Test(
    "The answer is not HTTP", arguments: ["SSH-2.0-OpenSSH_9.2\r\n", "HTTP/9.9 200 OK\r\n\r\n", "\u{15}\u{3}\u{1}\0"])
  func notHTTP(answer: String) async throws {
    try await withFetcher { fetcher in
      let raw = try await RawServer(answer: answer)
      let failure = await fetcher.failure(of: .get(raw.url))
      #expect(failure?.kind == .other)
      #expect(failure?.message.hasPrefix("127.0.0.1:\(raw.port) sent an invalid HTTP answer (") == true)
      #expect(failure?.hint == "is 127.0.0.1:\(raw.port) an `https://` port?")
      await raw.stop()
    }
  }

  @Test("A compressed body is damaged")
  func damaged() async throws {
    try await withFetcher { fetcher in
      let raw = try await RawServer(
        answer: "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 9\r\n\r\nnot gzip!")
      let failure = await fetcher.failure(of: .get(raw.url))
      #expect(failure == FetchFailure(.other, "the compressed body from 127.0.0.1:\(raw.port) is damaged"))
      await raw.stop()
    }
  }

  @Test("The server falls silent")
  func readTimeout() async throws {
    var configuration = HTTPFetcher.Configuration()
    configuration.readTimeout = seconds / 20
    try await withFetcher(configuration) { fetcher in
      let raw = try await RawServer(answer: nil)
      let failure = await fetcher.failure(of: .get(raw.url))
      #expect(failure == FetchFailure(.timeout, "127.0.0.1:\(raw.port) sent nothing for 50ms"))
      #expect(await eventually { raw.seen.closed == 1 })
      await raw.stop()
    }
  }

  @Test("A server that accepts nobody, and one that never finishes the handshake")
  func connectTimeout() async throws {
    var configuration = HTTPFetcher.Configuration()
    configuration.connectTimeout = seconds / 10
    try await withFetcher(configuration) { fetcher in
      let full = try FullListener()
      #expect(
        await fetcher.failure(of: .get("http://127.0.0.1:\(full.port)/"))
          == FetchFailure(.timeout, "no connection to 127.0.0.1:\(full.port) within 100ms"))
      let raw = try await RawServer(answer: nil)
      let authority = "127.0.0.1:\(raw.port)"
      #expect(
        await fetcher.failure(of: .get("https://\(authority)/"))
          == FetchFailure(.timeout, "no connection to \(authority) within 100ms"))
      #expect(await eventually { raw.seen.closed == 1 })
      await raw.stop()
    }
  }

  @Test(
    "What the system says is told in words",
    arguments: [
      (ENETUNREACH, FetchFailure.Kind.other, "cannot connect to h:80 (network unreachable)"),
      (EHOSTUNREACH, .other, "cannot connect to h:80 (host unreachable)"),
      (ETIMEDOUT, .timeout, "cannot connect to h:80 (connection timed out)"),
      (ECONNRESET, .connectionClosed, "h:80 closed the connection without an answer"),
      (EACCES, .other, "cannot connect to h:80 (not permitted by the system)"),
      (EMFILE, .other, "cannot connect to h:80 (too many open files)"),
      (EIO, .other, "the connection to h:80 failed (input/output error)"),
    ])
  func errno(code: CInt, kind: FetchFailure.Kind, message: String) throws {
    let failure = FetchFailure(
      mapping: IOError(errnoCode: code, reason: "connect"), target: try RequestTarget("http://h"), hasHead: false,
      bodyLimit: 1, configuration: .init())
    #expect(failure.kind == kind)
    #expect(failure.message == message)
  }

  @Test("Units read as the language writes them")
  func units() {
    #expect(durationText(0) == "0ns")
    #expect(durationText(1_500_000_000) == "1.5s")
    #expect(durationText(50_000_000) == "50ms")
    #expect(durationText(1_050_000) == "1.05ms")
    #expect(durationText(90 * seconds) == "90s")
    #expect(durationText(120 * seconds) == "2m")
    #expect(sizeText(1) == "1 byte")
    #expect(sizeText(1_000) == "1000 bytes")
    #expect(sizeText(64 << 20) == "64 MiB")
  }
}
