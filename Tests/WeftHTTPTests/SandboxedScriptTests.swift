import Testing
import Weft
import WeftHTTP

/// Scripts of an `Interpreter` whose network is a few servers.
@Suite struct SandboxedScriptTests {
  private func run(_ source: String, _ server: RawServer, _ change: (inout Interpreter) -> Void = { _ in }) async throws
    -> WeftValue
  {
    var weft = Interpreter()
    weft.capabilities.append(.network(hosts: ["127.0.0.1:\(server.port)"]))
    change(&weft)
    let script = try weft.compile("param url = \"\"\n" + source)
    return try await script.run(with: ["url": .string(server.url)]).value
  }

  /// A server that sends pieces and never an end.
  private func endless(_ pieces: Int) async throws -> RawServer {
    let piece = "10000\r\n" + String(repeating: "x", count: 1 << 16) + "\r\n"
    return try await RawServer(
      answer: "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + String(repeating: piece, count: pieces))
  }

  @Test func anAnswerWithoutEndIsCutAtTheLimit() async throws {
    let server = try await endless(40)
    let value = try await run("try { fetch(url) } catch FetchError as e { [e.reason, e.hint] }", server) {
      $0.limits.response = .megabytes(1)
    }
    #expect(value == ["bodyTooLarge", "`limit:` allows more, up to what the host sets as `limits.response`"])
    await server.stop()
  }

  @Test func aLimitOfTheScriptCannotRaiseTheOneOfTheHost() async throws {
    let server = try await endless(40)
    let value = try await run("try { fetch(url, limit: 100GB) } catch FetchError as e { e.reason }", server) {
      $0.limits.response = .megabytes(1)
    }
    #expect(value == "bodyTooLarge")
    await server.stop()
  }

  @Test func answersCountForTheMemory() async throws {
    let body = String(repeating: "x", count: 1_000_000)
    let head = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 1000000\r\n\r\n"
    let server = try await RawServer(answer: head + body, then: .close)
    let error = await #expect(throws: RunError.self) {
      try await run("let all = [fetch(url).bytes for i in 1...100]\nlen(all)", server) {
        $0.limits.memory = .megabytes(4)
      }
    }
    #expect(error?.message == "the run's memory limit of 4000000 bytes was crossed")
    #expect(error?.report?.hint == "the host sets it as `limits.memory`")
    #expect((error?.result?.peakMemory ?? .max) <= 4_100_000)
    await server.stop()
  }

  @Test func anotherServerIsOutOfReach() async throws {
    let server = try await endless(0)
    let value = try await run(
      "try { fetch(\"http://127.0.0.1:1/\") } catch FetchError as e { [e.reason, e.message] }", server)
    #expect(value == ["notAllowed", "this run may not speak with 127.0.0.1:1"])
    #expect(server.seen.opened == 0)
    await server.stop()
  }

  @Test func withoutANetworkThereIsNoFetch() throws {
    let error = #expect(throws: CompileError.self) { try Interpreter().compile("fetch(\"http://127.0.0.1/\")") }
    #expect(
      error?.diagnostics.first?.message == "`fetch` is not there: the host of this script does not grant the network")
    #expect(
      error?.diagnostics.first?.hint
        == "a host grants it by `.network(hosts: …)`, and a sandbox by `--allow-net`")
  }
}
