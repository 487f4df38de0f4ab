import WeftMachine

/// What a worker process asks of a handle of its parent.
struct HandleRequest {
  /// Under which the answer comes; 0 when none is wanted.
  let id: UInt64
  /// The handle's number.
  let handle: UInt64
  /// Which of the worker's tasks asks, and where: an index into the image's code.
  let task: UInt64
  let place: Int32
  /// Nil to call off what was asked under this id.
  let operation: HandleOperation?

  private enum Code: UInt8 {
    case take, release, returnToken, put, get, takeBack, close, taskDone, join, read, write, begin, end, abandon, count
    case isClosed, cancel, accept
  }

  init(id: UInt64, handle: UInt64, task: UInt64, place: Int32, operation: HandleOperation?) {
    self.id = id
    self.handle = handle
    self.task = task
    self.place = place
    self.operation = operation
  }

  var wire: [UInt8] {
    var writer = WireWriter()
    writer.write(id)
    writer.write(handle)
    writer.write(task)
    writer.write(place)
    var cargo: Cargo?
    let code: Code
    switch operation {
    case .take: code = .take
    case .release: code = .release
    case .returnToken: code = .returnToken
    case .put(let item): (code, cargo) = (.put, item)
    case .get: code = .get
    case .takeBack(let item): (code, cargo) = (.takeBack, item)
    case .close: code = .close
    case .taskDone: code = .taskDone
    case .join: code = .join
    case .read: code = .read
    case .write(let value): (code, cargo) = (.write, value)
    case .begin: code = .begin
    case .end(let value): (code, cargo) = (.end, value)
    case .abandon: code = .abandon
    case .count: code = .count
    case .isClosed: code = .isClosed
    case .accept: code = .accept
    case nil: code = .cancel
    }
    writer.write(code.rawValue)
    if let cargo { writer.write(cargo) }
    return writer.bytes
  }

  /// Nil when the bytes make no sense.
  ///
  /// - Parameter handles: Those that may be in its cargo.
  init?(wire: [UInt8], handles: [SharedHandle]) {
    var reader = WireReader(wire)
    guard let id: UInt64 = reader.readInteger(), let handle: UInt64 = reader.readInteger(),
      let task: UInt64 = reader.readInteger(), let place: Int32 = reader.readInteger(),
      let byte: UInt8 = reader.readInteger(), let code = Code(rawValue: byte)
    else { return nil }
    var cargo = Cargo.plain(.none)
    if [.put, .takeBack, .write, .end].contains(code) {
      guard let read = reader.readCargo(handles: handles) else { return nil }
      cargo = read
    }
    guard reader.isAtEnd else { return nil }
    operation =
      switch code {
      case .take: .take
      case .release: .release
      case .returnToken: .returnToken
      case .put: .put(cargo)
      case .get: .get
      case .takeBack: .takeBack(cargo)
      case .close: .close
      case .taskDone: .taskDone
      case .join: .join
      case .read: .read
      case .write: .write(cargo)
      case .begin: .begin
      case .end: .end(cargo)
      case .abandon: .abandon
      case .count: .count
      case .isClosed: .isClosed
      case .accept: .accept
      case .cancel: nil
      }
    self.id = id
    self.handle = handle
    self.task = task
    self.place = place
  }
}

/// The parent's answer to a request.
struct HandleResponse {
  let id: UInt64
  let answer: HandleAnswer

  var wire: [UInt8] {
    var writer = WireWriter()
    writer.write(id)
    switch answer {
    case .done: writer.write(0 as UInt8)
    case .item(let item):
      writer.write(1 as UInt8)
      writer.write(item)
    case .number(let number):
      writer.write(2 as UInt8)
      writer.write(Int64(number))
    case .closed: writer.write(3 as UInt8)
    case .refused: writer.write(4 as UInt8)
    }
    return writer.bytes
  }

  init(id: UInt64, _ answer: HandleAnswer) {
    self.id = id
    self.answer = answer
  }

  /// Nil when the bytes make no sense.
  init?(wire: [UInt8]) {
    var reader = WireReader(wire)
    guard let id: UInt64 = reader.readInteger(), let code: UInt8 = reader.readInteger() else { return nil }
    self.id = id
    switch code {
    case 0: answer = .done
    case 1:
      guard let item = reader.readCargo(handles: []) else { return nil }
      answer = .item(item)
    case 2:
      guard let number: Int64 = reader.readInteger() else { return nil }
      answer = .number(Int(number))
    case 3: answer = .closed
    case 4: answer = .refused
    default: return nil
    }
    if !reader.isAtEnd { return nil }
  }
}

extension WireWriter {
  fileprivate mutating func write(_ cargo: Cargo) {
    switch cargo {
    case .plain(let value):
      write(0 as UInt8)
      write(value.tag)
      write(value.bits)
    case .packed(let parcel):
      write(1 as UInt8)
      write(parcel.bytes)
    }
  }
}

extension WireReader {
  fileprivate mutating func readCargo(handles: [SharedHandle]) -> Cargo? {
    switch readInteger() as UInt8? {
    case 0:
      guard let tag: UInt64 = readInteger(), let bits: UInt64 = readInteger(), tag <= Kind.rate else { return nil }
      return .plain(Value(tag: tag, bits: tag == Kind.bool ? min(bits, 1) : bits))
    case 1: return readBytes().map { .packed(Parcel(bytes: $0, handles: handles)) }
    default: return nil
    }
  }
}
