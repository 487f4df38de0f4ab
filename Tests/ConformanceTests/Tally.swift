import Foundation
import Synchronization

/// Counts what the suite has tried, and says so when the process ends.
final class Tally: Sendable {
  static let schedules = Tally()
  static let cancellations = Tally()

  private let count = Atomic<Int>(0)

  private init() {
    _ = Self.atTheEnd
  }

  func add(_ more: Int) { count.add(more, ordering: .relaxed) }

  private static let atTheEnd: Void = {
    atexit {
      print(
        "conformance: \(ConformanceScript.all.count) scripts,",
        "\(schedules.count.load(ordering: .relaxed)) schedules,",
        "\(cancellations.count.load(ordering: .relaxed)) injected cancellations")
    }
  }()
}
