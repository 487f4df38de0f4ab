#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// State that one thread at a time works on, where threads also wait for it to change.
struct Monitor<State>: ~Copyable, @unchecked Sendable {
  // What is unchecked is sound because the state is reached under the mutex alone.
  private struct Box {
    var mutex = pthread_mutex_t()
    var condition = pthread_cond_t()
    var state: State
  }

  private let box: UnsafeMutablePointer<Box>

  init(_ state: State) {
    box = .allocate(capacity: 1)
    box.initialize(to: Box(state: state))
    pthread_mutex_init(&box.pointee.mutex, nil)
    #if canImport(Darwin)
      pthread_cond_init(&box.pointee.condition, nil)
    #else
      var attributes = pthread_condattr_t()
      pthread_condattr_init(&attributes)
      pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
      pthread_cond_init(&box.pointee.condition, &attributes)
      pthread_condattr_destroy(&attributes)
    #endif
  }

  deinit {
    pthread_cond_destroy(&box.pointee.condition)
    pthread_mutex_destroy(&box.pointee.mutex)
    box.deinitialize(count: 1)
    box.deallocate()
  }

  func withLock<Result>(_ body: (inout State) -> Result) -> Result {
    lock()
    defer { unlock() }
    return change(body)
  }

  func lock() { pthread_mutex_lock(&box.pointee.mutex) }

  func unlock() { pthread_mutex_unlock(&box.pointee.mutex) }

  /// Between `lock` and `unlock`, with no `wait` inside, during which others work on the state. By a function because the thread
  /// sanitizer takes a change of a property for one of the monitor itself.
  func change<Result>(_ body: (inout State) -> Result) -> Result { body(&box.pointee.state) }

  /// Under the lock, which is let go meanwhile: sleeps until a `signal`, or until `deadline` in nanoseconds on the monotonic clock.
  func wait(until deadline: Int64? = nil) {
    guard let deadline else {
      pthread_cond_wait(&box.pointee.condition, &box.pointee.mutex)
      return
    }
    #if canImport(Darwin)
      let left = max(0, deadline - LoopExecutor.now())
      var time = timespec(tv_sec: Int(left / 1_000_000_000), tv_nsec: Int(left % 1_000_000_000))
      pthread_cond_timedwait_relative_np(&box.pointee.condition, &box.pointee.mutex, &time)
    #else
      var time = timespec(tv_sec: Int(deadline / 1_000_000_000), tv_nsec: Int(deadline % 1_000_000_000))
      pthread_cond_timedwait(&box.pointee.condition, &box.pointee.mutex, &time)
    #endif
  }

  /// Wakes one of those that `wait`.
  func signal() { pthread_cond_signal(&box.pointee.condition) }
}
