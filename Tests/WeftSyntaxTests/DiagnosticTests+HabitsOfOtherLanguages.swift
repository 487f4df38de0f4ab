extension DiagnosticTests {
  static let habitsOfOtherLanguages = [
    Sample(
      ##"""
      if a && b || !c { }
      """##,
      ##"""
      error: `&&` is not an operator  [E0111]
         ╭─ t.weft:1:6
       1 │ if a && b || !c { }
         │      ^^
         = hint: write `and`

      error: `||` is not an operator  [E0111]
         ╭─ t.weft:1:11
       1 │ if a && b || !c { }
         │           ^^
         = hint: write `or`

      error: `!` is not an operator  [E0111]
         ╭─ t.weft:1:14
       1 │ if a && b || !c { }
         │              ^
         = hint: write `not`
      """##),
    Sample(
      ##"""
      let s = 'it\'s' + f"b"
      """##,
      ##"""
      error: strings stand between double quotes  [E0111]
         ╭─ t.weft:1:9
       1 │ let s = 'it\'s' + f"b"
         │         ^^^^^^^
         = hint: write `"…"` in place of `'…'`

      error: strings take no prefix  [E0111]
         ╭─ t.weft:1:19
       1 │ let s = 'it\'s' + f"b"
         │                   ^ remove this
         = hint: every string can hold `\(value)`
      """##),
    Sample(
      ##"""
      x++; y--; a === b; a !== b; a <> b; a .. b; x := 1; a -> b
      """##,
      ##"""
      error: `++` is not an operator  [E0111]
         ╭─ t.weft:1:2
       1 │ x++; y--; a === b; a !== b; a <> b; a .. b; x := 1; a -> b
         │  ^^
         = hint: write `+= 1`

      error: `--` is not an operator  [E0111]
         ╭─ t.weft:1:7
       1 │ x++; y--; a === b; a !== b; a <> b; a .. b; x := 1; a -> b
         │       ^^
         = hint: write `-= 1`

      error: `===` is not an operator  [E0111]
         ╭─ t.weft:1:13
       1 │ x++; y--; a === b; a !== b; a <> b; a .. b; x := 1; a -> b
         │             ^^^
         = hint: equality is `==`, and it is deep

      error: `!==` is not an operator  [E0111]
         ╭─ t.weft:1:22
       1 │ x++; y--; a === b; a !== b; a <> b; a .. b; x := 1; a -> b
         │                      ^^^
         = hint: inequality is `!=`, and it is deep

      error: `<>` is not an operator  [E0111]
         ╭─ t.weft:1:31
       1 │ x++; y--; a === b; a !== b; a <> b; a .. b; x := 1; a -> b
         │                               ^^
         = hint: write `!=`

      error: `..` is not an operator  [E0111]
         ╭─ t.weft:1:39
       1 │ x++; y--; a === b; a !== b; a <> b; a .. b; x := 1; a -> b
         │                                       ^^
         = hint: ranges are written `..<` or `...`

      error: `:=` is not an operator  [E0111]
         ╭─ t.weft:1:47
       1 │ x++; y--; a === b; a !== b; a <> b; a .. b; x := 1; a -> b
         │                                               ^^
         = hint: write `let x = …`

      error: `->` is not an operator  [E0111]
         ╭─ t.weft:1:55
       1 │ x++; y--; a === b; a !== b; a <> b; a .. b; x := 1; a -> b
         │                                                       ^^
         = hint: write `=>`
      """##),
    Sample(
      ##"""
      if a { } elif b { } elseif c { }
      """##,
      ##"""
      error: `elif` is not a word of Weft  [E0111]
         ╭─ t.weft:1:10
       1 │ if a { } elif b { } elseif c { }
         │          ^^^^ write `else if`

      error: `elseif` is not a word of Weft  [E0111]
         ╭─ t.weft:1:21
       1 │ if a { } elif b { } elseif c { }
         │                     ^^^^^^ write `else if`
      """##),
    Sample(
      ##"""
      return None, True
      """##,
      ##"""
      error: `None` is not a value  [E0111]
         ╭─ t.weft:1:8
       1 │ return None, True
         │        ^^^^ write `none`

      error: expected a new line or `;` before `,`  [E0122]
         ╭─ t.weft:1:12
       1 │ return None, True
         │            ^
         = hint: values that belong together stand in a list: `[a, b]`
      """##),
    Sample(
      ##"""
      x = None; y = True; z = False
      """##,
      ##"""
      error: `None` is not a value  [E0111]
         ╭─ t.weft:1:5
       1 │ x = None; y = True; z = False
         │     ^^^^ write `none`

      error: `True` is not a value  [E0111]
         ╭─ t.weft:1:15
       1 │ x = None; y = True; z = False
         │               ^^^^ write `true`

      error: `False` is not a value  [E0111]
         ╭─ t.weft:1:25
       1 │ x = None; y = True; z = False
         │                         ^^^^^ write `false`
      """##),
    Sample(
      ##"""
      def f(x) { x }
      """##,
      ##"""
      error: `def` is not a word of Weft  [E0111]
         ╭─ t.weft:1:1
       1 │ def f(x) { x }
         │ ^^^ write `task`
      """##),
    Sample(
      ##"""
      func f(x: Int) => x
      """##,
      ##"""
      error: `func` is not a word of Weft  [E0111]
         ╭─ t.weft:1:1
       1 │ func f(x: Int) => x
         │ ^^^^ write `task`

      error: parameters have no types  [E0148]
         ╭─ t.weft:1:9
       1 │ func f(x: Int) => x
         │         ^
         = hint: a default is written `x = value`
      """##),
    Sample(
      ##"""
      const x = 1; raise E(); async task f() { }
      """##,
      ##"""
      error: `const` is not a word of Weft  [E0111]
         ╭─ t.weft:1:1
       1 │ const x = 1; raise E(); async task f() { }
         │ ^^^^^ write `let`

      error: `raise` is not a word of Weft  [E0111]
         ╭─ t.weft:1:14
       1 │ const x = 1; raise E(); async task f() { }
         │              ^^^^^ write `throw`

      error: `async` is not a word of Weft  [E0111]
         ╭─ t.weft:1:25
       1 │ const x = 1; raise E(); async task f() { }
         │                         ^^^^^ remove this
         = hint: any task may wait, and its caller needs no `await`
      """##),
    Sample(
      ##"""
      await f(x); await(g()); await t.get()
      """##,
      ##"""
      warning: a call already waits  [W0101]
         ╭─ t.weft:1:1
       1 │ await f(x); await(g()); await t.get()
         │ ^^^^^
         = hint: `f(…)` gives its value when it is done; `await` takes a handle from `start`

      warning: a call already waits  [W0101]
         ╭─ t.weft:1:13
       1 │ await f(x); await(g()); await t.get()
         │             ^^^^^
         = hint: `g(…)` gives its value when it is done; `await` takes a handle from `start`
      """##),
    Sample(
      ##"""
      let f = lambda x: x
      """##,
      ##"""
      error: `lambda` is not a word of Weft  [E0111]
         ╭─ t.weft:1:9
       1 │ let f = lambda x: x
         │         ^^^^^^
         = hint: write `x => …` or `(a, b) => …`
      """##),
    Sample(
      ##"""
      let x = a ? b : c
      """##,
      ##"""
      error: expected a new line or `;` before `?`  [E0122]
         ╭─ t.weft:1:11
       1 │ let x = a ? b : c
         │           ^
         = hint: `if` is an expression: `if c { a } else { b }`
      """##),
    Sample(
      ##"""
      let x = a if b else c
      """##,
      ##"""
      error: expected a new line or `;` before `if`  [E0122]
         ╭─ t.weft:1:11
       1 │ let x = a if b else c
         │           ^^
         = hint: write `if c { a } else { b }` for `a if c else b`
      """##),
    Sample(
      ##"""
      if a:
        b
      """##,
      ##"""
      error: `if` takes its body in braces  [E0125]
         ╭─ t.weft:1:5
       1 │ if a:
         │     ^ not `:`
         = hint: write `{ … }`
      """##),
    Sample(
      ##"""
      for (i = 0; i < 3; i += 1) { }
      """##,
      ##"""
      error: the head of `for` has no parentheses  [E0145]
         ╭─ t.weft:1:5
       1 │ for (i = 0; i < 3; i += 1) { }
         │     ^
         = hint: write `for x in values { … }`
      """##),
    Sample(
      ##"""
      for i, x in xs { }
      """##,
      ##"""
      error: `for` takes one name or one pattern  [E0145]
         ╭─ t.weft:1:6
       1 │ for i, x in xs { }
         │      ^
         = hint: to take each element apart write `for [a, b] in …`
      """##),
    Sample(
      ##"""
      // a comment
      """##,
      ##"""
      error: expected an expression, found `//`  [E0120]
         ╭─ t.weft:1:1
       1 │ // a comment
         │ ^^
         = hint: a comment begins with `#`
      """##),
    Sample(
      ##"""
      print "hello"
      """##,
      ##"""
      error: expected a new line or `;` before a string  [E0122]
         ╭─ t.weft:1:7
       1 │ print "hello"
         │       ^
         = hint: a call needs parentheses: `print(…)`
      """##),
    Sample(
      ##"""
      try { } except { }
      """##,
      ##"""
      error: `except` is not a word of Weft  [E0111]
         ╭─ t.weft:1:9
       1 │ try { } except { }
         │         ^^^^^^ write `catch`
      """##),
    Sample(
      ##"""
      catch (e) { }
      """##,
      ##"""
      error: `catch` belongs to no `try`  [E0137]
         ╭─ t.weft:1:1
       1 │ catch (e) { }
         │ ^^^^^
         = hint: it stands right behind the `}` of its `try`
      """##),
    Sample(
      ##"""
      try { a } catch (e) { b }
      """##,
      ##"""
      error: `catch` has no parentheses  [E0137]
         ╭─ t.weft:1:17
       1 │ try { a } catch (e) { b }
         │                 ^
         = hint: write `catch e { … }` or `catch K as e { … }`
      """##),
    Sample(
      ##"""
      foo { x }
      """##,
      ##"""
      error: expected a new line or `;` before `{`  [E0122]
         ╭─ t.weft:1:5
       1 │ foo { x }
         │     ^
         = hint: only the words of the language take a block; pass `() => { … }` as an argument
      """##),
    Sample(
      ##"""
      timout(3s) { x }
      """##,
      ##"""
      error: expected a new line or `;` before `{`  [E0122]
         ╭─ t.weft:1:12
       1 │ timout(3s) { x }
         │            ^
         = hint: did you mean `timeout`?
      """##),
    Sample(
      ##"""
      let x: Int = 1; task f(a: Int) { }; param p: Int = 1
      """##,
      ##"""
      error: names have no types  [E0148]
         ╭─ t.weft:1:6
       1 │ let x: Int = 1; task f(a: Int) { }; param p: Int = 1
         │      ^
         = hint: write `let x = value`

      error: parameters have no types  [E0148]
         ╭─ t.weft:1:25
       1 │ let x: Int = 1; task f(a: Int) { }; param p: Int = 1
         │                         ^
         = hint: a default is written `a = value`

      error: a param takes its type from its default  [E0148]
         ╭─ t.weft:1:44
       1 │ let x: Int = 1; task f(a: Int) { }; param p: Int = 1
         │                                            ^
         = hint: write `param p = value`
      """##),
    Sample(
      ##"""
      xs[1:2]
      """##,
      ##"""
      error: a slice is written with a range  [E0121]
         ╭─ t.weft:1:5
       1 │ xs[1:2]
         │     ^
         = hint: write `[a..<b]` for `[a:b]`
      """##),
    Sample(
      ##"""
      {**a}
      """##,
      ##"""
      error: a map cannot be spread into another  [E0138]
         ╭─ t.weft:1:2
       1 │ {**a}
         │  ^^
      """##),
    Sample(
      ##"""
      task f(*args) { }
      """##,
      ##"""
      error: a task takes a fixed number of parameters  [E0128]
         ╭─ t.weft:1:8
       1 │ task f(*args) { }
         │        ^
         = hint: pass a list or a map
      """##),
    Sample(
      ##"""
      +1
      """##,
      ##"""
      error: there is no unary `+`  [E0120]
         ╭─ t.weft:1:1
       1 │ +1
         │ ^
         = hint: leave it out
      """##),
  ]
}
