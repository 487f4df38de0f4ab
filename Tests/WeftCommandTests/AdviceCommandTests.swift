import Testing

@testable import WeftCommand

/// Warnings, notes and their explanations on the command line.
@Suite struct AdviceCommandTests {
  private static let limiter = "semaphore(2) { print(1) }\n"
  private static let warning = """
    warning: this `semaphore` limits nothing: no task is started inside it  [W0202]
       ╭─ script.weft:1:1
     1 │ semaphore(2) { print(1) }
       │ ^^^^^^^^^
       = hint: it acts on tasks that are started directly inside: write `gather for x in xs { … }` in it

    """

  @Test func aWarningChangesNeitherTheRunNorItsStatus() async throws {
    try await expectEnd(of: Self.limiter, status: 0, output: "1\n", errors: Self.warning)
  }

  @Test func check() async throws {
    try await Weft.inFolder(["script.weft": Self.limiter]) { weft in
      let checked = try await weft.run("check", "script.weft")
      #expect(checked.status == 0)
      #expect(checked.output == "ok: 1 warning; `weft explain W0202` tells more\n")
      #expect(checked.errors == Self.warning)
      let json = try await weft.run("check", "--format", "json", "script.weft")
      #expect(json.status == 0)
      #expect(
        json.output.hasPrefix(
          #"{"file":"script.weft","line":1,"column":1,"endLine":1,"endColumn":10,"severity":"warning","code":"W0202","#)
      )
      let run = try await weft.run("run", "--format", "json", "script.weft")
      #expect(run.status == 0)
      #expect(run.output == "1\n")
      #expect(run.errors == json.output)
    }
  }

  @Test func notesAreForCheckAlone() async throws {
    let script = "for n in 1...2 { try { fetch(\"http://127.0.0.1:1/\\(n)\") } catch FetchError { print(n) } }\n"
    try await Weft.inFolder(["script.weft": script]) { weft in
      let run = try await weft.run("script.weft")
      #expect(run.output == "1\n2\n")
      #expect(run.errors == "")
      let checked = try await weft.run("check", "script.weft")
      #expect(checked.output == "ok: 1 note; `weft explain W0203` tells more\n")
      #expect(checked.errors.hasPrefix("note: each pass of this loop waits for the one before  [W0203]\n"))
    }
  }

  @Test func explain() async throws {
    try await Weft.inFolder { weft in
      let page = try await weft.run("explain", "e0402")
      #expect(page.status == 0)
      #expect(
        page.output == """
          E0402: a constant that would change

          `let` is constant, and so is all that it holds. Parameters and the variables of loops are constant too. Declare it
          with `var`, or make a variable of it first.

          Wrong:

              let total = 0
              total += 1

          Right:

              var total = 0
              total += 1

          """)
      let list = try await weft.run("explain")
      #expect(list.status == 0)
      #expect(list.output.contains("\nE0402               a constant that would change\n"))
      #expect(list.output.contains("\nTypeError           a value of the wrong type\n"))
      let unknown = try await weft.run("explain", "E04022")
      #expect(unknown.status == 2)
      #expect(unknown.errors == "error: there is no code `E04022`\n   = hint: did you mean `E0402`?\n")
      let far = try await weft.run("explain", "something")
      #expect(far.errors == "error: there is no code `something`\n   = hint: `weft explain` lists all codes\n")
    }
  }

  @Test func theServerIsOfferedWhereTheExamplesLookForIt() {
    let missing = "cannot connect to 127.0.0.1:8080 (connection refused)"
    #expect(Reporter.serverHint(missing) == "`weft serve` starts a server there to try things against")
    #expect(Reporter.serverHint("cannot connect to 127.0.0.1:8081 (connection refused)") == nil)
    #expect(Reporter.serverHint("cannot connect to example.org:8080 (connection refused)") == nil)
  }
}
