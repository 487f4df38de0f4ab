import WeftCompiler

/// Values that no name stands for any more, and that nothing can reach.
extension Machine {
  /// Values that are looked at for that, at most: it takes a millisecond.
  private static let mostValues = 50_000

  /// Clears those of `candidates` that no code can use any more which starts at the given globals and functions. Does nothing while
  /// tasks run, which may use anything.
  ///
  /// - Returns: The globals that were cleared.
  public func sweep(_ candidates: Set<Int>, globals: [Int], functions: [Int]) -> Set<Int> {
    guard core.pointee.fibers == 0, session != nil else { return [] }
    var reached: Set<Int> = []
    var seenFunctions: Set<Int> = []
    var seenBlocks: Set<BlockPointer> = []
    var openGlobals = globals
    var openFunctions = functions
    var open: [Value] = []
    var left = Self.mostValues
    while true {
      if let function = openFunctions.popLast() {
        if seenFunctions.insert(function).inserted {
          openGlobals += image.globals(reachedFrom: function).map { Int($0) }
        }
      } else if let global = openGlobals.popLast() {
        guard image.globals.indices.contains(global), reached.insert(global).inserted else { continue }
        open.append(core.pointee.globals[global])
      } else if let value = open.popLast() {
        if value.tag == Kind.function { openFunctions.append(Int(value.bits)) }
        guard value.isHeap, seenBlocks.insert(value.block).inserted else { continue }
        // What handles hold that other machines have as well cannot be looked at here.
        if HandleBlock.isHandle(value.tag), HandleBlock(value).hasCrossed { return [] }
        if value.tag == Kind.closure { openFunctions.append(ClosureBlock(value).function) }
        guard add(partsOf: value.block, to: &open, &left) else { return [] }
      } else {
        break
      }
    }
    let cleared = candidates.subtracting(reached)
    for global in cleared {
      let value = core.pointee.globals[global]
      core.pointee.globals[global] = .unset
      heap.release(value)
    }
    return cleared
  }

  /// False when too much has been looked at.
  private func add(partsOf block: BlockPointer, to open: inout [Value], _ left: inout Int) -> Bool {
    let values: UnsafeMutablePointer<Value>
    let count: Int
    switch block.kind {
    case Kind.list:
      values = ListBlock(block).elements
      count = ListBlock(block).count
    case Kind.closure:
      values = ClosureBlock(block).captures
      count = ClosureBlock(block).captureCount
    case Kind.cell, Kind.shared:
      values = CellBlock(block).slot
      count = 1
    case Kind.task:
      values = TaskBlock(block).slots
      count = TaskBlock.slotCount
    case Kind.error:
      values = ErrorBlock(block).slots
      count = ErrorBlock.slotCount
    case Kind.map:
      let map = MapBlock(block)
      left -= map.used
      if left < 0 { return false }
      for index in 0..<map.used where !map.entries[index].isRemoved { open.append(map.entries[index].value) }
      return true
    default:
      Heap.forEachReference(in: block) { open.append($0) }
      return true
    }
    left -= count
    if left < 0 { return false }
    for index in 0..<count where values[index].isHeap || values[index].tag == Kind.function {
      open.append(values[index])
    }
    return true
  }
}
