extension ParcelReader {
  /// Reads parts of an open container until one of them opens, or all are there.
  mutating func readParts(of place: Int) -> Bool {
    let block = open[place].block
    switch block.kind {
    case Kind.list: return readElements(of: place, ListBlock(block))
    case Kind.map: return readEntries(of: place, MapBlock(block))
    case Kind.closure:
      let cells = machine.image.functions[ClosureBlock(block).function].cellCaptures
      let captures = ClosureBlock(block).captures
      return readSlots(of: place) { position, value in
        captures[position] = value
        return (value.tag == Kind.cell) == cells[position]
      }
    case Kind.cell:
      return readSlots(of: place) { _, value in
        CellBlock(block).slot.pointee = value
        return value.tag != Kind.cell
      }
    case Kind.response:
      return readSlots(of: place) { position, value in
        ResponseBlock(block).slots[position] = value
        return ParcelReader.isPart(value)
      } && (open.count > place || ParcelReader.isSound(ResponseBlock(block)))
    default:
      let isRead = readSlots(of: place) { position, value in
        ErrorBlock(block).slots[ErrorParts.slots[position]] = value
        return ParcelReader.isPart(value)
      }
      guard isRead, open.count == place else { return isRead }
      guard ParcelReader.isSound(ErrorBlock(block)) else { return false }
      if ErrorBlock(block).cause.pointee.tag == Kind.error { machine.link(block) }
      return true
    }
  }

  /// Whether a value may stand in another one.
  @inline(__always) static func isPart(_ value: Value) -> Bool {
    value.tag != Kind.unset && value.tag != Kind.cell
  }

  mutating func readElements(of place: Int, _ list: ListBlock) -> Bool {
    let count = open[place].count
    var position = open[place].position
    let elements = list.elements
    while position < count {
      guard let value = value() else { return false }
      elements[position] = value
      position += 1
      list.count = position
      if !ParcelReader.isPart(value) { return false }
      if open.count != place + 1 {
        open[place].position = position
        return true
      }
    }
    open.removeLast()
    return true
  }

  mutating func readEntries(of place: Int, _ map: MapBlock) -> Bool {
    while open[place].position < open[place].count {
      guard let key = value() else { return false }
      guard let hash = hash(of: key), map.find(key, hash: hash) < 0 else {
        // The key may be anything.
        roots.append(key)
        return false
      }
      guard let value = value() else {
        roots.append(key)
        return false
      }
      let position = map.used
      map.entries[position] = MapEntrySlot(key: key, value: value, hash: hash)
      map.insertIntoIndex(position: position, hash: hash)
      map.used = position + 1
      map.count = position + 1
      open[place].position = position + 1
      if !ParcelReader.isPart(value) { return false }
      if open.count != place + 1 { return true }
    }
    open.removeLast()
    return true
  }

  /// Nil for what cannot be a key.
  func hash(of key: Value) -> UInt64? {
    switch key.tag {
    case Kind.string, Kind.int, Kind.bool, Kind.duration, Kind.bigInt: return try? machine.hash(forKey: key)
    default: return nil
    }
  }

  @inline(__always) mutating func readSlots(of place: Int, _ put: (Int, Value) -> Bool) -> Bool {
    while open[place].position < open[place].count {
      let position = open[place].position
      guard let value = value() else { return false }
      open[place].position = position + 1
      if !put(position, value) { return false }
      if open.count != place + 1 { return true }
    }
    open.removeLast()
    return true
  }
}
