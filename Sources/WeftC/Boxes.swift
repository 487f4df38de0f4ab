import Weft

// The objects behind the pointers of `weft.h`. Each is held by one reference, which its `_free` gives up.

final class InterpreterBox {
  var interpreter = Interpreter()
  /// The folders that are granted one by one.
  private var readable: [String] = []
  private var writable: [String] = []

  func grantFiles(below folder: String, writing: Bool) {
    if writing { writable.append(folder) } else { readable.append(folder) }
    interpreter.capabilities.append(.files(reading: readable, writing: writable))
  }

  func grantNothing() {
    interpreter.capabilities = []
    (readable, writable) = ([], [])
  }
}

final class ScriptBox: Sendable {
  let script: Script
  init(_ script: Script) { self.script = script }
}

final class ValueBox {
  var value: WeftValue
  /// What C holds pointers into.
  private var text: CText?
  private var shown: CText?
  private var data: UnsafeMutableBufferPointer<UInt8>?

  init(_ value: WeftValue) { self.value = value }

  deinit { data?.deallocate() }

  /// The text of a String, or the digits of a large Int; nil for anything else.
  var string: CText? {
    switch value {
    case .string(let text), .bigInt(let text):
      let made = self.text ?? CText(text)
      self.text = made
      return made
    default: return nil
    }
  }

  var description: CText {
    let made = shown ?? CText("\(value)")
    shown = made
    return made
  }

  var bytes: UnsafeMutableBufferPointer<UInt8>? {
    guard case .bytes(let bytes) = value else { return nil }
    if let data { return data }
    let made = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(1, bytes.count))
    _ = made.update(fromContentsOf: bytes)
    data = made
    return made
  }
}

/// A text that ends with a NUL, at an address that stays.
final class CText: @unchecked Sendable {
  // What is unchecked is sound because nothing changes after `init`.
  let start: UnsafeMutablePointer<CChar>
  let length: Int

  init(_ text: String) {
    length = text.utf8.count
    start = .allocate(capacity: length + 1)
    for (index, byte) in text.utf8.enumerated() { start[index] = CChar(bitPattern: byte) }
    start[length] = 0
  }

  deinit { start.deallocate() }
}

final class ErrorBox: Sendable {
  let reason: Int32
  let kind: CText
  let message: CText
  let text: CText
  let line: Int32
  let column: Int32

  init(kind: String, message: String) {
    reason = 1
    self.kind = CText(kind)
    self.message = CText(message)
    text = CText("\(kind): \(message)")
    line = 0
    column = 0
  }

  init(_ error: CompileError) {
    reason = 0
    let first = error.diagnostics.first { $0.severity == .error } ?? error.diagnostics.first
    kind = CText(first?.code ?? "")
    message = CText(first?.message ?? "")
    text = CText(error.description)
    let place = first.map { ($0.source ?? error.source).position(at: Int($0.span.start)) }
    line = Int32(truncatingIfNeeded: place?.line ?? 0)
    column = Int32(truncatingIfNeeded: place?.column ?? 0)
  }

  init(_ error: LoadError) {
    reason = 4
    kind = CText("LoadError")
    message = CText(error.description)
    text = CText("LoadError: \(error)")
    line = 0
    column = 0
  }

  init(_ error: RunError, in script: Script) {
    reason =
      switch error.reason {
      case .failed: 1
      case .cancelled: 2
      case .limit: 3
      case .input: 4
      }
    kind = CText(error.kind)
    message = CText(error.message)
    text = CText(error.description)
    let place = error.report.flatMap { report in
      report.source.flatMap { script.source($0) }?.position(at: Int(report.span.start))
    }
    line = Int32(truncatingIfNeeded: place?.line ?? 0)
    column = Int32(truncatingIfNeeded: place?.column ?? 0)
  }
}

final class RunBox: Sendable {
  let run: Run
  private let output = Locked<CText?>(nil)
  private static let nothing = CText("")

  init(_ run: Run) { self.run = run }

  func ended(_ result: RunResult?) {
    output.withLock { output in if output == nil { output = CText(result?.output ?? "") } }
  }

  var printed: CText { output.withLock { $0 } ?? Self.nothing }
}

/// A call of a host function that C will answer.
final class CallBox: Sendable {
  private struct State {
    var waiting: CheckedContinuation<Result<WeftValue, WeftError>, Never>?
    var answer: Result<WeftValue, WeftError>?
    var isCancelled = false
  }

  private let state = Locked(State())

  var isCancelled: Bool { state.withLock { $0.isCancelled } }

  func end(_ answer: Result<WeftValue, WeftError>) {
    let waiting = state.withLock { state -> CheckedContinuation<Result<WeftValue, WeftError>, Never>? in
      if state.answer == nil { state.answer = answer }
      defer { state.waiting = nil }
      return state.waiting
    }
    waiting?.resume(returning: answer)
  }

  /// Waits for the answer. A cancellation is told, and answers for whoever does not.
  func result() async throws(WeftError) -> WeftValue {
    let answer = await withTaskCancellationHandler {
      await withCheckedContinuation { (continuation: CheckedContinuation<Result<WeftValue, WeftError>, Never>) in
        let answer = state.withLock { state -> Result<WeftValue, WeftError>? in
          if state.answer == nil { state.waiting = continuation }
          return state.answer
        }
        if let answer { continuation.resume(returning: answer) }
      }
    } onCancel: {
      state.withLock { $0.isCancelled = true }
      end(.failure(WeftError("HostError", "the call was cancelled")))
    }
    return try answer.get()
  }
}

/// A pointer of the host that goes along with its functions; what may be done with it is the host's affair.
struct UserPointer: @unchecked Sendable {
  let pointer: UnsafeMutableRawPointer?
}
