/// A queue: items in a ring, and three lines of fibers. Of one that other machines have as well, only `limit` counts; the rest
/// is in its `SharedQueue`.
struct QueueBlock {
  let block: BlockPointer
  static let size = 160
  @inline(__always) init(_ block: BlockPointer) { self.block = block }
  @inline(__always) init(_ value: Value) { block = value.block }

  @inline(__always) var count: Int {
    get { block.at(16, as: Int.self).pointee }
    nonmutating set { block.at(16, as: Int.self).pointee = newValue }
  }
  /// Where the first item stands in the ring.
  private var head: Int {
    get { block.at(24, as: Int.self).pointee }
    nonmutating set { block.at(24, as: Int.self).pointee = newValue }
  }
  /// The most items; `Int.max` for no limit.
  @inline(__always) var limit: Int {
    get { block.at(32, as: Int.self).pointee }
    nonmutating set { block.at(32, as: Int.self).pointee = newValue }
  }
  /// Items put in and not yet told done.
  @inline(__always) var unfinished: Int {
    get { block.at(40, as: Int.self).pointee }
    nonmutating set { block.at(40, as: Int.self).pointee = newValue }
  }
  // At 48 stand the links of `BlockLinks`.
  /// The ring: a list whose free places hold none.
  var items: UnsafeMutablePointer<Value> { block.at(64) }
  var isClosed: Bool {
    get { block.at(80, as: Bool.self).pointee }
    nonmutating set { block.at(80, as: Bool.self).pointee = newValue }
  }
  /// Tasks whose handles are still to come, for a queue that `completed` made.
  var expected: Int {
    get { block.at(88, as: Int.self).pointee }
    nonmutating set { block.at(88, as: Int.self).pointee = newValue }
  }
  var getters: UnsafeMutablePointer<WaitList> { block.at(96) }
  var putters: UnsafeMutablePointer<WaitList> { block.at(112) }
  var joiners: UnsafeMutablePointer<WaitList> { block.at(128) }
  // At 144 stands the reference of `HandleBlock`.

  /// Whether the ring has to grow before another item can be added.
  var isFull: Bool { items.pointee.tag == Kind.none || count == ListBlock(items.pointee).count }

  /// Adds an item, which it takes over, at the end.
  func append(_ item: Value, _ heap: Heap) {
    if isFull { grow(heap) }
    let ring = ListBlock(items.pointee)
    var place = head + count
    if place >= ring.count { place -= ring.count }
    ring.elements[place] = item
    count += 1
  }

  /// Puts an item, which it takes over, before all others.
  func prepend(_ item: Value, _ heap: Heap) {
    if isFull { grow(heap) }
    let ring = ListBlock(items.pointee)
    head = head == 0 ? ring.count - 1 : head - 1
    ring.elements[head] = item
    count += 1
  }

  /// Takes the first item out; there must be one.
  func takeFirst() -> Value {
    let ring = ListBlock(items.pointee)
    let item = ring.elements[head]
    ring.elements[head] = .none
    head = head + 1 == ring.count ? 0 : head + 1
    count -= 1
    return item
  }

  /// The item at a place counted from the first; borrowed.
  func item(_ index: Int) -> Value {
    let ring = ListBlock(items.pointee)
    let place = head + index
    return ring.elements[place >= ring.count ? place - ring.count : place]
  }

  /// Drops all items.
  func clear(_ heap: Heap) {
    heap.release(items.pointee)
    items.pointee = .none
    count = 0
    head = 0
  }

  private func grow(_ heap: Heap) {
    let size = max(4, count * 2)
    let larger = heap.makeList(capacity: size)
    for index in 0..<size { larger.elements[index] = .none }
    larger.count = size
    if items.pointee.tag != Kind.none {
      let ring = ListBlock(items.pointee)
      for index in 0..<count {
        let place = head + index
        let from = ring.elements + (place >= ring.count ? place - ring.count : place)
        larger.elements[index] = from.pointee
        from.pointee = .none
      }
      heap.release(items.pointee)
    }
    items.pointee = Value(larger.block)
    head = 0
  }
}

extension Heap {
  func makeQueue(limit: Int) -> QueueBlock {
    let queue = QueueBlock(allocate(kind: Kind.queue, size: QueueBlock.size))
    queue.count = 0
    queue.block.at(24, as: Int.self).pointee = 0
    queue.limit = limit
    queue.unfinished = 0
    BlockLinks(queue.block).clear()
    queue.items.pointee = .none
    queue.isClosed = false
    queue.expected = 0
    queue.getters.initialize(to: WaitList())
    queue.putters.initialize(to: WaitList())
    queue.joiners.initialize(to: WaitList())
    return queue
  }
}
