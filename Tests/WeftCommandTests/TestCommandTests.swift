import Foundation
import Testing

/// `weft test`, as a process.
@Suite struct TestCommandTests {
  private static let good = "test \"one\" { expect 1 == 1 }\ntest \"two\" { sleep 1h\n  expect elapsed() == 1h }\n"

  /// Times in the real world differ.
  private static func plain(_ text: String) -> String {
    text.replacing(/(\d+ ms|\d+\.\d s)\)/, with: "…)")
  }

  @Test func passingTestsAreTold() async throws {
    try await Weft.inFolder(["good.weft": Self.good]) { weft in
      let outcome = try await weft.run("test", "good.weft")
      #expect(outcome.status == 0)
      #expect(Self.plain(outcome.output) == "✓ good.weft  2 tests  (1h in …)\n2 tests passed  (1h in …)\n")
      #expect(outcome.errors == "")
      let verbose = try await weft.run("test", "-v", "good.weft")
      #expect(Self.plain(verbose.output).contains("  ✓ one  (…)\n  ✓ two  (1h in …)\n"))
    }
  }

  @Test func aFailureIsToldInFullWithWhatItPrinted() async throws {
    let script = "test \"sum\" {\n  print(\"adding\")\n  expect 1 + 1 == 3\n}\n"
    try await Weft.inFolder(["a.weft": script, "b.weft": Self.good]) { weft in
      let outcome = try await weft.run("test")
      #expect(outcome.status == 1)
      #expect(
        Self.plain(outcome.output) == """
          ✗ a.weft  1 test, 1 failed  (…)

          ✗ a.weft:1  sum
          error: ExpectationError: `1 + 1 == 3` is false
             ╭─ a.weft:3:3
           3 │   expect 1 + 1 == 3
             │   ^^^^^^^^^^^^^^^^^
             left:  2
             right: 3
            it printed:
              adding
          ✓ b.weft  2 tests  (1h in …)
          1 of 3 tests failed  (1h in …)

          """)
    }
  }

  @Test func foldersAreSearchedAndTheTopLevelDoesNotRun() async throws {
    let script = "print(\"never\")\nthrow \"never\"\n" + Self.good
    let files = ["a.weft": script, "plain.weft": "print(1)\n", ".hidden.weft": "test \"x\" { expect false }\n"]
    try await Weft.inFolder(files) { weft in
      let outcome = try await weft.run("test", ".")
      #expect(outcome.status == 0)
      #expect(Self.plain(outcome.output).hasPrefix("✓ a.weft  2 tests"))
      #expect(!outcome.output.contains("never"))
      #expect(!outcome.output.contains("plain"))
    }
  }

  @Test func noTestsAreWrongUsage() async throws {
    try await Weft.inFolder(["plain.weft": "print(1)\n", "good.weft": Self.good]) { weft in
      let none = try await weft.run("test", "plain.weft")
      #expect(none.status == 2)
      #expect(none.errors.contains("note: `plain.weft` has no tests"))
      #expect(none.errors.contains("error: there are no tests here"))
      let filtered = try await weft.run("test", "--filter", "three")
      #expect(filtered.status == 2)
      #expect(filtered.errors.contains("error: no test has a title with `three`"))
      let one = try await weft.run("test", "--filter", "two", "--filter", "three")
      #expect(one.output.hasPrefix("✓ good.weft  1 test"))
      let missing = try await weft.run("test", "gone.weft")
      #expect(missing.status == 2)
      #expect(missing.errors.contains("cannot find the file `gone.weft`"))
      let wrong = try await weft.run("test", "--orders", "0")
      #expect(wrong.status == 2)
    }
  }

  @Test func whatDoesNotCompileIsToldAndTheOthersRun() async throws {
    try await Weft.inFolder(["bad.weft": "test \"x\" { expect nothing }\n", "good.weft": Self.good]) { weft in
      let outcome = try await weft.run("test")
      #expect(outcome.status == 65)
      #expect(outcome.errors.contains("cannot find `nothing` in scope"))
      #expect(outcome.output.contains("✓ good.weft  2 tests"))
    }
  }

  @Test func aTestWithoutExpectationsIsTold() async throws {
    try await Weft.inFolder(["a.weft": "test \"nothing\" { print(1) }\n"]) { weft in
      let outcome = try await weft.run("test")
      #expect(outcome.status == 0)
      #expect(outcome.output.contains("  note: a.weft:1 `nothing` passed without any `expect`\n"))
    }
  }

  @Test func resultsComeAsTAP() async throws {
    let script = Self.good + "test \"three # <>\" { expect false }\n"
    try await Weft.inFolder(["a.weft": script]) { weft in
      let outcome = try await weft.run("test", "--tap")
      #expect(outcome.status == 1)
      #expect(
        outcome.output == """
          TAP version 14
          1..3
          ok 1 - a.weft: one
          ok 2 - a.weft: two
          not ok 3 - a.weft: three \\# <>
            ---
            at: "a.weft:4"
            message: |
              error: ExpectationError: `false` is false
                 ╭─ a.weft:4:21
               4 │ test "three # <>" { expect false }
                 │                     ^^^^^^^^^^^^
            ...

          """)
    }
  }

  @Test func resultsComeAsJUnit() async throws {
    let script = "test \"a < b\" {\n  print(\"1 & 2\")\n  expect 2 < 1\n}\n" + Self.good
    try await Weft.inFolder(["a.weft": script]) { weft in
      let outcome = try await weft.run("test", "--junit", "out.xml")
      #expect(outcome.status == 1)
      let url = weft.folder.appending(path: "out.xml")
      let text = try String(contentsOf: url, encoding: .utf8)
      #expect(text.contains("<testsuites tests=\"3\" failures=\"1\" errors=\"0\">"))
      #expect(text.contains("<testcase name=\"a &lt; b\" classname=\"a.weft\" file=\"a.weft\" line=\"1\""))
      #expect(text.contains("<failure message=\"error: ExpectationError: `2 &lt; 1` is false\">"))
      #expect(text.contains("<system-out>1 &amp; 2\n</system-out>"))
      // Whoever reads it needs it well formed.
      let check = Process()
      check.executableURL = URL(filePath: "/usr/bin/env")
      check.arguments = [
        "python3", "-c", "import sys, xml.dom.minidom as d; d.parse(sys.argv[1])", url.path,
      ]
      try check.run()
      check.waitUntilExit()
      #expect(check.terminationStatus == 0)
      let unwritable = try await weft.run("test", "--junit", "no/such/folder.xml")
      #expect(unwritable.status == 2)
    }
  }

  @Test func ordersFindWhatDependsOnThem() async throws {
    let script = """
      test "first" {
        var winner = 0
        gather { { if winner == 0 { winner = 1 } }, { if winner == 0 { winner = 2 } } }
        expect winner == 1
      }

      """
    try await Weft.inFolder(["a.weft": script]) { weft in
      #expect(try await weft.run("test").status == 0)
      let outcome = try await weft.run("test", "--orders", "50")
      #expect(outcome.status == 1)
      let match = try #require(outcome.output.firstMatch(of: /`weft test a.weft --order (\d+)` repeats that/))
      let again = try await weft.run("test", "a.weft", "--order", String(match.1))
      #expect(again.status == 1)
      #expect(again.output.contains("it fails in order \(match.1) of its tasks"))
    }
  }

  @Test func seedsAreRepeated() async throws {
    let script = "test \"dice\" { print(randint(1, 1_000_000_000))\n  expect false }\n"
    try await Weft.inFolder(["a.weft": script]) { weft in
      let first = try await weft.run("test", "--seed", "7")
      #expect(first.output.contains("note: seed 7: `weft test a.weft --seed 7` repeats its random numbers"))
      #expect(Self.plain(try await weft.run("test", "--seed", "7").output) == Self.plain(first.output))
      #expect(Self.plain(try await weft.run("test", "--seed", "8").output) != Self.plain(first.output))
    }
  }

  @Test func theRealClockAndNetworkAreThere() async throws {
    let server = RunningWeft(["serve", "--port", "0"], in: FileManager.default.temporaryDirectory)
    try server.start(input: nil)
    let greeting = try await server.wait(for: "\n")
    let address = try #require(greeting.firstMatch(of: /http:\/\/127\.0\.0\.1:\d+/)).output
    let script = """
      test "a real wait" { sleep 30ms
        expect elapsed() >= 30ms }
      test "a real request" { expect fetch("\(address)/status/404").status == 404 }
      test "a mocked one" {
        mock fetch => response(body: "mocked", delay: 10ms)
        expect fetch("\(address)/status/404").text == "mocked"
      }

      """
    try await Weft.inFolder(["a.weft": script]) { weft in
      let outcome = try await weft.run("test", "--real")
      #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
      let virtual = try await weft.run("test")
      #expect(virtual.status == 1)
      #expect(virtual.output.contains("MockError: nothing answers `GET \(address)/status/404` in this test"))
    }
    server.send(SIGINT)
    _ = try await server.end()
  }

  /// The scripts of `Documentation/testing.md` with the reports that stand below them.
  @Test func thePageShowsWhatIsTold() async throws {
    let page = try String(contentsOf: Self.project.appending(path: "Documentation/testing.md"), encoding: .utf8)
    var script: (arguments: [String], text: String)?
    var count = 0
    for piece in page.components(separatedBy: "\n```").dropFirst() {
      guard let end = piece.firstIndex(of: "\n") else { continue }
      let language = piece[..<end]
      let text = String(piece[piece.index(after: end)...]) + "\n"
      if language == "weft" || language == "weft orders" {
        script = (language == "weft orders" ? ["--orders", "50"] : [], text)
      } else if language == "output", let (arguments, source) = script {
        count += 1
        try await Weft.inFolder(["pages.weft": source]) { weft in
          let process = RunningWeft(["test", "pages.weft"] + arguments, in: weft.folder)
          try process.start(input: nil)
          let output = try await process.end().output
          #expect(Self.plain(output) == Self.plain(text))
        }
      }
    }
    #expect(count >= 5)
  }

  /// The chapter's examples as a test file: more than 40 tests in a second, though they wait for minutes.
  @Test func theExamplesAreTested() async throws {
    let examples = Self.project.appending(path: "examples").path
    try await Weft.inFolder { weft in
      let outcome = try await weft.run(
        "test", "\(examples)/tests", "\(examples)/25-testing.weft", "\(examples)/26-mocks.weft", "--orders", "3")
      #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
      let match = try #require(outcome.output.firstMatch(of: /(\d+) tests passed/))
      #expect((Int(match.1) ?? 0) >= 47)
    }
  }

  private static var project: URL {
    var folder = URL(filePath: #filePath).resolvingSymlinksInPath()
    for _ in 0..<3 { folder.deleteLastPathComponent() }
    return folder
  }
}
