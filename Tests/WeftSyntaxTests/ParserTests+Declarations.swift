extension ParserTests {
  static let declarations = [
    Sample(
      ##"""
      let [a, [b, _]] = f(); var {user, posts: {c}, "x y": z} = m; let _ = 1
      """##,
      ##"""
      (let [a [b _]] (call f))
      (var {user:user posts:{c:c} x y:z} m)
      (let _ 1)
      """##),
    Sample(
      ##"""
      task f() { }
      task g(a, b = 5s,) => a * b
      task h(x) => {a: x}
      """##,
      ##"""
      (task f [] (do))
      (task g [a (= b 5000000000ns)] (* a b))
      (task h [x] (map "a":x))
      """##),
    Sample(
      ##"""
      ## What it does.
      ##  Indented.
      # an ordinary comment
      ## Adds.
      ## Both.
      task add(a, b) => a + b
      """##,
      ##"""
      (task add [a b] (+ a b) doc:"Adds.\nBoth.")
      """##),
    Sample(
      ##"""
      ## Of the file.

      ## Of the param.
      param count = 100
      param token
      """##,
      ##"""
      (param count 100 doc:"Of the param.")
      (param token)
      """##),
    Sample(
      ##"""
      error A, B: HTTPError
      error C: lib.Base
      """##,
      ##"""
      (error A B:HTTPError)
      (error C:lib.Base)
      """##),
    Sample(
      ##"""
      import "lib.weft"; import "a/b.weft" as lib
      """##,
      ##"""
      (import "lib.weft")
      (import "a/b.weft" lib)
      """##),
    Sample(
      ##"""
      test "a" { expect f() == 1 }
      bench "b" { g() }
      """##,
      ##"""
      (test "a" (do (expect (compare (call f) == 1))))
      (bench "b" (do (call g)))
      """##),
  ]
}
