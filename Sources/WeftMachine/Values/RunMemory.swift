import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What the machines of one run have in common: the blocks that they share, and the memory that those leave behind.
///
/// Machines that are given the same one pass values to each other by reference:
///
///     let memory = RunMemory()
///     let parent = Machine(image: image, memory: memory)
///     let worker = Machine(image: image, memory: memory)     // may run on another thread
public final class RunMemory: @unchecked Sendable {
  // What is unchecked is sound because all state is atomic, and a block is freed by whoever gives up its last reference.

  /// Small pieces that shared blocks left, by size / granularity.
  let pieces = PieceLists(count: HeapState.lists)
  /// Slabs of machines that are gone, whose pieces may still be in use.
  let slabs = PieceLists(count: 1)
  /// Handles that several machines have.
  let handles = HandleRegistry()
  /// Mocks that a test of the run has made.
  let mocks = Atomic<Int>(0)
  private let bytes = Atomic<Int>(0)
  private let blocks = Atomic<Int>(0)
  /// Workers of all pools that are open.
  private let workers = Atomic<Int>(0)
  /// Bytes that the run has printed.
  private let printed = Atomic<Int>(0)

  public init() {}

  deinit {
    assert(blocks.load(ordering: .relaxed) == 0, "the run leaks \(blocks.load(ordering: .relaxed)) shared blocks")
    PieceLists.freeAll(slabs.takeAll(of: 0))
    slabs.deallocate()
    pieces.deallocate()
  }

  /// The run is over: what its handles hold, which may refer to themselves, goes.
  public func runEnded() { handles.emptyAll() }

  /// The machines of this run are in a worker process, where handles of the parent have the lower numbers.
  public func beginWorkerProcess() { handles.numberFromAbove() }

  /// Bytes in live blocks that are, or were, shared.
  public var live: Int { bytes.load(ordering: .relaxed) }
  /// How many such blocks there are.
  var liveBlocks: Int { blocks.load(ordering: .relaxed) }

  /// False when the run would have more workers than `limit`.
  func reserve(workers count: Int, limit: Int) -> Bool {
    guard count <= limit else { return false }
    if workers.add(count, ordering: .relaxed).newValue <= limit { return true }
    release(workers: count)
    return false
  }

  /// How many bytes the run has printed with these.
  func addPrinted(_ count: Int) -> Int { printed.add(count, ordering: .relaxed).newValue }

  func release(workers count: Int) { workers.subtract(count, ordering: .relaxed) }

  /// Takes over the accounts of blocks that a machine has shared.
  func add(bytes: Int, blocks: Int) {
    self.bytes.add(bytes, ordering: .relaxed)
    self.blocks.add(blocks, ordering: .relaxed)
  }

  /// Frees a shared block that nothing refers to any more.
  func free(_ block: BlockPointer) {
    let size = block.size
    add(bytes: -size, blocks: -1)
    #if !DEBUG
      if size <= HeapState.largestPiece {
        pieces.push(UnsafeMutableRawPointer(block), onto: size / HeapState.granularity)
        return
      }
    #endif
    PieceLists.systemFree(block)
  }

  /// Gives up a reference to a shared block outside of any machine.
  func release(_ block: BlockPointer) {
    if block.releaseShared() { Heap.destroyTree(block) { free($0) } }
  }
}

/// Lists of free memory that all threads add to. A list is only ever taken as a whole, so nothing can come back to its head
/// unnoticed between a look at it and an exchange. Pieces are linked through their first word.
struct PieceLists {
  private let heads: UnsafeMutablePointer<Atomic<UnsafeMutableRawPointer?>>
  private let count: Int

  init(count: Int) {
    self.count = count
    heads = .allocate(capacity: count)
    for list in 0..<count { (heads + list).initialize(to: Atomic(nil)) }
  }

  func deallocate() {
    heads.deinitialize(count: count)
    heads.deallocate()
  }

  func push(_ piece: UnsafeMutableRawPointer, onto list: Int) { push(from: piece, to: piece, onto: list) }

  /// Adds a piece and all that are linked to it.
  func push(chain first: UnsafeMutableRawPointer, onto list: Int) {
    var last = first
    while let next = last.load(as: UnsafeMutableRawPointer?.self) { last = next }
    push(from: first, to: last, onto: list)
  }

  private func push(from first: UnsafeMutableRawPointer, to last: UnsafeMutableRawPointer, onto list: Int) {
    var head = heads[list].load(ordering: .relaxed)
    while true {
      last.storeBytes(of: head, as: UnsafeMutableRawPointer?.self)
      let (done, current) = heads[list].compareExchange(
        expected: head, desired: first, successOrdering: .acquiringAndReleasing, failureOrdering: .relaxed)
      if done { return }
      head = current
    }
  }

  /// All pieces of a list, linked; nil if there are none.
  func takeAll(of list: Int) -> UnsafeMutableRawPointer? {
    if heads[list].load(ordering: .relaxed) == nil { return nil }
    return heads[list].exchange(nil, ordering: .acquiringAndReleasing)
  }

  /// Gives linked pieces back to the system.
  static func freeAll(_ first: UnsafeMutableRawPointer?) {
    var next = first
    while let piece = next {
      next = piece.load(as: UnsafeMutableRawPointer?.self)
      systemFree(piece)
    }
  }

  static func systemFree(_ pointer: UnsafeMutableRawPointer) { free(pointer) }
}
