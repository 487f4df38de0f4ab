import WeftCompiler
import WeftMachine

/// Records on their way from a worker process.
extension RunRecords {
  var wire: [UInt8] {
    var writer = WireWriter()
    writer.reserve(16 + records.count * 48)
    writer.write(worker)
    writer.write(pool.map { $0.rawValue + 1 } ?? 0)
    writer.write(list: texts) { $0.write($1) }
    writer.write(list: records) { $0.write($1) }
    return writer.bytes
  }

  /// Nil when the bytes make no sense.
  init?(wire: [UInt8]) {
    var reader = WireReader(wire)
    guard let worker: UInt32 = reader.readInteger(), let pool: UInt8 = reader.readInteger(),
      let texts = reader.readList({ $0.readText() }), let records = reader.readList({ $0.readRecord() }),
      reader.isAtEnd
    else { return nil }
    self.init(
      worker: worker, pool: pool == 0 ? nil : PoolKind(rawValue: pool - 1), records: records, texts: texts)
  }
}

extension WireWriter {
  fileprivate mutating func write(_ text: RecordText) { write(text.index) }

  fileprivate mutating func write(_ record: RunRecord) {
    write(record.time)
    write(record.task)
    switch record.event {
    case .taskStarted(let start):
      write(0 as UInt8)
      write(start.parent)
      write(start.block)
      write(start.index)
      write(start.function)
      write(start.place)
      write(start.arguments)
    case .taskBegan: write(1 as UInt8)
    case .taskLeft: write(2 as UInt8)
    case .taskEnded(.value): write(3 as UInt8)
    case .taskEnded(.failed(let kind, let message)):
      write(4 as UInt8)
      write(kind)
      write(message)
    case .taskEnded(.cancelled(let reason)):
      write(5 as UInt8)
      write(reason.rawValue)
    case .waiting(let reason, let object):
      write(6 as UInt8)
      write(reason.rawValue)
      write(object)
    case .resumed: write(7 as UInt8)
    case .blockOpened(let block):
      write(8 as UInt8)
      write(block.id)
      write(block.parent)
      write(block.kind.rawValue)
      write(block.place)
      write(block.amount)
    case .blockCancelled(let id, let reason):
      write(9 as UInt8)
      write(id)
      write(reason.rawValue)
    case .blockEnded(let id):
      write(10 as UInt8)
      write(id)
    case .retrying(let block, let number, let error):
      write(11 as UInt8)
      write(block)
      write(number)
      write(error)
    case .fetchStarted(let start):
      write(12 as UInt8)
      write(start.ticket)
      write(start.method)
      write(start.url)
      write(start.function)
      write(start.sent)
    case .fetchEnded(let ending):
      write(13 as UInt8)
      write(ending.ticket)
      write(ending.status)
      write(ending.received)
      write(ending.queued)
      write(ending.failure)
      write(ending.message)
    case .printed(let bytes):
      write(14 as UInt8)
      write(bytes)
    }
  }

  private mutating func write(_ amount: RunRecord.Amount) {
    switch amount {
    case .none: write(0 as UInt8)
    case .permits(let count):
      write(1 as UInt8)
      write(count)
    case .rate(let rate):
      write(2 as UInt8)
      write(rate.bitPattern)
    case .time(let nanoseconds):
      write(3 as UInt8)
      write(nanoseconds)
    }
  }
}

extension WireReader {
  fileprivate mutating func readRecord() -> RunRecord? {
    guard let time: Int64 = readInteger(), let task: UInt64 = readInteger(), let event = readEvent() else { return nil }
    return RunRecord(time: time, task: task, event: event)
  }

  private mutating func readRecordText() -> RecordText? { (readInteger() as UInt32?).map(RecordText.init) }

  private mutating func readReason() -> CancellationReason? {
    (readInteger() as UInt8?).flatMap(CancellationReason.init)
  }

  private mutating func readEvent() -> RunRecord.Event? {
    let tag: UInt8? = readInteger()
    switch tag {
    case 0:
      guard let parent: UInt64 = readInteger(), let block: UInt64 = readInteger(), let index: Int32 = readInteger(),
        let function: Int32 = readInteger(), let place: Int32 = readInteger(), let arguments = readRecordText()
      else { return nil }
      return .taskStarted(
        RunRecord.TaskStart(
          parent: parent, block: block, index: index, function: function, place: place, arguments: arguments))
    case 1: return .taskBegan
    case 2: return .taskLeft
    case 3: return .taskEnded(.value)
    case 4:
      guard let kind = readRecordText(), let message = readRecordText() else { return nil }
      return .taskEnded(.failed(kind: kind, message: message))
    case 5: return readReason().map { .taskEnded(.cancelled($0)) }
    case 6:
      guard let reason = (readInteger() as UInt8?).flatMap(WaitReason.init), let object: UInt64 = readInteger() else {
        return nil
      }
      return .waiting(reason, on: object)
    case 7: return .resumed
    case 8:
      guard let id: UInt64 = readInteger(), let parent: UInt64 = readInteger(),
        let kind = (readInteger() as UInt8?).flatMap(ScopeKind.init), let place: Int32 = readInteger(),
        let amount = readAmount()
      else { return nil }
      return .blockOpened(RunRecord.BlockStart(id: id, parent: parent, kind: kind, place: place, amount: amount))
    case 9:
      guard let id: UInt64 = readInteger(), let reason = readReason() else { return nil }
      return .blockCancelled(id, reason)
    case 10: return (readInteger() as UInt64?).map { .blockEnded($0) }
    case 11:
      guard let block: UInt64 = readInteger(), let number: Int32 = readInteger(), let error = readRecordText() else {
        return nil
      }
      return .retrying(block: block, number: number, error: error)
    case 12:
      guard let ticket: UInt64 = readInteger(), let method = readRecordText(), let url = readRecordText(),
        let function: Int32 = readInteger(), let sent: Int64 = readInteger()
      else { return nil }
      return .fetchStarted(
        RunRecord.FetchStart(ticket: ticket, method: method, url: url, function: function, sent: sent))
    case 13:
      guard let ticket: UInt64 = readInteger(), let status: Int32 = readInteger(), let received: Int64 = readInteger(),
        let queued: Int64 = readInteger(), let failure = readRecordText(), let message = readRecordText()
      else { return nil }
      return .fetchEnded(
        RunRecord.FetchEnding(
          ticket: ticket, status: status, received: received, queued: queued, failure: failure, message: message))
    case 14: return (readInteger() as Int32?).map { .printed(bytes: $0) }
    default: return nil
    }
  }

  private mutating func readAmount() -> RunRecord.Amount? {
    let tag: UInt8? = readInteger()
    switch tag {
    case 0: return RunRecord.Amount.none
    case 1: return (readInteger() as Int64?).map { .permits($0) }
    case 2: return (readInteger() as UInt64?).map { .rate(Double(bitPattern: $0)) }
    case 3: return (readInteger() as Int64?).map { .time($0) }
    default: return nil
    }
  }
}
