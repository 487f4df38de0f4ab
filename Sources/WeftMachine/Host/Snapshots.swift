/// Values out of a machine as a host sees them, and back.
extension Machine {
  /// A host's value is let go by recursion, so a deeper one must not come to be.
  static let deepestSnapshot = 500

  /// A copy of a value for the host. What stands in several places is copied once.
  ///
  /// - Throws: A ValueError for what is nested too deeply, a LimitError for what is too large.
  func snapshot(_ value: Value) throws(Thrown) -> WeftValue {
    var copies: [BlockPointer: WeftValue] = [:]
    return try snapshot(value, 0, &copies)
  }

  private func snapshot(
    _ value: Value, _ depth: Int, _ copies: inout [BlockPointer: WeftValue]
  ) throws(Thrown) -> WeftValue {
    switch value.tag {
    case Kind.none, Kind.unset: return .none
    case Kind.bool: return .bool(value.bool)
    case Kind.int: return .int(Int(value.int))
    case Kind.float: return .float(value.float)
    case Kind.duration: return .duration(.nanoseconds(value.int))
    case Kind.rate: return .rate(value.float)
    case Kind.string: return .string(value.text)
    case Kind.bytes: return .bytes(Array(BytesBlock(value).buffer))
    case Kind.bigInt:
      let limbs = IntegerBlock(value).isWide ? 2 : IntegerBlock(value).count
      try charge(work: limbs * limbs)
      return .bigInt(String(decoding: try Machine.digits(ofBig: value, pausing: lookAround), as: UTF8.self))
    case Kind.object: return .object(ObjectBlock(value).reference)
    case Kind.list, Kind.map, Kind.range, Kind.error, Kind.response:
      guard depth < Self.deepestSnapshot else {
        throw raise(
          .valueError, "a value that is nested deeper than \(Self.deepestSnapshot) levels cannot go to the host")
      }
      if let copy = copies[value.block] { return copy }
      let copy = try container(value, depth, &copies)
      if value.block.count != 1 { copies[value.block] = copy }
      return copy
    default:
      var text: [UInt8] = []
      try describe(value, into: &text, quoted: false)
      return .opaque(type: Machine.typeName(value), text: String(decoding: text, as: UTF8.self))
    }
  }

  private func container(
    _ value: Value, _ depth: Int, _ copies: inout [BlockPointer: WeftValue]
  ) throws(Thrown) -> WeftValue {
    switch value.tag {
    case Kind.list:
      let list = ListBlock(value)
      try checkRoom(list.count, stride: MemoryLayout<WeftValue>.stride)
      try charge(work: list.count)
      var elements: [WeftValue] = []
      elements.reserveCapacity(list.count)
      for index in 0..<list.count { elements.append(try snapshot(list.elements[index], depth + 1, &copies)) }
      return .list(elements)
    case Kind.range:
      let range = RangeBlock(value)
      let count = Int(range.count)
      try checkRoom(count, stride: MemoryLayout<WeftValue>.stride)
      try charge(work: count)
      return .list((0..<count).map { .int(Int(range.lower) + $0) })
    case Kind.map: return .map(try map(MapBlock(value), depth, &copies))
    case Kind.error:
      let error = ErrorBlock(value)
      var copy = WeftError(
        error.kind.pointee.text, error.message.pointee.tag == Kind.string ? error.message.pointee.text : "")
      if error.hint.pointee.tag == Kind.string { copy.hint = error.hint.pointee.text }
      if error.fields.pointee.tag == Kind.map {
        copy.fields = try map(MapBlock(error.fields.pointee), depth, &copies)
      }
      return .error(copy)
    default:
      let response = ResponseBlock(value)
      var map = WeftMap()
      map["status"] = .int(Int(response.status))
      map["url"] = try snapshot(response.url.pointee, depth + 1, &copies)
      map["headers"] = try snapshot(response.headers.pointee, depth + 1, &copies)
      map["body"] = try snapshot(response.body.pointee, depth + 1, &copies)
      return .map(map)
    }
  }

  private func map(
    _ map: MapBlock, _ depth: Int, _ copies: inout [BlockPointer: WeftValue]
  ) throws(Thrown) -> WeftMap {
    try checkRoom(map.count, stride: MemoryLayout<WeftMap.Entry>.stride)
    try charge(work: map.count)
    var copy = WeftMap()
    for index in 0..<map.used where !map.entries[index].isRemoved {
      copy.append(
        try snapshot(map.entries[index].key, depth + 1, &copies),
        try snapshot(map.entries[index].value, depth + 1, &copies))
    }
    return copy
  }

  // MARK: Back

  /// A value of the machine, with a reference of its own.
  ///
  /// - Throws: A LimitError for what is too large, a TypeError for what no script can have.
  func value(of value: WeftValue, depth: Int = 0) throws(Thrown) -> Value {
    switch value {
    case .none: return .none
    case .bool(let bool): return Value(bool)
    case .int(let int): return Value(int)
    case .bigInt(let digits):
      guard digits.utf8.count <= IntegerBlock.mostBits / 3, let big = BigInt(digits) else {
        throw raise(.valueError, "`\(digits.prefix(20))…` is no integer that a script can have")
      }
      try charge(work: digits.utf8.count * digits.utf8.count / 256)
      return try makeInt(big)
    case .float(let float): return Value(float)
    case .string(let text):
      try checkRoom(text.utf8.count)
      return heap.makeString(text)
    case .bytes(let bytes):
      try checkRoom(bytes.count)
      return bytes.withUnsafeBufferPointer { heap.makeBytes($0) }
    case .duration(let duration): return .duration(duration.nanoseconds)
    case .rate(let rate): return .rate(rate)
    case .object(let reference): return heap.makeObject(reference)
    case .opaque(let type, _):
      throw raise(.typeError, "\(article(type)) that has left its interpreter cannot come back")
    case .list, .map, .error:
      guard depth < Self.deepestSnapshot else {
        throw raise(
          .valueError, "a value that is nested deeper than \(Self.deepestSnapshot) levels cannot come from the host")
      }
      return try container(value, depth)
    }
  }

  private func container(_ value: WeftValue, _ depth: Int) throws(Thrown) -> Value {
    switch value {
    case .list(let elements):
      try charge(work: elements.count)
      var list = try ListBuilder(self, capacity: elements.count)
      for element in elements {
        do throws(Thrown) { try list.append(try self.value(of: element, depth: depth + 1)) } catch {
          list.discard()
          throw error
        }
      }
      return list.finish()
    case .map(let map): return try makeMap(map, depth)
    case .error(let error): return try makeError(error, depth)
    default: return try self.value(of: value, depth: depth)
    }
  }

  private func makeMap(_ map: WeftMap, _ depth: Int) throws(Thrown) -> Value {
    try checkRoom(MapBlock.size(capacity: map.count))
    try charge(work: map.count)
    var copy = Value(heap.makeMap(capacity: map.count).block)
    do throws(Thrown) {
      for entry in map.entries {
        let key = try self.value(of: entry.key, depth: depth + 1)
        do throws(Thrown) {
          let hash = try hash(forKey: key)
          heap.set(key, hash: hash, to: try self.value(of: entry.value, depth: depth + 1), inMap: &copy)
        } catch {
          heap.release(key)
          throw error
        }
      }
    } catch {
      heap.release(copy)
      throw error
    }
    return copy
  }

  /// An error of the host, as a script catches it.
  func makeError(_ error: WeftError, _ depth: Int = 0) throws(Thrown) -> Value {
    let fields = error.fields.isEmpty ? Value.none : try makeMap(error.fields, depth)
    let made = heap.makeError(kind: heap.makeString(error.kind), message: heap.makeString(error.message))
    made.fields.pointee = fields
    if let hint = error.hint { made.hint.pointee = heap.makeString(hint) }
    return Value(made.block)
  }
}

/// A host's object that a script holds: a counted reference to it.
struct ObjectBlock {
  static let size = 32
  let block: BlockPointer
  @inline(__always) init(_ block: BlockPointer) { self.block = block }
  @inline(__always) init(_ value: Value) { block = value.block }

  private var slot: UnsafeMutablePointer<Unmanaged<HostReference>> { block.at(Block.headerSize) }

  var reference: HostReference { slot.pointee.takeUnretainedValue() }

  func hold(_ reference: HostReference) { slot.initialize(to: .passRetained(reference)) }

  /// Before the block is freed.
  func letGo() { slot.pointee.release() }
}

extension Heap {
  func makeObject(_ reference: HostReference) -> Value {
    let object = ObjectBlock(allocate(kind: Kind.object, size: ObjectBlock.size))
    object.hold(reference)
    return Value(object.block)
  }
}
