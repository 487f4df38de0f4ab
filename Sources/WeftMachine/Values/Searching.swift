extension Machine {
  /// `element in container`.
  func contains(_ container: Value, _ element: Value) throws(Thrown) -> Bool {
    switch container.tag {
    case Kind.map: return MapBlock(container).find(element, hash: try hash(forKey: element)) >= 0
    case Kind.list: return try firstIndex(of: element, in: ListBlock(container)) >= 0
    case Kind.string:
      guard element.tag == Kind.string else {
        throw raise(
          .typeError, "cannot look for \(Machine.typeName(element)) in String",
          hint: "write `\"\\(…)\"` to make a text of it")
      }
      try charge(work: StringBlock(container).byteCount / 16)
      return Search.first(StringBlock(element).buffer, in: StringBlock(container).buffer) >= 0
    case Kind.range: return Machine.rangeContains(RangeBlock(container), element)
    case Kind.bytes:
      if element.tag == Kind.int {
        guard let byte = UInt8(exactly: element.int) else { return false }
        return BytesBlock(container).buffer.contains(byte)
      }
      guard element.tag == Kind.bytes else {
        throw raise(.typeError, "cannot look for \(Machine.typeName(element)) in Bytes")
      }
      return Search.first(BytesBlock(element).buffer, in: BytesBlock(container).buffer) >= 0
    default:
      throw raise(.typeError, "cannot use `in` on \(Machine.typeName(container))")
    }
  }

  /// The index of the first element that equals `element`, or -1.
  func firstIndex(of element: Value, in list: ListBlock) throws(Thrown) -> Int {
    let count = list.count
    try charge(work: count)
    for index in 0..<count where equal(list.elements[index], element) { return index }
    return -1
  }

  static func rangeContains(_ range: RangeBlock, _ element: Value) -> Bool {
    var integer = element
    if element.tag == Kind.float {
      guard let whole = Int64(exactly: element.float) else { return false }
      integer = Value(whole)
    }
    guard integer.tag == Kind.int else { return false }
    return integer.int >= range.lower && (range.isInclusive ? integer.int <= range.upper : integer.int < range.upper)
  }

  /// `len(x)`.
  func length(_ value: Value) throws(Thrown) -> Int {
    switch value.tag {
    case Kind.list: return ListBlock(value).count
    case Kind.string: return StringBlock(value).scalarCount
    case Kind.map: return MapBlock(value).count
    case Kind.bytes: return BytesBlock(value).count
    case Kind.range: return Int(clamping: RangeBlock(value).count)
    case Kind.queue: return HandleBlock(value).hasCrossed ? number(.count, value) : QueueBlock(value).count
    default:
      let hint: String? =
        switch value.tag {
        case Kind.response: "a Response has `.size`, in bytes"
        case Kind.int, Kind.bigInt: "`len(str(n))` counts digits"
        default: nil
        }
      throw raise(.typeError, "\(Machine.typeName(value)) has no length", hint: hint)
    }
  }
}
