import Testing
import Weft

/// `mock` of tasks and of `fetch`.
@Suite struct MockTests {
  private static let lib = """
    let limit = 3
    task load(key, retries = limit) => fetch("https://lib.test/\\(key)?n=\\(retries)").text
    task both(a, b) => gather { load(a), load(b) }
    """

  @Test func answersComeInEveryForm() throws {
    let failures = try Suites.failures(
      """
      task f(a, b = 2) => "real"
      task through(a) => f(a)
      test "real" { expect f(1) == "real" }
      test "a value" { mock f => 42
        expect [f(1), through(1)] == [42, 42] }
      test "none" { mock f => none
        expect f(1) == none }
      test "a function" { mock f => (a, b) => a + b
        expect [f(1), f(1, 5), f(b: 1, a: 1), through(7)] == [3, 6, 2, 9] }
      test "a function of fewer" { mock f => a => a
        expect f(9) == 9
        mock f => () => 8
        expect f(9) == 8 }
      test "a named function" { mock f => double
        expect f(4) == 8 }
      task double(x) => x * 2
      test "a block" {
        var n = 0
        mock f => {
          n += 1
          n
        }
        expect [f(1), f(1), f(1)] == [1, 2, 3]
      }
      test "a list" { mock f => [1, 2]
        expect f(1) == [1, 2] }
      test "one after the other" { mock f => each [1, ValueError("two"), x => x * 10]
        expect f(1) == 1
        expect throws(ValueError) { f(1) }
        expect f(4) == 40 }
      test "an error each time" { mock f => FetchError("down", reason: "x")
        for i in 1...2 {
          let e = try { f(1) } catch FetchError as e { e }
          expect [e.message, e.reason] == ["down", "x"]
        } }
      test "a kind" { mock f => TimeoutError
        expect throws(TimeoutError) { f(1) } }
      test "it waits" { mock f => () => { sleep 5s }
        gather { f(1), f(2) }
        expect elapsed() == 5s }
      test "the last counts" { let first = mock f => 1
        mock f => 2
        expect f(1) == 2
        expect first.calls == [] }
      test "as a value" { mock f => x => x + 1
        let g = f
        expect [1, 2].map(g) == [2, 3]
        expect await (start f(1)) == 2 }
      """)
    #expect(failures == [])
  }

  @Test func callsAreKept() throws {
    let failures = try Suites.failures(
      """
      task f(a, b = [1]) => "real"
      test "calls" {
        let m = mock f => none
        expect m.calls == []
        f(1)
        f(b: {x: 1}, a: "two")
        expect m.calls == [{a: 1, b: [1]}, {a: "two", b: {x: 1}}]
        expect len(m.calls) == 2
        expect str(m) == "<mock>"
        expect type(m) == "Mock"
      }
      test "failed calls too" {
        let m = mock f => each [ValueError("x")]
        expect throws(ValueError) { f(1) }
        expect m.calls[0].a == 1
      }
      """)
    #expect(failures == [])
  }

  @Test func tasksOfImportedFilesAreMocked() throws {
    let failures = try Suites.failures(
      """
      import "lib.weft" as lib
      test "within the file" {
        let m = mock lib.load => key => "\\(key)!"
        expect lib.both("a", "b") == ["a!", "b!"]
        expect m.calls.sorted(by: call => call.key) == [{key: "a", retries: 3}, {key: "b", retries: 3}]
      }
      test "the network" {
        let m = mock fetch "https://lib.test/*" => request => response(body: request.url, delay: 1s)
        expect lib.both("a", "b") == ["https://lib.test/a?n=3", "https://lib.test/b?n=3"]
        expect elapsed() == 1s
      }
      """, files: ["lib.weft": Self.lib])
    #expect(failures == [])
    let unnamed = try Suites.failures(
      """
      import "lib.weft"
      test "by its name" {
        mock load => "x"
        expect both(1, 2) == ["x", "x"]
      }
      """, files: ["lib.weft": Self.lib])
    #expect(unnamed == [])
  }

  @Test(arguments: ["threads", "tasks", "processes"])
  func mocksReachIntoPools(_ kind: String) throws {
    let failures = try Suites.failures(
      """
      let factor = 10
      task f(x) => "real"
      task load(x) => fetch("https://a.test/\\(x)").json()
      test "a value" {
        let m = mock f => {a: [1]}
        expect pool(\(kind): 2) { gather for x in 1...3 { f(x) } } == [{a: [1]}, {a: [1]}, {a: [1]}]
        expect m.calls.map(c => c.x).sorted() == [1, 2, 3]
      }
      test "a function" {
        let n = 5
        mock f => x => x * factor + n
        expect pool(\(kind): 2) { gather for x in 1...3 { f(x) } } == [15, 25, 35]
      }
      test "one after the other" {
        mock f => each [1, 2, 3]
        expect pool(\(kind): 3) { gather for x in 1...3 { f(x) } }.sorted() == [1, 2, 3]
      }
      test "a failure" {
        mock f => ValueError("down")
        expect throws(ValueError) { pool(\(kind): 3) { gather for x in 1...3 { f(x) } } }
      }
      test "the network" {
        let m = mock fetch "https://a.test/*" => response(json: [1], delay: 2s)
        expect pool(\(kind): 2) { gather for x in 1...4 { load(x) } } == [[1], [1], [1], [1]]
        expect elapsed() == 4s
        expect len(m.calls) == 4
      }
      test "compute" {
        mock f => x => x + 1
        expect compute f(1) == 2
      }
      """)
    #expect(failures == [])
    let exhausted = try Suites.failures(
      """
      task f(x) => 1
      test "t" {
        mock f => each [1]
        try { pool(\(kind): 1) { gather for x in 1...2 { f(x) } } } catch { }
      }
      """)
    #expect(exhausted == ["t: caught: this is call 2 of `f`, whose `each` has 1 answer"])
    let unmocked = try Suites.failures(
      "test \"t\" { try { pool(\(kind): 1) { gather for x in 1...2 { fetch \"http://x/\" } } } catch { } }")
    #expect(unmocked.count == 1)
    #expect(unmocked[0].hasPrefix("t: caught: nothing answers `GET http://x/` in this test"))
  }

  @Test func patternsPickRequests() throws {
    let failures = try Suites.failures(
      """
      task ask(url, method = "GET") => fetch(url, method: method).text
      test "patterns" {
        mock fetch => "any"
        mock fetch "https://a.test/*" => "a"
        mock fetch "https://a.test/*/x*.json" => "x"
        mock fetch "POST https://a.test/*" => "post"
        mock fetch "https://a.test/exact" => "exact"
        expect ask("https://b.test/") == "any"
        expect ask("https://a.test/") == "a"
        expect ask("https://a.test/1/x2.json") == "x"
        expect ask("https://a.test/1/y2.json") == "a"
        expect ask("https://a.test/1", "POST") == "post"
        expect ask("https://a.test/exact") == "exact"
        expect ask("https://a.test/exact?q=1") == "a"
        expect fetch("https://a.test/1", json: {a: 1}).text == "post"
      }
      test "what is given is kept" {
        let m = mock fetch "https://a.test/*" => response(201)
        fetch("https://a.test/x", method: "put", headers: {a: "b"}, body: "text", timeout: 1s)
        fetch("https://a.test/y", json: {n: [1]})
        expect m.calls == [
          {url: "https://a.test/x", method: "put", headers: {a: "b"}, body: "text", timeout: 1s},
          {url: "https://a.test/y", json: {n: [1]}}
        ]
      }
      test "a response" {
        mock fetch "https://a.test/*" => response(203, body: "text", headers: {ETag: 7}, delay: 300ms)
        let r = fetch "https://a.test/z"
        expect [r.status, r.ok, r.text, r.size, r.url, r.method] == [203, true, "text", 4, "https://a.test/z", "GET"]
        expect r.headers == {etag: "7"}
        expect r.elapsed == 300ms
        expect elapsed() == 300ms
      }
      test "JSON" {
        mock fetch => response(json: {a: [1, none, "x"]})
        let r = fetch "https://a.test/z"
        expect r.json() == {a: [1, none, "x"]}
        expect r.text == "{\\"a\\":[1,null,\\"x\\"]}"
        expect r.headers["content-type"] == "application/json"
      }
      test "moved" {
        mock fetch => response(url: "https://b.test/")
        expect fetch("https://a.test/z").url == "https://b.test/"
      }
      """)
    #expect(failures == [])
  }

  @Test func aDelayedAnswerIsAWait() throws {
    let failures = try Suites.failures(
      """
      test "the answer wins at the instant of the deadline" {
        mock fetch => response(body: "x", delay: 3s)
        expect timeout(3s) { fetch("http://a/").text } == "x"
      }
      test "too late" {
        mock fetch => response(delay: 3s)
        expect throws(TimeoutError) { timeout(2s) { fetch "http://a/" } }
        expect throws(TimeoutError) { fetch("http://a/", timeout: 1s) }
        expect elapsed() == 3s
      }
      test "cancelled" {
        mock fetch => response(body: "x" * 1000, delay: 1h)
        let t = start { fetch "http://a/" }
        sleep 1s
        t.cancel()
        expect race { fetch("http://a/").text, "won" } == "won"
        expect elapsed() == 1s
      }
      test "all at once" {
        mock fetch => response(delay: 1s)
        semaphore(10) { gather for i in 1...100 { fetch "http://a/" } }
        expect elapsed() == 10s
      }
      """)
    #expect(failures == [])
  }

  @Test(arguments: [
    (
      "fetch \"https://a.test/x?y\"",
      "MockError: nothing answers `GET https://a.test/x?y` in this test"
        + " | hint: `mock fetch \"https://a.test/*\" => response(…)` answers it"
    ),
    (
      "mock fetch \"https://b.test/*\" => 1\nfetch(\"https://a.test/\", body: \"x\")",
      "MockError: nothing answers `POST https://a.test/` in this test"
        + " | hint: `mock fetch \"https://a.test/*\" => response(…)` answers it; it does not fit \"https://b.test/*\""
    ),
    ("try { fetch \"https://a.test\" } catch { }", "caught: nothing answers `GET https://a.test` in this test"),
    (
      "mock f => each [1, 2]\nf(1)\nf(1)\nf(1)",
      "MockError: this is call 3 of `f`, whose `each` has 2 answers"
        + " | hint: add an answer to the `mock` in line 3, or give it a function"
    ),
    ("mock f => each f(1)", "TypeError: `each` needs a List of answers, not an Int | hint: write `=> each [a, b]`"),
    (
      "mock fetch 5 => 1",
      "TypeError: the pattern of a `mock fetch` must be a String, not an Int | hint: write `mock fetch \"https://api.test/*\" => …`"
    ),
    (
      "mock fetch => 503\nfetch \"http://a/\"",
      "TypeError: a `mock fetch` answers with a Response, a text or an error, not an Int | hint: write `response(503)`"
    ),
    (
      "mock fetch => {a: 1}\nfetch \"http://a/\"",
      "TypeError: a `mock fetch` answers with a Response, a text or an error, not a Map"
        + " | hint: write `response(json: …)` or `response(body: …)`"
    ),
    (
      "pool(threads: 1) { gather for x in [1] { mock f => 2 } }",
      "MockError: a task in a worker of a pool cannot mock anything | hint: write the `mock` before the `pool`"
    ),
    ("response(99)", "ValueError: a `response` has a status from 100 to 599, not 99"),
    (
      "response(\"x\")",
      "TypeError: the status of a `response` must be Int, not String | hint: a text is its `body`: `response(body: …)`"
    ),
    ("response(body: \"x\", json: 1)", "ArgumentError: `response` takes `body` or `json`, not both"),
    (
      "response(delay: 5)",
      "TypeError: the `delay` of a `response` must be Duration, not Int | hint: write a unit, such as `200ms`"
    ),
    ("response(headers: [1])", "TypeError: the `headers` of a `response` must be Map, not List"),
    ("let m = mock f => 1\nm.cals", "TypeError: Mock has no member `cals` | hint: did you mean `calls`?"),
  ])
  func mistakesAreTold(_ body: String, _ expected: String) throws {
    #expect(try Suites.failure(of: body, with: "task f(x) => x") == expected)
  }

  @Test func whatCannotBeMockedIsToldBefore() throws {
    let problems = Files([
      "main.weft": """
      let value = 1
      task f(x) => x
      test "t" {
        task inner() => 1
        mock sum => 1
        mock value => 1
        mock inner => 1
        mock nothing => 1
        mock f => (a, b) => a
      }
      """
    ]).problems
    #expect(
      problems == """
        error: cannot mock `sum`, which is built in  [E0217]
           ╭─ main.weft:5:8
         5 │   mock sum => 1
           │        ^^^
           = hint: put the call into a task of its own, and mock that
        error: cannot mock `value`: it is no task of a file's top level  [E0217]
           ╭─ main.weft:6:8
         1 │ let value = 1
           │     ----- declared here
           ┆
         6 │   mock value => 1
           │        ^^^^^
        error: cannot mock `inner`: it is no task of a file's top level  [E0217]
           ╭─ main.weft:7:8
         4 │   task inner() => 1
           │        ----- declared here
           ┆
         7 │   mock inner => 1
           │        ^^^^^
           = hint: move the task out of the block
        error: cannot find `nothing` in scope  [E0201]
           ╭─ main.weft:8:8
         8 │   mock nothing => 1
           │        ^^^^^^^
        error: this answer takes 2 arguments, but `f` has 1 parameter  [E0301]
           ╭─ main.weft:9:17
         2 │ task f(x) => x
           │      - declared here
           ┆
         9 │   mock f => (a, b) => a
           │                 ^

        """)
  }

  @Test func aRunTakesNoNoticeOfMocks() throws {
    let script = try Script(
      compiling: """
        task f() => "real"
        mock f => "mocked"
        test "t" { mock f => 1 }
        print(f())
        """)
    #expect(script.text() == "real\n")
    let inside = try Script(compiling: "task f() { mock f => 1 }\nf()")
    #expect(inside.text().hasPrefix("error: MockError: `mock` works in tests and simulations only"))
  }

  @Test func unusedMocksAreNamed() throws {
    let script = try Script(
      compiling: """
        task f() => 1
        test "t" {
          mock f => 2
          mock fetch "http://a/*" => response()
          mock fetch => response()
          expect f() == 2
        }
        """, for: .test)
    let outcome = script.run(script.image.tests[0], TestPlan())
    #expect(
      outcome.result.unusedMocks == [
        "the mock of `fetch \"http://a/*\"` in line 4 was never called",
        "the mock of `fetch` in line 5 was never called",
      ])
  }
}
