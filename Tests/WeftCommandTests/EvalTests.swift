import Foundation
import Testing

/// `weft -e`, and `weft` without a terminal.
@Suite(.timeLimit(.minutes(5))) struct EvalTests {
  @Test(arguments: [
    ("6 * 7", "42\n"), ("\"tea\"", "tea\n"), ("none", ""), ("let a = 1", ""), ("let a = 1; a + 1", "2\n"),
    ("-3", "-3\n"),
    ("print(1); 2", "1\n2\n"), ("2;", ""), ("let t = start { sleep 5ms; print(\"late\") }; 1", "1\nlate\n"),
  ])
  func itPrintsAValue(_ expression: String, _ output: String) async throws {
    try await Weft.inFolder { weft in
      let outcome = try await weft.run("-e", expression)
      #expect(outcome.output == output)
      #expect(outcome.errors == "")
      #expect(outcome.status == 0)
    }
  }

  @Test func aLongValueIsPrintedInFull() async throws {
    try await Weft.inFolder { weft in
      let outcome = try await weft.run("-e", "[i for i in 1...1000]")
      #expect(outcome.output == "[\((1...1_000).map(String.init).joined(separator: ", "))]\n")
    }
  }

  @Test func mistakesAndErrors() async throws {
    try await Weft.inFolder { weft in
      let wrong = try await weft.run("-e", "1 +")
      #expect(wrong.status == 65)
      #expect(wrong.errors.contains("<expression>:1:"))
      let failed = try await weft.run("-e", "throw \"no tea\"")
      #expect(failed.status == 1)
      #expect(failed.errors.hasPrefix("error: no tea\n   ╭─ <expression>:1:1\n"))
      let background = try await weft.run("-e", "let t = start { throw \"no tea\" }; sleep 1ms")
      #expect(background.status == 1)
      #expect(background.errors.contains("no tea"))
      #expect(try await weft.run("-e", "expect 1 == 2").status == 99)
      let missing = try await weft.run("-e")
      #expect(missing.status == 2)
      #expect(missing.errors.hasPrefix("error: missing expected argument `<expression>`"))
      #expect(
        try await weft.run("--seed", "7", "-e", "random()").output == weft.run("-e", "random()", "--seed", "7").output)
    }
  }

  @Test func aSignalEndsItInOrder() async throws {
    try await Weft.inFolder { weft in
      let process = try weft.start("-e", "try { print(\"waits\"); sleep 60s } finally { print(\"cleaned\") }")
      try await process.wait(for: "waits")
      process.send(SIGINT)
      let outcome = try await process.end()
      #expect(outcome.status == 130)
      #expect(outcome.output == "waits\ncleaned\n")
    }
  }

  @Test func standardInputIsAScript() async throws {
    try await Weft.inFolder { weft in
      for words in [[], ["repl"]] as [[String]] {
        let process = RunningWeft(words, in: weft.folder)
        try process.start(input: "let x = 6\nprint(x * 7)\nx\n")
        let outcome = try await process.end()
        #expect(outcome.status == 0)
        #expect(outcome.output == "42\n")
        #expect(outcome.errors == "")
      }
      let failing = RunningWeft([], in: weft.folder)
      try failing.start(input: "throw \"no tea\"\n")
      let failed = try await failing.end()
      #expect(failed.status == 1)
      // No colour: nobody looks on.
      #expect(failed.errors.hasPrefix("error: no tea\n   ╭─ <stdin>:1:1\n"))
      let wrong = RunningWeft(["repl", "--virtual", "--seed", "3"], in: weft.folder)
      try wrong.start(input: "print(")
      #expect(try await wrong.end().status == 65)
    }
  }
}
