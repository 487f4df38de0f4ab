/// Handing blocks to other machines. A block is owned by one machine, which counts its references plainly, until it crosses to
/// another one: then it and all that it refers to is shared, for good. Shared blocks are never changed, so any thread may read
/// them, and their references are counted atomically.
extension Heap {
  /// The live blocks, own and shared, have passed the limit.
  var isOverLimit: Bool {
    state.pointee.isOverLimit || memory.live > state.pointee.limit - state.pointee.live
  }

  /// Whether `size` more bytes fit the limit beside what is shared.
  func hasRoom(besideShared size: Int) -> Bool {
    hasRoom(for: size) && memory.live <= state.pointee.limit - state.pointee.live - size
  }

  /// Marks a block and all that can be reached from it as shared, if all of that is plain data; else it changes nothing and
  /// gives false. What is shared already has been looked through before.
  func share(_ root: BlockPointer) -> Bool {
    if root.count < 0 { return true }
    var account = Account()
    switch root.kind {
    case Kind.string, Kind.bytes, Kind.bigInt, Kind.range: account.mark(root)
    case Kind.list, Kind.map, Kind.errorKind: if !shareContainers(from: root, &account) { return false }
    default: return false
    }
    state.pointee.isEntangled = true
    state.pointee.live -= account.bytes
    state.pointee.blocks -= account.blocks
    memory.add(bytes: account.bytes, blocks: account.blocks)
    return true
  }

  private struct Account {
    var bytes = 0
    var blocks = 0

    /// Marks an owned block.
    @inline(__always) mutating func mark(_ block: BlockPointer) {
      block.pointee.count = 0 &- block.count
      block.flags |= Block.sharedFlag
      bytes += block.size
      blocks += 1
    }
  }

  /// Containers first, so that finding something else in the end costs no more than taking their marks back.
  private func shareContainers(from root: BlockPointer, _ account: inout Account) -> Bool {
    var containers = [root]
    var withLeaves: [BlockPointer] = []
    account.mark(root)
    var next = 0
    while next < containers.count {
      let block = containers[next]
      next += 1
      var isPlain = true
      var hasLeaves = false
      func look(_ value: Value) {
        switch value.tag {
        case Kind.string, Kind.bytes, Kind.bigInt, Kind.range: hasLeaves = true
        case Kind.list, Kind.map, Kind.errorKind:
          if value.block.count > 0 {
            account.mark(value.block)
            containers.append(value.block)
          }
        default: if value.tag > Kind.builtin { isPlain = false }
        }
      }
      if block.kind == Kind.list {
        let list = ListBlock(block)
        forEachOddity(list.elements, list.count, look)
      } else if block.kind == Kind.map {
        let map = MapBlock(block)
        for index in 0..<map.used where !map.entries[index].isRemoved {
          look(map.entries[index].key)
          look(map.entries[index].value)
        }
      } else {
        Heap.forEachReference(in: block, look)
      }
      if !isPlain {
        for container in containers {
          container.pointee.count = 0 &- container.count
          container.flags &= ~Block.sharedFlag
        }
        return false
      }
      if hasLeaves { withLeaves.append(block) }
    }
    for block in withLeaves {
      Heap.forEachReference(in: block) { if $0.block.count > 0 { account.mark($0.block) } }
    }
    return true
  }

  /// Calls `body` for the values that are no plain numbers or the like; quick where there are none.
  @inline(__always) private func forEachOddity(
    _ values: UnsafeMutablePointer<Value>, _ count: Int, _ body: (Value) -> Void
  ) {
    var index = 0
    while index < count {
      let end = min(index + 64, count)
      var tags: UInt64 = 0
      for position in index..<end { tags |= values[position].tag }
      // The kinds up to `builtin` are the numbers below 8.
      if tags > Kind.builtin {
        for position in index..<end where values[position].tag > Kind.builtin { body(values[position]) }
      }
      index = end
    }
  }
}
