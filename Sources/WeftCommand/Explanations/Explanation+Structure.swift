extension Explanation {
  /// How pieces are put together.
  static let structure = [
    Explanation(
      "E0120", "a value is missing",
      """
      Here a value has to stand: behind an operator, after `=`, as the condition of an `if`, between two commas. What
      is there instead cannot begin one.
      """,
      wrong: "let total = 1 +", right: "let total = 1 + 2"),
    Explanation(
      "E0121", "a certain sign is missing",
      """
      At this place only the signs that are named can follow: a comma between elements, a closing bracket, `=>` after
      the parameters of a task without a name.
      """,
      wrong: "let crew = [\"Ada\" \"Linus\"]", right: "let crew = [\"Ada\", \"Linus\"]"),
    Explanation(
      "E0122", "two statements on one line",
      """
      A statement ends with its line, or with `;`. Often something is missing in between: the parentheses of a call, an
      operator, or the name of a block is misspelt.
      """,
      wrong: "print \"hello\"", right: "print(\"hello\")"),
    Explanation(
      "E0123", "a bracket that is never closed",
      """
      For this `(`, `[` or `{` the file has no closing partner. The indentation tells best where it should be.
      """,
      wrong: "task greet() {\n  print(\"hello\")", right: "task greet() {\n  print(\"hello\")\n}"),
    Explanation(
      "E0124", "a bracket that closes nothing",
      """
      There is one closing bracket too many, or of the wrong sort, or its opening partner is missing.
      """,
      wrong: "print(1))", right: "print(1)"),
    Explanation(
      "E0125", "a body is missing",
      """
      The body of a task, loop or block stands in braces, and the `{` on the same line as its word. A task of one
      expression has `=>` instead.
      """,
      wrong: "task double(x) = x * 2", right: "task double(x) => x * 2"),
    Explanation(
      "E0126", "braces in the head of a block",
      """
      In the head of an `if`, `while`, `for` or `with` a `{` opens the body. A map or a block that is meant as a value there
      stands in parentheses.
      """,
      wrong: "if {a: 1} == {a: 1} { print(\"same\") }", right: "if ({a: 1}) == ({a: 1}) { print(\"same\") }"),
    Explanation(
      "E0127", "a reserved word as a name",
      """
      Words of the language cannot name anything, except after `.` and before `:`. The reference lists them.
      """,
      wrong: "let start = 1", right: "let first = 1"),
    Explanation(
      "E0128", "a name is missing",
      """
      Here a name has to stand: after `let`, `task` or `.`, or as a parameter. `_` is no name: it stands where a value is
      thrown away.
      """,
      wrong: "task add(*numbers) { sum(numbers) }", right: "task add(numbers) { sum(numbers) }"),
    Explanation(
      "E0129", "nested too deeply",
      """
      Blocks, brackets and operators nest up to 200 levels. A script that needs more was made by a program: let it name
      the inner parts.
      """),
    Explanation(
      "E0130", "a chain that is too long",
      """
      One expression has a limited number of operators and calls in a row. Name some of its parts with `let`, or put the
      values into a list.
      """),
  ]
}
