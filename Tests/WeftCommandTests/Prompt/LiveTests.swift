#if Readline
  import Foundation
  import Testing

  #if canImport(Glibc)
    import Glibc
  #endif

  /// What runs while the prompt is open, and how it is ended.
  @Suite(.timeLimit(.minutes(5))) struct LiveTests {
    @Test func aBackgroundTaskPrintsAboveTheLine() async throws {
      try await Weft.inFolder { weft in
        let terminal = try Terminal(in: weft)
        try await terminal.prompt()
        try await terminal.enter("let go = queue()")
        try await terminal.prompt()
        try await terminal.enter("let t = start { for word in go { print(\"got \\(word)\") } }")
        try await terminal.prompt()
        try await terminal.enter("let u = start { sleep 300ms; go.put(\"this\"); sleep 300ms; go.put(\"that\") }")
        try await terminal.prompt()
        try terminal.send("let half = \"typed")
        try terminal.send("\u{2}\u{2}\u{2}")
        try await terminal.wait(until: "both above the line") {
          $0.lines.suffix(3) == ["got this", "got that", "weft> let half = \"typed"]
        }
        // The cursor is where it was.
        try terminal.send("X")
        try await terminal.wait(until: "the letter") { $0.currentLine == "weft> let half = \"tyXped" }
        try terminal.send("\u{5}\"\r")
        try await terminal.prompt()
        try await terminal.enter("half")
        #expect(try await terminal.prompt() == ["weft> half", "\"tyXped\""])
      }
    }

    @Test func anUnfinishedLineOfOutputDoesNotSpoilThePrompt() async throws {
      try await Weft.inFolder { weft in
        let terminal = try Terminal(in: weft)
        try await terminal.prompt()
        try await terminal.enter("print(\"no end\", end: \"\")")
        #expect(try await terminal.prompt() == ["weft> print(\"no end\", end: \"\")", "no end"])
        try await terminal.enter("let t = start { sleep 200ms; print(\"part\", end: \"\") }")
        try await terminal.prompt()
        try terminal.send("12")
        try await terminal.wait(until: "the part above the line") { $0.lines.suffix(2) == ["part", "weft> 12"] }
      }
    }

    @Test func ctrlCEndsAFetchAndOnlyThat() async throws {
      try await Weft.inFolder { weft in
        let server = try weft.start("serve", "--port", "0")
        let address = try await server.wait(for: "\n").trimmingCharacters(in: .whitespacesAndNewlines)
        let terminal = try Terminal(in: weft)
        try await terminal.prompt()
        try await terminal.enter("let t = start { sleep 60s }")
        try await terminal.prompt()
        try await terminal.enter(
          "try { print(\"fetching\"); fetch \"\(address)/delay/60\" } finally { print(\"cleaned\") }")
        try await terminal.wait(until: "the request") { $0.lines.last == "fetching" }
        try terminal.send("\u{3}")
        try await terminal.prompt()
        #expect(terminal.screen.text.contains("fetching\ncleaned\ncancelled\n"))
        try await terminal.enter(":tasks")
        #expect(try await terminal.prompt().contains { $0.contains("sleep") })
        server.send(SIGINT)
        _ = try await server.end()
      }
    }

    @Test func ctrlCEndsALoop() async throws {
      try await Weft.inFolder { weft in
        let terminal = try Terminal(in: weft)
        try await terminal.prompt()
        try await terminal.enter("print(\"on\"); while true { }")
        try await terminal.wait(until: "the loop") { $0.lines.last == "on" }
        // What was typed ahead goes, too.
        try terminal.send("1 + 1\r\u{3}")
        let shown = try await terminal.prompt()
        #expect(shown.contains("cancelled"))
        try await terminal.enter("2 + 2")
        #expect(try await terminal.prompt() == ["weft> 2 + 2", "4"])
      }
    }

    @Test func whatIsTypedAheadWaits() async throws {
      try await Weft.inFolder { weft in
        let terminal = try Terminal(in: weft)
        try await terminal.prompt()
        try await terminal.enter("print(\"on\"); sleep 200ms")
        try await terminal.wait(until: "the sleep") { $0.lines.last == "on" }
        try terminal.send("1 + 1\r2 + ")
        try await terminal.wait(until: "both") { $0.lines.suffix(3) == ["weft> 1 + 1", "2", "weft> 2 +"] }
      }
    }

    @Test func ctrlDAsksOnceWhileTasksRun() async throws {
      try await Weft.inFolder { weft in
        let terminal = try Terminal(in: weft)
        try await terminal.prompt()
        try await terminal.enter("let t = start { try { sleep 60s } finally { print(\"cleaned\") } }")
        try await terminal.prompt()
        try terminal.send("\u{4}")
        try await terminal.wait(for: "1 task is still running: Ctrl-D again cancels it and leaves\nweft>")
        // Anything else takes the question back.
        try await terminal.enter("1")
        try await terminal.prompt()
        try terminal.send("\u{4}")
        try await terminal.wait(for: "is still running", times: 2)
        try await terminal.prompt()
        try terminal.send("\u{4}")
        #expect(try await terminal.end() == 0)
        try await terminal.wait(for: "\ncleaned")
        #expect(terminal.isAsBefore)
      }
    }

    @Test func tasksAreShownAndCancelled() async throws {
      try await Weft.inFolder { weft in
        let terminal = try Terminal(in: weft)
        try await terminal.prompt()
        try await terminal.enter("task nap(d) { gather { sleep d; sleep d } }")
        try await terminal.prompt()
        try await terminal.enter("let t = start nap(60s)")
        try await terminal.prompt()
        try await terminal.enter(":tasks")
        let shown = try await terminal.prompt()
        #expect(shown.count == 4)
        #expect(shown[1].hasPrefix("1  nap(1m)"))
        #expect(shown[2].contains("sleep"))
        try await terminal.enter(":cancel 1")
        try await terminal.prompt()
        try await terminal.enter(":tasks")
        #expect(try await terminal.prompt() == ["weft> :tasks", "no task is running"])
        try await terminal.enter(":cancel 1")
        #expect(try await terminal.prompt()[1] == "error: there is no task 1")
      }
    }

    @Test func aFailureInTheBackgroundIsToldAtTheNextPrompt() async throws {
      try await Weft.inFolder { weft in
        let terminal = try Terminal(in: weft)
        try await terminal.prompt()
        try await terminal.enter("task broken() { throw \"no tea\" }")
        try await terminal.prompt()
        try await terminal.enter("let t = start broken(); sleep 1ms")
        let shown = try await terminal.prompt()
        #expect(shown.contains { $0.contains("failed in the background") })
        #expect(shown.contains { $0.contains("no tea") })
        try await terminal.enter("1")
        #expect(try await terminal.prompt() == ["weft> 1", "1"])
      }
    }

    @Test func ofManyFailuresAFewAreTold() async throws {
      try await Weft.inFolder { weft in
        let terminal = try Terminal(in: weft, rows: 60)
        try await terminal.prompt()
        try await terminal.enter("for i in 1...30 { start { throw \"no tea\" } }; sleep 1ms")
        let shown = try await terminal.prompt()
        #expect(shown.count { $0 == "error: Error: no tea" } == 5)
        #expect(shown.last == "note: 25 more tasks failed in the background")
      }
    }

    @Test func namesAreListedInALineEach() async throws {
      try await Weft.inFolder { weft in
        let terminal = try Terminal(in: weft)
        try await terminal.prompt()
        for line in ["let xs = [i for i in 1...500]", "task twice(x) => 2 * x", "var text = \"tea\""] {
          try await terminal.enter(line)
          try await terminal.prompt()
        }
        try await terminal.enter(":vars")
        let shown = try await terminal.prompt()
        #expect(shown.count == 4)
        #expect(shown[1].hasPrefix("var text") && shown[1].hasSuffix("  \"tea\"  String"))
        #expect(shown[2] == "task twice(x)")
        #expect(shown[3].hasPrefix("let xs") && shown[3].hasSuffix(" more]  List"))
      }
    }

    @Test func runningTasksKeepADefinitionThatIsReplaced() async throws {
      try await Weft.inFolder { weft in
        let terminal = try Terminal(in: weft)
        try await terminal.prompt()
        for line in [
          "task word() => \"old\"", "let go = queue()",
          "let t = start { go.get(); word() }", "task word() => \"new\"", "go.put(1)",
        ] {
          try await terminal.enter(line)
          try await terminal.prompt()
        }
        try await terminal.enter("[await t, word()]")
        #expect(try await terminal.prompt() == ["weft> [await t, word()]", "[\"old\", \"new\"]"])
      }
    }

    @Test(arguments: [SIGTERM, SIGHUP])
    func aSignalEndsItInOrder(_ signal: Int32) async throws {
      try await Weft.inFolder { weft in
        let terminal = try Terminal(in: weft)
        try await terminal.prompt()
        try await terminal.enter("let t = start { try { sleep 60s } finally { print(\"cleaned\") } }")
        try await terminal.prompt()
        try terminal.send("half a line")
        try await terminal.wait(until: "it") { $0.currentLine == "weft> half a line" }
        terminal.signal(signal)
        #expect(try await terminal.end() == 128 + signal)
        try await terminal.wait(for: "cleaned")
        #expect(terminal.isAsBefore)
      }
    }

    @Test func aSignalReachesWhatRuns() async throws {
      try await Weft.inFolder { weft in
        let terminal = try Terminal(in: weft)
        try await terminal.prompt()
        try await terminal.enter("try { print(\"on\"); sleep 60s } finally { print(\"cleaned\") }")
        try await terminal.wait(until: "it") { $0.lines.last == "on" }
        terminal.signal(SIGINT)
        let shown = try await terminal.prompt()
        #expect(shown.contains("cleaned"))
        #expect(shown.contains("cancelled"))
      }
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/bin/bash"), "needs bash"))
    func aShellCanStopItAndLetItGoOn() async throws {
      try await Weft.inFolder { weft in
        let terminal = try Terminal(
          ["--norc", "--noprofile", "-i"], command: "/bin/bash", in: weft, environment: ["PS1": "shell> "])
        try await terminal.prompt("shell>")
        try terminal.send("\(Weft.command.path)\r")
        try await terminal.prompt()
        try terminal.send("1 +")
        try await terminal.wait(until: "half a line") { $0.currentLine == "weft> 1 +" }
        try terminal.send("\u{1A}")
        try await terminal.prompt("shell>")
        #expect(terminal.screen.text.contains("Stopped"))
        try terminal.send("echo still $((1 + 1))\r")
        try await terminal.wait(for: "\nstill 2\n")
        try terminal.send("fg\r")
        try await terminal.wait(until: "the line again") { $0.currentLine == "weft> 1 +" }
        try terminal.send(" 1\r")
        try await terminal.wait(until: "the value") { $0.lines.suffix(2) == ["2", "weft>"] }
        try terminal.send("\u{4}")
        try await terminal.prompt("shell>")
      }
    }

    @Test func theVirtualClock() async throws {
      try await Weft.inFolder { weft in
        let terminal = try Terminal(["repl", "--virtual"], in: weft)
        try await terminal.prompt()
        try await terminal.enter("sleep 1h")
        let shown = try await terminal.prompt()
        #expect(shown[1].hasPrefix("(1h passed on the virtual clock"))
        try await terminal.enter("elapsed()")
        #expect(try await terminal.prompt()[1] == "1h")
        try await terminal.enter(":set virtual off")
        #expect(try await terminal.prompt()[1] == "the session begins anew on the real clock")
        try await terminal.enter("sleep 1ms; elapsed() < 1h")
        #expect(try await terminal.prompt()[1] == "true")
      }
    }
  }
#endif
