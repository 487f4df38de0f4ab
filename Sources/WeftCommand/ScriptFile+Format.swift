import WeftSyntax

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension ScriptFile {
  /// The file itself or, of a folder, all `.weft` files in it and in its folders, in the order of their names. What begins
  /// with a dot is left out, and links are not followed.
  func scripts() throws(Problem) -> [ScriptFile] {
    guard path != "-", Self.kind(of: path, followingLinks: true) == S_IFDIR else { return [self] }
    guard let folder = opendir(path) else { throw problem("read") }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    closedir(folder)
    var found: [ScriptFile] = []
    for name in names.sorted() {
      let inner = ScriptFile(path: path.hasSuffix("/") ? path + name : path + "/" + name)
      let kind = Self.kind(of: inner.path, followingLinks: false)
      if kind == S_IFDIR {
        found += try inner.scripts()
      } else if kind == S_IFREG, name.hasSuffix(".weft") {
        found.append(inner)
      }
    }
    return found
  }

  /// Replaces what the file holds, all at once: whatever happens, either the old text is there or the new one. Its
  /// permissions stay, and a link to it goes on pointing to it.
  func replace(with bytes: [UInt8]) throws(Problem) {
    guard let resolved = realpath(path, nil) else { throw problem("write") }
    defer { free(resolved) }
    var status = stat()
    guard stat(resolved, &status) == 0, access(resolved, W_OK) == 0 else { throw problem("write") }
    var temporary = Array((String(cString: resolved) + ".XXXXXX").utf8CString)
    let descriptor = mkstemp(&temporary)
    guard descriptor >= 0 else { throw problem("write") }
    defer { close(descriptor) }
    let failure = Console.write(bytes, to: descriptor)
    guard failure == nil, fchmod(descriptor, status.st_mode & 0o7777) == 0, rename(temporary, resolved) == 0 else {
      let reason = failure ?? errno
      unlink(temporary)
      throw problem("write", reason)
    }
  }

  private func problem(_ verb: String, _ number: Int32 = errno) -> Problem {
    Problem(message: "cannot \(verb) `\(path)`: \(String(cString: strerror(number)).lowercased())", hint: nil)
  }

  /// `S_IFDIR`, `S_IFREG` and so on; nil if there is no such thing.
  private static func kind(of path: String, followingLinks: Bool) -> mode_t? {
    var status = stat()
    guard (followingLinks ? stat(path, &status) : lstat(path, &status)) == 0 else { return nil }
    return status.st_mode & S_IFMT
  }
}

extension SourceFile {
  /// A second look before a file is overwritten.
  func means(theSameAs text: String) -> Bool {
    let other = parse(SourceFile(name: name, text: text))
    return !other.hasErrors && dump(other.tree) == dump(parse(self).tree)
  }
}
