import Testing
import Weft
import WeftMachine

/// Counts itself: as many as there are machines that still hold one in a variable.
private final class Trace: Sendable {
  static let alive = Locked(0)
  init() { Self.alive.withLock { $0 += 1 } }
  deinit { Self.alive.withLock { $0 -= 1 } }
}

@Suite("Embedding: many runs")
struct ManyRunsTests {
  /// Every machine has an object in a variable, in a task and in a circle, which it lets go only when it goes itself; in a debug
  /// build it then checks that its account of blocks comes to nothing, and so does the run. The growth of the process is
  /// measured by `Benchmarks/run --only embedding`.
  @Test("10,000 runs of a script leave nothing behind")
  func nothingIsLeft() async throws {
    var weft = Interpreter()
    weft.define(Trace.self) { _ in }
    weft.define("trace") { HostObject(Trace()) }
    weft.define("soon") { () async in 1 }
    let script = try weft.compile(
      """
      param n = 1
      let kept = trace()
      var circle = []
      let holds = () => [circle, kept]
      circle.append(holds)
      if n % 100 == 0 { gather { soon(); trace() } }
      if n % 250 == 0 { throw "wrong" }
      print("run \\(n)")
      [kept, n]
      """)
    weak var last: Run?
    var failures = 0
    for n in 1...10_000 {
      do { _ = try await script.run(with: ["n": .int(n)]) } catch { failures += 1 }
    }
    do {
      let run = script.start(with: ["n": 100], observed: true)
      last = run
      _ = try await run.value
    }
    #expect(failures == 40)
    // The tasks of the last runs end a moment after they have given their results.
    for _ in 0..<10_000 where last != nil || Trace.alive.withLock({ $0 }) > 0 { await Task.yield() }
    #expect(last == nil)
    #expect(Trace.alive.withLock { $0 } == 0)
  }

  @Test("runs of one script at once share its code, and nothing that they change")
  func atOnce() async throws {
    let script = try Interpreter().compile(
      "param n = 1\nvar total = 0\nfor i in 1...100 { total += n }\n\"\\(total) of \\([n, n])\"")
    let values = try await withThrowingTaskGroup { group in
      for n in 1...500 { group.addTask { (n, try await script.run(with: ["n": .int(n)]).value.string) } }
      return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
    for n in 1...500 { #expect(values[n] == "\(100 * n) of [\(n), \(n)]") }
  }

  /// The sanitizers look on, in `make test` and `make races`.
  @Test("a thousand scripts at once, each with a hundred functions of the host")
  func thousandAtOnce() async throws {
    let calls = Locked(0)
    var weft = Interpreter()
    for n in 0..<100 {
      let work = { @Sendable (x: Int) -> Int in
        calls.withLock { $0 += 1 }
        return x + n
      }
      switch n % 10 {
      case 0: weft.define("f\(n)", parameters: ["x"], runs: .blocking) { (x: Int) in work(x) }
      case 1...5: weft.define("f\(n)", parameters: ["x"]) { (x: Int) in work(x) }
      default:
        weft.define("f\(n)", parameters: ["x"]) { (x: Int) async in
          await Task.yield()
          return work(x)
        }
      }
    }
    let names = (0..<100).map { "f\($0)" }
    let sums = try await withThrowingTaskGroup { group in
      for run in 0..<1_000 {
        // Each script is another one, and calls ten functions in tasks and ten more in them or in a pool of its own.
        let block = run % 10 == 0 ? "pool(threads: 2)" : run % 10 == 1 ? "pool(tasks: 2)" : "semaphore(2)"
        let some = (0..<20).map { names[(run + 7 * $0) % 100] }
        let source = """
          let first = gather { \(some[..<10].map { "\($0)(1)" }.joined(separator: "; ")) }
          let second = \(block) {
            gather { \(some[10...].map { "\($0)(2)" }.joined(separator: "; ")) }
          }
          sum(first) + sum(second)
          """
        let script = try weft.compile(source)
        group.addTask { (run, try await script.run().value.decode(as: Int.self)) }
      }
      return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
    for run in 0..<1_000 {
      #expect(sums[run] == 30 + (0..<20).map { (run + 7 * $0) % 100 }.reduce(0, +))
    }
    #expect(calls.withLock { $0 } == 20_000)
  }
}
