import Testing
import Weft
import WeftCompiler
import WeftMachine

/// Scripts in a pretended world: its network, its cores, and what is found out about the run.
@Suite struct SimulationTests {
  private func simulate(
    _ text: String, latency: String? = "100ms", failures: Double? = nil, cores: Int = 1, tick: Int64 = 0,
    seed: UInt64 = 0
  ) throws -> (result: RunResult, analysis: RunAnalysis, output: String) {
    let script = try Script(compiling: text, for: .simulation)
    var model = NetworkModel()
    if let latency {
      model.rules.append(.init(pattern: "*", latency: try Latency(parsing: latency), failures: failures))
    }
    let server = ModelledNetwork(model, seed: seed)
    var world = VirtualWorld { request, _ in server.answer(request) }
    world.cores = cores
    world.tickTime = tick
    var options = RunOptions()
    options.seed = seed
    var analysis = RunAnalysis()
    var output: [UInt8] = []
    let result = script.runVirtually(options, in: world, output: { output += $0 }, records: { analysis.add($0) })
    #expect(result.leftovers.isClean)
    return (result, analysis, String(decoding: output, as: UTF8.self))
  }

  @Test func requestsAreCounted() throws {
    let (result, analysis, _) = try simulate(
      """
      task ask(n) => fetch("http://a.test/\\(n)").status
      semaphore(10) { gather for n in 1...100 { ask(n) } }
      race { fetch("http://a.test/x", timeout: 10ms), { sleep 5ms } }
      """)
    #expect(result.elapsed == 1_005 * millisecond)
    #expect(analysis.requests == 101)
    #expect(analysis.mostRequests == 10)
    #expect(analysis.cancelledRequests == 1)
    #expect(analysis.failedRequests == 0)
  }

  @Test func theCriticalPathIsAsLongAsTheRun() throws {
    let (result, analysis, _) = try simulate(
      """
      task ask(n) { fetch("http://a.test/\\(n)") }
      task rest() { sleep 300ms }
      sleep 50ms
      semaphore(2) { gather for n in 1...6 { ask(n) } }
      gather { { sleep 10ms }, { rest() } }
      let t = start rest()
      await t
      """)
    #expect(result.elapsed == 950 * millisecond)
    let path = analysis.criticalPath
    #expect(path.reduce(0) { $0 + $1.time } == result.elapsed)
    let fetching = path.filter { $0.work == .fetching }
    #expect(fetching.map(\.time) == [300 * millisecond])
    #expect(fetching.map(\.steps) == [3])
    #expect(path.filter { $0.work == .sleeping }.reduce(0) { $0 + $1.time } == 650 * millisecond)
  }

  @Test(arguments: [
    ("let l = lock()\ngather for n in 1...5 { with l { sleep 100ms } }", 500),
    (
      "let q = queue(1)\ntaskgroup { start { for x in q { sleep 100ms } }\nfor n in 1...5 { q.put(n) }\nq.close() }",
      500
    ),
    ("pool(threads: 2) { gather for n in 1...6 { sleep 100ms } }", 300),
    ("rate(10/s) { gather for n in 1...6 { 1 } }", 500),
    ("try { timeout(200ms) { sleep 1s } } catch { }", 200),
    ("race { { sleep 1s }, { sleep 300ms } }", 300),
    ("compute 100ms", 100),
    ("taskgroup as g { start { sleep 100ms; start(in: g) { sleep 200ms } } }", 300),
  ])
  func everyKindOfWaitIsOnThePath(_ text: String, _ milliseconds: Int64) throws {
    let (result, analysis, _) = try simulate(text)
    #expect(result.elapsed == milliseconds * millisecond)
    #expect(analysis.criticalPath.reduce(0) { $0 + $1.time } == result.elapsed)
  }

  @Test func computingTakesItsTimeOnSoManyCores() throws {
    let text = """
      task count(n) { for i in 1...n { }; n }
      pool(threads: 4) { gather for n in [100_000, 100_000, 100_000, 100_000] { count(n) } }
      """
    for (cores, expected) in [(1, 400), (2, 200), (4, 100), (64, 100)] {
      let (result, analysis, _) = try simulate(text, cores: cores, tick: 1_000)
      let milliseconds = Double(result.elapsed) / 1e6
      #expect(abs(milliseconds - Double(expected)) < Double(expected) * 0.05, "\(cores) cores: \(milliseconds) ms")
      #expect(analysis.pools.count == 1)
      #expect(analysis.pools[0].tasks == 4)
      #expect(analysis.pools[0].workers == 4)
      #expect(analysis.pools[0].use > 0.9)
    }
  }

  @Test func computeKeepsACoreBusy() throws {
    for (cores, expected) in [(1, 400), (2, 200), (4, 100)] as [(Int, Int64)] {
      let (result, _, _) = try simulate("gather for n in 1...4 { compute 100ms }", cores: cores, tick: 1)
      #expect(abs(result.elapsed - expected * millisecond) < millisecond, "\(cores) cores: \(result.elapsed)")
    }
    let (result, _, text) = try simulate(
      "print(timeout(150ms) { gather for n in 1...4 { compute 100ms } } else { \"late\" })\ncompute 100ms", cores: 1,
      tick: 1)
    #expect(text == "late\n")
    #expect(abs(result.elapsed - 250 * millisecond) < millisecond)
  }

  @Test func theSameSeedGivesTheSameRun() throws {
    let text = """
      task ask(n) => fetch("http://a.test/\\(n)").elapsed
      let times = semaphore(7) { gather(errors: keep) for n in 1...200 { ask(n) } }
      print(times, randint(1, 1_000_000))
      """
    let one = try simulate(text, latency: "lognormal(80ms, 0.4)", failures: 0.05, seed: 1)
    let again = try simulate(text, latency: "lognormal(80ms, 0.4)", failures: 0.05, seed: 1)
    let other = try simulate(text, latency: "lognormal(80ms, 0.4)", failures: 0.05, seed: 2)
    #expect(one.output == again.output)
    #expect(one.result.elapsed == again.result.elapsed)
    #expect(one.output != other.output)
    #expect(one.analysis.failedRequests > 0)
    #expect(one.analysis.failedRequests == again.analysis.failedRequests)
  }

  @Test func mocksOfTheTopLevelAnswer() throws {
    let (result, analysis, text) = try simulate(
      """
      mock fetch "http://a.test/*" => request => response(json: {n: len(request.url)}, delay: 250ms)
      mock slow => 7
      task slow() { sleep 1h }
      print(fetch("http://a.test/x").json().n, slow(), fetch("http://b.test/").status)
      """)
    #expect(text == "15 7 200\n")
    #expect(result.elapsed == 350 * millisecond)
    #expect(analysis.requests == 2)
  }

  @Test func latenciesAreParsed() throws {
    #expect(try Latency(parsing: "80ms") == .constant(80 * millisecond))
    #expect(try Latency(parsing: " constant( 1.5s ) ") == .constant(1_500 * millisecond))
    #expect(try Latency(parsing: "uniform(50ms, 150ms)") == .uniform(50 * millisecond, 150 * millisecond))
    #expect(try Latency(parsing: "normal(80ms, 10ms)") == .normal(mean: 80 * millisecond, deviation: 10 * millisecond))
    #expect(try Latency(parsing: "lognormal(80ms, 0.4)") == .lognormal(median: 80 * millisecond, sigma: 0.4))
    #expect(try Latency(parsing: "exponential(80ms)") == .exponential(mean: 80 * millisecond))
    for wrong in ["", "80", "fast", "uniform(2s, 1s)", "uniform(1s)", "lognormal(1, 2)", "80ms; 90ms", "f(", "-1s"] {
      #expect(throws: Latency.ParseError.self, "\(wrong)") { try Latency(parsing: wrong) }
    }
  }

  /// The distributions have the shape that they promise.
  @Test(arguments: [
    ("constant(80ms)", 80.0, 80.0), ("uniform(50ms, 150ms)", 100, 100), ("normal(80ms, 10ms)", 80, 80),
    ("lognormal(80ms, 0.5)", 80, 90.65), ("exponential(80ms)", 55.45, 80),
  ])
  func latenciesHaveTheirShape(_ text: String, _ median: Double, _ mean: Double) throws {
    var model = NetworkModel()
    model.rules = [.init(pattern: "a.test", latency: try Latency(parsing: text))]
    let server = ModelledNetwork(model, seed: 3)
    let request = FetchRequest(method: "GET", url: "http://a.test/x")
    let times = (0..<20_000).map { _ in Double(server.answer(request).delay) / 1e6 }.sorted()
    #expect(abs(times[times.count / 2] - median) < median * 0.03)
    #expect(abs(times.reduce(0, +) / Double(times.count) - mean) < mean * 0.03)
    #expect(server.guessedHosts == [])
  }

  @Test func theLastRuleCounts() throws {
    var model = NetworkModel()
    model.rules = [
      .init(pattern: "*", latency: .constant(1), size: 10), .init(pattern: "a.test", latency: .constant(2)),
      .init(pattern: "a.test/slow/*", latency: .constant(3), bandwidth: 1_000),
      .init(pattern: "127.0.0.1:8080", failures: 1),
    ]
    let server = ModelledNetwork(model, seed: 0)
    func delay(_ url: String) -> Int64 { server.answer(FetchRequest(method: "GET", url: url)).delay }
    #expect(delay("http://b.test/") == 1)
    #expect(delay("http://a.test") == 2)
    #expect(delay("http://a.test/x?slow") == 2)
    #expect(delay("https://a.test/slow/1") == 3 + 10 * millisecond)
    guard case .failure(let failure) = server.answer(FetchRequest(method: "GET", url: "http://127.0.0.1:8080/x")).result
    else {
      Issue.record("it does not fail")
      return
    }
    #expect(failure.message == "the connection to `127.0.0.1:8080` was closed before the answer")
    let guessing = ModelledNetwork(NetworkModel(), seed: 0)
    #expect(guessing.answer(FetchRequest(method: "GET", url: "http://c.test/x")).delay == 100 * millisecond)
    #expect(guessing.guessedHosts == ["c.test"])
  }
}
