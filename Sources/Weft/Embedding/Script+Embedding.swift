public import WeftMachine
import WeftSyntax

extension Script {
  /// Runs the script, and gives its value and what it printed. Any number of runs may go on at once; they share nothing but
  /// what the host shares.
  ///
  /// Cancelling the Swift task cancels the script in order: its tasks are cancelled, every `finally` runs.
  ///
  /// ```swift
  /// let result = try await script.run(with: ["count": 20])
  /// let total: Int = try result.value.decode()
  /// ```
  ///
  /// - Parameter params: Values for the script's `param`s, by name.
  public func run(with params: [String: WeftValue] = [:]) async throws(RunError) -> RunResult {
    let control = RunControl()
    return try await run(with: params, control, staysOpen: false)
  }

  /// Begins a run and comes back at once.
  ///
  /// ```swift
  /// let run = script.start(with: ["count": 20])
  /// run.cancel(reason: "the user left")
  /// ```
  ///
  /// - Parameter staysOpen: Whether the run goes on when the script's top level has ended, so that the host can call its tasks
  ///   by `Run.call` until `Run.close`.
  /// - Parameter observed: Whether `Run.events` tells what happens; to write it down takes a little time.
  public func start(
    with params: [String: WeftValue] = [:], staysOpen: Bool = false, observed: Bool = false
  ) -> Run {
    Run(self, params, staysOpen: staysOpen, observed: observed)
  }

  /// Runs the script's top level, then calls one of its tasks.
  ///
  /// ```swift
  /// let script = try weft.compile("task double(x) => 2 * x")
  /// let four = try await script.call("double", 2).int
  /// ```
  ///
  /// - Parameter arguments: Of any `Encodable` type; a task's parameters that have defaults may be left out at the end.
  public func call(_ task: String, _ arguments: any Encodable & Sendable...) async throws(RunError) -> WeftValue {
    let run = start(staysOpen: true)
    do throws(RunError) {
      let value = try await run.call(task, arguments: arguments)
      try await run.close()
      return value
    } catch {
      run.cancel()
      _ = await run.outcome
      throw error
    }
  }

  /// The tasks that `call` can call: those at the top level of the script itself.
  public var tasks: [String] { image.exports.keys.sorted() }

  // MARK: Underneath

  func run(
    with params: [String: WeftValue], _ control: RunControl, staysOpen: Bool, feed: EventFeed? = nil
  ) async throws(RunError) -> RunResult {
    var options = RunOptions()
    let grants = Grants(interpreter.capabilities)
    options.seed = grants.seed ?? UInt64.random(in: 0...UInt64.max)
    options.params = try checked(params)
    options.limits = interpreter.limits.ofMachine
    options.timeLimit = interpreter.limits.time
    options.environment = grants.environment
    options.files = grants.files
    options.processes = grants.processes
    options.staysOpen = staysOpen
    var captured: CapturedOutput?
    let output: @Sendable ([UInt8]) -> Void
    switch grants.output {
    case .capture:
      let capture = CapturedOutput()
      captured = capture
      output = { capture.append($0) }
    case .handler(let handler): output = handler
    case .discard: output = { _ in }
    }
    var observer = RunObserver(output: output)
    if let feed {
      observer.output = {
        output($0)
        feed.send(.output($0))
      }
      observer.progress = { feed.send(.progress($0)) }
      observer.records = { feed.send(.records($0)) }
    }
    var result = await run(options, fetcher: grants.fetcher, control: control, observer: observer)
    if let captured { result.output = captured.text }
    guard var error = RunError(result, of: self, control.reason) else { return result }
    error.result = result
    throw error
  }

  /// The values for the script's parameters, which have to be there and of the right types.
  private func checked(_ params: [String: WeftValue]) throws(RunError) -> [String: WeftValue] {
    var values = params
    for (name, value) in params.sorted(by: { $0.key < $1.key }) {
      guard let param = image.params.first(where: { $0.name == name }) else {
        let match = closestMatch(to: name, among: image.params.map(\.name))
        throw RunError(
          .input, ErrorKind.argumentError.rawValue,
          "the script has no parameter `\(name)`" + (match.map { "; did you mean `\($0)`?" } ?? ""))
      }
      if param.type == .float, case .int(let int) = value { values[name] = .float(Double(int)) }
      guard param.type == .any || values[name]?.typeName == param.type.rawValue else {
        let actual = value.isNone ? "none" : "\(value.typeName.article) \(value.typeName)"
        throw RunError(
          .input, ErrorKind.typeError.rawValue,
          "the parameter `\(name)` takes \(param.type.rawValue.article) \(param.type.rawValue), not \(actual)")
      }
    }
    if let missing = image.params.first(where: { $0.defaultText == nil && values[$0.name] == nil }) {
      throw RunError(.input, ErrorKind.argumentError.rawValue, "the parameter `\(missing.name)` is missing")
    }
    return values
  }

  /// The index of a task, which takes so many arguments.
  func function(_ task: String, arguments count: Int) throws(RunError) -> Int {
    guard let index = image.exports[task] else {
      let match = closestMatch(to: task, among: image.exports.keys)
      throw RunError(
        .input, ErrorKind.nameError.rawValue,
        "the script has no task `\(task)` at its top level" + (match.map { "; did you mean `\($0)`?" } ?? ""))
    }
    let function = image.functions[index]
    let most = function.parameters.count
    if count > most {
      let takes = most == 0 ? "no arguments" : most == 1 ? "1 argument" : "\(most) arguments"
      throw RunError(.input, ErrorKind.argumentError.rawValue, "`\(task)` takes \(takes), but \(count) are given")
    }
    if count < function.required {
      let missing = function.parameters[count..<function.required].map { "`\($0)`" }.joined(separator: ", ")
      throw RunError(.input, ErrorKind.argumentError.rawValue, "`\(task)` is missing an argument: \(missing)")
    }
    return index
  }
}

extension String {
  fileprivate var article: String { "AEIOU".contains(first ?? "x") ? "an" : "a" }
}

extension RunError {
  /// Nil for a run that came to its end.
  init?(_ result: RunResult, of script: Script, _ why: String?) {
    switch result.outcome {
    case .completed: return nil
    case .failed(let report): self.init(.failed, report, of: script)
    case .exceeded(let report): self.init(.limit, report, of: script)
    case .cancelled: self = .cancelled(why)
    }
  }
}
