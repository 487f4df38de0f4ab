public import WeftMachine

/// Carries out HTTP requests for a driver.
public protocol Fetcher: Sendable {
  /// Sends `request` and calls `completion` once with the whole answer, on any thread, from which it returns soon.
  func start(
    _ request: FetchRequest, completion: @escaping @Sendable (Result<FetchResponse, FetchFailure>) -> Void
  ) -> any FetchCancelling

  /// Ends every exchange and closes every connection. No request may follow.
  func shutdown() async
}

/// A request that can be called off.
public protocol FetchCancelling: Sendable {
  /// Closes the exchange. Does nothing once the request has ended.
  func cancel()
}
