#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// How two values stand to each other.
enum Order {
  case less, equal, greater
  /// One of them is nan.
  case unordered

  init(_ sign: Int) { self = sign < 0 ? .less : sign > 0 ? .greater : .equal }

  func satisfies(_ op: OrderOp) -> Bool {
    switch op {
    case .less: self == .less
    case .lessOrEqual: self == .less || self == .equal
    case .greater: self == .greater
    case .greaterOrEqual: self == .greater || self == .equal
    }
  }
}

extension Machine {
  /// `<`, `<=`, `>` and `>=`: numbers exactly, texts by scalars, lists element by element; else an error.
  func compare(_ left: Value, _ right: Value, _ op: OrderOp) throws(Thrown) -> Bool {
    try order(left, right, op).satisfies(op)
  }

  /// `op` only serves the error message.
  func order(_ left: Value, _ right: Value, _ op: OrderOp = .less) throws(Thrown) -> Order {
    if left.tag == Kind.list, right.tag == Kind.list { return try orderLists(left, right, op) }
    guard let order = Machine.simpleOrder(left, right) else { throw cannotCompare(left, right, op) }
    return order
  }

  /// The order of two values that are not lists; nil if their types have none.
  static func simpleOrder(_ left: Value, _ right: Value) -> Order? {
    switch (left.tag, right.tag) {
    case (Kind.int, Kind.int), (Kind.duration, Kind.duration):
      return left.int < right.int ? .less : left.int > right.int ? .greater : .equal
    case (Kind.int, Kind.bigInt), (Kind.bigInt, Kind.int), (Kind.bigInt, Kind.bigInt):
      return Order(exactOrder(integer: left, integer: right))
    case (Kind.float, Kind.float), (Kind.rate, Kind.rate):
      return left.float < right.float
        ? .less : left.float > right.float ? .greater : left.float == right.float ? .equal : .unordered
    case (Kind.int, Kind.float), (Kind.bigInt, Kind.float):
      return exactOrder(integer: left, float: right.float).map { Order($0) } ?? .unordered
    case (Kind.float, Kind.int), (Kind.float, Kind.bigInt):
      return exactOrder(integer: right, float: left.float).map { Order(-$0) } ?? .unordered
    case (Kind.string, Kind.string):
      let (a, b) = (StringBlock(left), StringBlock(right))
      return order(UnsafeRawPointer(a.bytes), a.byteCount, UnsafeRawPointer(b.bytes), b.byteCount)
    case (Kind.bytes, Kind.bytes):
      let (a, b) = (BytesBlock(left), BytesBlock(right))
      return order(UnsafeRawPointer(a.bytes), a.count, UnsafeRawPointer(b.bytes), b.count)
    default: return nil
    }
  }

  private static func order(
    _ left: UnsafeRawPointer, _ leftCount: Int, _ right: UnsafeRawPointer, _ rightCount: Int
  ) -> Order {
    let order = memcmp(left, right, min(leftCount, rightCount))
    return Order(order != 0 ? Int(order) : leftCount < rightCount ? -1 : leftCount > rightCount ? 1 : 0)
  }

  private func orderLists(_ left: Value, _ right: Value, _ op: OrderOp) throws(Thrown) -> Order {
    var stack: [(left: ListBlock, right: ListBlock, position: Int)] = []
    var frame = (left: ListBlock(left), right: ListBlock(right), position: 0)
    var pairs = 0
    while true {
      pairs += 1
      if pairs % 4_096 == 0, !countCompared(4_096) { return .unordered }
      let position = frame.position
      if position == frame.left.count || position == frame.right.count {
        if frame.left.count != frame.right.count { return frame.left.count < frame.right.count ? .less : .greater }
        guard let outer = stack.popLast() else { return .equal }
        frame = outer
        continue
      }
      let a = frame.left.elements[position]
      let b = frame.right.elements[position]
      frame.position += 1
      if a.tag == Kind.list, b.tag == Kind.list {
        if a.bits == b.bits { continue }
        stack.append(frame)
        frame = (left: ListBlock(a), right: ListBlock(b), position: 0)
      } else if let order = Machine.simpleOrder(a, b) {
        if order != .equal { return order }
      } else if !equal(a, b) {
        throw cannotCompare(a, b, op)
      }
    }
  }

  private func cannotCompare(_ left: Value, _ right: Value, _ op: OrderOp) -> Thrown {
    let tags = (left.tag, right.tag)
    var hint: String?
    if tags.0 == Kind.none || tags.1 == Kind.none {
      hint = "one side is none; `x ?? 0` takes another value for it"
    } else if (tags.0 == Kind.string) != (tags.1 == Kind.string) {
      hint = "`int(text)` or `float(text)` reads a number from a text"
    } else if (tags.0 == Kind.duration) != (tags.1 == Kind.duration) {
      hint = "give the number a unit, such as `5s`, or use the duration's `.seconds`"
    } else if tags == (Kind.map, Kind.map) {
      hint = "`sorted(xs, by: x => x.name)` compares one field"
    }
    return raise(
      .typeError, "cannot compare \(Machine.typeName(left)) and \(Machine.typeName(right)) with `\(op.symbol)`",
      hint: hint)
  }
}
