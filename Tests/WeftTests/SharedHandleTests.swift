import Testing
import Weft
import WeftMachine

/// Handles that several machines have: nothing is lost and nothing is left, in any order and on real threads.
@Suite struct SharedHandleTests {
  static let kinds = ["threads", "tasks", "processes"]
  private static let seeds = 0..<200 as Range<UInt64>

  /// What a script prints in every order, and on the real clock.
  private func expect(
    _ text: String, prints expected: String, really: Int = 5, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let script = try Script(compiling: text)
    for seed in [nil] + Self.seeds.map(Optional.some) {
      let (result, output) = script.outcome(in: VirtualWorld(orderSeed: seed))
      #expect(output == expected, "seed \(seed.map(String.init) ?? "none")", sourceLocation: sourceLocation)
      #expect(result.leftovers.isClean, sourceLocation: sourceLocation)
      if output != expected { return }
    }
    for _ in 0..<really {
      let output = await self.really(script)
      #expect(output == expected, "real clock", sourceLocation: sourceLocation)
    }
  }

  private func really(_ script: Script) async -> String {
    let output = Captured()
    var options = RunOptions()
    options.processes = WorkerCommand(path: Crew.worker)
    let result = await script.run(options, observer: RunObserver(output: { output.append($0) }))
    #expect(result.leftovers.isClean)
    switch result.outcome {
    case .failed(let report), .exceeded(let report): return output.text + script.text(of: report)
    default: return output.text
    }
  }

  // MARK: Shared

  static let losers = ["c.value = c.value + 1", "c.value += 1", "c.value -= -1"]

  /// Between reading and writing, another machine writes.
  @Test(arguments: losers) func readAndWriteAreTwoSteps(_ statement: String) throws {
    let script = try Script(
      compiling: """
        let c = shared(0)
        task work() { for i in 1...5 { \(statement) } }
        pool(threads: 2) { gather { work(); work() } }
        print(c.value)
        """)
    let ends = Set(Self.seeds.map { script.text(in: VirtualWorld(orderSeed: $0)) })
    // In some orders nothing is lost, in some nearly everything.
    #expect(ends.contains("10\n"))
    #expect(ends.contains { (Int($0.dropLast()) ?? 10) <= 5 })
    #expect(ends.allSatisfy { (2...10).contains(Int($0.dropLast()) ?? 0) })
  }

  @Test(arguments: kinds) func updatesAreAtomic(_ kind: String) async throws {
    try await expect(
      """
      let c = shared(0)
      let m = shared({a: 0, list: []})
      task work(k) {
        for i in 1...10 {
          c.update(x => x + 1)
          m.update(v => { v.merged({a: v.a + 1, list: v.list + [k]}) })
        }
      }
      pool(\(kind): 4) { gather for k in 1...4 { work(k) } }
      print(c.value, m.value.a, sum(m.value.list), len(m.value.list))
      """, prints: "40 40 100 40\n")
  }

  @Test func computeHasThemToo() async throws {
    try await expect(
      """
      let c = shared(0)
      let d = shared(0)
      let l = lock()
      task work() {
        for i in 1...10 { with l { c.value = c.value + 1 } }
        for i in 1...10 { d.update(x => x + 1) }
      }
      gather for k in 1...3 { compute work() }
      print(c.value, d.value, l.locked)
      """, prints: "30 30 false\n")
  }

  /// A write waits for the end of an `update` elsewhere, which would otherwise undo it.
  @Test func aWriteIsNotUndoneByAnUpdate() async throws {
    try await expect(
      """
      let c = shared({a: 0, b: 0})
      task count() { for i in 1...10 { c.update(v => ({a: v.a + 1, b: v.b})) } }
      task write() { for i in 1...10 { c.value = {a: 0, b: i} } }
      pool(threads: 2) { gather { count(); write() } }
      print(c.value.b, c.value.a <= 10)
      """, prints: "10 true\n")
  }

  @Test func aThrowGivesTheCellBack() async throws {
    try await expect(
      """
      let c = shared(0)
      task work(k) {
        for i in 1...4 {
          try { c.update(x => { if k == 2 { throw "no" }; x + 1 }) } catch e { none }
        }
      }
      pool(threads: 3) { gather for k in 1...3 { work(k) } }
      print(c.value)
      """, prints: "8\n")
  }

  // MARK: Locks and semaphores

  @Test(arguments: kinds) func aLockKeepsStepsTogether(_ kind: String) async throws {
    try await expect(
      """
      let c = shared(0)
      let l = lock()
      task work() { for i in 1...10 { with l { c.value = c.value + 1 } } }
      pool(\(kind): 4) { gather for k in 1...4 { work() } }
      print(c.value, l.locked)
      """, prints: "40 false\n")
  }

  @Test(arguments: kinds) func noMoreThanItsPermits(_ kind: String) async throws {
    try await expect(
      """
      let s = semaphore(2)
      let inside = shared(0)
      let most = shared(0)
      task work() {
        for i in 1...5 {
          with s {
            let n = inside.update(x => x + 1)
            most.update(m => max(m, n))
            sleep 1ms
            inside.update(x => x - 1)
          }
        }
      }
      gather {
        pool(\(kind): 3) { gather for k in 1...3 { work() } }
        { work() }
        { work() }
      }
      print(inside.value, most.value, s.available)
      """, prints: "0 2 2\n")
  }

  @Test func aRateIsOneForAll() async throws {
    let script = try Script(
      compiling: """
        let r = rate(5/s, burst: 2)
        let times = shared([])
        task work() { with r { times.update(t => t + [elapsed()]) } }
        pool(threads: 4) { gather for i in 1...6 { work() } }
        print(times.value)
        """)
    for seed in Self.seeds {
      #expect(script.text(in: VirtualWorld(orderSeed: seed)) == "[0s, 0s, 200ms, 400ms, 600ms, 800ms]\n")
    }
  }

  // MARK: Queues

  @Test(arguments: kinds) func everyItemOnce(_ kind: String) async throws {
    try await expect(
      """
      let q = queue(3)
      let done = queue()
      task produce(k) { for i in 1...10 { q.put({from: k, text: "item \\(i)", n: i}) } }
      task consume() {
        for item in q {
          done.put(item.n)
          q.task_done()
        }
      }
      pool(\(kind): 5) {
        taskgroup {
          for i in 1...3 { start consume() }
          gather { produce(1); produce(2) }
          q.join()
          q.close()
        }
      }
      done.close()
      let seen = [n for n in done]
      print(len(seen), sum(seen), len(q), q.closed)
      """, prints: "20 110 0 true\n")
  }

  @Test func tasksDrawFromAQueueOfWorkers() async throws {
    try await expect(
      """
      let q = queue(2)
      task produce() { for i in 1...6 { q.put(i) }; q.close() }
      print(gather {
        pool(threads: 1) { gather { produce() } }
        sum(gather for i in q { i * 10 })
      })
      """, prints: "[[none], 210]\n")
  }

  @Test func whatTravelsThroughAQueueWorksThere() async throws {
    try await expect(
      """
      let q = queue()
      let answers = queue()
      task work() { for f in q { answers.put(f(2)) } }
      let offset = 10
      q.put(x => x + offset)
      pool(threads: 1) {
        taskgroup {
          start work()
          let s = shared(5)
          q.put(x => s.update(v => v + x))
          q.put(x => s.value)
          q.close()
        }
      }
      print([answers.get(), answers.get(), answers.get()])
      """, prints: "[12, 7, 7]\n")
  }

  // MARK: Endings

  /// Whoever waits for what others never give back in time goes on when its time is over, and leaves nothing.
  @Test func aTimeoutEndsTheWaits() async throws {
    try await expect(
      """
      let l = lock()
      let q = queue()
      let s = shared(0)
      task wants() { with l { none } }
      task gets() { q.get() }
      with l {
        print(timeout(20ms) { pool(threads: 4) { gather { wants(); gets(); wants(); gets() } } } else { "late" })
      }
      q.put(1)
      print(l.locked, len(q), s.value)
      """, prints: "late\nfalse 1 0\n", really: 2)
  }

  /// A worker that is ended holds nothing any more.
  @Test func aLimitEndsAllWaits() async throws {
    let script = try Script(
      compiling: """
        let l = lock()
        task spin() { with l { while true { } } }
        task wants() { with l { none } }
        pool(threads: 2) { gather { spin(); wants() } }
        """)
    var options = RunOptions()
    options.limits.operations = 50_000
    let result = await script.run(options, observer: RunObserver(output: { _ in }))
    guard case .exceeded = result.outcome else {
      Issue.record("it ended otherwise: \(result.outcome)")
      return
    }
    guard case .exceeded = script.runVirtually(options).outcome else {
      Issue.record("it ended otherwise on the virtual clock")
      return
    }
  }

  /// Handles in handles a hundred thousand deep, whose last reference goes at once.
  @Test func deepNestsAreFreedWithoutRecursion() async throws {
    let script = try Script(
      compiling: """
        task dig() {
          var inner = shared(0)
          for i in 1...100000 { inner = shared([inner]) }
          inner
        }
        task look(x) { type(x) }
        let deep = dig()
        print(pool(threads: 1) { gather { look(deep) } })
        """)
    #expect(await really(script) == "[\"Shared\"]\n")
  }

  // MARK: Processes

  /// What processes share: the parent carries out what they ask.
  @Test func anArrayThatProcessesShare() async throws {
    try await expect(
      """
      let array = shared([0, 0, 0, 0])
      task work(i) { array.update(xs => { var ys = xs; ys[i] = i * 10; ys }) }
      pool(processes: 2) { gather for i in 0...3 { work(i) } }
      print(array.value)
      """, prints: "[0, 10, 20, 30]\n", really: 2)
  }

  /// A worker that is killed holds nothing any more, nor does one whose time is over in an `update`.
  @Test func aDeadProcessHoldsNothing() async throws {
    let script = try Script(
      compiling: """
        let l = lock()
        let s = shared(1)
        task holds() { with l { sleep 1h } }
        task spins() { s.update(x => { while true { } }) }
        gather {
          try {
            pool(processes: 1, launcher: "timeout -s KILL 1") { gather { holds() } }
          } catch WorkerError as e { print("killed") }
          {
            while not l.locked { sleep 10ms }
            with l { print("next") }
          }
          pool(processes: 1) { gather { timeout(100ms) { spins() } else { none } } }
        }
        print(s.update(x => x + 1), l.locked)
        """)
    let text = await really(script)
    #expect(text.split(separator: "\n").sorted() == ["2 false", "killed", "next"])
  }

  @Test func aHandleOfAProcessStaysThere() async throws {
    let script = try Script(
      compiling: """
        task make() { lock() }
        task inside() {
          let c = shared(0)
          pool(threads: 2) { gather for i in 1...4 { c.update(x => x + i) } }
          c.value
        }
        try { pool(processes: 1) { gather { make() } } } catch e { print(e.message) }
        print(pool(processes: 1) { gather { inside() } })
        """)
    #expect(await really(script) == "a Lock that a worker process made cannot leave it\n[10]\n")
  }

  @Test func processesInDeadlockAreFound() async throws {
    let script = try Script(
      compiling: """
        let a = lock()
        let b = lock()
        let near = queue(2)
        task work(x, y) { with x { near.put(1); near.join(); with y { none } } }
        try { pool(processes: 2) { gather { work(a, b); work(b, a) } } } catch e { print(e.kind) }
        with a { with b { print("free") } }
        """)
    #expect(await really(script) == "DeadlockError\nfree\n")
  }

  @Test func aRateIsKeptByTheParent() async throws {
    let script = try Script(
      compiling: """
        let r = rate(50/s)
        let n = shared(0)
        task work() { with r { n.update(x => x + 1) } }
        pool(processes: 2) { gather for i in 1...6 { work() } }
        print(n.value, elapsed() >= 99ms)
        """)
    #expect(await really(script) == "6 true\n")
  }

  @Test func aDeadlockNamesWhoHoldsWhat() throws {
    let script = try Script(
      compiling: """
        let door = lock()
        task enter() { with door { none } }
        with door { pool(threads: 1) { gather { enter() } } }
        """)
    let text = script.text()
    #expect(text.contains("DeadlockError: no task can go on; `enter` waits in line 2 for the lock `door`"))
    #expect(text.contains("which is held since line 3"))
  }
}
