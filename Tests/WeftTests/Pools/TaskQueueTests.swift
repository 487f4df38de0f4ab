import Testing
import WeftMachine

@testable import Weft

@Suite struct TaskQueueTests {
  private let task = RemoteTask(call: Parcel(bytes: []), random: 0, ticks: 0)

  @Test func whoComesFirstIsServedFirst() {
    var queue = TaskQueue()
    for ticket in 1...100 as ClosedRange<UInt64> { queue.append(ticket, task) }
    #expect(rest(of: &queue) == Array(1...100))
  }

  @Test func whatIsCalledOffIsPassedOver() {
    var queue = TaskQueue()
    for ticket in 1...100 as ClosedRange<UInt64> { queue.append(ticket, task) }
    let gone = (1...100 as ClosedRange<UInt64>).filter { !$0.isMultiple(of: 7) && queue.remove($0) }
    #expect(gone.count == 86)
    let again = queue.remove(1)
    #expect(!again)
    let first = queue.popFirst()
    #expect(first?.ticket == 7)
    let afterwards = queue.remove(7)
    #expect(!afterwards)
    queue.append(101, task)
    #expect(rest(of: &queue) == [14, 21, 28, 35, 42, 49, 56, 63, 70, 77, 84, 91, 98, 101])
  }

  private func rest(of queue: inout TaskQueue) -> [UInt64] {
    var rest: [UInt64] = []
    while let next = queue.popFirst() { rest.append(next.ticket) }
    return rest
  }
}
