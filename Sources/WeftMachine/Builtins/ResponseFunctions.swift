import WeftCompiler

/// The maker of responses that a mock gives.
enum ResponseFunctions {
  static func response(_ machine: Machine, _ arguments: Arguments, _ count: Int) throws(Thrown) -> Value {
    let heap = machine.heap
    let status = try status(machine, arguments[0])
    guard arguments[1].isMissing || arguments[2].tag == Kind.unset else {
      throw machine.raise(.argumentError, "`response` takes `body` or `json`, not both")
    }
    let delay = arguments[4]
    guard delay.isMissing || delay.tag == Kind.duration else {
      throw machine.wrongArgument(
        "the `delay` of a `response`", "Duration", delay, hint: "write a unit, such as `200ms`")
    }
    let url = arguments[5]
    guard url.isMissing || url.tag == Kind.string else {
      throw machine.wrongArgument("the `url` of a `response`", "String", url)
    }
    var headers = try headers(machine, arguments[3])
    let body: Value
    do throws(Thrown) {
      if arguments[2].tag != Kind.unset {
        let text = try JSONWriter.text(machine, arguments[2], indent: nil, isCompact: true)
        body = text.withUnsafeBufferPointer { heap.makeBytes($0) }
        let name = machine.intern("content-type")
        let hash = StringBlock(name).hash
        if MapBlock(headers).find(name, hash: hash) < 0 {
          heap.set(name, hash: hash, to: machine.intern("application/json"), inMap: &headers)
        } else {
          heap.release(name)
        }
      } else {
        body = try bytes(machine, arguments[1])
      }
    } catch {
      heap.release(headers)
      throw error
    }
    let block = ResponseBlock(heap.allocate(kind: Kind.response, size: ResponseBlock.size))
    block.status = status
    block.elapsed = delay.isMissing ? 0 : max(0, delay.int)
    block.url.pointee = url.isMissing ? machine.intern("") : url.retained()
    block.method.pointee = machine.intern("GET")
    block.body.pointee = body
    block.headers.pointee = headers
    return Value(block.block)
  }

  private static func status(_ machine: Machine, _ value: Value) throws(Thrown) -> Int64 {
    if value.isMissing { return 200 }
    guard value.tag == Kind.int else {
      throw machine.wrongArgument(
        "the status of a `response`", "Int", value,
        hint: value.tag == Kind.string ? "a text is its `body`: `response(body: …)`" : nil)
    }
    guard (100...599).contains(value.int) else {
      throw machine.raise(.valueError, "a `response` has a status from 100 to 599, not \(value.int)")
    }
    return value.int
  }

  private static func bytes(_ machine: Machine, _ value: Value) throws(Thrown) -> Value {
    switch value.tag {
    case Kind.unset, Kind.none: return machine.heap.makeBytes(UnsafeBufferPointer(start: nil, count: 0))
    case Kind.string: return machine.heap.makeBytes(StringBlock(value).buffer)
    case Kind.bytes: return value.retained()
    default:
      throw machine.wrongArgument(
        "the `body` of a `response`", "String or Bytes", value, hint: "for other values use `json:`")
    }
  }

  /// A map with names in lower case.
  private static func headers(_ machine: Machine, _ value: Value) throws(Thrown) -> Value {
    var headers = Value(machine.heap.makeMap(capacity: 4).block)
    if value.isMissing { return headers }
    do throws(Thrown) {
      guard value.tag == Kind.map else { throw machine.wrongArgument("the `headers` of a `response`", "Map", value) }
      let map = MapBlock(value)
      for index in 0..<map.used where !map.entries[index].isRemoved {
        let entry = map.entries[index]
        guard entry.key.tag == Kind.string else {
          throw machine.raise(.typeError, "the names of headers must be Strings")
        }
        let text = try machine.text(of: entry.value)
        let name = machine.intern(entry.key.text.lowercased())
        machine.heap.set(name, hash: StringBlock(name).hash, to: text, inMap: &headers)
      }
      return headers
    } catch {
      machine.heap.release(headers)
      throw error
    }
  }
}
