extension Explanation {
  /// What names stand for.
  static let names = [
    Explanation(
      "E0201", "a name that nothing declares",
      """
      The name is misspelt, declared in another block, or belongs to another language. A name is known in the block that
      declares it and in those inside; tasks and kinds of error in the whole of it, also above their declaration.
      """,
      wrong: "task download(url) { fetch(url).size }\nprint(downlaod(\"http://127.0.0.1:8080\"))",
      right: "task download(url) { fetch(url).size }\nprint(download(\"http://127.0.0.1:8080\"))"),
    Explanation(
      "E0202", "a method that no value has",
      """
      `x.name(…)` always calls a built-in method. A function that a map holds is called as `(m.name)(…)`, a task of
      your own as `name(x)`.
      """,
      wrong: "print(\"tea\".uppercase())", right: "print(\"tea\".upper())"),
    Explanation(
      "E0203", "a name that is used before it is declared",
      """
      Statements run from top to bottom, so a value can be used only below its declaration. Tasks may be called above
      theirs, and may use values of the file that are declared below them.
      """,
      wrong: "print(name)\nlet name = \"Ada\"", right: "let name = \"Ada\"\nprint(name)"),
    Explanation(
      "E0204", "a name that is declared twice",
      """
      In one block each name is declared once; an inner block may declare it anew. To give a `var` another value, leave
      `let` and `var` out.
      """,
      wrong: "let name = \"Ada\"\nlet name = \"Grace\"", right: "var name = \"Ada\"\nname = \"Grace\"\nprint(name)"),
    Explanation(
      "E0205", "a key that stands twice",
      """
      In a map, and among the labels of a `gather`, each key stands once: the second would silently win.
      """,
      wrong: "print({tea: 1, tea: 2})", right: "print({tea: 1, milk: 2})"),
    Explanation(
      "E0207", "an unknown kind of error",
      """
      After `catch`, after `is` and as a parent, a kind of error stands: one of those built in, or one that the file declares
      with `error`.
      """,
      wrong: "try { print(1) } catch TimeOut { print(2) }",
      right: "try { print(1) } catch TimeoutError { print(2) }"),
    Explanation(
      "E0208", "a module that is used wrongly",
      """
      `json` and `math` are no values, but names before a dot. `math.pi` and `json.parse(text)` are among their members; the
      reference lists them.
      """,
      wrong: "print(math.squareroot(2))", right: "print(math.sqrt(2))"),
    Explanation(
      "E0209", "kinds of error in a circle",
      """
      `error Busy: HTTPError` puts one kind below another, and `catch HTTPError` takes a `Busy` too. A kind cannot stand
      below itself, directly or through others.
      """,
      wrong: "error Slow: Late\nerror Late: Slow", right: "error Slow\nerror Late: Slow"),
    Explanation(
      "E0210", "a file that cannot be imported",
      """
      The file is not there or cannot be read, or the program that runs the script imports none. A path counts from the
      folder of the file that imports it.
      """,
      wrong: "import \"nothing.weft\"\nprint(1)"),
    Explanation(
      "E0211", "files that import each other",
      """
      A file imports itself, directly or through others. What two files need of each other belongs into a third, which both
      import.
      """),
    Explanation(
      "E0212", "a name that two files give",
      """
      An `import` brings in all names of a file, and one of them is known already. Import one of the files under a name of its own:
      `import "tea.weft" as tea` gives `tea.brew`.
      """),
    Explanation(
      "E0213", "a name that an imported file does not give",
      """
      An import gives the tasks, the `let`s and the kinds of error of a file. A `var` or a `param` stays its own: a task of the
      file can tell its value.
      """),
    Explanation(
      "E0214", "a required parameter in an imported file",
      """
      Only the parameters of the file that is run can be set. In an imported file each has a default, which it keeps.
      """),
    Explanation(
      "E0215", "something that the host does not grant",
      """
      Output, the clock, randomness, the network, files, the environment and worker processes are there only if the program that runs
      the script grants them. `weft run` does, and `weft run --sandbox` what its options name; an embedding program lists them as the
      `capabilities` of its `Interpreter`.
      """,
      wrong: "print(read(\"notes.txt\"))"),
    Explanation(
      "E0216", "a built-in kind of error, declared again",
      """
      Weft throws these kinds itself. Another kind of the same name could not be told from them; one below them can be
      declared under a name of its own.
      """,
      wrong: "error TimeoutError", right: "error Late: TimeoutError"),
    Explanation(
      "E0217", "what cannot be mocked",
      """
      A `mock` stands for a task of a file's top level, of this file or of one that it imports, or for `fetch`. What is built in, a
      value, and a task inside a block are none of these: put the call into a task of its own, and mock that.
      """,
      wrong: "test \"a sum\" {\n  mock sum => 3\n  expect sum([1, 1]) == 3\n}",
      right: "task total(xs) => sum(xs)\n\ntest \"a sum\" {\n  mock total => 3\n  expect total([1, 1]) == 3\n}"),
    Explanation(
      "E0218", "a statistic of a task that is not there",
      """
      An `expect` of the whole run, such as `expect p95("download") < 300ms`, asks about a task by its name, or about all requests as
      `"fetch"`. No task of the script, or of a file that it imports, has this name.
      """,
      wrong: "task download(url) => fetch(url).size\nexpect p95(\"downlaod\") < 300ms",
      right: "task download(url) => fetch(url).size\nexpect p95(\"download\") < 300ms"),
    Explanation(
      "E0219", "a variable in what is expected of the whole run",
      """
      An `expect` that asks for a statistic of the run is worked out when the run has ended, and its variables are gone. Literals and the
      script's parameters can stand in it.
      """,
      wrong: "let limit = 300ms\ntask wait() { sleep 1ms }\nexpect p95(\"wait\") < limit",
      right: "param limit = 300ms\ntask wait() { sleep 1ms }\nexpect p95(\"wait\") < limit"),
    Explanation(
      "E0220", "a definition of the host that cannot be",
      """
      The program that embeds Weft gives its scripts a function, a method or a kind of error whose name no script can write, or
      whose parameters do not fit it. The script is not to blame: the message says which definition the program has to mend.
      """),
  ]
}
