import Foundation
import NIOCore
import Testing
import Weft
import WeftHTTP
import WeftMachine

@Suite("Loopback server")
struct LoopbackServerTests {
  private func object(_ response: FetchResponse) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any])
  }

  @Test("/get echoes arguments, headers, origin and URL")
  func get() async throws {
    try await withServer { server, fetcher in
      let url = server.url("/get?a=1&b=x+y%21&a=2&empty")
      let response = try await fetcher.fetch(
        FetchRequest(method: "GET", url: url, headers: [("X-Thing", "ä \"quoted\"")]))
      #expect(response.status == 200)
      #expect(response.header("content-type") == "application/json")
      let json = try object(response)
      #expect(json["url"] as? String == url)
      #expect(json["origin"] as? String == "127.0.0.1")
      let arguments = try #require(json["args"] as? [String: Any])
      #expect(arguments["a"] as? [String] == ["1", "2"])
      #expect(arguments["b"] as? String == "x y!")
      #expect(arguments["empty"] as? String == "")
      let headers = try #require(json["headers"] as? [String: String])
      #expect(headers["X-Thing"] == "ä \"quoted\"")
      #expect(headers["User-Agent"] == "weft")
    }
  }

  @Test("/headers gives the headers alone")
  func headers() async throws {
    try await withServer { server, fetcher in
      let json = try object(try await fetcher.get(server.url("/headers")))
      #expect(Array(json.keys) == ["headers"])
    }
  }

  @Test("/post, /put, /patch and /delete echo the body", arguments: ["POST", "PUT", "PATCH", "DELETE"])
  func bodies(method: String) async throws {
    try await withServer { server, fetcher in
      let url = server.url("/\(method.lowercased())")
      func send(_ body: [UInt8], type: String) async throws -> [String: Any] {
        try object(
          try await fetcher.fetch(
            FetchRequest(method: method, url: url, headers: [("content-type", type)], body: body)))
      }
      let text = #"{"a": [1, -2.5e3, null, "\u00e4\n"], "b": {}}"#
      let json = try await send(Array(text.utf8), type: "application/json")
      #expect(json["data"] as? String == text)
      #expect((json["json"] as? [String: Any])?["a"] as? [AnyHashable] == [1, -2500.0, NSNull(), "ä\n"])

      let form = try await send(Array("name=Ada+L&x=%2B".utf8), type: "application/x-www-form-urlencoded")
      #expect(form["form"] as? [String: String] == ["name": "Ada L", "x": "+"])
      #expect(form["data"] as? String == "")

      let binary = try await send([0xFF, 0x00, 0x10, 0x80], type: "application/octet-stream")
      #expect(binary["data"] as? String == "data:application/octet-stream;base64,/wAQgA==")
      #expect(binary["json"] is NSNull)
    }
  }

  @Test(
    "What is almost JSON is not echoed as JSON", arguments: ["{", "[1,]", "01", "\"a", "{\"a\" 1}", "nul", "1 2", ""])
  func invalidJSON(text: String) async throws {
    try await withServer { server, fetcher in
      let response = try await fetcher.fetch(
        FetchRequest(method: "POST", url: server.url("/post"), body: Array(text.utf8)))
      let json = try object(response)
      #expect(json["json"] is NSNull)
      #expect(json["data"] as? String == text)
    }
  }

  @Test("A wrong method is refused with the right one")
  func wrongMethod() async throws {
    try await withServer { server, fetcher in
      let response = try await fetcher.get(server.url("/post"))
      #expect(response.status == 405)
      #expect(response.header("allow") == "POST")
    }
  }

  @Test("/status answers with any final status", arguments: [200, 204, 304, 404, 418, 503, 599])
  func status(code: Int) async throws {
    try await withServer { server, fetcher in
      let response = try await fetcher.get(server.url("/status/\(code)"))
      #expect(response.status == code)
      #expect(response.body.isEmpty)
    }
  }

  @Test("/bytes is the same for the same seed")
  func bytes() async throws {
    try await withServer { server, fetcher in
      let first = try await fetcher.get(server.url("/bytes/100001?seed=7"))
      let again = try await fetcher.get(server.url("/bytes/100001?seed=7"))
      let other = try await fetcher.get(server.url("/bytes/100001?seed=8"))
      #expect(first.body.count == 100_001)
      #expect(first.body == again.body)
      #expect(first.body != other.body)
      #expect(Set(first.body).count == 256)
      let none = try await fetcher.get(server.url("/bytes/0"))
      #expect(none.body.isEmpty)
    }
  }

  @Test("/stream sends lines of JSON in chunks")
  func stream() async throws {
    try await withServer { server, fetcher in
      let response = try await fetcher.get(server.url("/stream/3"))
      #expect(response.header("transfer-encoding") == "chunked")
      let lines = response.text.split(separator: "\n")
      let ids = try lines.map { line in
        (try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])?["id"] as? Int
      }
      #expect(ids == [0, 1, 2])
    }
  }

  @Test("/gzip is unpacked by the client")
  func gzip() async throws {
    try await withServer { server, fetcher in
      let response = try await fetcher.get(server.url("/gzip"))
      #expect(response.header("content-encoding") == "gzip")
      #expect(try object(response)["gzipped"] as? Bool == true)
    }
  }

  @Test("/delay answers as /get does, with fractions of seconds")
  func delay() async throws {
    try await withServer { server, fetcher in
      let clock = ContinuousClock()
      let start = clock.now
      let response = try await fetcher.get(server.url("/delay/0.05?x=1"))
      #expect(start.duration(to: clock.now) >= .milliseconds(50))
      #expect((try object(response)["args"] as? [String: String]) == ["x": "1"])
    }
  }

  @Test(
    "Malformed numbers are refused in words",
    arguments: [
      "/delay/x", "/delay/-1", "/delay/61", "/delay/nan", "/delay/0x1", "/status/abc", "/status/199", "/status/600",
      "/bytes/-1", "/bytes/99999999999999999999", "/bytes/1?seed=x", "/stream/1.5", "/redirect/0",
    ])
  func malformed(path: String) async throws {
    try await withServer { server, fetcher in
      let response = try await fetcher.get(server.url(path))
      #expect(response.status == 400)
      #expect(response.text.contains("expected "))
    }
  }

  @Test("An unknown path is named", arguments: ["/nope", "/get/more", "/delay", "//"])
  func unknown(path: String) async throws {
    try await withServer { server, fetcher in
      let response = try await fetcher.get(server.url(path))
      #expect(response.status == (path == "//" ? 200 : 404))
    }
  }

  @Test("HEAD has the headers of GET and no body")
  func head() async throws {
    try await withServer { server, fetcher in
      let response = try await fetcher.fetch(FetchRequest(method: "HEAD", url: server.url("/get")))
      #expect(response.status == 200)
      #expect(response.header("content-length").flatMap { Int($0) } ?? 0 > 0)
      #expect(response.body.isEmpty)
      let next = try await fetcher.get(server.url("/get"))
      #expect(next.status == 200)
    }
  }

  @Test("The greatest number of open requests is counted, and /stats tells it")
  func statistics() async throws {
    var configuration = HTTPFetcher.Configuration()
    configuration.maximumInFlight = 10
    try await withServer(configuration) { server, fetcher in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<50 {
          group.addTask { _ = try await fetcher.get(server.url("/delay/0.5")) }
        }
        try await group.waitForAll()
      }
      #expect(server.statistics.requests == 50)
      #expect(server.statistics.inFlight == 0)
      #expect(server.statistics.peakInFlight == 10)
      let json = try object(try await fetcher.get(server.url("/stats")))
      #expect(json["peak"] as? Int == 10)
      #expect(json["requests"] as? Int == 50)
      #expect(json["inFlight"] as? Int == 0)
    }
  }

  @Test("A body beyond 16 MiB is refused")
  func hugeRequest() async throws {
    try await withServer { server, fetcher in
      let body = [UInt8](repeating: 0, count: (16 << 20) + 1)
      let request = FetchRequest(method: "POST", url: server.url("/post"), body: body)
      // The server closes while the client may still be sending; either end of that race is right.
      let failure = await fetcher.failure(of: request)
      #expect(failure == nil || failure?.kind == .connectionClosed)
      #expect(await eventually { server.statistics.openConnections == 0 })
    }
  }

  @Test("Stopping lets an open request end and closes the rest")
  func stop() async throws {
    try await withFetcher { fetcher in
      let server = try await LoopbackServer.start()
      _ = try await fetcher.get(server.url("/get"))
      async let slow = fetcher.get(server.url("/delay/0.8"))
      #expect(await eventually { server.statistics.inFlight == 1 })
      await server.stop()
      #expect(try await slow.status == 200)
      #expect(server.statistics.openConnections == 0)
      let failure = await fetcher.failure(of: .get(server.url("/get")))
      #expect(failure?.kind == .connectionRefused)
    }
  }

  @Test("A port that is taken is an error")
  func portInUse() async throws {
    let server = try await LoopbackServer.start()
    await #expect(throws: IOError.self) { try await LoopbackServer.start(port: server.port) }
    await server.stop()
  }
}
