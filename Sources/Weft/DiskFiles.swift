public import WeftMachine

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The files of this machine. Relative paths begin at the working directory.
public struct DiskFiles: FileAccess {
  private static let piece = 1 << 18
  /// How often a read that waits for a pipe or a terminal looks whether it is still wanted, in milliseconds.
  private static let patience: Int32 = 50

  public init() {}

  public func read(_ path: String, limit: Int, isCancelled: () -> Bool) throws(FileFailure) -> [UInt8] {
    let descriptor = try open(path, O_RDONLY)
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure(errno) }
    if status.st_mode & S_IFMT == S_IFDIR { throw failure(EISDIR) }
    guard Int(status.st_size) <= limit else { throw FileFailure(.tooLarge, "it is too large") }
    // One byte more than the file has, so that the end shows without growing.
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size) + 1)
    var count = 0
    while !isCancelled() {
      if count > limit { throw FileFailure(.tooLarge, "it is too large") }
      if count == bytes.count { bytes.append(contentsOf: repeatElement(0, count: min(Self.piece, count + 4_096))) }
      let step = bytes.withUnsafeMutableBytes { buffer in
        systemRead(descriptor, buffer.baseAddress.map { $0 + count }, min(Self.piece, buffer.count - count))
      }
      if step == 0 { break }
      if step > 0 { count += step } else { try waitOrFail(descriptor, Int16(POLLIN)) }
    }
    bytes.removeLast(bytes.count - count)
    return bytes
  }

  public func write(
    _ path: String, _ bytes: [UInt8], append: Bool, isCancelled: () -> Bool
  ) throws(FileFailure) {
    let descriptor = try open(path, O_WRONLY | O_CREAT | (append ? O_APPEND : O_TRUNC))
    var written = 0
    do throws(FileFailure) {
      while written < bytes.count, !isCancelled() {
        let step = bytes.withUnsafeBytes { buffer in
          systemWrite(descriptor, buffer.baseAddress.map { $0 + written }, min(Self.piece, buffer.count - written))
        }
        if step >= 0 { written += step } else { try waitOrFail(descriptor, Int16(POLLOUT)) }
      }
    } catch {
      close(descriptor)
      throw error
    }
    // A full disk may show only here.
    guard close(descriptor) == 0 || errno == EINTR else { throw failure(errno) }
  }

  /// Nothing blocks in a way that a cancellation could not end.
  private func open(_ path: String, _ flags: Int32) throws(FileFailure) -> Int32 {
    while true {
      let descriptor = systemOpen(path, flags | O_CLOEXEC | O_NONBLOCK, 0o666)
      if descriptor >= 0 { return descriptor }
      if errno != EINTR { throw failure(errno) }
    }
  }

  private func waitOrFail(_ descriptor: Int32, _ events: Int16) throws(FileFailure) {
    if errno == EINTR { return }
    guard errno == EAGAIN else { throw failure(errno) }
    var wanted = pollfd(fd: descriptor, events: events, revents: 0)
    _ = poll(&wanted, 1, Self.patience)
  }

  private func failure(_ number: Int32) -> FileFailure {
    let kind: FileFailure.Kind =
      switch number {
      case ENOENT, ENOTDIR: .notFound
      case EACCES, EPERM, EROFS: .notPermitted
      case EISDIR: .isDirectory
      default: .other
      }
    return FileFailure(kind, String(cString: strerror(number)).lowercased())
  }
}

#if canImport(Glibc)
  private func systemOpen(_ path: String, _ flags: Int32, _ mode: mode_t) -> Int32 { Glibc.open(path, flags, mode) }
  private let systemRead = Glibc.read
  private let systemWrite = Glibc.write
#elseif canImport(Darwin)
  private func systemOpen(_ path: String, _ flags: Int32, _ mode: mode_t) -> Int32 { Darwin.open(path, flags, mode) }
  private let systemRead = Darwin.read
  private let systemWrite = Darwin.write
#endif
