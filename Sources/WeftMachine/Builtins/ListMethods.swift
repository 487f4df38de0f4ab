/// Methods of a List, and of a Range where it has its own.
enum ListMethods {
  // MARK: - Changing it

  static func append(
    _ machine: Machine, _ receiver: UnsafeMutablePointer<Value>, _ arguments: Arguments, _ count: Int
  ) throws(Thrown) -> Value {
    let list = try machine.uniqueList(receiver, extra: 1)
    list.elements[list.count] = arguments[0].retained()
    list.count &+= 1
    return .none
  }

  static func extend(
    _ machine: Machine, _ receiver: UnsafeMutablePointer<Value>, _ arguments: Arguments, _ count: Int
  ) throws(Thrown) -> Value {
    if arguments[0].tag == Kind.list {
      try machine.extend(receiver, with: arguments[0])
      return .none
    }
    let list = try machine.elements(of: arguments[0])
    defer { machine.heap.release(list) }
    try machine.extend(receiver, with: list)
    return .none
  }

  static func insert(
    _ machine: Machine, _ receiver: UnsafeMutablePointer<Value>, _ arguments: Arguments, _ count: Int
  ) throws(Thrown) -> Value {
    let wanted = try machine.intArgument(arguments[0], "the index")
    let list = try machine.uniqueList(receiver, extra: 1)
    let count = list.count
    let place = max(0, min(count, wanted < 0 ? wanted &+ count : wanted))
    try machine.charge(work: (count - place) / 8)
    (list.elements + place + 1).update(from: list.elements + place, count: count - place)
    list.elements[place] = arguments[1].retained()
    list.count = count + 1
    return .none
  }

  static func pop(
    _ machine: Machine, _ receiver: UnsafeMutablePointer<Value>, _ arguments: Arguments, _ count: Int
  ) throws(Thrown) -> Value {
    let length = ListBlock(receiver.pointee).count
    if length == 0 {
      throw machine.raise(.indexError, "cannot pop from an empty List", hint: "check `len(xs) > 0` first")
    }
    if arguments[0].isMissing {
      let list = try machine.uniqueList(receiver)
      list.count = length - 1
      return list.elements[length - 1]
    }
    let place = try machine.position(arguments[0], count: length, in: receiver.pointee)
    return try take(machine, receiver, place)
  }

  /// Takes one element out and hands its reference over.
  private static func take(
    _ machine: Machine, _ receiver: UnsafeMutablePointer<Value>, _ place: Int
  ) throws(Thrown) -> Value {
    let list = try machine.uniqueList(receiver)
    let left = list.count - 1 - place
    try machine.charge(work: left / 8)
    let value = list.elements[place]
    (list.elements + place).update(from: list.elements + place + 1, count: left)
    list.count -= 1
    return value
  }

  static func remove(
    _ machine: Machine, _ receiver: UnsafeMutablePointer<Value>, _ arguments: Arguments, _ count: Int
  ) throws(Thrown) -> Value {
    let found = try machine.firstIndex(of: arguments[0], in: ListBlock(receiver.pointee))
    if found < 0 { throw notFound(machine, arguments[0]) }
    machine.heap.release(try take(machine, receiver, found))
    return .none
  }

  static func clear(
    _ machine: Machine, _ receiver: UnsafeMutablePointer<Value>, _ arguments: Arguments, _ count: Int
  ) throws(Thrown) -> Value {
    let before = receiver.pointee
    receiver.pointee = Value(machine.heap.makeList(capacity: 0).block)
    machine.heap.release(before)
    return .none
  }

  static func reverse(
    _ machine: Machine, _ receiver: UnsafeMutablePointer<Value>, _ arguments: Arguments, _ count: Int
  ) throws(Thrown) -> Value {
    let list = try machine.uniqueList(receiver)
    try machine.charge(work: list.count)
    var elements = UnsafeMutableBufferPointer(start: list.elements, count: list.count)
    elements.reverse()
    return .none
  }

  /// The arguments are `by`, which the prelude serves, and `reverse`.
  static func sort(
    _ machine: Machine, _ receiver: UnsafeMutablePointer<Value>, _ arguments: Arguments, _ count: Int
  ) throws(Thrown) -> Value {
    let reverse = try machine.boolArgument(arguments[1], "`reverse`")
    let sorted = try machine.sorted(ListBlock(receiver.pointee), keys: nil, reverse: reverse)
    let before = receiver.pointee
    receiver.pointee = sorted
    machine.heap.release(before)
    return .none
  }

  // MARK: - Asking it

  private static func notFound(_ machine: Machine, _ value: Value) -> Thrown {
    var shown: [UInt8] = []
    do throws(Thrown) {
      try machine.describe(value, into: &shown, quoted: true)
    } catch {
      return error
    }
    let text = shown.count > 60 ? Machine.typeName(value) : String(decoding: shown, as: UTF8.self)
    return machine.raise(.valueError, "\(text) is not in the List")
  }

  static func index(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let found = try machine.firstIndex(of: arguments[1], in: ListBlock(arguments[0]))
    if found < 0 { throw notFound(machine, arguments[1]) }
    return Value(found)
  }

  static func count(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let list = ListBlock(arguments[0])
    try machine.charge(work: list.count)
    var total = 0
    for index in 0..<list.count where machine.equal(list.elements[index], arguments[1]) { total += 1 }
    return Value(total)
  }

  static func get(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let list = ListBlock(arguments[0])
    var index = try machine.intArgument(arguments[1], "the index")
    if index < 0 { index &+= list.count }
    if index >= 0, index < list.count { return list.elements[index].retained() }
    return arguments[2].tag == Kind.unset ? .none : arguments[2].retained()
  }

  static func first(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let list = ListBlock(arguments[0])
    if list.count > 0 { return list.elements[0].retained() }
    return arguments[1].tag == Kind.unset ? .none : arguments[1].retained()
  }

  static func last(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let list = ListBlock(arguments[0])
    if list.count > 0 { return list.elements[list.count - 1].retained() }
    return arguments[1].tag == Kind.unset ? .none : arguments[1].retained()
  }

  /// Lists and maps are values, so a copy is the same value.
  static func copy(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    arguments[0].retained()
  }

  static func contains(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    Value(try machine.contains(arguments[0], arguments[1]))
  }

  static func join(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let list = ListBlock(arguments[0])
    if arguments[1].isMissing {
      return try StringMethods.join(machine, list, separator: UnsafeBufferPointer(start: nil, count: 0))
    }
    let separator = try machine.stringArgument(arguments[1], "`sep`")
    return try StringMethods.join(machine, list, separator: separator.buffer)
  }

  /// The arguments are the receiver, `by`, which the prelude serves, and `reverse`.
  static func sorted(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    try SequenceFunctions.sorted(machine, arguments, count)
  }

  static func unique(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let list = ListBlock(arguments[0])
    return try SequenceFunctions.unique(machine, list, keys: list)
  }

  static func chunks(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let list = ListBlock(arguments[0])
    let size = try machine.intArgument(arguments[1], "the size")
    if size < 1 { throw machine.raise(.valueError, "the size of a chunk is 1 or more") }
    try machine.charge(work: list.count)
    var result = try ListBuilder(machine)
    var start = 0
    while start < list.count {
      let length = min(size, list.count - start)
      let chunk: Value
      do throws(Thrown) {
        chunk = try machine.makeList(copying: UnsafeBufferPointer(start: list.elements + start, count: length))
      } catch {
        result.discard()
        throw error
      }
      try result.append(chunk)
      start += length
    }
    return result.finish()
  }

  // MARK: - Ranges

  static func rangeList(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    try machine.elements(of: arguments[0])
  }

  static func rangeStep(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let range = RangeBlock(arguments[0])
    let step = try machine.intArgument(arguments[1], "the step")
    if step < 1 {
      throw machine.raise(
        .valueError, "the step of a range is 1 or more", hint: "`range(10, 0, -1)` counts down")
    }
    let last = Int128(range.upper) + (range.isInclusive ? 1 : 0)
    return try SequenceFunctions.stepped(
      machine, from: range.lower, distance: last - Int128(range.lower), step: Int64(step))
  }
}
