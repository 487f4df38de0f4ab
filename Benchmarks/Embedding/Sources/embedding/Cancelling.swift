import Weft

/// How long after their grace runs end that are cancelled wherever a script may be: the latest.
func cancelling(_ rounds: Int) async throws {
  let grace = Duration.milliseconds(5)
  let sources = [
    "while true { }",
    "sleep 1h",
    "forever()",
    "try { while true { } } finally { while true { } }",
    "try { sleep 1h } finally { sleep 1h }",
    "shield { while true { sleep 1ms } }",
    "gather for n in 1...100 { try { sleep 1h } finally { forever() } }",
    "task spin() { while true { } }\ncompute spin()",
    "task spin() { try { while true { } } finally { while true { } } }\npool(threads: 2) { gather for n in 1...4 { spin() } }",
    "let q = queue(1)\nq.get()",
  ]
  var weft = Interpreter()
  weft.define("forever") { () async in
    // A function that does not care that it is cancelled.
    while !Task.isCancelled { try? await Task.sleep(for: .seconds(3_600)) }
    await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
  }
  var latest = Duration.zero
  var ended = 0
  for source in sources {
    let script = try weft.compile(source)
    for _ in 1...rounds {
      let run = script.start()
      // Long enough for it to be in the middle of what it does.
      try await Task.sleep(for: .milliseconds(2))
      let clock = ContinuousClock()
      let asked = clock.now
      run.cancel(grace: grace)
      do { _ = try await run.value } catch { ended += 1 }
      latest = max(latest, clock.now - asked - grace)
    }
  }
  report(ended, seconds(latest))
}
