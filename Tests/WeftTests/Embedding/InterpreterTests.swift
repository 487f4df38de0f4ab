import Testing
import Weft

@Suite("Embedding: running scripts")
struct InterpreterTests {
  private func value(_ source: String, _ params: [String: WeftValue] = [:]) async throws -> WeftValue {
    try await Interpreter().compile(source, name: "job.weft").run(with: params).value
  }

  @Test("a script's value is that of its last expression")
  func values() async throws {
    #expect(try await value("6 * 7") == 42)
    #expect(try await value("let a = 1\n[a, 2.5, \"x\", none, true]") == [1, 2.5, "x", nil, true])
    #expect(try await value("{name: \"Ada\", tags: [\"a\"]}") == ["name": "Ada", "tags": ["a"]])
    #expect(try await value("1.5s") == .duration(.milliseconds(1_500)))
    #expect(try await value("5/s") == .rate(5))
    #expect(try await value("2 ** 70") == .bigInt("1180591620717411303424"))
    #expect(try await value("1...4") == [1, 2, 3, 4])
    #expect(try await value("if 1 < 2 { \"yes\" } else { \"no\" }") == "yes")
    #expect(try await value("gather for i in 1...3 { i * i }") == [1, 4, 9])
    #expect(try await value("let x = 1") == .none)
    #expect(try await value("") == .none)
    #expect(try await value("for i in 1...3 { i }") == .none)
    #expect(try await value("x => x").typeName == "Function")
    #expect(try await value("lock()") == .opaque(type: "Lock", text: "<lock>"))
    #expect(
      try await value("try { throw ValueError(\"no\", code: 3) } catch e { e }")
        == .error(WeftError("ValueError", "no", ["code": 3])))
  }

  @Test("a value that is shared within itself is copied once, and one that is too deep is refused")
  func structure() async throws {
    // As a tree it has 2⁶⁰ leaves.
    let shared = try await value("var a = [1]\nfor i in 1...60 { a = [a, a] }\na")
    #expect(shared.list?.count == 2)
    let deep = try Interpreter().compile("var a = [1]\nfor i in 1...100000 { a = [a] }\na")
    let error = await #expect(throws: RunError.self) { try await deep.run() }
    #expect(error?.message == "a value that is nested deeper than 500 levels cannot go to the host")
    #expect(error?.kind == "ValueError")
  }

  @Test("values decode into Swift types and come back from them")
  func codable() async throws {
    struct User: Codable, Equatable {
      var id: Int
      var name: String
      var tags: [String: Double]
      var wait: Duration
      var note: String?
      var picture: [UInt8]
    }
    let user = User(
      id: 3, name: "Ada", tags: ["x": 1, "y": 2.5], wait: .milliseconds(20), note: nil, picture: [1, 2])
    let encoded = try WeftValue(encoding: user)
    #expect(encoded["wait"] == .duration(.milliseconds(20)))
    #expect(encoded["picture"] == .bytes([1, 2]))
    #expect(try encoded.decode(as: User.self) == user)
    let value = try await value(
      "param user\nuser.tags.x = user.tags.x".isEmpty ? "" : "param x = 2\n{id: x, list: [[1, 2], []]}")
    struct Made: Codable, Equatable { var id: Int8, list: [[UInt]] }
    #expect(try value.decode(as: Made.self) == Made(id: 2, list: [[1, 2], []]))
    let error = #expect(throws: DecodingError.self) {
      try WeftValue.map(["list": [1, "x"]]).decode(as: [String: [Int]].self)
    }
    #expect("\(try #require(error))".contains("must be an Int, not a String"))
  }

  @Test("parameters are checked before the script runs")
  func params() async throws {
    let source =
      "param count = 1\nparam who\nparam every = 1s\nparam list = []\n\"\\(who) \\(count) \\(every) \\(list)\""
    #expect(
      try await value(source, ["who": "Ada", "count": 3, "every": .duration(.seconds(2)), "list": [1, "x"]])
        == "Ada 3 2s [1, \"x\"]")
    func problem(_ params: [String: WeftValue]) async -> String? {
      let error = await #expect(throws: RunError.self) { try await value(source, params) }
      #expect(error?.reason == .input)
      return error?.message
    }
    #expect(await problem(["who": "x", "cuont": 3]) == "the script has no parameter `cuont`; did you mean `count`?")
    #expect(await problem(["who": "x", "count": "3"]) == "the parameter `count` takes an Int, not a String")
    #expect(await problem(["who": 3]) == "the parameter `who` takes a String, not an Int")
    #expect(await problem([:]) == "the parameter `who` is missing")
  }

  @Test("what does not compile and what fails is told in full")
  func errors() async throws {
    let compile = #expect(throws: CompileError.self) {
      try Interpreter().compile("prnt(1)", name: "a.weft")
    }
    #expect(
      compile?.description == """
        error: cannot find `prnt` in scope  [E0201]
           ╭─ a.weft:1:1
         1 │ prnt(1)
           │ ^^^^ did you mean `print`?
        """)
    let script = try Interpreter().compile("print(\"before\")\nthrow ValueError(\"no\")", name: "a.weft")
    let error = await #expect(throws: RunError.self) { try await script.run() }
    #expect(error?.reason == .failed)
    #expect(error?.kind == "ValueError")
    #expect(error?.message == "no")
    #expect(error?.result?.output == "before\n")
    #expect(error?.description.contains("a.weft:2:1") == true)
  }

  @Test("output is kept, or handed on")
  func output() async throws {
    var weft = Interpreter()
    #expect(try await weft.compile("print(1)\nprint(2)").run().output == "1\n2\n")
    let collected = Locked("")
    weft.capabilities.append(
      .output(.handler { bytes in collected.withLock { $0 += String(decoding: bytes, as: UTF8.self) } }))
    #expect(try await weft.compile("print(\"x\")\nsleep 1ms\nprint(\"y\")").run().output == "")
    #expect(collected.withLock { $0 } == "x\ny\n")
  }

  @Test("one script runs many times at once")
  func many() async throws {
    let script = try Interpreter().compile("param n = 1\nsleep 1ms\nn * 2")
    let sum = try await withThrowingTaskGroup(of: Int.self) { group in
      for n in 1...200 { group.addTask { try await script.run(with: ["n": .int(n)]).value.decode() } }
      return try await group.reduce(0, +)
    }
    #expect(sum == 200 * 201)
  }

  @Test("tasks are called by their names, in a run that keeps what the top level set up")
  func calls() async throws {
    let source = """
      var total = 0
      task add(n, times = 1) { total += n * times; total }
      task fail() { throw ValueError("no") }
      task slow() { sleep 10h }
      total = 100
      """
    let script = try Interpreter().compile(source)
    #expect(script.tasks == ["add", "fail", "slow"])
    #expect(try await script.call("add", 5) == 105)
    let run = script.start(staysOpen: true)
    #expect(try await run.call("add", 1) == 101)
    #expect(try await run.call("add", 1, 10) == 111)
    let error = await #expect(throws: RunError.self) { try await run.call("fail") }
    #expect(error?.kind == "ValueError")
    #expect(try await run.call("add", 1) == 112)
    let slow = Task { try await run.call("slow") }
    slow.cancel()
    let cancelled = await #expect(throws: RunError.self) { try await slow.value }
    #expect(cancelled?.reason == .cancelled)
    #expect(try await run.call("add", 0) == 112)
    func problem(_ task: String, _ arguments: [any Encodable & Sendable]) async -> String? {
      await #expect(throws: RunError.self) { try await run.call(task, arguments: arguments) }?.message
    }
    #expect(await problem("sloww", []) == "the script has no task `sloww` at its top level; did you mean `slow`?")
    #expect(await problem("add", []) == "`add` is missing an argument: `n`")
    #expect(await problem("slow", [1]) == "`slow` takes no arguments, but 1 are given")
    try await run.close()
    let late = await #expect(throws: RunError.self) { try await run.call("add", 1) }
    #expect(late?.message == "the run has ended")
  }

  @Test("a run whose top level fails fails its calls")
  func failedCalls() async throws {
    let script = try Interpreter().compile("task f() => 1\nthrow ValueError(\"top\")")
    let error = await #expect(throws: RunError.self) { try await script.call("f") }
    #expect(error?.message == "top")
  }
}

@Suite("Embedding: control")
struct RunControlTests {
  @Test("cancelling the Swift task cancels the script in order")
  func cancelTask() async throws {
    let cleaned = Locked(false)
    let started = AsyncStream.makeStream(of: Void.self)
    var weft = Interpreter()
    weft.define("begun") { started.continuation.yield() }
    weft.define("cleaned") { cleaned.withLock { $0 = true } }
    let script = try weft.compile("try { begun(); sleep 10h } finally { cleaned() }")
    let task = Task { try await script.run() }
    for await _ in started.stream { break }
    task.cancel()
    let error = await #expect(throws: RunError.self) { try await task.value }
    #expect(error?.reason == .cancelled)
    #expect(cleaned.withLock { $0 })
  }

  @Test("a started run is cancelled with a reason, and at once after its grace")
  func cancelRun() async throws {
    let started = AsyncStream.makeStream(of: Void.self)
    var weft = Interpreter()
    weft.define("begun") { started.continuation.yield() }
    let first = try weft.compile("begun()\nsleep 10h").start()
    for await _ in started.stream { break }
    first.cancel(reason: "the user left")
    let error = await #expect(throws: RunError.self) { try await first.value }
    #expect(error?.message == "the run was cancelled: the user left")
    // Its clean-up never ends.
    let stubborn = try weft.compile("try { begun(); sleep 10h } finally { shield { while true { sleep 1ms } } }")
      .start()
    for await _ in started.stream { break }
    stubborn.cancel(grace: .milliseconds(5))
    await #expect(throws: RunError.self) { try await stubborn.value }
    // And so does its calculation.
    let busy = try weft.compile("begun()\nvar n = 0\nwhile true { n += 1 }").start()
    for await _ in started.stream { break }
    busy.cancel(grace: .zero)
    await #expect(throws: RunError.self) { try await busy.value }
  }

  @Test("limits end a run, and say which one it was")
  func limits() async throws {
    func message(_ source: String, _ set: (inout Limits) -> Void) async throws -> String? {
      var weft = Interpreter()
      set(&weft.limits)
      let script = try weft.compile(source)
      let error = await #expect(throws: RunError.self) { try await script.run() }
      #expect(error?.reason == .limit)
      return error?.message
    }
    #expect(
      try await message("try { while true { } } catch e { }") { $0.operations = 5_000 }
        == "the run's limit of 5000 operations was crossed")
    #expect(
      try await message("print(1)\nprint(23)") { $0.output = 4 } == "the run's limit of 4 bytes of output was crossed")
    #expect(
      try await message("gather for i in 1...100 { sleep 1h }") { $0.tasks = 50 }
        == "the run's limit of 50 tasks at one time was crossed")
    #expect(
      try await message("print(len(\"x\" * 200_000))") { $0.valueSize = .kilobytes(100) }
        == "the run's limit of 100000 bytes for one value was crossed")
    #expect(
      try await message("var a = []\nwhile true { a.append(\"x\" * 1000) }") { $0.memory = .megabytes(1) }
        == "the run's memory limit of 1000000 bytes was crossed")
    for busy in [
      "pool(threads: 1) { gather { { while true { } } } }", "pool(tasks: 1) { gather { { while true { } } } }",
      "compute { while true { } }", "compute 10h", "shield { sleep 10h }", "timeout(1ms) { shield { sleep 10h } }",
    ] {
      #expect(try await message(busy) { $0.time = .milliseconds(5) } == "the run's time limit of 5ms was crossed")
    }
    #expect(
      try await message("try { sleep 10h } finally { sleep 10h }") { $0.time = .milliseconds(5) }
        == "the run's time limit of 5ms was crossed")
    #expect(
      try await message("while true { }") { $0.time = .milliseconds(5) } == "the run's time limit of 5ms was crossed")
  }

  @Test("the error of a limit says how it is set, and those that a script may catch do, too")
  func settings() async throws {
    var weft = Interpreter()
    weft.limits.operations = 1_000
    let error = await #expect(throws: RunError.self) {
      try await weft.compile("try { while true { } } finally { print(1) }").run()
    }
    #expect(error?.report?.hint == "the host sets it as `limits.operations`")
    #expect(error?.result?.output == "")
    weft.limits = Limits()
    weft.limits.callStack = .kilobytes(100)
    let caught = try await weft.compile("task f(n) => f(n + 1)\ntry { f(0) } catch RecursionError as e { e.hint }")
      .run()
    #expect(caught.value == "the host sets it as `limits.callStack`")
  }

  @Test("scripts that never end keep nobody else from being served")
  func others() async throws {
    var weft = Interpreter()
    weft.limits.operations = .max
    weft.limits.time = nil
    let hostile = try [
      "while true { }", "gather for i in 1...1000 { while true { sleep 0s } }", "compute { while true { } }",
      "pool(threads: 2) { gather { { while true { } }; { while true { } } } }",
    ].map { try weft.compile($0).start() }
    let script = try Interpreter().compile("param n = 0\ngather for i in 1...3 { sleep 1ms; i * n }")
    for n in 1...20 {
      let value = try await script.run(with: ["n": .int(n)]).value
      #expect(value == [.int(n), .int(2 * n), .int(3 * n)])
    }
    for run in hostile {
      run.cancel(grace: .zero)
      let error = await #expect(throws: RunError.self) { try await run.value }
      #expect(error?.reason == .cancelled)
    }
  }

  @Test("a host hands out operations while a run goes on, as often as it likes")
  func refill() async throws {
    let steps = AsyncStream.makeStream(of: Void.self)
    let allowed = AsyncStream.makeStream(of: Void.self)
    var weft = Interpreter()
    weft.limits.operations = 3_000
    weft.define("step") { () async in
      steps.continuation.yield()
      for await _ in allowed.stream { break }
    }
    // Each round takes about 2,000 operations.
    let run = try weft.compile("for i in 1...10 { step()\nfor j in 1...1_000 { } }\n7").start()
    var rounds = 0
    for await _ in steps.stream {
      rounds += 1
      run.allow(operations: 2_100)
      allowed.continuation.yield()
      if rounds == 10 { break }
    }
    #expect(try await run.value == 7)
  }

  @Test("a control serves one run after the other, and none that has ended")
  func controls() async throws {
    let control = RunControl()
    let script = try Script(compiling: "sleep 1ms\nprint(1)")
    for _ in 1...3 {
      let result = await script.run(control: control, observer: RunObserver(output: { _ in }))
      guard case .completed = result.outcome else {
        Issue.record("\(result.outcome)")
        return
      }
      // Nobody hears this.
      control.cancel()
    }
    let begun = AsyncStream.makeStream(of: Void.self)
    let endless = try Script(compiling: "print(1)\nsleep 10h")
    async let first = endless.run(control: control, observer: RunObserver(output: { _ in begun.continuation.yield() }))
    for await _ in begun.stream { break }
    // Beside another one it goes on by itself.
    let second = await script.run(control: control, observer: RunObserver(output: { _ in }))
    guard case .completed = second.outcome else {
      Issue.record("\(second.outcome)")
      return
    }
    control.cancel()
    let ended = await first
    guard case .cancelled = ended.outcome else {
      Issue.record("\(ended.outcome)")
      return
    }
  }

  @Test("a run stands still and goes on; its limit of operations can be raised")
  func pause() async throws {
    let count = Locked(0)
    let reached = AsyncStream.makeStream(of: Int.self)
    var weft = Interpreter()
    weft.define("step") { () -> Int in
      let now = count.withLock { count in
        count += 1
        return count
      }
      reached.continuation.yield(now)
      return now
    }
    let run = try weft.compile("while step() < 1_000_000_000 { sleep 1ms }").start()
    for await step in reached.stream where step == 3 { break }
    run.pause()
    run.resume()
    for await step in reached.stream where step >= 6 { break }
    run.cancel()
    await #expect(throws: RunError.self) { try await run.value }
    let allowed = AsyncStream.makeStream(of: Void.self)
    weft.define("allowed") { () async in for await _ in allowed.stream { break } }
    weft.limits.operations = 2_000
    let more = try weft.compile("allowed()\nvar n = 0\nfor i in 1...100_000 { n += 1 }\nn").start()
    more.allow(operations: 1_000_000)
    allowed.continuation.yield()
    #expect(try await more.value == 100_000)
  }

  @Test("what happens in an observed run is told, and so is its end")
  func events() async throws {
    let run = try Interpreter().compile("print(1)\ngather { sleep 1ms; sleep 2ms }\nprint(2)\n3").start(observed: true)
    var printed = ""
    var started = 0
    var value = WeftValue.none
    for await event in run.events {
      switch event {
      case .output(let bytes): printed += String(decoding: bytes, as: UTF8.self)
      case .records(let batch):
        started += batch.records.count { if case .taskStarted = $0.event { true } else { false } }
      case .progress: break
      case .ended(let result): value = try result.get().value
      }
    }
    #expect(printed == "1\n2\n")
    #expect(started == 3)
    #expect(value == 3)
    // Whoever comes late still learns of the end.
    var late = 0
    for await _ in run.events { late += 1 }
    #expect(late == 1)
  }

  @Test("the first who listens hears all, also of a run that has ended; the others hear of its end")
  func lateEvents() async throws {
    let run = try Interpreter().compile("print(1)\nsleep 1ms\nprint(2)").start(observed: true)
    _ = try await run.value
    var counts: [Int] = []
    for _ in 1...3 {
      var count = 0
      for await event in run.events {
        if case .output = event { count += 1 }
        if case .ended = event { count += 10 }
      }
      counts.append(count)
    }
    #expect(counts == [12, 10, 10])
  }
}
