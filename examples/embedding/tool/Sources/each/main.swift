import Weft

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

// each SCRIPT: like awk. Calls the script's task `line` for each line of the input and prints what it gives, then `end`.

func fail(_ problem: Any) -> Never {
  print(problem)
  exit(1)
}

guard CommandLine.arguments.count == 2 else { fail("usage: each SCRIPT < INPUT") }
let path = CommandLine.arguments[1]

do {
  var weft = Interpreter()
  weft.limits.memory = .megabytes(64)
  weft.limits.output = .unlimited
  weft.limits.time = nil
  weft.capabilities.append(.output(.handler { print(String(decoding: $0, as: UTF8.self), terminator: "") }))
  let text = try DiskFiles().read(path, limit: 1_000_000, isCancelled: { false })
  let script = try weft.compile(String(decoding: text, as: UTF8.self), name: path)
  let run = script.start(staysOpen: true)
  var number = 0
  while let line = readLine() {
    number += 1
    let result = try await run.call("line", line, number)
    if !result.isNone { print(result.string ?? "\(result)") }
  }
  if script.tasks.contains("end") { try await run.call("end", number) }
  try await run.close()
} catch let error as FileFailure {
  fail("cannot read \(path): \(error.message)")
} catch {
  fail(error)
}
