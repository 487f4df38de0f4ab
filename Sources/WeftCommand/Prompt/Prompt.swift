import WeftMachine

#if Readline
  import UnixSignals
  import Weft
  import WeftHTTP
  import WeftMachine
  import WeftSyntax

  #if canImport(Glibc)
    import Glibc
  #elseif canImport(Darwin)
    import Darwin
  #endif

  /// The interactive prompt. The main thread waits here for keys and for what happens at once; the session runs on threads of
  /// its own, so a key is shown at once whatever runs.
  @MainActor
  final class Prompt {
    enum Event: Sendable {
      case evaluated(Evaluation, names: [SessionName], PromptEvaluation)
      /// A command has something to say.
      case answered(String)
      case refused(String, hint: String?)
      case tasks([TaskSnapshot])
      /// The session has begun anew.
      case wasReset(String)
      case signal(UnixSignal)
      case ended(Machine.Leftovers)
    }

    enum Phase {
      case editing
      /// Something runs, and keys wait.
      case running
      /// The session ends in order.
      case leaving(ExitStatus)
      case over(ExitStatus)
    }

    let inbox: PromptInbox<Event>
    let reporter = Reporter(.text)
    private let modes: TerminalModes
    let style = PromptStyle(hasColor: Console.shared.hasColor)
    private var keys = KeyQueue()
    private var lastKeyAt = ContinuousClock.now
    private var phase = Phase.editing
    private var history: HistoryFile?
    private var lastEntry = ""
    /// The lines of an input that is not complete.
    private var block = ""
    /// Output of background tasks that has no line break yet.
    private var partialLine: [UInt8] = []
    private var lastPartAt = ContinuousClock.now
    private var hasAskedToLeave = false
    private var interrupts = 0
    private var isInputOpen = true
    private var signals: Task<Void, Never>?

    var settings: PromptSettings
    var session: Session
    var completer = Completer()
    /// What earlier inputs have declared, as of the last one.
    var names: [SessionName] = []

    /// Nil if standard input is no terminal.
    init?(_ settings: PromptSettings) {
      guard let modes = TerminalModes(), let inbox = PromptInbox<Event>() else { return nil }
      self.modes = modes
      self.inbox = inbox
      self.settings = settings
      session = settings.makeSession { inbox.write($0) }
    }

    /// Runs until somebody leaves; the terminal is then as it was.
    func run(signals: UnixSignalsSequence) -> ExitStatus {
      self.signals = Task.detached { [inbox] in
        for await signal in signals { inbox.post(.signal(signal)) }
      }
      modes.takeKeys()
      defer {
        modes.restore()
        inbox.shut()
        self.signals?.cancel()
      }
      Readline.setUp(
        modes, nextKey: { [unowned self] in nextKey() }, hasKeys: { [unowned self] in hasKeys($0) },
        completion: { [unowned self] line, cursor in completion(line, cursor) })
      openHistory()
      show(greeting)
      beginInput()
      while true {
        switch phase {
        case .editing: edit()
        case .running, .leaving:
          if takeKey() { continue }
          waitForSomething()
          takeInbox()
        case .over(let status): return status
        }
      }
    }

    private var greeting: String {
      let version = WeftCommand.configuration.version
      let clock = settings.isVirtual ? " on a virtual clock" : ""
      return "Weft \(version)\(clock). " + style.dim(":help shows what can be done here, Ctrl-D leaves") + "\n"
    }

    // MARK: What comes

    private func waitForSomething() {
      // A paste that has stopped, and hardly goes on, counts as ended; whatever else comes meanwhile.
      let isInPaste = if case .editing = phase { Readline.isInPaste } else { keys.isInPaste }
      let end =
        isInPaste
        ? lastKeyAt + Self.pastePatience : partialLine.isEmpty ? nil : lastPartAt + Self.partialPatience
      var requests = [
        pollfd(fd: inbox.descriptor, events: Int16(POLLIN), revents: 0),
        pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
      ]
      let count: nfds_t = isInputOpen && !keys.isFull ? 2 : 1
      let ready = poll(&requests, count, end.map { Self.milliseconds(until: $0) } ?? -1)
      if ready > 0, count == 2, requests[1].revents != 0 { return readKeys() }
      guard let end, ContinuousClock.now >= end else { return }
      if isInPaste { keys.append(PasteMarks.end) } else { showPartialLine() }
    }

    /// Rounded up.
    private static func milliseconds(until end: ContinuousClock.Instant) -> Int32 {
      let left = max(.zero, end - .now).components
      return Int32(left.seconds * 1_000 + (left.attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }

    /// Whether a key for the line editor is there, or comes within so many milliseconds.
    private func hasKeys(_ patience: Int32) -> Bool {
      if keys.first == nil, isInputOpen {
        var request = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        if poll(&request, 1, patience) > 0 { readKeys() }
      }
      guard let key = keys.first else { return false }
      return Readline.isInPaste || (key != KeyQueue.interruptKey && key != KeyQueue.suspendKey)
    }

    /// How long an unfinished line of a background task may wait for its rest.
    private static let partialPatience = Duration.milliseconds(100)
    /// How long a paste may stop before it counts as complete.
    private static let pastePatience = Duration.seconds(1)

    private func readKeys() {
      var bytes = [UInt8](repeating: 0, count: 65_536)
      let count = read(STDIN_FILENO, &bytes, bytes.count)
      if count > 0 {
        keys.append(bytes[..<count])
        lastKeyAt = .now
      } else if count == 0 || (errno != EINTR && errno != EAGAIN) {
        // The terminal is gone.
        isInputOpen = false
        leave(.done)
      }
    }

    private func takeInbox() {
      // What came together is shown together: the line is taken off the screen once.
      var output: [UInt8] = []
      for item in inbox.take() {
        switch item {
        case .output(let bytes): output += bytes
        case .event(let event):
          showOutput(output)
          output = []
          handle(event)
        }
      }
      showOutput(output)
    }

    private func handle(_ event: Event) {
      switch event {
      case .evaluated(let evaluation, let names, let kind):
        take(names)
        tell(evaluation, kind)
        beginInput()
      case .answered(let text):
        show(text)
        beginInput()
      case .refused(let message, let hint):
        reporter.failure(message, hint: hint)
        beginInput()
      case .tasks(let tasks):
        show(tasks)
        beginInput()
      case .wasReset(let text):
        take([])
        show(text)
        beginInput()
      case .signal(let signal): handle(signal)
      case .ended(let left):
        guard case .leaving(let status) = phase else { break }
        phase = .over(isClean(left) ? status : .fault)
      }
    }

    private func handle(_ signal: UnixSignal) {
      switch signal {
      case .sigint: interrupt()
      case .sigwinch: Readline.terminalWasResized()
      case .sigcont: Readline.resume(onNewLine: false)
      case .sigterm: stop(.stopped(.terminate))
      case .sighup: stop(.stopped(.hangUp))
      default: break
      }
    }

    /// A second signal doesn't wait for the session to end in order.
    private func stop(_ status: ExitStatus) {
      switch phase {
      case .leaving: phase = .over(status)
      case .over: break
      case .editing, .running: leave(status)
      }
    }

    // MARK: Keys

    /// Reads a line. All that comes meanwhile is attended to while the line editor waits for keys.
    private func edit() {
      let outcome =
        block.isEmpty
        ? Readline.readLine(prompt: style.prompt)
        : Readline.readLine(prompt: style.continuation, indentation: Indentation.next(after: block))
      guard case .editing = phase else { return }
      switch outcome {
      case .accepted(let line): accept(line)
      case .end: endOfInput()
      case .abandoned:
        block = ""
        beginInput()
      }
    }

    /// Waits for a key for the line editor; nil if the line was abandoned.
    private func nextKey() -> UInt8? {
      while !Readline.isAbandoned {
        guard let key = keys.popFirst() else {
          waitForSomething()
          takeInbox()
          continue
        }
        switch key {
        case KeyQueue.interruptKey where !Readline.isInPaste: interrupt()
        case KeyQueue.suspendKey where !Readline.isInPaste: suspend()
        default: return key
        }
      }
      return nil
    }

    /// While something runs, the keys wait, but for those that are meant for it. Gives whether there was one.
    private func takeKey() -> Bool {
      if keys.dropThroughInterrupt() {
        interrupt()
      } else if keys.first == KeyQueue.suspendKey {
        _ = keys.popFirst()
        suspend()
      } else {
        return false
      }
      return true
    }

    private func interrupt() {
      switch phase {
      case .editing: Readline.abandon("^C")
      case .running:
        interrupts += 1
        session.interrupt()
      case .leaving(let status): phase = .over(status)
      case .over: break
      }
    }

    private func suspend() {
      // Where no shell has made a job of this process, nobody would let it go on, and the system does not stop it. But for a
      // moment the terminal would be as it was found, and Ctrl-\ pressed just then would end everything.
      guard getpgrp() != getsid(0) else { return }
      Readline.suspend()
      modes.restore()
      // The whole job stops here, and goes on here.
      kill(0, SIGTSTP)
      Readline.resume(onNewLine: true)
    }

    // MARK: Inputs

    func beginInput() {
      interrupts = 0
      phase = .editing
      endPartialLine()
      Console.shared.endLine()
      tell(session.takeFailures())
    }

    private func accept(_ line: String) {
      if block.isEmpty {
        if line.allSatisfy(\.isWhitespace) { return beginInput() }
        let reading = reading(of: line)
        if reading != .command(.quit, argument: "") { hasAskedToLeave = false }
        if let reading {
          remember(line)
          return run(reading)
        }
        if let question = PromptQuestion(line) {
          remember(line)
          return answer(question)
        }
      }
      let text = block.isEmpty ? line : block + "\n" + line
      if case .incomplete = Session.completeness(of: text) {
        block = text
        return beginInput()
      }
      block = ""
      remember(text)
      evaluate(text)
    }

    private func reading(of line: String) -> PromptCommand.Reading? {
      if let command = PromptCommand.Line(line) { return PromptCommand.read(command) }
      guard let habit = PromptCommand.habit(line), !names.contains(where: { $0.name == habit.name }) else { return nil }
      return .command(habit.command, argument: "")
    }

    func evaluate(_ text: String, _ kind: PromptEvaluation = .input) {
      start { session in
        let evaluation = await session.evaluate(text)
        return .evaluated(evaluation, names: await session.names(), kind)
      }
    }

    /// Works on something off this thread, while keys wait.
    func start(_ work: @escaping @Sendable (Session) async -> Event) {
      phase = .running
      Task.detached { [session, inbox] in inbox.post(await work(session)) }
    }

    private func endOfInput() {
      guard block.isEmpty else {
        block = ""
        return beginInput()
      }
      askToLeave()
    }

    // MARK: History

    private func openHistory() {
      history = HistoryFile.fromEnvironment { getenv($0).map { String(cString: $0) } }
      guard let history else { return }
      do throws(HistoryFile.Problem) {
        for entry in try history.load() {
          Readline.addHistory(entry)
          lastEntry = entry
        }
      } catch {
        noHistory(error)
      }
    }

    /// What stands there already, newest, is not put there again.
    private func remember(_ entry: String) {
      guard entry != lastEntry else { return }
      lastEntry = entry
      Readline.addHistory(entry)
      guard let history else { return }
      do throws(HistoryFile.Problem) { try history.append(entry) } catch { noHistory(error) }
    }

    /// Said once.
    private func noHistory(_ problem: HistoryFile.Problem) {
      history = nil
      reporter.note("\(problem.message): inputs are remembered in this session only")
    }

    // MARK: Completion

    private func take(_ names: [SessionName]) {
      self.names = names
      completer.names = names.map(Completer.Name.init)
    }

    private func completion(_ line: String, _ cursor: Int) -> Readline.Completion {
      let before = String(decoding: Array(line.utf8.prefix(cursor)), as: UTF8.self)
      let found = completer.complete(before, after: block.isEmpty ? "" : block + "\n")
      return Readline.Completion(
        candidates: found.candidates, suffix: found.suffix.utf8.first.map(Int32.init) ?? 0,
        breaks: found.breaks.characters)
    }

    // MARK: Leaving

    func askToLeave() {
      let running = session.runningTasks
      if running == 0 || hasAskedToLeave { return leave(.done) }
      hasAskedToLeave = true
      let (them, are) = running == 1 ? ("it", "is") : ("them", "are")
      show("\(Quantity.counted(running, "task")) \(are) still running: Ctrl-D again cancels \(them) and leaves\n")
      beginInput()
    }

    private func leave(_ status: ExitStatus) {
      Readline.abandon()
      phase = .leaving(status)
      Task.detached { [session, inbox] in inbox.post(.ended(await session.end())) }
    }

    // MARK: What is shown

    /// Above the line that is being typed.
    func show(_ text: String) {
      Readline.withLineHidden { Console.shared.write(Array(text.utf8)) }
    }

    /// What tasks print. While a line is being typed, only whole lines are shown.
    private func showOutput(_ bytes: [UInt8]) {
      if bytes.isEmpty { return }
      guard Readline.isEditing else {
        endPartialLine()
        return Console.shared.write(bytes)
      }
      lastPartAt = .now
      guard let end = bytes.lastIndex(of: UInt8(ascii: "\n")) else { return partialLine += bytes }
      let lines = partialLine + bytes[...end]
      partialLine = Array(bytes[(end + 1)...])
      Readline.withLineHidden { Console.shared.write(lines) }
    }

    private func showPartialLine() {
      guard !partialLine.isEmpty else { return }
      let line = partialLine + [UInt8(ascii: "\n")]
      partialLine = []
      Readline.withLineHidden { Console.shared.write(line) }
    }

    /// The line was left: what follows goes on in it.
    private func endPartialLine() {
      Console.shared.write(partialLine)
      partialLine = []
    }
  }
#endif
