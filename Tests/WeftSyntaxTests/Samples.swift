/// Scripts without mistakes that together use the whole syntax.
enum Samples {
  static let pages = ##"""
    #!/usr/bin/env -S weft run
    ## Download pages, at most ten at a time.

    param base  = "https://httpbin.org"     # weft run pages.weft --base http://127.0.0.1:8080
    ## How many
    ## pages.
    param count = 100

    task download(url) {
      let page = retry(3, backoff: 1s, jitter: 1s) {
        timeout(5s) { fetch(url).check() }
      }
      page.size
    }

    let sizes = semaphore(10) {
      gather for i in 1...count { download("\(base)/delay/1?n=\(i)") }
    }

    print("Downloaded \(len(sizes)) pages, \(sum(sizes)) bytes")
    """##

  static let everything = ##"""
    pool(processes: 4) { gather for n in numbers { factorize(n) } }     # one word switches the runtime
    pool(threads: 4)   { gather for u in urls    { download(u)  } }
    test "a page that fails twice is retried" {
      mock fetch "https://api.test/*" => each [response(503), response(503), response(json: {ok: true})]
      expect download("https://api.test/x") == 11
      expect elapsed() >= 3s                     # tests run on a virtual clock: this takes microseconds
    }

    bench "Sequential" { for i in 1...20 { fetch url } }
    bench "Threads"    { pool(threads: 20) { gather for i in 1...20 { fetch url } } }
    bench "Async"      { gather for i in 1...20 { fetch url } }
    task double(x) => x * 2                    # one expression
    let square = x => x * x
    let f = (a, b) => { a + b }
    let m = x => {name: x}
    let e = () => {}
    error Busy: HTTPError, Other
    try { a() } catch ConnectionError, B as e { b() }
    catch each lib.K as e { c() }
    catch e { d } catch { e } finally(30s) { x }
    race { a(); b() }
    gather { user: a(), posts: b() }
    taskgroup(errors: keep) as g { let t = start f(x); start(in: g) f(x); await t }
    with lock, sem { x += 1 }
    let v = a ?? b?.c ?? d[1..<3]
    let z = -2 ** 2 ** -1 + 3 // 4
    expect throws(TimeoutError) { timeout(1s) { sleep 2s } else { 3 } }
    if 0 < x <= 10 and not y in z { 1 } else if x is not Int { 2 } else { 3 }
    retry(3, on: e => e.status == 503) as a { compute f(a.number) }
    compute 200ms
    compute(for: d)
    let s = """
      Hello \(x:.2) and \(name:12)
        "quoted" \u{41}
      """
    let n = [f(x) for x in xs if x > 0]
    let k = {[k]: v for [k, v] in m}
    let big = 333283333285000000000 + 0xffffffffffffffffffff + 64KB + 1.5s + 5/s
    import "lib.weft" as lib
    param token
    xs
      .map(x => x + 1)
      .filter(y => y)
    for {a, b: [c, _]} in q { break }
    while true { continue }
    rate(5/s, burst: 2) { start { foo() } }
    let rate = 3; pool = rate * timeout
    m.for = {if: 1, "a b": 2, x}
    let mm = mock f => (args) => args.x
    fetch (a).x
    "\("\("nested")")"
    """##

  static let all = [pages, everything]
}
