#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Two containers that are being compared, and the position at which to go on.
private struct EqualityFrame {
  let left: Value
  let right: Value
  var position: Int
}

private enum Sameness { case equal, different, descend }

extension Machine {
  /// `==`: deep, never an error, false across types except Int and Float.
  func equal(_ left: Value, _ right: Value) -> Bool {
    switch Machine.shallow(left, right) {
    case .equal:
      if left.tag == Kind.string { _ = countCompared(StringBlock(left).byteCount / 8) }
      return true
    case .different: return false
    case .descend: return deepEqual(left, right)
    }
  }

  /// Counts pairs that were compared against the run's limits: lists that hold each other many times over have more of them than can
  /// ever be compared. False when that has ended the run.
  func countCompared(_ pairs: Int) -> Bool { count(ticks: pairs / 8) }

  /// Compares all that is not a container.
  private static func shallow(_ left: Value, _ right: Value) -> Sameness {
    if left.tag != right.tag {
      switch (left.tag, right.tag) {
      case (Kind.float, Kind.int), (Kind.float, Kind.bigInt):
        return exactOrder(integer: right, float: left.float) == 0 ? .equal : .different
      case (Kind.int, Kind.float), (Kind.bigInt, Kind.float):
        return exactOrder(integer: left, float: right.float) == 0 ? .equal : .different
      default: return .different
      }
    }
    let same: Bool
    switch left.tag {
    case Kind.float, Kind.rate: same = left.float == right.float
    case Kind.string: same = StringBlock(left) == StringBlock(right)
    case Kind.bigInt: same = IntegerBlock(left) == IntegerBlock(right)
    case Kind.bytes: same = BytesBlock(left).isEqual(to: BytesBlock(right))
    case Kind.range:
      let (a, b) = (RangeBlock(left), RangeBlock(right))
      same = a.count == b.count && (a.count == 0 || a.lower == b.lower)
    case Kind.object: same = ObjectBlock(left).reference == ObjectBlock(right).reference
    case Kind.errorKind:
      same = StringBlock(Machine.name(ofKind: left)) == StringBlock(Machine.name(ofKind: right))
    case Kind.list:
      if left.bits != right.bits {
        let count = ListBlock(left).count
        if count != ListBlock(right).count { return .different }
        return count == 0 ? .equal : .descend
      }
      same = true
    case Kind.map:
      if left.bits != right.bits {
        let count = MapBlock(left).count
        if count != MapBlock(right).count { return .different }
        return count == 0 ? .equal : .descend
      }
      same = true
    default: same = left.bits == right.bits
    }
    return same ? .equal : .different
  }

  /// The name of a kind of error: a string, borrowed.
  static func name(ofKind value: Value) -> Value { value.block.at(Block.headerSize, as: Value.self).pointee }

  private func deepEqual(_ left: Value, _ right: Value) -> Bool {
    var stack: [EqualityFrame] = []
    var frame = EqualityFrame(left: left, right: right, position: 0)
    var pairs = 0
    while true {
      pairs += 1
      if pairs % 4_096 == 0, !countCompared(4_096) { return false }
      let position = frame.position
      let pair: (Value, Value)
      if frame.left.tag == Kind.list {
        let list = ListBlock(frame.left)
        if position == list.count {
          guard let outer = stack.popLast() else { return true }
          frame = outer
          continue
        }
        pair = (list.elements[position], ListBlock(frame.right).elements[position])
      } else {
        let map = MapBlock(frame.left)
        if position == map.used {
          guard let outer = stack.popLast() else { return true }
          frame = outer
          continue
        }
        let entry = map.entries[position]
        if entry.isRemoved {
          frame.position += 1
          continue
        }
        let found = MapBlock(frame.right).find(entry.key, hash: entry.hash)
        if found < 0 { return false }
        pair = (entry.value, MapBlock(frame.right).entries[found].value)
      }
      frame.position += 1
      switch Machine.shallow(pair.0, pair.1) {
      case .equal: break
      case .different: return false
      case .descend:
        stack.append(frame)
        frame = EqualityFrame(left: pair.0, right: pair.1, position: 0)
      }
    }
  }

  /// The hash of a map key; an error for what cannot be one.
  @inline(__always) func hash(forKey key: Value) throws(Thrown) -> UInt64 {
    if key.tag == Kind.string { return StringBlock(key).hash }
    if key.tag == Kind.int { return Hash.word(key.bits, tag: Kind.int) }
    return try uncommonHash(key)
  }

  @inline(never) private func uncommonHash(_ key: Value) throws(Thrown) -> UInt64 {
    switch key.tag {
    case Kind.bool, Kind.duration, Kind.task, Kind.group, Kind.semaphore, Kind.lock, Kind.rateLimiter, Kind.queue,
      Kind.shared:
      return Hash.word(key.bits, tag: key.tag)
    case Kind.bigInt: return Hash.integer(IntegerBlock(key))
    default:
      let name = Machine.typeName(key)
      let hint: String? =
        switch key.tag {
        case Kind.float: "`int(x)` or `str(x)` makes a key of it"
        case Kind.list, Kind.map, Kind.range: "`str(x)` makes a key of it"
        default: nil
        }
      let article = key.tag == Kind.error || key.tag == Kind.errorKind ? "an" : "a"
      throw raise(.typeError, "\(key.tag == Kind.none ? "none" : "\(article) \(name)") cannot be a map key", hint: hint)
    }
  }
}

extension BytesBlock {
  func isEqual(to other: BytesBlock) -> Bool {
    block == other.block || (count == other.count && memcmp(bytes, other.bytes, count) == 0)
  }
}

extension Hash {
  static func integer(_ integer: IntegerBlock) -> UInt64 {
    // unreachable: the content of a block has an address.
    guard let start = integer.content.baseAddress else { return 1 }
    return bytes(start, integer.content.count)
  }
}
