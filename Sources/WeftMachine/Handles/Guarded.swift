import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A lock for some dozens of instructions. Who finds it taken looks again for a moment, then lets other threads run.
struct SpinLock: ~Copyable {
  private let isTaken = Atomic<Bool>(false)

  @inline(__always) borrowing func lock() {
    if isTaken.exchange(true, ordering: .acquiring) { wait() }
  }

  @inline(__always) borrowing func unlock() { isTaken.store(false, ordering: .releasing) }

  @inline(never) private borrowing func wait() {
    var looks = 0
    repeat {
      while isTaken.load(ordering: .relaxed) {
        looks += 1
        // The holder may have lost its core.
        if looks > 100 { sched_yield() }
      }
    } while isTaken.exchange(true, ordering: .acquiring)
  }
}

/// State that one thread at a time works on.
struct Guarded<State>: ~Copyable, @unchecked Sendable {
  private let lock = SpinLock()
  private let state: UnsafeMutablePointer<State>

  init(_ state: State) {
    self.state = .allocate(capacity: 1)
    self.state.initialize(to: state)
  }

  deinit {
    state.deinitialize(count: 1)
    state.deallocate()
  }

  /// Nothing may be freed or told to others in `body`.
  @inline(__always) borrowing func locked<Result>(_ body: (inout State) -> Result) -> Result {
    lock.lock()
    defer { lock.unlock() }
    return body(&state.pointee)
  }
}
