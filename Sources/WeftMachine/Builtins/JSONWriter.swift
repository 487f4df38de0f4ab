/// Writes values as JSON text, with an explicit stack.
struct JSONWriter {
  private struct Frame {
    let container: Value
    var position = 0
    var isFirst = true
  }

  private let machine: Machine
  /// Spaces for each level, or nil to keep all on one line.
  private let indent: Int?
  /// Without blanks, as most servers send it.
  private let isCompact: Bool
  private var output: [UInt8] = []
  private var stack: [Frame] = []
  /// So many bytes of the output have been counted as work.
  private var charged = 0

  private init(_ machine: Machine, indent: Int?, isCompact: Bool) {
    self.machine = machine
    self.indent = indent
    self.isCompact = isCompact
  }

  /// The JSON text of a value. With an indent each element has its own line.
  static func text(
    _ machine: Machine, _ value: Value, indent: Int?, isCompact: Bool = false
  ) throws(Thrown) -> [UInt8] {
    var writer = JSONWriter(machine, indent: indent, isCompact: isCompact)
    try writer.write(value)
    try writer.chargeOutput()
    return writer.output
  }

  static func native(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    var indent: Int?
    if !arguments[1].isMissing {
      let wanted = try machine.intArgument(arguments[1], "`indent`")
      guard (0...32).contains(wanted) else { throw machine.raise(.valueError, "`indent` is 0 to 32") }
      indent = wanted
    }
    let text = try text(machine, arguments[0], indent: indent)
    try machine.checkRoom(text.count)
    return machine.heap.makeString(text)
  }

  private mutating func write(_ value: Value) throws(Thrown) {
    var nextCheck = 1 << 16
    try begin(value)
    while let top = stack.indices.last {
      if output.count > nextCheck {
        try machine.checkRoom(output.count)
        try chargeOutput()
        nextCheck = output.count + 1 << 16
      }
      if let next = try nextElement(top) {
        try begin(next)
        continue
      }
      let isEmpty = stack[top].isFirst
      let isList = stack[top].container.tag == Kind.list
      stack.removeLast()
      if !isEmpty { newLine() }
      output.append(UInt8(ascii: isList ? "]" : "}"))
    }
  }

  private mutating func chargeOutput() throws(Thrown) {
    try machine.charge(work: (output.count - charged) * 4)
    charged = output.count
  }

  private mutating func newLine() {
    guard let indent else { return }
    output.append(0x0A)
    output.append(contentsOf: repeatElement(0x20, count: indent * stack.count))
  }

  /// Writes what comes before the next element of the container at `top`, and gives that; nil at the end.
  private mutating func nextElement(_ top: Int) throws(Thrown) -> Value? {
    let frame = stack[top]
    if frame.container.tag == Kind.list {
      let list = ListBlock(frame.container)
      if frame.position == list.count { return nil }
      stack[top].position += 1
      separate(top)
      return list.elements[frame.position]
    }
    let map = MapBlock(frame.container)
    var position = frame.position
    while position < map.used, map.entries[position].isRemoved { position += 1 }
    stack[top].position = position + 1
    if position == map.used { return nil }
    let entry = map.entries[position]
    guard entry.key.tag == Kind.string else {
      throw machine.raise(
        .typeError, "JSON has only String keys, not \(Machine.typeName(entry.key))", hint: "`str(key)` makes one")
    }
    separate(top)
    Self.quote(StringBlock(entry.key).buffer, into: &output)
    output.append(UInt8(ascii: ":"))
    if !isCompact { output.append(0x20) }
    return entry.value
  }

  private mutating func separate(_ top: Int) {
    let isFirst = stack[top].isFirst
    stack[top].isFirst = false
    if !isFirst { output.append(UInt8(ascii: ",")) }
    if indent != nil { newLine() } else if !isFirst, !isCompact { output.append(0x20) }
  }

  /// Writes a value without parts, or opens one with parts.
  private mutating func begin(_ value: Value) throws(Thrown) {
    switch value.tag {
    case Kind.none: output.append(contentsOf: "null".utf8)
    case Kind.bool, Kind.int, Kind.bigInt: try machine.describe(value, into: &output, quoted: false)
    case Kind.float:
      if !value.float.isFinite {
        throw machine.raise(
          .valueError, "JSON has no \(Machine.text(value.float))", hint: "none stands for a missing number")
      }
      output.append(contentsOf: Machine.text(value.float).utf8)
    case Kind.string:
      let string = StringBlock(value)
      if output.count + string.byteCount > 1 << 16 { try machine.checkRoom(output.count + string.byteCount) }
      Self.quote(string.buffer, into: &output)
    case Kind.list, Kind.map:
      if stack.count == JSONParser.deepest {
        throw machine.raise(.valueError, "the value is nested deeper than \(JSONParser.deepest)")
      }
      output.append(UInt8(ascii: value.tag == Kind.list ? "[" : "{"))
      stack.append(Frame(container: value))
    default: throw cannotWrite(value)
    }
  }

  private func cannotWrite(_ value: Value) -> Thrown {
    let hint: String? =
      switch value.tag {
      case Kind.duration: "`d.seconds` is a number"
      case Kind.rate: "`r.per_second` is a number"
      case Kind.bytes: "`data.text()` or `data.base64()` makes a text of it"
      case Kind.range: "`list(range)` makes a List of it"
      case Kind.response: "`.json()` gives the value of its body, `.text` the text"
      case Kind.error: "`e.message` is a text"
      default: nil
      }
    return machine.raise(.typeError, "JSON has no \(Machine.typeName(value))", hint: hint)
  }

  private static func quote(_ bytes: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]) {
    output.append(UInt8(ascii: "\""))
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        output.append(UInt8(ascii: "\\"))
        output.append(byte)
      case 0x0A: output.append(contentsOf: "\\n".utf8)
      case 0x0D: output.append(contentsOf: "\\r".utf8)
      case 0x09: output.append(contentsOf: "\\t".utf8)
      case 0..<0x20:
        let digits = String(byte, radix: 16)
        output.append(contentsOf: (digits.utf8.count == 1 ? "\\u000" : "\\u00").utf8)
        output.append(contentsOf: digits.utf8)
      default: output.append(byte)
      }
    }
    output.append(UInt8(ascii: "\""))
  }
}
