public import WeftMachine
public import WeftSyntax

/// What a driver tells of a run that goes on; called on the run's own thread, so it returns soon.
public struct RunObserver: Sendable {
  /// Takes what the script prints, in UTF-8.
  public var output: @Sendable ([UInt8]) -> Void
  /// The state of the run, about ten times a second.
  public var progress: (@Sendable (RunProgress) -> Void)?
  /// What is amiss in how the script runs, in the words of `weft check`: each once.
  public var warning: (@Sendable (Diagnostic) -> Void)?
  /// What happens in the run, of its workers as well: each machine's in order. Nothing is written down without it.
  ///
  /// ```swift
  /// var observer = RunObserver(output: { _ in })
  /// observer.records = { batch in print(batch.records.count, "records of worker", batch.worker) }
  /// ```
  public var records: (@Sendable (RunRecords) -> Void)?
  /// Whether the records of started tasks have their arguments.
  public var wantsArguments = false

  public init(
    output: @escaping @Sendable ([UInt8]) -> Void, progress: (@Sendable (RunProgress) -> Void)? = nil,
    warning: (@Sendable (Diagnostic) -> Void)? = nil, records: (@Sendable (RunRecords) -> Void)? = nil
  ) {
    self.output = output
    self.progress = progress
    self.warning = warning
    self.records = records
  }
}

/// How far a run is.
public struct RunProgress: Sendable {
  /// Nanoseconds since it began.
  public var elapsed: Int64
  /// The block with the most tasks that runs for longer than a second; nil if there is none.
  public var block: BlockProgress?
}

extension Script {
  /// Runs the script with the real clock and network. Cancelling the calling Swift task cancels the script.
  ///
  ///     let result = await script.run(options, fetcher: fetcher, observer: RunObserver(output: { … }))
  package func run(
    _ options: RunOptions = RunOptions(), fetcher: (any Fetcher)? = nil, control: RunControl = RunControl(),
    observer: RunObserver
  ) async -> RunResult {
    let mailbox = control.begin()
    return await withTaskCancellationHandler {
      let watch = observer.records.map { _ in RunContext.Watch(worker: 0, arguments: observer.wantsArguments) }
      let context = RunContext(self, options, fetcher, watch: watch)
      let driver = MachineDriver(
        context.makeMachine(), context, mailbox, yields: true, output: observer.output,
        records: observer.records)
      context.observe(driver.machine, pool: nil)
      let machine = driver.machine
      if options.staysOpen { machine.keepOpen() }
      machine.begin(options, at: context.startedAt, wallClock: context.wallClock)
      if Task.isCancelled || !driver.runBriefly() {
        await withTaskExecutorPreference(LoopExecutor.shared) {
          mailbox.join(context.activity)
          let longTurns = observer.warning.map { LongTurns(self, $0) }
          await driver.drive(every: Self.progressInterval, wakes: observer.progress != nil) { now in
            observer.progress?(RunProgress(elapsed: now - machine.startedAt, block: machine.longestBlock))
            longTurns?.look(at: machine)
          }
          await driver.finish()
        }
      }
      RunControl.end(mailbox)
      context.memory.runEnded()
      return machine.makeResult()
    } onCancel: {
      mailbox.post(.cancel)
    }
  }

  /// Nanoseconds.
  private static let progressInterval: Int64 = 100_000_000
}
