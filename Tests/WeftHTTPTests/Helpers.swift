import Weft
import WeftHTTP
import WeftMachine

/// A server and a client for one test; both are gone when it ends.
func withServer<Result>(
  _ configuration: HTTPFetcher.Configuration = .init(),
  _ body: (LoopbackServer, HTTPFetcher) async throws -> Result
) async throws -> Result {
  let server = try await LoopbackServer.start()
  return try await withFetcher(configuration) { fetcher in
    do {
      let result = try await body(server, fetcher)
      await server.stop()
      return result
    } catch {
      await server.stop()
      throw error
    }
  }
}

func withFetcher<Result>(
  _ configuration: HTTPFetcher.Configuration = .init(), _ body: (HTTPFetcher) async throws -> Result
) async throws -> Result {
  let fetcher = HTTPFetcher(configuration)
  do {
    let result = try await body(fetcher)
    await fetcher.shutdown()
    return result
  } catch {
    await fetcher.shutdown()
    throw error
  }
}

extension LoopbackServer {
  func url(_ path: String) -> String { "http://127.0.0.1:\(port)\(path)" }
}

extension FetchRequest {
  static func get(_ url: String) -> FetchRequest { FetchRequest(method: "GET", url: url) }
}

extension FetchResponse {
  var text: String { String(decoding: body, as: UTF8.self) }
  func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}

extension HTTPFetcher {
  func get(_ url: String) async throws(FetchFailure) -> FetchResponse { try await fetch(.get(url)) }

  /// The failure that `request` must end in; nil if it gets an answer.
  func failure(of request: FetchRequest) async -> FetchFailure? {
    do {
      _ = try await fetch(request)
      return nil
    } catch {
      return error
    }
  }
}

/// Waits for `condition`, which another thread makes true soon. Not a measure of time: the bound is only there so that
/// a broken test ends.
func eventually(_ condition: () -> Bool) async -> Bool {
  for _ in 0..<2_000 {
    if condition() { return true }
    try? await Task.sleep(for: .milliseconds(5))
  }
  return condition()
}

let seconds: Int64 = 1_000_000_000
