extension Explanation {
  /// What is allowed and hardly meant.
  static let advice = [
    Explanation(
      "W0101", "an `await` before a call",
      """
      Any call may wait, and gives its value when it is done. `await` is for the handle of a task that was started.
      """,
      wrong: "task work() { sleep 1s }\nawait work()", right: "task work() { sleep 1s }\nlet t = start work()\nawait t"),
    Explanation(
      "W0102", "a loop that is one task",
      """
      Each child of `gather { }` is one task, so the passes of a loop in it run one after the other. `gather for` makes a task
      for each element.
      """,
      wrong: "gather { for n in 1...3 { sleep 1s } }", right: "gather for n in 1...3 { sleep 1s }"),
    Explanation(
      "W0201", "an update that can get lost",
      """
      The variable is read, then the task waits, and then it writes. What another task has written during the wait is lost.
      `x += e` works `e` out first, and reads and writes `x` afterwards with no wait in between.
      """,
      wrong: "task size(n) { sleep 1s; n }\nvar total = 0\ngather for n in 1...3 { total = total + size(n) }",
      right: "task size(n) { sleep 1s; n }\nvar total = 0\ngather for n in 1...3 { total += size(n) }"),
    Explanation(
      "W0202", "a limiter or a pool that has nothing to do",
      """
      `semaphore`, `rate` and `pool` act on tasks that are started directly inside them. In this one nothing starts any: its body
      runs as if the block around it were not there.
      """,
      wrong: "semaphore(2) { for n in 1...9 { sleep 1s } }",
      right: "semaphore(2) { gather for n in 1...9 { sleep 1s } }"),
    Explanation(
      "W0203", "a loop that could be a `gather`",
      """
      The passes of this loop fetch and have nothing to do with each other, but each waits for the one before. `gather for` runs
      them together, with a limiter around it if they are many. Told by `weft check` only: one after the other is right,
      too.
      """,
      wrong: "for n in 1...3 { print(fetch(\"http://127.0.0.1:8080/bytes/\\(n)\").size) }",
      right: "gather for n in 1...3 { print(fetch(\"http://127.0.0.1:8080/bytes/\\(n)\").size) }"),
    Explanation(
      "W0204", "an error that nobody sees",
      """
      With `errors: keep` a failure cancels nothing and is thrown nowhere: it stays in the handle or in the list of results. Here
      that is dropped, so a failure would go unseen. If that is meant, `let _ = …` says so.
      """,
      wrong: """
        gather(errors: keep) for n in 1...3 { fetch("http://127.0.0.1:8080/bytes/\\(n)").check() }
        print("done")
        """,
      right: """
        let pages = gather(errors: keep) for n in 1...3 { fetch("http://127.0.0.1:8080/bytes/\\(n)").check() }
        print(len([page for page in pages if page is Error]), "failed")
        """),
    Explanation(
      "W0205", "many workers for tasks that only wait",
      """
      The tasks in this pool wait, and do not compute. A wait needs no thread and no process of its own: plain `gather` holds
      thousands of waiting tasks on one thread, at some hundred bytes each. If the number was meant as a limit, that is what
      `semaphore(n) { … }` is for. Told by `weft check` only.
      """,
      wrong: "pool(threads: 200) { gather for n in 1...1000 { sleep 1s } }",
      right: "semaphore(200) { gather for n in 1...1000 { sleep 1s } }"),
    Explanation(
      "W0206", "an update of a Shared that can get lost",
      """
      Reading a `shared(…)` is one step and writing it another, `+=` included. What another worker of a pool writes in between is
      lost. `update` does both in one step; a `lock()` that is held wherever the cell is written keeps the others out.
      """,
      wrong: """
        let count = shared(0)
        task add() { count.value += 1 }
        pool(threads: 2) { gather { add(); add() } }
        """,
      right: """
        let count = shared(0)
        task add() { count.update(n => n + 1) }
        pool(threads: 2) { gather { add(); add() } }
        """),
    Explanation(
      "W0207", "tasks that share one core",
      """
      The tasks of this `gather` never wait: they only compute. Tasks take turns on one core, so together they take as long as one after the
      other. A `pool` around the `gather` runs them in parallel, and `compute f(x)` makes a single call on another core. Told by
      `weft check` only.
      """,
      wrong: """
        task divisors(number) { len([i for i in 1...number if number % i == 0]) }
        print(gather for number in [5040, 5041] { divisors(number) })
        """,
      right: """
        task divisors(number) { len([i for i in 1...number if number % i == 0]) }
        print(pool(threads: 2) { gather for number in [5040, 5041] { divisors(number) } })
        """),
    Explanation(
      "W0208", "locks in opposite orders",
      """
      One task takes two locks in one order, and another in the other. When each holds its first, both wait for ever. One order
      everywhere, or `with a, b { … }` for both, cannot do that. The same is told of a lock that is taken by who holds it.
      """,
      wrong: """
        let kitchen = lock()
        let bath = lock()
        task cook() { with kitchen { with bath { sleep 1s } } }
        task wash() { with bath { with kitchen { sleep 1s } } }
        gather { cook(); wash() }
        """,
      right: """
        let kitchen = lock()
        let bath = lock()
        task cook() { with kitchen { with bath { sleep 1s } } }
        task wash() { with kitchen, bath { sleep 1s } }
        gather { cook(); wash() }
        """),
    Explanation(
      "W0301", "a task that keeps the others from their turn",
      """
      Tasks take turns where they wait. This one has computed for longer than a second without a wait, while others wanted to go
      on: their answers, timers and time-outs were late by so much. `compute` makes a call on another core, and a `pool` runs
      many tasks in parallel. Told while the script runs, once for each place.
      """,
      wrong: """
        task add_up(n) {
          var total = 0
          for i in 1...n { total += i }
          total
        }
        gather { add_up(1_000_000_000); sleep 100ms }
        """,
      right: """
        task add_up(n) {
          var total = 0
          for i in 1...n { total += i }
          total
        }
        gather { compute add_up(1_000_000_000); sleep 100ms }
        """),
  ]

  /// What must never be seen.
  static let faults = [
    Explanation(
      "E0999", "a fault in Weft",
      """
      A part of Weft that is written in Weft does not compile. No script can be the reason: please report it.
      """)
  ]
}
