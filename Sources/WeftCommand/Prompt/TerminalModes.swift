import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The settings of the terminal that the prompt reads from: as they were found, and as they are needed.
///
/// Ctrl-C, Ctrl-Z, Ctrl-\, Ctrl-S and Ctrl-Q come as keys. As signals they would overtake the keys before them, throw away
/// what was typed ahead, or stop the terminal.
final class TerminalModes: Sendable {
  private let descriptor: Int32
  private let found: termios

  /// Nil if `descriptor` is no terminal.
  init?(_ descriptor: Int32 = STDIN_FILENO) {
    var found = termios()
    guard tcgetattr(descriptor, &found) == 0 else { return nil }
    self.descriptor = descriptor
    self.found = found
  }

  /// What Readline starts from: it looks here whether keys are to be shown.
  func beforeEditing() {
    set { modes in Self.passKeys(&modes) }
  }

  /// While something runs, keys wait unseen for the next prompt.
  func whileRunning() {
    set { modes in
      Self.passKeys(&modes)
      modes.c_lflag &= ~tcflag_t(ICANON | ECHO)
      modes.c_iflag &= ~tcflag_t(ICRNL | INLCR)
      Self.setCharacter(VMIN, to: 1, in: &modes)
      Self.setCharacter(VTIME, to: 0, in: &modes)
    }
  }

  /// As they were found.
  func restore() {
    set { _ in }
  }

  private func set(_ change: (inout termios) -> Void) {
    var modes = found
    change(&modes)
    // A process in the background is stopped here until it is in the foreground; a signal may come first.
    while tcsetattr(descriptor, TCSADRAIN, &modes) != 0, errno == EINTR {}
  }

  private static func passKeys(_ modes: inout termios) {
    // Readline turns ISIG on again, so it is these characters that have to go.
    for index in [VINTR, VQUIT, VSUSP] { setCharacter(index, to: disabled, in: &modes) }
    modes.c_lflag &= ~tcflag_t(IEXTEN)
    modes.c_iflag &= ~tcflag_t(IXON)
  }

  /// `_POSIX_VDISABLE`.
  #if canImport(Darwin)
    private static let disabled: cc_t = 0xFF
  #else
    private static let disabled: cc_t = 0
  #endif

  private static func setCharacter(_ index: Int32, to value: cc_t, in modes: inout termios) {
    withUnsafeMutableBytes(of: &modes.c_cc) { $0[Int(index)] = value }
  }
}
