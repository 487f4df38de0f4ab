#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// One entry of a map, in the order in which keys were first put in.
struct MapEntrySlot {
  var key: Value
  var value: Value
  var hash: UInt64

  /// A removed entry stays as a gap until the map is rebuilt.
  @inline(__always) var isRemoved: Bool { key.tag == Kind.unset }
}

/// A view of a map's block: entries in insertion order, then (from nine entries of room on) an open-addressing index.
struct MapBlock {
  let block: BlockPointer
  private static let entriesOffset = 48
  static let entryStride = 40
  /// Up to this many entries are searched one by one, without an index.
  static let smallest = 8

  @inline(__always) init(_ block: BlockPointer) { self.block = block }
  @inline(__always) init(_ value: Value) { block = value.block }

  /// Live entries.
  @inline(__always) var count: Int {
    get { block.at(16, as: Int.self).pointee }
    nonmutating set { block.at(16, as: Int.self).pointee = newValue }
  }
  /// Entries in use, gaps included.
  @inline(__always) var used: Int {
    get { block.at(24, as: Int.self).pointee }
    nonmutating set { block.at(24, as: Int.self).pointee = newValue }
  }
  /// Room for entries.
  @inline(__always) var capacity: Int {
    get { block.at(32, as: Int.self).pointee }
    nonmutating set { block.at(32, as: Int.self).pointee = newValue }
  }
  /// The index has `indexMask + 1` places, or none when it is 0.
  @inline(__always) var indexMask: Int {
    get { block.at(40, as: Int.self).pointee }
    nonmutating set { block.at(40, as: Int.self).pointee = newValue }
  }
  @inline(__always) var entries: UnsafeMutablePointer<MapEntrySlot> { block.at(Self.entriesOffset) }
  /// Each place holds an entry's position plus one; 0 is free.
  @inline(__always) var index: UnsafeMutablePointer<UInt32> {
    block.at(Self.entriesOffset + capacity * Self.entryStride)
  }

  static func indexPlaces(capacity: Int) -> Int {
    if capacity <= smallest { return 0 }
    var places = 16
    while places * 2 < capacity * 3 { places *= 2 }
    return places
  }

  static func size(capacity: Int) -> Int {
    entriesOffset + capacity * entryStride + indexPlaces(capacity: capacity) * 4
  }

  /// The position of the entry with `key`, or -1.
  @inline(__always) func find(_ key: Value, hash: UInt64) -> Int {
    let entries = entries
    if indexMask == 0 {
      for position in 0..<used where entries[position].hash == hash && sameKey(entries[position].key, key) {
        return position
      }
      return -1
    }
    let index = index
    let mask = indexMask
    var place = Int(truncatingIfNeeded: hash) & mask
    while true {
      let position = Int(index[place]) - 1
      if position < 0 { return -1 }
      if entries[position].hash == hash, sameKey(entries[position].key, key) { return position }
      place = (place &+ 1) & mask
    }
  }

  @inline(__always) private func sameKey(_ left: Value, _ right: Value) -> Bool {
    if left.tag != right.tag { return false }
    if left.bits == right.bits { return true }
    if left.tag == Kind.string { return StringBlock(left) == StringBlock(right) }
    return left.tag == Kind.bigInt && IntegerBlock(left) == IntegerBlock(right)
  }

  @inline(__always) func insertIntoIndex(position: Int, hash: UInt64) {
    if indexMask == 0 { return }
    let mask = indexMask
    var place = Int(truncatingIfNeeded: hash) & mask
    while index[place] != 0 { place = (place &+ 1) & mask }
    index[place] = UInt32(position + 1)
  }
}

extension Heap {
  func makeMap(capacity: Int) -> MapBlock {
    let map = MapBlock(allocate(kind: Kind.map, size: MapBlock.size(capacity: capacity)))
    map.count = 0
    map.used = 0
    map.capacity = capacity
    let places = MapBlock.indexPlaces(capacity: capacity)
    map.indexMask = max(0, places - 1)
    if places > 0 { memset(map.index, 0, places * 4) }
    return map
  }

  /// Makes the map in `slot` the only reference to its block, with room for `extra` more entries.
  func makeUnique(map slot: UnsafeMutablePointer<Value>, extra: Int = 0) -> MapBlock {
    let map = MapBlock(slot.pointee)
    let isUnique = slot.pointee.isUnique
    if isUnique, map.used + extra <= map.capacity { return map }
    let needed = map.count + extra
    let room = extra == 0 ? max(needed, 1) : needed <= 4 ? 4 : max(needed, map.count * 2)
    let copy = makeMap(capacity: room)
    var position = 0
    for old in 0..<map.used where !map.entries[old].isRemoved {
      let entry = map.entries[old]
      copy.entries[position] = entry
      copy.insertIntoIndex(position: position, hash: entry.hash)
      if !isUnique {
        retain(entry.key)
        retain(entry.value)
      }
      position += 1
    }
    copy.count = position
    copy.used = position
    if isUnique { freeBlock(map.block) } else { release(map.block) }
    slot.pointee = Value(copy.block)
    return copy
  }

  /// The address of the value under `key` in the map in `slot`, which is made unique; nil if there is none.
  func existing(_ key: Value, hash: UInt64, inMap slot: UnsafeMutablePointer<Value>) -> UnsafeMutablePointer<Value>? {
    let before = MapBlock(slot.pointee)
    var position = before.find(key, hash: hash)
    if position < 0 { return nil }
    let map = makeUnique(map: slot)
    // A copy leaves gaps out, so positions may have moved.
    if map.block != before.block { position = map.find(key, hash: hash) }
    let entry = map.entries + position
    return UnsafeMutableRawPointer(entry).advanced(by: 16).assumingMemoryBound(to: Value.self)
  }

  /// Puts `value` under `key`; takes over both references.
  func set(_ key: Value, hash: UInt64, to value: Value, inMap slot: UnsafeMutablePointer<Value>) {
    if let place = existing(key, hash: hash, inMap: slot) {
      let before = place.pointee
      place.pointee = value
      release(key)
      release(before)
      return
    }
    let map = makeUnique(map: slot, extra: 1)
    let position = map.used
    map.entries[position] = MapEntrySlot(key: key, value: value, hash: hash)
    map.insertIntoIndex(position: position, hash: hash)
    map.used = position + 1
    map.count += 1
  }

  /// Takes the entry out of the map in `slot` and gives its value, or nil if there is none.
  func remove(_ key: Value, hash: UInt64, fromMap slot: UnsafeMutablePointer<Value>) -> Value? {
    if MapBlock(slot.pointee).find(key, hash: hash) < 0 { return nil }
    let map = makeUnique(map: slot)
    let position = map.find(key, hash: hash)
    let entry = map.entries[position]
    map.entries[position].key = .unset
    map.entries[position].value = .none
    map.count -= 1
    release(entry.key)
    // Gaps at the end go at once; with nothing left the map starts afresh.
    if map.count == 0 {
      map.used = 0
      if map.indexMask > 0 { memset(map.index, 0, (map.indexMask + 1) * 4) }
    }
    return entry.value
  }
}
