import Testing
import Weft

/// What a failed `expect` shows.
@Suite struct ExpectTests {
  @Test(arguments: [
    ("expect 1 + 1 == 3", "`1 + 1 == 3` is false | left:  2 | right: 3"),
    ("expect 2 != 2.0", "`2 != 2.0` is false | left:  2 | right: 2.0"),
    ("expect 3 > 4", "`3 > 4` is false | left:  3 | right: 4"),
    ("let x = 5\nexpect 0 < x < 3", "`0 < x < 3` is false | `x` is 5"),
    ("let x = -1\nexpect 0 <= x < int(\"no\")", "`0 <= x < int(\"no\")` is false | `x` is -1"),
    ("let xs = [1]\nexpect 3 in xs", "`3 in xs` is false | `xs` is [1]"),
    ("let xs = [1]\nexpect 1 not in xs", "`1 not in xs` is false | `xs` is [1]"),
    ("let s = \"tea\"\nexpect s.startswith(\"co\")", "`s.startswith(\"co\")` is false | `s` is \"tea\""),
    ("let e = \"tea\"\nexpect e is Int", "`e is Int` is false | `e` is \"tea\""),
    ("let r = response(503)\nexpect r.ok", "`r.ok` is false | `r` is <response 503, 0 B>"),
    (
      "let flags = [true, false]\nlet i = 1\nexpect flags[i]",
      "`flags[i]` is false | `flags` is [true, false] | `i` is 1"
    ),
    ("expect f(2, 2 + 3)", "`f(2, 2 + 3)` is false | `2 + 3` is 5"),
    ("let a = 2\nexpect f(b: a, a: 1)", "`f(b: a, a: 1)` is false | `a` is 2"),
    ("expect not f(1, 1)", "`not f(1, 1)` is false"),
    ("let a = 1\nexpect not (a == 1)", "`not (a == 1)` is false | left:  1 | right: 1"),
    ("let a = 1\nexpect a == 1 and f(a, 2)", "`f(a, 2)` is false | `a` is 1"),
    ("let a = 1\nexpect a == 2 and f(a, [][0])", "`a == 2` is false | left:  1 | right: 2"),
    ("let a = 1\nexpect a == 2 or a == 3", "`a == 2 or a == 3` is false"),
    ("expect false", "`false` is false"),
    (
      "expect throws(TimeoutError) { 42 }",
      "`throws(TimeoutError) { 42 }` is false | nothing was thrown; the block gave 42"
    ),
    (
      "expect throws(KeyError, TimeoutError) { throw ValueError(\"no\") }",
      "`throws(KeyError, TimeoutError) { throw ValueError(\"no\") }` is false | it threw ValueError: no  (line 3)"
    ),
    ("expect throws { 1 }", "`throws { 1 }` is false | nothing was thrown; the block gave 1"),
    ("expect not throws { throw \"x\" }", "`not throws { throw \"x\" }` is false | it threw Error: x  (line 3)"),
    (
      "expect {a: [1, {b: 2}]} == {a: [1, {b: 3}]}",
      "`{a: [1, {b: 2}]} == {a: [1, {b: 3}]}` is false | left:  {a: [1, {b: 2}]} | right: {a: [1, {b: 3}]}"
        + " | they differ at `.a[1].b`: 2 and 3"
    ),
    (
      "expect {a: 1} == {a: 1, b: 2}",
      "`{a: 1} == {a: 1, b: 2}` is false | left:  {a: 1} | right: {a: 1, b: 2} | only the right has `.b`"
    ),
    (
      "expect [[1, 2]] == [[1]]",
      "`[[1, 2]] == [[1]]` is false | left:  [[1, 2]] | right: [[1]]"
        + " | the left `[0]` has 2 elements, the right 1"
    ),
  ])
  func showsTheValues(_ body: String, _ expected: String) throws {
    let failure = try Suites.failure(of: body, with: "task f(a, b) => a == b")
    #expect(failure == "ExpectationError: \(expected)")
  }

  @Test func aConditionIsABool() throws {
    #expect(try Suites.failure(of: "expect 1").hasPrefix("TypeError: "))
    #expect(try Suites.failure(of: "expect 1 and true").hasPrefix("TypeError: "))
  }

  @Test func eachOperandIsWorkedOutOnce() throws {
    let failures = try Suites.failures(
      """
      var count = 0
      task next() {
        count += 1
        count
      }
      test "once" {
        expect next() == 1
        expect 1 < next() < 3 and next() in [3]
        expect [4].contains(next())
        expect not ([5][0] != next())
        expect count == 5
      }
      """)
    #expect(failures == [])
  }

  @Test func aCaughtFailureFailsTheTest() throws {
    let failure = try Suites.failure(of: "try { expect 1 == 2 } catch { }\nexpect true")
    #expect(failure == "caught: `1 == 2` is false")
    let raced = try Suites.failure(of: "race { { sleep 1s }, { expect 1 == 2 } }")
    #expect(raced == "caught: `1 == 2` is false")
    // `retry` doesn't repeat what is a slip of the test.
    let repeated = try Suites.failure(of: "retry(3) { expect 1 == 2 }")
    #expect(repeated == "ExpectationError: `1 == 2` is false | left:  1 | right: 2")
    let pooled = try Suites.failure(of: "try { pool(threads: 2) { gather for x in [2] { expect x == 1 } } } catch { }")
    #expect(pooled == "caught: `x == 1` is false")
  }

  @Test func throwsGivesABool() throws {
    let failures = try Suites.failures(
      """
      error Busy: TimeoutError
      test "throws" {
        let results = [
          throws(TimeoutError) { throw Busy("x") }, throws(Busy) { throw TimeoutError("x") }, throws { 1 },
          throws(KeyError, ValueError) { int("x") }
        ]
        expect results == [true, false, false, true]
        let inner = throws(ValueError) { throws(KeyError) { int("x") } }
        expect not inner
      }
      test "a cancellation is no error" {
        let t = start { throws { sleep 1h } }
        sleep 1s
        t.cancel()
        expect throws(TaskCancelledError) { await t }
      }
      """)
    #expect(failures == [])
  }

  @Test func expectationsAreCounted() throws {
    let script = try Script(
      compiling: """
        test "none" { 1 }
        test "some" {
          expect 1 < 2 < 3 and true
          pool(tasks: 2) { gather for x in 1...3 { expect x > 0 } }
        }
        """, for: .test)
    let counts = script.image.tests.map { script.run($0, TestPlan()).result.expectations }
    #expect(counts == [0, 4])
    #expect(script.run(script.image.tests[0], TestPlan()).isUnchecked)
  }

  @Test func outsideOfTestsItIsNoted() throws {
    let script = try Script(compiling: "let x = 1\nexpect x == 2 and x == 3\nexpect x in [2]\nprint(\"on\")")
    let (result, text) = script.outcome()
    #expect(text == "on\n")
    #expect(result.failedExpectations.map(\.message) == ["an expectation failed", "an expectation failed"])
    #expect(result.failedExpectations.map(\.notes) == [["left:  1", "right: 2"], ["`x` is 1", "`[2]` is [2]"]])
  }

  @Test func eachTestHasFreshValues() throws {
    let failures = try Suites.failures(
      """
      param size = 3
      var count = made()
      let list = [1, 2, size]
      let [first, last] = [list[0], list[2]]
      let cell = shared(0)
      let started = start { 7 }
      task made() { 10 }
      throw "the top level does not run"
      test "one" {
        count += 1
        cell.value += 1
        expect [count, cell.value, first, last] == [11, 1, 1, 3]
      }
      test "two" {
        count += 1
        cell.value += 1
        expect [count, cell.value, first, last] == [11, 1, 1, 3]
        expect await started == 7
      }
      """)
    #expect(failures == [])
  }

  @Test func whatATestLeavesRunningBelongsToIt() throws {
    #expect(try Suites.failure(of: "expect true\nstart { sleep 1s; throw \"late\" }") == "Error: late")
    #expect(try Suites.failure(of: "expect true\nqueue().get()").hasPrefix("DeadlockError: no task can go on"))
    let endless = try Suites.failure(of: "while true { }")
    #expect(endless.hasPrefix("LimitError: the run's limit of 100000000 operations"))
  }

  @Test func aRequiredParameterIsToldWhereItIsUsed() throws {
    let failure = try Suites.failure(of: "expect token == 1", with: "param token")
    #expect(failure.hasPrefix("ArgumentError: the parameter `token` was not given"))
  }
}
