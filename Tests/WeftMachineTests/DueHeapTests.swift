import Testing
import WeftMachine

@Suite struct DueHeapTests {
  final class Node: DueNode {
    let deadline: Int64
    let sequence: UInt64
    var position: Int32 = -1

    init(_ deadline: Int64, _ sequence: UInt64) {
      self.deadline = deadline
      self.sequence = sequence
    }
  }

  /// Inserts, removals from anywhere and of the earliest, beside a sorted array.
  @Test(arguments: 0..<20 as Range<UInt64>) func theEarliestIsAlwaysFirst(_ seed: UInt64) {
    var random = SeededGenerator(seed)
    var heap = DueHeap<Node>()
    var model: [Node] = []
    for sequence in 0..<2_000 as Range<UInt64> {
      switch random.next() % 4 {
      case 0 where !model.isEmpty:
        let node = model.remove(at: Int(random.next() % UInt64(model.count)))
        heap.remove(node)
        #expect(node.position == -1)
      case 1 where !model.isEmpty:
        let node = model.removeFirst()
        #expect(heap.takeDue(by: node.deadline - 1) == nil)
        #expect(heap.takeDue(by: node.deadline) === node)
      default:
        let node = Node(Int64(random.next() % 50), sequence)
        heap.insert(node)
        // Of the same deadline, the first one comes first.
        model.insert(node, at: model.firstIndex { $0.deadline > node.deadline } ?? model.count)
      }
      #expect(heap.count == model.count)
      #expect(heap.earliestDeadline == model.first?.deadline)
    }
    for node in model {
      #expect(heap.takeDue(by: .max) === node)
    }
    #expect(heap.isEmpty)
  }

  @Test func whatIsNotInItIsLeftAlone() {
    var heap = DueHeap<Node>()
    let (first, second) = (Node(1, 1), Node(2, 2))
    heap.insert(first)
    heap.remove(second)
    heap.remove(first)
    heap.remove(first)
    #expect(heap.isEmpty)
  }

  private struct SeededGenerator {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 33
    }
  }
}
