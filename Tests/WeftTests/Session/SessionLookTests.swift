import Testing
import Weft
import WeftMachine
import WeftSyntax

/// What a session tells of itself.
struct SessionLookTests {
  @Test func namesAreListedWithWhatTheyAre() async throws {
    let talk = Conversation(files: ["lib.weft": "## Doubles.\ntask double(x) => 2 * x\nlet half = 0.5"])
    await talk.say("## Gets a page.\n##\n## Twice.\ntask get(url, limit = 5s) { url }")
    await talk.say("let xs = [1, 2, 3]\nvar total = 6")
    await talk.say("error Busy: HTTPError\nimport \"lib.weft\" as lib")
    await talk.say("import \"lib.weft\"")
    let names = await talk.session.names()
    #expect(names.map(\.name) == ["Busy", "double", "get", "half", "lib", "total", "xs"])
    #expect(names.map(\.kind) == [.errorKind, .task, .task, .constant, .importedFile, .variable, .constant])
    let get = try #require(names.first { $0.name == "get" })
    #expect(get.signature == "get(url, limit = 5s)")
    #expect(get.documentation == "Gets a page.\n\nTwice.")
    #expect(get.sourceText == "## Gets a page.\n##\n## Twice.\ntask get(url, limit = 5s) { url }")
    #expect(get.origin == "input 1")
    let double = try #require(names.first { $0.name == "double" })
    #expect([double.documentation, double.origin] == ["Doubles.", "lib.weft"])
    let xs = try #require(names.first { $0.name == "xs" })
    #expect(xs.type == "List")
    #expect(xs.value?.text() == "[1, 2, 3]")
    #expect(xs.sourceText == "let xs = [1, 2, 3]")
    #expect(names.first { $0.name == "Busy" }?.signature == "Busy: HTTPError")
    #expect(names.first { $0.name == "lib" }?.members == ["double", "half"])
    #expect(await talk.end())
  }

  @Test func theSessionCanBeSavedAsAScript() async throws {
    let talk = Conversation(files: ["lib.weft": "task double(x) => 2 * x"])
    for input in [
      "import \"lib.weft\"", "## Old.\ntask f() => 1", "let [a, b] = [1, 2]", "let {x, y: z} = {x: 1, y: 2}",
      "let x = 5",
      "## New.\ntask f() => double(a)", "let b = 7", "f() + 1", "_ + 1", "var n = 1; n += f()", "let w = 1 / 0",
      "let bad = ",
      "print(a, b, x, z, n)",
    ] {
      await talk.say(input)
    }
    let script = await talk.session.source()
    #expect(
      script == """
        import "lib.weft"
        let [a, _] = [1, 2]
        let {x: _, y: z} = {x: 1, y: 2}
        let x = 5
        ## New.
        task f() => double(a)
        let b = 7
        f() + 1
        # _ + 1
        var n = 1
        n += f()
        print(a, b, x, z, n)

        """)
    let compiled = try Script(compiling: script, imports: Files(["lib.weft": "task double(x) => 2 * x"]).loader)
    #expect(compiled.text() == talk.printed.text)
    #expect(await talk.end())
  }

  @Test func codeCanBeShown() async {
    let talk = Conversation()
    await talk.say("task f(x) { let g = y => x + y; g(1) }")
    let code = await talk.session.disassembly(of: "f") ?? ""
    #expect(code.hasPrefix("task f(x)"))
    #expect(code.contains("closure"))
    #expect(await talk.session.disassembly(of: "g") == nil)
    #expect(await talk.session.disassembly(of: nil)?.hasPrefix("main main()") == true)
    #expect(await talk.end())
  }

  @Test(arguments: [
    "1 + 1", "", "   ", "# only a comment", "let x = [1,\n 2]", "task f() { 1 }", "if x { 1 } else { 2 }", "f(1);",
    "try { f() } catch { 1 }", "\"\"\"\n a\n \"\"\"", "_ + 1", "for x in xs { }", "## of nothing\n\n",
  ])
  func whatIsWholeIsComplete(_ text: String) {
    guard case .complete = Session.completeness(of: text) else {
      Issue.record("\(text): \(Session.completeness(of: text))")
      return
    }
  }

  @Test(arguments: [
    "task f() {", "[1, 2", "f(", "{a: 1,", "1 +", "let x =", "x and", "task f(x) =>", "let s = \"\"\"\n one",
    "\"\\(1 +",
    "f(\"a\", {", "## Says hello.", "gather for x in [1, 2] {\n  f(x)", "not",
  ])
  func whatIsOpenIsIncomplete(_ text: String) {
    // A one-line string ends with its line.
    if text == "\"\\(1 +" {
      guard case .wrong = Session.completeness(of: text) else {
        Issue.record("\(text)")
        return
      }
      return
    }
    guard case .incomplete = Session.completeness(of: text) else {
      Issue.record("\(text): \(Session.completeness(of: text))")
      return
    }
  }

  @Test(arguments: ["1 +* 2", "let 5 = x", "\"abc", "}", "f(]", "x = = 1", "task 5() {", "if x then {", "1h30m"])
  func whatIsWrongIsToldAtOnce(_ text: String) {
    guard case .wrong(let problems) = Session.completeness(of: text) else {
      Issue.record("\(text): \(Session.completeness(of: text))")
      return
    }
    #expect(!problems.isEmpty)
  }
}
