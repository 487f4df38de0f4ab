import WeftCompiler

/// A read or write under way.
struct PendingFile {
  let fiber: FiberPointer
  let request: FileRequest
  /// A read gives Bytes instead of a String.
  let wantsBytes: Bool
  /// The run's memory limit is what limits the read.
  let isLimitedByMemory: Bool
}

extension Machine {
  /// The most bytes that a file may have unless `limit:` says otherwise: as many as the body of an answer.
  static let fileLimit = 64 << 20
  /// And at most so many whatever it says.
  private static let longestFile = 2 << 30

  /// `__read_file(path, bytes, limit)` and `__write_file(path, text, append)`: hands the work to the driver; the fiber goes on
  /// when it is done.
  func beginFileWork(_ function: BuiltinFunction, _ slot: UnsafeMutablePointer<Value>, register: Int) {
    guard let fiber = core.pointee.fiber else { return }
    do throws(Thrown) {
      _ = try stringArgument(slot[0], "a path")
      let path = slot[0].text
      guard !path.isEmpty, !path.utf8.contains(0) else {
        throw raise(.valueError, "\"\(path.isEmpty ? "" : "…\\0…")\" is not a path")
      }
      let pending: PendingFile
      if function == .writeFile {
        let request = FileRequest.write(
          path: path, bytes: try written(slot[1]), append: try boolArgument(slot[2], "`append`"))
        pending = PendingFile(fiber: fiber, request: request, wantsBytes: false, isLimitedByMemory: false)
      } else {
        let wantsBytes = try boolArgument(slot[1], "`bytes`")
        let limit = slot[2].isMissing ? Self.fileLimit : try intArgument(slot[2], "`limit`")
        guard limit >= 0 else { throw raise(.valueError, "`limit` must not be below 0") }
        let room = max(0, heap.state.pointee.limit - heap.state.pointee.live - heap.memory.live)
        pending = PendingFile(
          fiber: fiber, request: .read(path: path, limit: min(limit, room, Self.longestFile)), wantsBytes: wantsBytes,
          isLimitedByMemory: room < limit)
      }
      if mustNotWait(fiber) { return }
      for index in 0..<3 { consume(slot + index, heap) }
      nextTicket += 1
      files[nextTicket] = pending
      fiber.pointee.target = UnsafeMutableRawPointer(bitPattern: UInt(nextTicket))
      fiber.pointee.wait = .file
      fiber.pointee.resultRegister = Int32(register)
      core.pointee.outstanding += 1
      core.pointee.fiber = nil
      effects.append(.startFileWork(ticket: nextTicket, pending.request))
    } catch {
      fail(error)
    }
  }

  private func written(_ value: Value) throws(Thrown) -> [UInt8] {
    let buffer: UnsafeBufferPointer<UInt8>
    switch value.tag {
    case Kind.string: buffer = StringBlock(value).buffer
    case Kind.bytes: buffer = BytesBlock(value).buffer
    default:
      throw wrongArgument("what `write` writes", "String or Bytes", value, hint: "`str(x)` makes text of a value")
    }
    try checkRoom(buffer.count)
    try charge(work: buffer.count)
    return Array(buffer)
  }

  /// The driver's answer to `startFileWork`: what was read, or no bytes. One that nobody waits for any more is dropped.
  public func fileWorkEnded(_ ticket: UInt64, _ result: Result<[UInt8], FileFailure>) {
    guard let pending = files.removeValue(forKey: ticket) else { return }
    core.pointee.outstanding -= 1
    do throws(Thrown) {
      switch result {
      case .success(let bytes): wake(pending.fiber, with: try value(of: bytes, pending))
      case .failure(let failure): throw error(failure, pending)
      }
    } catch {
      wake(pending.fiber, throwing: error.error)
    }
  }

  private func value(of bytes: [UInt8], _ pending: PendingFile) throws(Thrown) -> Value {
    guard case .read = pending.request else { return .none }
    try checkRoom(bytes.count)
    return try bytes.withUnsafeBufferPointer { buffer throws(Thrown) in
      if pending.wantsBytes { return heap.makeBytes(buffer) }
      guard UTF8Text.isValid(buffer) else {
        throw error(
          FileFailure(.notText, "it is not UTF-8 text"), pending, hint: "`read(path, bytes: true)` gives its bytes")
      }
      return heap.makeString(buffer)
    }
  }

  private func error(_ failure: FileFailure, _ pending: PendingFile, hint: String? = nil) -> Thrown {
    var hint = hint
    let verb: String
    switch pending.request {
    case .read(let path, let limit):
      if failure.kind == .tooLarge {
        if pending.isLimitedByMemory {
          return raise(.limitError, "the memory limit of this run does not allow the file `\(path)`")
        }
        hint = hint ?? "it has more than \(Machine.byteSize(limit)); `limit:` allows more"
      }
      verb = "read"
    case .write: verb = "write"
    }
    let path = pending.request.path
    let thrown = raise(.fileError, "cannot \(verb) `\(path)`: \(failure.message)", hint: hint)
    let fields = ErrorBlock(thrown.error).fields
    fields.pointee = Value(heap.makeMap(capacity: 4).block)
    for (name, text) in [("path", path), ("reason", failure.kind.rawValue)] {
      let key = intern(name)
      heap.set(key, hash: StringBlock(key).hash, to: heap.makeString(text), inMap: fields)
    }
    return thrown
  }
}
