public import WeftCompiler
public import WeftMachine
public import WeftSyntax

/// A conversation with the language: inputs are compiled and run one after the other, each with what earlier ones declared, and
/// what they started goes on meanwhile. It is what a prompt, a notebook or a chat works on.
///
/// ```swift
/// let session = Session(output: { print(String(decoding: $0, as: UTF8.self), terminator: "") })
/// _ = await session.evaluate("task double(x) => 2 * x")
/// let answer = await session.evaluate("double(21)")
/// if case .done(let value?) = answer.outcome { print(value.text(width: 80)) }  // 42
/// let left = await session.end()
/// ```
///
/// - A definition can replace an earlier one. Tasks that use the name are compiled again, so that new calls use the new one;
///   what runs already keeps the old.
/// - `start` at the top of an input starts a task in the background, which outlives the input.
/// - `_` is the last value, `_error` the last error.
///
/// It runs on the thread that all runs share; the calls come from any.
public final class Session: Sendable {
  /// The clock that `sleep`, time-outs and `now()` go by.
  public enum Clock: Sendable {
    case real
    /// It jumps to what happens next while an input runs, and stands still between inputs. There is no network.
    case virtual
  }

  /// Whether a text can be evaluated as it is.
  public enum Completeness: Sendable {
    case complete
    /// More has to follow: a bracket is open, or an operator stands at the end.
    case incomplete
    /// It has errors of syntax.
    case wrong([Diagnostic])
  }

  /// - Parameters:
  ///   - options: The seed, limits, the environment, where files are read and written. Pools of processes are not available.
  ///   - imports: Gives the files that inputs import; those of an input are looked for as from a file of the working folder.
  ///   - capabilities: What inputs may use of their surroundings.
  ///   - fetcher: The network; without it there is none.
  ///   - output: Takes what inputs and background tasks print, in UTF-8; called on the session's thread, so it returns soon.
  ///   - backgroundFailed: Tells that `takeFailures` has something new; called on the session's thread.
  public convenience init(
    _ options: RunOptions = RunOptions(), clock: Clock = .real, imports: ImportLoader? = nil,
    granting capabilities: Capabilities = .standard, fetcher: (any Fetcher)? = nil,
    output: @escaping @Sendable ([UInt8]) -> Void, backgroundFailed: (@Sendable () -> Void)? = nil
  ) {
    self.init(
      Settings(
        options: options, clock: clock, imports: imports, capabilities: capabilities, fetcher: fetcher, output: output,
        backgroundFailed: backgroundFailed))
  }

  package init(_ settings: Settings) {
    status = SessionStatus()
    life = Task.detached(executorPreference: LoopExecutor.shared) { [status] in
      await SessionLife(settings, status).live()
    }
  }

  package struct Settings: Sendable {
    package var options = RunOptions()
    package var clock = Clock.real
    package var imports: ImportLoader?
    package var capabilities: Capabilities = .standard
    package var fetcher: (any Fetcher)?
    package var output: @Sendable ([UInt8]) -> Void
    package var backgroundFailed: (@Sendable () -> Void)?
    /// Words of code that there is room for until a reset; what stays empty of them is never touched.
    package var codeRoom = 4 << 20

    package init(
      options: RunOptions = RunOptions(), clock: Clock = .real, imports: ImportLoader? = nil,
      capabilities: Capabilities = .standard, fetcher: (any Fetcher)? = nil,
      output: @escaping @Sendable ([UInt8]) -> Void,
      backgroundFailed: (@Sendable () -> Void)? = nil
    ) {
      self.options = options
      self.clock = clock
      self.imports = imports
      self.capabilities = capabilities
      self.fetcher = fetcher
      self.output = output
      self.backgroundFailed = backgroundFailed
    }
  }

  private let status: SessionStatus
  /// Its end is that of the session.
  private let life: Task<Machine.Leftovers, Never>

  deinit { status.end() }

  // MARK: Inputs

  /// Whether an input can be evaluated as it is, as far as its syntax tells.
  ///
  /// ```swift
  /// if case .incomplete = Session.completeness(of: "task f() {") { print("go on") }
  /// ```
  public static func completeness(of text: String) -> Completeness { Completeness(of: text) }

  /// Compiles an input, runs it, and returns when its last statement is done; what it started goes on. Inputs are taken one after
  /// the other, in the order of the calls. Cancelling the calling Swift task interrupts the input.
  public func evaluate(_ text: String) async -> Evaluation {
    let number = status.beginInput()
    return await evaluate(SourceFile(name: "input \(number)", text: text), number)
  }

  /// The same for a file, whose imports are then relative to it.
  public func evaluate(_ file: SourceFile) async -> Evaluation { await evaluate(file, status.beginInput()) }

  private func evaluate(_ source: SourceFile, _ number: UInt64) async -> Evaluation {
    defer { status.endInput() }
    return await withTaskCancellationHandler {
      await Reply(orElse: Evaluation(.ended, source)).wait { give in
        let input = SessionHost.Input(id: number, source: source, done: give)
        return status.post { $0.evaluate(input) }
      }
    } onCancel: {
      status.post { $0.interrupt(number) }
    }
  }

  /// Ends the input that runs, in order: its tasks are cancelled, every `finally` runs. Tasks of the background go on. Called
  /// again, it ends what holds the first call off: the waiting of a `shield` or `finally`.
  public func interrupt() { status.post { $0.interrupt(nil) } }

  /// Whether an input runs, or waits for its turn.
  public var isEvaluating: Bool { status.isEvaluating }

  // MARK: The background

  /// How many tasks of the background run just now.
  public var runningTasks: Int { status.runningTasks }

  /// What runs, the input first if there is one, then the tasks of the background in the order of their numbers.
  public func tasks() async -> [TaskSnapshot] { await ask(orElse: []) { $0.tasks() } }

  /// Cancels a task of the background, by its number; false if there is none.
  public func cancel(task number: Int) async -> Bool {
    await ask(orElse: false) { $0.machine.cancelTask(number: number) }
  }

  /// The failures in the background since the last call.
  public func takeFailures() -> [BackgroundFailure] { status.takeFailures() }

  // MARK: Looking

  /// What earlier inputs have declared, in the order of the names, with the values of this moment.
  public func names() async -> [SessionName] { await ask(orElse: []) { $0.names() } }

  /// Nanoseconds since the session began, on its clock.
  public func clockTime() async -> Int64 { await ask(orElse: 0) { $0.clockTime } }

  /// A script that declares what is declared now and does what was done: the inputs that ran, without what was replaced.
  public func source() async -> String { await ask(orElse: "") { $0.compiler.script } }

  /// The code of a task, or of the last input for nil; nil if there is no such task.
  public func disassembly(of name: String?) async -> String? { await ask(orElse: nil) { $0.disassembly(of: name) } }

  private func ask<Answer: Sendable>(
    orElse none: Answer, _ question: @escaping @Sendable (SessionHost) -> Answer
  ) async -> Answer {
    await Reply(orElse: none).wait { give in status.post { give(question($0)) } }
  }

  // MARK: The end

  /// Cancels all that runs, in order, and forgets every name. Inputs that wait are cancelled.
  ///
  /// - Parameter seed: What random numbers come from afterwards; the same as before if it is left out.
  public func reset(seed: UInt64? = nil) async { await status.reset(seed: seed) }

  /// Cancels all that runs, in order, and ends the session. Gives what is left over: nothing of each. Called again meanwhile, it
  /// ends what holds the first call off.
  @discardableResult
  public func end() async -> Machine.Leftovers {
    status.end()
    return await life.value
  }
}
