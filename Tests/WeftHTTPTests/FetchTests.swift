import Foundation
import NIOConcurrencyHelpers
import Testing
import Weft
import WeftHTTP
import WeftMachine

@Suite("Fetch")
struct FetchTests {
  @Test("Connections are used again")
  func reuse() async throws {
    try await withServer { server, fetcher in
      for _ in 0..<20 { _ = try await fetcher.get(server.url("/get")) }
      #expect(server.statistics.requests == 20)
      #expect(server.statistics.connections == 1)
    }
  }

  @Test("A redirect's connection is used again, and the response names the last URL")
  func redirects() async throws {
    try await withServer { server, fetcher in
      let response = try await fetcher.get(server.url("/redirect/10"))
      #expect(response.status == 200)
      #expect(response.url == server.url("/get"))
      #expect(server.statistics.connections == 1)
    }
  }

  @Test("Eleven redirects are too many")
  func tooManyRedirects() async throws {
    try await withServer { server, fetcher in
      let failure = await fetcher.failure(of: .get(server.url("/redirect/11")))
      #expect(failure?.kind == .tooManyRedirects)
      #expect(
        failure?.message == "more than 10 redirects, the last from \"\(server.url("/redirect/1"))\" to \"/get\"")
    }
  }

  @Test("With a limit of 0, the redirect itself is the answer")
  func noRedirects() async throws {
    var configuration = HTTPFetcher.Configuration()
    configuration.redirectLimit = 0
    try await withServer(configuration) { server, fetcher in
      let response = try await fetcher.get(server.url("/redirect/3"))
      #expect(response.status == 302)
      #expect(response.header("location") == "/redirect/2")
    }
  }

  @Test("POST becomes GET after 302 and 303, and stays POST after 307", arguments: [302, 303, 307])
  func redirectedPost(status: Int) async throws {
    try await withServer { server, fetcher in
      let target = status == 307 ? "/post" : "/get"
      let raw = try await RawServer(
        answer: "HTTP/1.1 \(status) Moved\r\nlocation: \(server.url(target))\r\ncontent-length: 0\r\n\r\n")
      let response = try await fetcher.fetch(
        FetchRequest(
          method: "POST", url: raw.url, headers: [("content-type", "text/plain"), ("authorization", "secret")],
          body: Array("hello".utf8)))
      await raw.stop()
      #expect(response.status == 200)
      #expect(response.text.contains("hello") == (status == 307))
      #expect(response.text.contains("text/plain") == (status == 307))
      // Another port is another server.
      #expect(!response.text.contains("secret"))
      #expect(raw.seen.received.contains("secret"))
    }
  }

  @Test("A redirect to what fetch can't speak is an error")
  func redirectElsewhere() async throws {
    try await withFetcher { fetcher in
      let raw = try await RawServer(
        answer: "HTTP/1.1 302 Found\r\nlocation: file:///etc/passwd\r\ncontent-length: 0\r\n\r\n")
      let failure = await fetcher.failure(of: .get(raw.url))
      await raw.stop()
      #expect(failure?.kind == .invalidURL)
      #expect(failure?.message.contains("redirects to \"file:///etc/passwd\"") == true)
    }
  }

  @Test("User and password of a URL are sent as basic authorization")
  func credentials() async throws {
    try await withServer { server, fetcher in
      let response = try await fetcher.get("http://me:s%40fe@127.0.0.1:\(server.port)/headers")
      #expect(response.text.contains("Basic \(Data("me:s@fe".utf8).base64EncodedString())"))
    }
  }

  @Test("Names of headers come in lower case, each value by itself")
  func headers() async throws {
    try await withFetcher { fetcher in
      let raw = try await RawServer(
        answer: "HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nX-Y: z\r\nContent-Length: 2\r\n\r\nok")
      let response = try await fetcher.get(raw.url)
      await raw.stop()
      #expect(
        response.headers.map { "\($0.name)=\($0.value)" }.prefix(3) == ["set-cookie=a=1", "set-cookie=b=2", "x-y=z"])
      #expect(response.text == "ok")
    }
  }

  @Test("A body of exactly the limit is taken, one byte more is not", arguments: ["/bytes/5000?seed=1", "/stream/100"])
  func bodyLimit(path: String) async throws {
    try await withServer { server, fetcher in
      let size = try await fetcher.get(server.url(path)).body.count
      var request = FetchRequest.get(server.url(path))
      request.bodyLimit = size
      #expect(try await fetcher.fetch(request).body.count == size)
      request.bodyLimit = size - 1
      let failure = await fetcher.failure(of: request)
      #expect(failure?.kind == .bodyTooLarge)
      #expect(
        failure?.message == "the body from 127.0.0.1:\(server.port) is larger than the limit of \(size - 1) bytes")
    }
  }

  @Test("A body beyond the limit isn't read to its end: the connection closes")
  func bodyLimitCloses() async throws {
    try await withServer { server, fetcher in
      var request = FetchRequest.get(server.url("/bytes/16777216"))
      request.bodyLimit = 1_000
      #expect(await fetcher.failure(of: request)?.kind == .bodyTooLarge)
      #expect(await eventually { server.statistics.openConnections == 0 })
      // The same without a length in advance.
      request.url = server.url("/stream/10000")
      #expect(await fetcher.failure(of: request)?.kind == .bodyTooLarge)
      #expect(await eventually { server.statistics.openConnections == 0 })
    }
  }

  @Test("A gzip bomb is stopped at the limit")
  func bomb() async throws {
    // 1 GiB of zeros, twice compressed by the `gzip` command would still be large to check in; 64 MiB are made here.
    let bomb = try gzip(zeros: 64 << 20)
    #expect(bomb.count < 1 << 20)
    let head = "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: \(bomb.count)\r\n\r\n"
    try await withFetcher { fetcher in
      let raw = try await RawServer(answer: Array(head.utf8) + bomb)
      var request = FetchRequest.get(raw.url)
      request.bodyLimit = 1 << 20
      let failure = await fetcher.failure(of: request)
      #expect(failure?.kind == .bodyTooLarge)
      #expect(failure?.message.hasSuffix("is larger than the limit of 1 MiB") == true)
      #expect(await eventually { raw.seen.closed == 1 })
      await raw.stop()
    }
  }

  private func gzip(zeros: Int) throws -> [UInt8] {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", "head -c \(zeros) /dev/zero | gzip -9"]
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Array(data)
  }

  @Test("Cancelling closes the exchange")
  func cancellation() async throws {
    try await withServer { server, fetcher in
      let task = Task { await fetcher.failure(of: .get(server.url("/delay/60"))) }
      #expect(await eventually { server.statistics.inFlight == 1 })
      task.cancel()
      #expect(await task.value?.kind == .cancelled)
      #expect(await eventually { server.statistics.openConnections == 0 && server.statistics.inFlight == 0 })
    }
  }

  @Test("Cancelling in the middle of a body closes the exchange")
  func cancellationInBody() async throws {
    try await withFetcher { fetcher in
      let raw = try await RawServer(answer: "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf")
      let task = Task { await fetcher.failure(of: .get(raw.url)) }
      #expect(await eventually { !raw.seen.received.isEmpty })
      task.cancel()
      #expect(await task.value?.kind == .cancelled)
      #expect(await eventually { raw.seen.closed == raw.seen.opened })
      await raw.stop()
    }
  }

  @Test("A task that is cancelled already sends nothing")
  func cancelledBefore() async throws {
    try await withServer { server, fetcher in
      let task = Task {
        withUnsafeCurrentTask { $0?.cancel() }
        return await fetcher.failure(of: .get(server.url("/get")))
      }
      #expect(await task.value == FetchFailure(.cancelled, "the request was cancelled"))
      #expect(server.statistics.requests == 0)
    }
  }

  @Test("Cancelling while waiting for a permit leaks none")
  func cancellationInQueue() async throws {
    var configuration = HTTPFetcher.Configuration()
    configuration.maximumInFlight = 2
    try await withServer(configuration) { server, fetcher in
      let slow = (0..<2).map { _ in Task { await fetcher.failure(of: .get(server.url("/delay/60"))) } }
      #expect(await eventually { server.statistics.inFlight == 2 })
      let queued = (0..<10).map { _ in Task { await fetcher.failure(of: .get(server.url("/get"))) } }
      for task in queued { task.cancel() }
      for task in queued { #expect(await task.value?.kind == .cancelled) }
      for task in slow { task.cancel() }
      for _ in 0..<4 { _ = try await fetcher.get(server.url("/get")) }
      #expect(server.statistics.peakInFlight == 2)
    }
  }

  @Test("The time limit covers waiting for the answer, its body and a permit")
  func timeouts() async throws {
    var configuration = HTTPFetcher.Configuration()
    configuration.maximumInFlight = 1
    try await withServer(configuration) { server, fetcher in
      var request = FetchRequest.get(server.url("/delay/60"))
      request.timeout = seconds / 10
      let authority = "127.0.0.1:\(server.port)"
      #expect(await fetcher.failure(of: request) == FetchFailure(.timeout, "no answer from \(authority) within 100ms"))
      #expect(await eventually { server.statistics.openConnections == 0 })

      let raw = try await RawServer(answer: "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf")
      request.url = raw.url
      #expect(
        await fetcher.failure(of: request)
          == FetchFailure(.timeout, "the answer from 127.0.0.1:\(raw.port) was not complete within 100ms"))
      #expect(await eventually { raw.seen.closed == 1 })
      await raw.stop()

      let slow = Task { await fetcher.failure(of: .get(server.url("/delay/60"))) }
      #expect(await eventually { server.statistics.inFlight == 1 })
      request.url = server.url("/get")
      #expect(
        await fetcher.failure(of: request)
          == FetchFailure(.timeout, "no connection was free for \(authority) within 100ms"))
      slow.cancel()
      _ = await slow.value
    }
  }

  @Test("A completion is called once, and cancelling after it does nothing")
  func callbacks() async throws {
    try await withServer { server, fetcher in
      let calls = NIOLockedValueBox<[Result<FetchResponse, FetchFailure>]>([])
      let good = fetcher.start(.get(server.url("/get"))) { result in calls.withLockedValue { $0.append(result) } }
      #expect(await eventually { calls.withLockedValue { $0.count } == 1 })
      good.cancel()
      let first = try calls.withLockedValue { try $0[0].get() }
      #expect(first.status == 200)
      fetcher.start(.get("nonsense")) { result in calls.withLockedValue { $0.append(result) } }
      #expect(calls.withLockedValue { $0.count } == 2)
      let slow = fetcher.start(.get(server.url("/delay/60"))) { result in calls.withLockedValue { $0.append(result) } }
      slow.cancel()
      slow.cancel()
      #expect(await eventually { calls.withLockedValue { $0.count } == 3 })
    }
  }

  @Test("Shutting down ends what runs and what waits, and closes every connection")
  func shutdown() async throws {
    var configuration = HTTPFetcher.Configuration()
    configuration.maximumInFlight = 5
    let server = try await LoopbackServer.start()
    let fetcher = HTTPFetcher(configuration)
    let tasks = (0..<10).map { _ in Task { await fetcher.failure(of: .get(server.url("/delay/60"))) } }
    #expect(await eventually { server.statistics.inFlight == 5 })
    await fetcher.shutdown()
    for task in tasks { #expect(await task.value?.kind == .cancelled) }
    #expect(await eventually { server.statistics.openConnections == 0 })
    #expect(
      await fetcher.failure(of: .get(server.url("/get"))) == FetchFailure(.cancelled, "the HTTP client is shut down"))
    await fetcher.shutdown()
    await server.stop()
  }

  @Test("A fetcher that is dropped without a shutdown closes its connections")
  func dropped() async throws {
    let server = try await LoopbackServer.start()
    do {
      let fetcher = HTTPFetcher()
      _ = try await fetcher.get(server.url("/get"))
    }
    #expect(await eventually { server.statistics.openConnections == 0 })
    await server.stop()
  }
}
