import Testing
import Weft

/// A definition replaces an earlier one, and running tasks keep the old one.
struct SessionRedefinitionTests {
  @Test func newCallsUseTheNewDefinitionThroughOtherTasks() async {
    let talk = Conversation()
    await talk.say("task f() => 1")
    await talk.say("task g() => f() * 10")
    await talk.say("task h() => g() + 1")
    await talk.say("h()", gives: "11")
    await talk.say("task f() => 2")
    await talk.say("[f(), g(), h()]", gives: "[2, 20, 21]")
    // In the same input already.
    await talk.say("task f() => 3\nh()", gives: "31")
    #expect(await talk.end())
  }

  @Test func runningTasksKeepTheOldDefinitions() async {
    let talk = Conversation()
    await talk.say("let word = \"old\"\ntask f() => word")
    await talk.say("task run(name) { for i in 1...3 { sleep 1s; print(name, f(), i) } }")
    await talk.say("let old = start run(\"a\")")
    await talk.say("sleep 1500ms")
    await talk.say("let word = \"new\"\ntask f() => \"f \" + word")
    await talk.say("let new = start run(\"b\")")
    await talk.say("await old; await new")
    #expect(talk.printed.text == "a old 1\na old 2\nb f new 1\na old 3\nb f new 2\nb f new 3\n")
    #expect(await talk.end())
  }

  @Test func recursionKeepsToItself() async {
    let talk = Conversation()
    await talk.say("task down(n) { if n == 0 { 0 } else { sleep 1s; down(n - 1) } }")
    await talk.say("let t = start down(3)")
    await talk.say("sleep 500ms")
    await talk.say("task down(n) => \"new\"")
    await talk.say("[await t, down(3)]", gives: "[0, \"new\"]")
    #expect(await talk.end())
  }

  @Test func tasksThatCallEachOtherFollowTogether() async {
    let talk = Conversation()
    await talk.say(
      "let step = 1\ntask even(n) => if n <= 0 { true } else { odd(n - step) }\ntask odd(n) => if n <= 0 { false } else { even(n - step) }"
    )
    await talk.say("even(10)", gives: "true")
    await talk.say("let step = 2")
    await talk.say("[even(10), odd(8)]", gives: "[false, false]")
    #expect(await talk.end())
  }

  @Test func aTaskThatCannotFollowKeepsTheOldMeaning() async {
    let talk = Conversation()
    await talk.say("task f(x) => x")
    await talk.say("task g() => f(1)\ntask h() => g()\ntask k() => 5")
    #expect(
      await talk.say("task f(x, y) => x + y") == """
        warning: `g` goes on with the earlier definition: `f` is missing the argument `y`
           ╭─ input 2:1:13
         1 │ task g() => f(1)
           │             ^^^^
           ╭─ input 3:1:6
         1 │ task f(x, y) => x + y
           │      - declared here
           = hint: define `g` again to make it use the new one
        """)
    await talk.say("[f(1, 2), g(), h(), k()]", gives: "[3, 1, 1, 5]")
    // It follows again as soon as it can.
    await talk.say("task f(x) => x * 7", gives: "")
    await talk.say("[g(), h()]", gives: "[7, 7]")
    #expect(await talk.end())
  }

  @Test func aValueIsNotWorkedOutAgain() async {
    let talk = Conversation()
    await talk.say("let a = 1\nlet b = a + 1\nlet f = x => x + a")
    await talk.say("let a = 10")
    await talk.say("[a, b, f(0)]", gives: "[10, 2, 1]")
    await talk.say("let a = a + [1, 2].map(n => n + a)[0]", gives: "")
    await talk.say("a", gives: "21")
    #expect(await talk.end())
  }

  @Test func builtInFunctionsCanBeReplacedToo() async {
    let talk = Conversation()
    await talk.say("task size(x) => len(x)")
    await talk.say("task len(x) => 99")
    await talk.say("[len([1]), size([1])]", gives: "[99, 99]")
    #expect(await talk.end())
  }

  @Test func anyKindOfNameReplacesAnyOther() async {
    let talk = Conversation()
    await talk.say("task x() => 1\ntask user() => type(x)")
    await talk.say("user()", gives: "\"Function\"")
    await talk.say("let x = 2")
    await talk.say("user()", gives: "\"Int\"")
    await talk.say("error X\nvar x = X(\"e\")")
    await talk.say("user()", gives: "\"Error\"")
    await talk.say("task x() => 4")
    await talk.say("x()", gives: "4")
    await talk.first("x = 5", gives: "error: cannot assign to `x`: it is a task  [E0402]")
    #expect(await talk.end())
  }

  @Test func importedFilesAreReadAgainWhenTheyHaveChanged() async {
    let talk = Conversation(files: [
      "lib.weft": "print(1)\nlet made = shared(0)\ntask double(x) => 2 * x\nerror Busy",
      "user.weft": "import \"lib.weft\"\ntask four(x) => double(double(x))",
    ])
    await talk.say("import \"lib.weft\"", gives: "")
    await talk.say("made.value = 5; double(21)", gives: "42")
    // It is the same file, so it has the same values.
    await talk.say("import \"lib.weft\" as lib\nlib.made.value", gives: "5")
    await talk.say("import \"user.weft\"\nfour(1)", gives: "4")
    await talk.say("task double(x) => 0\n[double(1), lib.double(1), four(1)]", gives: "[0, 2, 4]")
    await talk.first("import \"none.weft\"", gives: "error: cannot find the file `none.weft`  [E0210]")
    await talk.say("import \"lib.weft\"\ndouble(1)", gives: "2")
    #expect(talk.printed.text == "")
    #expect(await talk.end())
  }

  @Test func valuesThatNothingCanUseAnyMoreAreLetGo() async {
    var options = RunOptions()
    options.limits.memory = 40_000_000
    let talk = Conversation(options)
    // Each takes 16 MB.
    for number in 1...20 { await talk.say("let big = \"\(number % 10)\" * 16_000_000", gives: "") }
    await talk.say("[len(big), big[0]]", gives: "[16000000, \"0\"]")
    // What a closure, a list of tasks or a task of another name uses stays.
    await talk.say("let a = [1]\nlet f = () => a\ntask g() => a\nlet gs = [g]")
    await talk.say("task g() => 0\nlet a = 2")
    await talk.say("let nothing = 1\nlet nothing2 = 2")
    await talk.say("[f(), gs[0](), g(), a]", gives: "[[1], [1], 0, 2]")
    #expect(await talk.end())
  }
}
