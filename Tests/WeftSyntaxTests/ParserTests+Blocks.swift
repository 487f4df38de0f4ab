extension ParserTests {
  static let blocks = [
    Sample(
      ##"""
      gather { a(); b() }; gather { }; gather {
        a()
        b(), c()
      }
      """##,
      ##"""
      (gather (call a) (call b))
      (gather)
      (gather (call a) (call b) (call c))
      """##),
    Sample(
      ##"""
      gather { user: a(), "the posts": b(); if: { c() } }
      """##,
      ##"""
      (gather "user":(call a) "the posts":(call b) "if":(do (call c)))
      """##),
    Sample(
      ##"""
      gather(errors: keep) for [a, b] in xs { f(a) }; race for x in xs { g(x) }; race { { a(); b() }, c() }
      """##,
      ##"""
      (gather errors:keep for [a b] xs (do (call f a)))
      (race for x xs (do (call g x)))
      (race (do (call a) (call b)) (call c))
      """##),
    Sample(
      ##"""
      gather { x = f(); throw E() }
      """##,
      ##"""
      (gather (do (= x (call f))) (do (throw (call E))))
      """##),
    Sample(
      ##"""
      taskgroup { a }; taskgroup as g { b }; taskgroup(errors: keep) as g { c }
      """##,
      ##"""
      (taskgroup (do a))
      (taskgroup as:g (do b))
      (taskgroup errors:keep as:g (do c))
      """##),
    Sample(
      ##"""
      semaphore(3) { a }; rate(5/s, burst: 2) { b }; pool(threads: 4) { c }; shield { d }; timeout(1s) { e } else { f }
      """##,
      ##"""
      (semaphore 3 (do a))
      (rate 5.0/s burst:2 (do b))
      (pool threads:4 (do c))
      (shield (do d))
      (timeout 1000000000ns (do e) (else (do f)))
      """##),
    Sample(
      ##"""
      retry(3, backoff: 1s, on: [A, B]) as a { a.number }
      """##,
      ##"""
      (retry 3 backoff:1000000000ns on:(list A B) as:a (do (. a number)))
      """##),
    Sample(
      ##"""
      let s = semaphore(10); let rate = rate(5/s); pool = 3; timeout + retry; semaphore(3)
      {a: 1}
      """##,
      ##"""
      (let s (call semaphore 10))
      (let rate (call rate 5.0/s))
      (= pool 3)
      (+ timeout retry)
      (call semaphore 3)
      (map "a":1)
      """##),
    Sample(
      ##"""
      with lock { a }; with a, b.c { d }; if pool { a }; while retry(3) { b }; with semaphore(3) { c }
      """##,
      ##"""
      (with lock (do a))
      (with a (. b c) (do d))
      (if pool (do a))
      (while (call retry 3) (do b))
      (with (call semaphore 3) (do c))
      """##),
    Sample(
      ##"""
      mock f => 1; mock lib.f => (a, b) => a; mock fetch => response(200); mock fetch "a/*" => each [1, 2]
      """##,
      ##"""
      (mock f 1)
      (mock lib.f (closure [a b] a))
      (mock (fetch) (call response 200))
      (mock (fetch "a/*") each (list 1 2))
      """##),
    Sample(
      ##"""
      let m = mock fetch url => { throw E() }; mock f => each; mock f => {a: 1}
      """##,
      ##"""
      (let m (mock (fetch url) (do (throw (call E)))))
      (mock f each)
      (mock f (map "a":1))
      """##),
    Sample(
      ##"""
      expect throws(A, lib.B) { f() }; throws { g() }; throws(x)
      """##,
      ##"""
      (expect (throws A lib.B (do (call f))))
      (throws (do (call g)))
      (call throws x)
      """##),
  ]
}
