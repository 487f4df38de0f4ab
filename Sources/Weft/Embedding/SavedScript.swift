import WeftCompiler
import WeftSyntax

/// A script as bytes, to be kept in a file or a database:
///
///     "weft" · format, 1 byte · checksum of all that follows, 8 bytes
///            · Weft's version · identity of the program, 8 bytes · purpose · its files and how they import each other
///
/// There is no code in it: machines trust their code, and no check of bytes from outside could show that a trap is impossible. So
/// `load` compiles the files anew, and compares what comes of it with what was saved.
private enum SavedScript {
  static let magic = Array("weft".utf8)
  static let format: UInt8 = 1
  /// Of what stands before the part that the checksum is about.
  static let headerSize = 13

  static func checksum(_ bytes: some Collection<UInt8>) -> UInt64 {
    var hash = StableHash()
    hash.add(UInt64(bytes.count))
    for byte in bytes { hash.add(UInt64(byte)) }
    return hash.value
  }
}

extension Script {
  /// The script with all the files that it imports, for `Interpreter.load` of the same version of Weft.
  ///
  /// ```swift
  /// let bytes = try weft.compile(source, name: "job.weft").saved
  /// let script = try weft.load(bytes)
  /// ```
  public var saved: [UInt8] {
    var writer = WireWriter()
    writer.write(Interpreter.version)
    writer.write(image.identity)
    writer.write(files.purpose.rawValue)
    writer.write(files.givesValue ? 1 as UInt8 : 0)
    writer.write(textsOf: self)
    var whole = WireWriter()
    whole.write(raw: SavedScript.magic)
    whole.write(SavedScript.format)
    whole.write(SavedScript.checksum(writer.bytes))
    whole.write(raw: writer.bytes)
    return whole.bytes
  }
}

extension Interpreter {
  /// Makes a script out of what `Script.saved` gave. It has what this interpreter grants and defines, and runs only if that
  /// makes it the very program that was saved.
  ///
  /// The checksum finds damage, not forgery: whoever can write a correct file can write any script, and no more than a script.
  ///
  /// ```swift
  /// do { script = try weft.load(bytes) } catch .damaged { script = try weft.compile(source) }
  /// ```
  public func load(_ saved: [UInt8]) throws(LoadError) -> Script {
    guard saved.starts(with: SavedScript.magic) else { throw .notAScript }
    guard saved.count > SavedScript.headerSize else { throw .damaged }
    let format = saved[SavedScript.magic.count]
    guard format == SavedScript.format else { throw .unknownFormat(Int(format)) }
    var header = WireReader(Array(saved[(SavedScript.magic.count + 1)..<SavedScript.headerSize]))
    let body = saved[SavedScript.headerSize...]
    guard header.readInteger() == SavedScript.checksum(body) else { throw .damaged }
    var reader = WireReader(Array(body))
    guard let version = reader.readText() else { throw .damaged }
    guard version == Self.version else { throw .otherVersion(version) }
    guard let identity: UInt64 = reader.readInteger(),
      let purpose = (reader.readInteger() as UInt8?).flatMap(Purpose.init),
      let givesValue: UInt8 = reader.readInteger(),
      let texts = reader.readTexts(), reader.isAtEnd
    else { throw .damaged }
    let files = Script.Files(
      imports: texts.imports, order: texts.order, capabilities: Grants(capabilities).names, purpose: purpose,
      host: host.interface, givesValue: givesValue != 0)
    var script: Script
    do throws(CompileError) {
      try checkHost(texts.sources[0])
      script = try Script(texts.sources, files, host: host)
    } catch {
      throw .doesNotCompile(error)
    }
    guard script.image.identity == identity else { throw .otherProgram }
    script.interpreter = self
    return script
  }
}

/// Why a saved script is refused. Nothing of it has been run.
public enum LoadError: Error, Sendable, CustomStringConvertible {
  /// The bytes are something else.
  case notAScript
  /// Of a later Weft.
  case unknownFormat(Int)
  case otherVersion(String)
  /// Bytes are missing, or are not what they were.
  case damaged
  /// It needs something that this interpreter does not grant or define.
  case doesNotCompile(CompileError)
  /// With what this interpreter grants and defines, it means something else than it did where it was saved.
  case otherProgram

  public var description: String {
    switch self {
    case .notAScript: "this is not a saved script"
    case .unknownFormat(let format):
      "the saved script has the format \(format), which Weft \(Interpreter.version) does not know; save it anew"
    case .otherVersion(let version):
      "the script was saved by Weft \(version), and this is Weft \(Interpreter.version); compile it anew"
    case .damaged: "the saved script is damaged; save it anew"
    case .doesNotCompile(let error): error.description
    case .otherProgram:
      "the saved script means something else here: the host defines or grants other things than where it was saved; compile it anew"
    }
  }
}
