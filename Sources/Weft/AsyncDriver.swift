public import WeftMachine

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A way to reach a run from outside while it goes on.
public final class RunControl: Sendable {
  let mailbox = Mailbox()

  public init() {}

  /// Ends the run in order: all its tasks are cancelled, every `finally` runs.
  public func cancel() { mailbox.post(.cancel) }

  /// Asks the run to end: a script that mentions `shutdown` learns of it and finishes its work; any other is cancelled.
  public func shutdown() { mailbox.post(.shutdown) }
}

/// What a driver tells of a run that goes on; called on the run's own thread, so it returns soon.
public struct RunObserver: Sendable {
  /// Takes what the script prints, in UTF-8.
  public var output: @Sendable ([UInt8]) -> Void
  /// The state of the run, about ten times a second.
  public var progress: (@Sendable (RunProgress) -> Void)?

  public init(
    output: @escaping @Sendable ([UInt8]) -> Void, progress: (@Sendable (RunProgress) -> Void)? = nil
  ) {
    self.output = output
    self.progress = progress
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
  /// ```swift
  /// let result = await script.run(fetcher: fetcher, observer: RunObserver(output: { print(String(decoding: $0, as: UTF8.self)) }))
  /// ```
  public func run(
    _ options: RunOptions = RunOptions(), fetcher: (any Fetcher)? = nil, control: RunControl = RunControl(),
    observer: RunObserver
  ) async -> RunResult {
    await withTaskCancellationHandler {
      await withTaskExecutorPreference(LoopExecutor.shared) {
        await AsyncDriver(self, options, fetcher, control, observer).run()
      }
    } onCancel: {
      control.cancel()
    }
  }
}

/// Drives one machine from one Swift task.
private struct AsyncDriver {
  private let machine: Machine
  private let fetcher: (any Fetcher)?
  private let mailbox: Mailbox
  private let files: FileWorker?
  private let observer: RunObserver
  private let loop = LoopExecutor.shared
  /// A slice is long enough to make the mailbox cheap, and short enough for a deadline to be late by little.
  private static let sliceTicks = 20_000
  private static let progressInterval: Int64 = 100_000_000

  init(
    _ script: Script, _ options: RunOptions, _ fetcher: (any Fetcher)?, _ control: RunControl, _ observer: RunObserver
  ) {
    machine = script.makeMachine(options)
    self.fetcher = fetcher
    mailbox = control.mailbox
    files = options.files.map { [mailbox] in FileWorker($0, mailbox) }
    self.observer = observer
  }

  func run() async -> RunResult {
    var exchanges: [UInt64: any FetchCancelling] = [:]
    var wall = timespec()
    clock_gettime(CLOCK_REALTIME, &wall)
    machine.begin(
      at: LoopExecutor.now(), wallClock: Int64(wall.tv_sec) * 1_000_000_000 + Int64(wall.tv_nsec))
    var nextProgress = observer.progress == nil ? Int64.max : LoopExecutor.now() + Self.progressInterval
    while true {
      let pause = machine.run(ticks: Self.sliceTicks)
      flush()
      perform(&exchanges)
      if case .finished = pause { break }
      if case .idle(let deadline) = pause, exchanges.isEmpty || !deliver(&exchanges) {
        await mailbox.wait(until: min(deadline ?? .max, nextProgress).finite, on: loop)
      }
      // What has come is older than the timers that are due by now.
      machine.setClock(to: LoopExecutor.now())
      _ = deliver(&exchanges)
      let now = LoopExecutor.now()
      machine.advance(to: now)
      if now >= nextProgress {
        observer.progress?(RunProgress(elapsed: now - machine.startedAt, block: machine.longestBlock))
        nextProgress = now + Self.progressInterval
      }
    }
    for exchange in exchanges.values { exchange.cancel() }
    await files?.finish()
    flush()
    return machine.makeResult()
  }

  private func flush() {
    let text = machine.takeOutput()
    if !text.isEmpty { observer.output(text) }
  }

  private func perform(_ exchanges: inout [UInt64: any FetchCancelling]) {
    for effect in machine.takeEffects() {
      switch effect {
      case .startFetch(let ticket, let request):
        guard let fetcher else {
          mailbox.post(.fetchEnded(ticket: ticket, .failure(FetchFailure(.other, "this run has no network"))))
          continue
        }
        exchanges[ticket] = fetcher.start(request) { [mailbox] result in
          mailbox.post(.fetchEnded(ticket: ticket, result))
        }
      case .cancelFetch(let ticket): exchanges.removeValue(forKey: ticket)?.cancel()
      case .startFileWork(let ticket, let request):
        if let files {
          files.start(ticket, request)
        } else {
          mailbox.post(.fileWorkEnded(ticket: ticket, .failure(FileFailure(.other, "this run has no files"))))
        }
      case .cancelFileWork(let ticket): files?.cancel(ticket)
      }
    }
  }

  /// Hands events to the machine; false when there were none.
  private func deliver(_ exchanges: inout [UInt64: any FetchCancelling]) -> Bool {
    let events = mailbox.take()
    for event in events {
      switch event {
      case .fetchEnded(let ticket, let result):
        exchanges.removeValue(forKey: ticket)
        machine.fetchEnded(ticket, result)
      case .fileWorkEnded(let ticket, let result): machine.fileWorkEnded(ticket, result)
      case .cancel: machine.cancelRun()
      case .shutdown: machine.requestShutdown()
      }
    }
    return !events.isEmpty
  }
}

extension Int64 {
  fileprivate var finite: Int64? { self == .max ? nil : self }
}
