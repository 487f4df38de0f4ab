extension Explanation {
  /// The kinds of error that Weft throws itself.
  static let kinds = [
    Explanation(
      "Error", "any error",
      """
      Every kind is below this one. `throw "text"` throws a plain `Error`.
      """,
      wrong: "throw \"no tea left\"", right: "try { throw \"no tea left\" } catch e { print(e.message) }"),
    Explanation(
      "Fault", "a slip of the script",
      """
      The kinds of error that a script makes itself are below this one: `TypeError`, `KeyError`, `IndexError` and so on. Trying
      again does not mend them, so `retry` repeats them only where `on:` names `Fault` or the kind itself.
      """,
      wrong: "throw Fault(\"this cannot be\")",
      right: "try { [1, 2][5] } catch Fault as e { print(e.kind) }"),
    Explanation(
      "TypeError", "a value of the wrong type",
      """
      An operator, function or method got a value that it has no meaning for; the message names the types. Nothing is converted
      by itself: `str(x)`, `int(x)` and `float(x)` do that.
      """,
      wrong: "print(\"n: \" + 1)", right: "print(\"n: \" + str(1))"),
    Explanation(
      "ValueError", "a value that does not fit",
      """
      The type is right and the value is not: a text that is no number, a negative count, JSON that is cut short.
      """,
      wrong: "print(int(\"three\"))", right: "print(try { int(\"three\") } catch ValueError { 0 })"),
    Explanation(
      "KeyError", "a key that is not there",
      """
      `m.name` and `m["name"]` need the key. `m?.name` gives none for a missing one, `m.get("name", d)` something else.
      """,
      wrong: "let stock = {tea: 3}\nprint(stock.milk)", right: "let stock = {tea: 3}\nprint(stock?.milk ?? 0)"),
    Explanation(
      "IndexError", "an index out of range",
      """
      A list of three has the elements 0, 1, 2, and from the end -1, -2, -3. `xs.get(i, d)` gives something else for a missing one, and
      a slice `xs[1..<9]` is cut to what is there.
      """,
      wrong: "print([1, 2, 3][3])", right: "print([1, 2, 3][-1])"),
    Explanation(
      "DivisionError", "a division by zero",
      """
      `/`, `//` and `%` throw when the right side is zero, for Floats too.
      """,
      wrong: "print(10 / 0)", right: "let n = 0\nprint(if n == 0 { 0 } else { 10 / n })"),
    Explanation(
      "NameError", "a name that has no value yet",
      """
      A task used a value of its file before the file's top level came to its declaration. Move the declaration up, or
      the call down.
      """,
      wrong: "task greet() { print(name) }\ngreet()\nlet name = \"Ada\"",
      right: "task greet() { print(name) }\nlet name = \"Ada\"\ngreet()"),
    Explanation(
      "ArgumentError", "arguments that do not fit",
      """
      A function that was passed as a value was called with too many or too few arguments, or with a name that it
      does not have; or a run began without a parameter that the script requires.
      """,
      wrong: "let double = x => x * 2\nprint(double(1, 2))", right: "let double = x => x * 2\nprint(double(1))"),
    Explanation(
      "RecursionError", "a task that calls itself without end",
      """
      Calls nest some thousand levels deep. Either the end of the recursion is missing, or a loop would serve better.
      """,
      wrong: "task count(n) { 1 + count(n + 1) }\nprint(count(0))",
      right: "task count(n) { if n == 10 { n } else { count(n + 1) } }\nprint(count(0))"),
    Explanation(
      "FetchError", "a request without an answer",
      """
      No answer came: the host is not known, nobody listens there, the connection broke. `e.reason` tells which. An answer with a bad
      status is no error until `.check()` is called.
      """,
      wrong: "fetch \"http://\"",
      right: "try { fetch \"http://\" } catch FetchError as e { print(e.reason) }"),
    Explanation(
      "HTTPError", "an answer with a bad status",
      """
      `.check()` throws it for a status of 400 or more; `e.status` and `e.url` tell which. It is below `FetchError`, so that
      `retry(3, on: FetchError)` repeats both.
      """,
      wrong: "throw HTTPError(\"GET http://127.0.0.1:8080/ answered 503\", status: 503)",
      right: "try { throw HTTPError(\"busy\", status: 503) } catch HTTPError as e { print(e.status) }"),
    Explanation(
      "TimeoutError", "a time that ran out",
      """
      A `timeout` without `else` ended its body, or a `fetch` took longer than its `timeout:`.
      """,
      wrong: "timeout(1s) { sleep 5s }", right: "timeout(1s) { sleep 5s } else { print(\"too slow\") }"),
    Explanation(
      "TaskCancelledError", "a task that somebody cancelled",
      """
      `await` throws it for a task that was cancelled by `t.cancel()`, and an error-keeping `gather` holds it in the place of such
      a task. Whoever is cancelled never sees it: its waits end, and its `finally` runs.
      """,
      wrong: "let t = start sleep(1s)\nt.cancel()\nawait t",
      right: "let t = start sleep(1s)\nt.cancel()\ntry { await t } catch TaskCancelledError { print(\"cancelled\") }"),
    Explanation(
      "GroupClosedError", "a start into a group that has ended",
      """
      A `taskgroup` that has ended takes no more tasks: nobody would wait for them. Start into it while its block runs.
      """,
      wrong: "var group = none\ntaskgroup as g { group = g }\nstart(in: group) print(1)",
      right: "taskgroup as g { start(in: g) print(1) }"),
    Explanation(
      "QueueClosedError", "a queue that is closed",
      """
      Nothing can be put into a closed queue, and nothing taken from one that is closed and empty. `for item in q { }` ends by itself
      then.
      """,
      wrong: "let jobs = queue()\njobs.close()\njobs.get()",
      right: "let jobs = queue()\njobs.put(1)\njobs.close()\nfor job in jobs { print(job) }"),
    Explanation(
      "DeadlockError", "tasks that wait for each other",
      """
      No task can go on, and nothing from outside is awaited: each waits for something that only another of them could
      give. The run ends at once; the message says who waits for what.
      """,
      wrong: "let handles = {a: none, b: none}\nvar all = handles\ntask wait_for(name) { sleep 1s; await all[name] }\n"
        + "all.a = start wait_for(\"b\")\nall.b = start wait_for(\"a\")",
      right: "task first() { sleep 1s; 1 }\nlet a = start first()\nlet b = start { await a }\nprint(await b)"),
    Explanation(
      "FileError", "a file that cannot be read or written",
      """
      It is not there, or the system does not allow it; the message has the path and the reason.
      """),
    Explanation(
      "LimitError", "a limit of the run",
      """
      The run used more of something than it was given: memory, operations, tasks, output. Whoever started it set the limit: an embedding
      program, or `weft run --limit`. Such a run ends at once; no script can catch that. Only a `pool` that would bring the run to more
      workers than it may have is an error like others.
      """),
    Explanation(
      "ExpectationError", "an `expect` of a test that is false",
      """
      The test ends there and has failed, even if something in the script catches the error. The report shows the values that
      tell why. Outside of tests an `expect` throws nothing: it is noted, and the run ends with status 99.
      """,
      wrong: "test \"a sum\" { expect 1 + 1 == 3 }", right: "test \"a sum\" { expect 1 + 1 == 2 }"),
    Explanation(
      "MockError", "what no mock answers",
      """
      A test asked for what nothing in it answers: a `fetch` without a `mock fetch` that fits it, or one more answer than the `each`
      of a mock has. The test has failed, even if something in the script catches the error. A `mock` outside of tests and simulations
      throws it as well.
      """,
      wrong: "test \"a page\" { expect fetch(\"https://api.test/x\").ok }",
      right: "test \"a page\" {\n  mock fetch \"https://api.test/*\" => response(200)\n"
        + "  expect fetch(\"https://api.test/x\").ok\n}"),
    Explanation(
      "WorkerError", "a worker that is gone",
      """
      A worker of a `pool(processes:)` ended while it ran a task: it was killed, the system ran out of memory, or it did not end the
      task within 6 s of its cancellation. Only that task fails; a new worker takes the next one. `retry` may try again, if the task
      may be done twice. A worker that could not be started says why: mostly it is the `launcher`.
      """),
    Explanation(
      "HostError", "a function of the host that failed",
      """
      A program that embeds Weft gives its scripts functions of its own. One of them failed; the message is what it said. A
      program may throw kinds of its own as well, which are below `HostError` unless it says otherwise.
      """),
  ]
}
