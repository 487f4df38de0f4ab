import WeftCompiler

/// What instructions do when the run loop's quick way does not fit. Each gives false (or nil) when an error was thrown and
/// the fiber's record has changed.
extension Machine {
  /// Throws in the current fiber: finds the handler, or ends the fiber.
  func fail(_ thrown: Thrown) {
    guard let fiber = core.pointee.fiber, outcome == nil else {
      // After a limit was crossed no handler runs.
      core.pointee.fiber = nil
      heap.release(thrown.error)
      return
    }
    locate(thrown.error, fiber)
    unwind(fiber, .thrown, thrown.error)
  }

  @inline(__always) func a(_ word: UInt64) -> Int { Instruction(word: word).a }
  @inline(__always) func b(_ word: UInt64) -> Int { Instruction(word: word).b }
  @inline(__always) func c(_ word: UInt64) -> Int { Instruction(word: word).c }
  @inline(__always) func flags(_ word: UInt64) -> UInt8 { Instruction(word: word).flags }

  /// Releases the temporaries among the operands in `b` and `c`.
  @inline(__always) private func consumeOperands(_ word: UInt64, _ base: UnsafeMutablePointer<Value>) {
    if flags(word) & 1 != 0 { consume(base + b(word), heap) }
    if flags(word) & 2 != 0 { consume(base + c(word), heap) }
  }

  // MARK: Operators

  @inline(never) func slowAdd(_ word: UInt64, _ base: UnsafeMutablePointer<Value>) -> Bool {
    let left = base + b(word)
    let target = base + a(word)
    do throws(Thrown) {
      if left.pointee.isHeap, left == target || flags(word) & 1 != 0 {
        // Nothing else needs the left operand: it may grow in place.
        try addInPlace(left, (base + c(word)).pointee)
        if flags(word) & 2 != 0 { consume(base + c(word), heap) }
        if left != target {
          let value = left.pointee
          left.pointee.tag = Kind.none
          store(value, target, heap)
        }
        return true
      }
      let result = try arithmetic(.add, left.pointee, (base + c(word)).pointee)
      consumeOperands(word, base)
      store(result, target, heap)
      return true
    } catch {
      fail(error)
      return false
    }
  }

  @inline(never) func slowArithmetic(_ op: ArithmeticOp, _ word: UInt64, _ base: UnsafeMutablePointer<Value>) -> Bool {
    do throws(Thrown) {
      let result = try arithmetic(op, (base + b(word)).pointee, (base + c(word)).pointee)
      consumeOperands(word, base)
      store(result, base + a(word), heap)
      return true
    } catch {
      fail(error)
      return false
    }
  }

  @inline(never) func slowAddInt(_ word: UInt64, _ base: UnsafeMutablePointer<Value>) -> Bool {
    let number = Int64(Instruction(word: word).signedC)
    do throws(Thrown) {
      let left = (base + b(word)).pointee
      let isWritten = left.tag == Kind.int || left.tag == Kind.bigInt || left.tag == Kind.float
      let result =
        number < 0 && !isWritten
        ? try arithmetic(.subtract, left, Value(-number)) : try arithmetic(.add, left, Value(number))
      if flags(word) & 1 != 0 { consume(base + b(word), heap) }
      store(result, base + a(word), heap)
      return true
    } catch {
      fail(error)
      return false
    }
  }

  @inline(never) func slowNegate(_ word: UInt64, _ base: UnsafeMutablePointer<Value>) -> Bool {
    do throws(Thrown) {
      let result = try negate((base + b(word)).pointee)
      if flags(word) & 1 != 0 { consume(base + b(word), heap) }
      store(result, base + a(word), heap)
      return true
    } catch {
      fail(error)
      return false
    }
  }

  @inline(never) func slowEqual(_ word: UInt64, _ base: UnsafeMutablePointer<Value>, negated: Bool) {
    let result = equal((base + b(word)).pointee, (base + c(word)).pointee)
    consumeOperands(word, base)
    store(Value(result != negated), base + a(word), heap)
  }

  @inline(never) func slowCompare(_ op: OrderOp, _ word: UInt64, _ base: UnsafeMutablePointer<Value>) -> Bool {
    do throws(Thrown) {
      let result = try compare((base + b(word)).pointee, (base + c(word)).pointee, op)
      consumeOperands(word, base)
      store(Value(result), base + a(word), heap)
      return true
    } catch {
      fail(error)
      return false
    }
  }

  @inline(never) func slowContains(_ word: UInt64, _ base: UnsafeMutablePointer<Value>) -> Bool {
    do throws(Thrown) {
      let result = try contains((base + c(word)).pointee, (base + b(word)).pointee)
      consumeOperands(word, base)
      store(Value(result), base + a(word), heap)
      return true
    } catch {
      fail(error)
      return false
    }
  }

  @inline(never) func slowTypeTest(_ word: UInt64, _ base: UnsafeMutablePointer<Value>) {
    let value = (base + b(word)).pointee
    let name = (base + c(word)).pointee
    let result = value.tag == Kind.error ? isKind(value, name) : Machine.typeName(value) == name.text
    consumeOperands(word, base)
    store(Value(result), base + a(word), heap)
  }

  func notABool(_ value: Value) -> Thrown {
    raise(
      .typeError, "a condition must be a Bool, not \(article(Machine.typeName(value)))",
      hint: value.tag == Kind.none ? "compare: `x != none`" : "compare: `x != 0`, `len(x) > 0`, …")
  }

  func article(_ name: String) -> String { ("AEIOU".contains(name.first ?? "x") ? "an " : "a ") + name }

  // MARK: Tests

  @inline(__always) private func consumeTest(_ word: UInt64, _ base: UnsafeMutablePointer<Value>) {
    if flags(word) & 1 != 0 { consume(base + a(word), heap) }
    if flags(word) & 2 != 0 { consume(base + b(word), heap) }
  }

  @inline(never) func slowTestEqual(_ word: UInt64, _ base: UnsafeMutablePointer<Value>) -> Bool {
    let result = equal((base + a(word)).pointee, (base + b(word)).pointee)
    consumeTest(word, base)
    return result
  }

  @inline(never) func slowTestEqualInt(_ word: UInt64, _ base: UnsafeMutablePointer<Value>) -> Bool {
    let result = equal((base + a(word)).pointee, Value(Int64(Instruction(word: word).signedB)))
    if flags(word) & 1 != 0 { consume(base + a(word), heap) }
    return result
  }

  @inline(never) func slowTest(_ op: OrderOp, _ word: UInt64, _ base: UnsafeMutablePointer<Value>) -> Bool? {
    do throws(Thrown) {
      let result = try compare((base + a(word)).pointee, (base + b(word)).pointee, op)
      consumeTest(word, base)
      return result
    } catch {
      fail(error)
      return nil
    }
  }

  @inline(never) func slowTestInt(_ op: OrderOp, _ word: UInt64, _ base: UnsafeMutablePointer<Value>) -> Bool? {
    do throws(Thrown) {
      let result = try compare((base + a(word)).pointee, Value(Int64(Instruction(word: word).signedB)), op)
      if flags(word) & 1 != 0 { consume(base + a(word), heap) }
      return result
    } catch {
      fail(error)
      return nil
    }
  }

  // MARK: Variables

  func unsetGlobal(_ index: Int) -> Thrown {
    let name = image.globals.indices.contains(index) ? image.globals[index].name : "?"
    if image.params.contains(where: { $0.global == index && $0.defaultText == nil }) {
      return raise(
        .argumentError, "the parameter `\(name)` was not given, and has no default",
        hint: "give it as `--\(name) value`, or in the `params` of the run's options")
    }
    return raise(
      .nameError, "`\(name)` has no value yet", hint: "it is declared further down; declare it before this call runs")
  }

  @inline(never) func newCell(_ target: UnsafeMutablePointer<Value>, _ source: UnsafeMutablePointer<Value>) {
    let cell = CellBlock(heap.allocate(kind: Kind.cell, size: CellBlock.size))
    cell.slot.pointee = source.pointee
    source.pointee.tag = Kind.none
    BlockLinks(cell.block).clear()
    link(cell.block)
    store(Value(cell.block), target, heap)
  }

  @inline(never) func makeClosure(
    _ base: UnsafeMutablePointer<Value>, _ function: Int, from words: UnsafePointer<UInt64>,
    into target: UnsafeMutablePointer<Value>
  ) {
    let count = core.pointee.functions[function].captures
    let closure = heap.makeClosure(function: function, captureCount: count)
    for index in 0..<count {
      let capture = Instruction(word: words[index])
      let value = capture.flags == 0 ? base[capture.bx] : ClosureBlock((base - 2).pointee).captures[capture.bx]
      closure.captures[index] = value.retained()
    }
    store(Value(closure.block), target, heap)
  }

  // MARK: Loops

  func rangeNeedsInts(_ lower: Value, _ upper: Value) -> Thrown {
    let odd = lower.tag == Kind.int ? upper : lower
    if odd.tag == Kind.bigInt { return raise(.valueError, "a range's bounds must fit 64 bits") }
    return raise(.typeError, "a range needs Ints, not \(article(Machine.typeName(odd)))")
  }

  /// Checks the bounds of a `for` over `range(…)`: whether there is a first number; nil after an error.
  @inline(never) func prepareSteps(_ first: UnsafeMutablePointer<Value>) -> Bool? {
    for index in 0..<3 where first[index].tag != Kind.int {
      fail(rangeNeedsInts(first[index], first[index]))
      return nil
    }
    if first[2].int == 0 {
      fail(raise(.valueError, "the step of a `range` cannot be 0"))
      return nil
    }
    return first[2].int > 0 ? first[0].int < first[1].int : first[0].int > first[1].int
  }

  @inline(never) func prepareIteration(_ slot: UnsafeMutablePointer<Value>) -> Bool {
    switch slot.pointee.tag {
    case Kind.list, Kind.map, Kind.string, Kind.range, Kind.bytes, Kind.queue, Kind.during:
      store(Value(0), slot + 1, heap)
      return true
    default:
      let hint: String? =
        slot.pointee.tag == Kind.int
        ? "write `for i in 0..<n`" : slot.pointee.tag == Kind.none ? "it has no value" : nil
      fail(raise(.typeError, "cannot iterate over \(article(Machine.typeName(slot.pointee)))", hint: hint))
      return false
    }
  }

  /// The next element of anything but a list.
  @inline(never) func nextElement(
    of sequence: Value, _ cursor: UnsafeMutablePointer<Value>, into target: UnsafeMutablePointer<Value>
  ) -> Drawn {
    let position = cursor.pointee.int
    switch sequence.tag {
    case Kind.range:
      let range = RangeBlock(sequence)
      if position >= range.count { return .end }
      store(Value(range.lower &+ position), target, heap)
      cursor.pointee = Value(position + 1)
    case Kind.during:
      if now >= sequence.int { return .end }
      store(Value(position), target, heap)
      cursor.pointee = Value(position &+ 1)
    case Kind.string:
      let string = StringBlock(sequence)
      let offset = Int(position)
      if offset >= string.byteCount { return .end }
      let length = min(string.scalarLength(at: offset), string.byteCount - offset)
      store(heap.makeString(UnsafeBufferPointer(start: string.bytes + offset, count: length)), target, heap)
      cursor.pointee = Value(offset + length)
    case Kind.map:
      guard let entry = nextEntry(of: sequence, cursor) else { return .end }
      let pair = heap.makeList(capacity: 2)
      pair.elements[0] = entry.key.retained()
      pair.elements[1] = entry.value.retained()
      pair.count = 2
      store(Value(pair.block), target, heap)
    case Kind.bytes:
      let bytes = BytesBlock(sequence)
      if Int(position) >= bytes.count { return .end }
      store(Value(Int(bytes.bytes[Int(position)])), target, heap)
      cursor.pointee = Value(position + 1)
    case Kind.queue: return draw(from: sequence, into: target)
    default: return .end
    }
    return .element
  }

  private func nextEntry(of sequence: Value, _ cursor: UnsafeMutablePointer<Value>) -> MapEntrySlot? {
    let map = MapBlock(sequence)
    var position = Int(cursor.pointee.int)
    while position < map.used, map.entries[position].isRemoved { position += 1 }
    cursor.pointee = Value(position + 1)
    return position < map.used ? map.entries[position] : nil
  }

  /// The next key and value of a map, or the two parts of a list's next element; nil after an error.
  @inline(never) func nextPair(
    of sequence: Value, _ cursor: UnsafeMutablePointer<Value>, into target: UnsafeMutablePointer<Value>
  ) -> Bool? {
    if sequence.tag == Kind.map {
      guard let entry = nextEntry(of: sequence, cursor) else { return false }
      store(entry.key.retained(), target, heap)
      store(entry.value.retained(), target + 1, heap)
      return true
    }
    var element = Value.none
    defer { heap.release(element) }
    if sequence.tag == Kind.list {
      let list = ListBlock(sequence)
      let position = Int(cursor.pointee.int)
      if position >= list.count { return false }
      element = list.elements[position].retained()
      cursor.pointee = Value(position + 1)
    } else {
      switch nextElement(of: sequence, cursor, into: &element) {
      case .element: break
      case .end: return false
      case .parked: return nil
      }
    }
    guard element.tag == Kind.list, ListBlock(element).count == 2 else {
      fail(cannotUnpack(element, into: 2))
      return nil
    }
    store(ListBlock(element).elements[0].retained(), target, heap)
    store(ListBlock(element).elements[1].retained(), target + 1, heap)
    return true
  }

  private func cannotUnpack(_ value: Value, into count: Int) -> Thrown {
    if value.tag == Kind.list {
      return raise(.valueError, "cannot take a List of \(ListBlock(value).count) apart into \(count) names")
    }
    return raise(
      .typeError, "cannot take \(article(Machine.typeName(value))) apart into \(count) names",
      hint: "`[a, b]` takes a List")
  }

  // MARK: Parts

  @inline(never) func slowGetIndex(_ word: UInt64, _ base: UnsafeMutablePointer<Value>) -> Bool {
    do throws(Thrown) {
      let result = try getIndex((base + b(word)).pointee, (base + c(word)).pointee)
      consumeOperands(word, base)
      store(result, base + a(word), heap)
      return true
    } catch {
      fail(error)
      return false
    }
  }

  @inline(never) func slowSetIndex(_ word: UInt64, _ base: UnsafeMutablePointer<Value>) -> Bool {
    let source = base + c(word)
    let value = source.pointee
    if flags(word) & 2 != 0 { source.pointee.tag = Kind.none } else { retain(value) }
    do throws(Thrown) {
      try setIndex(base + a(word), (base + b(word)).pointee, value)
      if flags(word) & 1 != 0 { consume(base + b(word), heap) }
      return true
    } catch {
      fail(error)
      return false
    }
  }

  @inline(never) func slowGetMember(_ word: UInt64, _ base: UnsafeMutablePointer<Value>, optional: Bool) -> Bool {
    let value = (base + b(word)).pointee
    let name = flags(word) & 2 != 0 ? (base + c(word)).pointee : core.pointee.constants[c(word)]
    if isInterleaved, HandleBlock.isHandle(value.tag), HandleBlock(value).hasCrossed, let fiber = core.pointee.fiber,
      mustSwitch(fiber)
    {
      return false
    }
    do throws(Thrown) {
      let result: Value
      if optional {
        if value.tag == Kind.none {
          result = .none
        } else if value.tag == Kind.map {
          let position = MapBlock(value).find(name, hash: StringBlock(name).hash)
          result = position < 0 ? .none : MapBlock(value).entries[position].value.retained()
        } else {
          result = try member(value, name)
        }
      } else {
        result = try member(value, name)
      }
      consumeOperands(word, base)
      store(result, base + a(word), heap)
      return true
    } catch {
      fail(error)
      return false
    }
  }

  private func member(_ value: Value, _ name: Value) throws(Thrown) -> Value {
    switch value.tag {
    case Kind.task: try taskMember(value, name)
    case Kind.group: try groupMember(value, name)
    default: try getMember(value, name)
    }
  }

  @inline(never) func newList(
    _ target: UnsafeMutablePointer<Value>, from first: UnsafeMutablePointer<Value>, count: Int
  ) {
    let list = heap.makeList(capacity: count)
    for index in 0..<count {
      list.elements[index] = first[index]
      first[index].tag = Kind.none
    }
    list.count = count
    store(Value(list.block), target, heap)
  }

  @inline(never) func slowMapSet(_ map: UnsafeMutablePointer<Value>, _ pair: UnsafeMutablePointer<Value>) -> Bool {
    do throws(Thrown) {
      let hash = try hash(forKey: pair.pointee)
      heap.set(pair.pointee, hash: hash, to: pair[1], inMap: map)
      pair[0].tag = Kind.none
      pair[1].tag = Kind.none
      return true
    } catch {
      fail(error)
      return false
    }
  }

  @inline(never) func slowNewRange(_ word: UInt64, _ base: UnsafeMutablePointer<Value>) -> Bool {
    let lower = (base + b(word)).pointee
    let upper = (base + c(word)).pointee
    guard lower.tag == Kind.int, upper.tag == Kind.int else {
      fail(rangeNeedsInts(lower, upper))
      return false
    }
    store(heap.makeRange(lower.int, upper.int, inclusive: flags(word) & 4 != 0), base + a(word), heap)
    return true
  }

  @inline(never) func slowConcatenate(_ word: UInt64, _ base: UnsafeMutablePointer<Value>) -> Bool {
    let first = base + b(word)
    let count = c(word)
    do throws(Thrown) {
      scratch.removeAll(keepingCapacity: true)
      for index in 0..<count {
        let value = first[index]
        if value.tag == Kind.string {
          scratch.append(contentsOf: StringBlock(value).buffer)
        } else if value.tag == Kind.int {
          Machine.digits(value.int, into: &scratch)
        } else {
          try describe(value, into: &scratch, quoted: false)
        }
      }
      try checkRoom(scratch.count)
      let result = heap.makeString(scratch)
      for index in 0..<count { consume(first + index, heap) }
      store(result, base + a(word), heap)
      return true
    } catch {
      fail(error)
      return false
    }
  }

  @inline(never) func slowUnpackList(_ word: UInt64, _ base: UnsafeMutablePointer<Value>) -> Bool {
    let value = (base + b(word)).pointee
    guard value.tag == Kind.list, ListBlock(value).count == c(word) else {
      fail(cannotUnpack(value, into: c(word)))
      return false
    }
    for index in 0..<c(word) { store(ListBlock(value).elements[index].retained(), base + a(word) + index, heap) }
    return true
  }
}
