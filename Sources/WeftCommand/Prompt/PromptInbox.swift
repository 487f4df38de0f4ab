import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What other threads have for the prompt's thread, which waits for it and for keys at once.
///
/// Output and events come in one queue, so that a value is never shown before what its computation printed.
final class PromptInbox<Event: Sendable>: Sendable {
  enum Item: Sendable {
    case output([UInt8])
    case event(Event)
  }

  private struct State {
    var items: [Item] = []
    var outputSize = 0
    var isClosed = false
  }

  /// Bytes of output that may wait to be shown.
  private static var mostOutput: Int { 1 << 16 }

  private let state = Mutex(State())
  /// Readable as long as there is something to take.
  let descriptor: Int32
  private let wakeEnd: Int32

  /// Nil if the system has no pipe to give.
  init?() {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return nil }
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    descriptor = ends[0]
    wakeEnd = ends[1]
  }

  deinit {
    close(descriptor)
    close(wakeEnd)
  }

  func post(_ event: Event) {
    add(.event(event), size: 0)
  }

  /// Takes what a task prints. Whoever prints faster than a terminal can show waits here, as for the terminal itself.
  func write(_ bytes: [UInt8]) {
    while state.withLock({ $0.outputSize > Self.mostOutput && !$0.isClosed }) { _ = poll(nil, 0, 1) }
    add(.output(bytes), size: bytes.count)
  }

  private func add(_ item: Item, size: Int) {
    let isFirst = state.withLock { state in
      guard !state.isClosed else { return false }
      state.items.append(item)
      state.outputSize += size
      return state.items.count == 1
    }
    if isFirst {
      var byte: UInt8 = 0
      _ = Self.writeByte(wakeEnd, &byte)
    }
  }

  /// All that has come since the last time.
  func take() -> [Item] {
    var bytes = [UInt8](repeating: 0, count: 64)
    while read(descriptor, &bytes, bytes.count) == bytes.count {}
    return state.withLock { state in
      defer {
        state.items = []
        state.outputSize = 0
      }
      return state.items
    }
  }

  /// Nobody reads any more: what comes now is dropped, and nobody waits.
  func shut() {
    state.withLock { state in
      state.isClosed = true
      state.items = []
    }
  }

  private static func writeByte(_ descriptor: Int32, _ byte: inout UInt8) -> Int {
    #if canImport(Glibc)
      Glibc.write(descriptor, &byte, 1)
    #else
      Darwin.write(descriptor, &byte, 1)
    #endif
  }
}
