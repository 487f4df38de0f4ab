import Weft

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

// What it costs a host to run scripts: `embedding FIGURE COUNT`. Beside peers/c/embedding.c.

let arguments = CommandLine.arguments
let count = arguments.count > 2 ? Int(arguments[2]) ?? 1 : 1

func seconds(_ body: () async throws -> Void) async rethrows -> Double {
  seconds(try await ContinuousClock().measure { try await body() })
}

/// The most bytes that the process has had in memory.
func peak() -> Int {
  var usage = rusage()
  #if canImport(Darwin)
    getrusage(RUSAGE_SELF, &usage)
    return Int(usage.ru_maxrss)
  #else
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Int(usage.ru_maxrss) * 1024
  #endif
}

func report(_ answer: some CustomStringConvertible, _ seconds: Double) {
  print("answer=\(answer)")
  print("seconds=\(seconds)")
}

/// As many runs of a compiled script, one after the other; the script is that of the peers.
func runs(_ count: Int) async throws -> Int {
  let script = try Interpreter().compile("param n = 1\nprint(\"run \\(n)\")\nn + 1", name: "small.weft")
  var sum = 0
  for number in 1...count { sum += try await script.run(with: ["n": .int(number)]).value.int ?? 0 }
  return sum
}

/// A loop that calls a function of the host.
func calls(_ source: String, _ define: (inout Interpreter) -> Void) async throws {
  var weft = Interpreter()
  define(&weft)
  let script = try weft.compile(source)
  var answer: Int = 0
  let params: [String: WeftValue] = ["n": .int(count)]
  let took = try await seconds { answer = try await script.run(with: params).value.int ?? 0 }
  report(answer, took)
}

/// A thousand lines, a task in each ten of them; the same in the peers' language.
var longScript: String {
  (0..<100).map { number in
    """
    task step\(number)(items, limit) {
      var total = 0
      for item in items {
        if item % 2 == 0 {
          total += item * \(number)
        }
      }
      return total + limit
    }

    """
  }.joined(separator: "\n")
}

func lines(_ script: Script) throws -> Int { script.tasks.count * 10 }

switch arguments.count > 1 ? arguments[1] : "" {
case "start":
  // The first runs start the threads that all share.
  _ = try await runs(100)
  var answer = 0
  let took = try await seconds { answer = try await runs(count) }
  report(answer, took)
case "growth":
  _ = try await runs(1_000)
  let before = peak()
  let answer = try await runs(count)
  report(answer, 0)
  print("grown=\(peak() - before)")
case "inline":
  try await calls("param n = 1\nvar sum = 0\nfor i in 1...n { sum = add(sum, i) }\nsum") {
    $0.define("add", parameters: ["a", "b"]) { (a: Int, b: Int) in a + b }
  }
case "async":
  try await calls("param n = 1\nvar sum = 0\nfor i in 1...n { sum = add(sum, i) }\nsum") {
    $0.define("add", parameters: ["a", "b"]) { (a: Int, b: Int) async in a + b }
  }
case "compile":
  let text = longScript
  var answer: Int = 0
  let took = try await seconds { for _ in 0..<count { answer = try lines(Interpreter().compile(text)) } }
  report(answer, took)
case "load":
  let saved = try Interpreter().compile(longScript).saved
  var answer: Int = 0
  let took = try await seconds { for _ in 0..<count { answer = try lines(Interpreter().load(saved)) } }
  report(answer, took)
case "cancel":
  try await cancelling(count)
case "hostile":
  try await hostile(Array(arguments.dropFirst(2)))
default:
  print("usage: embedding start|growth|inline|async|compile|load|cancel COUNT, or embedding hostile FILE …")
  exit(2)
}
