extension ParserTests {
  static let namesAndNewlines = [
    Sample(
      ##"""
      task; error; test; rate; pool; each; as; mock; param; throws
      """##,
      ##"""
      task
      error
      test
      rate
      pool
      each
      as
      mock
      param
      throws
      """##),
    Sample(
      ##"""
      größe = naïve_2 + _x
      """##,
      ##"""
      (= größe (+ naïve_2 _x))
      """##),
    Sample(
      ##"""
      let total = 1 +
        2
      a
        .b
        ?.c
        ?? d
        and e
        or f
      (1
      + 2
      - 3)
      g
      - h
      """##,
      ##"""
      (let total (+ 1 2))
      (or (and (?? (?. (. a b) c) d) e) f)
      (- (+ 1 2) 3)
      g
      (- h)
      """##),
    Sample(
      ##"""
      foo(
        a,
        b: {
          c: 1
        }
      )
      """##,
      ##"""
      (call foo a b:(map "c":1))
      """##),
    Sample(
      ##"""
      a; b;; c
      """##,
      ##"""
      a
      b
      c
      """##),
    Sample(
      ##"""
      if a {
        1
      }
      else {
        2
      }
      try { a }
      catch { b }
      finally { c }
      """##,
      ##"""
      (if a (do 1) (else (do 2)))
      (try (do a) (catch (do b)) (finally (do c)))
      """##),
    Sample(
      ##"""
      x # comment
      ## not documentation
      y
      """##,
      ##"""
      x
      y
      """##),
    // Found by making programs from the grammar: after these a statement cannot end.
    Sample(
      ##"""
      error A,
        B
      (taskgroup as
        g { g })
      [try { a } catch each
        K { b }]
      mock a
        .b => 1
      gather { return, b }
      x is a
        .K
      fetch
        (a).x
      """##,
      ##"""
      (error A B)
      (taskgroup as:g (do g))
      (list (try (do a) (catch-each K (do b))))
      (mock a.b 1)
      (gather (do (return)) b)
      (is x a.K)
      (. (fetch a) x)
      """##),
    Sample(
      ##"""
      let r = 1...{a: 1}
      """##,
      ##"""
      (let r (... 1 (map "a":1)))
      """##),
  ]
}
