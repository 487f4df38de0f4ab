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

  /// Whether the terminal showed keys when it was found. The one of an editor may do that itself.
  var showsKeys: Bool { found.c_lflag & tcflag_t(ECHO) != 0 }

  /// Keys come one by one, as they are, and unseen, whether they are waited for or not.
  ///
  /// It stays like this from one prompt to the next. Where a terminal edits lines itself, be it for a moment, what comes in
  /// that moment is changed: Ctrl-U takes away what came before, Ctrl-D becomes a zero, Enter a Ctrl-J.
  func takeKeys() {
    set { modes in
      // Readline turns ISIG on, so it is these characters that have to go.
      for index in [VINTR, VQUIT, VSUSP] { Self.setCharacter(index, to: Self.disabled, in: &modes) }
      modes.c_lflag &= ~tcflag_t(ICANON | ECHO | IEXTEN)
      modes.c_iflag &= ~tcflag_t(ICRNL | INLCR | IXON)
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
