extension DiagnosticTests {
  static let constructs = [
    Sample(
      ##"""
      a < b > c; a != b != c; x in y in z; a == b in c; x is A is B; 1..<2..<3; a == not b
      """##,
      ##"""
      error: `<` and `>` do not chain  [E0133]
         ╭─ t.weft:1:7
       1 │ a < b > c; a != b != c; x in y in z; a == b in c; x is A is B; 1..<2..<3; a == not b
         │       ^
         │   - the first comparison
         = hint: join two comparisons with `and`, or put one in parentheses

      error: `!=` does not chain  [E0133]
         ╭─ t.weft:1:19
       1 │ a < b > c; a != b != c; x in y in z; a == b in c; x is A is B; 1..<2..<3; a == not b
         │                   ^^
         │              -- the first comparison
         = hint: join two comparisons with `and`, or put one in parentheses

      error: `in` does not chain  [E0133]
         ╭─ t.weft:1:32
       1 │ a < b > c; a != b != c; x in y in z; a == b in c; x is A is B; 1..<2..<3; a == not b
         │                                ^^
         │                           -- the first comparison
         = hint: join two comparisons with `and`, or put one in parentheses

      error: `==` and `in` do not chain  [E0133]
         ╭─ t.weft:1:45
       1 │ a < b > c; a != b != c; x in y in z; a == b in c; x is A is B; 1..<2..<3; a == not b
         │                                             ^^
         │                                        -- the first comparison
         = hint: join two comparisons with `and`, or put one in parentheses

      error: `is` does not chain  [E0133]
         ╭─ t.weft:1:58
       1 │ a < b > c; a != b != c; x in y in z; a == b in c; x is A is B; 1..<2..<3; a == not b
         │                                                          ^^
         │                                                     -- the first comparison
         = hint: join two comparisons with `and`, or put one in parentheses

      error: a range has two ends  [E0133]
         ╭─ t.weft:1:69
       1 │ a < b > c; a != b != c; x in y in z; a == b in c; x is A is B; 1..<2..<3; a == not b
         │                                                                     ^^^
         = hint: a step is written `range(from, to, step)`

      error: `not` binds less than the operator before it  [E0120]
         ╭─ t.weft:1:80
       1 │ a < b > c; a != b != c; x in y in z; a == b in c; x is A is B; 1..<2..<3; a == not b
         │                                                                                ^^^
         = hint: put it in parentheses: `(not …)`
      """##),
    Sample(
      ##"""
      xs[1...]; 1..<
      """##,
      ##"""
      error: expected the upper end of the range, found `]`  [E0120]
         ╭─ t.weft:1:8
       1 │ xs[1...]; 1..<
         │        ^
         │   - `[` opened here

      error: expected the upper end of the range, found the end of the file  [E0120]
         ╭─ t.weft:1:15
       1 │ xs[1...]; 1..<
         │               ^
      """##),
    Sample(
      ##"""
      x is none; x is int; x is 3; error busy; error Busy: http
      """##,
      ##"""
      error: `none` is a value, not a type  [E0146]
         ╭─ t.weft:1:6
       1 │ x is none; x is int; x is 3; error busy; error Busy: http
         │      ^^^^
         = hint: write `== none` or `!= none`

      error: a kind begins with a capital letter  [E0146]
         ╭─ t.weft:1:17
       1 │ x is none; x is int; x is 3; error busy; error Busy: http
         │                 ^^^ did you mean `Int`?

      error: expected a kind such as `Int` or `FetchError`, found `3`  [E0128]
         ╭─ t.weft:1:27
       1 │ x is none; x is int; x is 3; error busy; error Busy: http
         │                           ^

      error: a kind of error begins with a capital letter  [E0146]
         ╭─ t.weft:1:36
       1 │ x is none; x is int; x is 3; error busy; error Busy: http
         │                                    ^^^^ did you mean `Busy`?

      error: a kind begins with a capital letter  [E0146]
         ╭─ t.weft:1:54
       1 │ x is none; x is int; x is 3; error busy; error Busy: http
         │                                                      ^^^^ did you mean `Http`?
      """##),
    Sample(
      ##"""
      sleep d * 2; 1 + fetch u; sleep a and fetch b; sleep -1s; sleep; fetch(); sleep(); sleep(1s, 2s)
      """##,
      ##"""
      error: `sleep` and `fetch` need parentheses beside an operator  [E0134]
         ╭─ t.weft:1:9
       1 │ sleep d * 2; 1 + fetch u; sleep a and fetch b; sleep -1s; sleep; fetch(); sleep(); sleep(1s, 2s)
         │         ^
         = hint: write `sleep(d * 2)` to work out the operand first, or `(fetch url)` to use the result

      error: `sleep` and `fetch` need parentheses beside an operator  [E0134]
         ╭─ t.weft:1:16
       1 │ sleep d * 2; 1 + fetch u; sleep a and fetch b; sleep -1s; sleep; fetch(); sleep(); sleep(1s, 2s)
         │                ^
         = hint: write `sleep(d * 2)` to work out the operand first, or `(fetch url)` to use the result

      error: `sleep` and `fetch` need parentheses beside an operator  [E0134]
         ╭─ t.weft:1:35
       1 │ sleep d * 2; 1 + fetch u; sleep a and fetch b; sleep -1s; sleep; fetch(); sleep(); sleep(1s, 2s)
         │                                   ^^^
         = hint: write `sleep(d * 2)` to work out the operand first, or `(fetch url)` to use the result

      error: `sleep` takes a plain operand without parentheses  [E0135]
         ╭─ t.weft:1:54
       1 │ sleep d * 2; 1 + fetch u; sleep a and fetch b; sleep -1s; sleep; fetch(); sleep(); sleep(1s, 2s)
         │                                                      ^
         = hint: write `sleep(…)` around anything longer than a name, a literal or a call

      error: `sleep` needs a duration  [E0135]
         ╭─ t.weft:1:64
       1 │ sleep d * 2; 1 + fetch u; sleep a and fetch b; sleep -1s; sleep; fetch(); sleep(); sleep(1s, 2s)
         │                                                                ^ found `;`
         = hint: write `sleep 1.5s`

      error: `fetch` needs a URL  [E0135]
         ╭─ t.weft:1:66
       1 │ sleep d * 2; 1 + fetch u; sleep a and fetch b; sleep -1s; sleep; fetch(); sleep(); sleep(1s, 2s)
         │                                                                  ^^^^^^^
         = hint: write `fetch url`

      error: `sleep` takes one duration  [E0135]
         ╭─ t.weft:1:75
       1 │ sleep d * 2; 1 + fetch u; sleep a and fetch b; sleep -1s; sleep; fetch(); sleep(); sleep(1s, 2s)
         │                                                                           ^^^^^^^
         = hint: write `sleep 1.5s`

      error: `sleep` takes one duration  [E0135]
         ╭─ t.weft:1:84
       1 │ sleep d * 2; 1 + fetch u; sleep a and fetch b; sleep -1s; sleep; fetch(); sleep(); sleep(1s, 2s)
         │                                                                                    ^^^^^^^^^^^^^
         = hint: write `sleep 1.5s`
      """##),
    Sample(
      ##"""
      compute d; compute 1 + 2; start x; start; await; await -t; start(in: g) x
      """##,
      ##"""
      error: `compute` needs a call, a block or a duration  [E0135]
         ╭─ t.weft:1:9
       1 │ compute d; compute 1 + 2; start x; start; await; await -t; start(in: g) x
         │         ^
         = hint: write `compute f(x)`, `compute { … }` or `compute(for: duration)`

      error: `compute` needs a call, a block or a duration  [E0135]
         ╭─ t.weft:1:20
       1 │ compute d; compute 1 + 2; start x; start; await; await -t; start(in: g) x
         │                    ^
         = hint: write `compute f(x)`, `compute { … }` or `compute(for: duration)`

      error: `start` needs a call or a block  [E0135]
         ╭─ t.weft:1:33
       1 │ compute d; compute 1 + 2; start x; start; await; await -t; start(in: g) x
         │                                 ^
         = hint: write `start f(x)` or `start { … }`

      error: `start` needs a call or a block  [E0135]
         ╭─ t.weft:1:41
       1 │ compute d; compute 1 + 2; start x; start; await; await -t; start(in: g) x
         │                                         ^ found `;`
         = hint: write `start f(x)`

      error: `await` needs a handle from `start`  [E0135]
         ╭─ t.weft:1:48
       1 │ compute d; compute 1 + 2; start x; start; await; await -t; start(in: g) x
         │                                                ^ found `;`
         = hint: write `await t`

      error: `await` takes a plain operand without parentheses  [E0135]
         ╭─ t.weft:1:56
       1 │ compute d; compute 1 + 2; start x; start; await; await -t; start(in: g) x
         │                                                        ^
         = hint: write `await(…)` around anything longer than a name, a literal or a call

      error: `start` needs a call or a block  [E0135]
         ╭─ t.weft:1:73
       1 │ compute d; compute 1 + 2; start x; start; await; await -t; start(in: g) x
         │                                                                         ^
         = hint: write `start f(x)` or `start { … }`
      """##),
    Sample(
      ##"""
      try { a }
      """##,
      ##"""
      error: `try` needs a `catch` or a `finally`  [E0136]
         ╭─ t.weft:1:1
       1 │ try { a }
         │ ^^^
         = hint: errors go up by themselves; `try` stands only where one is handled
      """##),
    Sample(
      ##"""
      try { a } finally { b } catch { c } finally { d }
      """##,
      ##"""
      error: `catch` cannot follow `finally`  [E0137]
         ╭─ t.weft:1:25
       1 │ try { a } finally { b } catch { c } finally { d }
         │                         ^^^^^
         │                   ----- `finally` is the last clause

      error: a `try` has one `finally`  [E0149]
         ╭─ t.weft:1:37
       1 │ try { a } finally { b } catch { c } finally { d }
         │                                     ^^^^^^^
      """##),
    Sample(
      ##"""
      try { a } catch e, f { b } catch K e { c } catch each e { d } catch if { e } catch 3 { f }
      """##,
      ##"""
      error: a kind of error begins with a capital letter  [E0137]
         ╭─ t.weft:1:17
       1 │ try { a } catch e, f { b } catch K e { c } catch each e { d } catch if { e } catch 3 { f }
         │                 ^
         = hint: `catch e { … }` catches everything as `e`

      error: expected `as` or `{`, found `e`  [E0137]
         ╭─ t.weft:1:36
       1 │ try { a } catch e, f { b } catch K e { c } catch each e { d } catch if { e } catch 3 { f }
         │                                    ^
         = hint: write `catch K as e { … }`

      error: a kind of error begins with a capital letter  [E0137]
         ╭─ t.weft:1:55
       1 │ try { a } catch e, f { b } catch K e { c } catch each e { d } catch if { e } catch 3 { f }
         │                                                       ^
         = hint: `catch e { … }` catches everything as `e`

      error: `if` is a reserved word and cannot be a name  [E0127]
         ╭─ t.weft:1:69
       1 │ try { a } catch e, f { b } catch K e { c } catch each e { d } catch if { e } catch 3 { f }
         │                                                                     ^^
         = hint: `if_` or another name will do

      error: expected a kind, a name or `{` after `catch`, found `3`  [E0137]
         ╭─ t.weft:1:84
       1 │ try { a } catch e, f { b } catch K e { c } catch each e { d } catch if { e } catch 3 { f }
         │                                                                                    ^
      """##),
    Sample(
      ##"""
      {1: 2}; {a = 1}; {a b}; {"\(a)": 1}; { print(1) }; {a: v for v in vs}; {[a] 1}; {"a" 1}; {,}
      """##,
      ##"""
      error: a key that is not a name or a string stands in brackets  [E0138]
         ╭─ t.weft:1:2
       1 │ {1: 2}; {a = 1}; {a b}; {"\(a)": 1}; { print(1) }; {a: v for v in vs}; {[a] 1}; {"a" 1}; {,}
         │  ^
         = hint: write `{[1]: …}`

      error: a key and its value are separated by `:`  [E0138]
         ╭─ t.weft:1:12
       1 │ {1: 2}; {a = 1}; {a b}; {"\(a)": 1}; { print(1) }; {a: v for v in vs}; {[a] 1}; {"a" 1}; {,}
         │            ^ not `=`

      error: expected `:` after the key `a`  [E0138]
         ╭─ t.weft:1:21
       1 │ {1: 2}; {a = 1}; {a b}; {"\(a)": 1}; { print(1) }; {a: v for v in vs}; {[a] 1}; {"a" 1}; {,}
         │                     ^
         = hint: a `{` where a value may stand begins a map; a block follows a word such as `if` or `gather`

      error: a key with `\( )` stands in brackets  [E0138]
         ╭─ t.weft:1:26
       1 │ {1: 2}; {a = 1}; {a b}; {"\(a)": 1}; { print(1) }; {a: v for v in vs}; {[a] 1}; {"a" 1}; {,}
         │                          ^^^^^^
         = hint: write `{["…"]: …}`

      error: expected `:` after the key `print`  [E0138]
         ╭─ t.weft:1:45
       1 │ {1: 2}; {a = 1}; {a b}; {"\(a)": 1}; { print(1) }; {a: v for v in vs}; {[a] 1}; {"a" 1}; {,}
         │                                             ^
         = hint: a `{` where a value may stand begins a map; a block follows a word such as `if` or `gather`

      error: a comprehension gives every entry the same key `a`  [E0138]
         ╭─ t.weft:1:53
       1 │ {1: 2}; {a = 1}; {a b}; {"\(a)": 1}; { print(1) }; {a: v for v in vs}; {[a] 1}; {"a" 1}; {,}
         │                                                     ^
         = hint: a key that is worked out stands in brackets: `{[a]: … for …}`

      error: expected `:` after the key, found `1`  [E0138]
         ╭─ t.weft:1:77
       1 │ {1: 2}; {a = 1}; {a b}; {"\(a)": 1}; { print(1) }; {a: v for v in vs}; {[a] 1}; {"a" 1}; {,}
         │                                                                             ^
         │                                                                        - `{` opened here

      error: expected `:` after the key, found `1`  [E0138]
         ╭─ t.weft:1:86
       1 │ {1: 2}; {a = 1}; {a b}; {"\(a)": 1}; { print(1) }; {a: v for v in vs}; {[a] 1}; {"a" 1}; {,}
         │                                                                                      ^
         │                                                                                 - `{` opened here

      error: expected a key or `}`, found `,`  [E0138]
         ╭─ t.weft:1:91
       1 │ {1: 2}; {a = 1}; {a b}; {"\(a)": 1}; { print(1) }; {a: v for v in vs}; {[a] 1}; {"a" 1}; {,}
         │                                                                                           ^
         │                                                                                          - `{` opened here
      """##),
    Sample(
      ##"""
      gather { let x = 1; a: b(); c() }
      """##,
      ##"""
      error: `let` cannot stand in `gather`  [E0139]
         ╭─ t.weft:1:10
       1 │ gather { let x = 1; a: b(); c() }
         │          ^^^ each statement here is a task of its own
         = hint: bind what it needs before, or put the steps in `{ }`

      error: either all tasks of `gather` have a label or none  [E0139]
         ╭─ t.weft:1:29
       1 │ gather { let x = 1; a: b(); c() }
         │                             ^^^ this one has none
         │                     - this one is labelled
      """##),
    Sample(
      ##"""
      gather { for x in xs { f(x) } }
      """##,
      ##"""
      warning: this loop is one task, so its passes do not run together  [W0102]
         ╭─ t.weft:1:10
       1 │ gather { for x in xs { f(x) } }
         │          ^^^
         = hint: write `gather for x in xs { … }` for one task an element
      """##),
    Sample(
      ##"""
      race { while a { b } }
      """##,
      ##"""
      warning: this loop is one task, so its passes do not run together  [W0102]
         ╭─ t.weft:1:8
       1 │ race { while a { b } }
         │        ^^^^^
         = hint: write `race for x in xs { … }` for one task an element
      """##),
    Sample(
      ##"""
      gather x { }
      """##,
      ##"""
      error: expected `{` or `for`, found `x`  [E0125]
         ╭─ t.weft:1:8
       1 │ gather x { }
         │        ^
      """##),
    Sample(
      ##"""
      if a { import "x"; param p; test "t" { }; bench "b" { }; error E }
      """##,
      ##"""
      error: `import` stands at the top level of a file only  [E0141]
         ╭─ t.weft:1:8
       1 │ if a { import "x"; param p; test "t" { }; bench "b" { }; error E }
         │        ^^^^^^
         = hint: move it out of the block

      error: `param` stands at the top level of a file only  [E0141]
         ╭─ t.weft:1:20
       1 │ if a { import "x"; param p; test "t" { }; bench "b" { }; error E }
         │                    ^^^^^
         = hint: move it out of the block

      error: `test` stands at the top level of a file only  [E0141]
         ╭─ t.weft:1:29
       1 │ if a { import "x"; param p; test "t" { }; bench "b" { }; error E }
         │                             ^^^^
         = hint: move it out of the block

      error: `bench` stands at the top level of a file only  [E0141]
         ╭─ t.weft:1:43
       1 │ if a { import "x"; param p; test "t" { }; bench "b" { }; error E }
         │                                           ^^^^^
         = hint: move it out of the block

      error: `error` stands at the top level of a file only  [E0141]
         ╭─ t.weft:1:58
       1 │ if a { import "x"; param p; test "t" { }; bench "b" { }; error E }
         │                                                          ^^^^^
         = hint: move it out of the block
      """##),
    Sample(
      ##"""
      import lib; import "a\(b)"; test name { }; test "a\(b)" { }; import "a" as if
      """##,
      ##"""
      error: expected a path in quotes, found `lib`  [E0121]
         ╭─ t.weft:1:8
       1 │ import lib; import "a\(b)"; test name { }; test "a\(b)" { }; import "a" as if
         │        ^^^
         = hint: write `import "lib.weft"`

      error: the path of an import is plain text, without `\( )`  [E0142]
         ╭─ t.weft:1:20
       1 │ import lib; import "a\(b)"; test name { }; test "a\(b)" { }; import "a" as if
         │                    ^^^^^^^

      error: expected a title in quotes, found `name`  [E0121]
         ╭─ t.weft:1:34
       1 │ import lib; import "a\(b)"; test name { }; test "a\(b)" { }; import "a" as if
         │                                  ^^^^
         = hint: write `test "title" { … }`

      error: the title of a test is plain text, without `\( )`  [E0142]
         ╭─ t.weft:1:49
       1 │ import lib; import "a\(b)"; test name { }; test "a\(b)" { }; import "a" as if
         │                                                 ^^^^^^^

      error: `if` is a reserved word and cannot be a name  [E0127]
         ╭─ t.weft:1:76
       1 │ import lib; import "a\(b)"; test name { }; test "a\(b)" { }; import "a" as if
         │                                                                            ^^
         = hint: `if_` or another name will do
      """##),
    Sample(
      ##"""
      f(a: 1, 2)
      """##,
      ##"""
      error: a positional argument cannot follow a named one  [E0143]
         ╭─ t.weft:1:9
       1 │ f(a: 1, 2)
         │         ^
         │   - the first named one is `a`
      """##),
    Sample(
      ##"""
      _ + 1; f(_)
      """##,
      ##"""
      error: `_` has no value  [E0128]
         ╭─ t.weft:1:1
       1 │ _ + 1; f(_)
         │ ^
         = hint: it only stands where a value is discarded

      error: `_` has no value  [E0128]
         ╭─ t.weft:1:10
       1 │ _ + 1; f(_)
         │          ^
         = hint: it only stands where a value is discarded
      """##),
    Sample(
      ##"""
      with a as b { }
      """##,
      ##"""
      error: `with` gives no name  [E0125]
         ╭─ t.weft:1:8
       1 │ with a as b { }
         │        ^^
         = hint: bind the handle with `let` before, then `with` that name
      """##),
    Sample(
      ##"""
      timeout(1s) as t { t }
      """##,
      ##"""
      error: `timeout` gives no name  [E0125]
         ╭─ t.weft:1:13
       1 │ timeout(1s) as t { t }
         │             ^^^^ remove this
         = hint: only `retry` and `taskgroup` do
      """##),
    Sample(
      ##"""
      throws(1) { a }; mock f; mock fetch "x"
      """##,
      ##"""
      error: `throws` takes kinds of error  [E0146]
         ╭─ t.weft:1:8
       1 │ throws(1) { a }; mock f; mock fetch "x"
         │        ^
         = hint: write `throws(TimeoutError) { … }`

      error: expected `=>`, found `;`  [E0121]
         ╭─ t.weft:1:24
       1 │ throws(1) { a }; mock f; mock fetch "x"
         │                        ^
         = hint: write `mock f => value`

      error: expected `=>`, found the end of the file  [E0121]
         ╭─ t.weft:1:40
       1 │ throws(1) { a }; mock f; mock fetch "x"
         │                                        ^
         = hint: write `mock f => value`
      """##),
    Sample(
      ##"""
      let x = @
      """##,
      ##"""
      error: unexpected character `@`  [E0102]
         ╭─ t.weft:1:9
       1 │ let x = @
         │         ^
         = hint: there are no decorators; a block around a call changes how it runs
      """##),
    Sample(
      ##"""
      a = (1 +
      """##,
      ##"""
      error: `(` is never closed  [E0123]
         ╭─ t.weft:1:5
       1 │ a = (1 +
         │     ^ no matching `)`
      """##),
    Sample(
      ##"""
      "\("\("
      """##,
      ##"""
      error: this string is never closed  [E0103]
         ╭─ t.weft:1:1
       1 │ "\("\("
         │ ^^^^^^^ no closing `"` on this line
         = hint: text of several lines stands between `"""`
      """##),
    Sample(
      ##"""
      x = [1, 2
      y = 3
      """##,
      ##"""
      error: expected `,` or `]`, found `y`  [E0121]
         ╭─ t.weft:1:10
       1 │ x = [1, 2
         │          ^
         │     - `[` opened here
      """##),
    Sample(
      ##"""
      foo("ü", "日本", <TAB>x y)
      """##,
      ##"""
      error: expected `,` or `)`, found `y`  [E0121]
         ╭─ t.weft:1:19
       1 │ foo("ü", "日本",    x y)
         │                       ^
         │    - `(` opened here
      """##),
    Sample(
      ##"""
      gather { a() b() }
      """##,
      ##"""
      error: expected a new line or `;` before `b`  [E0122]
         ╭─ t.weft:1:14
       1 │ gather { a() b() }
         │              ^
      """##),
    Sample(
      ##"""
      task f(x) = x * 2
      """##,
      ##"""
      error: a task's expression follows `=>`  [E0125]
         ╭─ t.weft:1:11
       1 │ task f(x) = x * 2
         │           ^
         = hint: write `task f(…) => …`
      """##),
    Sample(
      ##"""
      f(a b {
        let = 3
      })
      if c d { let = 4 }
      """##,
      ##"""
      error: expected `,` or `)`, found `b`  [E0121]
         ╭─ t.weft:1:5
       1 │ f(a b {
         │     ^
         │  - `(` opened here

      error: expected the `{` of `if`, found `d`  [E0125]
         ╭─ t.weft:4:6
       4 │ if c d { let = 4 }
         │      ^

      error: expected a name after `let`, found `=`  [E0128]
         ╭─ t.weft:4:14
       4 │ if c d { let = 4 }
         │              ^
      """##),
    Sample(
      ##"""
      retry(3, 1 2) { let = 5 }
      """##,
      ##"""
      error: expected `,` or `)`, found `2`  [E0121]
         ╭─ t.weft:1:12
       1 │ retry(3, 1 2) { let = 5 }
         │            ^
         │      - `(` opened here

      error: expected a name after `let`, found `=`  [E0128]
         ╭─ t.weft:1:21
       1 │ retry(3, 1 2) { let = 5 }
         │                     ^
      """##),
  ]
}
