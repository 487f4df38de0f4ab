import WeftCompiler

/// A new value of a Shared that has crossed, to be written when its fiber goes on.
struct PendingWrite {
  /// Counted.
  let block: BlockPointer
  let value: Cargo
}

/// What an instruction does at the end of a path.
enum PathChange {
  case set(UnsafeMutablePointer<Value>)
  case update(Opcode, UnsafeMutablePointer<Value>)
  /// A method that changes its receiver: its place in the table, its arguments and their number.
  case method(Int, UnsafeMutablePointer<Value>, Int)
}

/// Reading and changing a Shared that has crossed. Reading is one step and writing another: between them, other machines may
/// write as well. `update` keeps them out.
extension Machine {
  func read(crossed block: BlockPointer) -> Value {
    guard case .item(let value) = tell(.read, block) else { return .none }
    return self.value(of: value)
  }

  /// Changes the part of `cell`'s value that the keys lead to; the first of them is the cell's `value`. False when the fiber's
  /// record has changed.
  func change(
    crossed cell: Value, _ keys: UnsafeMutablePointer<Value>, _ count: Int, _ change: PathChange
  ) throws(Thrown) -> Bool {
    guard let fiber = core.pointee.fiber else { return false }
    if mustSwitch(fiber, words: 2) { return false }
    let write = try changed(cell, keys, count, change)
    guard isInterleaved, count > 1 || !change.isSet else { return try carryOut(write, fiber) }
    pendingWrites[fiber] = write
    _ = mustSwitch(fiber, words: 2)
    return false
  }

  /// Writes what the same instruction worked out before the slice ended; nil if there is nothing.
  func finishChange() -> Bool? {
    guard isInterleaved, let fiber = core.pointee.fiber, fiber.pointee.hasSwitched,
      let write = pendingWrites.removeValue(forKey: fiber)
    else { return nil }
    fiber.pointee.hasSwitched = false
    do throws(Thrown) { return try carryOut(write, fiber) } catch {
      fail(error)
      return false
    }
  }

  private func carryOut(_ write: PendingWrite, _ fiber: FiberPointer) throws(Thrown) -> Bool {
    defer { heap.release(write.block) }
    if fiber.pointee.updates > 0, SharedBlock(write.block).updates == 0 { throw waitInUpdate() }
    return ask(.write(write.value), write.block, .write, fiber) != nil
  }

  /// Works out a new value, and which cell it is for.
  private func changed(
    _ cell: Value, _ keys: UnsafeMutablePointer<Value>, _ count: Int, _ change: PathChange
  ) throws(Thrown) -> PendingWrite {
    try checkPart(ofShared: keys[0])
    let block = cell.block
    let carrier = HandleBlock(block).object.carrier
    if count == 1, case .set(let source) = change {
      let new = try cargo(of: source.pointee, for: carrier)
      try checkRoom(new.size)
      consume(source, heap)
      retain(block)
      return PendingWrite(block: block, value: new)
    }
    retain(block)
    let slot = UnsafeMutablePointer<Value>.allocate(capacity: 1)
    slot.initialize(to: read(crossed: block))
    defer {
      heap.release(slot.pointee)
      slot.deallocate()
    }
    do throws(Thrown) {
      if let inner = try apply(change, to: slot, keys + 1, count - 1) {
        heap.release(block)
        return inner
      }
      let new = try cargo(of: slot.pointee, for: carrier)
      try checkRoom(new.size)
      return PendingWrite(block: block, value: new)
    } catch {
      heap.release(block)
      throw error
    }
  }

  /// Changes the value in a slot; gives what is to be written instead when the path leads into another cell that has crossed.
  private func apply(
    _ change: PathChange, to root: UnsafeMutablePointer<Value>, _ keys: UnsafeMutablePointer<Value>, _ count: Int
  ) throws(Thrown) -> PendingWrite? {
    var isFixed = false
    var crossed = -1
    let place = try follow(root, keys, change.isSet ? count - 1 : count, &isFixed, &crossed)
    if crossed < 0, change.isSet, HandleBlock.hasCrossed(place.pointee, Kind.shared) { crossed = count - 1 }
    if crossed >= 0 { return try changed(place.pointee, keys + crossed, count - crossed, change) }
    switch change {
    case .set(let source):
      let value = source.pointee
      source.pointee.tag = Kind.none
      try setIndex(place, keys[count - 1], value)
    case .update(let op, let source): try update(place, op, source)
    case .method(let index, let window, let arguments):
      // unreachable: the caller has looked it up.
      guard let native = tables.entries[index].mutating else { return nil }
      let result = try native(self, place, window + 3, arguments)
      for offset in 0..<arguments { consume(window + 3 + offset, heap) }
      store(result, window, heap)
    }
    return nil
  }

  // MARK: update

  /// R[a] = the value of the Shared R[b], which nobody else changes until `finishUpdate`. False when the fiber's record has
  /// changed.
  @inline(never) func beginUpdate(_ word: UInt64, _ base: UnsafeMutablePointer<Value>) -> Bool {
    guard let fiber = core.pointee.fiber else { return false }
    let instruction = Instruction(word: word)
    let block = (base + instruction.b).pointee.block
    if HandleBlock(block).hasCrossed, mustSwitch(fiber) { return false }
    return beginUpdate(of: block, fiber, register: instruction.a)
  }

  /// The method on the Shared `place`, whose argument is in the window: takes it from there to where a call of it begins, behind the
  /// Shared, with the value as its argument. The fiber's record changes.
  @inline(__always) func beginUpdate(
    of place: Value, in window: UnsafeMutablePointer<Value>, consumingKeys consumeKeys: () -> Void
  ) {
    guard let fiber = core.pointee.fiber else { return }
    if HandleBlock(place).hasCrossed, mustSwitch(fiber, words: 2) { return }
    // Over the jump that leads around the call.
    fiber.pointee.pc += 1
    store(place.retained(), window, heap)
    consumeKeys()
    store(window[3], window + 1, heap)
    window[3].tag = Kind.none
    _ = beginUpdate(of: place.block, fiber, register: window - fiber.pointee.base + 3)
  }

  private func beginUpdate(of block: BlockPointer, _ fiber: FiberPointer, register: Int) -> Bool {
    let slot = fiber.pointee.base + register
    let shared = SharedBlock(block)
    if !HandleBlock(block).hasCrossed {
      store(shared.slot.pointee.retained(), slot, heap)
      fiber.pointee.updates += 1
      shared.updates += 1
      return true
    }
    if shared.updates == 0, mustNotWait(fiber) { return false }
    if let cell = HandleBlock(block).cell,
      let value = cell._withUnsafeGuaranteedRef({ $0.beginQuickly(asker(fiber)) })
    {
      store(value, slot, heap)
      fiber.pointee.updates += 1
      shared.updates += 1
      return true
    }
    fiber.pointee.resultRegister = Int32(register)
    guard let answer = ask(.begin, block, .update, fiber) else { return false }
    if case .item(let value) = answer { begun(fiber, block, with: value, slot) }
    return true
  }

  func begun(_ fiber: FiberPointer, _ block: BlockPointer, with value: Cargo, _ slot: UnsafeMutablePointer<Value>) {
    store(self.value(of: value), slot, heap)
    fiber.pointee.updates += 1
    SharedBlock(block).updates += 1
  }

  /// The Shared R[b] has the value R[a] from now on, and so has R[b] itself. False when the fiber's record has changed.
  @inline(never) func finishUpdate(_ word: UInt64, _ base: UnsafeMutablePointer<Value>) -> Bool {
    guard let fiber = core.pointee.fiber else { return false }
    let instruction = Instruction(word: word)
    let value = (base + instruction.a).pointee
    let block = (base + instruction.b).pointee.block
    let shared = SharedBlock(block)
    if !HandleBlock(block).hasCrossed {
      store(value.retained(), shared.slot, heap)
      fiber.pointee.updates -= 1
      shared.updates -= 1
      take(base + instruction.a, to: base + instruction.b)
      return true
    }
    if mustSwitch(fiber) { return false }
    if value.tag <= Kind.rate, let cell = HandleBlock(block).cell,
      cell._withUnsafeGuaranteedRef({ $0.endQuickly(value, handleUser, UInt64(UInt(bitPattern: fiber))) })
    {
      fiber.pointee.updates -= 1
      shared.updates -= 1
      take(base + instruction.a, to: base + instruction.b)
      return true
    }
    do throws(Thrown) {
      let new = try cargo(of: value, for: HandleBlock(block).object.carrier)
      try checkRoom(new.size)
      fiber.pointee.updates -= 1
      shared.updates -= 1
      tell(.end(new), block, fiber)
      take(base + instruction.a, to: base + instruction.b)
      return true
    } catch {
      abandonUpdate(fiber, block)
      fail(error)
      return false
    }
  }

  private func take(_ source: UnsafeMutablePointer<Value>, to target: UnsafeMutablePointer<Value>) {
    let value = source.pointee
    source.pointee.tag = Kind.none
    store(value, target, heap)
  }

  /// A throw or a cancellation leaves the function that was given to `update`: the value stays what it was.
  func abandonUpdate(_ fiber: FiberPointer, _ block: BlockPointer) {
    fiber.pointee.updates -= 1
    SharedBlock(block).updates -= 1
    if HandleBlock(block).hasCrossed { tell(.abandon, block, fiber) }
  }
}

extension PathChange {
  fileprivate var isSet: Bool {
    if case .set = self { true } else { false }
  }
}
