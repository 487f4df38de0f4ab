/// What a script has printed, up to a limit.
final class CapturedOutput: Sendable {
  private let bytes = Locked<[UInt8]>([])
  private let limit: Int

  init(limit: Int) { self.limit = max(0, limit) }

  func append(_ more: [UInt8]) {
    bytes.withLock { bytes in bytes += more.prefix(limit - min(limit, bytes.count)) }
  }

  var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }
}
