import Testing
import Weft
import WeftCompiler
import WeftMachine

@testable import WeftReport

@Suite struct SummaryTests {
  @Test func requestsByTheTaskThatTheyAreIn() throws {
    let summary = try report(
      """
      task download(n) { fetch("http://a.test/wait/\\(n)").size }
      semaphore(4) { for n in 1...100 { let _ = start download(n) } }
      """, in: network
    ).summary
    let figures = try #require(summary.fetches(named: "download"))
    #expect(summary.fetches.count == 1)
    #expect([figures.count, figures.answers, figures.received] == [100, 100, 500])
    #expect(figures.statuses == [200: 100])
    for share in [50, 90, 95, 99, 100] {
      let exact = Double(share) * Double(millisecond)
      #expect(abs(Double(figures.service.percentile(Double(share))) - exact) <= exact / 1_000)
    }
    #expect(figures.service.min == millisecond)
    #expect(summary.peakFetches == 4)
    #expect(summary.tasks(named: "download")?.queueing.max ?? 0 > second / 2)
    #expect(summary.latencies(of: "download") == figures.service)
    #expect(summary.latencies(of: "upload") == nil)
  }

  @Test func requestsByTheirURL() throws {
    let summary = try report(
      """
      for n in 1...3 { fetch("http://a.test/users/\\(n)/posts?page=\\(n)") }
      fetch("http://a.test/users/me")
      fetch("http://a.test/items/3f2504e0-4f89-11d3-9a0c-0305e82c3301", method: "PUT", body: "1234")
      """, in: network
    ).summary
    #expect(
      summary.fetches.map(\.name) == [
        "GET http://a.test/users/{n}/posts", "GET http://a.test/users/me", "PUT http://a.test/items/{id}",
      ])
    #expect(summary.fetches.map(\.count) == [3, 1, 1])
    #expect(summary.fetches[2].sent == 4)
    #expect(summary.allFetches.count == 5)
  }

  @Test func whatGoesWrongIsCountedApart() throws {
    let summary = try report(
      """
      task page(path) { fetch("http://a.test/\\(path)").check() }
      gather(errors: keep) { page("fail"); page("fail"); page("status/503"); page("status/404"); page("status/1") }
      timeout(1s) { page("60000") } else { none }
      try { retry(2, backoff: 1s) { page("fail") } } catch { }
      try { fetch("http://a.test/60000", timeout: 2s) } catch { }
      """, in: network
    ).summary
    let page = try #require(summary.fetches(named: "page"))
    #expect([page.count, page.answers, page.badStatuses, page.cancelled, page.failures.count] == [9, 3, 2, 1, 5])
    #expect(page.statuses == [503: 1, 404: 1, 1: 1])
    #expect(page.failures.kinds == [.init(name: "connectionRefused", count: 5, message: "cannot connect")])
    #expect(summary.fetches[1].failures.kinds.map(\.name) == ["timeout"])
    #expect([summary.retries, summary.timeouts] == [2, 1])
    let tasks = try #require(summary.tasks(named: "page"))
    #expect([tasks.count, tasks.succeeded, tasks.failures.count] == [5, 1, 4])
    #expect(tasks.failures.kinds.map(\.name) == ["HTTPError", "FetchError"])
  }

  @Test func aMissedScheduleIsNotHidden() throws {
    let kept = try report("rate(10/s, burst: 1) { gather for n in during(10s) { sleep 1s } }").summary.rates
    #expect(kept.map(\.asked) == [10])
    #expect(kept[0].reached.map { abs($0 - 10) < 0.01 } == true)
    #expect(!kept[0].isMissed)
    // Each of four places is taken for a second.
    let missed = try report("semaphore(4) { rate(10/s, burst: 1) { gather for n in during(10s) { sleep 1s } } }")
    let rates = missed.summary.rates
    #expect(rates[0].isMissed)
    #expect(rates[0].reached.map { $0 < 4.5 } == true)
    #expect(missed.text().contains("behind schedule"))
  }

  @Test(arguments: ["threads", "tasks", "processes"]) func workersCountAsOne(_ kind: String) throws {
    let body = "gather for n in 1...40 { work(n) }"
    let task = "task work(n) { fetch(\"http://a.test/wait/\\(n)\").size }\n"
    let alone = try report(task + body, in: network).summary
    let pooled = try report(task + "pool(\(kind): 4) { \(body) }", in: network).summary
    #expect(pooled.fetches(named: "work")?.service == alone.fetches(named: "work")?.service)
    #expect(pooled.tasks(named: "work")?.durations == alone.tasks(named: "work")?.durations)
    #expect([pooled.workers, pooled.fetches[0].count] == [4, 40])
  }

  @Test func mergedPercentilesAreThoseOfOneRunWithinABucket() {
    var whole = Latencies()
    var parts = [Latencies](repeating: Latencies(), count: 4)
    var state: UInt64 = 1
    for index in 0..<100_000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let time = Int64(state >> 40) * 1_000
      whole.record(time)
      parts[index % 4].record(time)
    }
    var merged = parts[0]
    for part in parts.dropFirst() { merged.add(part) }
    #expect([merged.count, Int(merged.min), Int(merged.max)] == [whole.count, Int(whole.min), Int(whole.max)])
    for share in [1, 50, 90, 95, 99, 99.9, 100] {
      let (one, other) = (Double(whole.percentile(share)), Double(merged.percentile(share)))
      #expect(abs(one - other) <= one / 1_000)
    }
    #expect(abs(merged.mean - whole.mean) <= 1)
    #expect(abs(merged.deviation - whole.deviation) <= whole.deviation / 1_000)
  }

  @Test func latenciesAtTheEdges() {
    var latencies = Latencies()
    #expect([latencies.percentile(99), latencies.mean, latencies.deviation] == [0, 0, 0])
    latencies.record(-5)
    latencies.record(0)
    latencies.record(.max)
    #expect(latencies.count == 3)
    #expect(latencies.min == 0)
    #expect(latencies.percentile(100) == latencies.max)
    #expect(latencies.percentile(0) == 0)
    var same = Latencies()
    for _ in 0..<10 { same.record(20 * second) }
    #expect([50, 90, 99, 100].allSatisfy { same.percentile($0) == 20 * second })
    #expect(same.deviation == 0)
  }

  /// `Benchmarks/run --only record` does it with ten million requests; what grows with them shows with fewer.
  @Test func memoryDoesNotGrowWithTheNumberOfRequests() throws {
    let script = try Script(compiling: "task get(n) { fetch(\"http://a.test/\\(n)\") }\nget(1)\n")
    let get = Int32(script.image.functions.firstIndex { $0.name == "get" } ?? 0)
    var tally = RunTally(script.image, timelineOf: 100)
    var sizes: [Int] = []
    for round in 0..<20 {
      for batch in 0..<50 {
        var records: [RunRecord] = []
        for index in 0..<100 {
          let number = Int64(round * 5_000 + batch * 100 + index)
          let task = UInt64(number + 2)
          let start = RunRecord.TaskStart(parent: 1, block: 1, index: Int32(index), function: get, place: 0)
          let fetch = RunRecord.FetchStart(
            ticket: task, method: RecordText(0), url: RecordText(1), function: get, sent: 0)
          let end = RunRecord.FetchEnding(ticket: task, status: 200, received: 10)
          for (time, event) in [
            (number, .taskStarted(start)), (number, .taskBegan), (number, .fetchStarted(fetch)),
            (number + number % 977 * millisecond, .fetchEnded(end)), (number + 2, .taskEnded(.value)),
          ] as [(Int64, RunRecord.Event)] {
            records.append(RunRecord(time: time, task: task, event: event))
          }
        }
        tally.take(RunRecords(worker: 0, pool: nil, records: records, texts: ["GET", "http://a.test/\(round)"]))
      }
      let summary = tally.finished
      sizes.append(
        summary.fetches.count + summary.tasks.count + (summary.fetches.first?.service.buckets.count ?? 0)
          + (tally.timeline?.tasks.count ?? 0) + (tally.timeline?.strings.count ?? 0) + tally.openTasks)
    }
    #expect(tally.finished.fetches[0].count == 100_000)
    #expect(sizes[19] == sizes[1])
    #expect(tally.timeline?.omitted ?? 0 > 90_000)
  }

  @Test func manyNamesShareTheLastPlace() throws {
    let summary = try report(
      "for n in 1...300 { fetch(\"http://a.test/page\" + chr(97 + n % 26) + chr(97 + n // 26) + \"x\") }", in: network
    ).summary
    #expect(summary.fetches.count == 100)
    #expect(summary.fetches.last?.name == "(others)")
    #expect(summary.allFetches.count == 300)
  }

  @Test(arguments: [
    ("http://a.test/users/17", "http://a.test/users/{n}"),
    ("http://a.test/users/17?x=1#y", "http://a.test/users/{n}"),
    ("http://127.0.0.1:8080/delay/0.5?n=3", "http://127.0.0.1:8080/delay/{n}"),
    ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
    ("http://a.test/v2/face/cafe", "http://a.test/v2/face/cafe"),
    ("http://a.test/c/5f2b9a0c7d3e4f60", "http://a.test/c/{id}"),
    ("nonsense", "nonsense"), ("", ""),
  ])
  func patterns(_ url: String, _ pattern: String) { #expect(URLPattern.of(url) == pattern) }
}
