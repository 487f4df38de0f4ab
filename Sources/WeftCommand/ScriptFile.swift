import Weft
import enum WeftCompiler.Purpose
import WeftSyntax

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A script as the command line names it: a path, or `-` for standard input.
struct ScriptFile {
  struct Problem: Error {
    let message: String
    let hint: String?
  }

  let path: String

  func read() throws(Problem) -> SourceFile {
    if path == "-" { return SourceFile(name: "<stdin>", bytes: try contents(of: STDIN_FILENO)) }
    do {
      return try readFile()
    } catch {
      throw Problem(message: error.message, hint: error.hint ?? hintForCommand)
    }
  }

  /// Reads a file that a script imports. Paths are relative to the file that the import stands in, or to the working
  /// directory if that is standard input.
  static let imports: ImportLoader = { path, importer throws(ImportError) in
    do throws(Problem) {
      return try ScriptFile(path: place(of: path, importedBy: importer)).readFile()
    } catch {
      throw ImportError(error.message, hint: error.hint)
    }
  }

  static func place(of path: String, importedBy importer: SourceFile) -> String {
    let folder = importer.name.utf8.lastIndex(of: UInt8(ascii: "/")).map { importer.name[...$0] } ?? ""
    var path = path
    while path.hasPrefix("./") { path.removeFirst(2) }
    return path.hasPrefix("/") ? path : folder + path
  }

  private func readFile() throws(Problem) -> SourceFile {
    guard !path.utf8.contains(0) else { throw Problem(message: "the path of a file cannot hold a NUL", hint: nil) }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw problem(errno) }
    defer { close(descriptor) }
    let resolved = realpath(path, nil)
    defer { free(resolved) }
    return SourceFile(
      name: path, bytes: try contents(of: descriptor), identity: resolved.map { String(cString: $0) })
  }

  /// Reads and compiles; says what is wrong, if anything is, and throws the status to end with.
  func compile(
    _ reporter: Reporter, advising: Bool = false, for purpose: Purpose = .run, sandbox: SandboxOptions? = nil
  ) throws(ExitStatus) -> Script {
    do {
      return try Script(
        compiling: try read(), imports: sandbox?.imports(of: path) ?? Self.imports,
        granting: sandbox?.capabilities ?? .all, advising: advising, for: purpose)
    } catch let problem as Problem {
      reporter.failure(problem.message, hint: problem.hint)
      throw .usage
    } catch let error as CompileError {
      reporter.diagnostics(error.diagnostics, in: error.source)
      throw .doesNotCompile
    } catch {
      reporter.failure("\(error)")
      throw .fault
    }
  }

  /// Writes a file, in the place of one that is there.
  func write(_ text: String) throws(Problem) { try write(text, O_TRUNC) }

  /// Writes a new file; one that is there stays as it is.
  func create(_ text: String) throws(Problem) { try write(text, O_EXCL) }

  private func write(_ text: String, _ flag: Int32) throws(Problem) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flag, 0o644)
    let failure = descriptor < 0 ? errno : Console.write(Array(text.utf8), to: descriptor)
    if descriptor >= 0 { close(descriptor) }
    guard let failure else { return }
    throw Problem(
      message: "cannot write `\(path)`: \(String(cString: strerror(failure)).lowercased())",
      hint: failure == EEXIST ? "choose another name, or remove it first" : nil)
  }

  private func contents(of descriptor: Int32) throws(Problem) -> [UInt8] {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw problem(errno) }
    // One byte more than the file has, so that the end shows without growing.
    var bytes = [UInt8](repeating: 0, count: max(4_096, Int(status.st_size) + 1))
    var count = 0
    while true {
      if count == bytes.count { bytes.append(contentsOf: repeatElement(0, count: count)) }
      let step = bytes.withUnsafeMutableBytes { buffer in
        let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
        #if canImport(Glibc)
          return Glibc.read(descriptor, rest.baseAddress, rest.count)
        #else
          return Darwin.read(descriptor, rest.baseAddress, rest.count)
        #endif
      }
      if step == 0 { break }
      if step > 0 {
        count += step
      } else if errno != EINTR {
        throw problem(errno)
      }
    }
    bytes.removeLast(bytes.count - count)
    return bytes
  }

  private func problem(_ number: Int32) -> Problem {
    switch number {
    case ENOENT:
      Problem(
        message: "cannot find the file `\(path)`",
        hint: access(path + ".weft", R_OK) == 0 ? "did you mean `\(path).weft`?" : nil)
    case EISDIR: Problem(message: "`\(path)` is a directory, not a script", hint: nil)
    default: Problem(message: "cannot read `\(path)`: \(String(cString: strerror(number)).lowercased())", hint: nil)
    }
  }

  /// A word that is no file may be meant as a command.
  private var hintForCommand: String? {
    let commands = WeftCommand.configuration.subcommands.compactMap { $0.configuration.commandName }
    return closestMatch(to: path, among: commands).map { "did you mean `weft \($0)`?" }
  }
}
