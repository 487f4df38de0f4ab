import Foundation
import Testing

/// `weft sim`, as a process.
@Suite struct SimCommandTests {
  private static let pages = """
    param count = 20
    task download(number) { retry(3, backoff: 1s) { fetch("https://api.test/items/\\(number)").check() }.size }
    let sizes = semaphore(10) { gather for number in 1...count { download(number) } }
    print(len(sizes), "pages")

    """

  @Test func aScriptIsSimulated() async throws {
    try await Weft.inFolder(["pages.weft": Self.pages]) { weft in
      let outcome = try await weft.run(
        "sim", "pages.weft", "--latency", "api.test=500ms", "--cores", "2", "--count", "40")
      #expect(outcome.status == 0)
      #expect(outcome.errors == "")
      #expect(
        outcome.output == """
          40 pages

          simulated pages.weft with seed 0 on 2 cores
            would take  2s
            requests    40, at most 10 at once
            tasks       41, at most 11 at once
            the critical path
              100.0 %  2s        fetch in `download`, 4 times

          """)
      let early = try await weft.run("sim", "--latency=api.test=500ms", "--cores=2", "pages.weft", "--count", "40")
      #expect(early.output == outcome.output)
    }
  }

  @Test func theSameSeedGivesTheSame() async throws {
    try await Weft.inFolder(["pages.weft": Self.pages]) { weft in
      let options = ["pages.weft", "--cores", "1", "--latency", "*=lognormal(80ms, 0.5)", "--failures", "api.test=20%"]
      var outputs: [String] = []
      for seed in ["1", "1", "2"] {
        let process = RunningWeft(["sim", "--seed", seed] + options, in: weft.folder)
        try process.start(input: nil)
        outputs.append(try await process.end().output.replacing("seed \(seed)", with: "seed"))
      }
      #expect(outputs[0] == outputs[1])
      #expect(outputs[0] != outputs[2])
      #expect(outputs[0].contains(" failed"))
    }
  }

  @Test func whatIsGuessedIsTold() async throws {
    try await Weft.inFolder(["pages.weft": Self.pages]) { weft in
      let outcome = try await weft.run("sim", "pages.weft")
      #expect(
        outcome.output.contains(
          "note: nothing says how long `api.test` takes: it took 100ms; `--latency 'api.test=…'` says it\n"))
    }
  }

  @Test func mocksAndPoolsAreThere() async throws {
    let script = """
      mock fetch "http://a.test/*" => response(json: {n: 7}, delay: 250ms)
      task work(n) { for i in 1...n { } }
      print(fetch("http://a.test/").json().n)
      pool(threads: 2) { gather for n in [1_000_000, 1_000_000] { work(n) } }

      """
    try await Weft.inFolder(["a.weft": script]) { weft in
      let outcome = try await weft.run("sim", "a.weft", "--cores", "2", "--tick", "100ns")
      #expect(outcome.status == 0)
      #expect(outcome.output.hasPrefix("7\n"))
      #expect(outcome.output.contains("requests        1, at most 1 at once"))
      #expect(outcome.output.contains("pool in line 4  2 threads, 2 tasks, 100 % in use"))
      #expect(outcome.output.contains("computing in `work`"))
      let run = try await weft.run("sim", "a.weft", "--cores", "1", "--tick", "100ns")
      #expect(run.output.contains("would take      450"))
    }
  }

  @Test func howItEndsIsTold() async throws {
    try await Weft.inFolder(["bad.weft": "sleep 1s\nthrow \"no\"\n", "soft.weft": "expect 1 == 2\n"]) { weft in
      let thrown = try await weft.run("sim", "bad.weft")
      #expect(thrown.status == 1)
      #expect(thrown.errors.hasPrefix("error: Error: no"))
      #expect(thrown.output.contains("would take  1s"))
      let failed = try await weft.run("sim", "soft.weft")
      #expect(failed.status == 99)
      #expect(failed.errors.hasPrefix("error: an expectation failed"))
    }
  }

  @Test(arguments: [
    (["--latency", "fast"], "error: `--latency fast` names no host\n   = hint: write `--latency 'api.test=80ms'`\n"),
    (
      ["--latency", "a=fast"],
      "error: `fast` is not a latency\n   = hint: write a time such as `80ms`, or `uniform(50ms, 150ms)`, `normal(80ms, 10ms)`, "
        + "`lognormal(80ms, 0.4)` or `exponential(80ms)`\n"
    ),
    (
      ["--failures", "a=2"], "error: `2` is no share of requests\n   = hint: write a number of percent, such as `1%`\n"
    ),
    (
      ["--bandwidth", "a=fast"],
      "error: `fast` is no number of bytes a second\n   = hint: write `10MB/s` or `500KB/s`\n"
    ),
    (["--size", "a=-1"], "error: `-1` is no size of an answer\n   = hint: write `64KB` or `1MB`, up to `1GB`\n"),
    (["--tick", "8"], "error: `8` is no time for a call or an iteration\n   = hint: write `8ns` or `1us`\n"),
    (["--cores", "0"], "error: a machine has 1 to 1000000 cores, not 0\n"),
  ])
  func wrongOptionsAreTold(_ options: [String], _ expected: String) async throws {
    try await Weft.inFolder(["a.weft": "print(1)\n"]) { weft in
      let process = RunningWeft(["sim", "a.weft"] + options, in: weft.folder)
      try process.start(input: nil)
      let outcome = try await process.end()
      #expect(outcome.status == 2)
      #expect(outcome.errors == expected)
    }
  }
}
