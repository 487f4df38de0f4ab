extension Machine {
  /// The elements of anything that `for` can go through, as a list of the caller's own.
  func elements(of value: Value) throws(Thrown) -> Value {
    switch value.tag {
    case Kind.list: return value.retained()
    case Kind.range: return try elements(of: RangeBlock(value))
    case Kind.map: return try items(of: value)
    case Kind.string: return try characters(of: StringBlock(value))
    case Kind.bytes:
      let bytes = BytesBlock(value)
      try checkRoom(bytes.count, stride: ListBlock.stride)
      try charge(work: bytes.count)
      let list = heap.makeList(capacity: bytes.count)
      for index in 0..<bytes.count { list.elements[index] = Value(Int64(bytes.bytes[index])) }
      list.count = bytes.count
      return Value(list.block)
    default:
      let hint: String? =
        switch value.tag {
        case Kind.int: "`0..<n` is a Range"
        case Kind.during: "its elements come with time: go through them with `for` or `gather for`"
        case Kind.none: "it is none; `xs ?? []` takes an empty list for it"
        default: nil
        }
      throw raise(.typeError, "cannot go through the elements of \(Machine.typeName(value))", hint: hint)
    }
  }

  private func elements(of range: RangeBlock) throws(Thrown) -> Value {
    let count = Int(clamping: range.count)
    try checkRoom(count, stride: ListBlock.stride)
    try charge(work: count)
    let list = heap.makeList(capacity: count)
    for index in 0..<count { list.elements[index] = Value(range.lower &+ Int64(index)) }
    list.count = count
    return Value(list.block)
  }

  /// A list of `[key, value]`.
  func items(of value: Value) throws(Thrown) -> Value {
    let map = MapBlock(value)
    try checkRoom(map.count, stride: 96)
    try charge(work: map.count * 2)
    let list = heap.makeList(capacity: map.count)
    var count = 0
    for position in 0..<map.used where !map.entries[position].isRemoved {
      let entry = map.entries[position]
      list.elements[count] = pair(entry.key.retained(), entry.value.retained())
      count += 1
    }
    list.count = count
    return Value(list.block)
  }

  /// `[first, second]`; takes over both references.
  func pair(_ first: Value, _ second: Value) -> Value {
    let list = heap.makeList(capacity: 2)
    list.elements[0] = first
    list.elements[1] = second
    list.count = 2
    return Value(list.block)
  }

  /// A list of one-character strings.
  func characters(of string: StringBlock) throws(Thrown) -> Value {
    let count = string.scalarCount
    try checkRoom(count, stride: 64)
    try charge(work: count)
    let list = heap.makeList(capacity: count)
    var offset = 0
    for index in 0..<count {
      let scalar = string.scalar(at: offset)
      list.elements[index] = heap.makeString(scalar)
      offset += scalar.count
    }
    list.count = count
    return Value(list.block)
  }

  /// Works on the elements of a sequence; the list lives as long as `body`.
  @inline(__always) func withElements<Result>(
    of value: Value, _ body: (ListBlock) throws(Thrown) -> Result
  ) throws(Thrown) -> Result {
    let list = try elements(of: value)
    do throws(Thrown) {
      let result = try body(ListBlock(list))
      heap.release(list)
      return result
    } catch {
      heap.release(list)
      throw error
    }
  }

  /// A list of elements borrowed elsewhere: each gets a reference more.
  func makeList(copying elements: UnsafeBufferPointer<Value>) throws(Thrown) -> Value {
    try checkRoom(elements.count, stride: ListBlock.stride)
    let list = heap.makeList(capacity: elements.count)
    for (index, element) in elements.enumerated() { list.elements[index] = element.retained() }
    list.count = elements.count
    return Value(list.block)
  }
}
