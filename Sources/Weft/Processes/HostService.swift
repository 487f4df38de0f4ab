import WeftMachine

/// What a worker process asks of the host.
struct HostRequest {
  /// Under which the answer comes.
  let id: UInt64
  /// An index into the image's functions of the host; nil to call off what was asked under this id.
  let function: Int?
  let arguments: Parcel

  var wire: [UInt8] {
    var writer = WireWriter()
    writer.write(id)
    writer.write(function.map { Int32(truncatingIfNeeded: $0) } ?? -1)
    writer.write(arguments.bytes)
    return writer.bytes
  }

  init(id: UInt64, function: Int?, arguments: Parcel = Parcel(bytes: [0])) {
    self.id = id
    self.function = function
    self.arguments = arguments
  }

  /// Nil when the bytes make no sense.
  init?(wire: [UInt8]) {
    var reader = WireReader(wire)
    guard let id: UInt64 = reader.readInteger(), let function: Int32 = reader.readInteger(),
      let arguments = reader.readBytes(), reader.isAtEnd
    else { return nil }
    self.init(id: id, function: function < 0 ? nil : Int(function), arguments: Parcel(bytes: arguments))
  }
}

/// The parent's answer.
struct HostResponse {
  let id: UInt64
  let bytes: [UInt8]
  let isError: Bool

  var wire: [UInt8] {
    var writer = WireWriter()
    writer.write(id)
    writer.write(isError ? 1 as UInt8 : 0)
    writer.write(bytes)
    return writer.bytes
  }

  init(id: UInt64, bytes: [UInt8], isError: Bool) {
    self.id = id
    self.bytes = bytes
    self.isError = isError
  }

  /// Nil when the bytes make no sense.
  init?(wire: [UInt8]) {
    var reader = WireReader(wire)
    guard let id: UInt64 = reader.readInteger(), let isError: UInt8 = reader.readInteger(),
      let bytes = reader.readBytes(), reader.isAtEnd
    else { return nil }
    self.init(id: id, bytes: bytes, isError: isError != 0)
  }
}

/// In the parent: calls the host's functions for the task of one worker process.
final class HostService: Sendable {
  private struct State {
    var ticket: UInt64?
    var tasks: [UInt64: Task<Void, Never>] = [:]
  }

  private let state = Locked(State())
  private let host: HostBinding
  private let translator: ParcelTranslator
  private let send: @Sendable (Frame) -> Void

  init(_ context: RunContext, _ translator: ParcelTranslator, send: @escaping @Sendable (Frame) -> Void) {
    host = context.script.host
    self.translator = translator
    self.send = send
  }

  func begin(_ ticket: UInt64) { state.withLock { $0.ticket = ticket } }

  /// The task has ended: nobody waits for what still runs.
  func end() {
    let tasks = state.withLock { state in
      defer { state = State() }
      return Array(state.tasks.values)
    }
    for task in tasks { task.cancel() }
  }

  /// False when the bytes make no sense.
  func take(_ ticket: UInt64, _ payload: [UInt8]) -> Bool {
    guard let request = HostRequest(wire: payload) else { return false }
    guard let function = request.function else {
      state.withLock { $0.tasks.removeValue(forKey: request.id) }?.cancel()
      return true
    }
    guard let arguments = translator.values(in: request.arguments), let call = host.call(function, arguments) else {
      return false
    }
    state.withLock { state in
      // What a task asked that has ended since.
      if state.ticket != ticket { return }
      if case .blocking(let function) = call.way {
        BlockingThreads.shared.run { [self] in
          answer(ticket, request.id, HostAnswer { try function(call.arguments) })
        }
      } else {
        state.tasks[request.id] = Task(executorPreference: LoopExecutor.shared) { [self] in
          answer(ticket, request.id, await call.perform())
        }
      }
    }
    return true
  }

  private func answer(_ ticket: UInt64, _ id: UInt64, _ answer: HostAnswer) {
    let isOpen = state.withLock { state in
      state.tasks[id] = nil
      return state.ticket == ticket
    }
    if !isOpen { return }
    let (bytes, isError) = translator.bytes(of: answer)
    send(Frame(.hostAnswer, ticket: ticket, HostResponse(id: id, bytes: bytes, isError: isError).wire))
  }
}
