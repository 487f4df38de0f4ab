import WeftSyntax

/// The files of a program as bytes: what has to be known to compile it anew.
extension WireWriter {
  mutating func write(textsOf script: Script) {
    write(list: script.image.sources) { writer, source in
      writer.write(source.name)
      writer.write(source.identity)
      writer.write(source.bytes)
    }
    write(list: script.files.imports) { writer, imports in
      writer.write(list: imports.sorted { $0.key < $1.key }) { writer, link in
        writer.write(link.key)
        writer.write(UInt32(link.value))
      }
    }
    write(list: script.files.order) { $0.write(UInt32($1)) }
  }
}

extension WireReader {
  struct Texts {
    /// At least one.
    let sources: [SourceFile]
    /// For each file, the files that its imports name, by the offset at which the path stands.
    let imports: [[Int32: Int]]
    /// The files, each once, and after those that it imports.
    let order: [Int]
  }

  mutating func readTexts() -> Texts? {
    let sources = readList { reader -> SourceFile? in
      guard let name = reader.readText(), let identity = reader.readText(), let bytes = reader.readBytes() else {
        return nil
      }
      return SourceFile(name: name, bytes: bytes, identity: identity)
    }
    guard let sources, !sources.isEmpty else { return nil }
    let index = { (reader: inout WireReader) -> Int? in
      (reader.readInteger() as UInt32?).flatMap { $0 < sources.count ? Int($0) : nil }
    }
    let imports = readList { reader -> [Int32: Int]? in
      let links = reader.readList { reader -> (Int32, Int)? in
        guard let offset: Int32 = reader.readInteger(), let target = index(&reader) else { return nil }
        return (offset, target)
      }
      return links.map { Dictionary($0) { first, _ in first } }
    }
    let order = readList(index)
    // Each file once, after those that it imports: the compiler relies on both.
    guard let imports, imports.count == sources.count, let order, order.count == sources.count,
      Set(order).count == sources.count
    else { return nil }
    var places = [Int](repeating: 0, count: sources.count)
    for (place, file) in order.enumerated() { places[file] = place }
    for (file, links) in imports.enumerated() where links.values.contains(where: { places[$0] >= places[file] }) {
      return nil
    }
    return Texts(sources: sources, imports: imports, order: order)
  }
}
