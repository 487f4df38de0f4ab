import Foundation
import Testing

/// `weft bench`.
@Suite struct BenchCommandTests {
  private static let script = """
    param count = 1_000
    print("the top level does not run")
    var runs = 0
    task add() { var sum = 0; for i in 1...count { sum += i }; sum }
    bench "adds" { add(); runs += 1; expect runs == 1 }
    bench "naps" { gather { sleep 20ms; sleep 10ms } }
    """

  @Test func aTable() async throws {
    try await Weft.inFolder(["b.weft": Self.script]) { weft in
      let bench = try await weft.run("bench", "b.weft", "--runs", "5", "--warmup", "0")
      #expect(bench.status == 0)
      let lines = bench.output.split(separator: "\n")
      #expect(lines.count == 3)
      #expect(lines[0].hasPrefix("bench ") && lines[0].hasSuffix("relative"))
      #expect(lines[1].hasPrefix("adds ") && lines[2].hasPrefix("naps "))
      // Waits of 20 ms take that long.
      #expect(lines[2].contains(" ms "))
      let one = try await weft.run("bench", "b.weft", "--runs", "2", "--filter", "nap")
      #expect(one.output.split(separator: "\n").count == 2)
    }
  }

  @Test func benchesAreSkippedByRun() async throws {
    try await Weft.inFolder(["b.weft": Self.script]) { weft in
      let run = try await weft.run("b.weft")
      #expect(run.output == "the top level does not run\n")
    }
  }

  @Test func savedAndComparedAndExported() async throws {
    try await Weft.inFolder(["b.weft": Self.script]) { weft in
      let saved = try await weft.run(
        "bench", "b.weft", "--filter", "naps", "--runs", "6", "--save", "old.json", "--export", "t.md", "--export",
        "t.csv")
      #expect(saved.status == 0)
      func text(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: weft.folder.appending(path: name)), as: UTF8.self)
      }
      #expect(try text("t.md").hasPrefix("| bench | mean ± σ |"))
      let row = try text("t.csv").split(separator: "\n")[1].split(separator: ",")
      // Seconds, in which the longer nap has its place.
      #expect(row.count == 8 && row[0] == "\"naps\"" && Double(row[5]) ?? 0 >= 0.02)
      let compared = try await weft.run(
        "bench", "b.weft", "--filter", "naps", "--runs", "6", "--compare", "old.json", "--fail-if", "p95 > +5000%")
      #expect(compared.status == 0)
      #expect(compared.output.contains("naps: ") && compared.output.contains("PASS     naps: not p95 > +5000%"))
      let failed = try await weft.run(
        "bench", "b.weft", "--filter", "naps", "--runs", "2", "--compare", "old.json", "--fail-if", "min > 1ms")
      #expect(failed.status == 99)
      #expect(failed.output.contains("FAIL     naps: min > 1ms (it is "))
      let without = try await weft.run(
        "bench", "b.weft", "--filter", "adds", "--runs", "2", "--compare", "old.json", "--fail-if", "mean > +1%")
      #expect(without.status == 99)
      #expect(without.output.contains("NO DATA  adds: nothing to compare with"))
    }
  }

  @Test func mistakes() async throws {
    let script = "bench \"bad\" { throw \"it broke\" }\n"
    try await Weft.inFolder(["bad.weft": script, "none.weft": "print(1)\n"]) { weft in
      let bad = try await weft.run("bench", "bad.weft")
      #expect(bad.status == 1)
      #expect(bad.errors.hasPrefix("error: the bench `bad` failed\nerror: Error: it broke"))
      let none = try await weft.run("bench", "none.weft")
      #expect(none.status == 2)
      #expect(
        none.errors == """
          error: there are no benches in `none.weft`
             = hint: a bench is a block at the top level of a script: `bench "title" { … }`

          """)
      for (arguments, problem) in [
        (["--runs", "0"], "`--runs` takes a number from 1 on, not 0"),
        (["--fail-if", "p95 > 10%"], "`p95 > 10%` is no condition"),
        (["--fail-if", "p95 > +10%"], "`p95 > +10%` needs something to compare with: add `--compare FILE`"),
        (["--export", "x.xml"], "`--export` writes `.csv`, `.json` or `.md`, not `x.xml`"),
      ] {
        let process = RunningWeft(["bench", "bad.weft"] + arguments, in: weft.folder)
        try process.start(input: nil)
        let outcome = try await process.end()
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains(problem))
      }
    }
  }
}
