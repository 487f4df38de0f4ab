import Testing
import Weft
import WeftMachine

/// What inputs start goes on while others are entered.
struct SessionBackgroundTests {
  @Test func tasksGoOnAsFarAsTimeDoes() async {
    let talk = Conversation()
    await talk.say("task tick(n) { for i in 1...n { sleep 1s; print(i) }; \"done\" }")
    await talk.say("let t = start tick(3)", gives: "")
    #expect(talk.printed.text == "")
    await talk.say("sleep 2500ms")
    #expect(talk.printed.text == "1\n2\n")
    await talk.say("t", gives: "task tick(3) is running")
    await talk.say("await t", gives: "\"done\"")
    await talk.say("t", gives: "task tick(3) is done: \"done\"")
    #expect(await talk.end())
  }

  @Test func aTaskBeginsEvenIfNoTimePasses() async {
    let talk = Conversation()
    await talk.say("task f() { print(\"begun\"); sleep 1s }")
    await talk.say("let t = start f()")
    await talk.say("1")
    #expect(talk.printed.text == "begun\n")
    #expect(await talk.end())
  }

  @Test func theTreeOfTasksIsShown() async {
    let talk = Conversation()
    await talk.say("task nap(d) { sleep d }\nlet jobs = queue(2)\nlet gate = lock()")
    await talk.say(
      """
      let a = start nap(2s)
      let b = start { gather for d in [3s, 4s] { nap(d) } }
      let c = start { jobs.get() }
      let d = start { for job in jobs { print(job) } }
      let e = start { with gate { sleep 1h } }
      let f = start { with gate { print("mine") } }
      let g = start { await a }
      """)
    await talk.say("sleep 500ms")
    let lines = await Self.lines(talk.session.tasks())
    #expect(
      lines == [
        "1 nap(2s): sleep d (1.5s left), for 500ms",
        "2 start { … }: the 2 tasks of its `gather`, for 500ms",
        "  gather d = 3s: sleep d (2.5s left), for 500ms",
        "  gather d = 4s: sleep d (3.5s left), for 500ms",
        "3 start { … }: jobs.get(), for 500ms",
        "4 start { … }: the next of `jobs`, for 500ms",
        "5 start { … }: sleep 1h (1h left), for 500ms",
        "6 start { … }: the lock `gate`, for 500ms",
        "7 start { … }: await nap(2s), for 500ms",
      ])
    #expect(talk.session.runningTasks == 7)
    #expect(await talk.session.cancel(task: 5))
    #expect(await !talk.session.cancel(task: 50))
    await talk.say("sleep 1s")
    #expect(talk.printed.text == "mine\n")
    #expect(await talk.session.tasks().compactMap(\.number) == [1, 2, 3, 4, 7])
    await talk.first("await e", gives: "error: TaskCancelledError: the task was cancelled")
    await talk.say("jobs.put(1); jobs.put(2); sleep 1s")
    #expect(talk.printed.text == "mine\n2\n")
    #expect(await talk.end())
  }

  static func lines(_ tasks: [TaskSnapshot], indent: String = "") -> [String] {
    tasks.flatMap { task -> [String] in
      let head = task.number.map { "\($0) " } ?? task.block.map { "\($0) " } ?? ""
      let wait = task.waitsFor.map { ": \($0), for \(task.waitingTime / millisecond)ms" } ?? ""
      return [indent + head + task.call + wait] + lines(task.children, indent: indent + "  ")
    }
  }

  @Test func aFailureInTheBackgroundIsToldOnce() async {
    let told = Locked(0)
    let printed = Captured()
    let session = Session(
      clock: .virtual, output: { printed.append($0) }, backgroundFailed: { told.withLock { $0 += 1 } })
    _ = await session.evaluate("task bad(n) { sleep 1s; throw \"broken \\(n)\" }")
    _ = await session.evaluate("let t = start bad(7)")
    #expect(session.takeFailures().isEmpty)
    _ = await session.evaluate("sleep 2s")
    let failures = session.takeFailures()
    #expect(failures.count == 1)
    #expect(failures.first?.number == 1)
    #expect(failures.first?.call == "bad(7)")
    #expect(failures.first?.elapsed == second)
    #expect(
      failures.first?.failure.text() == """
        error: Error: broken 7
           ╭─ input 1:1:25
         1 │ task bad(n) { sleep 1s; throw "broken \\(n)" }
           │                         ^^^^^^^^^^^^^^^^^^^
           bad(7)                                                                 line 1

        """)
    #expect(session.takeFailures().isEmpty)
    #expect(told.withLock { $0 } == 1)
    // The others go on, and the session as well.
    #expect(Conversation.text(of: await session.evaluate("t.error.message")) == "\"broken 7\"")
    #expect(await session.end().isClean)
  }

  @Test func aFailureThatSomebodyWaitsForIsTheirs() async {
    let talk = Conversation()
    await talk.say("task bad() { sleep 1s; throw \"broken\" }\nlet t = start bad()")
    await talk.say("try { await t } catch e { e.message }", gives: "\"broken\"")
    #expect(talk.session.takeFailures().isEmpty)
    await talk.say("let handles = [start bad(), start bad()]\nfor h in completed(handles) { print(h.error.message) }")
    #expect(talk.printed.text == "broken\nbroken\n")
    #expect(talk.session.takeFailures().isEmpty)
    #expect(await talk.end())
  }

  @Test func randomNumbersDifferFromTaskToTask() async {
    let talk = Conversation()
    await talk.say("let ts = [start random(), start random(), start random()]\nlet xs = [await t for t in ts]")
    await talk.say("len(xs.unique())", gives: "3")
    #expect(await talk.end())
  }

  @Test func aThousandTasksRunAndEndInOrder() async {
    let talk = Conversation()
    await talk.say("var ended = 0\ntask nap(i) { try { sleep 1h } finally { sleep 1ms; ended += 1 } }")
    await talk.say("let all = [start nap(i) for i in 1...1000]", gives: "")
    await talk.say("1 + 1", gives: "2")
    #expect(talk.session.runningTasks == 1_000)
    #expect(await talk.session.tasks().count == 1_000)
    await talk.say("for t in all[0..<500] { t.cancel() }\nsleep 1s\nended", gives: "500")
    #expect(talk.session.runningTasks == 500)
    #expect(await talk.end())
  }

  @Test func anInputThatWaitsInVainIsTold() async {
    let talk = Conversation()
    await talk.say("let jobs = queue(1)")
    // A task of the background may wait: somebody will put something.
    await talk.say("let t = start { jobs.get() }")
    await talk.say("sleep 1s")
    await talk.first("await t", gives: "error: DeadlockError: no task can go on")
    await talk.say("jobs.put(5)\nawait t", gives: "5")
    #expect(
      await talk.first("try { jobs.get() } finally { print(\"left\") }") == "error: DeadlockError: no task can go on")
    await talk.first("shield { jobs.get() }", gives: "error: DeadlockError: no task can go on")
    await talk.say("_error.kind", gives: "\"DeadlockError\"")
    #expect(talk.printed.text == "left\n")
    #expect(await talk.end())
  }

  @Test func onTheRealClockTasksGoOnByThemselves() async {
    let (lines, tell) = AsyncStream.makeStream(of: String.self)
    let talk = Conversation(clock: .real, onOutput: { tell.yield($0) })
    await talk.say("task tick() { for i in 1...3 { sleep 1ms; print(i) } }\nlet t = start tick()")
    var seen: [String] = []
    for await line in lines {
      seen.append(line)
      if seen.count == 3 { break }
    }
    #expect(seen == ["1\n", "2\n", "3\n"])
    await talk.say("await t", gives: "")
    #expect(await talk.end())
  }
}
