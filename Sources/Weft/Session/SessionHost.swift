import WeftCompiler
import WeftMachine
import WeftSyntax

/// A session between two resets, on the loop's thread: its machine, what has been entered, and the inputs that wait for their turn.
final class SessionHost {
  struct Input: Sendable {
    let id: UInt64
    let source: SourceFile
    let done: @Sendable (Evaluation) -> Void
  }

  private struct Running {
    let input: Input
    let compiled: SessionCompiler.Input
    let isMuted: Bool
    /// Of the loop's clock, and of the machine's.
    let begunAt: Int64
    let clockBegunAt: Int64
  }

  let machine: Machine
  let compiler: SessionCompiler
  let context: RunContext
  private let settings: Session.Settings
  private var now: () -> Int64 = { 0 }
  private let status: SessionStatus
  private var waiting: [Input] = []
  /// Inputs that were called off before they came.
  private var calledOff: Set<UInt64> = []
  /// The machine has come to its end, and that of the session.
  private var isOver = false
  private var hasEnded = false
  private var running: Running?
  private var lastInput: UInt64 = 0
  /// How many globals without a name there may be before it is looked which ones can be let go.
  private var nextSweep = 1
  /// Lengths of the parts of the program when workers were last told of it.
  private var published = -1

  init(_ settings: Session.Settings, _ status: SessionStatus, seed: UInt64) {
    self.settings = settings
    self.status = status
    compiler = SessionCompiler(errorKinds: Script.errorKinds, granting: settings.capabilities, room: settings.codeRoom)
    var options = settings.options
    options.seed = seed
    options.processes = nil
    let script = Script(session: compiler.makeImage())
    context = RunContext(script, options, settings.fetcher)
    machine = script.makeMachine(options, memory: context.memory, room: settings.codeRoom)
  }

  /// - Parameter now: The session's clock.
  func begin(at time: Int64, wallClock: Int64, now: @escaping () -> Int64) {
    self.now = now
    machine.beginSession(at: time, wallClock: wallClock)
  }

  // MARK: Inputs

  func evaluate(_ input: Input) {
    if isOver { return finish(input, hasEnded ? .ended : .cancelled) }
    if calledOff.remove(input.id) != nil { return finish(input, .cancelled) }
    waiting.append(input)
    startNext()
  }

  /// Ends the input of that number; one that still waits is never begun.
  func interrupt(_ id: UInt64?) {
    if let id, let place = waiting.firstIndex(where: { $0.id == id }) {
      finish(waiting.remove(at: place), .cancelled)
    } else if id == nil || id == running?.input.id {
      machine.interruptInput()
    } else if let id, id > lastInput {
      calledOff.insert(id)
    }
  }

  private func startNext() {
    while running == nil, !waiting.isEmpty, machine.result == nil, !machine.isEnding { start(waiting.removeFirst()) }
  }

  private func start(_ input: Input) {
    lastInput = input.id
    let begunAt = LoopExecutor.now()
    let reader = ImportReader(input.source, settings.imports, isInput: true)
    // Names are looked at even after a syntax error, so that one look shows every problem.
    if reader.hasErrors {
      return finish(input, .wrong(reader.diagnostics), since: begunAt)
    }
    let compiled = machine.extend { compiler.compile(reader.program, into: &$0) }
    guard let main = compiled.main else {
      return finish(input, .wrong(reader.diagnostics + compiled.diagnostics), since: begunAt)
    }
    running = Running(
      input: input, compiled: compiled, isMuted: reader.endsInSemicolon, begunAt: begunAt, clockBegunAt: machine.now)
    machine.beginInput(main)
  }

  /// Looks at what the machine has come to; after each of its slices, when what it printed has been passed on.
  func look() {
    for failed in machine.takeFailedTasks() {
      status.add(
        BackgroundFailure(
          number: failed.number, call: failed.call, elapsed: failed.elapsed, failure: failure(failed.report)))
      settings.backgroundFailed?()
    }
    if let end = machine.takeInputEnd(), let running {
      self.running = nil
      settle(running.compiled)
      finish(running, end)
      startNext()
    }
    status.setRunningTasks(machine.backgroundTasks)
  }

  private func settle(_ compiled: SessionCompiler.Input) {
    let unset = compiled.values.filter { !machine.isSet(global: $0.global) }
    if !unset.isEmpty { machine.extend { compiler.withdraw(unset, from: &$0) } }
    compiler.settle()
    // Looking for what can be let go takes a time that depends on how much there is.
    if compiler.retired.count < nextSweep { return }
    let roots = compiler.roots
    compiler.retired.subtract(
      machine.sweep(compiler.retired, globals: roots.globals, functions: roots.functions))
    nextSweep = max(1, 2 * compiler.retired.count)
  }

  private func finish(_ running: Running, _ end: InputEnd) {
    var type: String?
    let outcome: Evaluation.Outcome
    switch end.outcome {
    case .value(let value, let valueType):
      if running.compiled.hasValue { type = valueType }
      outcome = .done(running.compiled.hasValue && !running.isMuted && value != .none ? value : nil)
    case .failed(let report): outcome = .failed(failure(report))
    case .cancelled: outcome = .cancelled
    }
    var evaluation = Evaluation(
      outcome, running.input.source, warnings: running.compiled.diagnostics, type: type,
      elapsed: LoopExecutor.now() - running.begunAt, clockElapsed: end.time - running.clockBegunAt)
    evaluation.failedExpectations = end.failedExpectations
    running.input.done(evaluation)
  }

  private func finish(_ input: Input, _ outcome: Evaluation.Outcome, since begunAt: Int64? = nil) {
    let elapsed = begunAt.map { LoopExecutor.now() - $0 } ?? 0
    input.done(Evaluation(outcome, input.source, elapsed: elapsed))
  }

  private func failure(_ report: ErrorReport) -> Failure {
    var sources: [Int: SourceFile] = [:]
    var open = [report]
    while let next = open.popLast() {
      for index in [next.source].compactMap({ $0 }) + next.trace.map(\.source)
      where machine.image.sources.indices.contains(index) {
        sources[index] = machine.image.sources[index]
      }
      open += next.causes + next.others
    }
    return Failure(report: report, sources: sources)
  }

  /// The machine has come to its end. Tells those who wait; a limit that was crossed is what the running input failed of.
  func conclude(hasEnded: Bool) {
    look()
    isOver = true
    self.hasEnded = hasEnded
    var outcome = Evaluation.Outcome.cancelled
    if case .exceeded(let report)? = machine.result { outcome = .failed(failure(report)) }
    if let running {
      self.running = nil
      var evaluation = Evaluation(
        outcome, running.input.source, warnings: running.compiled.diagnostics,
        elapsed: LoopExecutor.now() - running.begunAt, clockElapsed: machine.now - running.clockBegunAt)
      if case .failed = outcome { evaluation.isReset = true }
      running.input.done(evaluation)
    }
    for input in waiting { finish(input, .cancelled) }
    waiting = []
    status.setRunningTasks(0)
  }

  // MARK: Workers

  /// Sees to it that workers know the program as it is now. It costs a copy of the program at the next input, so it is done for
  /// those sessions alone that use workers.
  func publishProgram() {
    if published == machine.image.code.count { return }
    published = machine.image.code.count
    context.grow(to: Script(session: machine.image))
  }

  // MARK: Looking

  func tasks() -> [TaskSnapshot] {
    machine.setClock(to: now())
    return machine.taskSnapshots()
  }

  /// Nanoseconds since the session began.
  var clockTime: Int64 { now() - machine.startedAt }

  func names() -> [SessionName] {
    compiler.declarations.map { declaration in
      var name = SessionName(declaration)
      if let global = declaration.global, declaration.kind == .constant || declaration.kind == .variable,
        let (value, type) = machine.snapshot(ofGlobal: global, limits: .short)
      {
        name.value = value
        name.type = type
      }
      return name
    }
  }

  func disassembly(of name: String?) -> String? {
    if let name {
      guard let function = compiler.declaration(named: name)?.function, function >= 0 else { return nil }
      return machine.image.disassembly(of: function)
    }
    return compiler.lastMain.map { machine.image.disassembly(of: $0) }
  }
}

extension SessionName {
  init(_ declaration: SessionDeclaration) {
    name = declaration.name
    kind =
      switch declaration.kind {
      case .task: .task
      case .constant: .constant
      case .variable: .variable
      case .errorKind: .errorKind
      case .importedFile: .importedFile
      }
    signature = declaration.signature
    documentation = declaration.documentation
    sourceText = declaration.sourceText
    origin = declaration.origin
    members = declaration.members
  }
}
