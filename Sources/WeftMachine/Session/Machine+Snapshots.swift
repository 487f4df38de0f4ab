import WeftCompiler

/// How large a picture of a value may get.
public struct SnapshotLimits: Sendable {
  /// Elements of one list, entries of one map.
  public var elements = 200
  /// Values in all.
  public var values = 2_000
  /// Unicode scalars of one string.
  public var scalars = 4_000
  /// Lists and maps in each other.
  public var depth = 6

  public init() {}

  /// For one line.
  public static var short: SnapshotLimits {
    var limits = SnapshotLimits()
    limits.elements = 20
    limits.values = 60
    limits.scalars = 120
    limits.depth = 3
    return limits
  }
}

extension Machine {
  /// A picture of a value. It takes time for what it shows, not for what there is.
  func snapshot(of value: Value, _ limits: SnapshotLimits) -> ValueSnapshot {
    var left = limits.values
    return snapshot(of: value, limits, depth: limits.depth, &left)
  }

  private func snapshot(
    of value: Value, _ limits: SnapshotLimits, depth: Int, _ left: inout Int
  ) -> ValueSnapshot {
    left -= 1
    switch value.tag {
    case Kind.none, Kind.unset: return .none
    case Kind.bool: return .bool(value.bool)
    case Kind.int: return .int(String(value.int))
    case Kind.bigInt:
      // The digits of a huge one take a time that grows with their square.
      let block = IntegerBlock(value)
      if !block.isWide, block.count > 40 { return .other("<an Int of more than \(block.count * 19) digits>") }
      return .int(String(decoding: Machine.digits(ofBig: value), as: UTF8.self))
    case Kind.float: return .float(value.float)
    case Kind.duration: return .duration(value.int)
    case Kind.rate: return .rate(value.float)
    case Kind.bytes: return .bytes(BytesBlock(value).count)
    case Kind.string: return snapshot(of: StringBlock(value), limits)
    case Kind.list:
      let list = ListBlock(value)
      var elements: [ValueSnapshot] = []
      for index in 0..<min(list.count, limits.elements) where depth > 0 && left > 0 {
        elements.append(snapshot(of: list.elements[index], limits, depth: depth - 1, &left))
      }
      return .list(elements, count: list.count)
    case Kind.map:
      let map = MapBlock(value)
      return .map(depth > 0 ? entries(of: map, limits, depth, &left) : [], count: map.count)
    case Kind.response: return .response(snapshot(of: ResponseBlock(value)))
    case Kind.error:
      let error = ErrorBlock(value)
      let fields = error.fields.pointee
      return .error(
        kind: error.kind.pointee.text,
        message: error.message.pointee.tag == Kind.string ? error.message.pointee.text : "",
        fields: fields.tag == Kind.map && depth > 0 ? entries(of: MapBlock(fields), limits, depth, &left) : [])
    case Kind.task: return snapshot(of: TaskBlock(value), limits, depth, &left)
    case Kind.function, Kind.closure: return .function(signature(of: value))
    case Kind.shared where !HandleBlock(value).hasCrossed && depth > 0:
      return .shared(snapshot(of: CellBlock(value).slot.pointee, limits, depth: depth - 1, &left))
    default: return .other(preview(value, limit: limits.scalars))
    }
  }

  private func snapshot(of string: StringBlock, _ limits: SnapshotLimits) -> ValueSnapshot {
    // A scalar takes four bytes at most.
    let bytes = string.buffer.prefix(limits.scalars * 4)
    var text = String(decoding: bytes, as: UTF8.self)
    if text.unicodeScalars.count > limits.scalars || bytes.count < string.byteCount {
      var scalars = String.UnicodeScalarView()
      for scalar in text.unicodeScalars.prefix(limits.scalars) { scalars.append(scalar) }
      text = String(scalars)
    }
    return .string(text, count: string.scalarCount)
  }

  private func entries(
    of map: MapBlock, _ limits: SnapshotLimits, _ depth: Int, _ left: inout Int
  ) -> [ValueSnapshot.Entry] {
    var entries: [ValueSnapshot.Entry] = []
    var position = 0
    while position < map.used, entries.count < limits.elements, left > 0 {
      let entry = map.entries[position]
      position += 1
      if entry.isRemoved { continue }
      entries.append(
        .init(text(ofKey: entry.key, limits), snapshot(of: entry.value, limits, depth: depth - 1, &left)))
    }
    return entries
  }

  private func text(ofKey key: Value, _ limits: SnapshotLimits) -> String {
    guard key.tag == Kind.string else { return preview(key, limit: limits.scalars) }
    if Machine.isWord(StringBlock(key).buffer) { return Machine.excerpt(StringBlock(key)) }
    return preview(key, limit: limits.scalars)
  }

  private func snapshot(of response: ResponseBlock) -> ValueSnapshot.Response {
    var type: String?
    let headers = response.headers.pointee
    if headers.tag == Kind.map {
      let map = MapBlock(headers)
      for position in 0..<min(map.used, 1_000) {
        let entry = map.entries[position]
        guard !entry.isRemoved, entry.key.tag == Kind.string, entry.key.text == "content-type",
          entry.value.tag == Kind.string
        else { continue }
        type = entry.value.text.split(separator: ";").first.map { String($0.prefix(60)) }
      }
    }
    let body = response.body.pointee
    return ValueSnapshot.Response(
      status: Int(response.status), size: body.tag == Kind.bytes ? BytesBlock(body).count : 0, type: type,
      elapsed: response.elapsed, url: response.url.pointee.tag == Kind.string ? response.url.pointee.text : "")
  }

  private func snapshot(
    of task: TaskBlock, _ limits: SnapshotLimits, _ depth: Int, _ left: inout Int
  ) -> ValueSnapshot {
    let result = task.result.pointee
    let shown = depth > 0 && left > 0
    switch task.state {
    case .running: return .task(call: call(of: task), .running, nil)
    case .succeeded:
      return .task(call: call(of: task), .done, shown ? snapshot(of: result, limits, depth: depth - 1, &left) : nil)
    case .failed:
      return .task(call: call(of: task), .failed, shown ? snapshot(of: result, limits, depth: depth - 1, &left) : nil)
    case .cancelled: return .task(call: call(of: task), .cancelled, nil)
    }
  }

  /// `download(url, limit = …)`, or the parameters alone of an anonymous task.
  private func signature(of value: Value) -> String {
    let index = value.tag == Kind.closure ? ClosureBlock(value).function : Int(value.bits)
    guard image.functions.indices.contains(index) else { return "<task>" }
    let function = image.functions[index]
    let parameters = function.parameters.enumerated().map { $0 < function.required ? $1 : "\($1) = …" }
    let list = "(" + parameters.joined(separator: ", ") + ")"
    return function.role == .task ? function.name + list : list + " => …"
  }

  // MARK: Calls

  /// A task's name and arguments, shortened.
  func call(of task: TaskBlock) -> String {
    let arguments = task.arguments.pointee
    guard arguments.tag == Kind.list, task.name.pointee.tag == Kind.string else { return "a task" }
    let list = ListBlock(arguments)
    var shown = (0..<min(list.count, 4)).map { preview(list.elements[$0]) }
    if list.count > 4 { shown.append("…") }
    let name = task.name.pointee.text
    return name == "start" ? "start { … }" : "\(name)(\(shown.joined(separator: ", ")))"
  }
}
