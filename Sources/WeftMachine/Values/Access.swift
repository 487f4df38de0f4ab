extension Machine {
  /// `base[index]`. The result is a reference of the caller's own.
  func getIndex(_ base: Value, _ index: Value) throws(Thrown) -> Value {
    switch base.tag {
    case Kind.list:
      if index.tag == Kind.range { return try slice(base, RangeBlock(index)) }
      let list = ListBlock(base)
      return list.elements[try position(index, count: list.count, in: base)].retained()
    case Kind.map:
      let map = MapBlock(base)
      let found = map.find(index, hash: try hash(forKey: index))
      if found < 0 { throw keyError(index, in: map) }
      return map.entries[found].value.retained()
    case Kind.string:
      if index.tag == Kind.range { return try slice(base, RangeBlock(index)) }
      let string = StringBlock(base)
      let position = try position(index, count: string.scalarCount, in: base)
      let start = string.byteOffset(ofScalar: position)
      return heap.makeString(string.scalar(at: start))
    case Kind.bytes:
      if index.tag == Kind.range { return try slice(base, RangeBlock(index)) }
      let bytes = BytesBlock(base)
      return Value(Int64(bytes.bytes[try position(index, count: bytes.count, in: base)]))
    case Kind.range:
      let range = RangeBlock(base)
      if index.tag == Kind.range { return try slice(base, RangeBlock(index)) }
      let position = try position(index, count: Int(clamping: range.count), in: base)
      return Value(range.lower &+ Int64(position))
    default: throw cannotIndex(base)
    }
  }

  /// Where in a sequence an index points; negative ones count from the end.
  @inline(__always) func position(_ index: Value, count: Int, in base: Value) throws(Thrown) -> Int {
    if index.tag == Kind.int {
      let position = index.int < 0 ? index.int &+ Int64(count) : index.int
      if position >= 0, position < Int64(count) { return Int(position) }
    }
    throw indexError(index, count: count, in: base)
  }

  @inline(never) private func indexError(_ index: Value, count: Int, in base: Value) -> Thrown {
    let type = Machine.typeName(base)
    if !index.isInteger {
      let hint: String? =
        switch (base.tag, index.tag) {
        case (_, Kind.float): "`int(x)` makes an Int of it"
        case (Kind.list, Kind.string):
          "a Map is indexed by texts; this is a List of \(Machine.counted(count, "element"))"
        default: nil
        }
      return raise(
        .typeError, "the index of a \(type) must be Int or Range, not \(Machine.typeName(index))", hint: hint)
    }
    let shown = index.tag == Kind.int ? String(index.int) : "that large"
    let unit = base.tag == Kind.string ? "character" : base.tag == Kind.bytes ? "byte" : "element"
    return raise(
      .indexError, "index \(shown) is out of range: the \(type) has \(Machine.counted(count, unit))",
      hint: count == 0 ? nil : "indexes go from 0 to \(count - 1), or from -1 back to -\(count)")
  }

  static func counted(_ count: Int, _ unit: String) -> String { "\(count) \(unit)\(count == 1 ? "" : "s")" }

  private func cannotIndex(_ base: Value) -> Thrown {
    let hint: String? =
      switch base.tag {
      case Kind.none: "`x?[…]` is not in the language; compare with none first"
      case Kind.response: "`.json()` gives the value of a JSON body, `.headers` a Map"
      case Kind.error: "an Error's fields are members: `e.message`"
      default: nil
      }
    return raise(.typeError, "cannot index \(Machine.typeName(base))", hint: hint)
  }

  func keyError(_ key: Value, in map: MapBlock) -> Thrown {
    var shown: [UInt8] = []
    var hint: String?
    if key.tag == Kind.string {
      shown = Array(Machine.excerpt(StringBlock(key)).utf8)
      hint = nearKey(StringBlock(key), in: map).map { "did you mean `\($0)`?" }
    } else {
      do throws(Thrown) {
        try describe(key, into: &shown, quoted: true)
      } catch {
        heap.release(error.error)
      }
    }
    return raise(.keyError, "no key `\(String(decoding: shown, as: UTF8.self))` in the Map", hint: hint)
  }

  /// A text key of the map that differs by little.
  private func nearKey(_ key: StringBlock, in map: MapBlock) -> String? {
    let name = String(decoding: key.buffer, as: UTF8.self)
    if key.byteCount > 40 { return nil }
    var best: (distance: Int, text: String)?
    for position in 0..<min(map.used, 500) where !map.entries[position].isRemoved {
      let candidate = map.entries[position].key
      guard candidate.tag == Kind.string, StringBlock(candidate).byteCount <= 40 else { continue }
      let distance = Machine.distance(name, candidate.text)
      if distance < best?.distance ?? 3, distance * 3 <= key.byteCount + 1 { best = (distance, candidate.text) }
    }
    return best?.text
  }

  /// How many insertions, deletions, replacements and swaps of neighbours lead from one word to another.
  static func distance(_ left: String, _ right: String) -> Int {
    let a = Array(left.lowercased().utf8)
    let b = Array(right.lowercased().utf8)
    var before: [Int] = []
    var above = Array(0...b.count)
    for i in 0..<a.count {
      var row = [i + 1]
      for j in 0..<b.count {
        var cost = min(row[j] + 1, above[j + 1] + 1, above[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, before[j - 1] + 1) }
        row.append(cost)
      }
      before = above
      above = row
    }
    return above[b.count]
  }
}
