import WeftMachine
import WeftSyntax

/// A task on its way to a worker process, with the time there.
struct TaskOrder {
  let task: RemoteTask
  /// Nanoseconds since the run began.
  let elapsed: Int64
  /// Nanoseconds since 1970 when the run began.
  let wallClock: Int64
  /// How the run is observed, with the worker's number; nil if nobody does.
  let watch: RunContext.Watch?

  init(task: RemoteTask, elapsed: Int64, wallClock: Int64, watch: RunContext.Watch? = nil) {
    self.watch = watch
    self.task = task
    self.elapsed = elapsed
    self.wallClock = wallClock
  }

  var wire: [UInt8] {
    var writer = WireWriter()
    writer.reserve(
      task.globals.reduce(task.call.bytes.count + 64) { $0 + $1.values.bytes.count + 4 * $1.indices.count + 8 })
    writer.write(elapsed)
    writer.write(wallClock)
    writer.write(watch?.worker ?? 0)
    writer.write(watch.map { $0.arguments ? 2 : 1 } ?? 0 as UInt8)
    writer.write(task.name)
    writer.write(task.random)
    writer.write(Int64(task.ticks))
    writer.write(list: task.globals) { writer, round in
      writer.write(list: round.indices) { $0.write($1) }
      writer.write(round.values.bytes)
    }
    writer.write(task.call.bytes)
    return writer.bytes
  }

  /// Nil when the bytes make no sense.
  init?(wire: [UInt8]) {
    var reader = WireReader(wire)
    guard let elapsed: Int64 = reader.readInteger(), let wallClock: Int64 = reader.readInteger(),
      let worker: UInt32 = reader.readInteger(), let watched: UInt8 = reader.readInteger(),
      let name: UInt64 = reader.readInteger(),
      let random: UInt64 = reader.readInteger(), let ticks: Int64 = reader.readInteger()
    else { return nil }
    let globals = reader.readList { reader -> (indices: [Int32], values: Parcel)? in
      guard let indices = reader.readList({ $0.readInteger() as Int32? }), let values = reader.readBytes() else {
        return nil
      }
      return (indices, Parcel(bytes: values))
    }
    guard let globals, let call = reader.readBytes(), reader.isAtEnd, elapsed >= 0, ticks >= 0 else { return nil }
    var task = RemoteTask(call: Parcel(bytes: call), globals: globals, random: random, ticks: Int(ticks))
    task.name = name
    self.task = task
    watch = watched == 0 ? nil : RunContext.Watch(worker: worker, arguments: watched == 2)
    self.elapsed = elapsed
    self.wallClock = wallClock
  }
}

extension RemoteResult {
  var wire: [UInt8] {
    var writer = WireWriter()
    writer.write(Int64(ticks))
    writer.write(usedRandomness ? 1 as UInt8 : 0)
    writer.write(Int64(expectations))
    writer.write(list: failedExpectations) { writer, failed in
      writer.write(failed.message)
      writer.write(list: failed.notes) { $0.write($1) }
      writer.write(failed.span.start)
      writer.write(failed.span.end)
      writer.write(Int32(failed.source))
    }
    switch outcome {
    case .value(let parcel): writer.write(0, parcel.bytes)
    case .failed(let parcel): writer.write(1, parcel.bytes)
    case .cancelled: writer.write(2, [])
    case .exceeded(let message, let hint):
      writer.write(3, Array(message.utf8) + (hint.map { [0] + Array($0.utf8) } ?? []))
    case .lost(let how): writer.write(4, Array(how.utf8))
    }
    return writer.bytes
  }

  /// Nil when the bytes make no sense.
  ///
  /// - Parameter handles: Those that may be in it.
  init?(wire: [UInt8], handles: [SharedHandle] = []) {
    var reader = WireReader(wire)
    guard let ticks: Int64 = reader.readInteger(), ticks >= 0, let usedRandomness: UInt8 = reader.readInteger(),
      let expectations: Int64 = reader.readInteger()
    else {
      return nil
    }
    let failed = reader.readList { reader -> FailedExpectation? in
      guard let text = reader.readText(), let notes = reader.readList({ $0.readText() }),
        let start: Int32 = reader.readInteger(),
        let end: Int32 = reader.readInteger(),
        let source: Int32 = reader.readInteger()
      else { return nil }
      return FailedExpectation(text, notes: notes, span: Span(Int(start), Int(end)), source: Int(source))
    }
    guard let failed, let tag: UInt8 = reader.readInteger(), let bytes = reader.readBytes(), reader.isAtEnd else {
      return nil
    }
    switch tag {
    case 0: self.init(.value(Parcel(bytes: bytes, handles: handles)))
    case 1: self.init(.failed(Parcel(bytes: bytes, handles: handles)))
    case 2: self.init(.cancelled)
    case 3:
      let texts = bytes.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
        .map { String(decoding: $0, as: UTF8.self) }
      self.init(.exceeded(texts[0], hint: texts.count == 2 ? texts[1] : nil))
    case 4: self.init(.lost(String(decoding: bytes, as: UTF8.self)))
    default: return nil
    }
    self.ticks = Int(ticks)
    self.usedRandomness = usedRandomness != 0
    self.expectations = Int(expectations)
    failedExpectations = failed
  }
}

extension WireWriter {
  fileprivate mutating func write(_ tag: UInt8, _ bytes: [UInt8]) {
    reserve(bytes.count + 5)
    write(tag)
    write(bytes)
  }
}
