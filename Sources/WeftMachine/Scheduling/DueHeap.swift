/// What a `DueHeap` orders.
public protocol DueNode {
  /// Nanoseconds on the clock of whoever has the heap.
  var deadline: Int64 { get }
  /// Orders nodes of the same deadline.
  var sequence: UInt64 { get }
  /// The place in the heap; -1 when it is in none. The heap's to set.
  var position: Int32 { get nonmutating set }
}

/// What comes when: a 4-ary heap ordered by deadline, then by sequence. Each node knows its place, so one that is no longer
/// wanted goes at once.
///
/// ```swift
/// var heap = DueHeap<Answer>()      // final class Answer: DueNode { … }
/// heap.insert(answer)
/// while let next = heap.takeDue(by: now) { … }
/// ```
@frozen public struct DueHeap<Node: DueNode> {
  @usableFromInline var nodes: [Node] = []

  @inlinable public init() {}

  @inlinable public var isEmpty: Bool { nodes.isEmpty }
  @inlinable public var count: Int { nodes.count }
  @inlinable public var earliestDeadline: Int64? { nodes.isEmpty ? nil : nodes[0].deadline }

  @inlinable static func isBefore(_ left: Node, _ right: Node) -> Bool {
    left.deadline != right.deadline ? left.deadline < right.deadline : left.sequence < right.sequence
  }

  /// Moves the node at a place to where it belongs, between there and the first.
  @inlinable mutating func moveUp(from start: Int) {
    nodes.withUnsafeMutableBufferPointer { nodes in
      var position = start
      while position > 0 {
        let parent = (position - 1) / 4
        if !Self.isBefore(nodes[position], nodes[parent]) { break }
        nodes.swapAt(position, parent)
        nodes[position].position = Int32(truncatingIfNeeded: position)
        position = parent
      }
      nodes[position].position = Int32(truncatingIfNeeded: position)
    }
  }

  /// The same, between there and the last.
  @inlinable mutating func moveDown(from start: Int) {
    nodes.withUnsafeMutableBufferPointer { nodes in
      var position = start
      while true {
        let first = position * 4 + 1
        if first >= nodes.count { break }
        var least = first
        for child in (first + 1)..<max(first + 1, min(first + 4, nodes.count))
        where Self.isBefore(nodes[child], nodes[least]) {
          least = child
        }
        if !Self.isBefore(nodes[least], nodes[position]) { break }
        nodes.swapAt(position, least)
        nodes[position].position = Int32(truncatingIfNeeded: position)
        position = least
      }
      nodes[position].position = Int32(truncatingIfNeeded: position)
    }
  }

  @inlinable public mutating func insert(_ node: Node) {
    nodes.append(node)
    moveUp(from: nodes.count - 1)
  }

  /// Takes the earliest node out, if its deadline has come by `time`.
  @inlinable public mutating func takeDue(by time: Int64) -> Node? {
    guard let earliestDeadline, earliestDeadline <= time else { return nil }
    let node = nodes[0]
    remove(node)
    return node
  }

  /// Takes a node out, if it is in.
  @inlinable public mutating func remove(_ node: Node) {
    let position = Int(node.position)
    guard position >= 0, position < nodes.count else { return }
    node.position = -1
    let last = nodes.removeLast()
    if position == nodes.count { return }
    nodes[position] = last
    if position > 0, Self.isBefore(last, nodes[(position - 1) / 4]) {
      moveUp(from: position)
    } else {
      moveDown(from: position)
    }
  }
}
