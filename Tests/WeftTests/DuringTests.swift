import Testing
import Weft
import WeftMachine

/// `during(d)`, whose elements come until a time has passed.
@Suite struct DuringTests {
  private func run(_ text: String, orderSeed: UInt64? = nil) throws -> String {
    var options = RunOptions()
    options.limits.operations = 2_000_000
    return try Script(compiling: text, name: "s.weft").text(options, in: VirtualWorld(orderSeed: orderSeed))
  }

  @Test func aLoop() throws {
    #expect(try run("for i in during(1s) { print(i, elapsed()); sleep 400ms }\n") == "0 0s\n1 400ms\n2 800ms\n")
    #expect(try run("print([i * 2 for i in during(1s) if (sleep 300ms) == none])\n") == "[0, 2, 4, 6]\n")
    #expect(try run("for i in during(0s) { print(i) }\nfor i in during(-1s) { print(i) }\n") == "")
  }

  @Test func theTimeBeginsWithTheCall() throws {
    #expect(
      try run("let d = during(1s)\nsleep 700ms\nfor i in d { print(i); sleep 200ms }\nfor i in d { print(i) }\n")
        == "0\n1\n")
  }

  @Test(arguments: [nil, 1, 2, 3, 4] as [UInt64?])
  func aTaskIsDrawnOnlyWhenItMayBegin(_ seed: UInt64?) throws {
    let text = """
      var begun = []
      let results = semaphore(2) { gather for i in during(3s) { begun.append(elapsed()); sleep 1s; i } }
      print(results, begun.unique(), elapsed())
      """
    #expect(try run(text, orderSeed: seed) == "[0, 1, 2, 3, 4, 5] [0s, 1s, 2s] 3s\n")
  }

  @Test func aRace() throws {
    let text = """
      print(semaphore(2) { race for i in during(10s) { sleep 1s; if i < 4 { throw "no" }; i } }, elapsed())
      """
    #expect(try run(text) == "4 3s\n")
  }

  @Test(arguments: [
    "semaphore(5) { gather for i in during(TIME) { sleep 1s; \"x\" * 1000 } }\nnone\n",
    "timeout(1h) { semaphore(5) { gather(errors: keep) for i in during(TIME) { sleep 1s; \"x\" * 1000 } } } else { 1 }\n",
    "task load() { semaphore(5) { gather for i in during(TIME) { sleep 1s; \"x\" * 1000 } }; 1 }\nprint(load())\n",
  ])
  func aLongLoadTakesNoMoreMemoryThanAShortOne(_ text: String) throws {
    let long = try Script(compiling: text.replacing("TIME", with: "500s")).runVirtually()
    let short = try Script(compiling: text.replacing("TIME", with: "5s")).runVirtually()
    #expect(long.elapsed == 500 * second)
    #expect(long.peakMemory == short.peakMemory)
  }

  @Test func itIsNoListAndSaysSo() throws {
    #expect(
      try run("print(type(during(1s)), during(1s))\ntry { list(during(1s)) } catch TypeError as e { print(e.hint) }\n")
        == """
        During <during>
        its elements come with time: go through them with `for` or `gather for`

        """)
    #expect(
      try run("try { during(3) } catch TypeError as e { print(e.message, e.hint) }\n")
        == "the argument of `during` must be Duration, not Int write a unit, such as `30s`\n")
  }

  @Test func onTheRealClock() async throws {
    let script = try Script(
      compiling: "var n = 0\nfor i in during(30ms) { n += 1 }\nprint(elapsed() >= 30ms, n > 10)\n")
    let result = await script.run(
      observer: RunObserver(output: { #expect(String(decoding: $0, as: UTF8.self) == "true true\n") }))
    #expect(result.leftovers.isClean && result.elapsed < 10 * second)
  }
}

/// Whether a run tells that its seed matters.
@Suite struct SeedTests {
  @Test(arguments: [
    ("print(1)", false), ("random()", true), ("choice([1])", true), ("retry(1) { 1 }", false),
    ("try { retry(1, backoff: 1s) { throw \"x\" } } catch { }", false),
    ("try { retry(1, jitter: 1s) { throw \"x\" } } catch { }", true),
  ])
  func aRunKnowsWhetherItDrewNumbers(_ text: String, _ expected: Bool) throws {
    #expect(try Script(compiling: text).runVirtually().usedRandomness == expected)
  }
}
