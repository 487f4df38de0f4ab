import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The header of every counted block; its payload follows.
public struct Block {
  /// How many references there are. Positive: owned by one machine. Negative: shared between machines, counted atomically.
  var count: Int64
  /// Kind in the lowest byte, flags in the next, the block's size in bytes above.
  var meta: UInt64

  static let headerSize = 16
  static let sharedFlag: UInt64 = 0x80
}

typealias BlockPointer = UnsafeMutablePointer<Block>

extension UnsafeMutablePointer<Block> {
  /// The address `offset` bytes after the start of the block.
  @inline(__always) func at<T: ~Copyable>(_ offset: Int, as type: T.Type = T.self) -> UnsafeMutablePointer<T> {
    UnsafeMutableRawPointer(self).advanced(by: offset).assumingMemoryBound(to: T.self)
  }

  // Not by way of `pointee`, which a debug build reads as a whole, count and all.
  @inline(__always) private var meta: UnsafeMutablePointer<UInt64> { at(8) }
  @inline(__always) var kind: UInt64 { meta.pointee & 0xFF }
  @inline(__always) var size: Int { Int(meta.pointee >> 16) }
  @inline(__always) var flags: UInt64 {
    get { (meta.pointee >> 8) & 0xFF }
    nonmutating set { meta.pointee = (meta.pointee & ~0xFF00) | (newValue << 8) }
  }
  /// Its memory belongs to the run and not to one machine: set for good when the block is first shared.
  @inline(__always) var isShared: Bool { flags & Block.sharedFlag != 0 }

  /// The count, which other threads may change while it is negative.
  @inline(__always) var counter: UnsafeMutablePointer<Atomic<Int64>> { at(0) }
  /// The count as it is now; an owned one may be written plainly.
  @inline(__always) var count: Int64 { counter.pointee.load(ordering: .relaxed) }

  /// Gives up a reference to a shared block: whether it was the last one.
  @inline(__always) func releaseShared() -> Bool {
    counter.pointee.add(1, ordering: .acquiringAndReleasing).newValue == 0
  }
}

/// Where a machine's blocks come from: lists of free pieces by size, and the C allocator above `largestPiece`.
///
/// A debug build takes every block from the C allocator, so that the address sanitizer sees each of them.
struct HeapState {
  static let granularity = 16
  static let largestPiece = 512
  static let slabSize = 1 << 16
  /// One list of pieces for each size up to the largest.
  static let lists = largestPiece / granularity + 1

  /// Bytes in live blocks.
  var live = 0
  /// The greatest that `live` has been.
  var peak = 0
  /// `live` may not pass this.
  var limit = Int.max
  /// Blocks handed out and not yet back.
  var blocks = 0
  /// Set when `live` has passed `limit`; the machine faults at its next safepoint.
  var isOverLimit = false
  /// Heads of the lists of free pieces, by size / granularity.
  var free: UnsafeMutablePointer<UnsafeMutableRawPointer?>
  var slab: UnsafeMutableRawPointer?
  var slabLeft = 0
  /// Slabs are linked through their first word.
  var slabs: UnsafeMutableRawPointer?
  /// What the machines of the run have in common; the heap holds a reference.
  let memory: Unmanaged<RunMemory>
  /// The blocks of handles that have crossed.
  let handles = Unmanaged.passRetained(HandleTable())
  /// Pieces have gone to the run's lists, or come from them: the slabs have to last until the run's end.
  var isEntangled = false
}

/// A handle on a machine's allocator; copying it copies a pointer.
struct Heap {
  let state: UnsafeMutablePointer<HeapState>

  init(memory: RunMemory) {
    let free = UnsafeMutablePointer<UnsafeMutableRawPointer?>.allocate(capacity: HeapState.lists)
    free.initialize(repeating: nil, count: HeapState.lists)
    state = .allocate(capacity: 1)
    state.initialize(to: HeapState(free: free, memory: .passRetained(memory)))
  }

  var memory: RunMemory { state.pointee.memory.takeUnretainedValue() }
  var handles: HandleTable { state.pointee.handles.takeUnretainedValue() }

  /// Gives everything back. Every block of its own must have been released before.
  func destroy() {
    if state.pointee.isEntangled {
      for list in 0..<HeapState.lists {
        if let first = state.pointee.free[list] { memory.pieces.push(chain: first, onto: list) }
      }
      if let slabs = state.pointee.slabs { memory.slabs.push(chain: slabs, onto: 0) }
    } else {
      PieceLists.freeAll(state.pointee.slabs)
    }
    state.pointee.handles.release()
    state.pointee.memory.release()
    state.pointee.free.deallocate()
    state.deallocate()
  }

  @inline(__always) static func roundUp(_ size: Int) -> Int {
    (size + HeapState.granularity - 1) & ~(HeapState.granularity - 1)
  }

  /// Raw memory of at least `size` bytes, charged to the machine. `size` must be a multiple of 16.
  @inline(__always) func allocateRaw(_ size: Int) -> UnsafeMutableRawPointer {
    charge(size)
    #if !DEBUG
      if size <= HeapState.largestPiece {
        let list = state.pointee.free + (size / HeapState.granularity)
        if let piece = list.pointee {
          list.pointee = piece.load(as: UnsafeMutableRawPointer?.self)
          return piece
        }
        return allocateFromSlab(size)
      }
    #endif
    return systemAllocate(size)
  }

  @inline(__always) func freeRaw(_ pointer: UnsafeMutableRawPointer, size: Int) {
    state.pointee.live &-= size
    state.pointee.blocks &-= 1
    #if !DEBUG
      if size <= HeapState.largestPiece {
        let list = state.pointee.free + (size / HeapState.granularity)
        pointer.storeBytes(of: list.pointee, as: UnsafeMutableRawPointer?.self)
        list.pointee = pointer
        return
      }
    #endif
    free(pointer)
  }

  @inline(__always) private func charge(_ size: Int) {
    let live = state.pointee.live &+ size
    state.pointee.live = live
    state.pointee.blocks &+= 1
    if live > state.pointee.peak {
      state.pointee.peak = live
      if live > state.pointee.limit { state.pointee.isOverLimit = true }
    }
  }

  @inline(never) private func allocateFromSlab(_ size: Int) -> UnsafeMutableRawPointer {
    if state.pointee.slabLeft < size {
      let list = size / HeapState.granularity
      if let piece = memory.pieces.takeAll(of: list) {
        state.pointee.isEntangled = true
        state.pointee.free[list] = piece.load(as: UnsafeMutableRawPointer?.self)
        return piece
      }
      let slab = systemAllocate(HeapState.slabSize)
      slab.storeBytes(of: state.pointee.slabs, as: UnsafeMutableRawPointer?.self)
      state.pointee.slabs = slab
      state.pointee.slab = slab + HeapState.granularity
      state.pointee.slabLeft = HeapState.slabSize - HeapState.granularity
    }
    // unreachable: a slab was just made if there was none.
    let piece = state.pointee.slab.unsafelyUnwrapped
    state.pointee.slab = piece + size
    state.pointee.slabLeft -= size
    return piece
  }

  @inline(never) private func systemAllocate(_ size: Int) -> UnsafeMutableRawPointer {
    guard let pointer = malloc(size) else {
      // unreachable for scripts with a memory limit; without one the system itself is out of memory.
      fatalError("unreachable: out of memory")
    }
    return pointer
  }

  /// Whether `size` more bytes fit the limit. Ask before making anything whose size a script chooses.
  @inline(__always) func hasRoom(for size: Int) -> Bool {
    size >= 0 && size <= state.pointee.limit - min(state.pointee.live, state.pointee.limit)
  }

  /// A block with one reference and an undefined payload. `size` includes the header.
  @inline(__always) func allocate(kind: UInt64, size: Int) -> BlockPointer {
    let rounded = Heap.roundUp(size)
    let block = allocateRaw(rounded).assumingMemoryBound(to: Block.self)
    block.pointee.count = 1
    block.pointee.meta = kind | UInt64(rounded) << 16
    return block
  }

  @inline(__always) func freeBlock(_ block: BlockPointer) {
    if block.isShared {
      memory.free(block)
    } else {
      freeRaw(UnsafeMutableRawPointer(block), size: block.size)
    }
  }
}

// MARK: - Counting

@inline(__always) func retain(_ value: Value) {
  if value.isHeap { retain(value.block) }
}

@inline(__always) func retain(_ block: BlockPointer) {
  let count = block.count
  if count > 0 { block.pointee.count = count &+ 1 } else { retainShared(block) }
}

@inline(never) private func retainShared(_ block: BlockPointer) {
  _ = block.counter.pointee.subtract(1, ordering: .relaxed)
}

extension Value {
  /// The value with one reference more.
  @inline(__always) func retained() -> Value {
    retain(self)
    return self
  }

  /// Whether this is the only reference, so that the block may be changed in place. A shared block never is.
  @inline(__always) var isUnique: Bool { block.count == 1 }
}

extension Heap {
  @inline(__always) func release(_ value: Value) {
    if value.isHeap { release(value.block) }
  }

  @inline(__always) func release(_ block: BlockPointer) {
    let count = block.count
    if count > 1 { block.pointee.count = count &- 1 } else { releaseLast(block) }
  }

  @inline(never) private func releaseLast(_ block: BlockPointer) {
    if block.count < 0, !block.releaseShared() { return }
    switch block.kind {
    case Kind.string, Kind.bigInt, Kind.bytes, Kind.range: freeBlock(block)
    case Kind.closure where !ClosureBlock(block).holdsBlocks: freeBlock(block)
    default: destroyTree(block)
    }
  }

  @inline(never) private func destroyTree(_ root: BlockPointer) {
    Heap.destroyTree(root) {
      if HandleBlock.isHandle($0.kind), HandleBlock($0).hasCrossed { handles.remove($0) }
      freeBlock($0)
    }
  }

  /// Frees a block and all that only it held. Uses a list threaded through the dead blocks, never recursion,
  /// so that a list nested a million deep cannot overflow the stack.
  @inline(__always) static func destroyTree(_ root: BlockPointer, free: (BlockPointer) -> Void) {
    var dead: BlockPointer? = root
    root.pointee.count = 0
    while let block = dead {
      dead = BlockPointer(bitPattern: Int(block.pointee.count))
      forEachReference(in: block) { value in
        let child = value.block
        let count = child.count
        if count > 1 {
          child.pointee.count = count &- 1
          return
        }
        if count < 0, !child.releaseShared() { return }
        child.pointee.count = Int64(Int(bitPattern: dead))
        dead = child
      }
      switch block.kind {
      case Kind.cell, Kind.shared, Kind.task, Kind.error, Kind.queue: BlockLinks(block).unlink()
      case Kind.object: ObjectBlock(block).letGo()
      default: break
      }
      free(block)
    }
  }

  /// Calls `body` with each heap value that `block` holds.
  @inline(__always) static func forEachReference(in block: BlockPointer, _ body: (Value) -> Void) {
    let values: UnsafeMutablePointer<Value>
    let count: Int
    switch block.kind {
    case Kind.list:
      values = ListBlock(block).elements
      count = ListBlock(block).count
    case Kind.map:
      let map = MapBlock(block)
      for index in 0..<map.used where !map.entries[index].isRemoved {
        let entry = map.entries[index]
        if entry.key.isHeap { body(entry.key) }
        if entry.value.isHeap { body(entry.value) }
      }
      return
    case Kind.closure:
      values = ClosureBlock(block).captures
      count = ClosureBlock(block).captureCount
    case Kind.error:
      values = ErrorBlock(block).slots
      count = ErrorBlock.slotCount
    case Kind.response:
      values = ResponseBlock(block).slots
      count = ResponseBlock.slotCount
    case Kind.cell, Kind.shared:
      values = CellBlock(block).slot
      count = 1
    case Kind.queue:
      values = QueueBlock(block).items
      count = 1
    case Kind.errorKind:
      values = block.at(Block.headerSize)
      count = 1
    case Kind.task:
      values = TaskBlock(block).slots
      count = TaskBlock.slotCount
    default: return
    }
    for index in 0..<count where values[index].isHeap { body(values[index]) }
  }
}
