import WeftCompiler

/// How a task that the host called has ended.
public enum CallOutcome: Sendable {
  case value(WeftValue)
  case failed(ErrorReport)
  case cancelled
}

/// A call that has to wait until the script's top level has ended.
struct WaitingCall {
  let ticket: UInt64
  let function: Int
  let arguments: [WeftValue]
}

/// Whether a machine goes on when the script's top level has ended.
enum Openness {
  /// It is finished then.
  case closes
  /// It is open for calls then.
  case opens
  /// It is open.
  case isOpen
  /// It takes no more calls, and is finished when the last one has ended.
  case isClosing
}

/// A host may call a script's tasks when its top level has ended: what that set up stays.
extension Machine {
  /// Before `begin`: the run does not end with the script's top level, but after `close`.
  public func keepOpen() { openness = .opens }

  /// No call will follow.
  public func close() {
    switch openness {
    case .closes, .isClosing: return
    case .opens: openness = .closes
    case .isOpen:
      openness = .isClosing
      closeIfDone()
    }
  }

  /// Something may still come from the host.
  var expectsCalls: Bool { openness == .isOpen }

  /// Calls a task of the script, as soon as its top level has ended; `Effect.callEnded` tells of its end. The host has looked
  /// at the number of arguments.
  public func call(_ ticket: UInt64, function: Int, _ arguments: [WeftValue]) {
    let call = WaitingCall(ticket: ticket, function: function, arguments: arguments)
    if outcome != nil || openness == .closes || openness == .isClosing {
      effects.append(.callEnded(ticket: ticket, .cancelled))
    } else if openness == .opens {
      waitingCalls.append(call)
    } else {
      begin(call)
    }
  }

  /// Cancels a called task.
  public func cancelCall(_ ticket: UInt64) {
    if let fiber = calls.first(where: { $0.value == ticket })?.key { return cancelTask(fiber) }
    guard let place = waitingCalls.firstIndex(where: { $0.ticket == ticket }) else { return }
    waitingCalls.remove(at: place)
    effects.append(.callEnded(ticket: ticket, .cancelled))
  }

  private func begin(_ call: WaitingCall) {
    guard let root else { return }
    var values: [Value] = []
    do throws(Thrown) {
      for argument in call.arguments { values.append(try value(of: argument)) }
    } catch {
      for value in values { heap.release(value) }
      let report = report(of: error.error)
      heap.release(error.error)
      effects.append(.callEnded(ticket: call.ticket, .failed(report)))
      return
    }
    let fiber = values.withUnsafeMutableBufferPointer { arguments -> FiberPointer in
      var none = Value.none
      return withUnsafeMutablePointer(to: &none) {
        makeFiber(
          calling: Value(tag: Kind.function, bits: UInt64(call.function)), function: call.function,
          arguments: arguments.baseAddress ?? $0, count: arguments.count, in: root)
      }
    }
    // Calls have no starter, and still each has random numbers of its own.
    fiber.pointee.random = Machine.mix(seed ^ UInt64(fiber.pointee.index) &* 0x9E37_79B9_7F4A_7C15)
    calls[fiber] = call.ticket
    makeReady(fiber)
  }

  func openForCalls() {
    openness = .isOpen
    // One call that fails does not end the others.
    root?.pointee.keepsErrors = true
    let waiting = waitingCalls
    waitingCalls = []
    for call in waiting { begin(call) }
  }

  /// A task that was started by nobody in the script has ended; its value stays the caller's.
  func rootTaskEnded(_ fiber: FiberPointer, _ outcome: FiberOutcome) {
    guard let ticket = calls.removeValue(forKey: fiber) else { return mainEnded(fiber, outcome) }
    let result: CallOutcome
    switch outcome {
    case .value(let value):
      do throws(Thrown) { result = .value(try snapshot(value)) } catch {
        result = .failed(report(of: error.error))
        heap.release(error.error)
      }
    case .failed(let error): result = .failed(report(of: error))
    case .cancelled: result = .cancelled
    }
    effects.append(.callEnded(ticket: ticket, result))
    closeIfDone()
  }

  /// Ends an open run that has nothing left to do.
  func closeIfDone() {
    guard outcome == nil, calls.isEmpty, openness == .isOpen || openness == .isClosing, let root else { return }
    if root.pointee.isCancelled { outcome = .cancelled } else if openness == .isClosing { outcome = .completed }
  }

  /// Keeps the value of the script's last expression for the host; gives what is wrong with it, if anything is.
  func note(_ value: Value) -> ErrorReport? {
    guard image.givesValue else { return nil }
    do throws(Thrown) {
      self.value = try snapshot(value)
      return nil
    } catch {
      defer { heap.release(error.error) }
      return report(of: error.error)
    }
  }
}
