import Testing
import Weft
import WeftMachine

/// Pools and `compute`: the same results as without, in every kind of worker, on the real clock and on the virtual one.
@Suite struct PoolTests {
  static let kinds = ["threads", "tasks", "processes"]
  static let options = {
    var options = RunOptions()
    options.processes = WorkerCommand(path: Crew.worker)
    return options
  }()

  /// What a script prints; on every kind of driver.
  private func expect(
    _ text: String, prints expected: String, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let script = try Script(compiling: text)
    #expect(virtually(script) == expected, "virtual clock", sourceLocation: sourceLocation)
    for seed in 0..<20 as Range<UInt64> {
      #expect(virtually(script, seed) == expected, "seed \(seed)", sourceLocation: sourceLocation)
    }
    #expect(await really(script) == expected, "real clock", sourceLocation: sourceLocation)
  }

  private func virtually(_ script: Script, _ seed: UInt64? = nil) -> String {
    var text: [UInt8] = []
    let result = script.runVirtually(Self.options, in: VirtualWorld(orderSeed: seed)) { text += $0 }
    expectNothingLeft(result)
    return String(decoding: text, as: UTF8.self) + ending(result)
  }

  private func really(_ script: Script) async -> String {
    let output = Captured()
    let result = await script.run(Self.options, observer: RunObserver(output: { output.append($0) }))
    expectNothingLeft(result)
    return output.text + ending(result)
  }

  private func expectNothingLeft(_ result: RunResult) {
    let left = result.leftovers
    #expect([left.fibers, left.scopes, left.timers, left.fetches] == [0, 0, 0, 0])
  }

  private func ending(_ result: RunResult) -> String {
    switch result.outcome {
    case .completed: ""
    case .failed(let report), .exceeded(let report): "\(report.kind): \(report.message)\n"
    case .cancelled: "cancelled\n"
    }
  }

  @Test(arguments: kinds) func tasksRunInWorkersAndGiveTheirValues(_ kind: String) async throws {
    try await expect(
      """
      task work(n) { sleep 1ms; {number: n, text: "x" * n, list: [n, [n]]} }
      print(pool(\(kind): 3) { gather for n in 1...4 { work(n) } })
      print(pool(\(kind): 2) { race { { sleep 10s; "slow" }; "quick" } })
      let t = pool(\(kind): 2) { taskgroup { let h = start work(7); (await h).text } }
      print(t, pool(\(kind): 1) { "the body runs here" })
      """,
      prints: """
        [{number: 1, text: "x", list: [1, [1]]}, {number: 2, text: "xx", list: [2, [2]]}, \
        {number: 3, text: "xxx", list: [3, [3]]}, {number: 4, text: "xxxx", list: [4, [4]]}]
        quick
        xxxxxxx the body runs here

        """)
  }

  @Test(arguments: kinds) func capturesAndGlobalsTravelAsCopies(_ kind: String) async throws {
    try await expect(
      """
      let names = ["ann", "bob"]
      var greeting = "hello"
      let shout = x => x.upper()
      task greet(n) { let f = y => "\\(greeting), \\(shout(names[n]))\\(y)"; f("!") }
      let suffix = "?"
      greeting = "good day"
      task twice(n) { task down(k) { if k == 0 { 0 } else { 2 + down(k - 1) } }; down(n) }
      print(pool(\(kind): 2) { gather { greet(0); greet(1); { greet(1) + suffix }; twice(500) } })
      """, prints: "[\"good day, ANN!\", \"good day, BOB!\", \"good day, BOB!?\", 1000]\n")
  }

  @Test(arguments: kinds) func aCopyCannotBeChanged(_ kind: String) async throws {
    try await expect(
      """
      var total = 0
      var parts = [1]
      task add(n) { total += n }
      task change() { parts[0] = 2 }
      task replace() { parts = [] }
      let bump = () => { total += 1 }
      for f in [() => add(1), change, replace, bump] {
        try { pool(\(kind): 2) { gather { f() } } } catch TypeError as e { print(e.message) }
      }
      print(total, parts)
      """,
      prints: String(
        repeating: "a task in a worker cannot change this variable: it has a copy of it\n", count: 4) + "0 [1]\n")
  }

  @Test(arguments: kinds) func errorsComeBackWithTheirCauseAndFields(_ kind: String) async throws {
    try await expect(
      """
      error Broken
      task work(n) { try { throw Broken("part \\(n)", part: n) } catch e { throw ValueError("no \\(n)") } }
      try { pool(\(kind): 1) { gather { work(1); work(2) } } } catch ValueError as e {
        print(e.message, e.cause.part, e.line, e.cause is Broken)
      }
      print(pool(\(kind): 2) { gather(errors: keep) for n in 1...3 { if n == 2 { work(n) }; n } })
      pool(\(kind): 2) { gather { work(3) } }
      """,
      prints: "no 1 1 2 true\n[1, ValueError(\"no 2\"), 3]\nValueError: no 3\n")
  }

  @Test(arguments: kinds) func cancellationReachesWorkersAndTheirCleanUp(_ kind: String) async throws {
    // A task that has not begun has nothing to clean up.
    try await expect(
      """
      let begun = queue()
      task work(n) { try { begun.put(n); sleep 1h } finally { sleep 1ms; print("clean", n) } }
      print(race { pool(\(kind): 2) { gather { work(1) } }; { begun.get(); "late" } })
      taskgroup as g { start { pool(\(kind): 1) { gather { work(2); work(3) } } }; begun.get(); g.cancel() }
      try { pool(\(kind): 2) { gather { work(4); { begun.get(); throw "stop" } } } } catch e { print(e.message) }
      """, prints: "clean 1\nlate\nclean 2\nclean 4\nstop\n")
  }

  @Test func aComputingLoopIsCancelled() async throws {
    let script = try Script(
      compiling: """
        for run in [
          () => compute { while true { } }, () => pool(threads: 1) { gather { while true { } } },
          () => pool(processes: 1) { gather { while true { } } }
        ] {
          print(timeout(20ms) { run() } else { "late" })
        }
        """)
    #expect(await really(script) == "late\nlate\nlate\n")
  }

  @Test(arguments: kinds) func aTaskIsCancelledBeforeItsWorkerBegins(_ kind: String) async throws {
    let script = try Script(
      compiling: """
        for i in 1...20 {
          taskgroup as g { start { pool(\(kind): 1) { gather { sleep 1h } } }; sleep 0s; g.cancel() }
        }
        print("done")
        """)
    #expect(await really(script) == "done\n")
  }

  @Test(arguments: kinds) func aPoolNeedsASensibleNumber(_ kind: String) async throws {
    try await expect(
      """
      for n in [0, 5000, 2.5] { try { pool(\(kind): n) { gather { 1 } } } catch e { print(e.kind, e.message) } }
      """,
      prints: """
        ValueError a `pool` needs at least 1 worker, not 0
        LimitError this `pool` of 5000 would bring the run to more workers than it may have, 1000
        TypeError a `pool` needs the number of its workers, an Int, not a Float

        """)
  }

  @Test func threadsWaitOneAtATime() throws {
    let script = try Script(
      compiling: """
        pool(threads: 4) { gather for n in 1...8 { sleep 1s } }
        print(elapsed())
        semaphore(1) { pool(tasks: 4) { gather for n in 1...3 { sleep 1s } } }
        print(elapsed())
        pool(tasks: 2) { rate(1/s) { gather for n in 1...3 { none } } }
        print(elapsed())
        """)
    #expect(virtually(script) == "2s\n5s\n7s\n")
  }

  @Test func poolsNest() async throws {
    try await expect(
      """
      task leaf(n) { compute { n + 1 } }
      task inner(n) { sum(pool(tasks: 2) { gather for k in 1...3 { leaf(n * k) } }) }
      print(pool(threads: 2) { gather for n in 1...4 { inner(n) } })
      print(pool(threads: 2) { pool(tasks: 3) { gather for n in 1...3 { compute leaf(n) } } })
      print(compute { compute { compute 1ms; gather { 1; 2 } } })
      """, prints: "[9, 15, 21, 27]\n[2, 3, 4]\n[1, 2]\n")
  }

  @Test(arguments: kinds) func aFullPoolStartsIntoItself(_ kind: String) async throws {
    try await expect(
      """
      task tree(depth) { if depth == 0 { return 1 }; sum(gather { tree(depth - 1); tree(depth - 1) }) }
      print(pool(\(kind): 2) { gather for n in 1...4 { tree(4) } })
      """, prints: "[16, 16, 16, 16]\n")
  }

  @Test func aTaskCannotTravel() async throws {
    try await expect(
      """
      let t = start sleep(1ms)
      try { pool(threads: 2) { gather { print(t) } } } catch TypeError as e { print("TypeError") }
      """, prints: "TypeError\n")
  }

  @Test func randomNumbersDoNotDependOnThePool() async throws {
    func numbers(_ block: String) throws -> String {
      virtually(try Script(compiling: "print(\(block) { gather for n in 1...4 { randint(1, 1000000) } })"))
    }
    let plain = try numbers("timeout(1s)")
    #expect(try numbers("pool(threads: 2)") == plain)
    #expect(try numbers("pool(tasks: 3)") == plain)
    let script = try Script(
      compiling: "print(pool(processes: 2) { gather for n in 1...4 { randint(1, 1000000) } })")
    #expect(await really(script) == plain)
  }

  /// It waits for a core, so that its driver tells of its end: at once, not with whatever happens next.
  @Test func aTaskThatIsCancelledBeforeItBeginsEndsAtOnce() throws {
    let script = try Script(
      compiling: """
        task long() { sleep 10s }
        taskgroup {
          for i in 1...4 { start compute long() }
          let late = start compute long()
          start { sleep 1s; late.cancel() }
          try { await late } catch TaskCancelledError { print(elapsed()) }
        }
        """)
    #expect(virtually(script) == "1s\n")
    for seed in 0..<20 as Range<UInt64> { #expect(virtually(script, seed) == "1s\n") }
  }

  @Test func manyTasksWaitForAFewWorkers() throws {
    let script = try Script(
      compiling: """
        task work(n) { sleep 1s; n }
        print(sum(gather for n in 1...1000 { compute work(n) }), elapsed())
        """)
    #expect(virtually(script) == "500500 250s\n")
  }

  @Test func outputComesInOrderBeforeTheTaskEnds() async throws {
    let script = try Script(
      compiling: """
        print("before")
        pool(threads: 1) { gather { { print("one"); print("two") } } }
        print("after")
        """)
    for _ in 0..<20 { #expect(await really(script) == "before\none\ntwo\nafter\n") }
  }

  @Test func limitsCountWorkersToo() async throws {
    var options = RunOptions()
    options.limits.operations = 100_000
    let script = try Script(compiling: "pool(threads: 2) { gather { while true { } } }")
    let result = await script.run(options, observer: RunObserver(output: { _ in }))
    guard case .exceeded(let report) = result.outcome else {
      Issue.record("\(result.outcome)")
      return
    }
    #expect(report.message == "the run's limit of 100000 operations was crossed")
  }
}
