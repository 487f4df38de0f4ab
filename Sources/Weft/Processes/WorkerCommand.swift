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

  /// What follows the path.
  static let argument = "__worker"

  public init(path: String, launcher: String = "") {
    self.path = path
    self.launcher = launcher
  }

  var words: [String] { launcher.split(separator: " ").map(String.init) + [path, Self.argument] }
}
