extension Explanation {
  /// Statements and expressions that are put together wrongly.
  static let constructs = [
    Explanation(
      "E0131", "an assignment to what is no place",
      """
      What stands left of `=` is a variable, an element `x[i]` or a member `x.name`. Equality is `==`.
      """,
      wrong: "var a = 1\na + 1 = 2", right: "var a = 1\na = 2 - 1"),
    Explanation(
      "E0132", "an assignment where a value is wanted",
      """
      An assignment has no value, so that `if x = 1` cannot be written for `if x == 1`. Assign on a line of its own.
      """,
      wrong: "var x = 0\nif x = 1 { print(x) }", right: "var x = 0\nif x == 1 { print(x) }"),
    Explanation(
      "E0133", "comparisons that do not chain",
      """
      `0 < x < 10` is allowed, as are runs of `<` and `<=`, of `>` and `>=`, and of `==`. Other comparisons in a row mean
      something else to each reader: put `and` between them.
      """,
      wrong: "let x = 5\nprint(0 < x > 3)", right: "let x = 5\nprint(0 < x and x > 3)"),
    Explanation(
      "E0134", "`sleep` or `fetch` in the middle of an expression",
      """
      `fetch url + "/x"` could mean two things. As an operand of an operator, `sleep` and `fetch` stand in parentheses, or
      their operand does.
      """,
      wrong: "let base = \"http://127.0.0.1:8080\"\nfetch base + \"/get\"",
      right: "let base = \"http://127.0.0.1:8080\"\nfetch(base + \"/get\")"),
    Explanation(
      "E0135", "what `start`, `await` or `compute` cannot take",
      """
      `start` takes a call, a word of work or a block; `await` a handle; `compute` a call, a block or a duration.
      """,
      wrong: "task work() { 1 }\nlet t = start work", right: "task work() { 1 }\nlet t = start work()"),
    Explanation(
      "E0136", "`try` without a handler",
      """
      Errors go up by themselves until somebody catches them: a call needs no `try`. `try` stands only where an error is
      handled, with `catch`, `finally` or both.
      """,
      wrong: "try { fetch(\"http://127.0.0.1:8080\") }",
      right: "try { fetch(\"http://127.0.0.1:8080\") } catch FetchError as e { print(e.message) }"),
    Explanation(
      "E0137", "a `catch` or `finally` in the wrong form or place",
      """
      `catch` and `finally` stand right behind the `}` of their `try`. The forms are `catch { }`, `catch e { }`, `catch K { }`,
      `catch A, B as e { }` and `catch each K as e { }`: a capital is a kind, a lower-case word the name of the error.
      """,
      wrong: "try { print(1) } catch (e) { print(e) }", right: "try { print(1) } catch e { print(e) }"),
    Explanation(
      "E0138", "the key of a map",
      """
      The keys of a map are names or strings: `{name: 1, "content-type": 2}`. Any other key stands in brackets: `{[1]: "one"}`.
      """,
      wrong: "let names = {1: \"one\"}", right: "let names = {[1]: \"one\"}"),
    Explanation(
      "E0139", "what cannot be a child of `gather` or `race`",
      """
      Each child is a task of its own, so nothing can be declared there for the next one, and either all have labels or
      none. Steps that belong together stand in `{ }`.
      """,
      wrong: "gather { let x = 1; print(x) }", right: "gather { { let x = 1; print(x) }; print(2) }"),
    Explanation(
      "E0140", "a statement where a value is wanted",
      """
      `throw`, `return`, `for` and the like have no value. After `=>` they stand in a block.
      """,
      wrong: "let fail = x => throw ValueError(x)", right: "let fail = x => { throw ValueError(x) }"),
    Explanation(
      "E0141", "what belongs to the top level of a file",
      """
      `import`, `param`, `error`, `test` and `bench` describe the file, so they stand outside of all blocks.
      """,
      wrong: "if true { error Busy }", right: "error Busy\nif true { print(Busy) }"),
    Explanation(
      "E0142", "a string with values where a plain one is wanted",
      """
      The path of an `import` and the names of a `test` or `bench` are read before anything runs, so no value can be put
      into them.
      """,
      wrong: #"test "number \(1)" { expect true }"#, right: #"test "number 1" { expect true }"#),
    Explanation(
      "E0143", "a positional argument behind a named one",
      """
      Arguments without a name come first, in the order of the parameters; those with a name follow in any order.
      """,
      wrong: "task area(width, height) { width * height }\narea(width: 2, 3)",
      right: "task area(width, height) { width * height }\narea(2, height: 3)"),
    Explanation(
      "E0144", "an `else` that belongs to nothing",
      """
      `else` stands right behind the `}` of an `if` or a `timeout`. Other blocks have none.
      """,
      wrong: "semaphore(3) { gather { sleep 1s } } else { print(\"late\") }",
      right: "timeout(3s) { gather { sleep 1s } } else { print(\"late\") }"),
    Explanation(
      "E0145", "what `let` and `for` can take apart",
      """
      `let` and `for` take one name or one pattern: `[a, b]` for the parts of a list, `{user, posts}` for entries of a map.
      """,
      wrong: "let a, b = [1, 2]", right: "let [a, b] = [1, 2]"),
    Explanation(
      "E0146", "the name of a kind of error",
      """
      Kinds of error begin with a capital: by that `catch Busy { }` and `catch e { }` are told apart.
      """,
      wrong: "error busy", right: "error Busy"),
    Explanation(
      "E0147", "a name without a value",
      """
      `let` and `var` give a name to a value, which stands behind `=`. A variable that has none yet holds `none`.
      """,
      wrong: "var found", right: "var found = none"),
    Explanation(
      "E0148", "a type where none is written",
      """
      Names have no types in Weft: values have. `type(x)` tells one, `x is Int` tests it.
      """,
      wrong: "let x: Int = 1", right: "let x = 1"),
    Explanation(
      "E0149", "a clause that stands twice",
      """
      An `if` has one `else`, a `try` one `finally`; they come last.
      """,
      wrong: "try { print(1) } finally { print(2) } finally { print(3) }",
      right: "try { print(1) } finally { print(2); print(3) }"),
  ]
}
