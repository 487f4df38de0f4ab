import WeftCompiler

/// Answers of mocks to `fetch`. They come by the fiber's own timer: no driver has to do with them.
extension Machine {
  func awaitMock(
    _ slot: UnsafeMutablePointer<Value>, _ request: FetchRequest, _ fiber: FiberPointer, register: Int
  ) throws(Thrown) {
    var (answer, delay) = try mockedAnswer(slot[7], url: slot[0], method: request.method)
    if let timeout = request.timeout, timeout < delay {
      heap.release(answer)
      answer = timeoutError(request).error
      delay = timeout
    }
    for index in 0..<8 { consume(slot + index, heap) }
    nextTicket += 1
    tickets[nextTicket] = PendingFetch(
      fiber: fiber, method: request.method, url: request.url, startedAt: now, answer: answer)
    fiber.pointee.target = UnsafeMutableRawPointer(bitPattern: UInt(nextTicket))
    fiber.pointee.wait = .fetch
    fiber.pointee.resultRegister = Int32(register)
    core.pointee.fiber = nil
    if core.pointee.isObserved { noteFetch(fiber, nextTicket, request) }
    setTimer(timerNode(fiber), after: delay, answering: nextTicket)
  }

  private func timeoutError(_ request: FetchRequest) -> Thrown {
    raise(.timeoutError, "no answer from `\(request.url)` within the `timeout` of this request")
  }

  /// The response that a mock's answer stands for, with the time until it comes.
  private func mockedAnswer(_ answer: Value, url: Value, method: String) throws(Thrown) -> (Value, Int64) {
    let block = ResponseBlock(heap.allocate(kind: Kind.response, size: ResponseBlock.size))
    var delay: Int64 = 0
    switch answer.tag {
    case Kind.response:
      let template = ResponseBlock(answer)
      block.status = template.status
      delay = template.elapsed
      block.url.pointee = (StringBlock(template.url.pointee).buffer.isEmpty ? url : template.url.pointee).retained()
      block.headers.pointee = template.headers.pointee.retained()
      block.body.pointee = template.body.pointee.retained()
    case Kind.string:
      block.status = 200
      block.url.pointee = url.retained()
      block.headers.pointee = Value(heap.makeMap(capacity: 4).block)
      block.body.pointee = heap.makeBytes(StringBlock(answer).buffer)
    default:
      block.status = 0
      for index in 0..<ResponseBlock.slotCount { block.slots[index] = .none }
      heap.release(Value(block.block))
      throw raise(
        .typeError,
        "a `mock fetch` answers with a Response, a text or an error, not \(article(Machine.typeName(answer)))",
        hint: answer.tag == Kind.int
          ? "write `response(\(answer.int))`" : "write `response(json: …)` or `response(body: …)`")
    }
    block.elapsed = 0
    block.method.pointee = intern(method)
    return (Value(block.block), delay)
  }

  /// The timer of a mocked request has fired.
  func mockAnswered(_ fiber: FiberPointer) {
    let ticket = UInt64(UInt(bitPattern: fiber.pointee.target))
    guard let pending = tickets.removeValue(for: ticket), let answer = pending.answer else { return }
    if core.pointee.isObserved { noteFetchEnd(fiber, ticket, ending(of: answer)) }
    if answer.tag == Kind.error { return wake(fiber, throwing: answer) }
    ResponseBlock(answer).elapsed = now - pending.startedAt
    wake(fiber, with: answer)
  }

  /// A mock's answer in the words of the network, for an observer.
  private func ending(of answer: Value) -> Result<FetchResponse, FetchFailure> {
    guard answer.tag == Kind.response else {
      let isTimeout = ErrorBlock(answer).kind.pointee.text == ErrorKind.timeoutError.rawValue
      return .failure(FetchFailure(isTimeout ? .timeout : .other, ErrorBlock(answer).message.pointee.text))
    }
    let response = ResponseBlock(answer)
    return .success(
      FetchResponse(
        status: Int(response.status), headers: [], body: Array(BytesBlock(response.body.pointee).buffer),
        url: response.url.pointee.text))
  }

  /// A request that nobody waits for any more is called off.
  func cancelFetch(_ fiber: FiberPointer) {
    let ticket = UInt64(UInt(bitPattern: fiber.pointee.target))
    let pending = tickets.removeValue(for: ticket)
    if core.pointee.isObserved { noteFetchEnd(fiber, ticket, nil) }
    if let answer = pending?.answer {
      cancelTimer(timerNode(fiber))
      heap.release(answer)
      return
    }
    effects.append(.cancelFetch(ticket))
    core.pointee.outstanding -= 1
  }
}
