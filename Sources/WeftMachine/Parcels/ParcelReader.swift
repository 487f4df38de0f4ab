import BigInt
import WeftCompiler

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Makes values of a parcel's bytes, which may be anything at all. A container is handed to what it stands in as soon as it is
/// made, and then filled, so that giving up in the middle only means releasing the outermost ones.
struct ParcelReader {
  /// A container that waits for its parts.
  struct Open {
    let block: BlockPointer
    var position = 0
    let count: Int
    /// Of the containers around it: how many of them `tearDown` would empty to break a circle, and how many hold the next
    /// one otherwise than as an error holds its cause.
    let breakersAround: Int
    let othersAround: Int
  }

  let machine: Machine
  var heap: Heap { machine.heap }
  let blocks: ParcelBlocks?
  private var next: UnsafeRawPointer
  private let end: UnsafeRawPointer
  private var roots: [Value] = []
  private var open: [Open] = []
  /// What is referred to by number, with its place in `open` if it is a container.
  private var numbered: [(value: Value, place: Int)] = []
  /// Blocks that circles may pass through.
  private var linked: [BlockPointer] = []

  init(_ machine: Machine, _ bytes: UnsafeRawBufferPointer, _ blocks: ParcelBlocks?) {
    self.machine = machine
    self.blocks = blocks
    next = bytes.baseAddress ?? UnsafeRawPointer(machine.endOfFiber)
    end = next + bytes.count
  }

  mutating func values() -> [Value]? {
    guard let count = count(each: 1), fill(count), next == end else {
      discard()
      return nil
    }
    return roots
  }

  private mutating func fill(_ count: Int) -> Bool {
    for _ in 0..<count {
      guard let value = value() else { return false }
      roots.append(value)
      if value.tag == Kind.cell { return false }
      while let inner = open.indices.last {
        guard readParts(of: inner) else { return false }
      }
    }
    return true
  }

  /// Releases all that was made, circles included.
  private func discard() {
    for block in linked { retain(block) }
    for root in roots { heap.release(root) }
    for block in linked {
      let slots = block.pointee.kind == Kind.cell ? CellBlock(block).slot : ErrorBlock(block).slots
      for index in 0..<(block.pointee.kind == Kind.cell ? 1 : ErrorBlock.slotCount) {
        let value = slots[index]
        slots[index] = .none
        heap.release(value)
      }
    }
    for block in linked { heap.release(block) }
  }

  // MARK: Bytes

  @inline(__always) private var left: Int { end - next }

  @inline(__always) mutating func byte() -> UInt8? {
    if left == 0 { return nil }
    let byte = next.load(as: UInt8.self)
    next += 1
    return byte
  }

  @inline(__always) mutating func tag() -> ParcelTag? { byte().flatMap { ParcelTag(rawValue: $0) } }

  @inline(__always) mutating func number() -> UInt64? {
    guard let first = byte() else { return nil }
    return first < 0x80 ? UInt64(first) : longNumber(first)
  }

  private mutating func longNumber(_ first: UInt8) -> UInt64? {
    var number = UInt64(first & 0x7F)
    var shift: UInt64 = 7
    while let byte = byte() {
      if shift == 63, byte > 1 { return nil }
      number |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return number }
      shift += 7
      if shift > 63 { return nil }
    }
    return nil
  }

  @inline(__always) mutating func signed() -> Int64? { number().map { unzigzag($0) } }

  /// A number of things of which each takes `size` bytes at least.
  mutating func count(each size: Int) -> Int? {
    guard let number = number(), number <= UInt64(left / size) else { return nil }
    return Int(number)
  }

  private mutating func word() -> UInt64? {
    if left < 8 { return nil }
    defer { next += 8 }
    return UInt64(littleEndian: next.loadUnaligned(as: UInt64.self))
  }

  private mutating func rawBytes() -> UnsafeBufferPointer<UInt8>? {
    guard let count = count(each: 1) else { return nil }
    defer { next += count }
    return UnsafeBufferPointer(start: next.assumingMemoryBound(to: UInt8.self), count: count)
  }

  mutating func text() -> Value? {
    guard let bytes = rawBytes(), ParcelReader.isUTF8(bytes), hasRoom(bytes.count) else { return nil }
    return heap.makeString(bytes)
  }

  static func isUTF8(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    let raw = UnsafeRawBufferPointer(bytes)
    var index = 0
    while index + 8 <= raw.count, raw.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
    {
      index += 8
    }
    while index < raw.count, raw[index] < 0x80 { index += 1 }
    if index == raw.count { return true }
    return String(validating: bytes[index...], as: UTF8.self) != nil
  }

  /// Whether the machine's limit allows a block of that size. If not, the run ends at its next safepoint.
  func hasRoom(_ size: Int) -> Bool {
    do throws(Thrown) {
      try machine.checkRoom(size)
      return true
    } catch {
      heap.release(error.error)
      heap.state.pointee.isOverLimit = true
      return false
    }
  }

  // MARK: One value

  /// A value without parts, or a container whose parts follow.
  @inline(__always) private mutating func value() -> Value? {
    guard let tag = tag() else { return nil }
    if tag == .int { return signed().map { Value($0) } }
    if tag != .numbered { return value(tag) }
    guard let inner = self.tag(), inner != .reference, let value = value(inner) else { return nil }
    numbered.append((value, open.count - 1))
    return value
  }

  private mutating func value(_ tag: ParcelTag) -> Value? {
    switch tag {
    case .none: return Value.none
    case .false: return Value(false)
    case .true: return Value(true)
    case .unset: return .unset
    case .int: return signed().map { Value($0) }
    case .duration: return signed().map { .duration($0) }
    case .during:
      return signed().map { left in
        let (deadline, overflow) = machine.now.addingReportingOverflow(left)
        return .during(until: overflow ? (left < 0 ? .min : .max) : deadline)
      }
    case .float: return word().map { Value(tag: Kind.float, bits: $0) }
    case .rate: return word().map { Value(tag: Kind.rate, bits: $0) }
    case .function:
      guard let index = number(), index < machine.image.functions.count,
        machine.image.functions[Int(index)].captures.isEmpty
      else { return nil }
      return Value(tag: Kind.function, bits: index)
    case .builtin:
      guard let index = number(), index <= UInt16.max, BuiltinFunction(rawValue: UInt16(index)) != nil else {
        return nil
      }
      return Value(tag: Kind.builtin, bits: index)
    case .string: return text()
    case .bytes:
      guard let bytes = rawBytes(), hasRoom(bytes.count) else { return nil }
      return heap.makeBytes(bytes)
    case .errorKind: return text().map { heap.makeErrorKind($0) }
    case .wideInt:
      guard let low = word(), let high = word() else { return nil }
      let wide = Int128(truncatingIfNeeded: UInt128(high) << 64 | UInt128(low))
      return Int64(exactly: wide) == nil ? heap.makeInt(wide) : nil
    case .positiveInt: return bigInt(.plus)
    case .negativeInt: return bigInt(.minus)
    case .openRange, .closedRange:
      guard let lower = signed(), let upper = signed() else { return nil }
      return heap.makeRange(lower, upper, inclusive: tag == .closedRange)
    case .ints: return ints()
    case .list:
      guard let count = count(each: 1), hasRoom(count * ListBlock.stride) else { return nil }
      return opened(heap.makeList(capacity: count).block, count)
    case .map:
      guard let count = count(each: 2), hasRoom(MapBlock.size(capacity: count)) else { return nil }
      return opened(heap.makeMap(capacity: count).block, count)
    case .closure:
      guard let index = number(), index < machine.image.functions.count, let count = number(), count > 0,
        machine.image.functions[Int(index)].captures.count == count
      else { return nil }
      let closure = heap.makeClosure(function: Int(index), captureCount: Int(count))
      for capture in 0..<Int(count) { closure.captures[capture] = .none }
      return opened(closure.block, Int(count))
    case .cell:
      let cell = CellBlock(heap.allocate(kind: Kind.cell, size: CellBlock.size))
      cell.slot.pointee = .none
      cell.freeze()
      BlockLinks(cell.block).clear()
      machine.link(cell.block)
      linked.append(cell.block)
      return opened(cell.block, 1)
    case .error: return error()
    case .response:
      guard let status = signed(), let elapsed = signed() else { return nil }
      let response = ResponseBlock(heap.allocate(kind: Kind.response, size: ResponseBlock.size))
      response.status = status
      response.elapsed = elapsed
      for index in 0..<ResponseBlock.slotCount { response.slots[index] = .none }
      return opened(response.block, ResponseBlock.slotCount)
    case .numbered: return nil
    case .reference: return reference()
    case .attached:
      guard let blocks, let index = number(), index < blocks.blocks.count else { return nil }
      return Value(blocks.blocks[Int(index)]).retained()
    }
  }

  private mutating func opened(_ block: BlockPointer, _ count: Int) -> Value {
    let around = open.last.map { surroundings($0) } ?? (0, 0)
    open.append(Open(block: block, count: count, breakersAround: around.0, othersAround: around.1))
    return Value(block)
  }

  /// The counts for what stands in a container.
  private func surroundings(_ container: Open) -> (Int, Int) {
    let isCause = container.block.pointee.kind == Kind.error && container.position == ErrorParts.cause
    let isBreaker = isCause || container.block.pointee.kind == Kind.cell
    return (container.breakersAround + (isBreaker ? 1 : 0), container.othersAround + (isCause ? 0 : 1))
  }

  private mutating func reference() -> Value? {
    guard let index = number(), index < numbered.count else { return nil }
    let (value, place) = numbered[Int(index)]
    if value.isHeap, open.indices.contains(place), open[place].block == value.block, let inner = open.last {
      // A circle. One that is not emptied at the end would leak, and one of causes alone would have no end.
      let around = surroundings(inner)
      if around.0 == open[place].breakersAround || around.1 == open[place].othersAround { return nil }
    }
    return value.retained()
  }

  private mutating func bigInt(_ sign: BigInt.Sign) -> Value? {
    guard let count = count(each: 8), count <= IntegerBlock.mostBits / 64 else { return nil }
    var words: [UInt] = []
    for _ in 0..<count { words.append(UInt(word() ?? 0)) }
    let big = BigInt(sign: sign, magnitude: BigUInt(words: words))
    // A smaller one has a smaller form.
    return words.last == 0 || big.wide != nil ? nil : heap.makeInt(big)
  }

  private mutating func ints() -> Value? {
    guard let width = byte(), [1, 2, 4, 8].contains(width), let count = count(each: Int(width)),
      hasRoom(count * ListBlock.stride)
    else { return nil }
    let list = heap.makeList(capacity: count)
    let elements = list.elements
    switch width {
    case 1: for index in 0..<count { elements[index] = Value(Int64(integer(index, Int8.self))) }
    case 2: for index in 0..<count { elements[index] = Value(Int64(integer(index, Int16.self))) }
    case 4: for index in 0..<count { elements[index] = Value(Int64(integer(index, Int32.self))) }
    default: for index in 0..<count { elements[index] = Value(integer(index, Int64.self)) }
    }
    list.count = count
    next += count * Int(width)
    return Value(list.block)
  }

  @inline(__always) private func integer<Word: FixedWidthInteger & BitwiseCopyable>(_ index: Int, _: Word.Type) -> Word
  {
    Word(littleEndian: next.loadUnaligned(fromByteOffset: index * MemoryLayout<Word>.size, as: Word.self))
  }

  // MARK: Parts

  /// Reads parts of an open container until one of them opens, or all are there.
  private mutating func readParts(of place: Int) -> Bool {
    let block = open[place].block
    switch block.pointee.kind {
    case Kind.list: return readElements(of: place, ListBlock(block))
    case Kind.map: return readEntries(of: place, MapBlock(block))
    case Kind.closure:
      let cells = machine.image.functions[ClosureBlock(block).function].cellCaptures
      let captures = ClosureBlock(block).captures
      return readSlots(of: place) { position, value in
        captures[position] = value
        return (value.tag == Kind.cell) == cells[position]
      }
    case Kind.cell:
      return readSlots(of: place) { _, value in
        CellBlock(block).slot.pointee = value
        return value.tag != Kind.cell
      }
    case Kind.response:
      return readSlots(of: place) { position, value in
        ResponseBlock(block).slots[position] = value
        return ParcelReader.isPart(value)
      } && (open.count > place || ParcelReader.isSound(ResponseBlock(block)))
    default:
      let isRead = readSlots(of: place) { position, value in
        ErrorBlock(block).slots[ErrorParts.slots[position]] = value
        return ParcelReader.isPart(value)
      }
      guard isRead, open.count == place else { return isRead }
      guard ParcelReader.isSound(ErrorBlock(block)) else { return false }
      if ErrorBlock(block).cause.pointee.tag == Kind.error { machine.link(block) }
      return true
    }
  }

  /// Whether a value may stand in another one.
  @inline(__always) private static func isPart(_ value: Value) -> Bool {
    value.tag != Kind.unset && value.tag != Kind.cell
  }

  private mutating func readElements(of place: Int, _ list: ListBlock) -> Bool {
    let count = open[place].count
    var position = open[place].position
    let elements = list.elements
    while position < count {
      guard let value = value() else { return false }
      elements[position] = value
      position += 1
      list.count = position
      if !ParcelReader.isPart(value) { return false }
      if open.count != place + 1 {
        open[place].position = position
        return true
      }
    }
    open.removeLast()
    return true
  }

  private mutating func readEntries(of place: Int, _ map: MapBlock) -> Bool {
    while open[place].position < open[place].count {
      guard let key = value() else { return false }
      guard let hash = hash(of: key), map.find(key, hash: hash) < 0 else {
        // The key may be anything.
        roots.append(key)
        return false
      }
      guard let value = value() else {
        roots.append(key)
        return false
      }
      let position = map.used
      map.entries[position] = MapEntrySlot(key: key, value: value, hash: hash)
      map.insertIntoIndex(position: position, hash: hash)
      map.used = position + 1
      map.count = position + 1
      open[place].position = position + 1
      if !ParcelReader.isPart(value) { return false }
      if open.count != place + 1 { return true }
    }
    open.removeLast()
    return true
  }

  /// Nil for what cannot be a key.
  private func hash(of key: Value) -> UInt64? {
    switch key.tag {
    case Kind.string, Kind.int, Kind.bool, Kind.duration, Kind.bigInt: return try? machine.hash(forKey: key)
    default: return nil
    }
  }

  @inline(__always) private mutating func readSlots(of place: Int, _ put: (Int, Value) -> Bool) -> Bool {
    while open[place].position < open[place].count {
      let position = open[place].position
      guard let value = value() else { return false }
      open[place].position = position + 1
      if !put(position, value) { return false }
      if open.count != place + 1 { return true }
    }
    open.removeLast()
    return true
  }

  // MARK: Errors

  /// An error with its place and trace; its slots follow.
  private mutating func error() -> Value? {
    guard let source = signed(), let start = signed(), let finish = signed(), let line = signed(),
      source >= -1, source < machine.image.sources.count, start >= 0, start <= finish, line >= 0, line <= Int32.max,
      finish <= (source < 0 ? 0 : machine.image.sources[Int(source)].bytes.count), finish <= Int32.max
    else { return nil }
    guard let trace = trace() else { return nil }
    let error = heap.makeError(kind: .none, message: .none)
    error.source = Int32(source)
    error.offset = Int32(start)
    error.endOffset = Int32(finish)
    error.line = Int32(line)
    error.trace.pointee = trace
    linked.append(error.block)
    return opened(error.block, ErrorParts.slots.count)
  }

  private mutating func trace() -> Value? {
    guard let count = count(each: 1), hasRoom(count * ListBlock.stride) else { return nil }
    if count == 0 { return Value.none }
    var trace = Value(heap.makeList(capacity: count - 1).block)
    for _ in 1..<count {
      var step = Value(heap.makeList(capacity: 8).block)
      let isSound = read(step: &step)
      heap.append(step, toList: &trace)
      if !isSound {
        heap.release(trace)
        return nil
      }
    }
    return trace
  }

  private mutating func read(step: UnsafeMutablePointer<Value>) -> Bool {
    guard let position = signed(), let kind = signed(), position >= 0, position < machine.image.spans.count,
      let index = machine.function(at: Int(position))
    else { return false }
    heap.append(Value(position), toList: step)
    heap.append(Value(kind), toList: step)
    if kind == Machine.StepKind.call {
      guard let count = count(each: 1), count <= machine.image.functions[index].parameters.count else { return false }
      for _ in 0..<count {
        guard let argument = optionalText() else { return false }
        // The name of a kind is shown as it is.
        heap.append(argument.tag == Kind.string ? heap.makeErrorKind(argument) : .unset, toList: step)
      }
      return true
    }
    guard kind == Machine.StepKind.origin, let word = optionalText() else { return false }
    heap.append(word, toList: step)
    guard word.tag == Kind.string, let number = signed(), let count = signed(), let isOpen = tag(),
      isOpen == .true || isOpen == .false, let elapsed = signed(), let others = optionalText()
    else { return false }
    for value in [Value(number), Value(count), Value(isOpen == .true), .duration(elapsed), others] {
      heap.append(value, toList: step)
    }
    return true
  }

  private mutating func optionalText() -> Value? {
    switch tag() {
    case .string: text()
    case .some(.none), .unset: Value.none
    default: nil
    }
  }

  // MARK: Soundness

  private static func isSound(_ error: ErrorBlock) -> Bool {
    let (fields, cause, all, hint) = (error.fields.pointee, error.cause.pointee, error.all.pointee, error.hint.pointee)
    guard error.kind.pointee.tag == Kind.string, error.message.pointee.tag == Kind.string,
      fields.tag == Kind.none || fields.tag == Kind.map, cause.tag == Kind.none || cause.tag == Kind.error,
      hint.tag == Kind.none || hint.tag == Kind.string
    else { return false }
    if all.tag == Kind.none { return true }
    return all.tag == Kind.list
      && (0..<ListBlock(all).count).allSatisfy { ListBlock(all).elements[$0].tag == Kind.error }
  }

  private static func isSound(_ response: ResponseBlock) -> Bool {
    let (headers, body, method) = (response.headers.pointee, response.body.pointee, response.method.pointee)
    guard response.url.pointee.tag == Kind.string, headers.tag == Kind.map, method.tag == Kind.string,
      body.tag == Kind.bytes || body.tag == Kind.none
    else { return false }
    let map = MapBlock(headers)
    return (0..<map.used).allSatisfy {
      map.entries[$0].isRemoved || (map.entries[$0].key.tag == Kind.string && map.entries[$0].value.tag == Kind.string)
    }
  }
}
