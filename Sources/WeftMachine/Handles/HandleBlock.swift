/// The block of a Lock, Semaphore, RateLimiter, Queue or Shared. Once other machines have the handle as well, the block refers to
/// an object that holds its state; a machine has one block at most for each object.
struct HandleBlock {
  let block: BlockPointer
  private static let crossedFlag: UInt64 = 4
  @inline(__always) init(_ block: BlockPointer) { self.block = block }
  @inline(__always) init(_ value: Value) { block = value.block }

  static func isHandle(_ kind: UInt64) -> Bool { kind >= Kind.semaphore && kind <= Kind.shared }

  /// Other machines have it, or had it, as well.
  @inline(__always) var hasCrossed: Bool { block.flags & Self.crossedFlag != 0 }

  /// Whether a value is a handle of that kind that has crossed.
  @inline(__always) static func hasCrossed(_ value: Value, _ kind: UInt64) -> Bool {
    value.tag == kind && HandleBlock(value).hasCrossed
  }

  private var reference: UnsafeMutablePointer<Unmanaged<SharedHandle>> {
    switch block.kind {
    case Kind.queue: block.at(144)
    case Kind.shared: block.at(48)
    default: block.at(40)
    }
  }

  /// Its object; only of one that has crossed.
  @inline(__always) var object: SharedHandle { reference.pointee.takeUnretainedValue() }

  /// Makes it refer to an object.
  func attach(_ object: SharedHandle) {
    reference.pointee = .passRetained(object)
    block.flags |= Self.crossedFlag
  }

  /// Makes it forget its object.
  func detach() {
    block.flags &= ~Self.crossedFlag
    reference.pointee.release()
  }
}

/// The blocks that a machine has for handles that have crossed, by the number of the handle. They are not counted here.
final class HandleTable {
  private(set) var blocks: [UInt64: BlockPointer] = [:]

  func insert(_ block: BlockPointer) { blocks[HandleBlock(block).object.number] = block }

  /// The block is freed.
  func remove(_ block: BlockPointer) {
    blocks[HandleBlock(block).object.number] = nil
    HandleBlock(block).detach()
  }
}
