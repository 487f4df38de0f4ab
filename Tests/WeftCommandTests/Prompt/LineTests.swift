#if Readline
  import Foundation
  import Testing

  #if canImport(Glibc)
    import Glibc
  #endif

  /// The line being typed: keys, history, resizing, and what stands above it.
  @Suite(.timeLimit(.minutes(5))) struct LineTests {
    @Test func anInputShowsItsValue() async throws {
      try await Weft.inFolder { weft in
        let terminal = try Terminal(in: weft)
        #expect(try await terminal.prompt() == ["Weft 0.1.0. :help shows what can be done here, Ctrl-D leaves"])
        #expect(terminal.screen.hasBracketedPaste)
        try await terminal.enter("6 * 7")
        #expect(try await terminal.prompt() == ["weft> 6 * 7", "42"])
        try await terminal.enter("\"tea\"")
        #expect(try await terminal.prompt() == ["weft> \"tea\"", "\"tea\""])
        try await terminal.enter("_ + \"!\";")
        #expect(try await terminal.prompt() == ["weft> _ + \"!\";"])
        try await terminal.enter("_")
        #expect(try await terminal.prompt() == ["weft> _", "\"tea!\""])
        try await terminal.enter("none")
        #expect(try await terminal.prompt() == ["weft> none"])
        try terminal.send("\u{4}")
        #expect(try await terminal.end() == 0)
        #expect(terminal.isAsBefore)
        #expect(terminal.screen.unknown == [])
      }
    }

    @Test func unfinishedInputAsksForMore() async throws {
      try await Weft.inFolder { weft in
        let terminal = try Terminal(in: weft)
        try await terminal.prompt()
        try await terminal.enter("task double(x) {")
        // It is indented already.
        try await terminal.wait(until: "a continuation") { $0.currentLine == "  ..." && $0.column == 8 }
        try terminal.send("2 * x\r")
        try await terminal.wait(until: "a continuation") { $0.lines.last == "  ..." && $0.column == 8 }
        // A closing brace goes back to where its block began.
        try terminal.send("}\r")
        #expect(
          try await terminal.prompt() == ["weft> task double(x) {", "  ...   2 * x", "  ... }"])
        try await terminal.enter("double(4)")
        #expect(try await terminal.prompt() == ["weft> double(4)", "8"])
        // The block is one entry.
        try terminal.send("\u{1B}[A\u{1B}[A")
        try await terminal.wait(until: "the block") {
          $0.lines.suffix(3) == ["weft> task double(x) {", "  2 * x", "}"]
        }
        // The arrows move in its lines.
        try terminal.send("\u{1B}[A\u{1}\u{1B}[C\u{1B}[C\u{1B}[3~3")
        try await terminal.wait(until: "another factor") { $0.lines.suffix(3).contains("  3 * x") }
        try terminal.send("\r")
        try await terminal.prompt()
        try await terminal.enter("double(5)")
        #expect(try await terminal.prompt() == ["weft> double(5)", "15"])
      }
    }

    @Test func altEnterBreaksTheLine() async throws {
      try await Weft.inFolder { weft in
        let terminal = try Terminal(in: weft)
        try await terminal.prompt()
        try terminal.send("print(1)\u{1B}\rprint(2)")
        try await terminal.wait(until: "two lines") { $0.lines.suffix(2) == ["weft> print(1)", "print(2)"] }
        try terminal.send("\r")
        #expect(try await terminal.prompt().suffix(2) == ["1", "2"])
      }
    }

    @Test func aMistakeShowsAtOnceWithItsCaret() async throws {
      try await Weft.inFolder { weft in
        let terminal = try Terminal(in: weft)
        try await terminal.prompt()
        try await terminal.enter("1 + * 2")
        let shown = try await terminal.prompt()
        #expect(shown[1].hasPrefix("error: "))
        #expect(shown.contains { $0.contains("│ 1 + * 2") })
        #expect(shown.contains { $0.contains("^") })
        // In a block, with the line that it stands in.
        try await terminal.enter("task f() {")
        try await terminal.wait(until: "a continuation") { $0.currentLine == "  ..." }
        try terminal.send(") 1\r")
        let inBlock = try await terminal.prompt()
        #expect(inBlock.contains { $0.hasPrefix("error: ") })
        // The block is not complete yet, which is no mistake.
        #expect(!inBlock.contains { $0.contains("never closed") })
        try await terminal.enter("1")
        #expect(try await terminal.prompt() == ["weft> 1", "1"])
      }
    }

    @Test func ctrlCClearsWhatIsTyped() async throws {
      try await Weft.inFolder { weft in
        let terminal = try Terminal(in: weft)
        try await terminal.prompt()
        try terminal.send("let half = ")
        try await terminal.wait(until: "half a line") { $0.currentLine == "weft> let half =" }
        try terminal.send("\u{3}")
        #expect(try await terminal.prompt() == ["weft> let half = ^C"])
        // In the middle of a line, of a search, of a block.
        try terminal.send("abc\u{1}\u{3}")
        #expect(try await terminal.prompt() == ["weft> abc^C"])
        try terminal.send("\u{12}ab\u{3}")
        try await terminal.prompt()
        try await terminal.enter("gather {")
        try await terminal.wait(until: "a continuation") { $0.currentLine == "  ..." }
        try terminal.send("\u{3}")
        try await terminal.prompt()
        // The keys behind it are those of a new line.
        try terminal.send("x\u{3}1 + 1\r")
        try await terminal.wait(until: "a value") { $0.lines.suffix(2) == ["2", "weft>"] }
      }
    }

    @Test func aPastedBlockRunsAsOne() async throws {
      let block =
        "task table() {\n" + (1...27).map { "\tlet v\($0) = \($0)  # a tab would complete\n" }.joined()
        + "\tv1 + v27\n}\nprint(\"pasted\"); table()"
      #expect(block.split(separator: "\n").count == 31)
      try await Weft.inFolder { weft in
        let terminal = try Terminal(in: weft, rows: 50)
        try await terminal.prompt()
        try terminal.paste(block)
        try await terminal.wait(until: "the block") { $0.currentLine.hasSuffix("table()") }
        // Nothing runs before Enter.
        #expect(!terminal.screen.text.contains("\npasted"))
        try terminal.send("\r")
        #expect(try await terminal.prompt().suffix(2) == ["pasted", "28"])
        // It is one entry.
        try terminal.send("\u{10}")
        try await terminal.wait(until: "the block") { $0.currentLine.hasSuffix("table()") }
        try terminal.send("\u{3}")
        try await terminal.prompt()
        // Inside of a paste, Ctrl-C and Ctrl-D are text like any other.
        try terminal.paste("\"a\u{3}\u{4}b\"")
        try terminal.send("\r")
        try await terminal.wait(until: "an error or a value") { $0.currentLine == "weft>" }
      }
    }

    /// Between two prompts, too, no key is lost, and none is changed: in a terminal that edits lines itself Ctrl-D is none.
    @Test func keysThatAreTypedAheadComeAsTheyAre() async throws {
      try await Weft.inFolder { weft in
        let terminal = try Terminal(in: weft)
        try await terminal.prompt()
        let lines = 200
        try await terminal.type(Array(String(repeating: "12\u{1}\u{4}\r", count: lines).utf8))
        try terminal.send("\"all\"\r")
        try await terminal.wait(for: "\n\"all\"\n")
        #expect(terminal.screen.text.split(separator: "\n").count { $0 == "2" } == lines)
      }
    }

    @Test func aPasteThatStopsIsEnded() async throws {
      try await Weft.inFolder { weft in
        let terminal = try Terminal(in: weft)
        try await terminal.prompt()
        // Not even a task that always has something to say holds it up.
        try await terminal.enter("let t = start { while true { sleep 20ms; print(\"tick\") } }")
        try await terminal.wait(for: "tick\n")
        try terminal.send("\u{1B}[200~1 +\r 2")
        try await terminal.wait(until: "the paste") { $0.lines.suffix(2) == ["weft> 1 +", " 2"] }
        try terminal.send("\r")
        try await terminal.wait(for: "\n3\n")
        // A search takes the mark of the next one, or some of it.
        try terminal.send("\u{12}sta")
        try await terminal.wait(until: "the search") { $0.text.contains("`sta': let t = start") }
        try terminal.send("\u{1B}[200~\r\u{3}no end")
        try await terminal.wait(until: "the paste") { $0.lines.suffix(2).joined().contains("no end") }
        try terminal.send("\u{3}1 + 3\r")
        try await terminal.wait(for: "\n4\n")
      }
    }

    @Test func theTerminalIsResized() async throws {
      try await Weft.inFolder { weft in
        let terminal = try Terminal(in: weft, columns: 40, rows: 12)
        try await terminal.prompt()
        let line = "let long = \"" + String(repeating: "0123456789", count: 4)
        try terminal.send(line)
        try await terminal.wait(until: "two lines") { $0.lines.suffix(2).joined().hasSuffix("6789") && $0.row > 1 }
        try terminal.resize(columns: 100, rows: 12)
        try await terminal.wait(until: "one line") { $0.currentLine == "weft> " + line }
        try terminal.send("!\"\r")
        try await terminal.prompt()
        try terminal.resize(columns: 30, rows: 12)
        try await terminal.enter("len(long)")
        #expect(try await terminal.prompt().last == "41")
      }
    }

    @Test func wideCharacters() async throws {
      try await Weft.inFolder { weft in
        let terminal = try Terminal(in: weft, columns: 30)
        try await terminal.prompt()
        try terminal.send("\"漢字 é 😀\"")
        try await terminal.wait(until: "the text") { $0.currentLine == "weft> \"漢字 é 😀\"" }
        #expect(terminal.screen.column == 17)
        // Back over the emoji and the blank, and the letter away.
        try terminal.send("\u{2}\u{2}\u{2}\u{7F}e")
        try await terminal.wait(until: "the change") { $0.currentLine == "weft> \"漢字 e 😀\"" }
        try terminal.send("\r")
        #expect(try await terminal.prompt().last == "\"漢字 e 😀\"")
        // The prompt's colours take no room: a line wraps where the terminal does.
        try terminal.send("\"" + String(repeating: "漢", count: 14))
        try await terminal.wait(until: "a second line") { $0.currentLine == "漢漢漢" }
      }
    }

    @Test func withoutColors() async throws {
      try await Weft.inFolder { weft in
        for environment in [["NO_COLOR": "1"], ["TERM": "dumb"]] {
          let terminal = try Terminal(in: weft, environment: environment)
          try await terminal.prompt()
          try await terminal.enter("1 + ")
          try await terminal.wait(until: "a continuation") { $0.currentLine == "  ..." }
          try terminal.send("x\r")
          try await terminal.prompt()
          try terminal.send("\u{4}")
          #expect(try await terminal.end() == 0)
          #expect(!String(decoding: terminal.bytes, as: UTF8.self).contains("m" + "weft"))
          #expect(!String(decoding: terminal.bytes, as: UTF8.self).contains("\u{1B}[1;3"))
        }
      }
    }

    @Test func readlineIsConfiguredForWeft() async throws {
      let settings = "$if weft\n\"\\C-t\": \"6 * 7\"\n$endif\n$if other\n\"\\C-t\": \"no\"\n$endif\n"
      try await Weft.inFolder(["inputrc": settings]) { weft in
        let terminal = try Terminal(
          in: weft, environment: ["INPUTRC": weft.folder.appending(path: "inputrc").path])
        try await terminal.prompt()
        try terminal.send("\u{14}\r")
        #expect(try await terminal.prompt() == ["weft> 6 * 7", "42"])
      }
    }

    @Test func tabCompletes() async throws {
      try await Weft.inFolder(["library.weft": "task borrowed() => 1\n"]) { weft in
        let terminal = try Terminal(in: weft)
        try await terminal.prompt()
        try await terminal.enter("task download(url, limit = 5s) => url.upper()")
        try await terminal.prompt()
        try terminal.send("downl\t")
        try await terminal.wait(until: "a name") { $0.currentLine == "weft> download(" }
        try terminal.send("\"a\", lim\t")
        try await terminal.wait(until: "a parameter") { $0.currentLine == "weft> download(\"a\", limit:" }
        try terminal.send("1s).low\t)\r")
        try await terminal.prompt()
        #expect(terminal.screen.text.contains("weft> download(\"a\", limit: 1s).lower()\n\"a\""))
        try terminal.send("fetch(url, ti\t")
        try await terminal.wait(until: "an option") { $0.currentLine == "weft> fetch(url, timeout:" }
        try terminal.send("\u{3}gath\tfo\t")
        try await terminal.wait(until: "words") { $0.currentLine == "weft> gather for" }
        try terminal.send("\u{3}var pages = [1]\r")
        try await terminal.prompt()
        try terminal.send("pages.app\t2)\r")
        try await terminal.prompt()
        try terminal.send("pages\r")
        try await terminal.wait(for: "[1, 2]", times: 0)
        try terminal.send("import \"lib\t\rborrow\t)\r")
        try await terminal.wait(until: "its value") { $0.text.contains("weft> borrowed()\n1\nweft>") }
        try terminal.send(":tas\t\r")
        try await terminal.wait(until: "no tasks") { $0.text.contains("weft> :tasks\nno task is running\nweft>") }
        // Several candidates are listed, and the line stays.
        try terminal.send("sor\tpages).\t")
        try await terminal.wait(until: "a list") {
          $0.text.contains("weft> sorted(pages).\n") && $0.currentLine == "weft> sorted(pages)."
        }
        // At the start of a line it indents.
        try terminal.send("\u{3}\t1")
        try await terminal.wait(until: "blanks") { $0.currentLine == "weft>   1" }
      }
    }
  }
#endif
