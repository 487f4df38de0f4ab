public import WeftMachine

/// Carries out HTTP requests for a driver.
public protocol Fetcher: Sendable {
  /// Sends `request` and collects the whole answer. Cancelling the calling Swift task closes the exchange.
  func fetch(_ request: FetchRequest) async throws(FetchFailure) -> FetchResponse
  /// Closes every connection. No request may follow.
  func shutdown() async
}
