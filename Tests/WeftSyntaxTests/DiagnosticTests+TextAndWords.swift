extension DiagnosticTests {
  static let textAndWords = [
    Sample(
      ##"""
      a $ b
      """##,
      ##"""
      error: unexpected character `$`  [E0102]
         ╭─ t.weft:1:3
       1 │ a $ b
         │   ^
         = hint: a string takes a value in as `\(value)`
      """##),
    Sample(
      ##"""
      let x = “a”
      """##,
      ##"""
      error: unexpected character `“` (U+201C)  [E0102]
         ╭─ t.weft:1:9
       1 │ let x = “a”
         │         ^
         = hint: strings stand between plain quotes, `"`

      error: unexpected character `”` (U+201D)  [E0102]
         ╭─ t.weft:1:11
       1 │ let x = “a”
         │           ^
         = hint: strings stand between plain quotes, `"`
      """##),
    Sample(
      ##"""
      a b
      """##,
      ##"""
      error: expected a new line or `;` before `b`  [E0122]
         ╭─ t.weft:1:3
       1 │ a b
         │   ^
         = hint: a call needs parentheses: `a(…)`
      """##),
    Sample(
      ##"""
      x 🎉
      """##,
      ##"""
      error: unexpected character `🎉` (U+1F389)  [E0102]
         ╭─ t.weft:1:3
       1 │ x 🎉
         │   ^^
      """##),
    Sample(
      ##"""
      let a = "abc
      b
      """##,
      ##"""
      error: this string is never closed  [E0103]
         ╭─ t.weft:1:9
       1 │ let a = "abc
         │         ^^^^ no closing `"` on this line
         = hint: text of several lines stands between `"""`
      """##),
    Sample(
      ##"""
      foo("""
        text
      """##,
      ##"""
      error: this string is never closed  [E0103]
         ╭─ t.weft:1:5
       1 │ foo("""
         │     ^^^
         = hint: close it with `"""`
      """##),
    Sample(
      ##"""
      "\q \x41 \' \u{110000} \u41"
      """##,
      ##"""
      error: unknown escape `\q`  [E0104]
         ╭─ t.weft:1:2
       1 │ "\q \x41 \' \u{110000} \u41"
         │  ^^
         = hint: the escapes are `\n \t \r \0 \" \\ \u{…} \(…)`; a backslash itself is `\\`

      error: unknown escape `\x`  [E0104]
         ╭─ t.weft:1:5
       1 │ "\q \x41 \' \u{110000} \u41"
         │     ^^
         = hint: write `\u{41}` for a character by its code

      error: unknown escape `\'`  [E0104]
         ╭─ t.weft:1:10
       1 │ "\q \x41 \' \u{110000} \u41"
         │          ^^
         = hint: this character needs no backslash

      error: `\u{110000}` is not a Unicode scalar  [E0104]
         ╭─ t.weft:1:13
       1 │ "\q \x41 \' \u{110000} \u41"
         │             ^^^^^^^^^^
         = hint: write 1 to 8 hexadecimal digits in braces, as in `\u{1F600}`

      error: `\u` is not a Unicode scalar  [E0104]
         ╭─ t.weft:1:24
       1 │ "\q \x41 \' \u{110000} \u41"
         │                        ^^
         = hint: write 1 to 8 hexadecimal digits in braces, as in `\u{1F600}`
      """##),
    Sample(
      ##"""
      "\(a
      )"
      """##,
      ##"""
      error: a newline cannot stand inside `\( )` of a one-line string  [E0109]
         ╭─ t.weft:1:5
       1 │ "\(a
         │     ^
         = hint: work the value out before, or use a `"""` string

      error: `)` closes nothing  [E0124]
         ╭─ t.weft:2:1
       2 │ )"
         │ ^

      error: this string is never closed  [E0103]
         ╭─ t.weft:2:2
       2 │ )"
         │  ^ no closing `"` on this line
         = hint: text of several lines stands between `"""`
      """##),
    Sample(
      ##"""
      "\(a # b)"
      """##,
      ##"""
      error: a comment cannot stand inside `\( )` of a one-line string  [E0109]
         ╭─ t.weft:1:6
       1 │ "\(a # b)"
         │      ^
         = hint: work the value out before, or use a `"""` string
      """##),
    Sample(
      ##"""
      "\() \(a b) \(x:y) \(x:1.2.3)"
      """##,
      ##"""
      error: `\( )` holds nothing  [E0109]
         ╭─ t.weft:1:2
       1 │ "\() \(a b) \(x:y) \(x:1.2.3)"
         │  ^^
         = hint: put a value between the parentheses

      error: expected `)`, found `b`  [E0121]
         ╭─ t.weft:1:10
       1 │ "\() \(a b) \(x:y) \(x:1.2.3)"
         │          ^

      error: `:y` is not a format  [E0110]
         ╭─ t.weft:1:16
       1 │ "\() \(a b) \(x:y) \(x:1.2.3)"
         │                ^^
         = hint: a format is `:width`, `:.decimals` or `:width.decimals`, with numbers below 1000

      error: `:1.2.3` is not a format  [E0110]
         ╭─ t.weft:1:23
       1 │ "\() \(a b) \(x:y) \(x:1.2.3)"
         │                       ^^^^^^
         = hint: a format is `:width`, `:.decimals` or `:width.decimals`, with numbers below 1000
      """##),
    Sample(
      ##"""
      """abc
        """
      """##,
      ##"""
      error: the text of a `"""` string begins on a new line  [E0105]
         ╭─ t.weft:1:4
       1 │ """abc
         │    ^
         = hint: put a line break behind the opening quotes
      """##),
    Sample(
      ##"""
      """
        abc"""
      """##,
      ##"""
      error: the closing `"""` stands on a line of its own  [E0105]
         ╭─ t.weft:2:6
       2 │   abc"""
         │      ^^^
         = hint: its indentation is removed from every line
      """##),
    Sample(
      ##"""
      """
        a
       b
         c
        """
      """##,
      ##"""
      error: this line is indented less than the closing `"""`  [E0105]
         ╭─ t.weft:3:1
       3 │  b
         │ ^
         ┆
       5 │   """
         │   --- this indentation is removed from every line
      """##),
    Sample(
      ##"""
      0xfg; 0b12; 0x; 0o17; 1e
      """##,
      ##"""
      error: this is not a hexadecimal digit  [E0106]
         ╭─ t.weft:1:4
       1 │ 0xfg; 0b12; 0x; 0o17; 1e
         │    ^
         = hint: the digits are 0–9 and a–f; a unit cannot follow

      error: this is not a binary digit  [E0106]
         ╭─ t.weft:1:10
       1 │ 0xfg; 0b12; 0x; 0o17; 1e
         │          ^
         = hint: the digits are 0 and 1; a unit cannot follow

      error: a hexadecimal number needs digits  [E0106]
         ╭─ t.weft:1:13
       1 │ 0xfg; 0b12; 0x; 0o17; 1e
         │             ^^

      error: there are no octal numbers  [E0106]
         ╭─ t.weft:1:17
       1 │ 0xfg; 0b12; 0x; 0o17; 1e
         │                 ^^^^
         = hint: write it in decimal or hexadecimal

      error: an exponent needs digits  [E0106]
         ╭─ t.weft:1:23
       1 │ 0xfg; 0b12; 0x; 0o17; 1e
         │                       ^^
         = hint: write it as in `1e-3`
      """##),
    Sample(
      ##"""
      5min; 1h30m; 3foo; 1.0001KB; 0.1ns; 300000d; 99999999999GB; 1e999; 1_2x
      """##,
      ##"""
      error: unknown unit `min`  [E0107]
         ╭─ t.weft:1:2
       1 │ 5min; 1h30m; 3foo; 1.0001KB; 0.1ns; 300000d; 99999999999GB; 1e999; 1_2x
         │  ^^^ did you mean `5m`?

      error: a duration has one unit  [E0107]
         ╭─ t.weft:1:7
       1 │ 5min; 1h30m; 3foo; 1.0001KB; 0.1ns; 300000d; 99999999999GB; 1e999; 1_2x
         │       ^^^^^
         = hint: write `1h + 30m`

      error: unknown unit `foo`  [E0107]
         ╭─ t.weft:1:15
       1 │ 5min; 1h30m; 3foo; 1.0001KB; 0.1ns; 300000d; 99999999999GB; 1e999; 1_2x
         │               ^^^
         = hint: the units are `ns us ms s m h d` and `KB MB GB KiB MiB GiB`; a name cannot begin with a digit

      error: this size is not a whole number of bytes  [E0108]
         ╭─ t.weft:1:20
       1 │ 5min; 1h30m; 3foo; 1.0001KB; 0.1ns; 300000d; 99999999999GB; 1e999; 1_2x
         │                    ^^^^^^^^

      error: this duration is finer than one nanosecond  [E0108]
         ╭─ t.weft:1:30
       1 │ 5min; 1h30m; 3foo; 1.0001KB; 0.1ns; 300000d; 99999999999GB; 1e999; 1_2x
         │                              ^^^^^

      error: this duration is too long  [E0108]
         ╭─ t.weft:1:37
       1 │ 5min; 1h30m; 3foo; 1.0001KB; 0.1ns; 300000d; 99999999999GB; 1e999; 1_2x
         │                                     ^^^^^^^ at most about 292 years

      error: this size is too large  [E0108]
         ╭─ t.weft:1:46
       1 │ 5min; 1h30m; 3foo; 1.0001KB; 0.1ns; 300000d; 99999999999GB; 1e999; 1_2x
         │                                              ^^^^^^^^^^^^^

      error: this number is too large for a Float  [E0108]
         ╭─ t.weft:1:61
       1 │ 5min; 1h30m; 3foo; 1.0001KB; 0.1ns; 300000d; 99999999999GB; 1e999; 1_2x
         │                                                             ^^^^^ at most about 1.8e308

      error: unknown unit `x`  [E0107]
         ╭─ t.weft:1:71
       1 │ 5min; 1h30m; 3foo; 1.0001KB; 0.1ns; 300000d; 99999999999GB; 1e999; 1_2x
         │                                                                       ^
         = hint: the units are `ns us ms s m h d` and `KB MB GB KiB MiB GiB`; a name cannot begin with a digit
      """##),
    Sample(
      ##"""
      .5
      """##,
      ##"""
      error: a number begins with a digit  [E0106]
         ╭─ t.weft:1:1
       1 │ .5
         │ ^
         = hint: write `0.5`
      """##),
    Sample(
      ##"""
      a &b
      """##,
      ##"""
      error: unexpected character `&`  [E0102]
         ╭─ t.weft:1:3
       1 │ a &b
         │   ^
      """##),
  ]
}
