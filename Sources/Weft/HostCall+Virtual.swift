import Synchronization
import WeftMachine

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension HostCall {
  /// Carries it out while this thread waits: on a virtual clock, what the host does takes no time.
  func performNow() -> HostAnswer {
    let box = AnswerBox()
    Task.detached(executorPreference: LoopExecutor.shared) { box.put(await perform()) }
    return box.take()
  }
}

/// A place for one answer, for which a thread waits.
private final class AnswerBox: @unchecked Sendable {
  // What is unchecked is sound because `mutex` guards the answer.
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var answer: HostAnswer?

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  func put(_ answer: HostAnswer) {
    pthread_mutex_lock(mutex)
    self.answer = answer
    pthread_cond_signal(condition)
    pthread_mutex_unlock(mutex)
  }

  func take() -> HostAnswer {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while true {
      if let answer { return answer }
      pthread_cond_wait(condition, mutex)
    }
  }
}
