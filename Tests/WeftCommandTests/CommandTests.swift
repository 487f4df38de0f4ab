import Foundation
import Testing

/// What the commands do, and what is said to who calls them wrongly.
@Suite(.timeLimit(.minutes(5))) struct CommandTests {
  @Test func versionAndHelp() async throws {
    try await Weft.inFolder { weft in
      #expect(try await weft.run("--version").output == "0.1.0\n")
      let help = try await weft.run("--help")
      #expect(help.status == 0)
      #expect(help.output.contains("weft demo"))
      // Without a terminal it runs what comes by standard input, which is nothing here.
      let bare = try await weft.run()
      #expect(bare.status == 0 && bare.output.isEmpty)
    }
  }

  @Test func unreadableFiles() async throws {
    try await Weft.inFolder(["pages.weft": ""]) { weft in
      let missing = try await weft.run("nothing.weft")
      #expect(missing.status == 2)
      #expect(missing.errors == "error: cannot find the file `nothing.weft`\n")
      let nearlyThere = try await weft.run("run", "pages")
      #expect(
        nearlyThere.errors == """
          error: cannot find the file `pages`
             = hint: did you mean `pages.weft`?

          """)
      let nearlyCommand = try await weft.run("chekc", "pages.weft")
      #expect(
        nearlyCommand.errors == """
          error: cannot find the file `chekc`
             = hint: did you mean `weft check`?

          """)
      let directory = try await weft.run(".")
      #expect(directory.status == 2)
      #expect(directory.errors == "error: `.` is a directory, not a script\n")
    }
  }

  @Test func wrongOptions() async throws {
    try await Weft.inFolder(["script.weft": ""]) { weft in
      let unknown = try await weft.run("run", "--sed", "3", "script.weft")
      #expect(unknown.status == 2)
      #expect(
        unknown.errors == """
          error: unknown option `--sed`. Did you mean `--seed`?
             = hint: `weft --help` lists the commands, `weft help run` the options of one

          """)
      let limit = try await weft.run("--time-limit", "soon", "script.weft")
      #expect(limit.status == 2)
      #expect(limit.errors.hasPrefix("error: the value `soon` is invalid for `--time-limit <time>`\n"))
    }
  }

  @Test func limits() async throws {
    try await Weft.inFolder(["script.weft": "try { while true { } } catch e { print(e) } finally { print(1) }\n"]) {
      weft in
      let outcome = try await weft.run("--limit", "operations=1_000", "--limit", "memory=64MB", "script.weft")
      #expect(outcome.status == 1)
      #expect(outcome.output == "")
      #expect(outcome.errors.contains("the run's limit of 1000 operations was crossed"))
      #expect(outcome.errors.contains("script.weft:1:13"))
      let unknown = try await weft.run("--limit", "love=3", "script.weft")
      #expect(unknown.status == 2)
      #expect(unknown.errors.hasPrefix("error: the value `love=3` is invalid for `--limit <name=value>`\n"))
    }
  }

  @Test func standardInput() async throws {
    try await Weft.inFolder { weft in
      let outcome = try await weft.run("-", "--name", "Ada", input: "param name = \"\"\nprint(\"hello, \\(name)\")\n")
      #expect(outcome.status == 0)
      #expect(outcome.output == "hello, Ada\n")
      #expect(try await weft.run("check", "-", input: "print(x)").errors.contains("<stdin>:1:7"))
    }
  }

  @Test func check() async throws {
    try await Weft.inFolder(["good.weft": "print(1)\n", "bad.weft": "print(x)\n"]) { weft in
      let good = try await weft.run("check", "good.weft")
      #expect(good.status == 0)
      #expect(good.output == "ok\n")
      #expect(try await weft.run("check", "good.weft", "good.weft").output == "ok: 2 files\n")
      let bad = try await weft.run("check", "good.weft", "bad.weft")
      #expect(bad.status == 65)
      #expect(bad.output == "")
      #expect(bad.errors.hasSuffix("\n1 error; `weft explain E0201` tells more\n"))
      let json = try await weft.run("check", "--format", "json", "bad.weft")
      #expect(json.status == 65)
      #expect(json.errors == "")
      #expect(
        json.output == """
          {"file":"bad.weft","line":1,"column":7,"endLine":1,"endColumn":8,"severity":"error","code":"E0201",\
          "message":"cannot find `x` in scope","hint":null,"caret":null,"labels":[]}

          """)
      #expect(try await weft.run("check", "nothing.weft").status == 2)
    }
  }

  @Test func disassemble() async throws {
    try await Weft.inFolder(["script.weft": "print(1)\n"]) { weft in
      let outcome = try await weft.run("disassemble", "script.weft")
      #expect(outcome.status == 0)
      #expect(outcome.output.hasPrefix("main "))
    }
  }

  @Test func aSeedMakesARunRepeatable() async throws {
    try await Weft.inFolder(["script.weft": "print(random())\n"]) { weft in
      let first = try await weft.run("--seed", "7", "script.weft")
      #expect(first.status == 0)
      #expect(try await weft.run("--seed", "7", "script.weft").output == first.output)
      #expect(try await weft.run("--seed", "8", "script.weft").output != first.output)
    }
  }

  @Test func serve() async throws {
    try await Weft.inFolder(["script.weft": "param base = \"\"\nprint(fetch(\"\\(base)/get\").status)\n"]) { weft in
      let server = try weft.start("serve", "--port", "0")
      let address = try await server.wait(for: "\n").split(separator: "\n")[0]
      #expect(try await weft.run("script.weft", "--base", String(address)).output == "200\n")
      server.send(SIGTERM)
      #expect(try await server.end().status == 0)
    }
  }

  @Test func theDemonstrationCanBeSaved() async throws {
    try await Weft.inFolder { weft in
      let saved = try await weft.run("demo", "--save", ".")
      #expect(saved.output == "./for.weft\n./pool.weft\n./gather.weft\n./semaphore.weft\n")
      let checked = try await weft.run("check", "for.weft", "pool.weft", "gather.weft", "semaphore.weft")
      // What the first of them is there to show.
      #expect(checked.output == "ok: 4 files, 1 note; `weft explain W0203` tells more\n")
      let again = try await weft.run("demo", "--save", ".")
      #expect(again.status == 1)
      #expect(
        again.errors
          == "error: cannot write `./for.weft`: file exists\n   = hint: choose another name, or remove it first\n")
    }
  }
}
