/// A cell that several tasks see, laid out as a captured variable at first. Of one that other machines have as well, the value is
/// in its `SharedCell`.
struct SharedBlock {
  let block: BlockPointer
  static let size = 64
  @inline(__always) init(_ block: BlockPointer) { self.block = block }
  @inline(__always) init(_ value: Value) { block = value.block }

  @inline(__always) var slot: UnsafeMutablePointer<Value> { block.at(16) }
  // At 32 stand the links of `BlockLinks`, at 48 the reference of `HandleBlock`.
  /// How many `update`s of this machine run, one inside the other.
  @inline(__always) var updates: Int {
    get { block.at(56, as: Int.self).pointee }
    nonmutating set { block.at(56, as: Int.self).pointee = newValue }
  }
}

extension Heap {
  /// Takes over the reference of `value`.
  func makeShared(_ value: Value) -> BlockPointer {
    let block = allocate(kind: Kind.shared, size: SharedBlock.size)
    SharedBlock(block).slot.pointee = value
    SharedBlock(block).updates = 0
    BlockLinks(block).clear()
    return block
  }
}
