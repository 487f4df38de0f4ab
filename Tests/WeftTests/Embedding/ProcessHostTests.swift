import Testing
import Weft
import WeftMachine

/// Functions of the host that tasks in worker processes call: the parent carries them out.
@Suite("Embedding: host functions from worker processes", .timeLimit(.minutes(1)))
struct ProcessHostTests {
  private func weft() -> Interpreter {
    var weft = Interpreter()
    weft.capabilities.append(.processes(WorkerCommand(path: Crew.worker)))
    return weft
  }

  @Test("functions of every kind answer, and what they throw is thrown in the worker")
  func calls() async throws {
    let calls = Locked<[Int]>([])
    var weft = weft()
    weft.define(error: "NotFound")
    weft.define("note", parameters: ["n"]) { (n: Int) in
      calls.withLock { $0.append(n) }
      return 2 * n
    }
    weft.define("later", parameters: ["n", .init("by", default: 10)]) { (n: Int, by: Int) async in
      await Task.yield()
      return n * by
    }
    weft.define("block", parameters: ["text"], runs: .blocking) { (text: String) in [text, text] }
    weft.define("find", parameters: ["id"]) { (id: Int) throws -> Int in
      throw WeftError("NotFound", "there is no \(id)", ["id": .int(id)])
    }
    let script = try weft.compile(
      """
      task work(n) {
        let missing = try { find(n) } catch NotFound as e { -e.id }
        [note(n), later(n), later(n, by: 3), block("x\\(n)"), missing]
      }
      pool(processes: 2) { gather for n in 1...4 { work(n) } }
      """)
    let value = try await script.run().value
    #expect(
      value.description == """
        [[2, 10, 3, ["x1", "x1"], -1], [4, 20, 6, ["x2", "x2"], -2], [6, 30, 9, ["x3", "x3"], -3], [8, 40, 12, ["x4", "x4"], -4]]
        """)
    #expect(calls.withLock { $0.sorted() } == [1, 2, 3, 4])
  }

  @Test("an object of the host cannot go to a worker process, and the error says so")
  func objects() async throws {
    final class Counter: Sendable {}
    var weft = weft()
    weft.define(Counter.self) { counter in counter.method("add") { (_: Counter) in 1 } }
    weft.define("counter") { HostObject(Counter()) }
    let script = try weft.compile(
      """
      let c = counter()
      task use(c) => c.add()
      let error = try { pool(processes: 1) { gather for n in [c] { use(n) } } } catch e { "\\(e.kind): \\(e.message)" }
      error
      """)
    let text = try await script.run().value.string
    #expect(text?.contains("Counter") == true, "\(text ?? "no text")")
  }

  @Test("a task that is cancelled cancels the function that it waits for in the parent")
  func cancelled() async throws {
    let begun = AsyncStream.makeStream(of: Void.self)
    let ended = AsyncStream.makeStream(of: Bool.self)
    var weft = weft()
    weft.define("wait") { () async in
      begun.continuation.yield()
      try? await Task.sleep(for: .seconds(3_600))
      ended.continuation.yield(Task.isCancelled)
    }
    let run = try weft.compile("task work(n) => wait()\npool(processes: 1) { gather for n in [1] { work(n) } }").start()
    for await _ in begun.stream { break }
    run.cancel()
    for await wasCancelled in ended.stream {
      #expect(wasCancelled)
      break
    }
    let error = await #expect(throws: RunError.self) { try await run.value }
    #expect(error?.reason == .cancelled)
  }
}
