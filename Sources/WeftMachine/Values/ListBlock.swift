#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A view of a list's block: a count, then the elements.
struct ListBlock {
  let block: BlockPointer
  static let elementsOffset = 32
  static let stride = 16

  @inline(__always) init(_ block: BlockPointer) { self.block = block }
  @inline(__always) init(_ value: Value) { block = value.block }

  @inline(__always) var count: Int {
    get { block.at(16, as: Int.self).pointee }
    nonmutating set { block.at(16, as: Int.self).pointee = newValue }
  }
  @inline(__always) var elements: UnsafeMutablePointer<Value> { block.at(Self.elementsOffset) }
  @inline(__always) var capacity: Int { (block.size - Self.elementsOffset) / Self.stride }
}

extension Heap {
  /// An empty list with room for `capacity` elements.
  func makeList(capacity: Int) -> ListBlock {
    let list = ListBlock(allocate(kind: Kind.list, size: ListBlock.elementsOffset + capacity * ListBlock.stride))
    list.count = 0
    return list
  }

  /// A list of `values`, whose references it takes over.
  func makeList(taking values: [Value]) -> Value {
    let list = makeList(capacity: values.count)
    for (index, value) in values.enumerated() { list.elements[index] = value }
    list.count = values.count
    return Value(list.block)
  }

  /// Makes the list in `slot` the only reference to its block, with room for `extra` more elements.
  func makeUnique(list slot: UnsafeMutablePointer<Value>, extra: Int = 0) -> ListBlock {
    let list = ListBlock(slot.pointee)
    let count = list.count
    let isUnique = slot.pointee.isUnique
    if isUnique, count + extra <= list.capacity { return list }
    let room = extra == 0 ? count : max(count + extra, count + count / 2 + 4)
    let copy = makeList(capacity: room)
    memcpy(copy.elements, list.elements, count * ListBlock.stride)
    copy.count = count
    if isUnique {
      freeBlock(list.block)
    } else {
      for index in 0..<count { retain(copy.elements[index]) }
      release(list.block)
    }
    slot.pointee = Value(copy.block)
    return copy
  }

  /// Appends `value`, whose reference the list takes over.
  @inline(__always) func append(_ value: Value, toList slot: UnsafeMutablePointer<Value>) {
    let list = makeUnique(list: slot, extra: 1)
    let count = list.count
    list.elements[count] = value
    list.count = count &+ 1
  }
}
