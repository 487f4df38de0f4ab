extension ParcelReader {
  /// An error with its place and trace; its slots follow.
  mutating func error() -> Value? {
    guard let source = signed(), let start = signed(), let finish = signed(), let line = signed(),
      source >= -1, source < machine.image.sources.count, start >= 0, start <= finish, line >= 0, line <= Int32.max,
      finish <= (source < 0 ? 0 : machine.image.sources[Int(source)].bytes.count), finish <= Int32.max
    else { return nil }
    guard let trace = trace() else { return nil }
    let error = heap.makeError(kind: .none, message: .none)
    error.source = Int32(source)
    error.offset = Int32(start)
    error.endOffset = Int32(finish)
    error.line = Int32(line)
    error.trace.pointee = trace
    linked.append(error.block)
    return opened(error.block, ErrorParts.slots.count)
  }

  mutating func trace() -> Value? {
    guard let count = count(each: 1), hasRoom(count * ListBlock.stride) else { return nil }
    if count == 0 { return Value.none }
    var trace = Value(heap.makeList(capacity: count - 1).block)
    for _ in 1..<count {
      var step = Value(heap.makeList(capacity: 8).block)
      let isSound = read(step: &step)
      heap.append(step, toList: &trace)
      if !isSound {
        heap.release(trace)
        return nil
      }
    }
    return trace
  }

  mutating func read(step: UnsafeMutablePointer<Value>) -> Bool {
    guard let position = signed(), let kind = signed(), position >= 0, position < machine.image.spans.count,
      let index = machine.function(at: Int(position))
    else { return false }
    heap.append(Value(position), toList: step)
    heap.append(Value(kind), toList: step)
    if kind == Machine.StepKind.call {
      guard let count = count(each: 1), count <= machine.image.functions[index].parameters.count else { return false }
      for _ in 0..<count {
        guard let argument = optionalText() else { return false }
        // The name of a kind is shown as it is.
        heap.append(argument.tag == Kind.string ? heap.makeErrorKind(argument) : .unset, toList: step)
      }
      return true
    }
    guard kind == Machine.StepKind.origin, let word = optionalText() else { return false }
    heap.append(word, toList: step)
    guard word.tag == Kind.string, let number = signed(), let count = signed(), let isOpen = tag(),
      isOpen == .true || isOpen == .false, let elapsed = signed(), let others = optionalText()
    else { return false }
    for value in [Value(number), Value(count), Value(isOpen == .true), .duration(elapsed), others] {
      heap.append(value, toList: step)
    }
    return true
  }

  mutating func optionalText() -> Value? {
    switch tag() {
    case .string: text()
    case .some(.none), .unset: Value.none
    default: nil
    }
  }

  // MARK: Soundness

  static func isSound(_ error: ErrorBlock) -> Bool {
    let (fields, cause, all, hint) = (error.fields.pointee, error.cause.pointee, error.all.pointee, error.hint.pointee)
    guard error.kind.pointee.tag == Kind.string, error.message.pointee.tag == Kind.string,
      fields.tag == Kind.none || fields.tag == Kind.map, cause.tag == Kind.none || cause.tag == Kind.error,
      hint.tag == Kind.none || hint.tag == Kind.string
    else { return false }
    if all.tag == Kind.none { return true }
    return all.tag == Kind.list
      && (0..<ListBlock(all).count).allSatisfy { ListBlock(all).elements[$0].tag == Kind.error }
  }

  static func isSound(_ response: ResponseBlock) -> Bool {
    let (headers, body, method) = (response.headers.pointee, response.body.pointee, response.method.pointee)
    guard response.url.pointee.tag == Kind.string, headers.tag == Kind.map, method.tag == Kind.string,
      body.tag == Kind.bytes || body.tag == Kind.none
    else { return false }
    let map = MapBlock(headers)
    return (0..<map.used).allSatisfy {
      map.entries[$0].isRemoved || (map.entries[$0].key.tag == Kind.string && map.entries[$0].value.tag == Kind.string)
    }
  }
}
