import Testing
import WeftHTTP

/// What is said of an error that a script does not catch, word for word.
@Suite struct RunErrorTests {
  @Test func typeMismatch() async throws {
    try await expectEnd(
      of: "task add(a, b) => a + b\nlet total = add(1, \"2\")\nprint(total)\n", status: 1,
      errors: """
        error: TypeError: cannot use `+` on Int and String
           ╭─ script.weft:1:19
         1 │ task add(a, b) => a + b
           │                   ^^^^^
           = hint: write `"\\(…)"` to put a value into a text
           the script                                                             line 2
           add(1, "2")                                                            line 1

        """)
  }

  @Test func endlessRecursion() async throws {
    try await expectEnd(
      of: "task f(n) => f(n + 1) + 1\nprint(f(0))\n", status: 1,
      errors: """
        error: RecursionError: the call depth limit was reached: `f` calls on and on
           ╭─ script.weft:1:14
         1 │ task f(n) => f(n + 1) + 1
           │              ^^^^^^^^
           = hint: a task that calls itself needs a case in which it does not
           f(262116)                                                              line 1
           … 22 more calls of `f`
           f(262139)                                                              line 1

        """)
  }

  @Test func divisionByZero() async throws {
    try await expectEnd(
      of: "let n = 0\nprint(10 // n)\n", status: 1,
      errors: """
        error: DivisionError: division by zero
           ╭─ script.weft:2:7
         2 │ print(10 // n)
           │       ^^^^^^^

        """)
  }

  @Test func unreachableHost() async throws {
    // A label of 64 characters is no name, so nothing is looked up.
    let host = String(repeating: "a", count: 64) + ".test"
    let marks = String(repeating: "^", count: host.count + 16)
    try await expectEnd(
      of: "fetch \"http://\(host)/\"\n", status: 1,
      errors: """
        error: FetchError: unknown host `\(host)`
           ╭─ script.weft:1:1
         1 │ fetch "http://\(host)/"
           │ \(marks)
           = hint: is the name spelt right, and is there a network?

        """)
  }

  @Test func refusedConnection() async throws {
    try await expectEnd(
      of: "fetch \"http://127.0.0.1:1/\"\n", status: 1,
      errors: """
        error: FetchError: cannot connect to 127.0.0.1:1 (connection refused)
           ╭─ script.weft:1:1
         1 │ fetch "http://127.0.0.1:1/"
           │ ^^^^^^^^^^^^^^^^^^^^^^^^^^^

        """)
  }

  @Test func noTLS() async throws {
    let server = try await LoopbackServer.start()
    try await expectEnd(
      of: "param base = \"\"\nfetch \"\\(base)/get\"\n", ["--base", "https://127.0.0.1:\(server.port)"], status: 1,
      errors: """
        error: FetchError: 127.0.0.1:\(server.port) does not speak TLS
           ╭─ script.weft:2:1
         2 │ fetch "\\(base)/get"
           │ ^^^^^^^^^^^^^^^^^^^
           = hint: did you mean `http://127.0.0.1:\(server.port)`?

        """)
    await server.stop()
  }

  @Test func malformedURL() async throws {
    try await expectEnd(
      of: "fetch \"example.com/x\"\n", status: 1,
      errors: """
        error: FetchError: the URL "example.com/x" has no scheme
           ╭─ script.weft:1:1
         1 │ fetch "example.com/x"
           │ ^^^^^^^^^^^^^^^^^^^^^
           = hint: did you mean "http://example.com/x"?

        """)
  }

  @Test func bodyOverTheLimit() async throws {
    let server = try await LoopbackServer.start()
    try await expectEnd(
      of: "param base = \"\"\nfetch(\"\\(base)/bytes/100\", limit: 10)\n", ["--base=http://127.0.0.1:\(server.port)"],
      status: 1,
      errors: """
        error: FetchError: the body from 127.0.0.1:\(server.port) is larger than the limit of 10 bytes
           ╭─ script.weft:2:1
         2 │ fetch("\\(base)/bytes/100", limit: 10)
           │ ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

        """)
    await server.stop()
  }

  @Test func failedExpectationsAreToldAndTheScriptGoesOn() async throws {
    try await expectEnd(
      of: "expect 1 + 1 == 3\nexpect 2 == 2\nprint(\"on\")\n", status: 99, output: "on\n",
      errors: """
        error: an expectation failed
           ╭─ script.weft:1:1
         1 │ expect 1 + 1 == 3
           │ ^^^^^^^^^^^^^^^^^
           left:  2
           right: 3

        """)
  }

  @Test func asJSON() async throws {
    try await Weft.inFolder(["script.weft": "let n = 0\nprint(10 // n)\n"]) { weft in
      let outcome = try await weft.run("--format", "json", "script.weft")
      #expect(outcome.status == 1)
      #expect(
        outcome.errors == """
          {"severity":"error","kind":"DivisionError","message":"division by zero","hint":null,"file":"script.weft",\
          "line":2,"column":7,"endLine":2,"endColumn":14,"trace":[{"function":"main","role":"main","arguments":[],\
          "file":"script.weft","line":2,"column":7,"endLine":2,"endColumn":14}],"causes":[],"all":[]}

          """)
    }
  }
}
