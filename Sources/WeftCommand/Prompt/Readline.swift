#if Readline
  // Its state is in C's global variables. This file alone touches them, on the main thread alone.
  @preconcurrency import CReadline

  #if canImport(Glibc)
    // `stdout` is such a variable, too.
    @preconcurrency import Glibc
  #elseif canImport(Darwin)
    import Darwin
  #endif

  /// GNU Readline. It asks for every key; whoever waits for one attends to all else meanwhile.
  ///
  /// Its callback interface, to which keys are handed, is not used: it keeps what is half typed (the start of a longer key,
  /// a search) in records of its own, mixes them up, and crashes over them.
  ///
  /// Signals are not its business: `UnixSignals` catches them, and those of the keyboard come as keys (`TerminalModes`).
  @MainActor
  enum Readline {
    enum Outcome {
      case accepted(String)
      /// Ctrl-D on an empty line.
      case end
      /// Somebody called `abandon`.
      case abandoned
    }

    /// What else than a complete line ends the editing.
    private enum Ending {
      case none
      /// As soon as Readline has come out of whatever has begun: a search, a longer key.
      case wanted(mark: String)
      case shown(Outcome)
    }

    /// What could stand in a line where Tab was pressed.
    struct Completion {
      var candidates: [String] = []
      /// What follows the only candidate: a character, or 0 for nothing.
      var suffix: Int32 = 0
      /// The bytes, all of them ASCII, between which the word in the making stands.
      var breaks = ""
    }

    private static var ending = Ending.none
    private static var nextKey: () -> UInt8? = { nil }
    private static var hasKeys: (_ patience: Int32) -> Bool = { _ in false }
    /// What Readline has been given of a paste.
    private static var marks = PasteMarks()
    /// What is still to be given of a mark that ends a paste which was abandoned.
    private static var endMark: ArraySlice<UInt8> = []
    private static var indentation = ""
    private static var modes: TerminalModes?
    private static var complete: (_ line: String, _ cursor: Int) -> Completion = { _, _ in Completion() }
    private static var completion = Completion()
    private static var nextCandidate = 0
    private(set) static var isEditing = false

    // MARK: Life

    /// - Parameters:
    ///   - nextKey: Waits for a key; gives nil once the line was abandoned.
    ///   - hasKeys: Whether it would not have to wait; takes so many milliseconds to find out.
    static func setUp(
      _ modes: TerminalModes, nextKey: @escaping () -> UInt8?, hasKeys: @escaping (_ patience: Int32) -> Bool,
      completion: @escaping (_ line: String, _ cursor: Int) -> Completion
    ) {
      self.modes = modes
      self.nextKey = nextKey
      self.hasKeys = hasKeys
      complete = completion
      // Without any locale Readline would show what is not ASCII as numbers.
      if setlocale(LC_CTYPE, "") == nil || String(cString: nl_langinfo(nl_item(CODESET))) != "UTF-8" {
        setlocale(LC_CTYPE, "C.UTF-8")
      }
      rl_readline_name = UnsafePointer(strdup("weft"))
      rl_catch_signals = 0
      rl_catch_sigwinch = 0
      // It would set LINES and COLUMNS, while other threads may read the environment.
      rl_change_environment = 0
      rl_getc_function = { _ in MainActor.assumeIsolated { Readline.key() } }
      rl_input_available_hook = {
        // It tells by this alone how long it would wait: for the rest of an arrow, whose first byte is Escape, for instance.
        let microseconds = rl_set_keyboard_input_timeout(0)
        rl_set_keyboard_input_timeout(microseconds)
        return MainActor.assumeIsolated { Readline.hasKeys(microseconds / 1_000) ? 1 : 0 }
      }
      rl_prep_term_function = { meta in
        rl_prep_terminal(meta)
        // It has looked at the terminal, which shows no keys by now.
        rl_tty_set_echoing(MainActor.assumeIsolated { Readline.modes?.showsKeys == true } ? 1 : 0)
      }
      rl_deprep_term_function = {
        // It would break the line once more.
        if MainActor.assumeIsolated({ Readline.isAbandoned }) { rl_eof_found = 0 }
        rl_deprep_terminal()
      }
      rl_startup_hook = {
        MainActor.assumeIsolated {
          if !Readline.indentation.isEmpty { rl_insert_text(Readline.indentation) }
        }
        return 0
      }
      setUpCompletion()
      // A default, which `.inputrc` may change.
      rl_variable_bind("show-all-if-ambiguous", "on")
      rl_initialize()
      bindKeys()
      using_history()
    }

    /// Shows the prompt and returns when the line is complete or left. `indentation` stands in the line already.
    static func readLine(prompt: String, indentation: String = "") -> Outcome {
      self.indentation = indentation
      ending = .none
      endMark = []
      rl_eof_found = 0
      isEditing = true
      let line = readline(prompt)
      isEditing = false
      defer { free(line) }
      switch ending {
      case .none: return line.map { .accepted(String(cString: $0)) } ?? .end
      case .wanted: return .abandoned
      case .shown(let outcome): return outcome
      }
    }

    /// Has the line left as it stands, with `mark` behind it: when `nextKey` has given nil, `readLine` returns.
    static func abandon(_ mark: String = "") {
      guard isEditing, case .none = ending else { return }
      ending = .wanted(mark: mark)
    }

    static var isAbandoned: Bool {
      if case .none = ending { false } else { true }
    }

    private static func leave(_ mark: String, _ outcome: Outcome) -> Int32 {
      rl_point = rl_end
      rl_redisplay()
      // Readline goes to the first column when it gives the terminal back.
      write(mark + "\n")
      ending = .shown(outcome)
      return READERR
    }

    /// The next key as Readline asks for it. What is no key ends whatever has begun, and in the end the line.
    private static func key() -> Int32 {
      let isAtCommand = Int32(truncatingIfNeeded: rl_readline_state) & RL_STATE_READCMD != 0
      if isAtCommand { marks = PasteMarks() }
      if case .none = ending, let key = nextKey() {
        marks.see(key)
        // Readline would break the line in its own way, if at all.
        return isAtCommand && key == endKey && rl_end == 0 ? leave("", .end) : Int32(key)
      }
      // Ended in any other way, a paste has no end in Readline's memory either.
      if marks.isInPaste {
        if endMark.isEmpty { endMark = PasteMarks.end[...] }
        let key = endMark.removeFirst()
        marks.see(key)
        return Int32(key)
      }
      guard isAtCommand else { return EOF }
      if case .wanted(let mark) = ending { return leave(mark, .abandoned) }
      return READERR
    }

    /// Whether Readline takes what comes for a part of a paste, in which Ctrl-C is text. What counts is what it has seen of it:
    /// a search or a Ctrl-V may have taken the mark at its start for a key.
    static var isInPaste: Bool { isEditing && marks.isInPaste }

    /// Whether something has been typed into the line.
    static var hasText: Bool { isEditing && rl_end > 0 }

    private static let endKey: UInt8 = 0x04

    // MARK: The screen

    /// Takes the line off the screen while `body` writes, and shows it again below.
    static func withLineHidden(_ body: () -> Void) {
      guard isEditing else { return body() }
      rl_clear_visible_line()
      fflush(rl_outstream)
      body()
      rl_on_new_line()
      rl_redisplay()
    }

    static func terminalWasResized() {
      if isEditing { rl_resize_terminal() } else { rl_reset_screen_size() }
    }

    /// The program was stopped and goes on: whatever ran meanwhile has changed the settings and the screen.
    ///
    /// - Parameter onNewLine: Whether the cursor stands at the start of a line, below what the line was shown as before.
    static func resume(onNewLine: Bool) {
      // Where nobody has told it that it would be stopped, Readline believes that all is as it was.
      suspend()
      modes?.takeKeys()
      guard isEditing else { return }
      rl_prep_term_function(1)
      if !onNewLine { rl_clear_visible_line() }
      rl_on_new_line()
      rl_redisplay()
    }

    /// Gives the terminal back for a while.
    static func suspend() {
      if isEditing { rl_deprep_term_function() }
    }

    private static func write(_ text: String) {
      fputs(text, rl_outstream)
      fflush(rl_outstream)
    }

    // MARK: History

    static func addHistory(_ entry: String) {
      add_history(entry)
    }

    // MARK: Keys

    private static func bindKeys() {
      // Alt-Enter breaks the line and does not end the input; Readline would change to vi's keys.
      for keys in ["\u{1B}\r", "\u{1B}\n"] where isBound(keys, to: rl_vi_editing_mode) {
        rl_bind_keyseq(keys) { _, _ in rl_insert_text("\n") }
      }
      bindLineKeys()
      if isBound("}", to: rl_insert) {
        rl_bind_keyseq("}") { count, key in
          MainActor.assumeIsolated { Readline.outdent() }
          return rl_insert(count, key)
        }
      }
      if isBound("\t", to: rl_complete) {
        rl_bind_keyseq("\t", tab)
      }
    }

    /// In an input of several lines the arrows move among them, and Home and End in one of them, unless `.inputrc` has given
    /// those keys another meaning.
    private static func bindLineKeys() {
      for keys in ["\u{1B}[A", "\u{1B}OA"] where isBound(keys, to: rl_get_previous_history) {
        rl_bind_keyseq(keys) { count, key in
          MainActor.assumeIsolated { Readline.moveUp() } ? 0 : rl_get_previous_history(count, key)
        }
      }
      for keys in ["\u{1B}[B", "\u{1B}OB"] where isBound(keys, to: rl_get_next_history) {
        rl_bind_keyseq(keys) { count, key in
          MainActor.assumeIsolated { Readline.moveDown() } ? 0 : rl_get_next_history(count, key)
        }
      }
      for keys in ["\u{1}", "\u{1B}[H", "\u{1B}OH", "\u{1B}[1~"] where isBound(keys, to: rl_beg_of_line) {
        rl_bind_keyseq(keys) { _, _ in
          MainActor.assumeIsolated { Readline.moveToStart() }
          return 0
        }
      }
      for keys in ["\u{5}", "\u{1B}[F", "\u{1B}OF", "\u{1B}[4~"] where isBound(keys, to: rl_end_of_line) {
        rl_bind_keyseq(keys) { _, _ in
          MainActor.assumeIsolated { Readline.moveToEnd() }
          return 0
        }
      }
    }

    /// Where nothing stands before it in its line, Tab indents.
    private static let tab: @convention(c) (Int32, Int32) -> Int32 = { count, key in
      if MainActor.assumeIsolated({ Readline.isBeforeText }) { return rl_insert_text("  ") }
      // A second Tab in a row lists the candidates, for which Readline looks at the command before.
      if MainActor.assumeIsolated({ same(rl_last_func, Readline.tab) }) { rl_last_func = rl_complete }
      return rl_complete(count, key)
    }

    /// - Parameter keys: As they come from the terminal, without the escapes of `.inputrc`.
    private static func isBound(_ keys: String, to function: @convention(c) (Int32, Int32) -> Int32) -> Bool {
      var type: Int32 = 0
      return same(rl_function_of_keyseq(keys, nil, &type), function) && type == ISFUNC
    }

    /// Pointers to functions cannot be compared in Swift.
    private static func same(
      _ left: (@convention(c) (Int32, Int32) -> Int32)?, _ right: @convention(c) (Int32, Int32) -> Int32
    ) -> Bool {
      unsafeBitCast(left, to: UnsafeRawPointer?.self) == unsafeBitCast(right, to: UnsafeRawPointer.self)
    }

    // MARK: The line

    private static var bytes: [UInt8] {
      guard let buffer = rl_line_buffer, rl_end > 0 else { return [] }
      return buffer.withMemoryRebound(to: UInt8.self, capacity: Int(rl_end)) {
        Array(UnsafeBufferPointer(start: $0, count: Int(rl_end)))
      }
    }

    private static var cursor: Int { min(max(0, Int(rl_point)), Int(rl_end)) }

    private static var isBeforeText: Bool {
      bytes[..<cursor].reversed().prefix { $0 != newline }.allSatisfy { $0 == 0x20 || $0 == 0x09 }
    }

    /// Takes two columns of indentation away, if nothing else stands before the cursor in its line.
    private static func outdent() {
      let end = cursor
      guard isBeforeText, bytes[..<end].suffix(2) == [0x20, 0x20] else { return }
      rl_delete_text(Int32(end - 2), Int32(end))
      rl_point = Int32(end - 2)
    }

    private static let newline = UInt8(ascii: "\n")

    private static func moveUp() -> Bool {
      let bytes = bytes
      guard let end = bytes[..<cursor].lastIndex(of: newline) else { return false }
      let start = bytes[..<end].lastIndex(of: newline).map { $0 + 1 } ?? 0
      move(to: column(in: bytes, from: end + 1), in: bytes[start..<end])
      return true
    }

    private static func moveDown() -> Bool {
      let bytes = bytes
      guard let end = bytes[cursor...].firstIndex(of: newline) else { return false }
      let start = bytes[..<cursor].lastIndex(of: newline).map { $0 + 1 } ?? 0
      let nextEnd = bytes[(end + 1)...].firstIndex(of: newline) ?? bytes.count
      move(to: column(in: bytes, from: start), in: bytes[(end + 1)..<nextEnd])
      return true
    }

    private static func moveToStart() {
      rl_point = Int32(bytes[..<cursor].lastIndex(of: newline).map { $0 + 1 } ?? 0)
    }

    private static func moveToEnd() {
      rl_point = Int32(bytes[cursor...].firstIndex(of: newline) ?? bytes.count)
    }

    /// In characters.
    private static func column(in bytes: [UInt8], from start: Int) -> Int {
      String(decoding: bytes[start..<cursor], as: UTF8.self).count
    }

    private static func move(to column: Int, in line: ArraySlice<UInt8>) {
      rl_point = Int32(line.startIndex + String(decoding: line, as: UTF8.self).prefix(column).utf8.count)
    }

    // MARK: Completion

    private static func setUpCompletion() {
      rl_completion_word_break_hook = {
        MainActor.assumeIsolated { Readline.findCompletion() }
        return nil
      }
      rl_attempted_completion_function = { text, _, _ in
        // Names of files would be the default.
        rl_attempted_completion_over = 1
        rl_completion_append_character = MainActor.assumeIsolated { Readline.completion.suffix }
        return rl_completion_matches(text) { _, state in
          let candidate = MainActor.assumeIsolated { Readline.candidate(isFirst: state == 0) }
          return candidate.flatMap { strdup($0) }
        }
      }
      rl_completion_display_matches_hook = { matches, count, longest in
        // A list that fills more than a screen helps nobody, and Readline would wait for an answer first.
        let shown = min(count, MainActor.assumeIsolated { Readline.mostShown })
        rl_display_match_list(matches, shown, longest)
        if count > shown { fputs("… and \(count - shown) more\n", rl_outstream) }
        rl_forced_update_display()
      }
      rl_variable_bind("page-completions", "off")
    }

    private static let mostShown: Int32 = 100

    private static func findCompletion() {
      completion = complete(String(decoding: bytes, as: UTF8.self), cursor)
      free(breaks)
      breaks = strdup(completion.breaks)
      rl_completer_word_break_characters = UnsafePointer(breaks)
    }

    private static var breaks: UnsafeMutablePointer<CChar>?

    private static func candidate(isFirst: Bool) -> String? {
      if isFirst { nextCandidate = 0 }
      guard nextCandidate < completion.candidates.count else { return nil }
      nextCandidate += 1
      return completion.candidates[nextCandidate - 1]
    }
  }
#endif
