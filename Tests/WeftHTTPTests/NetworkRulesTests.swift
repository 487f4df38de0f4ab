import NIOCore
import Testing
import WeftMachine

@testable import WeftHTTP

@Suite struct NetworkRulesTests {
  private func configuration(_ hosts: String..., privately: Bool = false) -> HTTPFetcher.Configuration {
    var configuration = HTTPFetcher.Configuration()
    configuration.rules = NetworkRules(hosts: hosts, allowsPrivateAddresses: privately)
    return configuration
  }

  @Test(arguments: [
    ("api.example.com", "http://api.example.com/x", true),
    ("api.example.com", "https://API.example.com:8443/x", true),
    ("api.example.com", "http://api.example.com./", true),
    ("api.example.com:443", "https://api.example.com/", true),
    ("api.example.com:443", "http://api.example.com/", false),
    ("example.com", "http://api.example.com/", false),
    ("example.com", "http://badexample.com/", false),
    ("*.example.com", "http://api.example.com/", true),
    ("*.example.com", "http://a.b.example.com:8080/", true),
    ("*.example.com", "http://example.com/", false),
    ("*.example.com", "http://badexample.com/", false),
    ("*.example.com:80", "http://api.example.com/", true),
    ("*.example.com:80", "https://api.example.com/", false),
    ("*", "http://whatever/", true),
    ("127.0.0.1:8080", "http://127.0.0.1:8080/", true),
    ("127.0.0.1:8080", "http://127.0.0.1/", false),
    ("[::1]:8080", "http://[::1]:8080/", true),
    ("::1", "http://[::1]:9/", true),
    ("api.example.com", "http://api.example.com@evil.com/", false),
  ]) func hosts(_ pattern: String, _ url: String, _ isAllowed: Bool) throws {
    let refusal = NetworkRules(hosts: [pattern]).refusal(of: try RequestTarget(url))
    #expect((refusal == nil) == isAllowed)
  }

  @Test(arguments: [
    ("127.0.0.1", true), ("127.8.8.8", true), ("10.1.2.3", true), ("172.16.0.1", true), ("172.31.255.255", true),
    ("172.32.0.1", false), ("192.168.1.1", true), ("169.254.169.254", true), ("100.64.0.1", true), ("0.0.0.0", true),
    ("224.0.0.1", true), ("255.255.255.255", true), ("8.8.8.8", false), ("192.0.2.1", true), ("198.18.0.1", true),
    ("::1", true), ("::", true), ("fe80::1", true), ("fc00::1", true), ("fd12::1", true), ("ff02::1", true),
    ("::ffff:127.0.0.1", true), ("::ffff:8.8.8.8", false), ("64:ff9b::10.0.0.1", true), ("2002:7f00:1::", true),
    ("2606:4700::1111", false),
  ]) func privateAddresses(_ address: String, _ isPrivate: Bool) throws {
    #expect(NetworkRules.isPrivate(try SocketAddress(ipAddress: address, port: 80)) == isPrivate)
  }

  @Test func aServerThatIsNotNamedIsNotAsked() async throws {
    try await withServer(configuration("api.example.com")) { server, fetcher in
      let failure = await fetcher.failure(of: .get(server.url("/get")))
      #expect(failure?.kind == .notAllowed)
      #expect(failure?.message == "this run may not speak with 127.0.0.1:\(server.port)")
      #expect(failure?.hint == "it may speak with api.example.com")
    }
  }

  @Test func anAddressThatIsNamedIsAsked() async throws {
    let server = try await LoopbackServer.start()
    try await withFetcher(configuration("127.0.0.1:\(server.port)")) { fetcher in
      let answer = try await fetcher.get(server.url("/redirect/2"))
      #expect(answer.status == 200)
    }
    await server.stop()
  }

  /// All of these are 127.0.0.1 to the system.
  @Test(arguments: ["127.0.0.1", "127.1", "0x7f000001", "2130706433", "[::ffff:127.0.0.1]"])
  func noDisguiseHelps(_ host: String) async throws {
    try await withServer(configuration("*")) { server, fetcher in
      let failure = await fetcher.failure(of: .get("http://\(host):\(server.port)/get"))
      #expect(failure?.kind == .notAllowed)
    }
  }

  @Test func theHostMayAllowItsOwnNetwork() async throws {
    try await withServer(configuration("*", privately: true)) { server, fetcher in
      let answer = try await fetcher.get(server.url("/get"))
      #expect(answer.status == 200)
    }
  }

  /// Where a server that may be asked leads with a redirect.
  private func failure(redirectedTo target: String, _ hosts: String...) async throws -> FetchFailure? {
    let first = try await RawServer(
      answer: "HTTP/1.1 302 Found\r\nlocation: \(target)\r\ncontent-length: 0\r\n\r\n")
    var configuration = HTTPFetcher.Configuration()
    configuration.rules = NetworkRules(hosts: ["127.0.0.1:\(first.port)"] + hosts)
    let failure = try await withFetcher(configuration) { await $0.failure(of: .get(first.url)) }
    await first.stop()
    return failure
  }

  @Test func aRedirectIsHeldToTheHosts() async throws {
    let secret = try await RawServer(answer: "HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nsecret")
    let failure = try await failure(redirectedTo: secret.url)
    #expect(failure?.kind == .notAllowed)
    #expect(failure?.message == "this run may not speak with 127.0.0.1:\(secret.port)")
    #expect(secret.seen.opened == 0)
    await secret.stop()
  }

  @Test(arguments: [
    "http://169.254.169.254/latest/meta-data/", "http://10.0.0.1/", "http://[::1]:9/", "http://localhost:9/",
    "http://[::ffff:10.0.0.1]/", "http://0/", "//127.0.0.1:9/",
  ]) func aRedirectDoesNotLeadIntoTheHostsNetwork(_ target: String) async throws {
    let failure = try await failure(redirectedTo: target, "*")
    #expect(failure?.kind == .notAllowed)
    #expect(failure?.message.contains("leads to a private address") == true)
  }
}
