import WeftCompiler

extension ParcelReader {
  /// A value without parts, or a container whose parts follow.
  @inline(__always) mutating func value() -> Value? {
    guard let tag = tag() else { return nil }
    if tag == .int { return signed().map { Value($0) } }
    if tag != .numbered { return value(tag) }
    guard let inner = self.tag(), inner != .reference, let value = value(inner) else { return nil }
    numbered.append((value, open.count - 1))
    return value
  }

  mutating func value(_ tag: ParcelTag) -> Value? {
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
    case .hostFunction:
      guard let index = number(), index < machine.image.hostFunctions.count else { return nil }
      return Value(tag: Kind.hostFunction, bits: index)
    case .object:
      guard let index = number(), index < parcel.objects.count else { return nil }
      return heap.makeObject(parcel.objects[Int(index)])
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
      guard let blocks = parcel.blocks, let index = number(), index < blocks.blocks.count else { return nil }
      return Value(blocks.blocks[Int(index)]).retained()
    case .handle: return handle()
    }
  }

  private mutating func handle() -> Value? {
    guard let number = number(), let kind = self.number(), HandleBlock.isHandle(kind), let capacity = signed(),
      capacity > 0, let rate = word(), let place = signed(), let madeAt = Int32(exactly: place)
    else { return nil }
    let facts = HandleFacts(kind: kind, capacity: Int(capacity), rate: Double(bitPattern: rate), madeAt: madeAt)
    guard let handle = parcel.handles.first(where: { $0.number == number }) ?? machine.findHandle(number, facts),
      handle.facts.kind == kind
    else { return nil }
    return machine.value(of: handle)
  }

  mutating func opened(_ block: BlockPointer, _ count: Int) -> Value {
    let around = open.last.map { surroundings($0) } ?? (0, 0)
    open.append(Open(block: block, count: count, breakersAround: around.0, othersAround: around.1))
    return Value(block)
  }

  /// The counts for what stands in a container.
  func surroundings(_ container: Open) -> (Int, Int) {
    let isCause = container.block.kind == Kind.error && container.position == ErrorParts.cause
    let isBreaker = isCause || container.block.kind == Kind.cell
    return (container.breakersAround + (isBreaker ? 1 : 0), container.othersAround + (isCause ? 0 : 1))
  }

  mutating func reference() -> Value? {
    guard let index = number(), index < numbered.count else { return nil }
    let (value, place) = numbered[Int(index)]
    if value.isHeap, open.indices.contains(place), open[place].block == value.block, let inner = open.last {
      // A circle. One that is not emptied at the end would leak, and one of causes alone would have no end.
      let around = surroundings(inner)
      if around.0 == open[place].breakersAround || around.1 == open[place].othersAround { return nil }
    }
    return value.retained()
  }

  mutating func bigInt(_ sign: BigInt.Sign) -> Value? {
    guard let count = count(each: 8), count <= IntegerBlock.mostBits / 64 else { return nil }
    var words: [UInt] = []
    for _ in 0..<count { words.append(UInt(word() ?? 0)) }
    let big = BigInt(sign: sign, magnitude: BigUInt(words: words))
    // A smaller one has a smaller form.
    return words.last == 0 || big.wide != nil ? nil : heap.makeInt(big)
  }

  mutating func ints() -> Value? {
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

  @inline(__always) func integer<Word: FixedWidthInteger & BitwiseCopyable>(_ index: Int, _: Word.Type) -> Word {
    Word(littleEndian: next.loadUnaligned(fromByteOffset: index * MemoryLayout<Word>.size, as: Word.self))
  }
}
