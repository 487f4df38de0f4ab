import Testing
import Weft
import WeftSyntax

/// What is allowed and hardly meant, and what is close to it and meant.
@Suite struct AdviceTests {
  private static let start = """
    let urls = ["http://a", "http://b"]
    var total = 0
    var m = {n: 0}
    task download(u) { fetch(u).check().size }
    task add(a, b) => a + b
    task plan() { [1, 2] }

    """

  private func codes(_ text: String) -> [String] { diagnostics(Self.start + text).map(\.code) }

  @Test func aLostUpdateIsTold() {
    #expect(
      told("var total = 0\ngather for n in 1...3 { total = total + fetch(\"http://a/\\(n)\").size }") == """
        warning: an update of `total` can get lost: this reads it, waits, and then writes it  [W0201]
           ╭─ <script>:2:25
         2 │ gather for n in 1...3 { total = total + fetch("http://a/\\(n)").size }
           │                         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ other tasks may write it during the wait
           = hint: write `total += fetch("http://a/\\(n)").size`: then it is read after the wait, and written at once
        """)
    #expect(
      told("var most = 0\ntask get(n) { sleep 1s; n }\ngather for n in 1...3 { most = max(most, get(n)) }") == """
        warning: an update of `most` can get lost: this reads it, waits, and then writes it  [W0201]
           ╭─ <script>:3:25
         3 │ gather for n in 1...3 { most = max(most, get(n)) }
           │                         ^^^^^^^^^^^^^^^^^^^^^^^^ other tasks may write it during the wait
           = hint: wait first, then read and write: `let new = …` and on the next line `most = …`
        """)
  }

  @Test(arguments: [
    "gather for u in urls { m.n = m.n + download(u) }",
    "race for u in urls { total = total + download(u) }",
    "gather { { total = total + download(\"a\") }; { total += 1 } }",
    "taskgroup { for u in urls { start { total = total + download(u) } } }",
    "start { total = total + download(\"a\") }\ntotal = 5",
    "gather for u in urls { if true { for x in 1...2 { total = add(total, download(u)) } } }",
    "let door = lock()\nwith door { gather for u in urls { total = total + download(u) } }",
    "let cell = shared(0)\ngather for u in urls { cell.value = cell.value + download(u) }",
  ])
  func updatesThatGetLost(_ text: String) { #expect(codes(text) == ["W0201"]) }

  @Test(arguments: [
    "gather for u in urls { total += download(u) }",
    "gather for u in urls { total = download(u) + total }",
    "gather for u in urls { total = total + 1 }",
    "gather for u in urls { total = add(total, 1) }",
    "gather for u in urls { var mine = 0\n mine = mine + download(u) }",
    "gather { { total = total + download(\"a\") } }",
    "gather { { total = total + download(\"a\") }; download(\"b\") }\ntotal = 0",
    "total = total + download(\"a\")",
    "gather for u in urls { total = plan()[0] + total\n fetch u }",
    "let door = lock()\ngather for u in urls { with door { total = total + download(u) } }",
  ])
  func updatesThatDoNot(_ text: String) { #expect(codes(text).isEmpty) }

  @Test func aLimiterWithoutTasksIsTold() {
    #expect(
      told("semaphore(3) { print(1) }") == """
        warning: this `semaphore` limits nothing: no task is started inside it  [W0202]
           ╭─ <script>:1:1
         1 │ semaphore(3) { print(1) }
           │ ^^^^^^^^^
           = hint: it acts on tasks that are started directly inside: write `gather for x in xs { … }` in it
        """)
    #expect(codes("semaphore(2) { download(\"a\") }") == ["W0202"])
    #expect(codes("semaphore(2) { urls.map(download) }") == ["W0202"])
    #expect(codes("rate(5/s, burst: 2) { download(\"a\") }") == ["W0202"])
  }

  @Test func aPoolWithoutTasksIsTold() {
    #expect(
      told("let xs = pool(threads: 3) { [n * n for n in 1...9] }") == """
        warning: this `pool` runs nothing: no task is started inside it  [W0202]
           ╭─ <script>:1:10
         1 │ let xs = pool(threads: 3) { [n * n for n in 1...9] }
           │          ^^^^
           = hint: it acts on tasks that are started directly inside: write `gather for x in xs { … }` in it
        """)
    #expect(codes("pool(tasks: 2) { add(1, 2) }") == ["W0202"])
    // What `compute` starts runs on cores of its own.
    #expect(codes("pool(processes: 2) { compute add(1, 2) }") == ["W0202"])
    #expect(codes("semaphore(2) { pool(threads: 2) { add(1, 2) } }") == ["W0202", "W0202"])
  }

  @Test func readingAndThenWritingASharedInWorkersIsToldOf() {
    let around = "let c = shared(0)\nlet l = lock()\n"
    #expect(
      told("let c = shared(0)\ntask add() { c.value = c.value + 1 }\npool(threads: 2) { gather { add(); add() } }")
        == """
        warning: an update of `c.value` can get lost: this reads it, and then writes it  [W0206]
           ╭─ <script>:2:14
         2 │ task add() { c.value = c.value + 1 }
           │              ^^^^^^^^^^^^^^^^^^^^^ other workers may write it in between
           = hint: `c.update(v => …)` does both in one step; or hold a `lock()` by `with` wherever it is written
        """)
    #expect(codes(around + "pool(tasks: 2) { gather for i in 1...2 { c.value += i } }") == ["W0206"])
    #expect(codes(around + "task f(x) { x.value[0] = x.value[0] + 1 }\ncompute f(c)") == ["W0206"])
    for quiet in [
      "pool(tasks: 2) { gather for i in 1...2 { c.value = i } }",
      "pool(tasks: 2) { gather for i in 1...2 { c.update(v => v + i) } }",
      "pool(tasks: 2) { gather for i in 1...2 { with l { c.value += i } } }",
      "task bump() { c.value += 1 }\npool(tasks: 2) { gather for i in 1...2 { with l { bump() } } }",
      "pool(tasks: 2) { gather for i in 1...2 { var m = {value: 0}; m.value += 1 } }",
      "gather for i in 1...2 { c.value += i }",
    ] { #expect(codes(around + quiet) == [], "\(quiet)") }
  }

  @Test func manyWorkersForWaitsAreNoted() {
    #expect(
      told("pool(threads: 200) { gather for n in 1...9 { sleep 1s } }") == """
        note: 200 threads for tasks that only wait  [W0205]
           ╭─ <script>:1:1
         1 │ pool(threads: 200) { gather for n in 1...9 { sleep 1s } }
           │ ^^^^^^^^^^^^^^^^^^ a wait needs no worker
           = hint: `gather` alone holds thousands of them; `semaphore(200) { … }` limits how many at a time
        """)
    #expect(codes("pool(threads: 65) { gather for u in urls { download(u) } }") == ["W0205"])
    #expect(codes("pool(processes: 100) { gather for u in urls { fetch u } }") == ["W0205"])
  }

  @Test(arguments: [
    "pool(threads: 64) { gather for u in urls { download(u) } }",
    "pool(tasks: 200) { gather for u in urls { download(u) } }",
    "let n = 200\npool(threads: n) { gather for u in urls { download(u) } }",
    "pool(threads: 200) { gather for n in 1...9 { add(n, n) } }",
    "pool(threads: 200) { gather for u in urls { sum([x * x for x in 1...download(u)]) } }",
    "pool(threads: 200) { gather for u in urls { var n = download(u)\n while n > 0 { n -= 1 } } }",
    "task fib(n) { if n < 2 { n } else { fib(n - 1) + fib(n - 2) } }\npool(threads: 200) { gather for u in urls { fib(download(u)) } }",
    "task all(f) { pool(threads: 200) { gather for u in urls { f(download(u)) } } }",
    "pool(threads: 1) { gather for n in 1...9 { compute add(n, n) } }",
  ])
  func poolsThatAreMeant(_ text: String) { #expect(codes(text).isEmpty) }

  @Test(arguments: [
    "semaphore(2) { gather for u in urls { fetch u } }",
    "rate(5/s) { gather for u in urls { fetch u } }",
    "semaphore(2) { start download(\"a\") }",
    "task all() { gather for u in urls { fetch u } }\nsemaphore(2) { all() }",
    "task again(n) { if n > 0 { again(n - 1) } else { race { sleep 1s } } }\nsemaphore(2) { again(3) }",
    "task run(f) { semaphore(2) { f() } }",
    "task run(f) { semaphore(2) { urls.map(f) } }",
    "semaphore(2) { urls.map(u => gather { fetch u }) }",
  ])
  func limitersWithTasks(_ text: String) { #expect(codes(text).isEmpty) }

  @Test func aLoopThatCouldBeAGatherIsNoted() {
    #expect(
      told("for n in 1...3 { fetch(\"http://a/\\(n)\") }") == """
        note: each pass of this loop waits for the one before  [W0203]
           ╭─ <script>:1:1
         1 │ for n in 1...3 { fetch("http://a/\\(n)") }
           │ ^^^^^^^^^^^^^^
           = hint: `gather for n in 1...3 { … }` runs all of them together; `semaphore(10) { … }` around it limits how many at a time
        """)
  }

  @Test(arguments: [
    "for u in urls { total += download(u) }",
    "for u in urls { m[u] = download(u) }",
    "var sizes = []\nfor u in urls { sizes.append(download(u)) }",
    "let sizes = [download(u) for u in urls]",
    "for u in urls { let page = fetch u\n print(page.size) }",
  ])
  func loopsThatCouldBeGathers(_ text: String) { #expect(codes(text) == ["W0203"]) }

  @Test(arguments: [
    "for u in urls { total += download(u)\n if total > 3 { break } }",
    "for u in urls { if total < 3 { total += download(u) } }",
    "for u in urls { total = download(u) }",
    "for u in urls { fetch(u, method: \"POST\") }",
    "for u in urls { fetch u\n sleep 1s }",
    "for u in urls { gather { fetch u; fetch u } }",
    "let pace = rate(5/s)\nfor u in urls { with pace { fetch u } }",
    "for u in urls { print(u) }",
    "task each(pages) { for page in pages { fetch page } }",
    "let pages = queue(2)\nfor page in pages { fetch page }",
    "taskgroup { let t = start download(\"a\")\n for done in completed([t]) { fetch \"b\" } }",
    "gather for u in urls { for n in 1...3 { fetch u } }",
    "bench \"one by one\" { for u in urls { fetch u } }",
    "task count(u) { total += download(u) }\nfor u in urls { count(u) }",
    "task first() { for u in urls { try { return fetch(u) } catch { } } }",
    "let big = [download(u) for u in urls if u != \"\"]",
    "while total < 3 { total += download(\"a\") }",
  ])
  func loopsThatCouldNot(_ text: String) { #expect(codes(text).isEmpty) }

  @Test func anUnseenErrorIsTold() {
    #expect(
      told("taskgroup(errors: keep) {\n  for n in 1...3 { start fetch(\"http://a\") }\n}") == """
        warning: if this task fails, nobody will know: `errors: keep` leaves the error in the handle  [W0204]
           ╭─ <script>:2:20
         2 │   for n in 1...3 { start fetch("http://a") }
           │                    ^^^^^^^^^^^^^^^^^^^^^^^ the handle is dropped
           = hint: keep the handle and look at its `.error`, or write `let _ = start …` if that is meant
        """)
    #expect(
      told("gather(errors: keep) for n in 1...3 { fetch(\"http://a\") }\nprint(1)") == """
        warning: if one of these tasks fails, nobody will know: `errors: keep` puts its error into the list  [W0204]
           ╭─ <script>:1:1
         1 │ gather(errors: keep) for n in 1...3 { fetch("http://a") }
           │ ^^^^^^ the list is dropped
           = hint: look at the list, or write `let _ = gather …` if that is meant
        """)
  }

  @Test(arguments: [
    "taskgroup { for u in urls { start download(u) } }",
    "taskgroup(errors: keep) { let t = start download(\"a\")\n t.error }",
    "taskgroup(errors: keep) { for u in urls { let _ = start download(u) } }",
    "taskgroup(errors: keep) { for u in urls { start sleep(1s) } }",
    "taskgroup(errors: keep) { for u in urls { start { try { download(u) } catch e { print(e) } } } }",
    "taskgroup(errors: keep) { for u in urls { timeout(1s) { start download(u) } } }",
    "let all = gather(errors: keep) for u in urls { download(u) }",
    "gather for u in urls { download(u) }",
  ])
  func errorsThatAreSeen(_ text: String) { #expect(codes(text).isEmpty) }

  @Test func importedTasksAreKnown() throws {
    let library = SourceFile(
      name: "lib.weft",
      text: """
        # As long as what imports it, so that no place of one file is taken for a place of the other.
        task size(u) { fetch(u).size }
        task all() { gather { sleep 1s } }
        task plain() { semaphore(2) { 1 } }
        """)
    let main = SourceFile(
      name: "main.weft",
      text: """
        import "lib.weft"
        import "lib.weft" as lib
        var total = 0
        gather for u in ["a", "b"] { total = total + size(u) }
        gather for u in ["a", "b"] { total = total + lib.size(u) }
        semaphore(2) { all() }
        semaphore(2) { lib.all() }
        semaphore(2) { lib.size("a") }
        semaphore(2) { plain() }
        """)
    let script = try Script(compiling: main, imports: { _, _ throws(ImportError) in library }, advising: true)
    let told = script.warnings.map { diagnostic in
      let source = diagnostic.source ?? main
      return "\(diagnostic.code) \(source.name):\(source.line(at: Int(diagnostic.span.start)))"
    }
    #expect(
      told == ["W0201 main.weft:4", "W0201 main.weft:5", "W0202 main.weft:8", "W0202 main.weft:9", "W0202 lib.weft:4"])
  }

  @Test func onlyThoseGetAdviceWhoAskForIt() throws {
    let text = "semaphore(2) { sleep 1s }"
    #expect(try Script(compiling: text).warnings.isEmpty)
    #expect(try Script(compiling: text, advising: true).warnings.map(\.code) == ["W0202"])
  }

  private static let work = "task work(n) { for i in 1..<n { } }\ntask pause(n) { sleep n }\n"

  @Test(arguments: [
    "gather for n in [1, 2] { work(n) }", "let r = gather for n in [1, 2] { [i for i in 1...n] }",
    "task all() { 1 }\nfor i in 1...2 { gather for n in [1, 2] { work(n) } }",
    "semaphore(2) { gather for n in [1, 2] { work(n) } }",
  ])
  func tasksThatShareOneCoreAreTold(_ text: String) {
    #expect(codes(Self.work + text).contains("W0207"))
  }

  @Test(arguments: [
    "gather for n in [1s, 2s] { pause(n) }", "gather for n in [1s, 2s] { pause(n); work(3) }",
    "pool(threads: 2) { gather for n in [1, 2] { work(n) } }", "gather for n in [1, 2] { compute work(n) }",
    "gather for n in [1, 2] { n + 1 }", "gather { work(1), work(2) }",
    // Whoever calls it may do so in a pool.
    "task all() { gather for n in [1, 2] { work(n) } }\npool(threads: 2) { all() }",
    "bench \"b\" { gather for n in [1, 2] { work(n) } }", "race for n in [1, 2] { work(n) }",
    "let f = x => x\ngather for n in [1, 2] { for i in 1...9 { f(n) } }",
  ])
  func othersAreNot(_ text: String) {
    #expect(!codes(Self.work + text).contains("W0207"))
  }

  private static let locks = "let a = lock()\nlet b = lock()\nlet s = semaphore(1)\n"

  @Test(arguments: [
    "with a { with b { } }\nwith b { with a { } }", "with a, b { }\nwith b { with a { } }",
    "task f() { with b { 1 } }\ntask g() { with a { f() } }\nwith b { with a { } }",
    "task f() { with b { g() } }\ntask g() { with a { 1 } }\ntask h() { with a { with b { 1 } } }",
    "with a { with a { } }", "task f() { with a { 1 } }\nwith a { f() }",
    "with s { with a { } }\nwith a { with s { } }",
  ])
  func locksInOppositeOrdersAreTold(_ text: String) {
    #expect(codes(Self.locks + text) == ["W0208"])
  }

  @Test(arguments: [
    "with a { with b { } }\nwith a { with b { } }", "with a { }\nwith b { with a { } }", "with a, b { }\nwith a, b { }",
    // A started task holds nothing of those around it.
    "with a { gather { { with b { } } } }\nwith b { with a { } }",
    "let two = semaphore(2)\nwith two { with two { } }", "task f(x, y) { with x { with y { } } }\nf(a, b)\nf(b, a)",
  ])
  func locksInOneOrderAreNot(_ text: String) {
    #expect(!codes(Self.locks + text).contains("W0208"))
  }

  @Test func eachPlaceIsToldOnce() {
    #expect(codes("task all() { semaphore(2) { 1 } }\nall()\nall()\nlet f = all").map { $0 } == ["W0202"])
    // Tasks that call each other come to an end.
    #expect(codes("task a(n) { b(n) }\ntask b(n) { a(n) }\nsemaphore(2) { a(1) }") == ["W0202"])
  }
}
