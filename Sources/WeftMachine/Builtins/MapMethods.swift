/// Methods of a Map.
enum MapMethods {
  static func get(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let map = MapBlock(arguments[0])
    let found = map.find(arguments[1], hash: try machine.hash(forKey: arguments[1]))
    if found >= 0 { return map.entries[found].value.retained() }
    return arguments[2].tag == Kind.unset ? .none : arguments[2].retained()
  }

  static func keys(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    try column(machine, arguments[0]) { $0.key }
  }

  static func values(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    try column(machine, arguments[0]) { $0.value }
  }

  private static func column(
    _ machine: Machine, _ value: Value, _ part: (MapEntrySlot) -> Value
  ) throws(Thrown) -> Value {
    let map = MapBlock(value)
    try machine.checkRoom(map.count, stride: ListBlock.stride)
    try machine.charge(work: map.used)
    let list = machine.heap.makeList(capacity: map.count)
    var count = 0
    for position in 0..<map.used where !map.entries[position].isRemoved {
      list.elements[count] = part(map.entries[position]).retained()
      count += 1
    }
    list.count = count
    return Value(list.block)
  }

  static func items(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    try machine.items(of: arguments[0])
  }

  static func contains(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    Value(try machine.contains(arguments[0], arguments[1]))
  }

  static func merged(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    var result = arguments[0].retained()
    do throws(Thrown) {
      try merge(machine, &result, arguments[1])
    } catch {
      machine.heap.release(result)
      throw error
    }
    return result
  }

  /// Puts all entries of `other` into the map in `slot`.
  private static func merge(
    _ machine: Machine, _ slot: UnsafeMutablePointer<Value>, _ other: Value
  ) throws(Thrown) {
    guard other.tag == Kind.map else { throw machine.wrongArgument("the other", "Map", other) }
    if slot.pointee.isIdentical(to: other) { return }
    let map = MapBlock(other)
    try machine.checkRoom(MapBlock(slot.pointee).count + map.count, stride: (MapBlock.entryStride + 8) * 2)
    try machine.charge(work: map.count)
    for position in 0..<map.used where !map.entries[position].isRemoved {
      let entry = map.entries[position]
      machine.heap.set(entry.key.retained(), hash: entry.hash, to: entry.value.retained(), inMap: slot)
    }
  }

  // MARK: - Changing it

  static func update(
    _ machine: Machine, _ receiver: UnsafeMutablePointer<Value>, _ arguments: Arguments, _ count: Int
  ) throws(Thrown) -> Value {
    try merge(machine, receiver, arguments[0])
    return .none
  }

  static func pop(
    _ machine: Machine, _ receiver: UnsafeMutablePointer<Value>, _ arguments: Arguments, _ count: Int
  ) throws(Thrown) -> Value {
    if let value = try take(machine, receiver, arguments[0]) { return value }
    if arguments[1].tag != Kind.unset { return arguments[1].retained() }
    throw machine.keyError(arguments[0], in: MapBlock(receiver.pointee))
  }

  static func remove(
    _ machine: Machine, _ receiver: UnsafeMutablePointer<Value>, _ arguments: Arguments, _ count: Int
  ) throws(Thrown) -> Value {
    guard let value = try take(machine, receiver, arguments[0]) else {
      throw machine.keyError(arguments[0], in: MapBlock(receiver.pointee))
    }
    machine.heap.release(value)
    return .none
  }

  private static func take(
    _ machine: Machine, _ receiver: UnsafeMutablePointer<Value>, _ key: Value
  ) throws(Thrown) -> Value? {
    let hash = try machine.hash(forKey: key)
    if !receiver.pointee.isUnique { try machine.checkGrowth(ofMap: receiver) }
    return machine.heap.remove(key, hash: hash, fromMap: receiver)
  }

  static func clear(
    _ machine: Machine, _ receiver: UnsafeMutablePointer<Value>, _ arguments: Arguments, _ count: Int
  ) throws(Thrown) -> Value {
    let before = receiver.pointee
    receiver.pointee = Value(machine.heap.makeMap(capacity: 0).block)
    machine.heap.release(before)
    return .none
  }

  static func setdefault(
    _ machine: Machine, _ receiver: UnsafeMutablePointer<Value>, _ arguments: Arguments, _ count: Int
  ) throws(Thrown) -> Value {
    let hash = try machine.hash(forKey: arguments[0])
    let map = MapBlock(receiver.pointee)
    let found = map.find(arguments[0], hash: hash)
    if found >= 0 { return map.entries[found].value.retained() }
    let value = arguments[1].tag == Kind.unset ? Value.none : arguments[1]
    try machine.checkGrowth(ofMap: receiver)
    machine.heap.set(arguments[0].retained(), hash: hash, to: value.retained(), inMap: receiver)
    return value.retained()
  }
}
