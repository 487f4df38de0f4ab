extension ParserTests {
  static let work = [
    Sample(
      ##"""
      sleep 1.5s; sleep (d * 2); fetch url; fetch "a\(b)"; fetch(url, method: "POST", headers: {a: "b"})
      """##,
      ##"""
      (sleep 1500000000ns)
      (sleep (* d 2))
      (fetch url)
      (fetch (string "a" b))
      (fetch url method:"POST" headers:(map "a":"b"))
      """##),
    Sample(
      ##"""
      fetch (a).x; fetch urls[0].b; fetch(url).check().json(); fetch f(x); 1 + fetch(u).size; (fetch u).size + 1
      """##,
      ##"""
      (. (fetch a) x)
      (fetch (. (index urls 0) b))
      (call (. (call (. (fetch url) check)) json))
      (fetch (call f x))
      (+ 1 (. (fetch u) size))
      (+ (. (fetch u) size) 1)
      """##),
    Sample(
      ##"""
      compute f(x); compute { f(x) }; compute 200ms; compute(for: d); compute(200ms); compute (f(x)); compute a.b(c) + 1
      """##,
      ##"""
      (compute (call f x))
      (compute (do (call f x)))
      (compute for:200000000ns)
      (compute for:d)
      (compute for:200000000ns)
      (compute (call f x))
      (+ (compute (call (. a b) c)) 1)
      """##),
    Sample(
      ##"""
      await t; await ts[0]; (await t).x; await (t).x; -await t
      """##,
      ##"""
      (await t)
      (await (index ts 0))
      (. (await t) x)
      (. (await t) x)
      (- (await t))
      """##),
    Sample(
      ##"""
      start f(x); start { f() }; start(in: g) f(x); start(in: g) { f() }; start sleep 1s; start fetch url; start compute f(1)
      """##,
      ##"""
      (start (call f x))
      (start (do (call f)))
      (start in:g (call f x))
      (start in:g (do (call f)))
      (start (sleep 1000000000ns))
      (start (fetch url))
      (start (compute (call f 1)))
      """##),
    Sample(
      ##"""
      let t = start retry(3) { f() }
      """##,
      ##"""
      (let t (start (do (retry 3 (do (call f))))))
      """##),
  ]
}
