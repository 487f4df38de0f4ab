public import WeftCompiler

extension Image {
  /// What a report calls a task that began with one of the functions: the task's own name; for a task that a block made of
  /// `download(url)`, `download`; else the block and its line, such as `gather, line 12`.
  public func taskName(_ function: Int) -> String {
    guard functions.indices.contains(function) else { return "?" }
    let info = functions[function]
    if info.role == .main { return "main" }
    if info.role == .task, !info.name.isEmpty { return info.name }
    if let call = callee(of: info) { return call }
    guard let place = place(ofCode: info.start) else { return info.name.isEmpty ? "task" : info.name }
    return "\(info.name.isEmpty ? "task" : info.name), line \(place.line)"
  }

  /// The name at the start of a body's text that goes on with `(`: what the body calls, if that is all there is to it.
  private func callee(of function: Function) -> String? {
    guard sources.indices.contains(function.source) else { return nil }
    var start = Int32.max
    var end: Int32 = 0
    for position in function.start..<min(function.end, spans.count) where spans[position].end > 0 {
      start = min(start, spans[position].start)
      end = max(end, spans[position].end)
    }
    let bytes = sources[function.source].bytes
    guard start < end, bytes.indices.contains(Int(end) - 1) else { return nil }
    var depth = 0
    var name: [UInt8] = []
    for (index, byte) in bytes[Int(start)..<Int(end)].enumerated() {
      switch byte {
      case UInt8(ascii: "("): depth += 1
      case UInt8(ascii: ")"):
        depth -= 1
        // Something follows the call: a member, an operator, another statement.
        if depth == 0, Int(start) + index + 1 < Int(end) { return nil }
      default:
        if depth > 0 { continue }
        let isWord =
          byte == UInt8(ascii: "_") || byte >= 0x80
          || (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
          || byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
        if !isWord { return nil }
        name.append(byte)
      }
    }
    return name.isEmpty ? nil : String(decoding: name, as: UTF8.self)
  }

  /// The file and the line that an index into the code belongs to; nil in the prelude.
  public func place(ofCode position: Int) -> (source: Int, line: Int)? {
    guard spans.indices.contains(position),
      let function = functions.first(where: { position >= $0.start && position < $0.end }),
      sources.indices.contains(function.source)
    else { return nil }
    return (function.source, sources[function.source].line(at: Int(spans[position].start)))
  }
}
