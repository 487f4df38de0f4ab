import WeftCompiler

/// Changes and calls by a path of keys from a variable, such as `orders[3].items.append(x)`, where the run loop's quick way does not fit.
extension Machine {
  @inline(__always) func pathRoot(_ word: UInt64, _ index: Int, _ base: UnsafeMutablePointer<Value>)
    -> UnsafeMutablePointer<Value>
  {
    switch flags(word) {
    case 0, 4: base + index
    case 1: CellBlock((base + index).pointee).slot
    case 2: CellBlock(ClosureBlock((base - 2).pointee).captures[index]).slot
    default: core.pointee.globals + index
    }
  }

  /// Follows the keys from `root` to the place that the last of `count` keys is looked up in. What is no variable may be
  /// changed inside a Shared only: `isFixed` tells that none was passed. It stops before a Shared that has crossed; then
  /// `crossed` is the place of its key.
  func follow(
    _ root: UnsafeMutablePointer<Value>, _ keys: UnsafeMutablePointer<Value>, _ count: Int, _ isFixed: inout Bool,
    _ crossed: inout Int
  ) throws(Thrown) -> UnsafeMutablePointer<Value> {
    var place = root
    if place.pointee.tag == Kind.unset {
      throw raise(.nameError, "this variable has no value yet", hint: "it is declared further down")
    }
    for index in 0..<count {
      if place.pointee.tag == Kind.shared {
        isFixed = false
        if HandleBlock(place.pointee).hasCrossed {
          crossed = index
          return place
        }
      }
      place = try slot(place, keys[index])
    }
    return place
  }

  /// Whether the root of a path is no variable, or a worker's copy of one.
  private func isFixed(_ word: UInt64, _ root: UnsafeMutablePointer<Value>) -> Bool {
    switch flags(word) {
    case 0: false
    case 1, 2: CellBlock.holding(root).isFrozen
    case 4: true
    default: core.pointee.isWorker && isFrozen(global: root - core.pointee.globals)
    }
  }

  private func fixedError(_ value: Value, _ word: UInt64) -> Thrown {
    if flags(word) != 4 { return copyError() }
    return raise(
      .typeError, "a part of \(article(Machine.typeName(value))) that is no variable cannot be changed",
      hint: "declare it with `var`, or hold it in a `shared(…)` and change its `.value`")
  }

  private func consumeKeys(_ keys: UnsafeMutablePointer<Value>, _ count: Int) {
    for index in 0..<count { consume(keys + index, heap) }
  }

  @inline(never) func slowSetPath(
    _ word: UInt64, _ base: UnsafeMutablePointer<Value>, _ root: UnsafeMutablePointer<Value>
  ) -> Bool {
    let source = base + a(word)
    let keys = base + b(word)
    let count = c(word)
    if let isDone = finishChange() { return isDone }
    do throws(Thrown) {
      var isFixed = isFixed(word, root)
      var crossed = -1
      let place = try follow(root, keys, count - 1, &isFixed, &crossed)
      if crossed < 0, HandleBlock.hasCrossed(place.pointee, Kind.shared) { crossed = count - 1 }
      if crossed >= 0 {
        return try change(crossed: place.pointee, keys + crossed, count - crossed, .set(source))
      }
      if isFixed, place.pointee.tag != Kind.shared { throw fixedError(place.pointee, word) }
      let value = source.pointee
      source.pointee.tag = Kind.none
      try setIndex(place, keys[count - 1], value)
      consumeKeys(keys, count)
      return true
    } catch {
      fail(error)
      return false
    }
  }

  @inline(never) func slowUpdatePath(
    _ op: Opcode, _ word: UInt64, _ base: UnsafeMutablePointer<Value>, _ root: UnsafeMutablePointer<Value>
  ) -> Bool {
    let source = base + a(word)
    let keys = base + b(word)
    if let isDone = finishChange() { return isDone }
    do throws(Thrown) {
      var isFixed = isFixed(word, root)
      var crossed = -1
      let place = try follow(root, keys, c(word), &isFixed, &crossed)
      if crossed >= 0 {
        return try change(crossed: place.pointee, keys + crossed, c(word) - crossed, .update(op, source))
      }
      if isFixed { throw fixedError(place.pointee, word) }
      try update(place, op, source)
      consumeKeys(keys, c(word))
      return true
    } catch {
      fail(error)
      return false
    }
  }

  /// `place op= source`; the source is consumed.
  func update(
    _ place: UnsafeMutablePointer<Value>, _ op: Opcode, _ source: UnsafeMutablePointer<Value>
  ) throws(Thrown) {
    if op == .add {
      if place.pointee.tag == Kind.int, source.pointee.tag == Kind.int {
        let (sum, overflow) = place.pointee.int.addingReportingOverflow(source.pointee.int)
        if !overflow {
          place.pointee = Value(sum)
          return
        }
      }
      try addInPlace(place, source.pointee)
    } else {
      let result = try arithmetic(operation(op), place.pointee, source.pointee)
      store(result, place, heap)
    }
    consume(source, heap)
  }

  private func operation(_ op: Opcode) -> ArithmeticOp {
    switch op {
    case .subtract: .subtract
    case .multiply: .multiply
    case .divide: .divide
    case .floorDivide: .floorDivide
    case .remainder: .remainder
    case .power: .power
    default: .add
    }
  }

  @inline(never) func slowCallPathMethod(
    _ word: UInt64, _ detail: UInt64, _ base: UnsafeMutablePointer<Value>, _ root: UnsafeMutablePointer<Value>
  ) -> Bool {
    let window = base + a(word)
    let keys = base + b(word)
    let method = a(detail)
    let count = Int(flags(detail))
    if isInterleaved, let isDone = finishChange() { return isDone }
    do throws(Thrown) {
      var isFixed = isFixed(word, root)
      var crossed = -1
      let place = try follow(root, keys, c(word), &isFixed, &crossed)
      if crossed >= 0 {
        return try callMethod(crossed: place.pointee, keys + crossed, c(word) - crossed, method, window, count)
      }
      if place.pointee.tag == Kind.shared, Instruction(word: detail).op == Opcode.beginUpdate.rawValue {
        beginUpdate(of: place.pointee, in: window) { consumeKeys(keys, c(word)) }
        return false
      }
      if HandleBlock.hasCrossed(place.pointee, Kind.queue), let fiber = core.pointee.fiber {
        // The keys are consumed before the method itself could do this.
        if mustSwitch(fiber, words: 2) { return false }
        fiber.pointee.hasSwitched = isInterleaved
      }
      consumeKeys(keys, c(word))
      let index = tables.index(method, Machine.receiverKind(of: place.pointee))
      if index < 0 { throw noMethod(method, place.pointee) }
      if tables.entries[index].isPrelude, let prelude = preludeTask(ofMethod: index) {
        store(place.pointee.retained(), window + 2, heap)
        window.pointee = Value(tag: Kind.function, bits: UInt64(prelude))
        enter(function: prelude, window: window, count: count + 1)
        return false
      }
      if let native = tables.entries[index].mutating {
        if isFixed { throw fixedError(place.pointee, word) }
        try checkArguments(index, window + 3, count)
        let result = try native(self, place, window + 3, count)
        for offset in 0..<count { consume(window + 3 + offset, heap) }
        store(result, window, heap)
        return true
      }
      store(place.pointee.retained(), window + 2, heap)
      return invoke(method: method, window, count)
    } catch {
      fail(error)
      return false
    }
  }

  /// The same for a path that leads through a Shared that has crossed: what is no change works on a copy.
  private func callMethod(
    crossed cell: Value, _ keys: UnsafeMutablePointer<Value>, _ count: Int, _ method: Int,
    _ window: UnsafeMutablePointer<Value>, _ arguments: Int
  ) throws(Thrown) -> Bool {
    try checkPart(ofShared: keys[0])
    let slot = UnsafeMutablePointer<Value>.allocate(capacity: 1)
    slot.initialize(to: read(crossed: cell.block))
    defer {
      heap.release(slot.pointee)
      slot.deallocate()
    }
    var isFixed = false
    var crossed = -1
    let place = try follow(slot, keys + 1, count - 1, &isFixed, &crossed)
    if crossed >= 0 {
      return try callMethod(
        crossed: place.pointee, keys + 1 + crossed, count - 1 - crossed, method, window, arguments)
    }
    let index = tables.index(method, Machine.receiverKind(of: place.pointee))
    if index < 0 { throw noMethod(method, place.pointee) }
    if tables.entries[index].mutating != nil {
      try checkArguments(index, window + 3, arguments)
      return try change(crossed: cell, keys, count, .method(index, window, arguments))
    }
    if let fiber = core.pointee.fiber {
      if mustSwitch(fiber, words: 2) { return false }
      fiber.pointee.hasSwitched = isInterleaved && HandleBlock.hasCrossed(place.pointee, Kind.queue)
    }
    store(place.pointee.retained(), window + 2, heap)
    return invoke(method: method, window, arguments)
  }
}
