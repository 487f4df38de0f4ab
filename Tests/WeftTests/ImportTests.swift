import Testing
import Weft
import WeftMachine
import WeftSyntax

/// What an imported file gives, and when its values are worked out.
@Suite struct ImportTests {
  private static let tea = """
    ## Says what it brews.
    task brew(kind, time = 1s) {
      brewed += 1
      sleep time
      "\\(kind) from \\(house)"
    }
    task count() => brewed
    error Spilt, Cold
    task spill() { throw Spilt("on the carpet", cups: 2) }
    param house = "China"
    var brewed = 0
    let kinds = ["green", "black"]
    let {small, large} = {small: 1, large: 2}
    print("never: this is top-level code")
    brewed = 99
    start brew("never")

    """

  private func run(_ main: String, _ others: [String: String] = [:]) throws -> String {
    try Files(["main.weft": main, "tea.weft": Self.tea].merging(others) { $1 }).compile().text()
  }

  @Test func bringsTasksConstantsAndErrors() throws {
    let main = """
      import "tea.weft"
      print(brew("green"), kinds, small, large, count())
      try { spill() } catch Cold { print("no") } catch Spilt as e { print(e.kind, e.message, e.cups) }
      let t = start brew("black", time: 2s)
      print(await t, t.args, elapsed())
      """
    #expect(
      try run(main) == """
        green from China ["green", "black"] 1 2 1
        Spilt on the carpet 2
        black from China ["black", 2s] 3s

        """)
  }

  @Test func theExampleOfTheDocumentation() throws {
    let library = SourceFile(name: "lib.weft", text: "task double(x) => 2 * x")
    let script = try Script(
      compiling: "import \"lib.weft\"\nprint(double(4))", name: "main.weft",
      imports: { path, _ throws(ImportError) in
        if path == "lib.weft" { return library }
        throw ImportError("cannot find the file `\(path)`")
      })
    #expect(script.text() == "8\n")
  }

  @Test func underAName() throws {
    let output = try run(
      """
      import "tea.weft" as tea
      task brew() => "my own"
      print(tea.brew("green"), tea.kinds[-1], tea.kinds.map(k => k.upper()), brew())
      let brewing = tea.brew
      print(brewing("white", 2s), (tea.brew)("red"), tea.count(), elapsed())
      try { tea.spill() } catch tea.Cold { print("no") } catch tea.Spilt as e { print(e is tea.Spilt, e is tea.Cold) }
      let t = start tea.brew("black")
      print(await t, t.args)
      """)
    #expect(
      output == """
        green from China black ["GREEN", "BLACK"] my own
        white from China red from China 3 4s
        true false
        black from China ["black"]

        """)
  }

  @Test func aFileIsReadOnceHoweverOftenItIsImported() throws {
    let output = try run(
      """
      import "left.weft"
      import "right.weft" as right
      import "tea.weft" as tea
      left()
      right.right()
      print(tea.count())
      """,
      [
        "left.weft": "import \"tea.weft\"\ntask left() { brew(\"left\") }\n",
        "right.weft": "import \"tea.weft\"\ntask right() { brew(\"right\") }\n",
      ])
    #expect(output == "2\n")
  }

  @Test func namesThatAFileImportsStayItsOwn() throws {
    let files = Files([
      "main.weft": "import \"left.weft\"\nbrew(\"x\")\n", "left.weft": "import \"tea.weft\"\n", "tea.weft": Self.tea,
    ])
    #expect(files.problems.hasPrefix("error: cannot find `brew` in scope  [E0201]\n   ╭─ main.weft:2:1\n"))
  }

  @Test func twoFilesMayDeclareTheSameKind() throws {
    let output = try run(
      """
      import "tea.weft" as tea
      error Spilt
      try { tea.spill() } catch Spilt { print("no") } catch tea.Spilt as e { print(e.kind) }
      try { throw Spilt("mine") } catch tea.Spilt { print("no") } catch Spilt as e { print(e.kind) }
      """)
    #expect(output == "Spilt (tea.weft)\nSpilt\n")
  }

  @Test func anErrorNamesTheFileThatItComesFrom() throws {
    let output = try run("import \"tea.weft\"\n\ntask serve() {\n  spill()\n}\nserve()\n")
    #expect(
      output == """
        error: Spilt: on the carpet
           ╭─ tea.weft:9:16
         9 │ task spill() { throw Spilt("on the carpet", cups: 2) }
           │                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
           the script                                                        main.weft:6
           serve()                                                           main.weft:4
           spill()                                                                line 9

        """)
  }

  @Test func whatIsToldOfBlocksNamesTheirFile() throws {
    let lib = """
      task stuck() {
        let l = lock()
        gather { with l { t2(l) } }
      }
      task t2(l) { with l { 1 } }
      task late() {
        taskgroup {
          let t = start sleep(1m)
          t.cancel()
          try { await t } catch TaskCancelledError as e { print(e.message) }
        }
      }

      """
    let text = try run("import \"lib.weft\"\nlate()\nstuck()\n", ["lib.weft": lib])
    #expect(text.contains("by `.cancel()` in line 9 of `lib.weft`\n"))
    #expect(text.contains("the lock is held since line 3 of `lib.weft`"))
  }

  @Test func parametersOfTheScriptAreNotThoseOfAnImportedFile() throws {
    let script = try Files(["main.weft": "import \"tea.weft\"\nprint(brew(\"green\"))", "tea.weft": Self.tea]).compile()
    #expect(script.image.params.isEmpty)
    var options = RunOptions()
    options.params["house"] = .string("Japan")
    #expect(script.text(options) == "green from China\n")
  }
}

/// Values of imported files are worked out when they are first used.
@Suite struct LazyValueTests {
  private func script(_ library: String, _ main: String) throws -> Script {
    try Files(["main.weft": "import \"lib.weft\"\n" + main, "lib.weft": library]).compile()
  }

  @Test func onFirstUseAndOnlyOnce() throws {
    let library = "let value = work()\nlet unused = work()\ntask work() { print(\"working\"); 7 }\n"
    #expect(try script(library, "print(\"first\")\nprint(value, value)\n").text() == "first\nworking\n7 7\n")
  }

  @Test(arguments: [nil, 1, 2, 3, 4, 5] as [UInt64?])
  func othersWaitForTheOneThatWorksItOut(_ seed: UInt64?) throws {
    let library = "let value = work()\ntask work() { print(\"working\"); sleep 2s; 7 }\n"
    let script = try script(library, "print(gather for i in 1...5 { value + i }, elapsed())\n")
    #expect(script.text(in: VirtualWorld(orderSeed: seed)) == "working\n[8, 9, 10, 11, 12] 2s\n")
  }

  @Test func aFailureIsKeptAndThrownAtEachUse() throws {
    let library =
      "error Broken\nlet value = work()\ntask work() { print(\"working\"); sleep 1s; throw Broken(\"no\") }\n"
    let main = """
      let results = gather(errors: keep) for i in 1...3 { value }
      print(results)
      print(try { value } catch Broken as e { e.message }, elapsed())
      """
    #expect(
      try script(library, main).text() == """
        working
        [Broken("no"), Broken("no"), Broken("no")]
        no 1s

        """)
  }

  @Test func whenTheWorkerIsCancelledTheNextOneBeginsAnew() throws {
    let library = "let value = work()\ntask work() { print(\"working\"); sleep 2s; 7 }\n"
    let main = """
      print(gather { timeout(1s) { value } else { "late" }; value; value }, elapsed())
      print(value, elapsed())
      """
    #expect(try script(library, main).text() == "working\nworking\n[\"late\", 7, 7] 3s\n7 3s\n")
    let alone = "print(timeout(1s) { value } else { \"late\" })\nprint(value, elapsed())\n"
    #expect(try script(library, alone).text() == "working\nlate\nworking\n7 3s\n")
  }

  @Test func aCancelledWaiterTakesNothingAlong() throws {
    let library = "let value = work()\ntask work() { sleep 2s; 7 }\n"
    let main = "print(gather { value; timeout(1s) { value } else { \"late\" } }, elapsed())\n"
    #expect(try script(library, main).text() == "[7, \"late\"] 2s\n")
  }

  @Test func aValueThatNeedsItselfIsAnError() throws {
    let library = "let a = b + 1\nlet b = gather { a }\n"
    #expect(
      try script(library, "print(a)\n").text().hasPrefix(
        "error: NameError: `a` of `lib.weft` needs itself to be worked out\n   ╭─ lib.weft:1:1\n"))
  }

  @Test func valuesThatWaitForEachOtherAreADeadlock() throws {
    let library = "let a = other(1)\nlet b = other(2)\ntask other(n) { sleep 1s; if n == 1 { b } else { a } }\n"
    let text = try script(library, "gather { a; b }\n").text()
    #expect(text.hasPrefix("error: DeadlockError: "))
    let told = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(
      told.hasSuffix(
        "the circle: `other` (task 1) → the value of `b` → `other` (task 2) → the value of `a` → `other` (task 1)"))
    #expect(
      told.contains("`other` (task 1 of the `gather` in line 2) waits in line 3 of `lib.weft` for the value of `b`"))
  }

  @Test func variablesOfTheFileChangeInPlace() throws {
    let library = """
      var seen = [0]
      var total = first()
      task first() { print("once"); 10 }
      task see(x) { seen.append(x); seen[0] += x; total += x; [seen, total] }
      task reset() { total = 5; seen = []; total }
      """
    #expect(
      try script(library, "print(see(3), see(4), reset())\n").text()
        == "once\n[[3, 3], 13] [[7, 3, 4], 17] 5\n")
    #expect(try script(library, "print(reset())\n").text() == "once\n5\n")
  }

  @Test func whoWorksAValueOutChangesNoRandomNumber() throws {
    let library = "let dice = [random() for i in 1...3]\n"
    let first = "task own() { sleep 1s; random() }\nprint(gather { { dice; own() }; { own() } })\nprint(dice)\n"
    let second = "task own() { sleep 1s; random() }\nprint(gather { { own() }; { dice; own() } })\nprint(dice)\n"
    #expect(try script(library, first).text() == script(library, second).text())
  }

  @Test func nothingIsLeftWheneverItIsCancelled() throws {
    let library = """
      let value = work(1)
      let other = gather for i in 1...3 { work(i) }
      task work(n) { try { sleep(n * 1s); n + value2 } finally { sleep 100ms } }
      let value2 = fail()
      task fail() { sleep 500ms; throw "broken" }
      """
    let main = "gather(errors: keep) { value; other; { sleep 1s; value }; timeout(1s) { other } else { 1 } }\n"
    let script = try script(library, main)
    for seed in [nil, 1, 2, 3, 4, 5, 6, 7] as [UInt64?] {
      for instant in stride(from: 0, through: 4 * second, by: 100 * Int(millisecond)) {
        var world = VirtualWorld(orderSeed: seed)
        world.cancelAt = Int64(instant)
        let result = script.runVirtually(in: world)
        #expect(result.leftovers.isClean, "cancelled at \(instant) ns in order \(seed.map(String.init) ?? "first")")
      }
    }
  }

  @Test func startHasNobodyToWaitForIt() {
    let files = Files([
      "main.weft": "import \"lib.weft\"\n", "lib.weft": "task f() => 1\nlet t = start f()\n",
    ])
    #expect(
      files.problems.hasPrefix("error: nothing here waits for what `start` starts  [E0408]\n   ╭─ lib.weft:2:9\n"))
  }
}
