import Hummingbird
import Weft

/// One of the events that a browser gets by `new EventSource(…)`.
struct ServerEvent {
  let name: String
  let data: String

  init(_ name: String, _ data: String) {
    self.name = name
    self.data = data
  }

  /// Nil for what users need not know.
  init?(_ event: RunEvent) {
    switch event {
    case .output(let bytes): self.init("output", String(decoding: bytes, as: UTF8.self))
    case .progress(let progress):
      let block = progress.block.map { ", \($0.kind) in line \($0.line): \($0.started) started, \($0.running) running" }
      self.init("progress", "\(Duration.nanoseconds(progress.elapsed))\(block ?? "")")
    case .ended(.success(let result)): self.init("result", "\(result.value)")
    case .ended(.failure(let error)): self.init("error", "\(error)")
    case .records: return nil
    }
  }

  var buffer: ByteBuffer {
    let lines = data.split(separator: "\n", omittingEmptySubsequences: false).map { "data: \($0)\n" }.joined()
    return ByteBuffer(string: "event: \(name)\n\(lines)\n")
  }
}
