public import WeftMachine

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The files of this machine below certain folders, and no others. Links and `..` are followed first: what counts is where a path
/// ends. Nobody else should be moving links about in these folders while a script runs.
///
/// ```swift
/// var options = RunOptions()
/// options.files = RootedFiles(reading: ["data"], writing: ["out"])
/// ```
public struct RootedFiles: FileAccess {
  private let readable: [String]
  private let writable: [String]
  private let disk = DiskFiles()

  /// - Parameters:
  ///   - reading: Folders or files that may be read; those that are not there count for nothing.
  ///   - writing: Folders in which files may be made and written, and read as well; or files.
  public init(reading: [String] = [], writing: [String] = []) {
    let writing = writing.compactMap { Self.place(of: $0) }
    readable = reading.compactMap { Self.place(of: $0) } + writing
    writable = writing
  }

  public func read(_ path: String, limit: Int, isCancelled: () -> Bool) throws(FileFailure) -> [UInt8] {
    try disk.read(check(path, readable, "read"), limit: limit, isCancelled: isCancelled)
  }

  public func write(
    _ path: String, _ bytes: [UInt8], append: Bool, isCancelled: () -> Bool
  ) throws(FileFailure) {
    try disk.write(check(path, writable, "write"), bytes, append: append, isCancelled: isCancelled)
  }

  /// Where the path leads, if that is below one of the folders.
  private func check(_ path: String, _ roots: [String], _ verb: String) throws(FileFailure) -> String {
    guard let place = Self.place(of: path), roots.contains(where: { Self.contains($0, place) }) else {
      throw FileFailure(.notPermitted, "this run may not \(verb) there")
    }
    return place
  }

  package static func contains(_ root: String, _ place: String) -> Bool {
    place == root || place.utf8.starts(with: (root == "/" ? root : root + "/").utf8)
  }

  /// The absolute path without links; of what is not there yet, as far as it is there. Nil where that cannot be said.
  package static func place(of path: String) -> String? {
    if path.isEmpty || path.utf8.contains(0) { return nil }
    if let whole = resolve(path) { return whole }
    // A link that leads nowhere yet would be followed by whoever makes the file.
    var status = stat()
    guard errno == ENOENT, lstat(path, &status) != 0 else { return nil }
    let end = path.utf8.lastIndex(of: UInt8(ascii: "/"))
    let name = end.map { path[path.utf8.index(after: $0)...] } ?? path[...]
    guard !name.isEmpty, name != ".", name != ".." else { return nil }
    let folder = end.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    return place(of: folder).map { $0 == "/" ? "/\(name)" : "\($0)/\(name)" }
  }

  private static func resolve(_ path: String) -> String? {
    guard let text = realpath(path, nil) else { return nil }
    defer { free(text) }
    return String(cString: text)
  }
}
