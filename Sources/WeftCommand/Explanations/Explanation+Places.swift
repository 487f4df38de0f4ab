extension Explanation {
  /// What can be changed, and where statements may stand.
  static let places = [
    Explanation(
      "E0401", "an assignment to what cannot take one",
      """
      A variable, an element `x[i]` or a member `x.name` can be assigned to; what is built in, `x?.name` and the value of
      a call cannot.
      """,
      wrong: "print = 1", right: "var prints = 1\nprints = 2\nprint(prints)"),
    Explanation(
      "E0402", "a constant that would change",
      """
      `let` is constant, and so is all that it holds. Parameters and the variables of loops are constant too. Declare it
      with `var`, or make a variable of it first.
      """,
      wrong: "let total = 0\ntotal += 1", right: "var total = 0\ntotal += 1"),
    Explanation(
      "E0403", "`break` or `continue` outside of a loop",
      """
      There is no loop around it, or the loop is outside of the started task: the tasks of a `gather` run side by side,
      so none of them can end the loop that makes them.
      """,
      wrong: "gather for n in 1...3 { if n == 2 { continue }; print(n) }",
      right: "gather for n in 1...3 { if n != 2 { print(n) } }"),
    Explanation(
      "E0404", "a jump out of a `finally`",
      """
      A `finally` runs while an error or a cancellation may be on its way. A jump out of it would lose that, so there is none.
      """,
      wrong: "task work() {\n  try { sleep 1s } finally { return 1 }\n}",
      right: "task work() {\n  try { sleep 1s } finally { print(\"done\") }\n  1\n}"),
    Explanation(
      "E0405", "`return` outside of a task",
      """
      `return` ends a task. In a file's top level there is none, and the body of a `gather`, `race` or `start` runs as a task of
      its own whose value is its last expression.
      """,
      wrong: "let all = gather for n in 1...3 { return n * 2 }", right: "let all = gather for n in 1...3 { n * 2 }"),
    Explanation(
      "E0407", "a clause that is never reached",
      """
      Clauses of a `try` are looked at in their order, and one without a kind takes every error that is left.
      """,
      wrong: "try { fetch(\"http://127.0.0.1:8080\") } catch e { print(e) } catch FetchError { print(2) }",
      right: "try { fetch(\"http://127.0.0.1:8080\") } catch FetchError { print(2) } catch e { print(e) }"),
    Explanation(
      "E0408", "a `start` that nobody waits for",
      """
      A started task belongs to a block, which waits for it and takes its errors; that is why nothing leaks. In a task, the block
      has to stand around the `start`, or a group is passed in: `start(in: g) …`.
      """,
      wrong: "task background() {\n  start print(\"working\")\n}",
      right: "task background() {\n  taskgroup { start print(\"working\") }\n}"),
    Explanation(
      "E0410", "a copy in a worker that would change",
      """
      A task in a `pool`, and what `compute` takes along, has copies of the variables around it, so that nothing has to be locked.
      A change of a copy would be lost. Let the task give its result, or share the value: `shared(0)` is one cell for all.
      """,
      wrong: "var total = 0\npool(threads: 2) { gather for n in 1...9 { total += n } }",
      right: "let parts = pool(threads: 2) { gather for n in 1...9 { n * n } }\nprint(sum(parts))"),
    Explanation(
      "E0409", "a task that is too large",
      """
      One task, or the file's top level, can have about 60,000 values at once. Split it into several tasks, or read data
      from where it belongs.
      """),
  ]
}
