/// A value that one thread gives to another, which waits for it. It goes through a lock, which the thread sanitizer knows: it would
/// take what a continuation brings along for a race.
final class Reply<Value: Sendable>: Sendable {
  private let value: Locked<Value>

  init(orElse none: Value) { value = Locked(none) }

  /// - Parameter ask: Hands on the function that is called once with the value; false if nobody will call it.
  func wait(for ask: (@escaping @Sendable (Value) -> Void) -> Bool) async -> Value {
    await withCheckedContinuation { continuation in
      let isAsked = ask { [self] answer in
        value.withLock { $0 = answer }
        continuation.resume()
      }
      if !isAsked { continuation.resume() }
    }
    return value.withLock { $0 }
  }
}
