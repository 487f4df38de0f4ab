/// A task value with captured values.
struct ClosureBlock {
  let block: BlockPointer
  @inline(__always) init(_ block: BlockPointer) { self.block = block }
  @inline(__always) init(_ value: Value) { block = value.block }

  /// Its place in the machine's function table.
  @inline(__always) var function: Int {
    get { Int(block.at(16, as: UInt32.self).pointee) }
    nonmutating set { block.at(16, as: UInt32.self).pointee = UInt32(newValue) }
  }
  @inline(__always) var captureCount: Int {
    get { Int(block.at(20, as: UInt32.self).pointee) }
    nonmutating set { block.at(20, as: UInt32.self).pointee = UInt32(newValue) }
  }
  @inline(__always) var captures: UnsafeMutablePointer<Value> { block.at(32) }

  @inline(__always) var holdsBlocks: Bool {
    for index in 0..<captureCount where captures[index].isHeap { return true }
    return false
  }
}

/// Circles of references can only pass through blocks that change after they were made: captured variables, the results
/// of tasks and the causes of errors. A machine links those, and empties them when its run ends.
struct BlockLinks {
  private let block: BlockPointer
  private let place: UnsafeMutablePointer<BlockPointer?>

  @inline(__always) init(_ block: BlockPointer) {
    self.block = block
    place = block.at(Self.offset(block.kind))
  }

  @inline(__always) private static func offset(_ kind: UInt64) -> Int {
    switch kind {
    case Kind.task, Kind.queue: 48
    case Kind.error: 32 + ErrorBlock.slotCount * 16
    default: 32
    }
  }

  private var next: BlockPointer? {
    get { place.pointee }
    nonmutating set { place.pointee = newValue }
  }
  /// The address of the pointer that points here; nil when the block is not linked.
  private var link: Link? {
    get { UnsafeMutableRawPointer(place + 1).load(as: Link?.self) }
    nonmutating set { UnsafeMutableRawPointer(place + 1).storeBytes(of: newValue, as: Link?.self) }
  }
  private typealias Link = UnsafeMutablePointer<BlockPointer?>

  @inline(__always) func clear() {
    next = nil
    link = nil
  }

  func insert(at head: UnsafeMutablePointer<BlockPointer?>) {
    if link != nil { return }
    next = head.pointee
    link = head
    if let next { BlockLinks(next).link = place }
    head.pointee = block
  }

  func unlink() {
    guard let link else { return }
    link.pointee = next
    if let next { BlockLinks(next).link = link }
    clear()
  }
}

/// A captured variable.
struct CellBlock {
  private static let frozenFlag: UInt64 = 0x40
  let block: BlockPointer
  static let size = 48
  @inline(__always) init(_ block: BlockPointer) { self.block = block }
  @inline(__always) init(_ value: Value) { block = value.block }

  @inline(__always) var slot: UnsafeMutablePointer<Value> { block.at(16) }

  /// The cell with that slot.
  static func holding(_ slot: UnsafeMutablePointer<Value>) -> CellBlock {
    CellBlock(UnsafeMutableRawPointer(slot).advanced(by: -16).assumingMemoryBound(to: Block.self))
  }

  /// A copy of a variable of another machine: assigning to it would change nothing there.
  @inline(__always) var isFrozen: Bool { block.flags & Self.frozenFlag != 0 }
  func freeze() { block.flags |= Self.frozenFlag }
}

/// A range of integers, kept as it was written.
struct RangeBlock {
  let block: BlockPointer
  @inline(__always) init(_ block: BlockPointer) { self.block = block }
  @inline(__always) init(_ value: Value) { block = value.block }

  @inline(__always) var lower: Int64 { block.at(16, as: Int64.self).pointee }
  @inline(__always) var upper: Int64 { block.at(24, as: Int64.self).pointee }
  @inline(__always) var isInclusive: Bool { block.flags & 1 != 0 }
  /// How many integers it holds; `Int64.max` for a range of more.
  var count: Int64 {
    if upper < lower { return 0 }
    let (difference, overflow) = upper.subtractingReportingOverflow(lower)
    if overflow { return Int64.max }
    return isInclusive ? (difference == Int64.max ? difference : difference + 1) : difference
  }
}

/// An error as scripts see it.
struct ErrorBlock {
  let block: BlockPointer
  static let slotCount = 7
  static let size = 16 + 16 + slotCount * 16 + 16
  @inline(__always) init(_ block: BlockPointer) { self.block = block }
  @inline(__always) init(_ value: Value) { block = value.block }

  @inline(__always) var slots: UnsafeMutablePointer<Value> { block.at(32) }
  /// Where it was thrown: a UTF-8 offset into `source`.
  var offset: Int32 {
    get { block.at(16, as: Int32.self).pointee }
    nonmutating set { block.at(16, as: Int32.self).pointee = newValue }
  }
  var endOffset: Int32 {
    get { block.at(20, as: Int32.self).pointee }
    nonmutating set { block.at(20, as: Int32.self).pointee = newValue }
  }
  /// The index of the source file in the image; -1 before it was thrown.
  var source: Int32 {
    get { block.at(24, as: Int32.self).pointee }
    nonmutating set { block.at(24, as: Int32.self).pointee = newValue }
  }
  var line: Int32 {
    get { block.at(28, as: Int32.self).pointee }
    nonmutating set { block.at(28, as: Int32.self).pointee = newValue }
  }
  /// A string.
  var kind: UnsafeMutablePointer<Value> { slots }
  /// A string.
  var message: UnsafeMutablePointer<Value> { slots + 1 }
  /// A map of the error's own fields, or none.
  var fields: UnsafeMutablePointer<Value> { slots + 2 }
  /// Another error, or none.
  var cause: UnsafeMutablePointer<Value> { slots + 3 }
  /// A list of single errors when several tasks failed, or none.
  var all: UnsafeMutablePointer<Value> { slots + 4 }
  /// A list of strings, the calls and blocks it came through, innermost first; none before it was thrown.
  var trace: UnsafeMutablePointer<Value> { slots + 5 }
  /// How to mend it: a string, or none.
  var hint: UnsafeMutablePointer<Value> { slots + 6 }
}

/// The answer to a `fetch`.
struct ResponseBlock {
  let block: BlockPointer
  static let slotCount = 4
  static let size = 32 + slotCount * 16
  @inline(__always) init(_ block: BlockPointer) { self.block = block }
  @inline(__always) init(_ value: Value) { block = value.block }

  var status: Int64 {
    get { block.at(16, as: Int64.self).pointee }
    nonmutating set { block.at(16, as: Int64.self).pointee = newValue }
  }
  /// Nanoseconds from the request to the end of the body.
  var elapsed: Int64 {
    get { block.at(24, as: Int64.self).pointee }
    nonmutating set { block.at(24, as: Int64.self).pointee = newValue }
  }
  @inline(__always) var slots: UnsafeMutablePointer<Value> { block.at(32) }
  /// A string.
  var url: UnsafeMutablePointer<Value> { slots }
  /// A map from lower-case names to strings.
  var headers: UnsafeMutablePointer<Value> { slots + 1 }
  /// Bytes.
  var body: UnsafeMutablePointer<Value> { slots + 2 }
  /// The method of the request, a string.
  var method: UnsafeMutablePointer<Value> { slots + 3 }
}

/// Raw bytes.
struct BytesBlock {
  let block: BlockPointer
  @inline(__always) init(_ block: BlockPointer) { self.block = block }
  @inline(__always) init(_ value: Value) { block = value.block }

  @inline(__always) var count: Int {
    get { block.at(16, as: Int.self).pointee }
    nonmutating set { block.at(16, as: Int.self).pointee = newValue }
  }
  @inline(__always) var bytes: UnsafeMutablePointer<UInt8> { block.at(24) }
  @inline(__always) var buffer: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: bytes, count: count) }
}

extension Heap {
  func makeRange(_ lower: Int64, _ upper: Int64, inclusive: Bool) -> Value {
    let block = allocate(kind: Kind.range, size: 32)
    block.at(16, as: Int64.self).pointee = lower
    block.at(24, as: Int64.self).pointee = upper
    block.flags = inclusive ? 1 : 0
    return Value(block)
  }

  /// A closure whose captures the caller fills in.
  func makeClosure(function: Int, captureCount: Int) -> ClosureBlock {
    let closure = ClosureBlock(allocate(kind: Kind.closure, size: 32 + captureCount * 16))
    closure.function = function
    closure.captureCount = captureCount
    return closure
  }

  /// Takes over the references of `kind` and `message`.
  func makeError(kind: Value, message: Value) -> ErrorBlock {
    let error = ErrorBlock(allocate(kind: Kind.error, size: ErrorBlock.size))
    error.offset = 0
    error.endOffset = 0
    error.source = -1
    error.line = 0
    BlockLinks(error.block).clear()
    for index in 0..<ErrorBlock.slotCount { error.slots[index] = .none }
    error.kind.pointee = kind
    error.message.pointee = message
    return error
  }

  func makeBytes(_ bytes: UnsafeBufferPointer<UInt8>) -> Value {
    let block = BytesBlock(allocate(kind: Kind.bytes, size: 24 + bytes.count))
    block.count = bytes.count
    if let base = bytes.baseAddress { block.bytes.update(from: base, count: bytes.count) }
    return Value(block.block)
  }

  /// A kind of error; takes over the reference of `name`.
  func makeErrorKind(_ name: Value) -> Value {
    let block = allocate(kind: Kind.errorKind, size: 32)
    block.at(16, as: Value.self).pointee = name
    return Value(block)
  }
}

/// The handle of a started task.
struct TaskBlock {
  let block: BlockPointer
  static let slotCount = 3
  @inline(__always) init(_ block: BlockPointer) { self.block = block }
  @inline(__always) init(_ value: Value) { block = value.block }
  @inline(__always) var slots: UnsafeMutablePointer<Value> { block.at(96) }
}
