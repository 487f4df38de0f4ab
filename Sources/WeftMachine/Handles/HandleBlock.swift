/// The block of a Lock, Semaphore, RateLimiter, Queue or Shared. Once other machines have the handle as well, the block refers to
/// an object that holds its state; a machine has one block at most for each object.
struct HandleBlock {
  let block: BlockPointer
  private static let crossedFlag: UInt64 = 4
  /// The object is a `SharedCell`: one of this process.
  private static let cellFlag: UInt64 = 8
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

  /// Of a Shared that has crossed: its object, if that is in this process. It lives as long as the block.
  @inline(__always) var cell: Unmanaged<SharedCell>? {
    if block.flags & Self.cellFlag == 0 { return nil }
    return Unmanaged.fromOpaque(reference.pointee.toOpaque())
  }

  /// Makes it refer to an object.
  func attach(_ object: SharedHandle) {
    reference.pointee = .passRetained(object)
    block.flags |= object is SharedCell ? Self.crossedFlag | Self.cellFlag : Self.crossedFlag
  }

  /// Makes it forget its object.
  func detach() {
    block.flags &= ~(Self.crossedFlag | Self.cellFlag)
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
