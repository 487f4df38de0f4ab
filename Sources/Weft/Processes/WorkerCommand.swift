#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// How a worker process is started.
///
/// ```swift
/// let own = WorkerCommand(path: "/usr/local/bin/weft")
/// let remote = WorkerCommand(path: "weft", launcher: "ssh -o BatchMode=yes example.org")
/// ```
public struct WorkerCommand: Sendable, Equatable {
  /// The program, which calls `runWorkerIfAsked()` first in its `main`. Without a `/` in it, it is looked for in `PATH`.
  public var path: String
  /// Words that are put in front, such as `ssh host`; none if it is empty. They are divided at spaces.
  public var launcher: String
  /// Nanoseconds within which the worker of a cancelled task has to answer.
  package var grace: Int64 = 6_000_000_000

  /// What follows the path.
  static let argument = "__worker"

  public init(path: String, launcher: String = "") {
    self.path = path
    self.launcher = launcher
  }

  var words: [String] { launcher.split(separator: " ").map(String.init) + [path, Self.argument] }
}

extension WorkerCommand {
  /// The program that runs just now, whose `main` calls `runWorkerIfAsked()` first. Nil when the system does not tell its path.
  public static var thisProgram: WorkerCommand? {
    var buffer = [CChar](repeating: 0, count: 4_096)
    #if canImport(Darwin)
      var size = UInt32(buffer.count)
      guard _NSGetExecutablePath(&buffer, &size) == 0 else { return nil }
    #else
      guard readlink("/proc/self/exe", &buffer, buffer.count - 1) > 0 else { return nil }
    #endif
    return WorkerCommand(path: String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
  }
}
