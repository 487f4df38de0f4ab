import Testing
import Weft
import WeftMachine
import WeftSyntax

/// One input after the other, each with what earlier ones declared.
struct SessionTests {
  @Test func inputsKnowWhatEarlierOnesDeclared() async {
    let talk = Conversation()
    await talk.say("let x = 6", gives: "")
    await talk.say("var y = 7", gives: "")
    await talk.say("x * y", gives: "42")
    await talk.say("y += 1", gives: "")
    await talk.say("[x, y]", gives: "[6, 8]")
    await talk.say("task twice(n) => 2 * n\ntwice(y)", gives: "16")
    await talk.say("print(twice(1))", gives: "")
    #expect(talk.printed.text == "2\n")
    await talk.say("let [a, {b}] = [1, {b: 2}]; a + b", gives: "3")
    await talk.say("param who = \"you\"; who", gives: "\"you\"")
    #expect(await talk.end())
  }

  @Test func theLastValueAndTheLastErrorHaveNames() async {
    let talk = Conversation()
    await talk.say("_", gives: "")
    await talk.say("20 + 1", gives: "21")
    await talk.say("_ * 2", gives: "42")
    // Neither a statement nor `none` is a new value, and what is muted is one.
    await talk.say("let z = 5", gives: "")
    await talk.say("none", gives: "")
    await talk.say("_", gives: "42")
    await talk.say("_ + 1;", gives: "")
    await talk.say("_", gives: "43")
    await talk.say("_error", gives: "")
    await talk.first("throw ValueError(\"no\", code: 7)", gives: "error: ValueError: no")
    await talk.say("[_error.kind, _error.code]", gives: "[\"ValueError\", 7]")
    await talk.say("task last() => _", gives: "")
    await talk.say("last()", gives: "[\"ValueError\", 7]")
    await talk.first("_ = 5", gives: "error: cannot assign to `_`: it is a constant of `<session>`  [E0402]")
    #expect(await talk.end())
  }

  @Test func anInputWithErrorsChangesNothing() async {
    let talk = Conversation()
    await talk.say("let a = 1\ntask f() => a")
    await talk.first("let a = 2\ntask f() => b", gives: "error: cannot find `b` in scope  [E0201]")
    await talk.say("f() + a", gives: "2")
    await talk.first("let a = ", gives: "error: expected an expression, found the end of the file  [E0120]")
    await talk.first(
      "error E: E2\nerror E2: E", gives: "error: kinds of error in a circle: `E2` below `E` below `E2`  [E0209]")
    await talk.say("f() + a", gives: "2")
    #expect(await talk.session.names().map(\.name) == ["a", "f"])
    #expect(await talk.end())
  }

  @Test func kindsOfErrorOfSeveralInputsMakeNoCircle() async {
    let talk = Conversation()
    await talk.say("error A")
    await talk.say("error B: A")
    await talk.first("error A: B", gives: "error: kinds of error in a circle: `A` below `B` below `A`  [E0209]")
    await talk.say("try { throw B(\"x\") } catch A { 1 }", gives: "1")
    // A kind is known by its name: what has been thrown is of the new one too.
    await talk.say("error B: TimeoutError", gives: "")
    await talk.say("try { throw B(\"x\") } catch TimeoutError { 2 }", gives: "2")
    #expect(await talk.end())
  }

  @Test func anErrorIsToldWithItsPlaceAndItsTree() async {
    let talk = Conversation()
    await talk.say("task get(n) {\n  sleep 1s\n  throw \"no \\(n)\"\n}")
    let told = await talk.say("gather { get(1); get(2) }")
    #expect(
      told == """
        error: Error: no 1
           ╭─ input 1:3:3
         3 │   throw "no \\(n)"
           │   ^^^^^^^^^^^^^^^
           the script                                                          input 2:1
           └ gather: task 1 of 2, after 1s                                     input 2:1
             task 2 was cancelled for it
             get(1)                                                               line 3
          2 tasks failed:
            1. Error: no 1  (input 1:3)
               in task 1 of gather
            2. Error: no 2  (input 1:3)
               in task 2 of gather

        """)
    #expect(await talk.end())
  }

  @Test func timeIsCountedOnBothClocks() async {
    let talk = Conversation()
    let evaluation = await talk.session.evaluate("sleep 1h")
    #expect(evaluation.clockElapsed == 3_600 * second)
    #expect(evaluation.elapsed < 60 * second)
    #expect(await talk.session.clockTime() == 3_600 * second)
    #expect(await talk.end())
  }

  @Test func typesAreTold() async {
    let talk = Conversation()
    #expect(await talk.session.evaluate("[1];").type == "List")
    #expect(await talk.session.evaluate("none").type == "None")
    #expect(await talk.session.evaluate("let x = 1").type == nil)
    #expect(await talk.end())
  }

  @Test func expectationsThatFailAreTold() async {
    let talk = Conversation()
    let evaluation = await talk.session.evaluate("expect 1 == 2\n3")
    #expect(evaluation.failedExpectations.count == 1)
    #expect(Conversation.text(of: evaluation) == "3")
    #expect(await talk.session.evaluate("4").failedExpectations.isEmpty)
    #expect(await talk.end())
  }

  @Test func anInputThatFailsBeforeItsLetKeepsTheOldMeaning() async {
    let talk = Conversation()
    await talk.say("let x = 1\ntask f() => x")
    #expect(await talk.first("let x = [][3]").hasPrefix("error: IndexError"))
    await talk.say("[x, f()]", gives: "[1, 1]")
    #expect(await talk.first("let fresh = [][3]").hasPrefix("error: IndexError"))
    await talk.first("fresh", gives: "error: cannot find `fresh` in scope  [E0201]")
    #expect(await talk.first("let f = [][3]").hasPrefix("error: IndexError"))
    await talk.say("f()", gives: "1")
    #expect(await talk.end())
  }

  @Test func aLimitThatIsCrossedBeginsTheSessionAnew() async {
    var options = RunOptions()
    options.limits.operations = 10_000
    let talk = Conversation(options)
    await talk.say("let x = 1")
    let evaluation = await talk.session.evaluate("while true { }")
    #expect(evaluation.isReset)
    #expect(
      Conversation.text(of: evaluation).contains("the run's limit of 10000 operations was crossed"))
    await talk.first("x", gives: "error: cannot find `x` in scope  [E0201]")
    await talk.say("1 + 1", gives: "2")
    #expect(await talk.end())
  }

  @Test func resetForgetsAndEndEnds() async {
    let talk = Conversation()
    await talk.say("let x = random()\nlet t = start sleep 1h")
    let drawn = await talk.say("x")
    #expect(talk.session.runningTasks == 1)
    await talk.session.reset()
    #expect(talk.session.runningTasks == 0)
    await talk.first("x", gives: "error: cannot find `x` in scope  [E0201]")
    // The same seed gives the same numbers; the first input draws the first ones.
    await talk.say("let x = random()\nlet t = start sleep 1h")
    #expect(await talk.say("x") == drawn)
    await talk.session.reset(seed: 7)
    await talk.say("let x = random()")
    #expect(await talk.say("x") != drawn)
    #expect(await talk.end())
    #expect(await talk.end())
    await talk.say("1", gives: "ended")
    #expect(await talk.session.names().isEmpty)
    await talk.session.reset()
  }

  @Test func codeRoomEndsWithAClearError() async {
    let talk = Conversation(codeRoom: 4_000)
    var answer = ""
    var count = 0
    while answer.isEmpty, count < 1_000 {
      answer = await talk.say("task f() { \(String(repeating: "print(1);", count: 20)) }")
      count += 1
    }
    #expect(answer.hasPrefix("error: the session has no room for more code"))
    #expect(answer.hasSuffix("= hint: `:reset` begins it anew"))
    await talk.say("f()", gives: "")
    await talk.session.reset()
    await talk.say("task f() => 5\nf()", gives: "5")
    #expect(await talk.end())
  }

  @Test func tenThousandReplacementsStayQuickAndWork() async {
    let talk = Conversation()
    await talk.say("task f() => 0\ntask g() => f()")
    for number in 1...10_000 where await talk.say("task f() => \(number)") != "" {
      Issue.record("input \(number)")
      break
    }
    await talk.say("g()", gives: "10000")
    #expect(await talk.end())
  }

  @Test func inputsWaitForEachOther() async {
    let talk = Conversation()
    await talk.say("var log = []")
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<20 { group.addTask { await talk.say("sleep 1s; log.append(\(number))") } }
    }
    await talk.say("sorted(log) == [i for i in 0..<20]", gives: "true")
    #expect(await talk.session.clockTime() == 20 * second)
    #expect(await talk.end())
  }
}
