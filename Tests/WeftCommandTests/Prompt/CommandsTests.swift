#if Readline
  import Foundation
  import Testing

  /// What the prompt's own commands do, in a terminal.
  @Suite(.timeLimit(.minutes(5))) struct CommandsTests {
    @Test func whatWorkedIsSavedAndLoaded() async throws {
      try await Weft.inFolder { weft in
        let terminal = try Terminal(in: weft)
        try await terminal.prompt()
        try await terminal.enter(":save session.weft")
        #expect(try await terminal.prompt()[1] == "error: there is nothing to save yet")
        for line in ["task double(x) => 2 * x", "let a = double(4)", "nosuch", "print(a)"] {
          try await terminal.enter(line)
          try await terminal.prompt()
        }
        try await terminal.enter(":save session.weft")
        #expect(try await terminal.prompt()[1] == "session.weft: 3 lines")
        try await terminal.enter(":save session.weft")
        #expect(
          try await terminal.prompt().dropFirst() == [
            "error: cannot write `session.weft`: file exists", "   = hint: choose another name, or remove it first",
          ])
        let saved = try String(contentsOf: weft.folder.appending(path: "session.weft"), encoding: .utf8)
        #expect(saved == "task double(x) => 2 * x\nlet a = double(4)\nprint(a)\n")

        try await terminal.enter(":reset")
        #expect(try await terminal.prompt()[1] == "all names are forgotten, all tasks have ended")
        try await terminal.enter("a")
        #expect(try await terminal.prompt()[1].contains("cannot find `a` in scope"))
        try await terminal.enter(":load session.weft")
        #expect(try await terminal.prompt() == ["weft> :load session.weft", "8"])
        try await terminal.enter("double(a)")
        #expect(try await terminal.prompt() == ["weft> double(a)", "16"])
        try await terminal.enter(":load nosuch.weft")
        #expect(try await terminal.prompt()[1].hasPrefix("error: cannot find the file `nosuch.weft`"))
      }
    }

    @Test func aFileWithAMistakeChangesNothing() async throws {
      try await Weft.inFolder(["broken.weft": "let a = 1\nlet b = nosuch\n"]) { weft in
        let terminal = try Terminal(in: weft)
        try await terminal.prompt()
        try await terminal.enter(":load broken.weft")
        let shown = try await terminal.prompt()
        #expect(shown[1].contains("cannot find `nosuch` in scope"))
        #expect(shown[2].contains("broken.weft:2:9"))
        try await terminal.enter(":vars")
        #expect(try await terminal.prompt()[1] == "there are no names yet")
      }
    }

    @Test func codeIsShown() async throws {
      try await Weft.inFolder { weft in
        let terminal = try Terminal(in: weft)
        try await terminal.prompt()
        try await terminal.enter("task double(x) => 2 * x")
        try await terminal.prompt()
        try await terminal.enter(":disassemble double")
        let shown = try await terminal.prompt()
        #expect(shown[1].hasPrefix("task double(x)  "))
        #expect(shown.contains { $0.contains("multiply") })
        try await terminal.enter(":disassemble nosuch")
        #expect(try await terminal.prompt()[1] == "error: there is no task `nosuch`")
      }
    }

    @Test func aSeedGivesTheSameNumbersAgain() async throws {
      try await Weft.inFolder { weft in
        let terminal = try Terminal(in: weft)
        try await terminal.prompt()
        var numbers: [String] = []
        for seed in [7, 7, 8] {
          try await terminal.enter(":set seed \(seed)")
          #expect(try await terminal.prompt()[1] == "the session begins anew with seed \(seed)")
          try await terminal.enter("random()")
          numbers += try await terminal.prompt().suffix(1)
        }
        #expect(numbers[0] == numbers[1])
        #expect(numbers[1] != numbers[2])
        try await terminal.enter(":set seed tea")
        #expect(try await terminal.prompt()[1].hasPrefix("error: a seed is a number from 0 to "))
        try await terminal.enter(":set")
        #expect(try await terminal.prompt().suffix(2) == ["seed 8", "virtual off"])
      }
    }

    @Test func whatPeopleTypeOutOfHabit() async throws {
      try await Weft.inFolder { weft in
        let terminal = try Terminal(in: weft, rows: 60)
        try await terminal.prompt()
        for line in ["help", "?", ":help"] {
          try await terminal.enter(line)
          #expect(try await terminal.prompt().contains { $0.contains(":load FILE") }, "\(line)")
        }
        // A name of the session is one.
        try await terminal.enter("let quit = 42")
        try await terminal.prompt()
        try await terminal.enter("quit")
        #expect(try await terminal.prompt() == ["weft> quit", "42"])
        try await terminal.enter("exit()")
        #expect(try await terminal.end() == 0)
        #expect(terminal.isAsBefore)
      }
    }
  }
#endif
