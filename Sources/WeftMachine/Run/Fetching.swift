/// A request under way.
struct PendingFetch {
  let fiber: FiberPointer
  let method: String
  let url: String
  let startedAt: Int64
  /// What a mock answers when the fiber's timer fires: a response or an error, which the machine holds a reference of.
  var answer: Value?
}

extension Machine {
  /// Hands a request to the driver; the fiber goes on when the answer comes. Registers: url, method, headers, body, json,
  /// timeout, limit.
  ///
  /// - Parameter mayHaveAnswer: The register behind these is what a mock answers, or unset.
  func beginFetch(_ slot: UnsafeMutablePointer<Value>, register: Int, mayHaveAnswer: Bool) {
    guard let fiber = core.pointee.fiber else { return }
    do throws(Thrown) {
      let request = try request(from: slot)
      if mustNotWait(fiber) { return }
      if mayHaveAnswer, slot[7].tag != Kind.unset { return try awaitMock(slot, request, fiber, register: register) }
      for index in 0..<7 { consume(slot + index, heap) }
      nextTicket += 1
      let ticket = nextTicket
      tickets[ticket] = PendingFetch(fiber: fiber, method: request.method, url: request.url, startedAt: now)
      fiber.pointee.target = UnsafeMutableRawPointer(bitPattern: UInt(ticket))
      fiber.pointee.wait = .fetch
      fiber.pointee.resultRegister = Int32(register)
      core.pointee.outstanding += 1
      core.pointee.fiber = nil
      if core.pointee.isObserved { noteFetch(fiber, ticket, request) }
      effects.append(.startFetch(ticket: ticket, request))
    } catch {
      fail(error)
    }
  }

  private func request(from slot: UnsafeMutablePointer<Value>) throws(Thrown) -> FetchRequest {
    let url = slot[0]
    guard url.tag == Kind.string else {
      throw raise(.typeError, "`fetch` needs a URL, a String, not \(article(Machine.typeName(url)))")
    }
    var method = "GET"
    var headers: [(name: String, value: String)] = []
    var body: [UInt8]?
    var timeout: Int64?
    var bodyLimit = FetchRequest.defaultBodyLimit
    if slot[4].tag != Kind.unset {
      guard slot[3].tag == Kind.unset || slot[3].tag == Kind.none else {
        throw raise(.argumentError, "`fetch` takes `body` or `json`, not both")
      }
      body = try JSONWriter.text(self, slot[4], indent: nil)
      headers.append(("content-type", "application/json"))
      method = "POST"
    }
    switch slot[3].tag {
    case Kind.unset, Kind.none: break
    case Kind.string:
      body = Array(StringBlock(slot[3]).buffer)
      method = "POST"
    case Kind.bytes:
      body = Array(BytesBlock(slot[3]).buffer)
      method = "POST"
    default:
      throw raise(
        .typeError, "`body` must be a String or Bytes, not \(article(Machine.typeName(slot[3])))",
        hint: "for other values use `json:`")
    }
    switch slot[1].tag {
    case Kind.unset, Kind.none: break
    case Kind.string: method = slot[1].text.uppercased()
    default: throw raise(.typeError, "`method` must be a String, not \(article(Machine.typeName(slot[1])))")
    }
    switch slot[2].tag {
    case Kind.unset, Kind.none: break
    case Kind.map:
      let map = MapBlock(slot[2])
      for index in 0..<map.used where !map.entries[index].isRemoved {
        let entry = map.entries[index]
        guard entry.key.tag == Kind.string else { throw raise(.typeError, "the names of headers must be Strings") }
        let value = try text(of: entry.value)
        let name = entry.key.text
        if name.lowercased() == "content-type" { headers.removeAll { $0.name == "content-type" } }
        headers.append((name, value.text))
        heap.release(value)
      }
    default: throw raise(.typeError, "`headers` must be a Map, not \(article(Machine.typeName(slot[2])))")
    }
    switch slot[5].tag {
    case Kind.unset, Kind.none: break
    case Kind.duration: timeout = max(1, slot[5].int)
    default:
      throw raise(
        .typeError, "`timeout` must be a Duration, not \(article(Machine.typeName(slot[5])))",
        hint: "write a unit, such as `5s`")
    }
    switch slot[6].tag {
    case Kind.unset, Kind.none: break
    case Kind.int where slot[6].int >= 0: bodyLimit = Int(slot[6].int)
    default: throw raise(.typeError, "`limit` must be a number of bytes, such as `10MB`")
    }
    return FetchRequest(
      method: method, url: url.text, headers: headers, body: body, timeout: timeout,
      bodyLimit: min(bodyLimit, limits.response))
  }

  /// The driver's answer to `startFetch`. An answer that nobody waits for any more is dropped.
  public func fetchEnded(_ ticket: UInt64, _ result: Result<FetchResponse, FetchFailure>) {
    guard let pending = tickets.removeValue(for: ticket) else { return }
    core.pointee.outstanding -= 1
    if core.pointee.isObserved { noteFetchEnd(pending.fiber, ticket, result) }
    switch result {
    case .success(let response):
      guard heap.hasRoom(besideShared: response.body.count) else { return cross(.memory) }
      wake(pending.fiber, with: makeResponse(response, pending))
    case .failure(let failure):
      let kind: ErrorKind = failure.kind == .timeout ? .timeoutError : .fetchError
      var hint = failure.hint
      if failure.kind == .bodyTooLarge, limits.response != Int.max {
        hint = hint ?? "`limit:` allows more, up to what the host sets as `limits.response`"
      }
      let error = raise(kind, failure.message, hint: hint).error
      ErrorBlock(error).fields.pointee = Value(heap.makeMap(capacity: 4).block)
      let name = intern("reason")
      heap.set(name, hash: StringBlock(name).hash, to: intern(failure.kind.rawValue), inMap: ErrorBlock(error).fields)
      wake(pending.fiber, throwing: error)
    }
  }

  private func makeResponse(_ response: FetchResponse, _ pending: PendingFetch) -> Value {
    let block = ResponseBlock(heap.allocate(kind: Kind.response, size: ResponseBlock.size))
    block.status = Int64(response.status)
    block.elapsed = now - pending.startedAt
    block.url.pointee = heap.makeString(response.url)
    block.method.pointee = intern(pending.method)
    block.body.pointee = response.body.withUnsafeBufferPointer { heap.makeBytes($0) }
    var headers = Value(heap.makeMap(capacity: max(4, response.headers.count)).block)
    for header in response.headers {
      let name = intern(header.name)
      let hash = StringBlock(name).hash
      var value = header.value
      if let position = Optional(MapBlock(headers).find(name, hash: hash)), position >= 0 {
        value = MapBlock(headers).entries[position].value.text + ", " + value
      }
      heap.set(name, hash: hash, to: heap.makeString(value), inMap: &headers)
    }
    block.headers.pointee = headers
    return Value(block.block)
  }
}
