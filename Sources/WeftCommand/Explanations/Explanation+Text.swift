extension Explanation {
  /// Characters, words and numbers.
  static let text = [
    Explanation(
      "E0101", "the file is not UTF-8",
      """
      A script is text in UTF-8, as every editor writes it today. This file has a byte at the place shown that cannot
      be part of such a text: it was saved in another encoding, or it is no text at all. Save it as UTF-8.
      """),
    Explanation(
      "E0102", "a character that means nothing here",
      """
      Outside of strings and comments Weft uses few signs. Typographic quotes, which word processors put in place of
      plain ones, and signs of other languages such as `&`, `$` or `@` are not among them.
      """,
      wrong: "print(“hello”)", right: "print(\"hello\")"),
    Explanation(
      "E0103", "a string without an end",
      """
      A string in `"` ends on the line on which it began. Text of several lines stands between `\"""`.
      """,
      wrong: "let greeting = \"hello", right: "let greeting = \"hello\""),
    Explanation(
      "E0104", "an unknown escape",
      #"""
      After a backslash only these have a meaning: `\n` `\t` `\r` `\0` `\"` `\\` `\u{1F600}` and `\(…)`. A backslash
      itself is written twice.
      """#,
      wrong: #"print("C:\data")"#, right: #"print("C:\\data")"#),
    Explanation(
      "E0105", "the layout of a string of several lines",
      #"""
      The text of a `"""` string begins on the line after the opening quotes, and the closing quotes stand on a line of
      their own. Their indentation is taken away from every line, so no line may have less.
      """#,
      wrong: "print(\"\"\"Dear Ada,\n  thank you.\n  \"\"\")",
      right: "print(\"\"\"\n  Dear Ada,\n  thank you.\n  \"\"\")"),
    Explanation(
      "E0106", "a number that cannot be read",
      """
      A number begins with a digit, and has only digits of its base. A rate such as `5/s` is written without spaces; if
      its unit is also the name of a variable in scope, it could be a division and has to be written apart.
      """,
      wrong: "let half = .5", right: "let half = 0.5"),
    Explanation(
      "E0107", "an unknown unit",
      """
      A duration has one of the units `ns us ms s m h d`, a size one of `KB MB GB KiB MiB GiB`, a rate is a count by a
      time, such as `5/s`. Each number has one unit: an hour and a half is `1.5h` or `1h + 30m`.
      """,
      wrong: "sleep 5min", right: "sleep 5m"),
    Explanation(
      "E0108", "a number that is too large",
      """
      Integers may have any size, but a duration has at most about 292 years and a Float ends at about 1.8e308.
      """,
      wrong: "sleep 999999999d", right: "sleep 9999d"),
    Explanation(
      "E0109", "what cannot stand inside `\\( )`",
      #"""
      A value is put into a string of one line with `\(…)`. What stands there is one expression on that line, without
      a comment.
      """#,
      wrong: "let a = 1\nprint(\"\\(a\n)\")", right: "let a = 1\nprint(\"\\(a)\")"),
    Explanation(
      "E0110", "an unknown format",
      #"""
      After a colon a value in a string may have a width, a number of decimals, or both: `\(x:8)`, `\(x:.2)`,
      `\(x:8.2)`.
      """#,
      wrong: #"print("\(3.14159:x)")"#, right: #"print("\(3.14159:.2)")"#),
    Explanation(
      "E0111", "a word or sign of another language",
      """
      It looks as in Python, Swift or JavaScript, but is written differently in Weft: `task` for `def` and `func`, `and`
      for `&&`, `none` for `None` and `null`, `else if` for `elif`, `"…"` for `'…'`. The message says what to write.
      """,
      wrong: "if true && false { print(1) }", right: "if true and false { print(1) }"),
    Explanation(
      "E0112", "a file that is too large",
      """
      A script may have up to 2 GiB. Data belongs into files of its own.
      """),
  ]
}
