import Testing
import Weft

/// Workers of a session's pools know what has been declared by the time that they are given a task.
struct SessionPoolTests {
  @Test(arguments: [Session.Clock.real, .virtual])
  func workersKnowLaterInputs(_ clock: Session.Clock) async {
    let talk = Conversation(clock: clock)
    await talk.say("task square(n) => n * n")
    await talk.say("compute square(4)", gives: "16")
    await talk.say("let by = 10\ntask square(n) => n * n * by")
    await talk.say("compute square(4)", gives: "160")
    await talk.say("pool(threads: 2) { gather for n in 1...3 { square(n) } }", gives: "[10, 40, 90]")
    await talk.say("pool(tasks: 2) { gather for n in 1...3 { compute square(n) } }", gives: "[10, 40, 90]")
    #expect(await talk.end())
  }

  @Test(arguments: [Session.Clock.real, .virtual])
  func aPoolThatIsOpenTakesTasksOfLaterInputs(_ clock: Session.Clock) async {
    let talk = Conversation(clock: clock)
    await talk.say(
      """
      let jobs = queue()
      let done = queue()
      let workers = start {
        pool(threads: 1) {
          for job in jobs { let t = start job(); done.put(await t) }
        }
      }
      """)
    await talk.say("task one() => 1\njobs.put(one)")
    await talk.say("done.get()", gives: "1")
    await talk.say("let two = 2\njobs.put(() => two)")
    await talk.say("done.get()", gives: "2")
    await talk.say("jobs.close()\nawait workers")
    #expect(await talk.end())
  }

  @Test func handlesReachWorkers() async {
    let talk = Conversation(clock: .real)
    await talk.say("let count = shared(0)")
    await talk.say("pool(threads: 2) { gather for i in 1...100 { count.update(n => n + 1) } }")
    await talk.say("count.value", gives: "100")
    #expect(await talk.say("count") != "")
    // A task of the background that waits for a handle that has crossed can still be given what it waits for.
    await talk.say("let jobs = queue()\npool(threads: 1) { gather { jobs.put(1) } }\njobs.get()")
    await talk.say("let t = start { jobs.get() }")
    await talk.say("sleep 1ms")
    await talk.say("jobs.put(7)")
    await talk.say("await t", gives: "7")
    await talk.first("jobs.get()", gives: "error: DeadlockError: no task can go on")
    #expect(await talk.end())
  }

  @Test func poolsOfProcessesAreRefused() async {
    let talk = Conversation(clock: .real)
    #expect(
      await talk.say("pool(processes: 2) { gather { 1 } }") == """
        error: ValueError: this run has no pools of processes
           ╭─ input 1:1:1
         1 │ pool(processes: 2) { gather { 1 } }
           │ ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
           = hint: a session has none: its program grows; `pool(threads: n)` and `pool(tasks: n)` do the same

        """)
    #expect(await talk.end())
  }
}
