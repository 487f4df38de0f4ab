import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import WeftMachine

/// What AsyncHTTPClient tells about the answer, on an event loop.
extension Exchange: HTTPClientResponseDelegate {
  typealias Response = Void

  /// The body of a redirect is read up to this size, so that its connection can be used again; beyond it, closing
  /// the connection costs less.
  private static let skippedLimit = 16 << 10

  /// Ends the task; `ended` knows the reason from the exchange's state.
  private struct BrokenOff: Error {}

  func didReceiveHead(task: HTTPClient.Task<Void>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
    let goesOn = state.withLockedValue { state in
      state.answer.head = head
      if engine.configuration.redirectLimit > 0, Hop.redirectStatuses.contains(head.status.code) {
        state.answer.location = head.headers.first(name: "location")
      }
      guard state.answer.location == nil, state.hop.method != "HEAD",
        let length = head.headers.first(name: "content-length").flatMap({ Int($0) })
      else { return true }
      if length > bodyLimit {
        state.stopped = state.stopped ?? tooLarge(state.hop)
        return false
      }
      // A server can claim any length; what is set aside in advance stays small.
      state.answer.body.reserveCapacity(min(length, 1 << 20))
      return true
    }
    return goesOn ? task.eventLoop.makeSucceededVoidFuture() : task.eventLoop.makeFailedFuture(BrokenOff())
  }

  func didReceiveBodyPart(task: HTTPClient.Task<Void>, _ buffer: ByteBuffer) -> EventLoopFuture<Void> {
    let goesOn = state.withLockedValue { state in
      if state.answer.location != nil {
        state.answer.skipped += buffer.readableBytes
        return state.answer.skipped <= Self.skippedLimit
      }
      guard state.answer.body.count + buffer.readableBytes <= bodyLimit else {
        state.stopped = state.stopped ?? tooLarge(state.hop)
        return false
      }
      state.answer.body.append(contentsOf: buffer.readableBytesView)
      return true
    }
    return goesOn ? task.eventLoop.makeSucceededVoidFuture() : task.eventLoop.makeFailedFuture(BrokenOff())
  }

  func didFinishRequest(task: HTTPClient.Task<Void>) {}

  private func tooLarge(_ hop: Hop) -> FetchFailure { .bodyTooLarge(target: hop.target, limit: bodyLimit) }

  /// The task of the current hop is over: finishes the exchange, or follows the redirect.
  func ended(_ result: Result<Void, any Error>) {
    let (hop, answer, stopped, redirects, queued) = state.withLockedValue { state in
      defer { state.answer = Answer() }
      return (state.hop, state.answer, state.stopped, state.redirects, state.queued)
    }
    if let stopped { return finish(.failure(stopped), holdsPermit: true) }
    if let head = answer.head, let location = answer.location {
      return follow(location, status: head.status.code, from: hop, redirects: redirects)
    }
    switch (result, answer.head) {
    case (.success, let head?):
      let headers = head.headers.map { (name: lowercased($0.name), value: $0.value) }
      let response = FetchResponse(
        status: Int(head.status.code), headers: headers, body: answer.body, url: hop.url, queued: queued)
      finish(.success(response), holdsPermit: true)
    case (.success, nil):
      finish(.failure(.closed(target: hop.target, hasHead: false)), holdsPermit: true)
    case (.failure(let error), let head):
      let failure = FetchFailure(
        mapping: error, target: hop.target, hasHead: head != nil, bodyLimit: bodyLimit,
        configuration: engine.configuration)
      guard failure == .untrustedCertificate(hop.target) else { return finish(.failure(failure), holdsPermit: true) }
      // BoringSSL doesn't say what is wrong with a certificate; a second look does.
      CertificateInspection.run(hop.target, group: engine.group) { finding in
        let stopped = self.state.withLockedValue(\.stopped)
        self.finish(.failure(stopped ?? finding ?? failure), holdsPermit: true)
      }
    }
  }

  private func follow(_ location: String, status: UInt, from hop: Hop, redirects: Int) {
    guard redirects < engine.configuration.redirectLimit else {
      let failure = FetchFailure(
        .tooManyRedirects,
        "more than \(engine.configuration.redirectLimit) redirects, the last from \(quoted(hop.url)) to \(quoted(location))"
      )
      return finish(.failure(failure), holdsPermit: true)
    }
    do {
      let next = try hop.redirected(to: location, status: status, prototypes: engine.prototypes)
      state.withLockedValue { state in
        state.hop = next
        state.redirects = redirects + 1
        state.phase = .launching
      }
      launch()
    } catch {
      finish(.failure(error), holdsPermit: true)
    }
  }
}

/// Most servers, and all of HTTP/2, send names in lower case already.
private func lowercased(_ name: String) -> String {
  name.utf8.contains { (0x41...0x5A).contains($0) } ? name.lowercased() : name
}
