// Reading leaves a value alone; these change what stands in a slot, and first make it the only reference to its block.

extension Machine {
  /// `slot[index] = value`. Takes over the reference of `value`, also when it throws.
  func setIndex(_ slot: UnsafeMutablePointer<Value>, _ index: Value, _ value: Value) throws(Thrown) {
    do throws(Thrown) {
      switch slot.pointee.tag {
      case Kind.list:
        let place = try listPlace(slot, index)
        let before = place.pointee
        place.pointee = value
        heap.release(before)
      case Kind.map:
        let hash = try hash(forKey: index)
        try checkGrowth(ofMap: slot)
        heap.set(index.retained(), hash: hash, to: value, inMap: slot)
      case Kind.shared:
        let place = try sharedPlace(slot, index)
        let before = place.pointee
        place.pointee = value
        heap.release(before)
      default: throw cannotChange(slot.pointee)
      }
    } catch {
      heap.release(value)
      throw error
    }
  }

  /// The address of an existing element, whose container is made unique in place. It holds until the container changes.
  func slot(
    _ base: UnsafeMutablePointer<Value>, _ index: Value
  ) throws(Thrown) -> UnsafeMutablePointer<Value> {
    switch base.pointee.tag {
    case Kind.list: return try listPlace(base, index)
    case Kind.map:
      let hash = try hash(forKey: index)
      if !base.pointee.isUnique { try checkGrowth(ofMap: base) }
      if let place = heap.existing(index, hash: hash, inMap: base) { return place }
      throw keyError(index, in: MapBlock(base.pointee))
    case Kind.shared: return try sharedPlace(base, index)
    default: throw cannotChange(base.pointee)
    }
  }

  /// The place of a Shared's value, the one part of it that can change.
  private func sharedPlace(
    _ slot: UnsafeMutablePointer<Value>, _ name: Value
  ) throws(Thrown) -> UnsafeMutablePointer<Value> {
    try checkPart(ofShared: name)
    return SharedBlock(slot.pointee).slot
  }

  func checkPart(ofShared name: Value) throws(Thrown) {
    guard name.tag == Kind.string, name.text == "value" else {
      throw raise(.typeError, "a Shared has one part that can change, its `.value`")
    }
  }

  private func listPlace(
    _ slot: UnsafeMutablePointer<Value>, _ index: Value
  ) throws(Thrown) -> UnsafeMutablePointer<Value> {
    let list = ListBlock(slot.pointee)
    if index.tag == Kind.range {
      throw raise(
        .typeError, "a slice cannot be assigned to", hint: "put the parts together: `xs = xs[0..<2] + new + xs[4..<9]`")
    }
    let position = try position(index, count: list.count, in: slot.pointee)
    return try uniqueList(slot).elements + position
  }

  /// The list in a slot as the only reference to its block, with room for `extra` more.
  @inline(__always) func uniqueList(_ slot: UnsafeMutablePointer<Value>, extra: Int = 0) throws(Thrown) -> ListBlock {
    let list = ListBlock(slot.pointee)
    let needed = list.count + extra
    if slot.pointee.isUnique, needed <= list.capacity { return list }
    try checkRoom(needed + (extra == 0 ? 0 : needed / 2), stride: ListBlock.stride)
    if needed > 64, !slot.pointee.isUnique { try charge(work: needed) }
    return heap.makeUnique(list: slot, extra: extra)
  }

  /// Whether there is room for the map in a slot to be copied or to grow by one entry.
  @inline(__always) func checkGrowth(ofMap slot: UnsafeMutablePointer<Value>) throws(Thrown) {
    let map = MapBlock(slot.pointee)
    if slot.pointee.isUnique, map.used < map.capacity { return }
    try checkRoom(map.count * 2 + 4, stride: MapBlock.entryStride + 8)
    if map.count > 64, !slot.pointee.isUnique { try charge(work: map.count) }
  }

  private func cannotChange(_ value: Value) -> Thrown {
    let hint: String? =
      switch value.tag {
      case Kind.string: "a String is made anew: `s.replace(…)`, or `s[0..<i] + \"x\" + s[i + 1..<len(s)]`"
      case Kind.none: "it is none; give it a list or a map first"
      case Kind.bytes: "`data.list()` gives a List that can change"
      default: nil
      }
    return raise(.typeError, "the parts of \(Machine.typeName(value)) cannot be changed", hint: hint)
  }

  /// `slot.name = value`. Takes over the reference of `value`, also when it throws.
  func setMember(_ slot: UnsafeMutablePointer<Value>, _ name: Value, _ value: Value) throws(Thrown) {
    if slot.pointee.tag == Kind.map { return try setIndex(slot, name, value) }
    heap.release(value)
    let type = Machine.typeName(slot.pointee)
    throw raise(
      .typeError, "the members of \(type) cannot be changed",
      hint: slot.pointee.tag == Kind.none ? "it is none; `{}` is an empty Map" : nil)
  }
}
