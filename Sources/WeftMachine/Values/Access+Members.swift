import WeftCompiler

extension Machine {
  /// `base.name`. The result is a reference of the caller's own.
  func getMember(_ base: Value, _ name: Value) throws(Thrown) -> Value {
    if base.tag == Kind.map {
      let map = MapBlock(base)
      let found = map.find(name, hash: StringBlock(name).hash)
      if found >= 0 { return map.entries[found].value.retained() }
      throw missingKey(base, name)
    }
    let text = name.text
    let result: Value? =
      switch base.tag {
      case Kind.error: try errorMember(base, name, text)
      case Kind.response: try responseMember(base, text)
      case Kind.duration: Machine.durationMember(base.int, text)
      case Kind.rate: rateMember(base.float, text)
      case Kind.range: Machine.rangeMember(RangeBlock(base), text)
      case Kind.semaphore, Kind.lock, Kind.rateLimiter, Kind.queue, Kind.shared: handleMember(base, text)
      case Kind.mock: mockMember(base, text)
      case Kind.errorKind: kindMember(Machine.name(ofKind: base), text)
      default: nil
      }
    if let result { return result }
    throw noMember(base, text)
  }

  private func kindMember(_ name: Value, _ member: String) -> Value? {
    switch member {
    case "name": name.retained()
    case "parent": parent(ofKind: name.text).map { heap.makeErrorKind(intern($0)) } ?? Value.none
    default: nil
    }
  }

  private func missingKey(_ base: Value, _ name: Value) -> Thrown {
    let thrown = keyError(name, in: MapBlock(base))
    let hint = ErrorBlock(thrown.error).hint
    if hint.pointee.tag == Kind.none, let method = methodHint(base, name.text) {
      hint.pointee = heap.makeString(method)
    }
    return thrown
  }

  /// What to write when `name` is a method of the value.
  private func methodHint(_ base: Value, _ name: String) -> String? {
    guard let id = BuiltinMethods.id(of: name) else { return nil }
    guard let index = BuiltinMethods.index(id: id, receiver: Machine.receiverKind(of: base)) else { return nil }
    let isPlain = BuiltinMethods.all[index].parameters.allSatisfy(\.isOptional)
    return "call it: `x.\(name)(\(isPlain ? "" : "…"))`"
  }

  private func noMember(_ base: Value, _ name: String) -> Thrown {
    let type = Machine.typeName(base)
    var hint = methodHint(base, name)
    if hint == nil {
      switch (base.tag, name) {
      case (Kind.none, _): hint = "`x?.\(name)` gives none for none"
      case (Kind.string, "length"), (Kind.string, "size"), (Kind.string, "count"), (Kind.list, "length"),
        (Kind.list, "size"), (Kind.bytes, "length"), (Kind.bytes, "size"):
        hint = "`len(x)` counts"
      case (Kind.response, "body"), (Kind.response, "content"): hint = "a Response has `.text`, `.bytes` and `.json()`"
      case (Kind.response, "status_code"), (Kind.response, "code"): hint = "write `.status`"
      default:
        let names = Machine.members(of: Machine.receiverKind(of: base))
        hint = names.first { Machine.distance($0, name) <= 2 }.map { "did you mean `\($0)`?" }
      }
    }
    return raise(.typeError, "\(type) has no member `\(name)`", hint: hint)
  }

  /// The members of a type that are no methods; for hints and completion.
  public static func members(of receiver: ReceiverKind) -> [String] {
    switch receiver {
    case .error: ["kind", "message", "line", "cause", "all", "hint"]
    case .response: ["status", "ok", "headers", "text", "bytes", "size", "elapsed", "url", "method"]
    case .duration:
      [
        "days", "hours", "minutes", "seconds", "milliseconds", "microseconds", "nanoseconds", "ms", "us", "ns",
      ]
    case .rate: ["per_second", "interval"]
    case .range: ["lower", "upper"]
    case .semaphore: ["available", "permits"]
    case .lock: ["locked"]
    case .rateLimiter: ["rate", "burst"]
    case .queue: ["closed", "limit"]
    case .shared: ["value"]
    case .errorKind: ["name", "parent"]
    case .mock: ["calls"]
    default: []
    }
  }

  private func errorMember(_ base: Value, _ name: Value, _ text: String) throws(Thrown) -> Value? {
    let error = ErrorBlock(base)
    // An error's own field wins only where it has no other meaning.
    switch text {
    case "kind": return error.kind.pointee.retained()
    case "message": return error.message.pointee.retained()
    case "line": return error.line > 0 ? Value(Int64(error.line)) : .none
    case "cause": return error.cause.pointee.retained()
    case "hint":
      if error.hint.pointee.tag != Kind.none { return error.hint.pointee.retained() }
    case "all":
      if error.all.pointee.tag == Kind.list { return error.all.pointee.retained() }
      return heap.makeList(taking: [base.retained()])
    default: break
    }
    let fields = error.fields.pointee
    if fields.tag == Kind.map {
      let map = MapBlock(fields)
      let found = map.find(name, hash: StringBlock(name).hash)
      if found >= 0 { return map.entries[found].value.retained() }
    }
    return text == "hint" ? Value.none : nil
  }

  private func responseMember(_ base: Value, _ name: String) throws(Thrown) -> Value? {
    let response = ResponseBlock(base)
    switch name {
    case "status": return Value(response.status)
    case "ok": return Value(response.status < 400)
    case "headers": return response.headers.pointee.retained()
    case "text": return try decoded(response.body.pointee)
    case "bytes": return response.body.pointee.retained()
    case "size": return Value(response.body.pointee.tag == Kind.bytes ? BytesBlock(response.body.pointee).count : 0)
    case "elapsed": return .duration(response.elapsed)
    case "url": return response.url.pointee.retained()
    case "method": return response.method.pointee.retained()
    default: return nil
    }
  }

  /// The text of UTF-8 bytes; what is not UTF-8 becomes replacement characters.
  func decoded(_ bytes: Value) throws(Thrown) -> Value {
    guard bytes.tag == Kind.bytes else { return heap.makeString("") }
    let buffer = BytesBlock(bytes).buffer
    try checkRoom(buffer.count, stride: 3)
    try charge(work: buffer.count / 16)
    return UTF8Text.isValid(buffer) ? heap.makeString(buffer) : heap.makeString(String(decoding: buffer, as: UTF8.self))
  }

  private static func durationMember(_ nanoseconds: Int64, _ name: String) -> Value? {
    switch name {
    case "days": return Value(Double(nanoseconds) / 86_400e9)
    case "hours": return Value(Double(nanoseconds) / 3_600e9)
    case "minutes": return Value(Double(nanoseconds) / 60e9)
    case "seconds": return Value(Double(nanoseconds) / 1e9)
    case "milliseconds", "ms": return Value(Double(nanoseconds) / 1e6)
    case "microseconds", "us": return Value(Double(nanoseconds) / 1e3)
    case "nanoseconds", "ns": return Value(nanoseconds)
    default: return nil
    }
  }

  private func rateMember(_ perSecond: Double, _ name: String) -> Value? {
    switch name {
    case "per_second": return Value(perSecond)
    case "interval":
      return Int64(exactly: (1e9 / perSecond).rounded()).map { Value.duration($0) } ?? Value.none
    default: return nil
    }
  }

  private static func rangeMember(_ range: RangeBlock, _ name: String) -> Value? {
    switch name {
    case "lower": return Value(range.lower)
    case "upper": return Value(range.upper)
    default: return nil
    }
  }

  /// Which methods a value has.
  static func receiverKind(of value: Value) -> ReceiverKind {
    switch value.tag {
    case Kind.bool: .bool
    case Kind.mock: .mock
    case Kind.int, Kind.bigInt: .int
    case Kind.float: .float
    case Kind.duration: .duration
    case Kind.rate: .rate
    case Kind.function, Kind.builtin, Kind.closure: .function
    case Kind.string: .string
    case Kind.list: .list
    case Kind.map: .map
    case Kind.bytes: .bytes
    case Kind.range: .range
    case Kind.error: .error
    case Kind.response: .response
    case Kind.task: .task
    case Kind.group: .group
    case Kind.semaphore: .semaphore
    case Kind.lock: .lock
    case Kind.rateLimiter: .rateLimiter
    case Kind.queue: .queue
    case Kind.shared: .shared
    case Kind.errorKind: .errorKind
    default: .none
    }
  }
}

/// Whether bytes are well-formed UTF-8.
enum UTF8Text {
  static func isValid(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    var index = 0
    let count = bytes.count
    while index < count {
      let first = bytes[index]
      if first < 0x80 {
        index += 1
        continue
      }
      let length: Int
      var least: UInt8 = 0x80
      var most: UInt8 = 0xBF
      switch first {
      case 0xC2...0xDF: length = 2
      case 0xE0...0xEF:
        length = 3
        if first == 0xE0 { least = 0xA0 }
        if first == 0xED { most = 0x9F }
      case 0xF0...0xF4:
        length = 4
        if first == 0xF0 { least = 0x90 }
        if first == 0xF4 { most = 0x8F }
      default: return false
      }
      if index + length > count { return false }
      if bytes[index + 1] < least || bytes[index + 1] > most { return false }
      for offset in 2..<max(2, length) where bytes[index + offset] & 0xC0 != 0x80 { return false }
      index += length
    }
    return true
  }
}
