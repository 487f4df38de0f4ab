#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file that the command writes: a record, a picture. What was there before goes.
enum OutputFile {
  /// - Parameter path: `-` is standard output.
  static func write(_ bytes: [UInt8], to path: String) throws(ScriptFile.Problem) {
    if path == "-" { return Console.shared.write(bytes) }
    guard !path.utf8.contains(0) else {
      throw ScriptFile.Problem(message: "the path of a file cannot hold a NUL", hint: nil)
    }
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw problem(path, errno) }
    defer { close(descriptor) }
    if let number = Console.write(bytes, to: descriptor) { throw problem(path, number) }
  }

  /// Without a slash at its end.
  static var temporaryFolder: String {
    var folder = getenv("TMPDIR").map { String(cString: $0) } ?? ""
    while folder.hasSuffix("/") { folder.removeLast() }
    return folder.isEmpty ? "/tmp" : folder
  }

  private static func problem(_ path: String, _ number: Int32) -> ScriptFile.Problem {
    let hint = number == ENOENT ? "its folder has to be there already" : nil
    return ScriptFile.Problem(
      message: "cannot write `\(path)`: \(String(cString: strerror(number)).lowercased())", hint: hint)
  }
}
