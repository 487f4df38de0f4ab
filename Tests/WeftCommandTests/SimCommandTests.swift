import Foundation
import Testing
import WeftHTTP

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

  @Test func aRecordIsTheSameForTheSameSeed() async throws {
    try await Weft.inFolder(["pages.weft": Self.pages]) { weft in
      func record(_ seed: String, _ name: String) async throws -> Data {
        let run = try await weft.run(
          "sim", "--seed", seed, "--latency", "*=lognormal(80ms, 0.5)", "--record", name, "pages.weft", "--count", "50")
        #expect(run.status == 0 && run.errors == "")
        return try Data(contentsOf: weft.folder.appending(path: name))
      }
      let first = try await record("1", "one.json")
      #expect(try await record("1", "again.json") == first)
      #expect(try await record("2", "two.json") != first)
      let report = try await weft.run("report", "one.json")
      #expect(report.output.contains("on the virtual clock") && report.output.contains("  download    50       50"))
      let summary = try await weft.run("sim", "--summary", "--timeline", "run.svg", "pages.weft")
      #expect(summary.errors.contains("  latency of answers"))
      #expect(FileManager.default.fileExists(atPath: weft.folder.appending(path: "run.svg").path))
    }
  }

  @Test func predictionAndMeasurementStandBesideEachOther() async throws {
    let script = """
      param base = ""
      let pages = semaphore(2) { gather for n in 1...4 { fetch("\\(base)/delay/0.1?n=\\(n)").check().status } }
      print(pages)

      """
    let server = try await LoopbackServer.start()
    try await Weft.inFolder(["pages.weft": script]) { weft in
      let run = try await weft.run(
        "run", "--compare-sim", "--latency", "127.0.0.1:\(server.port)/delay/*=100ms", "pages.weft", "--base",
        "http://127.0.0.1:\(server.port)")
      #expect(run.status == 0)
      #expect(run.output == "[200, 200, 200, 200]\n")
      let rows = run.errors.split(separator: "\n").map { $0.split(separator: " ", omittingEmptySubsequences: true) }
      #expect(rows.first == ["predicted", "measured"])
      #expect(rows.first { $0.first == "time" }?.dropFirst().first == "200ms")
      #expect(rows.first { $0.first == "requests" } == ["requests", "4", "4"])
      // The server counts as well: no more are under way than the script lets there be.
      #expect(rows.first { $0.prefix(2) == ["at", "once"] } == ["at", "once", "2", "2"])
      #expect(rows.first { $0.first == "tasks" } == ["tasks", "5", "5"])
      // What fails is told in its place.
      let down = try await weft.run("run", "--compare-sim", "pages.weft", "--base", "http://127.0.0.1:1")
      #expect(down.status == 1)
      #expect(down.errors.contains("  predicted  measured"))
      let virtual = try await weft.run("run", "--virtual", "--compare-sim", "pages.weft")
      #expect(virtual.status == 2)
      #expect(virtual.errors == "error: `--compare-sim` compares with the real world: it goes without `--virtual`\n")
      let standardInput = try await weft.run("run", "--compare-sim", "-")
      #expect(standardInput.status == 2)
    }
    await server.stop()
  }
}
