/// Natives that draw from the task's stream of random numbers, and the clock.
enum RandomFunctions {
  static func now(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    .duration(machine.wallClockAtStart &+ (machine.now &- machine.startedAt))
  }

  static func elapsed(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    .duration(machine.now &- machine.startedAt)
  }

  static func during(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    guard arguments[0].tag == Kind.duration else {
      throw machine.wrongArgument(
        "the argument of `during`", "Duration", arguments[0], hint: "write a unit, such as `30s`")
    }
    let (deadline, overflow) = machine.now.addingReportingOverflow(max(0, arguments[0].int))
    return .during(until: overflow ? .max : deadline)
  }

  /// A Float in 0..<1 with 53 random bits.
  private static func unit(_ machine: Machine) -> Double { Double(machine.random() >> 11) * 0x1p-53 }

  /// An unbiased number in 0..<bound; the whole word when `bound` is 0.
  static func below(_ machine: Machine, _ bound: UInt64) -> UInt64 {
    if bound == 0 { return machine.random() }
    var product = machine.random().multipliedFullWidth(by: bound)
    if product.low < bound {
      let threshold = (0 &- bound) % bound
      while product.low < threshold { product = machine.random().multipliedFullWidth(by: bound) }
    }
    return product.high
  }

  static func random(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    if arguments[0].isMissing, arguments[1].isMissing { return Value(unit(machine)) }
    var low = arguments[0]
    var high = arguments[1]
    if high.isMissing {
      high = low
      low = high.tag == Kind.duration ? .duration(0) : high.tag == Kind.float ? Value(0.0) : Value(0)
    }
    switch (low.tag, high.tag) {
    case (Kind.int, Kind.int): return Value(try between(machine, low.int, high.int))
    case (Kind.duration, Kind.duration): return .duration(try between(machine, low.int, high.int))
    case (Kind.int, Kind.float), (Kind.float, Kind.int), (Kind.float, Kind.float):
      let lower = try machine.float(low)
      let upper = try machine.float(high)
      guard lower <= upper else { throw wrongOrder(machine) }
      let share = unit(machine)
      return Value(lower * (1 - share) + upper * share)
    default:
      throw machine.raise(
        .typeError, "cannot choose between \(Machine.typeName(low)) and \(Machine.typeName(high))",
        hint: "both bounds are Ints, Floats or Durations")
    }
  }

  static func randint(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    for index in 0..<2 where arguments[index].tag != Kind.int {
      throw machine.wrongArgument("a bound of `randint`", "an Int of 64 bits", arguments[index])
    }
    return Value(try between(machine, arguments[0].int, arguments[1].int))
  }

  private static func between(_ machine: Machine, _ low: Int64, _ high: Int64) throws(Thrown) -> Int64 {
    if low > high { throw wrongOrder(machine) }
    let span = UInt64(bitPattern: high &- low) &+ 1
    return low &+ Int64(bitPattern: below(machine, span))
  }

  private static func wrongOrder(_ machine: Machine) -> Thrown {
    machine.raise(.valueError, "the lower bound is above the upper one")
  }

  static func choice(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let sequence = arguments[0]
    let length = sequence.tag == Kind.map ? 0 : try machine.length(sequence)
    if sequence.tag == Kind.map {
      throw machine.wrongArgument("the argument of `choice`", "a sequence", sequence, hint: "`m.keys()` is a List")
    }
    if length == 0 { throw machine.raise(.valueError, "cannot choose from what is empty") }
    return try machine.getIndex(sequence, Value(Int64(bitPattern: below(machine, UInt64(length)))))
  }

  static func shuffled(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    try drawn(machine, arguments[0], count: nil)
  }

  static func sample(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    try drawn(machine, arguments[0], count: try machine.intArgument(arguments[1], "`count`"))
  }

  /// So many different elements in a random order; all when `count` is nil.
  private static func drawn(_ machine: Machine, _ sequence: Value, count: Int?) throws(Thrown) -> Value {
    try machine.withElements(of: sequence) { list throws(Thrown) in
      let all = list.count
      let count = count ?? all
      if count < 0 || count > all {
        throw machine.raise(.valueError, "cannot take \(count) of \(Machine.counted(all, "element"))")
      }
      try machine.checkRoom(all, stride: ListBlock.stride * 2)
      try machine.charge(work: all)
      let order = UnsafeMutableBufferPointer<Value>.allocate(capacity: all)
      defer { order.deallocate() }
      for index in 0..<all { order[index] = list.elements[index] }
      for index in 0..<count {
        let other = index + Int(below(machine, UInt64(all - index)))
        order.swapAt(index, other)
      }
      return try machine.makeList(copying: UnsafeBufferPointer(rebasing: order[..<count]))
    }
  }
}
