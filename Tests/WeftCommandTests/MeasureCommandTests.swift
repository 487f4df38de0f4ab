import Foundation
import Testing

/// `weft run --summary` and its kin, and `weft report`.
@Suite struct MeasureCommandTests {
  private static let script = """
    task nap(n) { retry(1, backoff: 100ms) { sleep (n * 100ms); if n == 3 and elapsed() < 500ms { throw "tired" } } }
    semaphore(2) { gather for n in 1...6 { nap(n) } }
    print("slept")
    """

  @Test func theSummaryComesBehindTheOutput() async throws {
    try await Weft.inFolder(["nap.weft": Self.script]) { weft in
      let run = try await weft.run("run", "--virtual", "--summary", "nap.weft")
      #expect(run.output == "slept\n")
      #expect(run.status == 0)
      let lines = run.errors.split(separator: "\n")
      #expect(lines[0].hasPrefix("run of nap.weft  1.40 s on the virtual clock, 6 tasks (2 at once)"))
      #expect(lines.contains { $0.hasPrefix("  nap  ") })
      #expect(run.errors.contains("1 retry"))
      #expect(!run.errors.contains("\u{1B}"))
    }
  }

  @Test func aRecordIsTheSameForTheSameSeedAndGivesAllViews() async throws {
    try await Weft.inFolder(["nap.weft": Self.script]) { weft in
      _ = try await weft.run("run", "--virtual", "--record", "one.json", "--timeline", "one.html", "nap.weft")
      _ = try await weft.run("run", "--virtual", "--record", "two.json", "nap.weft")
      let one = try Data(contentsOf: weft.folder.appending(path: "one.json"))
      #expect(try one == Data(contentsOf: weft.folder.appending(path: "two.json")))
      let report = try await weft.run(
        "report", "one.json", "--timeline", "again.html", "--timeline", "run.svg", "--trace", "trace.json",
        "--latencies",
        "spread.svg", "--of", "nap")
      #expect(report.status == 0 && report.output == "" && report.errors == "")
      func text(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: weft.folder.appending(path: name)), as: UTF8.self)
      }
      #expect(try text("again.html") == text("one.html"))
      #expect(try text("run.svg").hasPrefix("<svg ") && text("spread.svg").contains("Latencies of nap"))
      #expect(try text("trace.json").contains("\"traceEvents\""))
      let shown = try await weft.run("report", "one.json")
      #expect(shown.output.contains("nap") && shown.errors == "")
    }
  }

  @Test func mistakes() async throws {
    try await Weft.inFolder(["nap.weft": Self.script, "some.json": "{}"]) { weft in
      let folder = try await weft.run("run", "--virtual", "--record", "missing/one.json", "nap.weft")
      #expect(folder.status == 1)
      #expect(
        folder.errors == """
          error: cannot write `missing/one.json`: no such file or directory
             = hint: its folder has to be there already

          """)
      let kind = try await weft.run("run", "--timeline", "run.png", "nap.weft")
      #expect(kind.status == 2 && kind.errors.contains("`.html` or `.svg`"))
      let record = try await weft.run("report", "some.json")
      #expect(record.status == 2)
      #expect(
        record.errors == """
          error: `some.json`: this JSON is no record of a run
             = hint: `weft run --record FILE script.weft` writes one

          """)
      _ = try await weft.run("run", "--virtual", "--record", "one.json", "nap.weft")
      let name = try await weft.run("report", "one.json", "--latencies", "x.svg", "--of", "naps")
      #expect(name.status == 2)
      #expect(name.errors.contains("there are `nap`"))
    }
  }

  @Test func aLiveTreeIsForTerminalsOnly() async throws {
    try await Weft.inFolder(["nap.weft": "gather { sleep 300ms; sleep 300ms }\nprint(1)\n"]) { weft in
      let run = try await weft.run("run", "--watch", "nap.weft")
      #expect(run.output == "1\n" && run.errors == "" && run.status == 0)
    }
  }

  @Test func theDemonstrationDrawsItsRuns() async throws {
    try await Weft.inFolder { weft in
      let demo = try await weft.run("demo", "--timeline", "demo.svg")
      #expect(demo.status == 0 && demo.errors == "")
      let picture = String(decoding: try Data(contentsOf: weft.folder.appending(path: "demo.svg")), as: UTF8.self)
      #expect(picture.ranges(of: "<svg").count == 5)
      #expect(picture.contains("in ten threads: pool"))
    }
  }
}
