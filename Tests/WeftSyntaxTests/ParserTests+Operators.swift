extension ParserTests {
  static let operators = [
    Sample(
      ##"""
      a or b and not c == d ?? 1 ... 2 + 3 * -4 ** 5
      """##,
      ##"""
      (or a (and b (not (compare c == (?? d (... 1 (+ 2 (* 3 (- (** 4 5))))))))))
      """##),
    Sample(
      ##"""
      -2 ** 2; 2 ** -1; 2 ** 3 ** 2; - - a; -a.b
      """##,
      ##"""
      (- (** 2 2))
      (** 2 (- 1))
      (** 2 (** 3 2))
      (- (- a))
      (- (. a b))
      """##),
    Sample(
      ##"""
      a - b - c; a // b % c / d; a ?? b ?? c
      """##,
      ##"""
      (- (- a b) c)
      (/ (% (// a b) c) d)
      (?? (?? a b) c)
      """##),
    Sample(
      ##"""
      0 < x <= 10; a == b == c; x > y >= z; a != b
      """##,
      ##"""
      (compare 0 < x <= 10)
      (compare a == b == c)
      (compare x > y >= z)
      (compare a != b)
      """##),
    Sample(
      ##"""
      x in xs; x not in xs; not x in xs; x is Int; x is not lib.Kind; not not a
      """##,
      ##"""
      (in x xs)
      (not-in x xs)
      (not (in x xs))
      (is x Int)
      (is-not x lib.Kind)
      (not (not a))
      """##),
    Sample(
      ##"""
      (a < b) == (c < d); (a, b) => a + b; (a)
      """##,
      ##"""
      (compare (compare a < b) == (compare c < d))
      (closure [a b] (+ a b))
      a
      """##),
    Sample(
      ##"""
      x => y => x + y; () => 1; (a, b = 2) => { a }; x => {}; x => {a: 1}; x => {"a": 1}; x => ({a})
      """##,
      ##"""
      (closure [x] (closure [y] (+ x y)))
      (closure [] 1)
      (closure [a (= b 2)] (do a))
      (closure [x] (do))
      (closure [x] (map "a":1))
      (closure [x] (map "a":1))
      (closure [x] (map "a":a))
      """##),
    Sample(
      ##"""
      a.b(c, d: e)[f]?.g(x => x)(1); a.for.in; f()(); xs.map(x => { x })
      """##,
      ##"""
      (call (call (?. (index (call (. a b) c d:e) f) g) (closure [x] x)) 1)
      (. (. a for) in)
      (call (call f))
      (call (. xs map) (closure [x] (do x)))
      """##),
    Sample(
      ##"""
      x = 1; x.y += 2; x[0] -= 3; a *= 2; a /= 2; a //= 2; a %= 2; a **= 2
      """##,
      ##"""
      (= x 1)
      (+= (. x y) 2)
      (-= (index x 0) 3)
      (*= a 2)
      (/= a 2)
      (//= a 2)
      (%= a 2)
      (**= a 2)
      """##),
    Sample(
      ##"""
      let x = if a { 1 } else { 2 } + 3
      """##,
      ##"""
      (let x (+ (if a (do 1) (else (do 2))) 3))
      """##),
  ]
}
