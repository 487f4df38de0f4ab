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
    writer.write(textsOf: script)
    writer.write(Int64(script.files.capabilities.rawValue))
    writer.write(script.files.host)
    writer.write(script.files.givesValue ? 1 as UInt8 : 0)
    writer.write(script.files.purpose.rawValue)
    writer.write(options.seed)
    for number in options.limits.numbers { writer.write(Int64(number)) }
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

  /// Compiles the script anew.
  init(compiling bytes: [UInt8]) throws(WorkerRefusal) {
    guard let parts = Parts(bytes) else {
      throw WorkerRefusal("what the parent sent as the program makes no sense")
    }
    do throws(CompileError) {
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
    let params: [String: WeftValue]
    let environment: [String: String]
    let hasNetwork: Bool
    let hasFiles: Bool

    init?(_ bytes: [UInt8]) {
      var reader = WireReader(bytes)
      guard let texts = reader.readTexts() else { return nil }
      guard let capabilities: Int64 = reader.readInteger(), let host = reader.readHost(),
        let givesValue: UInt8 = reader.readInteger(),
        let purpose = (reader.readInteger() as UInt8?).flatMap(Purpose.init), let seed: UInt64 = reader.readInteger()
      else { return nil }
      var limits = MachineLimits()
      var numbers = limits.numbers
      for index in numbers.indices {
        guard let value: Int64 = reader.readInteger() else { return nil }
        numbers[index] = Int(clamping: value)
      }
      limits.numbers = numbers
      guard let pools = reader.readList({ $0.readInteger() as UInt8? }) else { return nil }
      let params = reader.readList { reader -> (String, WeftValue)? in
        guard let name = reader.readText(), let value = reader.readValue() else { return nil }
        return (name, value)
      }
      let environment = reader.readList { reader -> (String, String)? in
        guard let name = reader.readText(), let value = reader.readText() else { return nil }
        return (name, value)
      }
      guard let params, let environment, let hasNetwork: UInt8 = reader.readInteger(),
        let hasFiles: UInt8 = reader.readInteger(), reader.isAtEnd
      else { return nil }
      sources = texts.sources
      files = Script.Files(
        imports: texts.imports, order: texts.order,
        capabilities: Capabilities(rawValue: Int(capabilities)).intersection(.all),
        purpose: purpose, host: host, givesValue: givesValue != 0)
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
  fileprivate mutating func write(_ host: HostInterface) {
    write(list: host.functions.sorted { $0.key < $1.key }) { $0.write($1.value) }
    write(list: host.types.sorted()) { $0.write($1) }
    write(list: host.methods.sorted { $0.key < $1.key }) { writer, methods in
      writer.write(list: methods.value.sorted { $0.key < $1.key }) { writer, method in
        writer.write(method.key)
        writer.write(method.value)
      }
    }
    write(list: host.errorKinds.sorted { $0.key < $1.key }) { writer, kind in
      writer.write(kind.key)
      writer.write(kind.value)
    }
  }

  private mutating func write(_ function: HostInterface.Function) {
    write(function.name)
    write(list: function.parameters) { writer, parameter in
      writer.write(parameter.name)
      writer.write(parameter.isOptional ? 1 as UInt8 : 0)
    }
  }

  mutating func write(_ value: WeftValue) {
    switch value {
    case .none: write(0 as UInt8)
    case .bool(let bool):
      write(1 as UInt8)
      write(bool ? 1 as UInt8 : 0)
    case .int(let int):
      write(2 as UInt8)
      write(Int64(int))
    case .bigInt(let digits):
      write(3 as UInt8)
      write(digits)
    case .float(let float):
      write(4 as UInt8)
      write(float.bitPattern)
    case .string(let text):
      write(5 as UInt8)
      write(text)
    case .bytes(let bytes):
      write(6 as UInt8)
      write(bytes)
    case .duration(let duration):
      write(7 as UInt8)
      write(duration.nanoseconds)
    case .rate(let rate):
      write(8 as UInt8)
      write(rate.bitPattern)
    case .list(let elements):
      write(9 as UInt8)
      write(list: elements) { $0.write($1) }
    case .map(let map):
      write(10 as UInt8)
      write(list: map.entries) { writer, entry in
        writer.write(entry.key)
        writer.write(entry.value)
      }
    // No parameter has such a value.
    case .error, .object, .opaque: write(0 as UInt8)
    }
  }
}

extension WireReader {
  fileprivate mutating func readHost() -> HostInterface? {
    var host = HostInterface()
    let functions = readList { $0.readFunction() }
    let types = readList { $0.readText() }
    let methods = readList { reader in
      reader.readList { reader -> (String, HostInterface.Function)? in
        guard let type = reader.readText(), let method = reader.readFunction() else { return nil }
        return (type, method)
      }
    }
    let kinds = readList { reader -> (String, String)? in
      guard let kind = reader.readText(), let parent = reader.readText() else { return nil }
      return (kind, parent)
    }
    guard let functions, let types, let methods, let kinds else { return nil }
    for function in functions { host.add(function) }
    for type in types { host.add(type: type) }
    for (type, method) in methods.joined() { host.add(method, ofType: type) }
    for (kind, parent) in kinds { host.add(errorKind: kind, below: parent) }
    return host
  }

  private mutating func readFunction() -> HostInterface.Function? {
    guard let name = readText() else { return nil }
    let parameters = readList { reader -> BuiltinParameter? in
      guard let name = reader.readText(), let isOptional: UInt8 = reader.readInteger() else { return nil }
      return BuiltinParameter(name, optional: isOptional != 0)
    }
    return parameters.map { HostInterface.Function(name, $0) }
  }

  /// - Parameter depth: Of the containers around it; they are read by recursion.
  mutating func readValue(depth: Int = 0) -> WeftValue? {
    guard depth < 500, let tag: UInt8 = readInteger() else { return nil }
    switch tag {
    case 0: return WeftValue.none
    case 1: return (readInteger() as UInt8?).map { .bool($0 != 0) }
    case 2: return (readInteger() as Int64?).map { .int(Int($0)) }
    case 3: return readText().map { .bigInt($0) }
    case 4: return readInteger().map { .float(Double(bitPattern: $0)) }
    case 5: return readText().map { .string($0) }
    case 6: return readBytes().map { .bytes($0) }
    case 7: return (readInteger() as Int64?).map { .duration(.nanoseconds($0)) }
    case 8: return readInteger().map { .rate(Double(bitPattern: $0)) }
    case 9: return readList { $0.readValue(depth: depth + 1) }.map { .list($0) }
    case 10:
      let entries = readList { reader -> (WeftValue, WeftValue)? in
        guard let key = reader.readValue(depth: depth + 1), let value = reader.readValue(depth: depth + 1) else {
          return nil
        }
        return (key, value)
      }
      guard let entries else { return nil }
      var map = WeftMap()
      for (key, value) in entries { map.set(key, to: value) }
      return .map(map)
    default: return nil
    }
  }
}

extension MachineLimits {
  /// Those that are numbers, in the order in which they travel. (By key paths it would be written once, and starting a worker
  /// would take 4 % longer.)
  fileprivate var numbers: [Int] {
    get { [memory, operations, callStack, tasks, valueSize, response, output, workers] }
    set {
      guard newValue.count == 8 else { return }
      (memory, operations, callStack, tasks) = (newValue[0], newValue[1], newValue[2], newValue[3])
      (valueSize, response, output, workers) = (newValue[4], newValue[5], newValue[6], newValue[7])
    }
  }
}
