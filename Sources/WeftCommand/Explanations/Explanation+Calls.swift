extension Explanation {
  /// Arguments and parameters.
  static let calls = [
    Explanation(
      "E0301", "the wrong number of arguments",
      """
      Each parameter without a default takes just one argument, and no call may give more than there are parameters. The
      same holds for tasks without a name.
      """,
      wrong: "task area(width, height) { width * height }\nprint(area(2))",
      right: "task area(width, height = 1) { width * height }\nprint(area(2))"),
    Explanation(
      "E0302", "an unknown parameter or option",
      """
      What stands before the colon is not a parameter of the task, or not an option of the block.
      """,
      wrong: "task area(width, height) { width * height }\nprint(area(2, heigth: 3))",
      right: "task area(width, height) { width * height }\nprint(area(2, height: 3))"),
    Explanation(
      "E0303", "an argument without a name in the wrong place",
      """
      The fields of an error have names; only its message has none. In a call, arguments without a name come first.
      """,
      wrong: "throw ValueError(\"too small\", 3)",
      right: "try { throw ValueError(\"too small\", value: 3) } catch e { print(e.value) }"),
    Explanation(
      "E0304", "an argument that is given twice",
      """
      A parameter got its value by place already, or its name stands twice.
      """,
      wrong: "task area(width, height) { width * height }\nprint(area(2, width: 3))",
      right: "task area(width, height) { width * height }\nprint(area(2, height: 3))"),
    Explanation(
      "E0305", "a parameter without a default behind one that has it",
      """
      Arguments fill the parameters from the left, so those that may be left out come last.
      """,
      wrong: "task greet(greeting = \"hello\", name) { print(greeting, name) }",
      right: "task greet(name, greeting = \"hello\") { print(greeting, name) }"),
    Explanation(
      "E0306", "a `pool` without a kind of worker",
      """
      `threads:`, `tasks:` or `processes:` says where the tasks of a `pool` run, and how many at a time; it takes one of them.
      Processes can have a `launcher:` besides.
      """,
      wrong: "pool(4) { gather for n in 1...8 { n * n } }",
      right: "pool(threads: 4) { gather for n in 1...8 { n * n } }"),
  ]
}
