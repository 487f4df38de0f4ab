/// Methods of Bytes and Response.
enum OtherMethods {
  static func bytesText(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let bytes = BytesBlock(arguments[0])
    if !UTF8Text.isValid(bytes.buffer) { throw machine.raise(.valueError, "the bytes are not UTF-8 text") }
    return try machine.decoded(arguments[0])
  }

  static func bytesHex(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let bytes = BytesBlock(arguments[0])
    try machine.checkRoom(bytes.count, stride: 2)
    try machine.charge(work: bytes.count / 4)
    let digits = Array("0123456789abcdef".utf8)
    let result = machine.heap.makeString(byteCount: bytes.count * 2)
    for index in 0..<bytes.count {
      result.bytes[index * 2] = digits[Int(bytes.bytes[index] >> 4)]
      result.bytes[index * 2 + 1] = digits[Int(bytes.bytes[index] & 15)]
    }
    return Value(result.block)
  }

  static func bytesBase64(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let bytes = BytesBlock(arguments[0])
    let groups = (bytes.count + 2) / 3
    try machine.checkRoom(groups, stride: 4)
    try machine.charge(work: bytes.count / 4)
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    let result = machine.heap.makeString(byteCount: groups * 4)
    for group in 0..<groups {
      let start = group * 3
      let left = bytes.count - start
      let first = UInt32(bytes.bytes[start]) << 16
      let second = left > 1 ? UInt32(bytes.bytes[start + 1]) << 8 : 0
      let word = first | second | (left > 2 ? UInt32(bytes.bytes[start + 2]) : 0)
      let target = result.bytes + group * 4
      target[0] = digits[Int(word >> 18)]
      target[1] = digits[Int(word >> 12 & 63)]
      target[2] = left > 1 ? digits[Int(word >> 6 & 63)] : UInt8(ascii: "=")
      target[3] = left > 2 ? digits[Int(word & 63)] : UInt8(ascii: "=")
    }
    return Value(result.block)
  }

  static func bytesList(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    try machine.elements(of: arguments[0])
  }

  static func bytesFind(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let bytes = BytesBlock(arguments[0])
    try machine.charge(work: bytes.count / 16)
    switch arguments[1].tag {
    case Kind.bytes: return Value(Search.first(BytesBlock(arguments[1]).buffer, in: bytes.buffer))
    case Kind.string: return Value(Search.first(StringBlock(arguments[1]).buffer, in: bytes.buffer))
    default: throw machine.wrongArgument("what to look for", "Bytes or String", arguments[1])
    }
  }

  static func responseJSON(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let body = ResponseBlock(arguments[0]).body.pointee
    let empty = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    return try JSONParser.parse(machine, body.tag == Kind.bytes ? BytesBlock(body).buffer : empty, isChecked: false)
  }

  /// The response itself, or an HTTPError with `status` and `url`.
  static func responseCheck(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let response = ResponseBlock(arguments[0])
    if response.status < 400 { return arguments[0].retained() }
    let url = response.url.pointee
    let method = response.method.pointee
    let shownMethod = method.tag == Kind.string ? method.text : "GET"
    let shownURL = url.tag == Kind.string ? Machine.excerpt(StringBlock(url)) : ""
    let reason = HTTPStatus.reason(Int(response.status)).map { " \($0)" } ?? ""
    let thrown = machine.raise(
      .httpError, "\(shownMethod) \(shownURL) answered \(response.status)\(reason)")
    var fields = Value(machine.heap.makeMap(capacity: 4).block)
    for (name, value) in [("status", Value(response.status)), ("url", url.retained())] {
      let key = machine.intern(name)
      machine.heap.set(key, hash: StringBlock(key).hash, to: value, inMap: &fields)
    }
    ErrorBlock(thrown.error).fields.pointee = fields
    throw thrown
  }
}
