/// Writes values into a parcel, with a list of open containers and never by recursion.
struct ParcelWriter {
  /// A container of which not all parts are written.
  struct Open {
    let block: BlockPointer
    /// How many parts are begun.
    var position = 0
    /// It is part of a structure that could not be shared as a whole, so its parts are not tried one by one.
    let isCopied: Bool
  }

  let machine: Machine
  private let carrier: Carrier
  private var buffer = ParcelBuffer()
  var open: [Open] = []
  /// The functions that occur in it, by themselves or in closures.
  private(set) var functions: Set<Int> = []
  private var numbers: [BlockPointer: UInt64] = [:]
  private var attached: [BlockPointer] = []
  private var places: [BlockPointer: Int] = [:]
  private var handles: [SharedHandle] = []
  private var objects: [HostReference] = []

  init(_ machine: Machine, _ carrier: Carrier) {
    self.machine = machine
    self.carrier = carrier
  }

  func end() { buffer.deallocate() }

  mutating func parcel(of values: [Value]) throws(Thrown) -> Parcel {
    buffer.put(UInt64(values.count))
    for value in values {
      try write(value, isCopied: false)
      while let inner = open.indices.last { try writeParts(of: inner) }
    }
    try machine.charge(work: buffer.count / 16)
    return Parcel(
      bytes: buffer.bytes, blocks: attached.isEmpty ? nil : ParcelBlocks(attached, of: machine.heap.memory),
      handles: handles, objects: objects)
  }

  @inline(__always) private mutating func reserve(_ size: Int) throws(Thrown) {
    if !buffer.fits(size) { try grow(size) }
  }

  @inline(never) private mutating func grow(_ size: Int) throws(Thrown) {
    let capacity = buffer.grownCapacity(for: size)
    try machine.checkRoom(capacity)
    buffer.grow(to: capacity)
  }

  @inline(__always) private mutating func put(_ tag: ParcelTag) { buffer.put(byte: tag.rawValue) }

  @inline(__always) private mutating func put(_ number: Int64) { buffer.put(zigzag(number)) }

  private mutating func put(_ bytes: UnsafeBufferPointer<UInt8>) throws(Thrown) {
    try reserve(bytes.count + 10)
    buffer.put(UInt64(bytes.count))
    buffer.put(UnsafeRawBufferPointer(bytes))
  }

  // MARK: One value

  /// Writes a value that has no parts, or the head of one that has, which is opened.
  private mutating func write(_ value: Value, isCopied: Bool) throws(Thrown) {
    try reserve(64)
    switch value.tag {
    case Kind.none: put(.none)
    case Kind.bool: put(value.bool ? .true : .false)
    case Kind.unset: put(.unset)
    case Kind.int:
      put(.int)
      put(value.int)
    case Kind.duration:
      put(.duration)
      put(value.int)
    case Kind.during:
      put(.during)
      let (left, overflow) = value.int.subtractingReportingOverflow(machine.now)
      put(overflow ? (value.int < 0 ? .min : .max) : left)
    case Kind.float:
      put(.float)
      buffer.put(word: value.bits)
    case Kind.rate:
      put(.rate)
      buffer.put(word: value.bits)
    case Kind.function:
      put(.function)
      buffer.put(value.bits)
      functions.insert(Int(value.bits))
    case Kind.builtin:
      put(.builtin)
      buffer.put(value.bits)
    case Kind.hostFunction:
      put(.hostFunction)
      buffer.put(value.bits)
    case Kind.object:
      if carrier == .bytes { throw cannotReachProcess(value) }
      put(.object)
      buffer.put(UInt64(objects.count))
      objects.append(ObjectBlock(value).reference)
    case Kind.range:
      let range = RangeBlock(value)
      put(range.isInclusive ? .closedRange : .openRange)
      put(range.lower)
      put(range.upper)
    case Kind.errorKind:
      put(.errorKind)
      try put(StringBlock(Machine.name(ofKind: value)).buffer)
    case Kind.string, Kind.bytes, Kind.bigInt, Kind.list, Kind.map, Kind.closure, Kind.error, Kind.response, Kind.cell:
      try write(value.block, isCopied: isCopied)
    case Kind.semaphore, Kind.lock, Kind.rateLimiter, Kind.queue, Kind.shared:
      let handle = try machine.crossing(value)
      if carrier == .bytes, machine.isInWorkerProcess, handle.carrier != .bytes { throw cannotLeaveProcess(value) }
      handles.append(handle)
      put(.handle)
      buffer.put(handle.number)
      buffer.put(handle.facts.kind)
      put(Int64(handle.facts.capacity))
      buffer.put(word: handle.facts.rate.bitPattern)
      put(Int64(handle.facts.madeAt))
    default: throw cannotLeave(value)
    }
  }

  private mutating func write(_ block: BlockPointer, isCopied: Bool) throws(Thrown) {
    let kind = block.kind
    let isLeaf = kind == Kind.string || kind == Kind.bytes || kind == Kind.bigInt
    let isLarge = block.size > Parcel.largestCopy
    let count = block.count
    let occursOnce = count == 1 || count == -1
    if !occursOnce, let number = numbers[block] {
      put(.reference)
      buffer.put(number)
      return
    }
    var isCopied = isCopied
    if carrier == .memory, isLarge, isLeaf || kind == Kind.list || kind == Kind.map {
      if isLeaf || count < 0 || !isCopied, machine.heap.share(block) {
        attach(block, occursOnce: occursOnce)
        return
      }
      isCopied = true
    }
    // A small text may be written as often as it occurs: it does not get much larger than the references to it.
    if !occursOnce, isLarge || !isLeaf {
      numbers[block] = UInt64(numbers.count)
      put(.numbered)
    }
    switch kind {
    case Kind.string:
      put(.string)
      try put(StringBlock(block).buffer)
    case Kind.bytes:
      put(.bytes)
      try put(BytesBlock(block).buffer)
    case Kind.bigInt: try write(IntegerBlock(block))
    case Kind.list: try write(ListBlock(block), isCopied: isCopied)
    case Kind.map:
      put(.map)
      buffer.put(UInt64(MapBlock(block).count))
      open.append(Open(block: block, isCopied: isCopied))
    case Kind.closure:
      put(.closure)
      buffer.put(UInt64(ClosureBlock(block).function))
      functions.insert(ClosureBlock(block).function)
      buffer.put(UInt64(ClosureBlock(block).captureCount))
      open.append(Open(block: block, isCopied: false))
    case Kind.error: try write(ErrorBlock(block))
    case Kind.response:
      put(.response)
      put(ResponseBlock(block).status)
      put(ResponseBlock(block).elapsed)
      open.append(Open(block: block, isCopied: false))
    default:
      put(.cell)
      open.append(Open(block: block, isCopied: false))
    }
  }

  private mutating func attach(_ block: BlockPointer, occursOnce: Bool) {
    var place = attached.count
    if let known = occursOnce ? nil : places[block] {
      place = known
    } else {
      if !occursOnce { places[block] = place }
      attached.append(block)
    }
    put(.attached)
    buffer.put(UInt64(place))
  }

  private mutating func write(_ integer: IntegerBlock) throws(Thrown) {
    if integer.isWide {
      put(.wideInt)
      buffer.put(word: integer.wide)
      return
    }
    put(integer.isNegative ? .negativeInt : .positiveInt)
    try reserve(integer.count * 8 + 10)
    buffer.put(UInt64(integer.count))
    for index in 0..<integer.count { buffer.put(word: UInt64(integer.limbs[index])) }
  }

  private mutating func write(_ list: ListBlock, isCopied: Bool) throws(Thrown) {
    let count = list.count
    if let width = ParcelWriter.integerWidth(list) {
      put(.ints)
      buffer.put(byte: UInt8(width))
      buffer.put(UInt64(count))
      try reserve(count * width)
      let elements = list.elements
      switch width {
      case 1: for index in 0..<count { buffer.put(word: Int8(truncatingIfNeeded: elements[index].int)) }
      case 2: for index in 0..<count { buffer.put(word: Int16(truncatingIfNeeded: elements[index].int)) }
      case 4: for index in 0..<count { buffer.put(word: Int32(truncatingIfNeeded: elements[index].int)) }
      default: for index in 0..<count { buffer.put(word: elements[index].int) }
      }
      return
    }
    put(.list)
    buffer.put(UInt64(count))
    if count > 0 { open.append(Open(block: list.block, isCopied: isCopied)) }
  }

  /// How many bytes each integer of a list needs, if it holds nothing else and that is worth it.
  private static func integerWidth(_ list: ListBlock) -> Int? {
    let count = list.count
    if count < 4 { return nil }
    var all: UInt64 = 0
    var index = 0
    while index < count {
      let end = min(index + 64, count)
      var differences: UInt64 = 0
      for position in index..<end {
        differences |= list.elements[position].tag ^ Kind.int
        all |= zigzag(list.elements[position].int)
      }
      if differences != 0 { return nil }
      index = end
    }
    return all < 1 << 8 ? 1 : all < 1 << 16 ? 2 : all < 1 << 32 ? 4 : 8
  }

  // MARK: Parts

  /// Writes parts of an open container until one of them opens, or all are written.
  private mutating func writeParts(of place: Int) throws(Thrown) {
    let block = open[place].block
    let isCopied = open[place].isCopied
    var position = open[place].position
    switch block.kind {
    case Kind.list: try writeParts(of: place, ListBlock(block).elements, ListBlock(block).count)
    case Kind.closure: try writeParts(of: place, ClosureBlock(block).captures, ClosureBlock(block).captureCount)
    case Kind.response: try writeParts(of: place, ResponseBlock(block).slots, ResponseBlock.slotCount)
    case Kind.cell: try writeParts(of: place, CellBlock(block).slot, 1)
    case Kind.map:
      let map = MapBlock(block)
      while position < map.used, open.count == place + 1 {
        let entry = map.entries[position]
        position += 1
        if entry.isRemoved { continue }
        open[place].position = position
        try write(entry.key, isCopied: isCopied)
        try write(entry.value, isCopied: isCopied)
      }
      if open.count == place + 1 { open.removeLast() }
    default:
      while position < ErrorParts.slots.count, open.count == place + 1 {
        position += 1
        open[place].position = position
        try write(ErrorBlock(block).slots[ErrorParts.slots[position - 1]], isCopied: isCopied)
      }
      if open.count == place + 1 { open.removeLast() }
    }
  }

  @inline(__always) private mutating func writeParts(
    of place: Int, _ values: UnsafeMutablePointer<Value>, _ count: Int
  ) throws(Thrown) {
    let isCopied = open[place].isCopied
    var position = open[place].position
    while position < count {
      position += 1
      open[place].position = position
      try write(values[position - 1], isCopied: isCopied)
      if open.count != place + 1 { return }
    }
    open.removeLast()
  }

  // MARK: Errors

  /// The place and the trace of an error; its slots follow as parts.
  private mutating func write(_ error: ErrorBlock) throws(Thrown) {
    put(.error)
    put(Int64(error.source))
    put(Int64(error.offset))
    put(Int64(error.endOffset))
    put(Int64(error.line))
    open.append(Open(block: error.block, isCopied: false))
    let trace = error.trace.pointee
    guard trace.tag == Kind.list else {
      buffer.put(0)
      return
    }
    let steps = ListBlock(trace)
    buffer.put(UInt64(steps.count + 1))
    for index in 0..<steps.count { try write(step: ListBlock(steps.elements[index])) }
  }

  /// What a call was given travels as the text that a report shows.
  private mutating func write(step: ListBlock) throws(Thrown) {
    try reserve(64)
    put(step.elements[0].int)
    put(step.elements[1].int)
    if step.elements[1].int == Machine.StepKind.origin {
      try write(text: step.elements[2])
      try reserve(64)
      put(step.elements[3].int)
      put(step.elements[4].int)
      put(step.elements[5].bool ? .true : .false)
      put(step.elements[6].int)
      try write(text: step.elements[7])
      return
    }
    buffer.put(UInt64(step.count - 2))
    for index in 2..<step.count {
      let argument = step.elements[index]
      if argument.tag == Kind.unset {
        try reserve(1)
        put(.unset)
        continue
      }
      let shown = machine.heap.makeString(machine.preview(argument))
      defer { machine.heap.release(shown) }
      try write(text: shown)
    }
  }

  private mutating func write(text: Value) throws(Thrown) {
    try reserve(1)
    guard text.tag == Kind.string else {
      put(.none)
      return
    }
    put(.string)
    try put(StringBlock(text).buffer)
  }
}
