import Testing
import Weft
import WeftSyntax

/// What is said of an import that is wrong, word for word.
@Suite struct ImportProblemTests {
  private func problems(_ main: String, _ others: [String: String] = [:]) -> String {
    Files(["main.weft": main].merging(others) { $1 }).problems
  }

  @Test func aHostWithoutALoader() {
    #expect {
      try Script(compiling: "import \"lib.weft\"\nf()\n", name: "main.weft")
    } throws: { error in
      guard let error = error as? CompileError else { return false }
      let text = error.diagnostics.map { DiagnosticRenderer(color: false).text($0, in: error.source) + "\n" }.joined()
      #expect(
        text == """
          error: cannot import `lib.weft`: the host of this script does not grant imports  [E0210]
             ╭─ main.weft:1:8
           1 │ import "lib.weft"
             │        ^^^^^^^^^^
             = hint: a host grants them by `.imports(…)`, a function that gives the files

          """)
      return true
    }
  }

  @Test func aMissingFileHidesWhatItWouldDeclare() {
    #expect(
      problems("import \"nope.weft\"\nimport \"no.weft\" as no\nf(1)\nno.f(1)\ntry { } catch no.K, L { }\n") == """
        error: cannot find the file `nope.weft`  [E0210]
           ╭─ main.weft:1:8
         1 │ import "nope.weft"
           │        ^^^^^^^^^^^
        error: cannot find the file `no.weft`  [E0210]
           ╭─ main.weft:2:8
         2 │ import "no.weft" as no
           │        ^^^^^^^^^

        """)
  }

  @Test func problemsOfAllFilesNameTheirFiles() {
    #expect(
      problems("import \"lib.weft\"\nprint(one)\n", ["lib.weft": "task f() {\n  print(two)\n}\nlet x = 5min\n"]) == """
        error: cannot find `two` in scope  [E0201]
           ╭─ lib.weft:2:9
         2 │   print(two)
           │         ^^^
        error: unknown unit `min`  [E0107]
           ╭─ lib.weft:4:10
         4 │ let x = 5min
           │          ^^^ did you mean `5m`?

        """)
  }

  @Test func aFileThatIsNotUTF8() {
    let broken = SourceFile(name: "lib.weft", bytes: Array("task f() => \"".utf8) + [0xFF, 0x22, 0x0A])
    #expect {
      try Script(compiling: "import \"lib.weft\"\n", name: "main.weft", imports: { _, _ in broken })
    } throws: { error in
      let first = (error as? CompileError)?.diagnostics.first
      return first?.code == "E0101" && first?.source === broken
    }
  }

  @Test func aNameThatTheFileDoesNotHave() {
    #expect(
      problems(
        "import \"lib.weft\" as lib\nlib.downlaod(1)\nprint(lib.count, lib.base)\ntry { } catch lib.Bus { }\n",
        ["lib.weft": "task download(x) => x\nvar count = 0\nparam base = 1\nerror Busy\n"]) == """
          error: `lib.weft` has no task, `let` or error `downlaod`  [E0213]
             ╭─ main.weft:2:5
           2 │ lib.downlaod(1)
             │     ^^^^^^^^ did you mean `download`?
          error: `lib.weft` has no task, `let` or error `count`  [E0213]
             ╭─ main.weft:3:11
           3 │ print(lib.count, lib.base)
             │           ^^^^^
             ╭─ lib.weft:2:5
           2 │ var count = 0
             │     ----- declared here
             = hint: it is a `var` of `lib.weft`; an import brings tasks, `let`s and errors only
          error: `lib.weft` has no task, `let` or error `base`  [E0213]
             ╭─ main.weft:3:22
           3 │ print(lib.count, lib.base)
             │                      ^^^^
             ╭─ lib.weft:3:7
           3 │ param base = 1
             │       ---- declared here
             = hint: it is a `param` of `lib.weft`; an import brings tasks, `let`s and errors only
          error: `lib.weft` has no kind of error `Bus`  [E0207]
             ╭─ main.weft:4:15
           4 │ try { } catch lib.Bus { }
             │               ^^^^^^^ did you mean `lib.Busy`?

          """)
  }

  @Test func aVariableOfAnImportedFile() {
    #expect(
      problems("import \"lib.weft\"\nprint(count)\n", ["lib.weft": "var count = 0\n"]) == """
        error: cannot find `count` in scope  [E0201]
           ╭─ main.weft:2:7
         2 │ print(count)
           │       ^^^^^
           ╭─ lib.weft:1:5
         1 │ var count = 0
           │     ----- declared here
           = hint: it is a `var` of `lib.weft`; an import brings tasks, `let`s and errors only

        """)
  }

  @Test func aFileThatImportsItself() {
    #expect(
      problems("import \"main.weft\"\n") == """
        error: `main.weft` imports itself  [E0211]
           ╭─ main.weft:1:8
         1 │ import "main.weft"
           │        ^^^^^^^^^^^

        """)
  }

  @Test func aCircle() {
    #expect(
      problems(
        "import \"a.weft\"\n",
        ["a.weft": "import \"b.weft\"\n", "b.weft": "import \"c.weft\"\n", "c.weft": "import \"a.weft\"\n"]) == """
          error: these files import each other in a circle: `a.weft` → `b.weft` → `c.weft` → `a.weft`  [E0211]
             ╭─ c.weft:1:8
           1 │ import "a.weft"
             │        ^^^^^^^^
             = hint: move what both need into a file of its own, which both import

          """)
  }

  @Test func aClashWithADeclaration() {
    #expect(
      problems("import \"lib.weft\"\n\nlet limit = 1\n", ["lib.weft": "let x = 1\nlet limit = 2\n"]) == """
        error: `limit` is declared here and imported from `lib.weft`  [E0212]
           ╭─ main.weft:3:5
         3 │ let limit = 1
           │     ^^^^^
           ╭─ lib.weft:2:5
         2 │ let limit = 2
           │     ----- imported from here
           = hint: choose another name, or import the file under a name: `import "…" as …`

        """)
  }

  @Test func aClashOfTwoImports() {
    #expect(
      problems(
        "import \"a.weft\"\nimport \"b.weft\"\n", ["a.weft": "task f() => 1\n", "b.weft": "\nlet f = 2\n"]) == """
          error: `f` is imported from two files  [E0212]
             ╭─ main.weft:2:8
           2 │ import "b.weft"
             │        ^^^^^^^^ brings it in again
             ╭─ a.weft:1:6
           1 │ task f() => 1
             │      - declared here
             ╭─ b.weft:2:5
           2 │ let f = 2
             │     - and here
             = hint: import one of them under a name: `import "b.weft" as …`

          """)
  }

  @Test func anImportedFileIsNoValue() {
    let library = ["lib.weft": "task f(x) => x\n"]
    #expect(
      problems("import \"lib.weft\" as lib\nprint(lib)\n", library).hasPrefix(
        "error: `lib` is an imported file, not a value  [E0208]\n"))
    #expect(
      problems("import \"lib.weft\" as lib\nlib()\n", library).hasPrefix(
        "error: `lib` is an imported file, not a task  [E0208]\n"))
    #expect(
      problems("import \"lib.weft\" as lib\nlib.f = 1\n", library).hasPrefix(
        "error: cannot change a part of `lib`: it is an imported file  [E0402]\n"))
  }

  @Test func aConstantOfAnImportedFile() {
    let text = problems("import \"lib.weft\"\nlimits.append(1)\n", ["lib.weft": "let limits = []\n"])
    #expect(text.hasPrefix("error: cannot change a part of `limits`: it is a constant of `lib.weft`  [E0402]\n"))
  }

  @Test func aParameterThatNobodyCanSet() {
    let text = problems("import \"lib.weft\"\n", ["lib.weft": "param token\n"])
    #expect(
      text.hasPrefix(
        "error: `token` has no default, and nobody can set a parameter of an imported file  [E0214]\n   ╭─ lib.weft:1:7\n"
      ))
  }

  @Test func anEndlessChain() {
    let loader: ImportLoader = { path, _ in
      SourceFile(name: path, text: "import \"\((Int(path) ?? 0) + 1)\"\n")
    }
    #expect {
      try Script(compiling: "import \"1\"\n", name: "0", imports: loader)
    } throws: { error in
      guard let error = error as? CompileError else { return false }
      return error.diagnostics.map(\.message) == [
        "`100` stands at the end of a chain of 100 imports, which is too long"
      ]
    }
  }

  @Test func labelsInJSONNameTheirFile() {
    let files = Files(["main.weft": "import \"lib.weft\"\nlet x = 1\n", "lib.weft": "let x = 2\n"])
    #expect {
      try files.compile()
    } throws: { error in
      guard let error = error as? CompileError, let first = error.diagnostics.first else { return false }
      let json = DiagnosticRenderer(color: false).json(first, in: error.source)
      return json.contains("\"file\":\"main.weft\"") && json.contains("\"labels\":[{\"file\":\"lib.weft\",\"line\":1")
    }
  }
}
