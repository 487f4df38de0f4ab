import Foundation
import Testing
import Weft

/// `fetch` against a real nginx: what it is like to live with a server that counts. With `WEFT_INTEGRATION=1` only.
@Suite(.serialized, .enabled(if: RealRun.isLongWanted, "takes long: set WEFT_INTEGRATION=1"), .needsNginx)
struct NginxTests {
  /// Runs a script with `base` set, and expects what it prints.
  private func expect(_ text: String, prints expected: String, at nginx: Nginx) async throws {
    let script = try Script(compiling: "param base = \"\"\n" + text)
    let (result, output) = try await RealRun.of(script, base: nginx.base)
    #expect(script.complaint(about: result) == "")
    #expect(output == expected)
    #expect(result.leftovers.isClean)
  }

  @Test(arguments: [(at: 1, requests: 50), (at: 8, requests: 400), (at: 64, requests: 4_000)])
  func connectionsAreUsedAgainAndClosed(at count: Int, requests: Int) async throws {
    try await Nginx.serve { nginx in
      try await expect(
        """
        let sizes = semaphore(\(count)) {
          gather for n in 1...\(requests) { fetch("\\(base)/small.txt?n=\\(n)").check().size }
        }
        print(len(sizes), sum(sizes))
        """, prints: "\(requests) \(requests * Nginx.smallSize)\n", at: nginx)
      let seen = try await nginx.requests()
      #expect(seen.count == requests)
      #expect(seen.allSatisfy { $0.status == 200 })
      #expect(Set(seen.map(\.connection)).count <= count)
      // The run has ended, and with it its client.
      #expect(try await nginx.openConnections() == 0)
    }
  }

  @Test func compressedBodiesAreUnpacked() async throws {
    try await Nginx.serve { nginx in
      try await expect(
        """
        let page = fetch("\\(base)/zipped.txt").check()
        print(page.size, page.text == "z" * \(Nginx.zippedSize))
        """, prints: "\(Nginx.zippedSize) true\n", at: nginx)
      let sent = try #require(try await nginx.requests().first)
      #expect(sent.bytes < Nginx.zippedSize / 10)
    }
  }

  @Test func redirectsAreFollowed() async throws {
    try await Nginx.serve { nginx in
      try await expect(
        """
        let page = fetch("\\(base)/moved")
        print(page.status, page.size, page.url == "\\(base)/small.txt")
        try { fetch("\\(base)/around") } catch FetchError as e { print(e.reason) }
        """, prints: "200 \(Nginx.smallSize) true\ntooManyRedirects\n", at: nginx)
      #expect(try await nginx.requests().prefix(2).map(\.status) == [302, 200])
    }
  }

  @Test func aMissingPageIsAnAnswer() async throws {
    try await Nginx.serve { nginx in
      try await expect(
        """
        let page = fetch("\\(base)/nothing")
        print(page.status, page.ok)
        try { page.check() } catch HTTPError as e { print(e.status) }
        """, prints: "404 false\n404\n", at: nginx)
    }
  }

  @Test func aLargeBodyArrivesWhole() async throws {
    try await Nginx.serve { nginx in
      try await expect(
        """
        print(sum(gather for n in 1...3 { fetch("\\(base)/large.bin").check().size }))
        try { fetch("\\(base)/large.bin", limit: 1MB) } catch FetchError as e { print(e.reason) }
        """, prints: "\(3 * Nginx.largeSize)\nbodyTooLarge\n", at: nginx)
      #expect(try await nginx.openConnections() == 0)
    }
  }

  @Test func cancelledRequestsLeaveNothingOpen() async throws {
    try await Nginx.serve { nginx in
      try await expect(
        """
        let winners = gather for n in 1...50 {
          race { fetch("\\(base)/small.txt").status; fetch("\\(base)/large.bin").status }
        }
        print(len(winners), winners.unique())
        """, prints: "50 [200]\n", at: nginx)
      #expect(try await nginx.openConnections() == 0)
    }
  }
}
