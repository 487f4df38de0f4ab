import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Standard output and standard error, with the line of progress that may stand on the terminal in between.
///
/// Nothing is kept back in buffers: a script's output comes in large pieces already, and must not be lost however the
/// process ends.
final class Console: Sendable {
  static let shared = Console()

  /// Whether problems are told in colour.
  let hasColor: Bool
  /// The same for standard output.
  let hasOutputColor: Bool
  /// Whether a line of progress can be shown, and taken back.
  let canShowProgress: Bool

  private struct State {
    /// Lines of progress that stand on the terminal.
    var shownLines = 0
    /// Whether the cursor stands behind a script's unfinished line.
    var isMidLine = false
    var failure: Int32?
  }

  private let state = Mutex(State())
  private let isOutputTerminal: Bool

  private init() {
    let isDumb = Self.environment("TERM").map { $0.isEmpty || $0 == "dumb" } ?? true
    let isErrorTerminal = isatty(STDERR_FILENO) == 1
    isOutputTerminal = isatty(STDOUT_FILENO) == 1
    // https://no-color.org: any value but the empty one.
    let isPlain = isDumb || !(Self.environment("NO_COLOR") ?? "").isEmpty
    hasColor = isErrorTerminal && !isPlain
    hasOutputColor = isOutputTerminal && !isPlain
    canShowProgress = isErrorTerminal && !isDumb
    // A reader that goes away is told by `write`, so that the script's `finally` blocks still run.
    signal(SIGPIPE, SIG_IGN)
  }

  /// Why output could not be written; nil as long as it could.
  var outputFailure: Int32? { state.withLock { $0.failure } }

  /// Writes to standard output. After a failure nothing more is written.
  func write(_ bytes: [UInt8]) {
    state.withLock { state in
      guard state.failure == nil, !bytes.isEmpty else { return }
      eraseProgress(&state)
      state.failure = Self.write(bytes, to: STDOUT_FILENO)
      if isOutputTerminal { state.isMidLine = bytes.last != 0x0A }
    }
  }

  /// Goes to a new line of the terminal, unless the cursor stands at the start of one.
  func endLine() {
    state.withLock { state in
      guard state.isMidLine, state.failure == nil else { return }
      state.failure = Self.write([0x0A], to: STDOUT_FILENO)
      state.isMidLine = false
    }
  }

  /// Writes to standard error.
  func writeError(_ text: String) {
    state.withLock { state in
      eraseProgress(&state)
      // There is nobody to tell that this failed.
      _ = Self.write(Array((state.isMidLine ? "\n" + text : text).utf8), to: STDERR_FILENO)
      state.isMidLine = false
    }
  }

  /// Shows a line at the bottom of the terminal until something else is written, or `hideProgress`.
  func showProgress(_ text: String) {
    // One column stays free: a terminal that wraps would keep the first half for good.
    let line = String(text.prefix((Self.width ?? 80) - 1))
    showLines([hasColor ? "\u{1B}[2m\(line)\u{1B}[0m" : line])
  }

  /// The same with several lines, each narrower than the terminal.
  func showLines(_ lines: [String]) {
    guard canShowProgress, !lines.isEmpty else { return }
    state.withLock { state in
      if state.isMidLine { return }
      // In one piece, and over what stands there, so that nothing flickers.
      var text = state.shownLines > 1 ? "\r\u{1B}[\(state.shownLines - 1)A" : "\r"
      text += lines.map { $0 + "\u{1B}[K" }.joined(separator: "\n")
      if lines.count < state.shownLines { text += "\u{1B}[J" }
      _ = Self.write(Array(text.utf8), to: STDERR_FILENO)
      state.shownLines = lines.count
    }
  }

  func hideProgress() {
    state.withLock { eraseProgress(&$0) }
  }

  /// Takes back the `^C` that a terminal shows for Ctrl-C.
  func hideInterrupt() {
    guard canShowProgress else { return }
    state.withLock { state in
      if !state.isMidLine { state.shownLines = max(1, state.shownLines) }
      eraseProgress(&state)
    }
  }

  /// The same as `hideProgress` for a process that ends at once, whoever holds the lock.
  func hideProgressIfPossible() {
    _ = state.withLockIfAvailable { eraseProgress(&$0) }
  }

  private func eraseProgress(_ state: inout State) {
    guard state.shownLines > 0 else { return }
    let text = state.shownLines > 1 ? "\r\u{1B}[\(state.shownLines - 1)A\u{1B}[J" : "\r\u{1B}[K"
    state.shownLines = 0
    _ = Self.write(Array(text.utf8), to: STDERR_FILENO)
  }

  /// The columns of the terminal; nil where there is none.
  static var width: Int? {
    var size = winsize()
    let isKnown = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    return isKnown ? Int(size.ws_col) : nil
  }

  /// The lines of the terminal; nil where there is none.
  static var height: Int? {
    var size = winsize()
    let isKnown = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_row > 0
    return isKnown ? Int(size.ws_row) : nil
  }

  /// Writes all bytes; gives the error's number if it cannot.
  static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32? {
    bytes.withUnsafeBytes { buffer in
      var rest = buffer[...]
      while !rest.isEmpty {
        let slice = UnsafeRawBufferPointer(rebasing: rest)
        #if canImport(Glibc)
          let count = Glibc.write(descriptor, slice.baseAddress, slice.count)
        #else
          let count = Darwin.write(descriptor, slice.baseAddress, slice.count)
        #endif
        if count >= 0 {
          rest = rest.dropFirst(count)
        } else if errno == EAGAIN {
          // Whoever shares the descriptor has made it non-blocking.
          var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
          _ = poll(&request, 1, -1)
        } else if errno != EINTR {
          return errno
        }
      }
      return nil
    }
  }

  static func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }
}
