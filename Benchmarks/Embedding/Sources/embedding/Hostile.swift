import Weft

/// Runs scripts that take what they can get, one after the other, in runs with limits, and a small script over and over beside
/// them. Tells how long after its limit of time the latest of them ended, how much memory the process took for them, and how long
/// the longest run of the small script took.
func hostile(_ paths: [String]) async throws {
  var weft = Interpreter()
  weft.limits.memory = .megabytes(32)
  weft.limits.operations = 100_000_000
  weft.limits.time = .milliseconds(200)
  weft.limits.callStack = .megabytes(1)
  weft.limits.tasks = 2_000
  weft.limits.valueSize = .megabytes(4)
  weft.limits.output = .kilobytes(256)
  weft.limits.workers = 50
  let small = try Interpreter().compile("param n = 1\nsleep 1ms\nn + 1")
  let clock = ContinuousClock()
  // What all runs share is there before.
  _ = try await small.run(with: ["n": 1])
  _ = try? await weft.compile("pool(threads: 2) { gather { 1; 2 } }\ncompute { 1 }").run()
  let before = peak()
  var latest: (late: Duration, name: String) = (.zero, "")
  var largest: (grown: Int, name: String) = (0, "")
  let neighbour = Task {
    var longest = Duration.zero
    while !Task.isCancelled {
      let begun = clock.now
      _ = try? await small.run(with: ["n": 1])
      longest = max(longest, clock.now - begun)
    }
    return longest
  }
  var ended = 0
  for path in paths {
    let text = String(decoding: try DiskFiles().read(path, limit: 1_000_000, isCancelled: { false }), as: UTF8.self)
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let peakBefore = peak()
    // It has been stopped as well if it does not compile.
    if let script = try? weft.compile(text, name: name) {
      let begun = clock.now
      _ = try? await script.run()
      let late = clock.now - begun - (weft.limits.time ?? .zero)
      if late > latest.late { latest = (late, name) }
    }
    if peak() - peakBefore > largest.grown { largest = (peak() - peakBefore, name) }
    ended += 1
  }
  neighbour.cancel()
  report(ended, seconds(latest.late))
  print("grown=\(peak() - before)")
  print("neighbour=\(seconds(await neighbour.value))")
  print("latest=\(latest.name)")
  print("largest=\(largest.name)")
}

func seconds(_ duration: Duration) -> Double {
  Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
}
