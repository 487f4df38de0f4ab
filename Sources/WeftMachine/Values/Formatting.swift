/// A container that is being written, and the position at which to go on.
private struct DescribeFrame {
  let container: Value
  var position: Int
  var isFirst: Bool
}

extension Machine {
  /// Appends the text that `print` shows; with `quoted` the text inside a list, where strings have quotes.
  func describe(_ value: Value, into output: inout [UInt8], quoted: Bool) throws(Thrown) {
    if value.tag != Kind.list, value.tag != Kind.map {
      return try describeSimple(value, into: &output, quoted: quoted)
    }
    var stack: [DescribeFrame] = []
    var frame = DescribeFrame(container: value, position: 0, isFirst: true)
    var nextCheck = output.count + 1 << 16
    output.append(value.tag == Kind.list ? UInt8(ascii: "[") : UInt8(ascii: "{"))
    while true {
      if output.count > nextCheck {
        try checkRoom(output.count)
        try charge(work: 1 << 12)
        nextCheck = output.count + 1 << 16
      }
      guard let next = nextPart(&frame, into: &output) else {
        output.append(frame.container.tag == Kind.list ? UInt8(ascii: "]") : UInt8(ascii: "}"))
        guard let outer = stack.popLast() else { return }
        frame = outer
        continue
      }
      if next.tag == Kind.list || next.tag == Kind.map {
        output.append(next.tag == Kind.list ? UInt8(ascii: "[") : UInt8(ascii: "{"))
        stack.append(frame)
        frame = DescribeFrame(container: next, position: 0, isFirst: true)
      } else {
        try describeSimple(next, into: &output, quoted: true)
      }
    }
  }

  /// Writes the comma and the key that come before the next element, and gives that element; nil at the end.
  private func nextPart(_ frame: inout DescribeFrame, into output: inout [UInt8]) -> Value? {
    let next: Value
    var key: Value?
    if frame.container.tag == Kind.list {
      let list = ListBlock(frame.container)
      if frame.position == list.count { return nil }
      next = list.elements[frame.position]
    } else {
      let map = MapBlock(frame.container)
      while frame.position < map.used, map.entries[frame.position].isRemoved { frame.position += 1 }
      if frame.position == map.used { return nil }
      let entry = map.entries[frame.position]
      key = entry.key
      next = entry.value
    }
    frame.position += 1
    if !frame.isFirst { output.append(contentsOf: [UInt8(ascii: ","), UInt8(ascii: " ")]) }
    frame.isFirst = false
    if let key {
      describeKey(key, into: &output)
      output.append(contentsOf: [UInt8(ascii: ":"), UInt8(ascii: " ")])
    }
    return next
  }

  /// Everything that is not a container.
  private func describeSimple(_ value: Value, into output: inout [UInt8], quoted: Bool) throws(Thrown) {
    switch value.tag {
    case Kind.string:
      let string = StringBlock(value)
      if output.count + string.byteCount > 1 << 16 { try checkRoom(output.count + string.byteCount) }
      if quoted { Machine.quote(string.buffer, into: &output) } else { output.append(contentsOf: string.buffer) }
    case Kind.int: Machine.digits(value.int, into: &output)
    case Kind.bigInt:
      let limbs = IntegerBlock(value).isWide ? 2 : IntegerBlock(value).count
      try charge(work: limbs * limbs)
      output.append(contentsOf: try Machine.digits(ofBig: value, pausing: lookAround))
    case Kind.none, Kind.unset: output.append(contentsOf: "none".utf8)
    case Kind.bool: output.append(contentsOf: (value.bool ? "true" : "false").utf8)
    case Kind.float: output.append(contentsOf: Machine.text(value.float).utf8)
    case Kind.duration: output.append(contentsOf: Machine.text(duration: value.int).utf8)
    case Kind.rate: output.append(contentsOf: Machine.text(rate: value.float).utf8)
    default: output.append(contentsOf: textOfObject(value, quoted: quoted).utf8)
    }
  }

  private func textOfObject(_ value: Value, quoted: Bool) -> String {
    switch value.tag {
    case Kind.during: return "<during>"
    case Kind.mock: return "<mock>"
    case Kind.bytes: return "<\(BytesBlock(value).count) bytes>"
    case Kind.range:
      let range = RangeBlock(value)
      return "\(range.lower)\(range.isInclusive ? "..." : "..<")\(range.upper)"
    case Kind.error:
      let error = ErrorBlock(value)
      let kind = error.kind.pointee.text
      let message = error.message.pointee
      if !quoted { return message.tag == Kind.string ? "\(kind): \(message.text)" : kind }
      var bytes: [UInt8] = []
      if message.tag == Kind.string { Machine.quote(StringBlock(message).buffer, into: &bytes) }
      return "\(kind)(\(String(decoding: bytes, as: UTF8.self)))"
    case Kind.errorKind: return Machine.name(ofKind: value).text
    case Kind.response:
      let response = ResponseBlock(value)
      let body = response.body.pointee
      let size = body.tag == Kind.bytes ? BytesBlock(body).count : 0
      return "<response \(response.status), \(Machine.byteSize(size))>"
    case Kind.object: return "<\(Machine.typeName(value))>"
    case Kind.function, Kind.closure, Kind.builtin, Kind.hostFunction:
      if let name = functionName(value) { return "<task \(name)>" }
      return "<task>"
    case Kind.task: return "<started task>"
    case Kind.group: return "<taskgroup>"
    default: return "<\(Machine.typeName(value).lowercased())>"
    }
  }

  /// A key as a map literal has it: a word, or in quotes.
  private func describeKey(_ key: Value, into output: inout [UInt8]) {
    switch key.tag {
    case Kind.string:
      let bytes = StringBlock(key).buffer
      if Machine.isWord(bytes) { output.append(contentsOf: bytes) } else { Machine.quote(bytes, into: &output) }
    case Kind.int: Machine.digits(key.int, into: &output)
    case Kind.bigInt: output.append(contentsOf: Machine.digits(ofBig: key))
    case Kind.bool: output.append(contentsOf: (key.bool ? "true" : "false").utf8)
    case Kind.duration: output.append(contentsOf: Machine.text(duration: key.int).utf8)
    default: output.append(contentsOf: textOfObject(key, quoted: true).utf8)
    }
  }

  static func isWord(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let first = bytes.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return false }
    return bytes.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
        true
      default: false
      }
    }
  }

  /// A string literal with this text.
  static func quote(_ bytes: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]) {
    output.append(UInt8(ascii: "\""))
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        output.append(UInt8(ascii: "\\"))
        output.append(byte)
      case 0x0A: output.append(contentsOf: "\\n".utf8)
      case 0x09: output.append(contentsOf: "\\t".utf8)
      case 0..<0x20, 0x7F: output.append(contentsOf: "\\u{\(String(byte, radix: 16, uppercase: true))}".utf8)
      default: output.append(byte)
      }
    }
    output.append(UInt8(ascii: "\""))
  }

  /// The text that `print` shows, as a string value.
  func text(of value: Value, quoted: Bool = false) throws(Thrown) -> Value {
    if value.tag == Kind.string, !quoted { return value.retained() }
    var output: [UInt8] = []
    try describe(value, into: &output, quoted: quoted)
    try checkRoom(output.count)
    return heap.makeString(output)
  }
}
