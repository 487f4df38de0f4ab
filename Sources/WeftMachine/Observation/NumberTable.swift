/// Values by the numbers of tasks or blocks. Several of these are looked into for each record of a run, so it is quicker than a
/// `Dictionary`: it counts on numbers that were handed out in turn, not chosen to collide.
///
/// ```swift
/// var begun = NumberTable<Int64>()
/// begun[17] = 5
/// begun.update(17) { $0 += 1 }
/// begun.removeValue(for: 17)  // 6
/// ```
@frozen public struct NumberTable<Value> {
  /// Open addressing with linear probing: a power of two of places, of which half are used at most.
  @usableFromInline var numbers: [UInt64] = []
  /// For each place, where its value is in `values`.
  @usableFromInline var slots: [Int32] = []
  @usableFromInline var shift: UInt64 = 64
  /// Without gaps; beside each, its number.
  @usableFromInline var values: [Value] = []
  @usableFromInline var owners: [UInt64] = []

  @inlinable public init() {}

  /// How many values it holds.
  @inlinable public var count: Int { values.count }

  /// All of them, in no order that means something.
  @inlinable public var all: [Value] { values }

  /// Of a place that nothing stands in. No task and no block has that number.
  @inlinable static var free: UInt64 { .max }

  @inlinable func home(_ number: UInt64) -> Int {
    Int(truncatingIfNeeded: (number &* 0x9E37_79B9_7F4A_7C15) &>> shift)
  }

  /// Where the number stands; nil if it does not.
  @inlinable func place(_ number: UInt64) -> Int? {
    if values.isEmpty || number == Self.free { return nil }
    let mask = numbers.count - 1
    var place = home(number)
    while numbers[place] != number {
      if numbers[place] == Self.free { return nil }
      place = (place + 1) & mask
    }
    return place
  }

  @inlinable public subscript(number: UInt64) -> Value? {
    get { place(number).map { values[Int(slots[$0])] } }
    set {
      if let newValue {
        if update(number, { $0 = newValue }) == nil { insert(newValue, number) }
      } else {
        _ = removeValue(for: number)
      }
    }
  }

  /// Changes a value where it is; nil if there is none.
  @inlinable @discardableResult
  public mutating func update<Result>(_ number: UInt64, _ change: (inout Value) -> Result) -> Result? {
    guard let place = place(number) else { return nil }
    return change(&values[Int(slots[place])])
  }

  @inlinable @discardableResult public mutating func removeValue(for number: UInt64) -> Value? {
    guard let place = place(number) else { return nil }
    let slot = Int(slots[place])
    let last = values.count - 1
    if slot < last, let moved = self.place(owners[last]) {
      // The last value fills the gap.
      slots[moved] = Int32(truncatingIfNeeded: slot)
      values.withUnsafeMutableBufferPointer { $0.swapAt(slot, last) }
      owners[slot] = owners[last]
    }
    free(place)
    owners.removeLast()
    return values.removeLast()
  }

  /// What stands behind a place that becomes free moves up, unless it is at home there.
  @inlinable mutating func free(_ freed: Int) {
    let mask = numbers.count - 1
    var gap = freed
    var place = (gap + 1) & mask
    while numbers[place] != Self.free {
      if (place - home(numbers[place])) & mask >= (place - gap) & mask {
        numbers[gap] = numbers[place]
        slots[gap] = slots[place]
        gap = place
      }
      place = (place + 1) & mask
    }
    numbers[gap] = Self.free
  }

  @inlinable mutating func insert(_ value: Value, _ number: UInt64) {
    if number == Self.free || values.count >= Int(Int32.max) { return }
    if values.count * 2 >= numbers.count { grow() }
    values.append(value)
    owners.append(number)
    occupy(number, values.count - 1)
  }

  @inlinable mutating func occupy(_ number: UInt64, _ slot: Int) {
    let mask = numbers.count - 1
    var place = home(number)
    while numbers[place] != Self.free { place = (place + 1) & mask }
    numbers[place] = number
    slots[place] = Int32(truncatingIfNeeded: slot)
  }

  @inlinable mutating func grow() {
    let size = max(16, numbers.count * 2)
    shift = UInt64(64 - size.trailingZeroBitCount)
    numbers = [UInt64](repeating: Self.free, count: size)
    slots = [Int32](repeating: 0, count: size)
    for (slot, number) in owners.enumerated() { occupy(number, slot) }
  }
}

extension NumberTable: Sendable where Value: Sendable {}
