/// Natives that go through a sequence.
enum SequenceFunctions {
  static func len(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    Value(try machine.length(arguments[0]))
  }

  static func sum(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let start = arguments[1]
    if start.tag == Kind.unset, arguments[0].tag == Kind.range { return try sum(machine, RangeBlock(arguments[0])) }
    return try machine.withElements(of: arguments[0]) { list throws(Thrown) in
      try sum(machine, list, start: start)
    }
  }

  /// The method: the receiver alone.
  static func sumMethod(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    if arguments[0].tag == Kind.range { return try sum(machine, RangeBlock(arguments[0])) }
    return try sum(machine, ListBlock(arguments[0]), start: .unset)
  }

  private static func sum(_ machine: Machine, _ range: RangeBlock) throws(Thrown) -> Value {
    let count = range.count
    if count == 0 { return Value(0) }
    let last = range.isInclusive ? range.upper : range.upper - 1
    let ends = machine.heap.makeInt(Int128(range.lower) + Int128(last))
    defer { machine.heap.release(ends) }
    let both = try machine.integerArithmetic(.multiply, ends, Value(count))
    defer { machine.heap.release(both) }
    return try machine.integerArithmetic(.floorDivide, both, Value(2))
  }

  private static func sum(_ machine: Machine, _ list: ListBlock, start: Value) throws(Thrown) -> Value {
    let count = list.count
    try machine.charge(work: count)
    var index = 0
    var total = start.retained()
    if start.tag == Kind.unset {
      if count == 0 { return Value(0) }
      total = list.elements[0].retained()
      index = 1
    }
    if total.tag == Kind.string {
      machine.heap.release(total)
      throw machine.raise(.typeError, "cannot sum up texts", hint: "`\"\".join(xs)` puts them together")
    }
    if count == 1, start.tag == Kind.unset, !isSummable(total) {
      defer { machine.heap.release(total) }
      return try machine.arithmetic(.add, Value(0), total)
    }
    while index < count {
      let next = list.elements[index]
      if total.tag == Kind.int, next.tag == Kind.int {
        let (sum, overflow) = total.int.addingReportingOverflow(next.int)
        if !overflow {
          total = Value(sum)
          index += 1
          continue
        }
      }
      do throws(Thrown) {
        try machine.addInPlace(&total, next)
      } catch {
        machine.heap.release(total)
        throw error
      }
      index += 1
    }
    return total
  }

  private static func isSummable(_ value: Value) -> Bool {
    switch value.tag {
    case Kind.int, Kind.bigInt, Kind.float, Kind.duration, Kind.rate, Kind.list, Kind.bytes: true
    default: false
    }
  }

  static func min(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    try extreme(machine, arguments, count, .less)
  }

  static func max(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    try extreme(machine, arguments, count, .greater)
  }

  /// The arguments are `by`, which the prelude serves, and then the values or one sequence.
  private static func extreme(
    _ machine: Machine, _ arguments: Arguments, _ count: Int, _ wanted: Order
  ) throws(Thrown) -> Value {
    if count == 3, arguments[1].tag == Kind.int, arguments[2].tag == Kind.int {
      return (wanted == .less) == (arguments[2].int < arguments[1].int) && arguments[1].int != arguments[2].int
        ? arguments[2] : arguments[1]
    }
    if count < 2 {
      throw machine.raise(.argumentError, "`\(wanted == .less ? "min" : "max")` needs values or one sequence")
    }
    if count > 2 { return try extreme(machine, UnsafeBufferPointer(start: arguments + 1, count: count - 1), wanted) }
    return try extremeOfSequence(machine, arguments[1], wanted)
  }

  static func minMethod(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    try extremeOfSequence(machine, arguments[0], .less)
  }

  static func maxMethod(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    try extremeOfSequence(machine, arguments[0], .greater)
  }

  private static func extremeOfSequence(
    _ machine: Machine, _ sequence: Value, _ wanted: Order
  ) throws(Thrown) -> Value {
    if sequence.tag == Kind.range {
      let range = RangeBlock(sequence)
      if range.count > 0 {
        return Value(wanted == .less ? range.lower : range.isInclusive ? range.upper : range.upper - 1)
      }
    }
    return try machine.withElements(of: sequence) { list throws(Thrown) in
      try extreme(machine, UnsafeBufferPointer(start: list.elements, count: list.count), wanted)
    }
  }

  private static func extreme(
    _ machine: Machine, _ values: UnsafeBufferPointer<Value>, _ wanted: Order
  ) throws(Thrown) -> Value {
    values[try place(machine, values, wanted)].retained()
  }

  /// Where the least or greatest value stands, the first of equal ones.
  private static func place(
    _ machine: Machine, _ values: UnsafeBufferPointer<Value>, _ wanted: Order
  ) throws(Thrown) -> Int {
    if values.isEmpty {
      throw machine.raise(
        .valueError, "an empty sequence has no \(wanted == .less ? "least" : "greatest") element",
        hint: "check `len(xs) > 0` first")
    }
    try machine.charge(work: values.count)
    var best = 0
    for index in 1..<Swift.max(1, values.count)
    where try machine.order(values[index], values[best], wanted == .less ? .less : .greater) == wanted {
      best = index
    }
    return best
  }

  static func sorted(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let reverse = try machine.boolArgument(arguments[2], "`reverse`")
    return try machine.withElements(of: arguments[0]) { list throws(Thrown) in
      try machine.sorted(list, keys: nil, reverse: reverse)
    }
  }

  static func reversed(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    if arguments[0].tag == Kind.string { return try StringMethods.reversed(machine, arguments, count) }
    return try machine.withElements(of: arguments[0]) { list throws(Thrown) in
      try machine.checkRoom(list.count, stride: ListBlock.stride)
      try machine.charge(work: list.count)
      let result = machine.heap.makeList(capacity: list.count)
      for index in 0..<list.count { result.elements[index] = list.elements[list.count - 1 - index].retained() }
      result.count = list.count
      return Value(result.block)
    }
  }

  static func range(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    var start = try machine.intArgument(arguments[0], "`start`")
    var stop = start
    if arguments[1].isMissing { start = 0 } else { stop = try machine.intArgument(arguments[1], "`stop`") }
    let step = arguments[2].isMissing ? 1 : try machine.intArgument(arguments[2], "`step`")
    if step == 0 { throw machine.raise(.valueError, "the step of a range is 0") }
    if step == 1 { return machine.heap.makeRange(Int64(start), Int64(stop), inclusive: false) }
    return try stepped(machine, from: Int64(start), distance: Int128(stop) - Int128(start), step: Int64(step))
  }

  /// The integers from `start` on that are nearer than `distance`.
  static func stepped(
    _ machine: Machine, from start: Int64, distance: Int128, step: Int64
  ) throws(Thrown) -> Value {
    let wide = Int128(step)
    let signed = step > 0 ? distance : -distance
    let total = signed <= 0 ? 0 : (signed - 1) / Int128(step.magnitude) + 1
    let count = Int(clamping: total)
    try machine.checkRoom(count, stride: ListBlock.stride)
    try machine.charge(work: count)
    let list = machine.heap.makeList(capacity: count)
    for index in 0..<count {
      list.elements[index] = Value(Int64(truncatingIfNeeded: Int128(start) + wide * Int128(index)))
    }
    list.count = count
    return Value(list.block)
  }

  static func enumerate(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let start = arguments[1].isMissing ? 0 : try machine.intArgument(arguments[1], "`start`")
    return try machine.withElements(of: arguments[0]) { list throws(Thrown) in
      try machine.checkRoom(list.count, stride: 96)
      try machine.charge(work: list.count * 2)
      let result = machine.heap.makeList(capacity: list.count)
      for index in 0..<list.count {
        result.elements[index] = machine.pair(Value(Int64(start &+ index)), list.elements[index].retained())
      }
      result.count = list.count
      return Value(result.block)
    }
  }

  static func zip(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    var lists: [Value] = []
    defer { for list in lists { machine.heap.release(list) } }
    for index in 0..<count { lists.append(try machine.elements(of: arguments[index])) }
    let shortest = lists.map { ListBlock($0).count }.min() ?? 0
    try machine.checkRoom(shortest, stride: 48 + 16 * count)
    try machine.charge(work: shortest * (count + 1))
    let result = machine.heap.makeList(capacity: shortest)
    for index in 0..<shortest {
      let row = machine.heap.makeList(capacity: count)
      for (column, list) in lists.enumerated() {
        row.elements[column] = ListBlock(list).elements[index].retained()
      }
      row.count = count
      result.elements[index] = Value(row.block)
    }
    result.count = shortest
    return Value(result.block)
  }

  static func any(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    Value(try has(machine, arguments[0], true))
  }

  static func all(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    Value(try !has(machine, arguments[0], false))
  }

  private static func has(_ machine: Machine, _ sequence: Value, _ wanted: Bool) throws(Thrown) -> Bool {
    try machine.withElements(of: sequence) { list throws(Thrown) in
      try machine.charge(work: list.count)
      for index in 0..<list.count {
        let element = list.elements[index]
        if element.tag != Kind.bool {
          throw machine.wrongArgument("each element", "Bool", element, hint: "give a test: `xs.any(x => x > 0)`")
        }
        if element.bool == wanted { return true }
      }
      return false
    }
  }

  static func list(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    if arguments[0].tag == Kind.unset { return Value(machine.heap.makeList(capacity: 0).block) }
    return try machine.elements(of: arguments[0])
  }

  static func dict(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    if arguments[0].tag == Kind.unset { return Value(machine.heap.makeMap(capacity: 0).block) }
    if arguments[0].tag == Kind.map { return arguments[0].retained() }
    return try machine.withElements(of: arguments[0]) { list throws(Thrown) in
      try machine.checkRoom(list.count, stride: MapBlock.entryStride + 8)
      try machine.charge(work: list.count)
      var map = Value(machine.heap.makeMap(capacity: list.count).block)
      for index in 0..<list.count {
        do throws(Thrown) {
          let pair = list.elements[index]
          guard pair.tag == Kind.list, ListBlock(pair).count == 2 else {
            throw machine.raise(.typeError, "element \(index) is not a list of a key and a value")
          }
          let key = ListBlock(pair).elements[0]
          let hash = try machine.hash(forKey: key)
          machine.heap.set(key.retained(), hash: hash, to: ListBlock(pair).elements[1].retained(), inMap: &map)
        } catch {
          machine.heap.release(map)
          throw error
        }
      }
      return map
    }
  }

  // MARK: - For the prelude

  static func sortByKeys(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let reverse = try machine.boolArgument(arguments[2], "`reverse`")
    return try withKeys(machine, arguments) { list, keys throws(Thrown) in
      try machine.sorted(list, keys: keys, reverse: reverse)
    }
  }

  static func extremeByKeys(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let wanted: Order = arguments[2].bool ? .greater : .less
    return try withKeys(machine, arguments) { list, keys throws(Thrown) in
      let found = try place(machine, UnsafeBufferPointer(start: keys.elements, count: keys.count), wanted)
      return list.elements[found].retained()
    }
  }

  static func uniqueByKeys(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    try withKeys(machine, arguments) { list, keys throws(Thrown) in try unique(machine, list, keys: keys) }
  }

  /// The elements and as many keys.
  private static func withKeys(
    _ machine: Machine, _ arguments: Arguments, _ body: (ListBlock, ListBlock) throws(Thrown) -> Value
  ) throws(Thrown) -> Value {
    try machine.withElements(of: arguments[0]) { list throws(Thrown) in
      guard arguments[1].tag == Kind.list, ListBlock(arguments[1]).count == list.count else {
        throw machine.raise(.valueError, "there must be a key for each element")
      }
      return try body(list, ListBlock(arguments[1]))
    }
  }

  /// Each element whose key has not come before. Keys that cannot stand in a map are compared one by one.
  static func unique(_ machine: Machine, _ list: ListBlock, keys: ListBlock) throws(Thrown) -> Value {
    try machine.checkRoom(list.count, stride: MapBlock.entryStride + 8 + ListBlock.stride)
    try machine.charge(work: list.count)
    var seen = Value(machine.heap.makeMap(capacity: list.count).block)
    defer { machine.heap.release(seen) }
    var others: [Value] = []
    var result = try ListBuilder(machine)
    for index in 0..<list.count {
      let key = simplified(keys.elements[index])
      if let hash = simpleHash(key) {
        if MapBlock(seen).find(key, hash: hash) >= 0 { continue }
        machine.heap.set(key.retained(), hash: hash, to: .none, inMap: &seen)
      } else {
        do throws(Thrown) {
          try machine.charge(work: others.count)
        } catch {
          result.discard()
          throw error
        }
        if others.contains(where: { machine.equal($0, key) }) { continue }
        others.append(key)
      }
      try result.append(list.elements[index].retained())
    }
    return result.finish()
  }

  /// A whole Float equals an Int, so it counts as one.
  private static func simplified(_ value: Value) -> Value {
    guard value.tag == Kind.float, let whole = Int64(exactly: value.float) else { return value }
    return Value(whole)
  }

  /// A hash for what can be told apart by it; nil for lists, maps and the like.
  private static func simpleHash(_ value: Value) -> UInt64? {
    switch value.tag {
    case Kind.string: StringBlock(value).hash
    case Kind.bigInt: Hash.integer(IntegerBlock(value))
    case Kind.none, Kind.int, Kind.bool, Kind.float, Kind.duration, Kind.task, Kind.group, Kind.semaphore, Kind.lock,
      Kind.rateLimiter, Kind.queue, Kind.shared:
      Hash.word(value.bits, tag: value.tag)
    default: nil
    }
  }
}
