extension ParserTests {
  static let control = [
    Sample(
      ##"""
      if a { 1 } else if b { 2 } else { 3 }
      """##,
      ##"""
      (if a (do 1) b (do 2) (else (do 3)))
      """##),
    Sample(
      ##"""
      for x in xs { continue }; for [k, v] in m { break }; while a < b { a += 1 }
      """##,
      ##"""
      (for x xs (do (continue)))
      (for [k v] m (do (break)))
      (while (compare a < b) (do (+= a 1)))
      """##),
    Sample(
      ##"""
      [f(x, y) for x in xs if x > 0 for y in x if y]; {[k]: v for [k, v] in m}
      """##,
      ##"""
      (list-of (call f x y) (for x xs) (if (compare x > 0)) (for y x) (if y))
      (map-of k v (for [k v] m))
      """##),
    Sample(
      ##"""
      try { a() } catch A, lib.B as e { b } catch C { c } catch e { d } catch { e } finally { f }
      """##,
      ##"""
      (try (do (call a)) (catch A,lib.B as:e (do b)) (catch C (do c)) (catch as:e (do d)) (catch (do e)) (finally (do f)))
      """##),
    Sample(
      ##"""
      try { a } catch each K as e { b } catch each { c } finally(30s) { d }
      """##,
      ##"""
      (try (do a) (catch-each K as:e (do b)) (catch as:each (do c)) (finally 30000000000ns (do d)))
      """##),
    Sample(
      ##"""
      throw Busy("x", url: u); throw "text"; task f() { return; return 1 }
      """##,
      ##"""
      (throw (call Busy "x" url:u))
      (throw "text")
      (task f [] (do (return) (return 1)))
      """##),
    Sample(
      ##"""
      if (a == {x: 1}) { b }; for x in [{a: 1}] { x }; if f(x => { x }) { y }
      """##,
      ##"""
      (if (compare a == (map "x":1)) (do b))
      (for x (list (map "a":1)) (do x))
      (if (call f (closure [x] (do x))) (do y))
      """##),
  ]
}
