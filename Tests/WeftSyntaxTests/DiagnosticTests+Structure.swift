extension DiagnosticTests {
  static let structure = [
    Sample(
      ##"""
      foo(a b, c d)
      """##,
      ##"""
      error: expected `,` or `)`, found `b`  [E0121]
         ╭─ t.weft:1:7
       1 │ foo(a b, c d)
         │       ^
         │    - `(` opened here

      error: expected `,` or `)`, found `d`  [E0121]
         ╭─ t.weft:1:12
       1 │ foo(a b, c d)
         │            ^
         │    - `(` opened here
      """##),
    Sample(
      ##"""
      foo(a, b
      let y = 1
      """##,
      ##"""
      error: expected `,` or `)`, found `let`  [E0121]
         ╭─ t.weft:1:9
       1 │ foo(a, b
         │         ^
         │    - `(` opened here
      """##),
    Sample(
      ##"""
      task f() {
        if x {
          foo()
      }
      task g() { 1 }
      """##,
      ##"""
      error: `{` is never closed  [E0123]
         ╭─ t.weft:1:10
       1 │ task f() {
         │          ^ no matching `}`
       2 │   if x {
         │        - by its indentation, this one lacks its `}`
      """##),
    Sample(
      ##"""
      foo(]
      """##,
      ##"""
      error: `]` closes nothing  [E0124]
         ╭─ t.weft:1:5
       1 │ foo(]
         │     ^
      """##),
    Sample(
      ##"""
      )
      }
      """##,
      ##"""
      error: `)` closes nothing  [E0124]
         ╭─ t.weft:1:1
       1 │ )
         │ ^

      error: `}` closes nothing  [E0124]
         ╭─ t.weft:2:1
       2 │ }
         │ ^
         = hint: remove it, or add the `{` that it should close
      """##),
    Sample(
      ##"""
      [1, 2
      """##,
      ##"""
      error: `[` is never closed  [E0123]
         ╭─ t.weft:1:1
       1 │ [1, 2
         │ ^ no matching `]`
      """##),
    Sample(
      ##"""
      {a: (1}
      """##,
      ##"""
      error: `(` is never closed  [E0123]
         ╭─ t.weft:1:5
       1 │ {a: (1}
         │     ^ no matching `)`
         │       - expected `)` before this
      """##),
    Sample(
      ##"""
      let = 1; let x; var y; let 3 = 1; let task = 1; let if = 2
      """##,
      ##"""
      error: expected a name after `let`, found `=`  [E0128]
         ╭─ t.weft:1:5
       1 │ let = 1; let x; var y; let 3 = 1; let task = 1; let if = 2
         │     ^

      error: `let` needs a value  [E0147]
         ╭─ t.weft:1:15
       1 │ let = 1; let x; var y; let 3 = 1; let task = 1; let if = 2
         │               ^ expected `=`

      error: `var` needs a value  [E0147]
         ╭─ t.weft:1:22
       1 │ let = 1; let x; var y; let 3 = 1; let task = 1; let if = 2
         │                      ^ expected `=`
         = hint: begin with `none` if there is no value yet

      error: expected a name after `let`, found `3`  [E0128]
         ╭─ t.weft:1:28
       1 │ let = 1; let x; var y; let 3 = 1; let task = 1; let if = 2
         │                            ^

      error: `if` is a reserved word and cannot be a name  [E0127]
         ╭─ t.weft:1:53
       1 │ let = 1; let x; var y; let 3 = 1; let task = 1; let if = 2
         │                                                     ^^
         = hint: `if_` or another name will do
      """##),
    Sample(
      ##"""
      let a, b = f()
      """##,
      ##"""
      error: `let` takes one name or one pattern  [E0145]
         ╭─ t.weft:1:6
       1 │ let a, b = f()
         │      ^
         = hint: to take a list apart write `let [a, b] = …`
      """##),
    Sample(
      ##"""
      let x =
      let y = 2
      """##,
      ##"""
      error: expected an expression, found a new line  [E0120]
         ╭─ t.weft:1:8
       1 │ let x =
         │        ^
      """##),
    Sample(
      ##"""
      1 = 2; f() = 3; [a] = b; a?.b = 1; (a) = 1
      """##,
      ##"""
      error: cannot assign to this  [E0131]
         ╭─ t.weft:1:1
       1 │ 1 = 2; f() = 3; [a] = b; a?.b = 1; (a) = 1
         │ ^ not a name, a member or an element
         = hint: equality is `==`

      error: cannot assign to this  [E0131]
         ╭─ t.weft:1:8
       1 │ 1 = 2; f() = 3; [a] = b; a?.b = 1; (a) = 1
         │        ^^^ not a name, a member or an element
         = hint: equality is `==`

      error: cannot assign to this  [E0131]
         ╭─ t.weft:1:17
       1 │ 1 = 2; f() = 3; [a] = b; a?.b = 1; (a) = 1
         │                 ^^^ not a name, a member or an element
         = hint: a pattern stands behind `let`, `var` or `for`

      error: cannot assign to this  [E0131]
         ╭─ t.weft:1:26
       1 │ 1 = 2; f() = 3; [a] = b; a?.b = 1; (a) = 1
         │                          ^^^^ not a name, a member or an element
         = hint: only reading may skip what is `none`; write `.`

      error: cannot assign to this  [E0131]
         ╭─ t.weft:1:37
       1 │ 1 = 2; f() = 3; [a] = b; a?.b = 1; (a) = 1
         │                                     ^ not a name, a member or an element
         = hint: leave out the parentheses
      """##),
    Sample(
      ##"""
      if x = 1 { a }; y = z = 1; f(a = 1); let v = (a = 1)
      """##,
      ##"""
      error: an assignment has no value  [E0132]
         ╭─ t.weft:1:6
       1 │ if x = 1 { a }; y = z = 1; f(a = 1); let v = (a = 1)
         │      ^
         = hint: equality is `==`

      error: an assignment has no value  [E0132]
         ╭─ t.weft:1:23
       1 │ if x = 1 { a }; y = z = 1; f(a = 1); let v = (a = 1)
         │                       ^
         = hint: equality is `==`

      error: an argument is named with `:`  [E0132]
         ╭─ t.weft:1:32
       1 │ if x = 1 { a }; y = z = 1; f(a = 1); let v = (a = 1)
         │                                ^
         = hint: write `a: …`

      error: an assignment has no value  [E0132]
         ╭─ t.weft:1:47
       1 │ if x = 1 { a }; y = z = 1; f(a = 1); let v = (a = 1)
         │                                               ^^^^^
         = hint: equality is `==`
      """##),
    Sample(
      ##"""
      x y
      """##,
      ##"""
      error: expected a new line or `;` before `y`  [E0122]
         ╭─ t.weft:1:3
       1 │ x y
         │   ^
         = hint: a call needs parentheses: `x(…)`
      """##),
    Sample(
      ##"""
      a +
      """##,
      ##"""
      error: expected an expression, found the end of the file  [E0120]
         ╭─ t.weft:1:4
       1 │ a +
         │    ^
      """##),
    Sample(
      ##"""
      while { }
      """##,
      ##"""
      error: expected an expression before `{`  [E0120]
         ╭─ t.weft:1:7
       1 │ while { }
         │       ^
      """##),
    Sample(
      ##"""
      if a
      { b }
      """##,
      ##"""
      error: the `{` of `if` stands on the same line  [E0125]
         ╭─ t.weft:2:1
       2 │ { b }
         │ ^
         = hint: move it to the end of the line before
      """##),
    Sample(
      ##"""
      if {a: 1} == b { c }
      """##,
      ##"""
      error: a map in the head of a block needs parentheses  [E0126]
         ╭─ t.weft:1:4
       1 │ if {a: 1} == b { c }
         │    ^
         = hint: write `(…)` around it, or give it a name before
      """##),
    Sample(
      ##"""
      if gather { a } { b }; for x in {} { c }; while x => { y } { z }
      """##,
      ##"""
      error: `gather` in the head of a block needs parentheses  [E0126]
         ╭─ t.weft:1:4
       1 │ if gather { a } { b }; for x in {} { c }; while x => { y } { z }
         │    ^^^^^^
         = hint: write `(…)` around it, or give it a name before

      error: a map in the head of a block needs parentheses  [E0126]
         ╭─ t.weft:1:33
       1 │ if gather { a } { b }; for x in {} { c }; while x => { y } { z }
         │                                 ^
         = hint: write `(…)` around it, or give it a name before

      error: a block in the head of a block needs parentheses  [E0126]
         ╭─ t.weft:1:54
       1 │ if gather { a } { b }; for x in {} { c }; while x => { y } { z }
         │                                                      ^
         = hint: write `(…)` around it, or give it a name before
      """##),
    Sample(
      ##"""
      task f { }
      """##,
      ##"""
      error: expected `(`, found `{`  [E0121]
         ╭─ t.weft:1:8
       1 │ task f { }
         │        ^
         = hint: a task without parameters is written `task f() { … }`
      """##),
    Sample(
      ##"""
      task fetch(x) { }; param start = 1; task 3() { }
      """##,
      ##"""
      error: `fetch` is a reserved word and cannot be a name  [E0127]
         ╭─ t.weft:1:6
       1 │ task fetch(x) { }; param start = 1; task 3() { }
         │      ^^^^^
         = hint: `fetch_` or another name will do

      error: `start` is a reserved word and cannot be a name  [E0127]
         ╭─ t.weft:1:26
       1 │ task fetch(x) { }; param start = 1; task 3() { }
         │                          ^^^^^
         = hint: `start_` or another name will do

      error: expected a new line or `;` before `3`  [E0122]
         ╭─ t.weft:1:42
       1 │ task fetch(x) { }; param start = 1; task 3() { }
         │                                          ^
      """##),
    Sample(
      ##"""
      task f(a, if, [b], 3) { }
      """##,
      ##"""
      error: `if` is a reserved word and cannot be a name  [E0127]
         ╭─ t.weft:1:11
       1 │ task f(a, if, [b], 3) { }
         │           ^^
         = hint: `if_` or another name will do

      error: a parameter is one name  [E0145]
         ╭─ t.weft:1:15
       1 │ task f(a, if, [b], 3) { }
         │               ^
         = hint: take the value apart with `let` in the body

      error: expected a parameter, found `3`  [E0128]
         ╭─ t.weft:1:20
       1 │ task f(a, if, [b], 3) { }
         │                    ^
         │       - `(` opened here
      """##),
    Sample(
      ##"""
      a.3; a.; a?.
      """##,
      ##"""
      error: expected a name after `.`, found `3`  [E0128]
         ╭─ t.weft:1:3
       1 │ a.3; a.; a?.
         │   ^

      error: expected a name after `.`, found `;`  [E0128]
         ╭─ t.weft:1:8
       1 │ a.3; a.; a?.
         │        ^

      error: expected a name after `?.`, found the end of the file  [E0128]
         ╭─ t.weft:1:13
       1 │ a.3; a.; a?.
         │             ^
      """##),
    Sample(
      ##"""
      else { }
      """##,
      ##"""
      error: `else` belongs to no `if` or `timeout`  [E0144]
         ╭─ t.weft:1:1
       1 │ else { }
         │ ^^^^
         = hint: it stands right behind the `}` of its `if` or `timeout`
      """##),
    Sample(
      ##"""
      finally { }
      """##,
      ##"""
      error: `finally` belongs to no `try`  [E0137]
         ╭─ t.weft:1:1
       1 │ finally { }
         │ ^^^^^^^
         = hint: it stands right behind the `}` of its `try`
      """##),
    Sample(
      ##"""
      semaphore(3) { a } else { b }
      """##,
      ##"""
      error: `semaphore` takes no `else`  [E0144]
         ╭─ t.weft:1:20
       1 │ semaphore(3) { a } else { b }
         │                    ^^^^
         = hint: only `if` and `timeout` do
      """##),
    Sample(
      ##"""
      x => throw E(); let y = return 1; let z = for a in b { }; f(while)
      """##,
      ##"""
      error: `throw` is a statement and has no value  [E0140]
         ╭─ t.weft:1:6
       1 │ x => throw E(); let y = return 1; let z = for a in b { }; f(while)
         │      ^^^^^
         = hint: put it in a block: `=> { throw … }`

      error: `return` is a statement and has no value  [E0140]
         ╭─ t.weft:1:25
       1 │ x => throw E(); let y = return 1; let z = for a in b { }; f(while)
         │                         ^^^^^^

      error: `for` is a statement and has no value  [E0140]
         ╭─ t.weft:1:43
       1 │ x => throw E(); let y = return 1; let z = for a in b { }; f(while)
         │                                           ^^^
         = hint: `gather for` and `[… for x in xs]` have one

      error: `while` is a statement and has no value  [E0140]
         ╭─ t.weft:1:61
       1 │ x => throw E(); let y = return 1; let z = for a in b { }; f(while)
         │                                                             ^^^^^
      """##),
    Sample(
      ##"""
      (1, 2)
      """##,
      ##"""
      error: there are no tuples  [E0121]
         ╭─ t.weft:1:3
       1 │ (1, 2)
         │   ^
         = hint: values that belong together stand in a list: `[a, b]`
      """##),
    Sample(
      ##"""
      (a, b)
      """##,
      ##"""
      error: expected `=>`, found the end of the file  [E0121]
         ╭─ t.weft:1:7
       1 │ (a, b)
         │       ^
         = hint: values that belong together stand in a list: `[a, b]`
      """##),
    Sample(
      ##"""
      ([a, b]) => a
      """##,
      ##"""
      error: expected a new line or `;` before `=>`  [E0122]
         ╭─ t.weft:1:10
       1 │ ([a, b]) => a
         │          ^^
         = hint: the parameters of an anonymous task are plain names: `(a, b) => …`
      """##),
    Sample(
      ##"""
      f(x for x in xs); (x for x in xs)
      """##,
      ##"""
      error: a comprehension stands in brackets  [E0121]
         ╭─ t.weft:1:5
       1 │ f(x for x in xs); (x for x in xs)
         │     ^^^
         = hint: write `[… for x in xs]`

      error: a comprehension stands in brackets  [E0121]
         ╭─ t.weft:1:22
       1 │ f(x for x in xs); (x for x in xs)
         │                      ^^^
         = hint: write `[… for x in xs]`
      """##),
  ]
}
