extension ParserTests {
  static let literals = [
    Sample(
      ##"""
      1_000; 0xff; 0b101; 1.5; 1e-3; 2E5; 0xffff_ffff_ffff_ffff; 9223372036854775808; 000
      """##,
      ##"""
      1000
      255
      5
      1.5
      0.001
      200000.0
      18446744073709551615
      9223372036854775808
      0
      """##),
    Sample(
      ##"""
      250ms; 1.5s; 2m; 1h; 3d; 10us; 5ns; 0.1s; 1e3s
      """##,
      ##"""
      250000000ns
      1500000000ns
      120000000000ns
      3600000000000ns
      259200000000000ns
      10000ns
      5ns
      100000000ns
      1000000000000ns
      """##),
    Sample(
      ##"""
      64KB; 10MB; 1GB; 1KiB; 2MiB; 1GiB; 1.5KB
      """##,
      ##"""
      64000
      10000000
      1000000000
      1024
      2097152
      1073741824
      1500
      """##),
    Sample(
      ##"""
      5/s; 300/m; 0.5/h; 10/ms; 5 / s; 5/sec; x/s
      """##,
      ##"""
      5.0/s
      300.0/m
      0.5/h
      10.0/ms
      (/ 5 s)
      (/ 5 sec)
      (/ x s)
      """##),
    Sample(
      ##"""
      true; false; none
      """##,
      ##"""
      true
      false
      none
      """##),
    Sample(
      ##"""
      "a\n\t\r\0\"\\\u{1F600}"; ""; "\(x)"; "a\(f("b\(c)"))d"; "{}"; "é ü"
      """##,
      ##"""
      "a\n\t\r\0\"\\😀"
      ""
      (string x)
      (string "a" (call f (string "b" c)) "d")
      "{}"
      "é ü"
      """##),
    Sample(
      ##"""
      "\(x:.2) \(name:12) \(y + 1:8.3)"
      """##,
      ##"""
      (string (call format: x decimals:2) " " (call format: name width:12) " " (call format: (+ y 1) width:8 decimals:3))
      """##),
    Sample(
      ##"""
      let s = """
        first
          second \(x)

        last "quoted" ""
        """
      """##,
      ##"""
      (let s (string "first\n  second " x "\n\nlast \"quoted\" \"\""))
      """##),
    Sample(
      ##"""
      let s = """
      <TAB>a<CR>
      <TAB>b
      <TAB>"""
      """##,
      ##"""
      (let s "a\nb")
      """##),
    Sample(
      ##"""
      """
      """
      """##,
      ##"""
      ""
      """##),
    Sample(
      ##"""
      []; [1, 2,]; [[1], []]; {}; {a: 1, "b c": 2, if: 3, [k]: 4, d}; {a: {b: 1},}
      """##,
      ##"""
      (list)
      (list 1 2)
      (list (list 1) (list))
      (map)
      (map "a":1 "b c":2 "if":3 [k]:4 "d":d)
      (map "a":(map "b":1))
      """##),
    Sample(
      ##"""
      0..<n; 1...n + 1; xs[1..<3]; xs[-1]
      """##,
      ##"""
      (..< 0 n)
      (... 1 (+ n 1))
      (index xs (..< 1 3))
      (index xs (- 1))
      """##),
  ]
}
