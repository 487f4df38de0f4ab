import NIOConcurrencyHelpers
import Testing

@testable import WeftHTTP

@Suite("Fetch limiter")
struct FetchLimiterTests {
  @Test("A free permit is taken at once, and the rest wait in order")
  func order() {
    let limiter = FetchLimiter<String>(permits: 2)
    #expect(limiter.acquire("a") == .granted)
    #expect(limiter.acquire("b") == .granted)
    #expect(limiter.acquire("c") == .waiting(ticket: 0))
    #expect(limiter.acquire("d") == .waiting(ticket: 1))
    #expect(limiter.release() == "c")
    #expect(limiter.acquire("e") == .waiting(ticket: 2))
    #expect(limiter.release() == "d")
    #expect(limiter.release() == "e")
    #expect(limiter.release() == nil)
    #expect(limiter.release() == nil)
    #expect(limiter.load == (waiting: 0, free: 2))
    #expect(limiter.acquire("f") == .granted)
  }

  @Test("Whoever is cancelled while waiting is passed over and leaks no permit")
  func cancel() {
    let limiter = FetchLimiter<String>(permits: 1)
    #expect(limiter.acquire("a") == .granted)
    #expect(limiter.acquire("b") == .waiting(ticket: 0))
    #expect(limiter.acquire("c") == .waiting(ticket: 1))
    #expect(limiter.acquire("d") == .waiting(ticket: 2))
    #expect(limiter.cancel(ticket: 0))
    #expect(!limiter.cancel(ticket: 0))
    #expect(limiter.cancel(ticket: 2))
    #expect(limiter.release() == "c")
    #expect(!limiter.cancel(ticket: 1))
    #expect(limiter.release() == nil)
    #expect(limiter.load == (waiting: 0, free: 1))
  }

  @Test("Once closed, it names those who waited and tells when the last permit is back")
  func close() {
    let limiter = FetchLimiter<Int>(permits: 2)
    let isDrained = NIOLockedValueBox(false)
    #expect(limiter.acquire(1) == .granted)
    #expect(limiter.acquire(2) == .granted)
    #expect(limiter.acquire(3) == .waiting(ticket: 0))
    #expect(limiter.acquire(4) == .waiting(ticket: 1))
    #expect(limiter.close() == [3, 4])
    #expect(limiter.acquire(5) == .closed)
    limiter.whenDrained { isDrained.withLockedValue { $0 = true } }
    #expect(limiter.release() == nil)
    #expect(!isDrained.withLockedValue { $0 })
    #expect(limiter.release() == nil)
    #expect(isDrained.withLockedValue { $0 })
  }

  @Test("Under load from many threads, never more permits than there are, and all come back")
  func contention() async {
    let limiter = FetchLimiter<CheckedContinuation<Void, Never>>(permits: 10)
    let held = NIOLockedValueBox((now: 0, peak: 0))
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<1_000 {
        group.addTask {
          await withCheckedContinuation { continuation in
            if limiter.acquire(continuation) == .granted { continuation.resume() }
          }
          held.withLockedValue {
            $0.now += 1
            $0.peak = max($0.peak, $0.now)
          }
          await Task.yield()
          held.withLockedValue { $0.now -= 1 }
          limiter.release()?.resume()
        }
      }
    }
    #expect(held.withLockedValue { $0.peak } <= 10)
    #expect(limiter.load == (waiting: 0, free: 10))
  }
}
