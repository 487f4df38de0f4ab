/// What a script has printed.
final class CapturedOutput: Sendable {
  private let bytes = Locked<[UInt8]>([])

  func append(_ more: [UInt8]) { bytes.withLock { $0 += more } }

  var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }
}
