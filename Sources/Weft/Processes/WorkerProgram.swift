import WeftCompiler
import WeftMachine
import WeftSyntax

/// All that a worker process needs to run the tasks of a script: texts, and what the parent was told of the run. The worker
/// compiles the script by itself.
struct WorkerProgram: Sendable {
  let script: Script
  let options: RunOptions
  /// The parent's run may send requests.
  let hasNetwork: Bool
  /// The parent's run reads and writes the files of its machine. What lives elsewhere does not exist in a worker.
  let hasFiles: Bool

  init(_ script: Script, _ options: RunOptions, hasNetwork: Bool) {
    self.script = script
    self.options = options
    self.hasNetwork = hasNetwork
    hasFiles = options.files is DiskFiles
  }

  // MARK: As bytes

  var bytes: [UInt8] {
    var writer = WireWriter()
    writer.write(list: script.image.sources) { writer, source in
      writer.write(source.name)
      writer.write(source.identity)
      writer.write(source.bytes)
    }
    writer.write(list: script.files.imports) { writer, imports in
      writer.write(list: imports.sorted { $0.key < $1.key }) { writer, link in
        writer.write(link.key)
        writer.write(UInt32(link.value))
      }
    }
    writer.write(list: script.files.order) { $0.write(UInt32($1)) }
    writer.write(Int64(script.files.capabilities.rawValue))
    writer.write(script.files.purpose.rawValue)
    writer.write(options.seed)
    for number in Self.numbers { writer.write(Int64(options.limits[keyPath: number])) }
    writer.write(list: options.limits.pools.map(\.rawValue).sorted()) { $0.write($1) }
    writer.write(list: options.params.sorted { $0.key < $1.key }) { writer, param in
      writer.write(param.key)
      writer.write(param.value)
    }
    let environment = script.files.capabilities.contains(.environment) ? options.environment : [:]
    writer.write(list: environment.sorted { $0.key < $1.key }) { writer, variable in
      writer.write(variable.key)
      writer.write(variable.value)
    }
    writer.write(hasNetwork ? 1 as UInt8 : 0)
    writer.write(hasFiles ? 1 as UInt8 : 0)
    return writer.bytes
  }

  /// The limits that are numbers, in the order in which they travel.
  private static var numbers: [WritableKeyPath<MachineLimits, Int>] {
    [\.memory, \.ticks, \.tasks, \.valueSize, \.response, \.output, \.workers]
  }

  /// Compiles the script anew.
  init(compiling bytes: [UInt8]) throws(WorkerRefusal) {
    guard let parts = Parts(bytes) else {
      throw WorkerRefusal("what the parent sent as the program makes no sense")
    }
    do throws(Script.CompileError) {
      script = try Script(parts.sources, parts.files)
    } catch {
      let problem = error.diagnostics.first { $0.severity == .error }
      throw WorkerRefusal("it does not compile here: \(problem?.message ?? "there is no reason")")
    }
    var options = RunOptions()
    options.seed = parts.seed
    options.limits = parts.limits
    options.params = parts.params
    options.environment = parts.environment
    if parts.hasFiles { options.files = DiskFiles() }
    self.options = options
    hasNetwork = parts.hasNetwork
    hasFiles = parts.hasFiles
  }

  /// What the bytes say, as far as it can be seen without compiling.
  private struct Parts {
    let sources: [SourceFile]
    let files: Script.Files
    let seed: UInt64
    let limits: MachineLimits
    let params: [String: ParamValue]
    let environment: [String: String]
    let hasNetwork: Bool
    let hasFiles: Bool

    init?(_ bytes: [UInt8]) {
      var reader = WireReader(bytes)
      let sources = reader.readList { reader -> SourceFile? in
        guard let name = reader.readText(), let identity = reader.readText(), let bytes = reader.readBytes() else {
          return nil
        }
        return SourceFile(name: name, bytes: bytes, identity: identity)
      }
      guard let sources, !sources.isEmpty else { return nil }
      let index = { (reader: inout WireReader) -> Int? in
        (reader.readInteger() as UInt32?).flatMap { $0 < sources.count ? Int($0) : nil }
      }
      let imports = reader.readList { reader -> [Int32: Int]? in
        let links = reader.readList { reader -> (Int32, Int)? in
          guard let offset: Int32 = reader.readInteger(), let target = index(&reader) else { return nil }
          return (offset, target)
        }
        return links.map { Dictionary($0) { first, _ in first } }
      }
      let order = reader.readList(index)
      // Each file once, after those that it imports: the compiler relies on both.
      guard let imports, imports.count == sources.count, let order, Set(order).count == sources.count else {
        return nil
      }
      var places = [Int](repeating: 0, count: sources.count)
      for (place, file) in order.enumerated() { places[file] = place }
      for (file, links) in imports.enumerated() where links.values.contains(where: { places[$0] >= places[file] }) {
        return nil
      }
      guard let capabilities: Int64 = reader.readInteger(),
        let purpose = (reader.readInteger() as UInt8?).flatMap(Purpose.init), let seed: UInt64 = reader.readInteger()
      else { return nil }
      var limits = MachineLimits()
      for number in WorkerProgram.numbers {
        guard let value: Int64 = reader.readInteger() else { return nil }
        limits[keyPath: number] = Int(clamping: value)
      }
      guard let pools = reader.readList({ $0.readInteger() as UInt8? }) else { return nil }
      let params = reader.readList { reader -> (String, ParamValue)? in
        guard let name = reader.readText(), let value = reader.readParam() else { return nil }
        return (name, value)
      }
      let environment = reader.readList { reader -> (String, String)? in
        guard let name = reader.readText(), let value = reader.readText() else { return nil }
        return (name, value)
      }
      guard let params, let environment, let hasNetwork: UInt8 = reader.readInteger(),
        let hasFiles: UInt8 = reader.readInteger(), reader.isAtEnd
      else { return nil }
      self.sources = sources
      files = Script.Files(
        imports: imports, order: order, capabilities: Capabilities(rawValue: Int(capabilities)).intersection(.all),
        purpose: purpose)
      self.seed = seed
      // A worker process starts no others: it does not know how.
      limits.pools = Set(pools.compactMap(PoolKind.init)).subtracting([.processes])
      self.limits = limits
      self.params = Dictionary(params) { first, _ in first }
      self.environment = Dictionary(environment) { first, _ in first }
      self.hasNetwork = hasNetwork != 0
      self.hasFiles = hasFiles != 0
    }
  }
}

extension WireWriter {
  fileprivate mutating func write(_ value: ParamValue) {
    switch value {
    case .string(let text):
      write(0 as UInt8)
      write(text)
    case .int(let int):
      write(1 as UInt8)
      write(int)
    case .float(let float):
      write(2 as UInt8)
      write(float.bitPattern)
    case .bool(let bool):
      write(3 as UInt8)
      write(bool ? 1 as UInt8 : 0)
    case .duration(let nanoseconds):
      write(4 as UInt8)
      write(nanoseconds)
    case .rate(let rate):
      write(5 as UInt8)
      write(rate.bitPattern)
    }
  }
}

extension WireReader {
  fileprivate mutating func readParam() -> ParamValue? {
    let tag: UInt8? = readInteger()
    switch tag {
    case 0: return readText().map(ParamValue.string)
    case 1: return readInteger().map(ParamValue.int)
    case 2: return readInteger().map { .float(Double(bitPattern: $0)) }
    case 3: return (readInteger() as UInt8?).map { .bool($0 != 0) }
    case 4: return readInteger().map(ParamValue.duration)
    case 5: return readInteger().map { .rate(Double(bitPattern: $0)) }
    default: return nil
    }
  }
}
