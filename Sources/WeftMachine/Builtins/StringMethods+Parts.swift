// Methods of a String that take it apart or put texts together.

extension StringMethods {
  static func split(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let limit = try limit(machine, arguments[2])
    let string = StringBlock(arguments[0])
    if arguments[1].isMissing { return try words(machine, string, limit: limit) }
    let separator = try separator(machine, arguments[1])
    try machine.charge(work: string.byteCount / 8)
    var result = try ListBuilder(machine)
    var start = 0
    while result.count < limit {
      let found = Search.first(separator.buffer, in: string.buffer, from: start)
      if found < 0 { break }
      try result.append(machine.part(string, start, found))
      start = found + separator.byteCount
    }
    try result.append(machine.part(string, start, string.byteCount))
    return result.finish()
  }

  /// How many times at most to split.
  private static func limit(_ machine: Machine, _ value: Value) throws(Thrown) -> Int {
    let limit = value.isMissing ? -1 : try machine.intArgument(value, "`limit`")
    return limit < 0 ? .max : limit
  }

  private static func separator(_ machine: Machine, _ value: Value) throws(Thrown) -> StringBlock {
    let separator = try machine.stringArgument(value, "the separator")
    if separator.byteCount == 0 {
      throw machine.raise(.valueError, "the separator is empty", hint: "`s.chars()` gives the characters")
    }
    return separator
  }

  private static func words(_ machine: Machine, _ string: StringBlock, limit: Int) throws(Thrown) -> Value {
    try machine.charge(work: string.byteCount / 8)
    var result = try ListBuilder(machine)
    var offset = 0
    let end = string.byteCount
    while true {
      while offset < end, string.isSpace(at: offset) { offset += string.scalarLength(at: offset) }
      if offset == end { return result.finish() }
      let start = offset
      if result.count == limit {
        try result.append(machine.part(string, start, end))
        return result.finish()
      }
      while offset < end, !string.isSpace(at: offset) { offset += string.scalarLength(at: offset) }
      try result.append(machine.part(string, start, offset))
    }
  }

  static func rsplit(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let limit = try limit(machine, arguments[2])
    let string = StringBlock(arguments[0])
    let separator = arguments[1].isMissing ? nil : try separator(machine, arguments[1])
    try machine.charge(work: string.byteCount / 8)
    // Parts from the end, as pairs of offsets.
    var parts: [(Int, Int)] = []
    var end = string.byteCount
    if let separator {
      while parts.count < limit {
        let found = Search.last(separator.buffer, in: string.buffer, before: end)
        if found < 0 { break }
        parts.append((found + separator.byteCount, end))
        end = found
      }
      parts.append((0, end))
    } else {
      while true {
        while end > 0, string.isSpace(at: string.scalarStart(before: end)) { end = string.scalarStart(before: end) }
        if end == 0 { break }
        if parts.count == limit {
          parts.append((0, end))
          break
        }
        var start = end
        while start > 0, !string.isSpace(at: string.scalarStart(before: start)) {
          start = string.scalarStart(before: start)
        }
        parts.append((start, end))
        end = start
      }
    }
    var result = try ListBuilder(machine, capacity: parts.count)
    for (start, end) in parts.reversed() { try result.append(machine.part(string, start, end)) }
    return result.finish()
  }

  static func lines(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let string = StringBlock(arguments[0])
    try machine.charge(work: string.byteCount / 8)
    var result = try ListBuilder(machine)
    var start = 0
    var offset = 0
    while offset < string.byteCount {
      let byte = string.bytes[offset]
      offset += 1
      if byte != 0x0A, byte != 0x0D { continue }
      try result.append(machine.part(string, start, offset - 1))
      if byte == 0x0D, offset < string.byteCount, string.bytes[offset] == 0x0A { offset += 1 }
      start = offset
    }
    if start < string.byteCount { try result.append(machine.part(string, start, string.byteCount)) }
    return result.finish()
  }

  static func partition(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let string = StringBlock(arguments[0])
    let separator = try separator(machine, arguments[1])
    let found = Search.first(separator.buffer, in: string.buffer)
    if found < 0 {
      return machine.heap.makeList(taking: [
        arguments[0].retained(), machine.heap.makeString(""), machine.heap.makeString(""),
      ])
    }
    return try around(machine, string, found, arguments[1])
  }

  static func rpartition(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let string = StringBlock(arguments[0])
    let separator = try separator(machine, arguments[1])
    let found = Search.last(separator.buffer, in: string.buffer, before: string.byteCount)
    if found < 0 {
      return machine.heap.makeList(taking: [
        machine.heap.makeString(""), machine.heap.makeString(""), arguments[0].retained(),
      ])
    }
    return try around(machine, string, found, arguments[1])
  }

  private static func around(
    _ machine: Machine, _ string: StringBlock, _ place: Int, _ separator: Value
  ) throws(Thrown) -> Value {
    try machine.checkRoom(string.byteCount)
    let after = place + StringBlock(separator).byteCount
    return machine.heap.makeList(taking: [
      machine.part(string, 0, place), separator.retained(), machine.part(string, after, string.byteCount),
    ])
  }

  static func join(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let separator = StringBlock(arguments[0])
    return try machine.withElements(of: arguments[1]) { list throws(Thrown) in
      try join(machine, list, separator: separator.buffer)
    }
  }

  static func join(
    _ machine: Machine, _ list: ListBlock, separator: UnsafeBufferPointer<UInt8>
  ) throws(Thrown) -> Value {
    let count = list.count
    var total = 0
    for index in 0..<count {
      let element = list.elements[index]
      guard element.tag == Kind.string else {
        throw machine.raise(
          .typeError, "element \(index) is \(Machine.typeName(element)), not String",
          hint: "`xs.map(str)` makes texts of all")
      }
      let (sum, overflow) = total.addingReportingOverflow(
        StringBlock(element).byteCount + (index > 0 ? separator.count : 0))
      total = overflow ? .max : sum
      if overflow { break }
    }
    try machine.checkRoom(total)
    try machine.charge(work: count + total / 16)
    let result = machine.heap.makeString(byteCount: total)
    var target = UnsafeMutableRawPointer(result.bytes)
    for index in 0..<count {
      if index > 0, let base = separator.baseAddress {
        target.copyMemory(from: base, byteCount: separator.count)
        target += separator.count
      }
      let piece = StringBlock(list.elements[index])
      target.copyMemory(from: piece.bytes, byteCount: piece.byteCount)
      target += piece.byteCount
    }
    return Value(result.block)
  }

  static func replace(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let string = StringBlock(arguments[0])
    let old = try machine.stringArgument(arguments[1], "the text to replace")
    let new = try machine.stringArgument(arguments[2], "the new text")
    if old.byteCount == 0 { throw machine.raise(.valueError, "the text to replace is empty") }
    let limit = try limit(machine, arguments[3])
    try machine.charge(work: string.byteCount / 8)
    var places: [Int] = []
    var start = 0
    while places.count < limit {
      let found = Search.first(old.buffer, in: string.buffer, from: start)
      if found < 0 { break }
      places.append(found)
      start = found + old.byteCount
    }
    if places.isEmpty { return arguments[0].retained() }
    let (grown, overflow) = places.count.multipliedReportingOverflow(by: new.byteCount - old.byteCount)
    let (total, overflow2) = string.byteCount.addingReportingOverflow(grown)
    try machine.checkRoom(overflow || overflow2 ? .max : total)
    try machine.charge(work: total / 16)
    let result = machine.heap.makeString(byteCount: total)
    var target = UnsafeMutableRawPointer(result.bytes)
    var done = 0
    for place in places {
      target.copyMemory(from: string.bytes + done, byteCount: place - done)
      target += place - done
      target.copyMemory(from: new.bytes, byteCount: new.byteCount)
      target += new.byteCount
      done = place + old.byteCount
    }
    target.copyMemory(from: string.bytes + done, byteCount: string.byteCount - done)
    return Value(result.block)
  }
}
