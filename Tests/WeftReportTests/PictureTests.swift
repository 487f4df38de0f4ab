import Testing
import Weft

@testable import WeftReport

@Suite struct PictureTests {
  @Test func tasksThatOverlapStandInRowsOfTheirOwn() throws {
    let timeline = try report(
      """
      task outer(n) { gather for i in 1...n { sleep (i * 1s) } }
      semaphore(2) { gather for n in 1...6 { outer(n) } }
      gather { sleep 1s; sleep 2s }
      """
    ).timeline
    let layout = TimelineLayout(timeline)
    #expect(timeline.tasks.count == 1 + 6 + 21 + 2)
    var rows: [Int: [(from: Int64, to: Int64)]] = [:]
    for place in timeline.tasks.indices { rows[layout.rows[place], default: []].append(layout.span(place)) }
    for spans in rows.values {
      let sorted = spans.sorted { ($0.from, $0.to) < ($1.from, $1.to) }
      for (one, next) in zip(sorted, sorted.dropFirst()) { #expect(one.to <= next.from) }
    }
    // What a task has started stands below it.
    for (place, task) in timeline.tasks.enumerated() {
      if let parent = timeline.place(ofTask: task.parent) { #expect(layout.rows[parent] < layout.rows[place]) }
    }
    #expect(layout.rowCount == layout.groups.last?.rows.upperBound)
  }

  @Test func rowsOfWorkersStandTogether() throws {
    let timeline = try report("pool(threads: 3) { gather for n in 1...9 { sleep 1s } }\n").timeline
    let layout = TimelineLayout(timeline)
    #expect(layout.groups.map(\.title) == ["script", "worker 1 · thread", "worker 2 · thread", "worker 3 · thread"])
    #expect(layout.groups.map(\.tasks) == [1, 3, 3, 3])
    #expect(layout.rowCount == 4)
  }

  @Test func aBlockStandsAroundItsTasks() throws {
    let timeline = try report(
      """
      task outer(n) {
        gather for i in 1...n { sleep (i * 1s) }
      }
      semaphore(2) { gather for n in 1...3 { outer(n) } }
      race { sleep 1s; sleep 2s }
      timeout(1s) { sleep 9s } else { none }
      pool(threads: 2) { gather for n in 1...4 { sleep 1s } }
      taskgroup {
        start outer(1)
        sleep 5s
      }
      """
    ).timeline
    let layout = TimelineLayout(timeline)
    let (frames, around) = layout.frames()
    #expect(
      frames.map(\.title) == [
        "semaphore › gather, line 4", "gather, line 2", "gather, line 2", "gather, line 2", "race, line 5",
        "pool › gather, line 7", "taskgroup, line 8", "gather, line 2",
      ])
    for (place, task) in timeline.tasks.enumerated() where around[place] >= 0 {
      let frame = frames[around[place]]
      let (from, to) = layout.span(place)
      #expect(frame.from <= from && to <= frame.to)
      // What workers do stands elsewhere.
      #expect(frame.rows.contains(layout.rows[place]) || task.worker != 0)
    }
    #expect(frames[5].rows.isEmpty)
    #expect(frames.allSatisfy { !$0.isCancelled })
    let svg = timeline.svg(title: "blocks")
    for name in ["main · taskgroup, line 8", "race, line 5", "outer · gather, line 2"] {
      #expect(svg.contains(">\(name)</text>"), "\(name)")
    }
    #expect(svg.components(of: "class=\"block\"") == 8)
  }

  /// A loop that starts what a limit holds up waits once for each, without a gap.
  @Test func waitsForATurnAreOne() throws {
    let timeline = try report("semaphore(1) { gather for n in 1...50 { sleep 1s } }").timeline
    let layout = TimelineLayout(timeline)
    #expect(timeline.tasks[0].waits.count > 40)
    #expect(layout.segments(0).map(\.state) == [.queueing, .joining])
  }

  @Test func theSegmentsOfABarHaveNoGaps() throws {
    let timeline = try report(RecordFileTests.text, in: network).timeline
    let layout = TimelineLayout(timeline)
    for place in timeline.tasks.indices {
      var at = layout.span(place).from
      for segment in layout.segments(place) {
        #expect(segment.from == at)
        at = segment.to
      }
      #expect(at == layout.span(place).to || layout.segments(place).isEmpty)
    }
  }

  @Test func theCriticalPathIsAsLongAsTheRun() throws {
    for text in [
      "task a() { sleep 3s }\ntask b() { sleep 1s }\ngather { a(); b() }\nb()",
      "semaphore(1) { gather for n in 1...4 { sleep (n * 1s) } }",
      "task slow() { gather { sleep 1s; { sleep 2s; sleep 2s } } }\ntaskgroup { let t = start slow(); sleep 1s; await t; sleep 1s }",
      "pool(threads: 2) { gather for n in 1...5 { sleep (n * 1s) } }",
    ] {
      let report = try report(text)
      let parts = CriticalPath(report.timeline).parts
      #expect(parts.reduce(0) { $0 + $1.to - $1.from } == report.elapsed, "\(text)")
      for (one, next) in zip(parts, parts.dropFirst()) { #expect(one.to == next.from) }
    }
    let timeline = try report("task a() { sleep 3s }\ntask b() { sleep 1s }\ngather { a(); b() }\nb()").timeline
    let path = CriticalPath(timeline)
    #expect(path.shares(timeline).map(\.name) == ["a", "main"])
    #expect(path.shares(timeline).map { $0.time / second } == [3, 1])
  }

  @Test(arguments: [10, 100, 10_000]) func pictures(_ count: Int) throws {
    let text = """
      task download(n) { if n % 97 == 0 { throw "no answer" }; sleep (random(1, 9) * 100ms); sleep 1s }
      semaphore(\(max(4, count / 4))) { gather(errors: keep) for n in 1...\(count) { download(n) } }
      """
    let timeline = try report(text).timeline
    let svg = timeline.svg(title: "a <run> & more")
    #expect(svg.contains("a &lt;run&gt; &amp; more"))
    #expect(balance(svg))
    #expect(svg.utf8.count < 3_000_000)
    #expect(svg.contains("prefers-color-scheme:dark"))
    let trace = try JSONReader.value(timeline.chromeTrace(script: "s"))
    let events = try #require(trace["traceEvents"]?.array)
    #expect(events.count { $0["cat"]?.string == "task" } == count + 1)
  }

  @Test func thePageNeedsNothingElse() throws {
    var report = try report(RecordFileTests.text, in: network)
    report.script = "</script><b>.weft"
    let page = String(decoding: report.page, as: UTF8.self)
    #expect(page.components(of: "</script>") == 3)
    #expect(!page.contains("src=") && !page.contains("@import") && !page.contains("url("))
    #expect(page.components(of: "<canvas") == 2)
  }

  @Test func aHistogram() throws {
    var latencies = Latencies()
    for index in 0..<1_000 { latencies.record(Int64(index % 100) * millisecond) }
    let svg = latencies.svg(title: "x")
    #expect(balance(svg))
    let classes = latencies.classes(10)
    #expect(classes.reduce(0) { $0 + $1.count } == 1_000)
    #expect(classes.first?.from == 0)
  }

  /// Whether each tag is closed.
  private func balance(_ xml: String) -> Bool {
    var open: [Substring] = []
    for part in xml.split(separator: "<").dropFirst(xml.hasPrefix("<") ? 0 : 1) {
      guard let end = part.lastIndex(of: ">") else { return false }
      let tag = part[..<end]
      let name = tag.prefix { $0 != " " && $0 != ">" && $0 != "\n" }
      if tag.hasPrefix("/") {
        if open.popLast() != name.dropFirst() { return false }
      } else if !part[..<(part.firstIndex(of: ">") ?? end)].hasSuffix("/") {
        open.append(name)
      }
    }
    return open.isEmpty
  }
}

extension String {
  fileprivate func components(of separator: String) -> Int { ranges(of: separator).count + 1 }
}
