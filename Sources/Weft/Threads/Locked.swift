#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// State that one thread at a time works on; the others sleep meanwhile.
///
/// It stands on a mutex of the system, which the thread sanitizer knows. Of the standard library's `Mutex` it sees nothing, so
/// that whatever is guarded by one is reported as a race.
///
/// ```swift
/// let names = Locked<[String]>([])
/// names.withLock { $0.append("Ada") }
/// ```
package struct Locked<State>: ~Copyable, @unchecked Sendable {
  // What is unchecked is sound because the state is reached under the mutex alone.
  private struct Box {
    var mutex = pthread_mutex_t()
    var state: State
  }

  private let box: UnsafeMutablePointer<Box>

  package init(_ state: State) {
    box = .allocate(capacity: 1)
    box.initialize(to: Box(state: state))
    pthread_mutex_init(&box.pointee.mutex, nil)
  }

  deinit {
    pthread_mutex_destroy(&box.pointee.mutex)
    box.deinitialize(count: 1)
    box.deallocate()
  }

  package borrowing func withLock<Result, Failure>(
    _ body: (inout State) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    pthread_mutex_lock(&box.pointee.mutex)
    defer { pthread_mutex_unlock(&box.pointee.mutex) }
    return try body(&box.pointee.state)
  }
}
