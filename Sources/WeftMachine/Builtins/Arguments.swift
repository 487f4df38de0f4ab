/// The arguments of a native: borrowed, with unset values for what was left out.
typealias Arguments = UnsafeMutablePointer<Value>

extension Value {
  /// Left out, or given as none.
  @inline(__always) var isMissing: Bool { tag == Kind.unset || tag == Kind.none }
}

extension Machine {
  /// An argument of the wrong type.
  func wrongArgument(_ what: String, _ wanted: String, _ value: Value, hint: String? = nil) -> Thrown {
    let given = wanted == "Int" && value.tag == Kind.bigInt ? "one of more than 64 bits" : Machine.typeName(value)
    return raise(.typeError, "\(what) must be \(wanted), not \(given)", hint: hint)
  }

  /// An Int, clamped to what fits 64 bits.
  func intArgument(_ value: Value, _ what: StaticString) throws(Thrown) -> Int {
    if value.tag == Kind.int { return Int(value.int) }
    if value.tag == Kind.bigInt { return value.isNegativeInteger ? .min : .max }
    throw wrongArgument("\(what)", "Int", value, hint: value.tag == Kind.float ? "`int(x)` makes an Int of it" : nil)
  }

  /// What stands where an Int of 64 bits is needed, after "not".
  func notAnInt(_ value: Value) -> String {
    value.tag == Kind.bigInt ? "one of more than 64 bits" : article(Machine.typeName(value))
  }

  func stringArgument(_ value: Value, _ what: StaticString) throws(Thrown) -> StringBlock {
    if value.tag == Kind.string { return StringBlock(value) }
    throw wrongArgument("\(what)", "String", value)
  }

  /// False when it was left out.
  func boolArgument(_ value: Value, _ what: StaticString) throws(Thrown) -> Bool {
    if value.isMissing { return false }
    if value.tag == Kind.bool { return value.bool }
    throw wrongArgument("\(what)", "Bool", value)
  }

  func floatArgument(_ value: Value, _ what: StaticString) throws(Thrown) -> Double {
    if value.tag == Kind.float { return value.float }
    if value.isInteger { return try float(value) }
    throw wrongArgument("\(what)", "a number", value)
  }

  /// A string value of a part of a text.
  @inline(__always) func part(_ string: StringBlock, _ start: Int, _ end: Int) -> Value {
    heap.makeString(UnsafeBufferPointer(start: string.bytes + start, count: end - start))
  }
}

/// A list that is being put together. `finish` or `discard` must end it.
struct ListBuilder {
  private let machine: Machine
  private var slot: Value

  init(_ machine: Machine, capacity: Int = 4) throws(Thrown) {
    try machine.checkRoom(capacity, stride: ListBlock.stride)
    self.machine = machine
    slot = Value(machine.heap.makeList(capacity: capacity).block)
  }

  var count: Int { ListBlock(slot).count }

  /// Takes over the reference of `value`. On an error that and the list are released.
  @inline(__always) mutating func append(_ value: Value) throws(Thrown) {
    let list = ListBlock(slot)
    if list.count == list.capacity { try checkGrowth(value) }
    machine.heap.append(value, toList: &slot)
  }

  @inline(never) private mutating func checkGrowth(_ value: Value) throws(Thrown) {
    do throws(Thrown) {
      try machine.checkRoom(ListBlock(slot).count * 3 / 2 + 4, stride: ListBlock.stride)
    } catch {
      machine.heap.release(value)
      discard()
      throw error
    }
  }

  func finish() -> Value { slot }
  func discard() { machine.heap.release(slot) }
}
