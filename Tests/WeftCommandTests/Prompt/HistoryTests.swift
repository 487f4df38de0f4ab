#if Readline
  import Foundation
  import Testing

  @Suite(.timeLimit(.minutes(5))) struct HistoryTests {
    private let up = "\u{1B}[A"

    @Test func earlierSessionsAreRemembered() async throws {
      try await Weft.inFolder { weft in
        let file = weft.folder.appending(path: "state/weft/history")
        let environment = ["WEFT_HISTORY": file.path]
        let first = try Terminal(in: weft, environment: environment)
        try await first.prompt()
        try await first.enter("let a = [")
        try await first.wait(until: "a continuation") { $0.currentLine == "  ..." }
        try first.send("1]\r")
        try await first.prompt()
        try await first.enter("a")
        try await first.prompt()
        try await first.enter("a")
        try await first.prompt()
        // A second one at the same time.
        let second = try Terminal(in: weft, environment: environment)
        try await second.prompt()
        try await second.enter("\"second\"")
        try await second.prompt()
        try await first.enter("\"first\"")
        try await first.prompt()
        for terminal in [first, second] {
          try terminal.send("\u{4}")
          #expect(try await terminal.end() == 0)
        }
        #expect(
          try String(contentsOf: file, encoding: .utf8) == "let a = [\\n  1]\na\n\"second\"\n\"first\"\n")
        let third = try Terminal(in: weft, environment: environment)
        try await third.prompt()
        try third.send(up)
        try await third.wait(until: "the newest") { $0.currentLine == "weft> \"first\"" }
        try third.send(up + up + up)
        try await third.wait(until: "the block") { $0.lines.suffix(2) == ["weft> let a = [", "  1]"] }
        try third.send("\r")
        try await third.prompt()
        try await third.enter("a")
        #expect(try await third.prompt() == ["weft> a", "[1]"])
      }
    }

    @Test func ctrlRSearches() async throws {
      try await Weft.inFolder { weft in
        let file = weft.folder.appending(path: "history")
        try Data("print(\"tea\")\ntask f(x) {\\n  x * 2\\n}\nprint(\"milk\")\n".utf8).write(to: file)
        let terminal = try Terminal(in: weft, environment: ["WEFT_HISTORY": file.path])
        try await terminal.prompt()
        try terminal.send("\u{12}te")
        try await terminal.wait(until: "a search") { $0.currentLine.contains("reverse-i-search)`te': print(\"tea\")") }
        try terminal.send("\r")
        #expect(try await terminal.prompt() == ["weft> print(\"tea\")", "tea"])
        // It finds what stands in the middle of a block.
        try terminal.send("\u{12}x * 2\r")
        try await terminal.prompt()
        try await terminal.enter("f(4)")
        #expect(try await terminal.prompt() == ["weft> f(4)", "8"])
      }
    }

    /// Readline 8.2 crashed here: a prefix of longer keys ends the search, and a paste follows.
    @Test func aPrefixInASearchDoesNoHarm() async throws {
      try await Weft.inFolder { weft in
        let terminal = try Terminal(in: weft)
        try await terminal.prompt()
        try await terminal.enter("1")
        try await terminal.prompt()
        try terminal.send("\u{12}\u{18}\r\u{1B}[200~l\r\u{1B}[201~\u{3}2 + 2\r")
        try await terminal.wait(until: "a value") { $0.lines.suffix(2) == ["4", "weft>"] }
      }
    }

    @Test func anEmptyValueTurnsItOff() async throws {
      try await Weft.inFolder { weft in
        let terminal = try Terminal(in: weft, environment: ["WEFT_HISTORY": ""])
        try await terminal.prompt()
        try await terminal.enter("1")
        try await terminal.prompt()
        try terminal.send("\u{4}")
        #expect(try await terminal.end() == 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: weft.folder.path) == [])
      }
    }

    @Test func aHistoryThatCannotBeWrittenIsSaidOnce() async throws {
      try await Weft.inFolder { weft in
        let terminal = try Terminal(in: weft, environment: ["WEFT_HISTORY": "/dev/null/history"], columns: 150)
        try await terminal.prompt()
        try await terminal.enter("1")
        try await terminal.prompt()
        try await terminal.enter("2")
        try await terminal.prompt()
        let note = "note: cannot open the history `/dev/null/history`: not a directory: inputs are remembered"
        #expect(terminal.screen.text.components(separatedBy: note).count == 2)
      }
    }
  }
#endif
