#if Processes
  import Subprocess

  #if canImport(System)
    import System
  #else
    import SystemPackage
  #endif
#endif

#if canImport(Glibc)
  import Glibc
  private let systemKill = Glibc.kill
#elseif canImport(Darwin)
  import Darwin
  private let systemKill = Darwin.kill
#endif

/// One worker process, from its start until it is reaped.
final class WorkerProcess: Sendable {
  private struct State {
    var connection: FrameConnection?
    /// As long as it is not reaped, so that no signal can reach another process of the same number.
    var process: pid_t?
    var isHungUp = false
    /// Why it was killed from here; follows "the worker process".
    var killReason: String?
  }

  private let state = Locked(State())
  /// For a process whose line is closed: a worker ends at once, and so does a launcher that is in order.
  private static let exitGrace: Int64 = 3_000_000_000

  /// Starts it, hands on what it sends and that it sends no more, and returns when it is reaped.
  ///
  /// - Returns: How it ended, to follow "the worker process".
  func run(
    _ command: WorkerCommand, _ hello: Frame, _ take: @escaping @Sendable (Frame) -> Void,
    closed: @escaping @Sendable () -> Void
  ) async -> String {
    #if Processes
      guard let (ours, theirs) = FrameConnection.makePair() else { return Self.failedStart(Errno(rawValue: errno)) }
      let connection = FrameConnection(socket: ours)
      defer { connection.close() }
      let output = fcntl(theirs, F_DUPFD_CLOEXEC, 3)
      guard output >= 0 else {
        let error = Errno(rawValue: errno)
        try? FileDescriptor(rawValue: theirs).close()
        return Self.failedStart(error)
      }
      let words = command.words
      var options = PlatformOptions()
      // Ctrl-C in a terminal goes to a whole group. The parent alone decides what comes of it, even for a launcher.
      options.processGroupID = 0
      do {
        let result = try await Subprocess.run(
          words[0].contains("/") ? .path(FilePath(words[0])) : .name(words[0]),
          arguments: Arguments(Array(words.dropFirst())), platformOptions: options,
          input: .fileDescriptor(FileDescriptor(rawValue: theirs), closeAfterSpawningProcess: true),
          output: .fileDescriptor(FileDescriptor(rawValue: output), closeAfterSpawningProcess: true),
          error: .currentStandardError
        ) { execution in
          begin(connection, execution.processIdentifier.value)
          connection.send(hello)
          return await read(connection, execution.processIdentifier.value, take, closed)
        }
        if let reason = state.withLock({ $0.killReason }) { return reason }
        let ending = result.terminationStatus.inWords
        return result.closureResult ? ending : "\(ending) in the middle of an answer"
      } catch let error as SubprocessError {
        return error.code == .executableNotFound
          ? "could not be started: there is no program `\(words[0])`" : Self.failedStart(error.underlyingError)
      } catch {
        return "could not be started: \(error)"
      }
    #else
      return "could not be started: this program was built without worker processes, the trait `Processes` of Weft"
    #endif
  }

  func send(_ frame: Frame) { state.withLock { $0.connection }?.send(frame) }

  /// Lets it end: it sees that the line is closed, and exits whatever it is doing.
  func hangUp() {
    let connection = state.withLock { state in
      state.isHungUp = true
      return state.connection
    }
    connection?.hangUp()
  }

  /// - Parameter reason: Follows "the worker process". The first one counts.
  func kill(because reason: String?) {
    state.withLock { state in
      state.killReason = state.killReason ?? reason
      // With the group a launcher's own children end, too.
      if let process = state.process, systemKill(-process, SIGKILL) != 0 { _ = systemKill(process, SIGKILL) }
    }
  }

  private func begin(_ connection: FrameConnection, _ process: pid_t) {
    let isHungUp = state.withLock { state in
      state.connection = connection
      state.process = process
      return state.isHungUp
    }
    if isHungUp { connection.hangUp() }
  }

  /// Reads on a thread of its own until the process has ended; false if that was in the middle of a frame.
  private func read(
    _ connection: FrameConnection, _ process: pid_t, _ take: @escaping @Sendable (Frame) -> Void,
    _ closed: @escaping @Sendable () -> Void
  ) async -> Bool {
    await withCheckedContinuation { continuation in
      let isStarted = DetachedThread.start { [self] in
        var isWhole = true
        do throws(FrameError) {
          isWhole = try connection.readFrames(take)
        } catch {
          kill(because: "sent \(error.message)")
        }
        closed()
        waitForExit(of: process)
        continuation.resume(returning: isWhole)
      }
      if !isStarted {
        kill(because: "could not be started: the system has no thread to give")
        end()
        continuation.resume(returning: true)
      }
    }
  }

  /// The line is closed. What does not end by itself now is killed; it is reaped when this has returned.
  private func waitForExit(of process: pid_t) {
    let loop = LoopExecutor.shared
    let alarm = loop.setAlarm(at: LoopExecutor.now() + Self.exitGrace) { [self] in
      kill(because: "closed its output and did not end")
    }
    var info = siginfo_t()
    while waitid(P_PID, id_t(process), &info, WEXITED | WNOWAIT) != 0, errno == EINTR {}
    loop.cancelAlarm(alarm)
    end()
  }

  private func end() {
    state.withLock { state in
      state.process = nil
      state.connection = nil
    }
  }

  #if Processes
    private static func failedStart(_ error: Errno?) -> String {
      "could not be started" + (error.map { ": \($0.description.lowercased())" } ?? "")
    }
  #endif
}
