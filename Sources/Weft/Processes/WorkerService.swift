#if canImport(Glibc)
  import Glibc
  private let systemWrite = Glibc.write
#elseif canImport(Darwin)
  import Darwin
  private let systemWrite = Darwin.write
#endif

/// What a worker process does with the frames of its parent.
package protocol WorkerHandler: Sendable {
  /// Makes ready for the tasks of a program; comes once, before any task, on a thread of its own.
  ///
  /// - Returns: The program's identity, which has to be the one that the parent knows.
  func prepare(_ program: [UInt8]) throws(WorkerRefusal) -> UInt64

  /// Runs a task, which ends with `replies.ended`; returns soon, as no frame is read meanwhile.
  func start(_ ticket: UInt64, _ task: [UInt8], _ replies: WorkerReplies)

  /// Ends the task in order, if it still runs; returns soon.
  func cancel(_ ticket: UInt64)

  /// Answers by `replies.alive` if the task is still being ended in order; returns soon.
  func check(_ ticket: UInt64, _ replies: WorkerReplies)

  /// Tells the task that the run is asked to end in its own way; returns soon.
  func shutdown(_ ticket: UInt64)

  /// The answer to what a task asked of a handle; returns soon. False when it makes no sense.
  func handleAnswer(_ ticket: UInt64, _ answer: [UInt8]) -> Bool

  /// The answer of a function of the host; returns soon. False when it makes no sense.
  func hostAnswer(_ ticket: UInt64, _ answer: [UInt8]) -> Bool

  /// All machines of the run wait for each other; returns soon.
  func deadlock(_ ticket: UInt64)
}

extension WorkerHandler {
  package func handleAnswer(_ ticket: UInt64, _ answer: [UInt8]) -> Bool { false }
  package func hostAnswer(_ ticket: UInt64, _ answer: [UInt8]) -> Bool { false }
  package func deadlock(_ ticket: UInt64) {}
  package func check(_ ticket: UInt64, _ replies: WorkerReplies) {}
}

/// Why a worker cannot run a program: lower case, no full stop.
package struct WorkerRefusal: Error {
  package let message: String

  package init(_ message: String) { self.message = message }
}

/// A worker's way to its parent. A call waits until the parent has taken most of it, and ends the process when there is no
/// parent any more.
package final class WorkerReplies: Sendable {
  private let descriptor: Int32
  private let order = Locked(())

  init(_ descriptor: Int32) { self.descriptor = descriptor }

  /// Sends what a task printed.
  package func output(_ ticket: UInt64, _ bytes: [UInt8]) {
    for start in stride(from: 0, to: bytes.count, by: Frame.largestPayload) {
      send(Frame(.output, ticket: ticket, Array(bytes[start..<min(start + Frame.largestPayload, bytes.count)])))
    }
  }

  /// Sends what has happened in a task.
  package func records(_ ticket: UInt64, _ records: [UInt8]) { send(Frame(.records, ticket: ticket, records)) }

  /// Sends what a task asks of a handle.
  package func handle(_ ticket: UInt64, _ request: [UInt8]) { send(Frame(.handle, ticket: ticket, request)) }

  /// Calls a function of the host.
  package func host(_ ticket: UInt64, _ request: [UInt8]) { send(Frame(.host, ticket: ticket, request)) }

  /// Says that nothing happens here before another frame comes than the so many that have come.
  package func rests(_ ticket: UInt64, _ received: UInt64) {
    var writer = WireWriter()
    writer.write(received)
    send(Frame(.rests, ticket: ticket, writer.bytes))
  }

  /// Says that the clean-up of a cancelled task goes on.
  package func alive(_ ticket: UInt64) { send(Frame(.alive, ticket: ticket)) }

  /// Sends how a task ended: the last of it.
  package func ended(_ ticket: UInt64, _ result: [UInt8]) { send(Frame(.ended, ticket: ticket, result)) }

  func send(_ frame: Frame) {
    order.withLock { _ in
      if frame.payload.count <= 8 << 10 {
        write(frame.header + frame.payload)
      } else {
        write(frame.header)
        write(frame.payload)
      }
    }
  }

  private func write(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { bytes in
      var sent = 0
      while sent < bytes.count {
        let count = systemWrite(descriptor, bytes.baseAddress.map { $0 + sent }, bytes.count - sent)
        if count > 0 {
          sent += count
        } else if count == 0 || errno != EINTR {
          _exit(WorkerService.brokenLine)
        }
      }
    }
  }
}

/// The life of a worker process.
package enum WorkerService {
  /// The exit status after bytes that are no frames, or when the parent can't be written to.
  static let brokenLine: Int32 = 70

  /// Whether this process was started to be a worker.
  package static var isAsked: Bool { CommandLine.arguments.dropFirst().first == WorkerCommand.argument }

  /// Holds what `run` uses as long as the process lives. `run` never returns, so the optimizer takes an object that only `run`
  /// holds for one that nobody needs, and leaves out what its initializer stores.
  private static let held = Locked<(any WorkerHandler, WorkerReplies)?>(nil)

  /// Serves the parent until it closes the line, then ends the process at once, whatever runs in it.
  package static func run(_ handler: some WorkerHandler) -> Never {
    // The terminal sends it to the whole group: the parent decides what comes of it.
    signal(SIGINT, SIG_IGN)
    // A parent that is gone shows when its answer is written.
    signal(SIGPIPE, SIG_IGN)
    let (input, output) = takeLine()
    let replies = WorkerReplies(output)
    held.withLock { $0 = (handler, replies) }
    var reader = FrameReader()
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
    while true {
      let count = read(input, buffer.baseAddress, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { _exit(0) }
      do throws(FrameError) {
        try reader.take(UnsafeRawBufferPointer(rebasing: buffer[..<count])) { take($0, handler, replies) }
      } catch {
        _exit(brokenLine)
      }
    }
  }

  private static func take(_ frame: Frame, _ handler: some WorkerHandler, _ replies: WorkerReplies) {
    switch frame.kind {
    case .hello:
      // Beside the reader: even while a large program is compiled, the end of the line is seen.
      DetachedThread.start { replies.send(answer(to: frame.payload, handler)) }
    case .task: handler.start(frame.ticket, frame.payload, replies)
    case .cancel: handler.cancel(frame.ticket)
    case .check: handler.check(frame.ticket, replies)
    case .shutdown: handler.shutdown(frame.ticket)
    case .handleAnswer: if !handler.handleAnswer(frame.ticket, frame.payload) { _exit(brokenLine) }
    case .hostAnswer: if !handler.hostAnswer(frame.ticket, frame.payload) { _exit(brokenLine) }
    case .deadlock: handler.deadlock(frame.ticket)
    case .ready, .refused, .output, .ended, .handle, .rests, .records, .host, .alive: _exit(brokenLine)
    }
  }

  private static func answer(to hello: [UInt8], _ handler: some WorkerHandler) -> Frame {
    var reader = WireReader(hello)
    let version: UInt32? = reader.readInteger()
    var ready = WireWriter()
    ready.write(Frame.version)
    // The parent says what is wrong with the version: it has somebody to say it to.
    guard version == Frame.version else { return Frame(.ready, ready.bytes) }
    do throws(WorkerRefusal) {
      ready.write(try handler.prepare(reader.rest))
      return Frame(.ready, ready.bytes)
    } catch {
      return Frame(.refused, Array(error.message.utf8))
    }
  }

  /// Moves the line away from standard input and output, so that nothing that a library prints or reads gets into it, and no
  /// child process keeps it open.
  private static func takeLine() -> (input: Int32, output: Int32) {
    let input = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
    let output = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
    let null = open("/dev/null", O_RDWR)
    dup2(null, STDIN_FILENO)
    if dup2(STDERR_FILENO, STDOUT_FILENO) < 0 { dup2(null, STDOUT_FILENO) }
    if null > STDERR_FILENO { close(null) }
    guard input >= 0, output >= 0 else { _exit(brokenLine) }
    return (input, output)
  }
}
