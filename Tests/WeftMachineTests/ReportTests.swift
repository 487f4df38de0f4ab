import Testing
import Weft
import WeftMachine

/// What people read when a script fails.
struct ReportTests {
  private func report(_ text: String, color: Bool = false, width: Int? = nil) throws -> String {
    let script = try Script(compiling: text, name: "crawl.weft")
    guard case .failed(let report) = script.runVirtually().outcome else { return "it did not fail" }
    return script.text(of: report, color: color, width: width)
  }

  private static let crawl = """
    task part(url, number) {
      sleep (10ms * number)
      if number == 3 and url.endswith("b") {
        throw ValueError("part \\(number) is broken", url: url)
      }
      number
    }

    task download(url) {
      sum(gather for n in 1...4 { part(url, n) })
    }

    task crawl(urls) {
      semaphore(2) {
        gather for u in urls { timeout(5s) { download(u) } }
      }
    }

    taskgroup {
      start crawl(["http://a", "http://b", "http://c"])
      start { sleep 10s }
    }
    """

  private static let locks = """
    let a = lock()
    let b = lock()
    task transfer(from, to) {
      with from {
        sleep 1ms
        with to { 1 }
      }
    }
    gather {
      transfer(a, b)
      transfer(b, a)
    }
    """

  private static let queues = """
    let jobs = queue(1)
    task produce(n) { for i in 1...n { jobs.put(i) } }
    task collect() { jobs.join() }
    taskgroup {
      start produce(3)
      start collect()
      semaphore(1) {
        start { jobs.get(); jobs.get(); jobs.get(); jobs.get() }
        start { 1 }
      }
    }
    """

  private static let recursion = """
    task f(n) { if n == 0 { throw "deep" }; f(n - 1) }
    let g = x => f(x)
    task keep() {
      gather(errors: keep) { g(6); { sleep 1s } }
    }
    let r = keep()
    print(r)
    throw r[0]
    """

  @Test func threeBlocksDeep() throws {
    #expect(
      try report(Self.crawl) == """
        error: ValueError: part 3 is broken
           ╭─ crawl.weft:4:5
         4 │     throw ValueError("part \\(number) is broken", url: url)
           │     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
           the script                                                            line 19
           └ taskgroup: task 1 of 2, after 30ms                                  line 20
             task 2 was cancelled for it
             crawl(["http://a", "http://b", "http://c"])                         line 15
             └ gather: task 2 of 2 so far, u = "http://b", after 30ms            line 15
               task 1 was cancelled for it
               download("http://b")                                              line 10
               └ gather: task 3 of 4, n = 3, after 30ms                          line 10
                 task 4 was cancelled for it
                 part("http://b", 3)                                              line 4

        """)
  }

  @Test func threeBlocksDeepInFortyColumns() throws {
    #expect(
      try report(Self.crawl, width: 40) == """
        error: ValueError: part 3 is broken
           ╭─ crawl.weft:4:5
         4 │     throw ValueError("part \\(num…
           │     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
           the script                    line 19
           └ taskgroup: task 1 of 2,     line 20
             after 30ms
             task 2 was cancelled for it
             crawl(["http://a", "http:…  line 15
             └ gather: task 2 of 2 so    line 15
               far, u = "http://b", after 30ms
               task 1 was cancelled for it
               download("http://b")      line 10
               └ gather: task 3 of 4,    line 10
                 n = 3, after 30ms
                 task 4 was cancelled for it
                 part("http://b", 3)      line 4

        """)
  }

  @Test func threeBlocksDeepInColor() throws {
    #expect(
      try report(Self.crawl, color: true) == """
        \u{1B}[1;31merror:\u{1B}[0m \u{1B}[1mValueError: part 3 is broken\u{1B}[0m
        \u{1B}[34m   ╭─\u{1B}[0m crawl.weft:4:5
        \u{1B}[34m 4 │\u{1B}[0m     throw ValueError("part \\(number) is broken", url: url)
        \u{1B}[34m   │\u{1B}[0m     \u{1B}[1;31m^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\u{1B}[0m
           the script                                                            \u{1B}[34mline 19\u{1B}[0m
           \u{1B}[34m└ \u{1B}[0mtaskgroup: task 1 of 2, after 30ms                                  \u{1B}[34mline 20\u{1B}[0m
             task 2 was cancelled for it
             crawl(["http://a", "http://b", "http://c"])                         \u{1B}[34mline 15\u{1B}[0m
             \u{1B}[34m└ \u{1B}[0mgather: task 2 of 2 so far, u = "http://b", after 30ms            \u{1B}[34mline 15\u{1B}[0m
               task 1 was cancelled for it
               download("http://b")                                              \u{1B}[34mline 10\u{1B}[0m
               \u{1B}[34m└ \u{1B}[0mgather: task 3 of 4, n = 3, after 30ms                          \u{1B}[34mline 10\u{1B}[0m
                 task 4 was cancelled for it
                 part("http://b", 3)                                              \u{1B}[34mline 4\u{1B}[0m

        """)
  }

  @Test func threeBlocksDeepInFortyColumnsAndColor() throws {
    #expect(
      try report(Self.crawl, color: true, width: 40) == """
        \u{1B}[1;31merror:\u{1B}[0m \u{1B}[1mValueError: part 3 is broken\u{1B}[0m
        \u{1B}[34m   ╭─\u{1B}[0m crawl.weft:4:5
        \u{1B}[34m 4 │\u{1B}[0m     throw ValueError("part \\(num…
        \u{1B}[34m   │\u{1B}[0m     \u{1B}[1;31m^^^^^^^^^^^^^^^^^^^^^^^^^^^^\u{1B}[0m
           the script                    \u{1B}[34mline 19\u{1B}[0m
           \u{1B}[34m└ \u{1B}[0mtaskgroup: task 1 of 2,     \u{1B}[34mline 20\u{1B}[0m
           \u{1B}[34m  \u{1B}[0mafter 30ms
             task 2 was cancelled for it
             crawl(["http://a", "http:…  \u{1B}[34mline 15\u{1B}[0m
             \u{1B}[34m└ \u{1B}[0mgather: task 2 of 2 so    \u{1B}[34mline 15\u{1B}[0m
             \u{1B}[34m  \u{1B}[0mfar, u = "http://b", after 30ms
               task 1 was cancelled for it
               download("http://b")      \u{1B}[34mline 10\u{1B}[0m
               \u{1B}[34m└ \u{1B}[0mgather: task 3 of 4,    \u{1B}[34mline 10\u{1B}[0m
               \u{1B}[34m  \u{1B}[0mn = 3, after 30ms
                 task 4 was cancelled for it
                 part("http://b", 3)      \u{1B}[34mline 4\u{1B}[0m

        """)
  }

  @Test func twoLocks() throws {
    #expect(
      try report(Self.locks) == """
        error: DeadlockError: no task can go on
           = hint: each waits for something that only another of them could give
           `transfer` (task 1 of the `gather` in line 9) waits in line 6 for the lock
             `to`; it holds the lock `from` since line 4
           `transfer` (task 2 of the `gather` in line 9) waits in line 6 for the lock
             `to`; it holds the lock `from` since line 4
           the circle: `transfer` (task 1) → the lock `to` → `transfer` (task 2) → the
             lock `to` → `transfer` (task 1)

        """)
  }

  @Test func queuesAndPermits() throws {
    #expect(
      try report(Self.queues) == """
        error: DeadlockError: no task can go on
           = hint: each waits for something that only another of them could give
           task 1 of the `semaphore` in line 7 waits in line 8 for an item: `jobs.get()`
           task 2 of the `semaphore` in line 7 waits in line 8 for a permit of the
             `semaphore` block in line 7
           `collect` (task 2 of the `taskgroup` in line 4) waits in line 3 for the work
             on a queue: `jobs.join()`

        """)
  }

  @Test func recursionIsFolded() throws {
    #expect(
      try report(Self.recursion) == """
        error: Error: deep
           ╭─ crawl.weft:1:25
         1 │ task f(n) { if n == 0 { throw "deep" }; f(n - 1) }
           │                         ^^^^^^^^^^^^
           └ gather: task 1 of 2, after 0s                                        line 4
             an anonymous task(6)                                                 line 2
             f(6)                                                                 line 1
             … 4 more calls of `f`
             f(1)                                                                 line 1
             f(0)                                                                 line 1

        """)
  }
}
