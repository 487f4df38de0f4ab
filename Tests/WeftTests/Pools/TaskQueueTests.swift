import Testing
import WeftMachine

@testable import Weft

@Suite struct TaskQueueTests {
  private let task = RemoteTask(call: Parcel(bytes: []), random: 0, ticks: 0)

  @Test func whoComesFirstIsServedFirst() {
    var queue = TaskQueue()
    for ticket in 1...100 as ClosedRange<UInt64> { queue.append(ticket, task) }
    #expect((1...100).allSatisfy { queue.popFirst()?.ticket == $0 })
    #expect(queue.popFirst() == nil)
  }

  @Test func whatIsCalledOffIsPassedOver() {
    var queue = TaskQueue()
    for ticket in 1...100 as ClosedRange<UInt64> { queue.append(ticket, task) }
    for ticket in 1...100 as ClosedRange<UInt64> where !ticket.isMultiple(of: 7) { #expect(queue.remove(ticket)) }
    #expect(!queue.remove(1))
    #expect(queue.popFirst()?.ticket == 7)
    #expect(!queue.remove(7))
    queue.append(101, task)
    var rest: [UInt64] = []
    while let next = queue.popFirst() { rest.append(next.ticket) }
    #expect(rest == [14, 21, 28, 35, 42, 49, 56, 63, 70, 77, 84, 91, 98, 101])
  }
}
