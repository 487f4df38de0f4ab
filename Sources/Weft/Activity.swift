import Synchronization

/// Counts what can still happen by itself in one run: machines that go on or wait for the world, and events on their way. When it
/// comes to nothing, all machines wait for each other, and they are told.
final class Activity: Sendable {
  private let count = Atomic<Int>(0)
  private let mailboxes = Mutex<[ObjectIdentifier: Mailbox]>([:])

  func add(_ number: Int = 1) { count.add(number, ordering: .acquiringAndReleasing) }

  func subtract(_ number: Int = 1) {
    if count.subtract(number, ordering: .acquiringAndReleasing).newValue > 0 || number == 0 { return }
    for mailbox in mailboxes.withLock({ Array($0.values) }) { mailbox.post(.nothingWillCome) }
  }

  func register(_ mailbox: Mailbox) { mailboxes.withLock { $0[ObjectIdentifier(mailbox)] = mailbox } }
  func remove(_ mailbox: Mailbox) { mailboxes.withLock { $0[ObjectIdentifier(mailbox)] = nil } }
}
