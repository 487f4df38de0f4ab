import Synchronization

/// Counts what can still happen by itself in one run: machines that go on or wait for the world, and events on their way. When it
/// comes to nothing, all machines wait for each other, and they are told.
final class Activity: Sendable {
  private struct State {
    var listeners: [ObjectIdentifier: @Sendable () -> Void] = [:]
    var whenStill: (@Sendable () -> Void)?
  }

  private let count = Atomic<Int>(0)
  private let state = Locked(State())

  func add(_ number: Int = 1) { count.add(number, ordering: .acquiringAndReleasing) }

  func subtract(_ number: Int = 1) {
    if number == 0 || count.subtract(number, ordering: .acquiringAndReleasing).newValue > 0 { return }
    if let whenStill = state.withLock({ $0.whenStill }) { whenStill() } else { tellAll() }
  }

  /// Nothing can happen by itself just now.
  var isStill: Bool { count.load(ordering: .acquiring) <= 0 }

  /// In a worker process others may still do something: they are told instead that here is nothing.
  func whenStill(_ action: @escaping @Sendable () -> Void) { state.withLock { $0.whenStill = action } }

  /// Tells all machines that nothing will come.
  func tellAll() { for listener in state.withLock({ Array($0.listeners.values) }) { listener() } }

  func register(_ id: ObjectIdentifier, _ listener: @escaping @Sendable () -> Void) {
    state.withLock { $0.listeners[id] = listener }
  }

  func remove(_ id: ObjectIdentifier) { state.withLock { $0.listeners[id] = nil } }
}
