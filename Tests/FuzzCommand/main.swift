import Foundation
import Fuzzing

/// `make fuzz`: so many cases, over all cores. Each worker is a process, because a trap ends it.
///
///     WEFT_FUZZ_COUNT=200000   how many cases
///     WEFT_FUZZ_FIRST=0        the number of the first
///     WEFT_FUZZ_CASE=17        one case only: shows its script, and what is wrong with it
let environment = ProcessInfo.processInfo.environment
let repository = URL(filePath: environment["WEFT_FUZZ_REPOSITORY"] ?? FileManager.default.currentDirectoryPath)

if let number = environment["WEFT_FUZZ_CASE"].flatMap(Int.init) {
  var fuzzer = try Fuzzer(repository: repository)
  FileHandle.standardOutput.write(Data(fuzzer.script(number)))
  say("\n--- of which this is run:\n")
  FileHandle.standardOutput.write(Data(fuzzer.runnable(number)))
  say("\n--- " + (fuzzer.problem(ofCase: number) ?? "nothing is wrong"))
} else if let share = environment["WEFT_FUZZ_SHARE"].flatMap(Share.init) {
  try work(on: share, repository)
} else {
  let count = environment["WEFT_FUZZ_COUNT"].flatMap(Int.init) ?? 200_000
  let first = environment["WEFT_FUZZ_FIRST"].flatMap(Int.init) ?? 0
  let isFine = try Supervisor(repository: repository, first: first, end: first + count).run()
  exit(isFine ? 0 : 1)
}
