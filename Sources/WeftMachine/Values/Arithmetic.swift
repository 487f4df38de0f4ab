#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension Machine {
  /// What an arithmetic operator gives for any two values. The result is a reference of the caller's own.
  func arithmetic(_ op: ArithmeticOp, _ left: Value, _ right: Value) throws(Thrown) -> Value {
    switch (left.tag, right.tag) {
    case (Kind.int, Kind.int), (Kind.int, Kind.bigInt), (Kind.bigInt, Kind.int), (Kind.bigInt, Kind.bigInt):
      return try integerArithmetic(op, left, right)
    case (Kind.float, Kind.float), (Kind.float, Kind.int), (Kind.int, Kind.float), (Kind.float, Kind.bigInt),
      (Kind.bigInt, Kind.float):
      return Value(try floatArithmetic(op, try float(left), try float(right)))
    case (Kind.string, Kind.string) where op == .add, (Kind.list, Kind.list) where op == .add,
      (Kind.bytes, Kind.bytes) where op == .add:
      return try concatenate(left, right)
    case (Kind.string, Kind.int), (Kind.list, Kind.int), (Kind.bytes, Kind.int):
      if op == .multiply { return try repeated(left, right.int) }
    case (Kind.int, Kind.string), (Kind.int, Kind.list), (Kind.int, Kind.bytes):
      if op == .multiply { return try repeated(right, left.int) }
    default:
      if let result = try timeArithmetic(op, left, right) { return result }
    }
    throw cannotCombine(op, left, right)
  }

  // MARK: - Floats, as in Python

  private func floatArithmetic(_ op: ArithmeticOp, _ left: Double, _ right: Double) throws(Thrown) -> Double {
    switch op {
    case .add: return left + right
    case .subtract: return left - right
    case .multiply: return left * right
    case .divide:
      if right == 0 { throw divisionError() }
      return left / right
    case .floorDivide:
      if right == 0 { throw divisionError() }
      return Machine.floorDivide(left, right).quotient
    case .remainder:
      if right == 0 { throw divisionError() }
      return Machine.floorDivide(left, right).remainder
    case .power: return try floatPower(left, right)
    }
  }

  static func floorDivide(_ left: Double, _ right: Double) -> (quotient: Double, remainder: Double) {
    var remainder = fmod(left, right)
    var quotient = (left - remainder) / right
    if remainder != 0 {
      if (right < 0) != (remainder < 0) {
        remainder += right
        quotient -= 1
      }
    } else {
      remainder = Double(signOf: right, magnitudeOf: 0)
    }
    if quotient == 0 { return (Double(signOf: left / right, magnitudeOf: 0), remainder) }
    let floor = quotient.rounded(.down)
    return (quotient - floor > 0.5 ? floor + 1 : floor, remainder)
  }

  func floatPower(_ base: Double, _ exponent: Double) throws(Thrown) -> Double {
    if base == 0, exponent < 0 { throw divisionError() }
    if base < 0, base.isFinite, exponent.isFinite, exponent.rounded() != exponent {
      throw raise(.valueError, "a negative number has no real power of \(Machine.text(exponent))")
    }
    return pow(base, exponent)
  }

  // MARK: - Sequences

  private func concatenate(_ left: Value, _ right: Value) throws(Thrown) -> Value {
    switch left.tag {
    case Kind.string:
      let (a, b) = (StringBlock(left), StringBlock(right))
      let total = a.byteCount + b.byteCount
      try checkRoom(total)
      try charge(work: total / 16)
      let result = heap.makeString(byteCount: total)
      memcpy(result.bytes, a.bytes, a.byteCount)
      memcpy(result.bytes + a.byteCount, b.bytes, b.byteCount)
      return Value(result.block)
    case Kind.list:
      let (a, b) = (ListBlock(left), ListBlock(right))
      try checkRoom(a.count + b.count, stride: ListBlock.stride)
      try charge(work: a.count + b.count)
      let result = heap.makeList(capacity: a.count + b.count)
      copyElements(a, to: result.elements)
      copyElements(b, to: result.elements + a.count)
      result.count = a.count + b.count
      return Value(result.block)
    default:
      let (a, b) = (BytesBlock(left), BytesBlock(right))
      let total = a.count + b.count
      try checkRoom(total)
      try charge(work: total / 16)
      let result = heap.makeBytes(count: total)
      memcpy(result.bytes, a.bytes, a.count)
      memcpy(result.bytes + a.count, b.bytes, b.count)
      return Value(result.block)
    }
  }

  /// Copies all elements of a list to raw memory, which gets references of its own.
  func copyElements(_ list: ListBlock, to target: UnsafeMutablePointer<Value>) {
    let count = list.count
    for index in 0..<count { target[index] = list.elements[index].retained() }
  }

  /// A string, list or bytes value several times over; none or fewer give an empty one.
  func repeated(_ value: Value, _ times: Int64) throws(Thrown) -> Value {
    let times = Int(max(0, times))
    switch value.tag {
    case Kind.string:
      let one = StringBlock(value)
      let total = try checkedProduct(one.byteCount, times, stride: 1)
      let result = heap.makeString(byteCount: total)
      Machine.fill(UnsafeMutableRawPointer(result.bytes), total: total, with: one.bytes, count: one.byteCount)
      return Value(result.block)
    case Kind.list:
      let one = ListBlock(value)
      let total = try checkedProduct(one.count, times, stride: ListBlock.stride)
      let result = heap.makeList(capacity: total)
      if total > 0 {
        for round in 0..<times { copyElements(one, to: result.elements + round * one.count) }
      }
      result.count = total
      return Value(result.block)
    default:
      let one = BytesBlock(value)
      let total = try checkedProduct(one.count, times, stride: 1)
      let result = heap.makeBytes(count: total)
      Machine.fill(UnsafeMutableRawPointer(result.bytes), total: total, with: one.bytes, count: one.count)
      return Value(result.block)
    }
  }

  private func checkedProduct(_ count: Int, _ times: Int, stride: Int) throws(Thrown) -> Int {
    let (total, overflow) = count.multipliedReportingOverflow(by: times)
    try checkRoom(overflow ? .max : total, stride: stride)
    try charge(work: stride == 1 ? total / 16 : total)
    return total
  }

  /// Fills memory with copies of a piece, each step doubling what is there.
  static func fill(
    _ target: UnsafeMutableRawPointer, total: Int, with piece: UnsafePointer<UInt8>, count: Int
  ) {
    if total == 0 { return }
    memcpy(target, piece, count)
    var done = count
    while done < total {
      let step = min(done, total - done)
      memcpy(target + done, target, step)
      done += step
    }
  }

  func negate(_ value: Value) throws(Thrown) -> Value {
    switch value.tag {
    case Kind.int, Kind.bigInt: return try integerArithmetic(.subtract, Value(0), value)
    case Kind.float: return Value(-value.float)
    case Kind.duration:
      if value.int == .min { throw durationOverflow() }
      return .duration(-value.int)
    case Kind.rate: return .rate(-value.float)
    default: throw raise(.typeError, "cannot negate \(Machine.typeName(value))")
    }
  }
}

extension Heap {
  /// Bytes that the caller fills in.
  func makeBytes(count: Int) -> BytesBlock {
    let bytes = BytesBlock(allocate(kind: Kind.bytes, size: 24 + count))
    bytes.count = count
    return bytes
  }
}
