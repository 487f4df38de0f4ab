import Synchronization
import Weft
import WeftHTTP
import WeftMachine
import WeftReport

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// One run of a script by the command: what may end it early, and what is said of its end.
struct ScriptRun {
  let script: Script
  let options: RunOptions
  let reporter: Reporter
  let progress: Progress
  let timeLimit: TimeLimit?
  let fetching: HTTPFetcher.Configuration
  /// What to write down of it; nil if nothing.
  let measurement: Measurement?
  /// What a simulation has said before; nil if none was asked for.
  let prediction: Prediction?
  /// What is shown of it while it goes on; nil if nothing.
  let tree: LiveTree?

  /// Why a run was told to end. The first reason counts.
  private enum Stop {
    case signal(StopSignal)
    case timeLimit
    case output

    var status: ExitStatus {
      switch self {
      case .signal(let signal): .stopped(signal)
      case .timeLimit: .timeLimit
      case .output: .brokenPipe
      }
    }
  }

  private final class StopBox: Sendable {
    private let stop = Mutex<Stop?>(nil)

    var value: Stop? { stop.withLock { $0 } }
    func set(_ new: Stop) { stop.withLock { $0 = $0 ?? new } }
  }

  private let stop = StopBox()

  init(
    script: Script, options: RunOptions, reporter: Reporter, progress: Progress, timeLimit: TimeLimit?,
    measurement: Measurement? = nil, tree: LiveTree? = nil, prediction: Prediction? = nil,
    fetching: HTTPFetcher.Configuration = HTTPFetcher.Configuration()
  ) {
    self.tree = tree
    self.measurement = measurement
    self.prediction = prediction
    self.script = script
    self.options = options
    self.reporter = reporter
    self.progress = progress
    self.timeLimit = timeLimit
    self.fetching = fetching
  }

  /// With the real clock and network.
  func really() async -> ExitStatus {
    let control = RunControl()
    let signals = await StopSignals()
    signals.onFirst { [stop] signal in
      stop.set(.signal(signal))
      control.shutdown()
    }
    let limit = startTimeLimit { [stop] in
      stop.set(.timeLimit)
      control.cancel()
    }
    let fetcher = HTTPFetcher(fetching)
    var observer = RunObserver(
      output: { [stop] bytes in
        Console.shared.write(bytes)
        if Console.shared.outputFailure != nil {
          stop.set(.output)
          control.cancel()
        }
      }, progress: { [progress] in progress.update($0) },
      warning: { [reporter, script] in
        if let source = script.source(0) { reporter.diagnostics([$0], in: source) }
      })
    if measurement != nil || tree != nil || prediction != nil {
      observer.records = { [measurement, tree, prediction] batch in
        prediction?.take(batch)
        measurement?.take(batch)
        tree?.take(batch)
      }
      observer.wantsArguments = tree != nil || measurement?.needsArguments ?? false
    }
    if let tree { observer.progress = { [progress] in progress.update($0, tree) } }
    let result = await script.run(options, fetcher: fetcher, control: control, observer: observer)
    limit?.cancel()
    Console.shared.hideProgress()
    let status = conclude(result, isVirtual: false)
    if let prediction { Console.shared.writeError("\n" + prediction.text(result)) }
    await fetcher.shutdown()
    return status
  }

  /// On a virtual clock, which a signal cannot reach: the run then ends at once.
  func virtually() async -> ExitStatus {
    let signals = await StopSignals()
    signals.onFirst { [reporter] signal in
      reporter.note("stopped by \(signal.rawValue)")
      ExitStatus.stopped(signal).exitAtOnce()
    }
    // The limit holds on both clocks: a loop that never waits would not move the virtual one.
    let limit = startTimeLimit { [self] in
      tellTimeLimit()
      ExitStatus.timeLimit.exitAtOnce()
    }
    var world = VirtualWorld()
    world.cancelAt = timeLimit?.nanoseconds
    let result = script.runVirtually(
      options, in: world, output: { Console.shared.write($0) }, arguments: measurement?.needsArguments ?? false,
      records: measurement.map { measurement in { measurement.take($0) } })
    limit?.cancel()
    if Console.shared.outputFailure != nil { stop.set(.output) }
    if case .cancelled = result.outcome, timeLimit != nil { stop.set(.timeLimit) }
    return conclude(result, isVirtual: true)
  }

  private func startTimeLimit(_ action: @escaping @Sendable () -> Void) -> Task<Void, Never>? {
    timeLimit.map { limit in
      Task.detached {
        guard (try? await Task.sleep(for: .nanoseconds(limit.nanoseconds))) != nil else { return }
        action()
      }
    }
  }

  // MARK: What is said of the end

  private func conclude(_ result: RunResult, isVirtual: Bool) -> ExitStatus {
    var status = status(of: result)
    if case .completed = result.outcome, let summary = measurement?.collector.summary, !script.image.checks.isEmpty {
      let checks = RunChecks(script, summary, options.params)
      reporter.checks(checks)
      if checks.hasFailed, status.code == 0 { status = .expectation }
    }
    let isWritten = measurement?.conclude(result, seed: options.seed, isVirtual: isVirtual, reporter) ?? true
    return isWritten || status.code != 0 ? status : .failed
  }

  private func status(of result: RunResult) -> ExitStatus {
    for failed in result.failedExpectations { reporter.expectation(failed, in: script) }
    var status: ExitStatus
    switch result.outcome {
    case .completed:
      status = result.failedExpectations.isEmpty ? .done : .expectation
    case .failed(let report), .exceeded(let report):
      reporter.error(report, in: script)
      status = .failed
    case .cancelled:
      if stop.value == nil { reporter.failure("the run was cancelled") }
      status = .failed
    }
    if case .cancelled = result.outcome {
      // Somebody ended it; no number is to blame.
    } else if status.code != 0, result.usedRandomness {
      reporter.note("seed \(options.seed): run again with `--seed \(options.seed)` for the same random numbers")
    }
    switch stop.value {
    case .output: return outputFailed()
    case let reason?:
      // A run that came to its end before the stop reached it has done what it was asked for.
      if case .completed = result.outcome, !result.wasShutDown { break }
      tell(reason, result)
      return reason.status
    case nil: break
    }
    if case .completed = result.outcome, !result.leftovers.isEmpty {
      reporter.failure("a fault in weft: this run left something behind: \(result.leftovers)", hint: "please report it")
      status = .fault
    }
    return status
  }

  private func tell(_ reason: Stop, _ result: RunResult) {
    switch reason {
    case .signal(let signal):
      var state = progress.state.map { "; \($0)" } ?? ""
      // What was shown last has been finished since.
      if case .completed = result.outcome { state = "" }
      reporter.note("stopped by \(signal.rawValue) after \(Quantity.seconds(result.elapsed))\(state)")
    case .timeLimit: tellTimeLimit()
    case .output: break
    }
  }

  private func tellTimeLimit() {
    let state = progress.state.map { "; \($0)" } ?? ""
    reporter.failure("the time limit of \(timeLimit?.text ?? "?") was reached\(state)")
  }

  private func outputFailed() -> ExitStatus {
    guard let number = Console.shared.outputFailure, number != EPIPE else { return .brokenPipe }
    reporter.failure("cannot write to standard output: \(String(cString: strerror(number)).lowercased())")
    return .failed
  }
}
