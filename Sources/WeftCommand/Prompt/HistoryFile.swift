#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The inputs of earlier sessions: one a line, the oldest first, with `\n` for a line break and `\\` for a backslash.
///
/// Several sessions may write at once: each entry is appended in one piece under a lock on the file. Whoever shortens the
/// file puts a new one in its place; one who waited for the lock on the old one notices, and opens the new one.
struct HistoryFile {
  struct Problem: Error {
    let message: String
  }

  let path: String
  /// When a session begins with more entries than this, only the newest `kept` stay.
  var most = 10_000
  var kept = 5_000

  /// Where the environment says: `WEFT_HISTORY`, which turns the history off where it is empty, or else the folder for
  /// the state of programs. Nil where there is no history.
  static func fromEnvironment(_ variable: (String) -> String?) -> HistoryFile? {
    if let path = variable("WEFT_HISTORY") { return path.isEmpty ? nil : HistoryFile(path: path) }
    // A relative path is invalid there, says the specification, and is to be ignored.
    if let state = variable("XDG_STATE_HOME"), state.hasPrefix("/") {
      return HistoryFile(path: state + "/weft/history")
    }
    guard let home = variable("HOME"), home.hasPrefix("/") else { return nil }
    return HistoryFile(path: home + "/.local/state/weft/history")
  }

  /// The entries, the oldest first; none if there is no file yet. Shortens the file if it is too long.
  func load() throws(Problem) -> [String] {
    guard access(path, F_OK) == 0 else { return [] }
    let descriptor = try openLocked(O_RDWR)
    defer { close(descriptor) }
    var entries = Self.entries(of: try contents(descriptor))
    if entries.count > most {
      entries.removeFirst(entries.count - kept)
      try replace(with: entries)
    }
    return entries
  }

  func append(_ entry: String) throws(Problem) {
    try makeFolder()
    let descriptor = try openLocked(O_WRONLY | O_APPEND | O_CREAT)
    defer { close(descriptor) }
    if let number = Console.write(Array((Self.line(of: entry) + "\n").utf8), to: descriptor) {
      throw problem("write", number)
    }
  }

  static func line(of entry: String) -> String {
    entry.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
  }

  /// A last line without an end is what a full disk has left of an entry.
  static func entries(of bytes: [UInt8]) -> [String] {
    var entries: [String] = []
    var entry: [UInt8] = []
    var isEscaped = false
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "\n"):
        if !entry.isEmpty { entries.append(String(decoding: entry, as: UTF8.self)) }
        entry.removeAll(keepingCapacity: true)
        isEscaped = false
      case UInt8(ascii: "\\") where !isEscaped: isEscaped = true
      // C, which holds the entries next, would end them there.
      case 0: break
      default:
        entry.append(isEscaped && byte == UInt8(ascii: "n") ? UInt8(ascii: "\n") : byte)
        isEscaped = false
      }
    }
    return entries
  }

  // MARK: Files

  /// The lock is given back when the descriptor is closed.
  private func openLocked(_ flags: Int32) throws(Problem) -> Int32 {
    while true {
      let descriptor = open(path, flags | O_CLOEXEC, 0o600)
      guard descriptor >= 0 else { throw problem("open", errno) }
      while flock(descriptor, LOCK_EX) != 0 {
        guard errno == EINTR else {
          let number = errno
          close(descriptor)
          throw problem("lock", number)
        }
      }
      var mine = stat()
      var there = stat()
      if fstat(descriptor, &mine) == 0, stat(path, &there) == 0, mine.st_ino == there.st_ino,
        mine.st_dev == there.st_dev
      {
        return descriptor
      }
      close(descriptor)
      // It was replaced meanwhile, or removed, and then only one who may create it can go on.
      if flags & O_CREAT == 0, access(path, F_OK) != 0 { throw problem("open", ENOENT) }
    }
  }

  private func replace(with entries: [String]) throws(Problem) {
    let new = "\(path).\(getpid())"
    let descriptor = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw problem("shorten", errno) }
    let failure = Console.write(Array(entries.map { Self.line(of: $0) + "\n" }.joined().utf8), to: descriptor)
    close(descriptor)
    if let number = failure ?? (rename(new, path) == 0 ? nil : errno) {
      unlink(new)
      throw problem("shorten", number)
    }
  }

  private func makeFolder() throws(Problem) {
    let bytes = Array(path.utf8)
    for index in bytes.indices.dropFirst() where bytes[index] == UInt8(ascii: "/") {
      let folder = String(decoding: bytes[..<index], as: UTF8.self)
      if mkdir(folder, 0o700) != 0, errno != EEXIST, access(folder, F_OK) != 0 { throw problem("open", errno) }
    }
  }

  private func contents(_ descriptor: Int32) throws(Problem) -> [UInt8] {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw problem("read", errno) }
    // Such as `/dev/null`.
    guard status.st_mode & S_IFMT == S_IFREG else { return [] }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    var count = 0
    while count < bytes.count {
      let step = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress.map { $0 + count }, $0.count - count) }
      if step == 0 { break }
      if step < 0, errno != EINTR { throw problem("read", errno) }
      count += max(0, step)
    }
    return Array(bytes[..<count])
  }

  private func problem(_ action: String, _ number: Int32) -> Problem {
    Problem(message: "cannot \(action) the history `\(path)`: \(String(cString: strerror(number)).lowercased())")
  }
}
