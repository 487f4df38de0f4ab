import Foundation
import Testing

/// What is said of a script that cannot run, word for word.
@Suite struct CompileErrorTests {
  @Test func unknownName() async throws {
    try await expectEnd(
      of: "task download(url) => url\nprint(downlaod(1))\n", status: 65,
      errors: """
        error: cannot find `downlaod` in scope  [E0201]
           ╭─ script.weft:2:7
         2 │ print(downlaod(1))
           │       ^^^^^^^^ did you mean `download`?

        """)
  }

  @Test func wrongArity() async throws {
    try await expectEnd(
      of: "task f(a, b) => a + b\nf(1)\n", status: 65,
      errors: """
        error: `f` is missing the argument `b`  [E0301]
           ╭─ script.weft:2:1
         1 │ task f(a, b) => a + b
           │      - declared here
         2 │ f(1)
           │ ^^^^

        """)
  }

  @Test func missingBrace() async throws {
    try await expectEnd(
      of: "task f() {\n  print(1)\n", status: 65,
      errors: """
        error: `{` is never closed  [E0123]
           ╭─ script.weft:1:10
         1 │ task f() {
           │          ^ no matching `}`

        """)
  }

  @Test func badUnit() async throws {
    try await expectEnd(
      of: "sleep 5min\n", status: 65,
      errors: """
        error: unknown unit `min`  [E0107]
           ╭─ script.weft:1:8
         1 │ sleep 5min
           │        ^^^ did you mean `5m`?

        """)
  }

  @Test func everyProblemIsTold() async throws {
    try await expectEnd(
      of: "print(one)\nprint(two)\n", status: 65,
      errors: """
        error: cannot find `one` in scope  [E0201]
           ╭─ script.weft:1:7
         1 │ print(one)
           │       ^^^
        error: cannot find `two` in scope  [E0201]
           ╭─ script.weft:2:7
         2 │ print(two)
           │       ^^^

        """)
  }

  @Test func notUTF8() async throws {
    try await Weft.inFolder(bytes: ["script.weft": Data("print(\"".utf8) + [0xFF] + Data("\")\n".utf8)]) { weft in
      let outcome = try await weft.run("script.weft")
      #expect(outcome.status == 65)
      #expect(
        outcome.errors == """
          error: the file is not valid UTF-8  [E0101]
             ╭─ script.weft:1:8
           1 │ print("\u{FFFD}")
             │        ^ this byte
             = hint: save the file as UTF-8

          """)
    }
  }
}
