import Foundation
import Synchronization
import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// The command in a terminal: a real pseudo-terminal, of which it is the session leader, with a screen that can be looked at.
///
/// Nothing here waits for time to pass: `wait` goes on when the screen shows what is expected. Only when it has waited for
/// `patience` and nothing at all has come does it give up, and the error shows the screen.
final class Terminal {
  struct Stuck: Error, CustomStringConvertible {
    let wanted: String
    let screen: String
    let hasEnded: Bool
    var description: String {
      "\(hasEnded ? "the command has ended" : "nothing came any more") while waiting for \(wanted); the screen:\n\(screen)"
    }
  }

  /// When a test began to wait; nil while it doesn't. Among many tests, one may not come to its turn for long.
  private final class Waiting: Sendable {
    private let instant = Mutex<ContinuousClock.Instant?>(nil)
    var since: ContinuousClock.Instant? { instant.withLock { $0 } }
    func begin() { instant.withLock { $0 = .now } }
    func end() { instant.withLock { $0 = nil } }
  }

  private static let patience = Duration.seconds(60)

  private(set) var screen: Screen
  private let main: Int32
  private let process: pid_t
  private let modesBefore: termios
  private let pieces: AsyncStream<[UInt8]>
  private var iterator: AsyncStream<[UInt8]>.Iterator
  private let waiting = Waiting()
  private let ends: AsyncStream<(status: Int32, modes: termios)>
  private var modesAfter: termios?
  /// All bytes that came.
  private(set) var bytes: [UInt8] = []

  /// - Parameters:
  ///   - environment: On top of a fixed one, in which there is no history.
  ///   - command: Another one than weft.
  init(
    _ arguments: [String] = [], command: String = Weft.command.path, in weft: Weft,
    environment extra: [String: String] = [:], columns: Int = 80, rows: Int = 24
  ) throws {
    screen = Screen(columns: columns, rows: rows)
    var main: Int32 = 0
    var side: Int32 = 0
    var path = [CChar](repeating: 0, count: 1_024)
    try #require(openpty(&main, &side, &path, nil, nil) == 0)
    self.main = main
    let name = String(decoding: path.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    for descriptor in [main, side] { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    var modes = termios()
    try #require(tcgetattr(side, &modes) == 0)
    modesBefore = modes
    var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    try #require(ioctl(main, UInt(TIOCSWINSZ), &size) == 0)

    var environment = [
      "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "", "HOME": weft.folder.path, "TERM": "xterm-256color",
      "LANG": "C.UTF-8", "WEFT_HISTORY": "", "INPUTRC": "/dev/null",
      // Readline loses a few bytes now and then, which the sanitizer would complain of at the end.
      "ASAN_OPTIONS": ProcessInfo.processInfo.environment["ASAN_OPTIONS"] ?? "",
    ]
    environment.merge(extra) { _, new in new }
    process = try Self.spawn([command] + arguments, environment, terminal: name, folder: weft.folder.path)

    let (pieces, pieceContinuation) = AsyncStream.makeStream(of: [UInt8].self)
    self.pieces = pieces
    iterator = pieces.makeAsyncIterator()
    let (ends, endContinuation) = AsyncStream.makeStream(of: (status: Int32, modes: termios).self)
    self.ends = ends
    let waiting = waiting
    // The thread goes on for a moment when the terminal is closed, and the number may be that of the next one by then.
    let source = fcntl(main, F_DUPFD_CLOEXEC, 0)
    try #require(source >= 0)
    Thread.detachNewThread {
      var buffer = [UInt8](repeating: 0, count: 65_536)
      var last = ContinuousClock.now
      while true {
        var request = pollfd(fd: source, events: Int16(POLLIN), revents: 0)
        let ready = poll(&request, 1, 1_000)
        if ready < 0, errno == EINTR { continue }
        if ready == 0 {
          if let since = waiting.since, max(since, last) + Self.patience < .now { break }
          continue
        }
        last = .now
        let count = read(source, &buffer, buffer.count)
        guard count > 0 else { break }
        pieceContinuation.yield(Array(buffer[..<count]))
      }
      pieceContinuation.finish()
      close(source)
    }
    // The terminal stays open on this side until the command has ended, so that its settings can be read then.
    Thread.detachNewThread { [process, side] in
      var status: Int32 = 0
      while waitpid(process, &status, 0) < 0, errno == EINTR {}
      let signal = status & 0x7F
      var modes = termios()
      _ = tcgetattr(side, &modes)
      close(side)
      endContinuation.yield((signal == 0 ? (status >> 8) & 0xFF : 128 + signal, modes))
      endContinuation.finish()
    }
  }

  deinit {
    kill(process, SIGKILL)
    close(main)
  }

  private static func spawn(
    _ words: [String], _ environment: [String: String], terminal: String, folder: String
  ) throws -> pid_t {
    #if canImport(Darwin)
      var actions: posix_spawn_file_actions_t?
      var attributes: posix_spawnattr_t?
    #else
      var actions = posix_spawn_file_actions_t()
      var attributes = posix_spawnattr_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    // The leader of a new session gets the first terminal that it opens as its own.
    #if canImport(Darwin)
      posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSID))
    #else
      // POSIX_SPAWN_SETSID, which Swift's map of the C library leaves out.
      posix_spawnattr_setflags(&attributes, 0x80)
    #endif
    posix_spawn_file_actions_addopen(&actions, 0, terminal, O_RDWR, 0)
    posix_spawn_file_actions_adddup2(&actions, 0, 1)
    posix_spawn_file_actions_adddup2(&actions, 0, 2)
    let arguments = (["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", folder] + words).map { strdup($0) } + [nil]
    let variables = environment.map { strdup("\($0)=\($1)") } + [nil]
    defer { for text in arguments + variables { free(text) } }
    var process: pid_t = 0
    let status = posix_spawn(&process, "/bin/sh", &actions, &attributes, arguments, variables)
    try #require(status == 0, "cannot start \(words[0]): \(String(cString: strerror(status)))")
    return process
  }

  // MARK: Keys

  /// Presses keys. `\r` is Enter, `\u{3}` Ctrl-C.
  func send(_ keys: String) throws { try send(Array(keys.utf8)) }

  func send(_ keys: [UInt8]) throws {
    var rest = keys[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(main, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      try #require(count > 0)
      rest = rest.dropFirst(count)
    }
  }

  /// Presses many keys: takes what is shown meanwhile, as a terminal does, so that neither side waits for the other.
  func type(_ keys: [UInt8]) async throws {
    var request = pollfd(fd: main, events: Int16(POLLOUT), revents: 0)
    for key in keys {
      while poll(&request, 1, 0) == 0 {
        guard let piece = await next() else { return }
        take(piece)
      }
      guard (try? send([key])) != nil else { return }
    }
  }

  /// Types a line, and Enter once it is on the screen.
  func enter(_ line: String) async throws {
    try send(line)
    // The screen does not tell blanks at the end of a line; a long one is on several lines.
    let end = line.trimmingCharacters(in: .whitespaces).suffix(20)
    try await wait(until: "`\(line)` to be echoed") { $0.lines.suffix(2).joined().hasSuffix(end) }
    try send("\r")
  }

  func paste(_ text: String) throws {
    try send("\u{1B}[200~\(text.replacingOccurrences(of: "\n", with: "\r"))\u{1B}[201~")
  }

  func signal(_ number: Int32) { kill(process, number) }

  func resize(columns: Int, rows: Int) throws {
    screen.resize(columns: columns, rows: rows)
    var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    try #require(ioctl(main, UInt(TIOCSWINSZ), &size) == 0)
  }

  // MARK: What it shows

  func wait(until wanted: String, _ isThere: (Screen) -> Bool) async throws {
    while !isThere(screen) {
      guard let piece = await next() else {
        throw Stuck(wanted: wanted, screen: screen.text, hasEnded: kill(process, 0) != 0)
      }
      take(piece)
    }
  }

  /// Waits until the text has been shown so many times since the start.
  func wait(for text: String, times: Int = 1) async throws {
    try await wait(until: "`\(text)`") { $0.text.components(separatedBy: text).count > times }
  }

  /// Waits for an empty prompt below the last one; gives what was shown in between, the line with the last one included.
  @discardableResult
  func prompt(_ text: String = "weft>") async throws -> [String] {
    try await wait(until: "a prompt") {
      $0.currentLine == text && $0.column == text.count + 1 && $0.scrolledOff.count + $0.row > promptRow
    }
    let lines = screen.scrolledOff + screen.lines
    let first = max(0, promptRow)
    promptRow = screen.scrolledOff.count + screen.row
    return Array(lines[first..<promptRow])
  }

  private var promptRow = -1

  /// Waits for the end of the command; gives its status.
  func end() async throws -> Int32 {
    var status: Int32 = -1
    for await end in ends { (status, modesAfter) = (end.status, end.modes) }
    return status
  }

  /// Whether the terminal was as before, when the command had ended.
  var isAsBefore: Bool {
    var before = modesBefore
    guard var now = modesAfter else { return false }
    let hasSameKeys = withUnsafeBytes(of: &before.c_cc) { before in
      withUnsafeBytes(of: &now.c_cc) { before.elementsEqual($0) }
    }
    return hasSameKeys && before.c_iflag == now.c_iflag && before.c_oflag == now.c_oflag
      && before.c_cflag == now.c_cflag && before.c_lflag == now.c_lflag
  }

  private func next() async -> [UInt8]? {
    waiting.begin()
    defer { waiting.end() }
    return await iterator.next()
  }

  private func take(_ piece: [UInt8]) {
    bytes += piece
    screen.feed(piece)
  }
}
