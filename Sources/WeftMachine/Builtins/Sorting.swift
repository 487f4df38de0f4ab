/// An element with the key that decides its place; both are borrowed.
struct SortItem {
  var key: Value
  var value: Value
}

extension Machine {
  /// Sorts by the keys: stable, also in reverse. Nothing is lost when keys cannot be compared.
  func sort(_ items: UnsafeMutableBufferPointer<SortItem>, reverse: Bool) throws(Thrown) {
    let count = items.count
    if count < 2 { return }
    let size = count * MemoryLayout<SortItem>.stride
    try checkRoom(size)
    try charge(work: count * (Int.bitWidth - count.leadingZeroBitCount))
    let scratch = UnsafeMutableBufferPointer<SortItem>.allocate(capacity: count)
    defer { scratch.deallocate() }
    let tag = items[0].key.tag
    let isUniform = items.allSatisfy { $0.key.tag == tag }
    if isUniform, tag == Kind.int || tag == Kind.duration {
      try mergeSort(items, scratch) { reverse ? $0.key.int > $1.key.int : $0.key.int < $1.key.int }
    } else if isUniform, tag == Kind.string {
      try mergeSort(items, scratch) {
        reverse ? StringBlock($1.key) < StringBlock($0.key) : StringBlock($0.key) < StringBlock($1.key)
      }
    } else {
      try mergeSort(items, scratch) { left, right throws(Thrown) in
        reverse ? try order(left.key, right.key) == .greater : try order(left.key, right.key) == .less
      }
    }
  }

  /// Sorts short runs by insertion, then merges neighbours of growing width.
  @inline(__always) private func mergeSort(
    _ items: UnsafeMutableBufferPointer<SortItem>, _ scratch: UnsafeMutableBufferPointer<SortItem>,
    _ isLess: (SortItem, SortItem) throws(Thrown) -> Bool
  ) throws(Thrown) {
    guard var source = items.baseAddress, var target = scratch.baseAddress else { return }
    let count = items.count
    let run = 12
    for start in stride(from: 0, to: count, by: run) {
      for index in stride(from: start + 1, to: min(start + run, count), by: 1) {
        let item = source[index]
        var place = index
        while place > start, try isLess(item, source[place - 1]) {
          source[place] = source[place - 1]
          place -= 1
        }
        source[place] = item
      }
    }
    var width = run
    while width < count {
      for start in stride(from: 0, to: count, by: 2 * width) {
        if width > 1 << 12 { try lookAround() }
        let middle = min(start + width, count)
        let end = min(start + 2 * width, count)
        var left = start
        var right = middle
        var place = start
        // Neighbours that are in order already are only copied.
        let isSorted = middle == end ? true : try !isLess(source[middle], source[middle - 1])
        if !isSorted {
          while left < middle, right < end {
            if try isLess(source[right], source[left]) {
              target[place] = source[right]
              right += 1
            } else {
              target[place] = source[left]
              left += 1
            }
            place += 1
          }
        }
        while left < middle {
          target[place] = source[left]
          left += 1
          place += 1
        }
        while right < end {
          target[place] = source[right]
          right += 1
          place += 1
        }
      }
      swap(&source, &target)
      width *= 2
    }
    if source != items.baseAddress { items.baseAddress?.update(from: source, count: count) }
  }

  /// A new sorted list of the elements of a list, by `keys` if there are any.
  func sorted(_ list: ListBlock, keys: ListBlock?, reverse: Bool) throws(Thrown) -> Value {
    let count = list.count
    try checkRoom(count, stride: MemoryLayout<SortItem>.stride + ListBlock.stride)
    let items = UnsafeMutableBufferPointer<SortItem>.allocate(capacity: count)
    defer { items.deallocate() }
    for index in 0..<count {
      let value = list.elements[index]
      items[index] = SortItem(key: keys?.elements[index] ?? value, value: value)
    }
    try sort(items, reverse: reverse)
    let result = heap.makeList(capacity: count)
    for index in 0..<count { result.elements[index] = items[index].value.retained() }
    result.count = count
    return Value(result.block)
  }
}
