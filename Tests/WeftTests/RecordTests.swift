import Testing
import WeftCompiler
import WeftMachine

@testable import Weft

/// What a run tells an observer.
@Suite struct RecordTests {
  @Test func tasksBlocksAndWaits() throws {
    let text = """
      task download(n) { sleep (n * 1s); n }
      print(semaphore(1) { gather for n in 1...2 { download(n) } })
      """
    let found = try records(text)
    #expect(
      found == """
        0 1 started main by 0
        0 1 began
        0 1 opened taskgroup, line 1
        0 1 opened semaphore, line 2, permits(1)
        0 1 opened gather, line 2
        0 2 started download by 1 (n: 1)
        0 1 waits: permit
        0 2 began
        0 2 waits: timer
        1s 2 resumed
        1s 2 ended
        1s 1 resumed
        1s 3 started download by 1 (n: 2)
        1s 1 waits: tasks
        1s 3 began
        1s 3 waits: timer
        3s 3 resumed
        3s 3 ended
        3s 1 resumed
        3s 1 closed gather
        3s 1 closed semaphore
        3s 1 printed 7
        3s 1 closed taskgroup
        3s 1 ended

        """)
  }

  @Test func retriesTimeoutsAndFailures() throws {
    let text = """
      var left = 1
      task try_it() { if left > 0 { left -= 1; throw "no" }; sleep 5s }
      timeout(3s) { retry(2, backoff: 1s) { try_it() } } else { 0 }
      try { gather { sleep 1s; throw "over" } } catch { }
      """
    let found = try records(text)
    #expect(
      found == """
        0 1 started main by 0
        0 1 began
        0 1 opened taskgroup, line 1
        0 1 opened timeout, line 3, time(3000000000)
        0 1 opened retry, line 3
        0 1 cancelled retry: left
        0 1 closed retry
        0 1 retries 1 after Error
        0 1 waits: timer
        1s 1 resumed
        1s 1 opened retry, line 3
        1s 1 waits: timer
        3s 1 cancelled timeout: deadline
        3s 1 resumed
        3s 1 cancelled retry: left
        3s 1 closed retry
        3s 1 closed timeout
        3s 1 opened gather, line 4
        3s 2 started gather, line 4 by 1
        3s 3 started gather, line 4 by 1
        3s 1 waits: tasks
        3s 2 began
        3s 2 waits: timer
        3s 3 began
        3s 3 ended: Error over
        3s 1 cancelled gather: failure
        3s 2 resumed
        3s 2 ended: cancelled by failure
        3s 1 resumed
        3s 1 closed gather
        3s 1 closed taskgroup
        3s 1 ended

        """)
  }

  @Test func fetches() throws {
    let text = """
      task page(url) { fetch(url).size }
      print(page("http://a.test/1"))
      timeout(1s) { fetch("http://a.test/slow") } else { none }
      try { fetch("http://b.test/", body: "12345") } catch { }
      """
    let world = VirtualWorld { request, _ in
      if request.url.hasPrefix("http://b") {
        return VirtualAnswer(delay: second, .failure(FetchFailure(.connectionRefused, "refused")))
      }
      return .text("hello", status: 404, delay: request.url.hasSuffix("slow") ? 60 * second : second / 2)
    }
    let found = try records(text, in: world).split(separator: "\n").filter { $0.contains("fetch") }
    #expect(
      found == [
        "0 1 fetches GET http://a.test/1 in page, 0 bytes", "0 1 waits: fetch",
        "500ms 1 fetched: 404, 5 bytes", "500ms 1 fetches GET http://a.test/slow in main, 0 bytes",
        "500ms 1 waits: fetch", "1.5s 1 fetched: cancelled",
        "1.5s 1 fetches POST http://b.test/ in main, 5 bytes", "1.5s 1 waits: fetch",
        "2.5s 1 fetched: connectionRefused refused",
      ])
  }

  @Test(arguments: ["threads", "tasks", "processes"])
  func workersOnTheVirtualClock(_ kind: String) throws {
    let text = "task f(n) { sleep 1s; n }\npool(\(kind): 2) { gather for n in 1...3 { f(n) } }\n"
    #expect(try records(text) == records(text))
    let lines = try records(text).split(separator: "\n")
    for task in [2, 3, 4] {
      let own = lines.filter { $0.contains(" \(task) ") || $0.contains(" \(task)@") }.map { $0.drop { $0 != " " } }
      #expect(own.count { $0.contains("started f by 1") } == 1)
      #expect(own.contains { $0.hasSuffix("waits: worker") })
      #expect(own.contains { $0.contains("@") && $0.hasSuffix("began") })
      #expect(own.contains { $0.contains("@") && $0.hasSuffix("left") })
      #expect(own.last == " \(task) ended")
    }
  }

  /// Each machine's records come in order, and what has begun in a worker has been started before.
  @Test(arguments: ["threads", "tasks", "processes"])
  func workersOnTheRealClock(_ kind: String) async throws {
    let text = """
      task f(n) { gather { n; n + 1 } }
      print(sum([sum(x) for x in pool(\(kind): 2) { gather for n in 1...20 { f(n) } }]))
      """
    let batches = Locked<[RunRecords]>([])
    let script = try Script(compiling: text)
    var observer = RunObserver(output: { _ in })
    observer.records = { batch in batches.withLock { $0.append(batch) } }
    observer.wantsArguments = true
    _ = await script.run(PoolTests.options, observer: observer)
    let all = batches.withLock { $0 }
    var started: Set<UInt64> = []
    var ended: Set<UInt64> = []
    var latest: [UInt32: Int64] = [:]
    var workers: Set<UInt32> = []
    for batch in all {
      #expect((batch.worker == 0) == (batch.pool == nil))
      for record in batch.records {
        #expect(record.time >= latest[batch.worker, default: 0])
        latest[batch.worker] = record.time
        switch record.event {
        case .taskStarted(let start):
          #expect(started.insert(record.task).inserted)
          if start.parent == 1 { #expect(batch.text(start.arguments)?.hasPrefix("n: ") == true) }
        case .taskBegan:
          if batch.worker > 0 { workers.insert(batch.worker) }
          #expect(started.contains(record.task))
        case .taskEnded: #expect(ended.insert(record.task).inserted)
        default: break
        }
      }
    }
    #expect(started.count == 1 + 20 * 3)
    #expect(ended == started)
    #expect((1...2).contains(workers.count))
  }

  @Test func theSameSeedGivesTheSameRecords() throws {
    let text =
      "taskgroup { for i in 1...50 { start { sleep (random(1, 9) * 1s); if i % 7 == 0 { gather { 1; 2 } } } } }"
    var world = VirtualWorld(orderSeed: 5)
    let first = try records(text, in: world)
    #expect(try records(text, in: world) == first)
    world.orderSeed = 6
    #expect(try records(text, in: world) != first)
  }

  @Test func recordsOfAProcessComeBackAsTheyWere() throws {
    let text = """
      task f(n) { rate(100/s) { semaphore(2) { gather for i in 1...n { retry(1) { timeout(1s) { sleep 2s } } } } } }
      try { f(3) } catch { fetch("http://a.test") }
      """
    var count = 0
    _ = try Script(compiling: text).runVirtually(arguments: true) { batch in
      let copy = RunRecords(wire: batch.wire)
      #expect(copy?.records == batch.records)
      #expect(copy?.texts == batch.texts)
      for cut in stride(from: 0, to: batch.wire.count, by: 7) {
        #expect(RunRecords(wire: Array(batch.wire[..<cut])) == nil)
      }
      count += batch.records.count
    }
    #expect(count > 40)
  }

  // MARK: Text

  private func records(_ text: String, in world: VirtualWorld = VirtualWorld()) throws -> String {
    let script = try Script(compiling: text)
    var lines = ""
    var blocks: [UInt64: String] = [:]
    _ = script.runVirtually(PoolTests.options, in: world, arguments: true) { batch in
      for record in batch.records {
        let time = record.time == 0 ? "0" : Machine.text(duration: record.time)
        let task = "\(record.task & 0xFFFF_FFFF)" + (batch.worker > 0 ? "@\(batch.worker)" : "")
        lines += "\(time) \(task) \(Self.describe(record.event, batch, script.image, &blocks))\n"
      }
    }
    return lines
  }

  private static func describe(
    _ event: RunRecord.Event, _ batch: RunRecords, _ image: Image, _ blocks: inout [UInt64: String]
  ) -> String {
    switch event {
    case .taskStarted(let start):
      let arguments = batch.text(start.arguments).map { " (\($0))" } ?? ""
      return "started \(image.taskName(Int(start.function))) by \(start.parent)\(arguments)"
    case .taskBegan: return "began"
    case .taskLeft: return "left"
    case .taskEnded(.value): return "ended"
    case .taskEnded(.failed(let kind, let message)):
      return "ended: \(batch.text(kind) ?? "?") \(batch.text(message) ?? "?")"
    case .taskEnded(.cancelled(let reason)): return "ended: cancelled by \(reason)"
    case .waiting(let reason, _): return "waits: \(reason)"
    case .resumed: return "resumed"
    case .blockOpened(let block):
      blocks[block.id] = "\(block.kind)"
      let amount = block.amount == .none ? "" : ", \(block.amount)"
      return "opened \(block.kind), line \(image.place(ofCode: Int(block.place))?.line ?? 0)\(amount)"
    case .blockCancelled(let id, let reason): return "cancelled \(blocks[id] ?? "?"): \(reason)"
    case .blockEnded(let id): return "closed \(blocks[id] ?? "?")"
    case .retrying(_, let number, let error): return "retries \(number) after \(batch.text(error) ?? "?")"
    case .fetchStarted(let start):
      let method = batch.text(start.method) ?? "?"
      return
        "fetches \(method) \(batch.text(start.url) ?? "?") in \(image.taskName(Int(start.function))), \(start.sent) bytes"
    case .fetchEnded(let ending):
      let failure = [batch.text(ending.failure), batch.text(ending.message)].compactMap { $0 }
      return "fetched: "
        + (failure.isEmpty ? "\(ending.status), \(ending.received) bytes" : failure.joined(separator: " "))
    case .printed(let bytes): return "printed \(bytes)"
    }
  }
}
