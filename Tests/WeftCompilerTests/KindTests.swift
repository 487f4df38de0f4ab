import Testing
import Weft
import WeftSyntax

/// Kinds of error that stand below others.
@Suite struct KindTests {
  @Test func aParentThatIsNotThere() {
    #expect(
      told("error Busy: HTTPErorr") == """
        error: cannot find a kind of error `HTTPErorr`  [E0207]
           ╭─ <script>:1:13
         1 │ error Busy: HTTPErorr
           │             ^^^^^^^^^ did you mean `HTTPError`?
        """)
    #expect(diagnostics("let Limit = 1\nerror Busy: Limit").map(\.code) == ["E0207"])
  }

  @Test func aCircle() {
    #expect(
      told("error A: B, B: C, C: A") == """
        error: kinds of error in a circle: `C` below `A` below `B` below `C`  [E0209]
           ╭─ <script>:1:19
         1 │ error A: B, B: C, C: A
           │                   ^
           = hint: take one of the parents away
        """)
    #expect(diagnostics("error A: A").map(\.code) == ["E0209"])
    #expect(diagnostics("error A: B\nerror B: A\nerror C: A").map(\.code) == ["E0209"])
  }

  @Test func whatIsNoKindMakesNoErrors() {
    #expect(
      told("json(1)") == """
        error: `json` is not a value  [E0208]
           ╭─ <script>:1:1
         1 │ json(1)
           │ ^^^^
           = hint: use one of its members, such as `json.parse`
        """)
    #expect(
      told("Int(1)") == """
        error: `Int` is a type, not a task  [E0208]
           ╭─ <script>:1:1
         1 │ Int(1)
           │ ^^^
           = hint: `int(…)` makes a value of it
        """)
  }

  @Test func aBuiltInKindAgain() {
    #expect(
      told("error FetchError: HTTPError") == """
        error: `FetchError` is a built-in kind of error  [E0216]
           ╭─ <script>:1:7
         1 │ error FetchError: HTTPError
           │       ^^^^^^^^^^
           = hint: choose another name for your own
        """)
  }

  @Test func belowAKindOfAnotherFile() throws {
    let library = SourceFile(
      name: "lib.weft", text: "error Base: HTTPError\nerror Busy: Base\ntask fail() { throw Busy(\"b\") }")
    let main = SourceFile(
      name: "main.weft",
      text: """
        import "lib.weft" as lib
        error Busy: lib.Base
        error Worse: Busy
        try { throw Worse("w") } catch lib.Busy { print("no") } catch lib.Base as e { print("base", e is Busy) }
        try { lib.fail() } catch Busy { print("no") } catch HTTPError as e { print("http", e is lib.Busy) }
        """)
    var output: [UInt8] = []
    let script = try Script(compiling: main, imports: { _, _ throws(ImportError) in library })
    let result = script.runVirtually { output += $0 }
    #expect(String(decoding: output, as: UTF8.self) == "base true\nhttp true\n")
    guard case .completed = result.outcome else {
      Issue.record("\(result.outcome)")
      return
    }
  }
}
