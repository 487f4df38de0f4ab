public import WeftMachine

/// Carries out the reads and writes of a script. The calls may block: drivers make them on a thread beside.
public protocol FileAccess: Sendable {
  /// The whole file.
  ///
  /// - Parameters:
  ///   - limit: The most bytes that it may have; beyond, the call throws `tooLarge` without having read all.
  ///   - isCancelled: Asked now and then. Once it is true nobody wants the answer any more.
  func read(_ path: String, limit: Int, isCancelled: () -> Bool) throws(FileFailure) -> [UInt8]

  /// Makes the file if there is none, and puts the bytes in the place of what it holds, or behind it.
  func write(_ path: String, _ bytes: [UInt8], append: Bool, isCancelled: () -> Bool) throws(FileFailure)
}

extension FileAccess {
  func perform(_ request: FileRequest, isCancelled: () -> Bool = { false }) -> Result<[UInt8], FileFailure> {
    do throws(FileFailure) {
      switch request {
      case .read(let path, let limit): return .success(try read(path, limit: limit, isCancelled: isCancelled))
      case .write(let path, let bytes, let append):
        try write(path, bytes, append: append, isCancelled: isCancelled)
        return .success([])
      }
    } catch {
      return .failure(error)
    }
  }
}

/// Files that live in memory, by their paths.
///
/// ```swift
/// var options = RunOptions()
/// options.files = MemoryFiles(["names.txt": "Ada\nGrace\n"])
/// let script = try Script(compiling: "print(lines(\"names.txt\"))", granting: [.standard, .files])
/// let result = script.runVirtually(options)
/// ```
public final class MemoryFiles: FileAccess {
  private let files: Locked<[String: [UInt8]]>

  public init(_ texts: [String: String] = [:]) { files = Locked(texts.mapValues { Array($0.utf8) }) }

  /// What a file holds; nil if there is none.
  public subscript(path: String) -> [UInt8]? {
    get { files.withLock { $0[path] } }
    set { files.withLock { $0[path] = newValue } }
  }

  public func read(_ path: String, limit: Int, isCancelled: () -> Bool) throws(FileFailure) -> [UInt8] {
    guard let bytes = self[path] else { throw FileFailure(.notFound, "no such file or directory") }
    guard bytes.count <= limit else { throw FileFailure(.tooLarge, "it is too large") }
    return bytes
  }

  public func write(
    _ path: String, _ bytes: [UInt8], append: Bool, isCancelled: () -> Bool
  ) throws(FileFailure) {
    files.withLock { files in
      if append { files[path, default: []] += bytes } else { files[path] = bytes }
    }
  }
}
