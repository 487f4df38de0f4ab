/// An error on its way to the script. Owns one reference to an error value.
struct Thrown: Error {
  let error: Value
}

/// A built-in function or method. `arguments` are borrowed (for a method the receiver comes first); parameters that were
/// left out are `unset`. The result is a reference of the caller's own: `retain` an argument before giving it back.
typealias Native = (_ machine: Machine, _ arguments: UnsafeMutablePointer<Value>, _ count: Int) throws(Thrown) -> Value

/// A method that changes its receiver, which stands in `receiver`, in place.
typealias MutatingNative = (
  _ machine: Machine, _ receiver: UnsafeMutablePointer<Value>, _ arguments: UnsafeMutablePointer<Value>, _ count: Int
) throws(Thrown) -> Value

/// The kinds of error that Weft itself throws.
public enum ErrorKind: String, CaseIterable, Sendable {
  /// Every other kind is one of these.
  case error = "Error"
  /// A slip of the script itself, which trying again does not mend: `retry` repeats it only where it is named.
  case fault = "Fault"
  case typeError = "TypeError"
  case valueError = "ValueError"
  case keyError = "KeyError"
  case indexError = "IndexError"
  case divisionError = "DivisionError"
  case nameError = "NameError"
  case argumentError = "ArgumentError"
  case recursionError = "RecursionError"
  case fetchError = "FetchError"
  case httpError = "HTTPError"
  case timeoutError = "TimeoutError"
  case taskCancelledError = "TaskCancelledError"
  case groupClosedError = "GroupClosedError"
  case queueClosedError = "QueueClosedError"
  case deadlockError = "DeadlockError"
  case fileError = "FileError"
  case limitError = "LimitError"
  /// An `expect` of a test is false.
  case expectationError = "ExpectationError"
  /// A test asks for what nothing in it answers.
  case mockError = "MockError"
  /// The worker of a task ended before the task did.
  case workerError = "WorkerError"

  /// The kind that this one is a special case of.
  public var parent: ErrorKind? {
    switch self {
    case .error: nil
    case .httpError: .fetchError
    // A `ValueError` may well come from outside, such as an answer that was cut short.
    case .typeError, .keyError, .indexError, .divisionError, .nameError, .argumentError, .recursionError,
      .expectationError, .mockError:
      .fault
    default: .error
    }
  }
}

extension Machine {
  /// Makes an error to throw.
  func raise(_ kind: ErrorKind, _ message: String, hint: String? = nil) -> Thrown {
    let error = heap.makeError(kind: intern(kind.rawValue), message: heap.makeString(message))
    if let hint { error.hint.pointee = heap.makeString(hint) }
    return Thrown(error: Value(error.block))
  }

  /// The name of a value's type, as error messages and `type()` give it.
  static func typeName(_ value: Value) -> String {
    switch value.tag {
    case Kind.none: "None"
    case Kind.bool: "Bool"
    case Kind.int, Kind.bigInt: "Int"
    case Kind.float: "Float"
    case Kind.duration: "Duration"
    case Kind.rate: "Rate"
    case Kind.string: "String"
    case Kind.list: "List"
    case Kind.map: "Map"
    case Kind.bytes: "Bytes"
    case Kind.range: "Range"
    case Kind.during: "During"
    case Kind.mock: "Mock"
    case Kind.function, Kind.closure, Kind.builtin: "Function"
    case Kind.error: "Error"
    case Kind.errorKind: "ErrorKind"
    case Kind.response: "Response"
    case Kind.task: "Task"
    case Kind.group: "Group"
    case Kind.semaphore: "Semaphore"
    case Kind.lock: "Lock"
    case Kind.rateLimiter: "RateLimiter"
    case Kind.queue: "Queue"
    case Kind.shared: "Shared"
    default: "None"
    }
  }
}
