import NIOConcurrencyHelpers
public import Weft
public import WeftMachine

/// Carries out fetches with AsyncHTTPClient: connections are kept and used again, HTTP/2 is spoken where the server
/// offers it over TLS, gzip and deflate bodies are unpacked, redirects are followed.
///
/// Nothing is created before the first request: no thread, no socket. A fetcher that has been used should be shut
/// down; one that is merely dropped closes its connections in the background.
///
/// ```swift
/// let fetcher = HTTPFetcher()
/// let response = try await fetcher.fetch(FetchRequest(method: "GET", url: "http://127.0.0.1:8080/get"))
/// print(response.status, response.body.count)
/// await fetcher.shutdown()
/// ```
public final class HTTPFetcher: Fetcher, Sendable {
  enum State {
    case unused
    case running(FetchEngine)
    case shutDown
  }

  private let configuration: Configuration
  private let state = NIOLockedValueBox(State.unused)

  public init(_ configuration: Configuration = Configuration()) {
    self.configuration = configuration
  }

  deinit {
    // AsyncHTTPClient traps in debug builds when it is dropped while it runs.
    if case .running(let engine) = state.withLockedValue({ $0 }) { engine.shutdown {} }
  }

  /// Sends `request` and collects the whole answer, whatever its status. Cancelling the calling task closes the
  /// exchange at once; its connection isn't used again.
  ///
  /// - Throws: `FetchFailure`; its message names the host or the URL, and its hint says what to try.
  public func fetch(_ request: FetchRequest) async throws(FetchFailure) -> FetchResponse {
    let exchange = try Exchange(request, engine: engine())
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        exchange.start { continuation.resume(returning: $0) }
      }
    } onCancel: {
      exchange.cancel()
    }
    return try result.get()
  }

  /// Sends `request` and calls `completion` once, on an event loop's thread, from which it must return soon; or on
  /// the caller's thread, if the request cannot even be sent.
  ///
  /// This is `fetch` without a task: a driver that posts into a mailbox saves the hops through the executors.
  ///
  /// ```swift
  /// let exchange = fetcher.start(request) { result in mailbox.post(result) }
  /// exchange.cancel()  // `completion` gets a failure of kind `cancelled`, unless the answer was faster
  /// ```
  @discardableResult
  public func start(
    _ request: FetchRequest, completion: @escaping @Sendable (Result<FetchResponse, FetchFailure>) -> Void
  ) -> any FetchCancelling {
    do {
      let exchange = try Exchange(request, engine: engine())
      exchange.start(completion)
      return exchange
    } catch {
      completion(.failure(error))
      return NothingToCancel()
    }
  }

  /// Ends every exchange, closes every connection and stops the threads. Requests that follow fail.
  public func shutdown() async {
    let previous = state.withLockedValue { state in
      defer { state = .shutDown }
      return state
    }
    guard case .running(let engine) = previous else { return }
    await withCheckedContinuation { continuation in
      engine.shutdown { continuation.resume() }
    }
  }

  private func engine() throws(FetchFailure) -> FetchEngine {
    let engine: FetchEngine? = state.withLockedValue { state in
      switch state {
      case .running(let engine): return engine
      case .unused:
        let engine = FetchEngine(configuration)
        state = .running(engine)
        return engine
      case .shutDown: return nil
      }
    }
    guard let engine else { throw .shutDown }
    return engine
  }
}

private struct NothingToCancel: FetchCancelling {
  func cancel() {}
}
