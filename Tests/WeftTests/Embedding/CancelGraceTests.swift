import Testing
import Weft
import WeftMachine

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// `run.cancel(grace:)` ends a run wherever it is, even where its clean-up never ends: each of these scripts would go on for ever.
/// How soon after the grace is measured by `Benchmarks/run --only embedding`.
@Suite("Embedding: cancelling with a grace", .timeLimit(.minutes(2)))
struct CancelGraceTests {
  /// Tells that the script is where it should be cancelled.
  private let begun = AsyncStream.makeStream(of: Void.self)
  private let gate = Gate()

  private func weft() -> Interpreter {
    var weft = Interpreter()
    let files = StuckFiles(gate: gate) { [begun] in begun.continuation.yield() }
    weft.capabilities += [
      .processes(WorkerCommand(path: Crew.worker)), .files(files), .network(StuckFetcher()),
    ]
    weft.define("begun") { [begun] in begun.continuation.yield() }
    weft.define("forever") { [begun, gate] () async in
      begun.continuation.yield()
      // It does not care that it is cancelled.
      await gate.wait()
    }
    weft.define("blocked", runs: .blocking) { [begun, gate] in
      begun.continuation.yield()
      gate.block()
    }
    return weft
  }

  static let places = [
    "computing": "begun()\nwhile true { }",
    "a long built-in in a loop": "begun()\nlet xs = [n for n in 1...1000]\nwhile true { xs.sorted() }",
    "sleeping": "begun()\nsleep 10h",
    "a finally that computes": "try { begun()\nsleep 10h } finally { while true { } }",
    "a finally that sleeps": "try { begun()\nsleep 10h } finally { shield { sleep 10h } }",
    "a shield": "shield { begun()\nwhile true { sleep 1ms } }",
    "fetching": "begun()\ntry { fetch(\"http://127.0.0.1:1/\") } finally { shield { sleep 10h } }",
    "reading a file": "try { read(\"x\") } finally { shield { sleep 10h } }",
    "an async function": "forever()",
    "a blocking function": "blocked()",
    "many tasks": "gather for n in 1...1000 { try { begun()\nsleep 10h } finally { shield { sleep 10h } } }",
    "compute": "task spin() { begun()\ntry { while true { } } finally { while true { } } }\ncompute spin()",
    "threads": """
    task spin(n) { begun()
    try { while true { } } finally { shield { while true { } } } }
    pool(threads: 2) { gather for n in 1...4 { spin(n) } }
    """,
    "tasks":
      "task spin(n) { begun()\nshield { while true { } } }\npool(tasks: 2) { gather for n in 1...4 { spin(n) } }",
    "processes": """
    task spin(n) { begun()
    try { while true { } } finally { while true { } } }
    pool(processes: 2) { gather for n in 1...4 { spin(n) } }
    """,
    "an async function called by a thread":
      "task ask(n) => forever()\npool(threads: 1) { gather for n in [1] { ask(n) } }",
    "an async function called by a process":
      "task ask(n) => forever()\npool(processes: 1) { gather for n in [1] { ask(n) } }",
  ]

  @Test(arguments: places.keys.sorted())
  func place(_ name: String) async throws {
    defer { gate.open() }
    let source = try #require(Self.places[name])
    let run = try weft().compile(source).start()
    for await _ in begun.stream { break }
    run.cancel(reason: "enough", grace: .milliseconds(1))
    let error = await #expect(throws: RunError.self) { try await run.value }
    #expect(error?.reason == .cancelled)
    #expect(error?.message == "the run was cancelled: enough")
  }

  @Test("a run that computes without end does not hold up other runs, nor the end of its own grace")
  func neighbours() async throws {
    let weft = weft()
    let run = try weft.compile("begun()\ntry { while true { } } finally { shield { while true { } } }").start()
    for await _ in begun.stream { break }
    #expect(try await weft.compile("sleep 1ms\n6 * 7").run().value.int == 42)
    run.cancel(grace: .milliseconds(1))
    await #expect(throws: RunError.self) { try await run.value }
  }

  @Test("a run that stands still ends as well")
  func paused() async throws {
    let run = try weft().compile("begun()\ntry { while true { } } finally { while true { } }").start()
    for await _ in begun.stream { break }
    run.pause()
    run.cancel(grace: .milliseconds(1))
    await #expect(throws: RunError.self) { try await run.value }
  }

  @Test("a limit that is crossed waits for no function of the host")
  func limit() async throws {
    defer { gate.open() }
    var weft = weft()
    weft.limits.time = .milliseconds(20)
    let error = await #expect(throws: RunError.self) { try await weft.compile("forever()").run() }
    #expect(error?.reason == .limit)
  }

  @Test("a run that ends within its grace runs its clean-up, and is not ended twice")
  func inOrder() async throws {
    let cleaned = Locked(0)
    var weft = weft()
    weft.define("cleaned") { cleaned.withLock { $0 += 1 } }
    let run = try weft.compile("try { begun()\nsleep 10h } finally { shield { sleep 1ms\ncleaned() } }").start()
    for await _ in begun.stream { break }
    run.cancel(grace: .seconds(3_600))
    await #expect(throws: RunError.self) { try await run.value }
    #expect(cleaned.withLock { $0 } == 1)
  }
}

/// Where functions wait that do not come back as long as the test goes on.
private final class Gate: Sendable {
  private let state = Locked((isOpen: false, waiting: [UnsafeContinuation<Void, Never>]()))

  func wait() async {
    await withUnsafeContinuation { continuation in
      let isOpen = state.withLock { state in
        if !state.isOpen { state.waiting.append(continuation) }
        return state.isOpen
      }
      if isOpen { continuation.resume() }
    }
  }

  func block() { while !state.withLock({ $0.isOpen }) { usleep(2_000) } }

  func open() {
    let waiting = state.withLock { state in
      state.isOpen = true
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume() }
  }
}

private struct StuckFiles: FileAccess {
  let gate: Gate
  let begun: @Sendable () -> Void

  func read(_ path: String, limit: Int, isCancelled: () -> Bool) throws(FileFailure) -> [UInt8] {
    begun()
    gate.block()
    return []
  }

  func write(_ path: String, _ bytes: [UInt8], append: Bool, isCancelled: () -> Bool) throws(FileFailure) {}
}

private struct StuckFetcher: Fetcher {
  struct Exchange: FetchCancelling { func cancel() {} }

  func start(
    _ request: FetchRequest, completion: @escaping @Sendable (Result<FetchResponse, FetchFailure>) -> Void
  ) -> any FetchCancelling { Exchange() }

  func shutdown() async {}
}
