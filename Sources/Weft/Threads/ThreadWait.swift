/// Waits for asynchronous work on a thread that has nothing else to do.
///
/// - Parameter executor: Where the work begins; it has to be another thread than this one.
package func waitOnThisThread<Value: Sendable>(
  executor: (any TaskExecutor)? = nil, _ body: @escaping @Sendable () async -> Value
) -> Value {
  let box = ThreadWait<Value>()
  Task.detached(executorPreference: executor) {
    let value = await body()
    box.value.withLock { $0 = value }
    box.semaphore.signal()
  }
  while true {
    if let value = box.value.withLock({ $0 }) { return value }
    box.semaphore.wait()
  }
}

private final class ThreadWait<Value: Sendable>: Sendable {
  let value = Locked<Value?>(nil)
  let semaphore = ThreadSemaphore()
}
