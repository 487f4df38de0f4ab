import Foundation
import Testing
import Weft
import WeftSyntax

/// The examples on a virtual clock, with a modelled httpbin.
///
/// `WEFT_RECORD=1 swift test --filter ExampleTests` writes the `.expected` files anew: read the difference before it is kept.
@Suite struct ExampleTests {
  @Test func allAreListed() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Project.folder.appending(path: "examples").path)
    #expect(files.filter { $0.hasSuffix(".weft") }.sorted() == Example.all.map { "\($0.name).weft" })
    #expect(files.filter { $0.hasSuffix(".expected") }.sorted() == Example.all.map { "\($0.name).expected" })
    let readme = try Project.text("examples/README.md")
    for example in Example.all { #expect(readme.contains("(\(example.name).weft)")) }
  }

  @Test(arguments: Example.all)
  func printsWhatIsExpected(_ example: Example) throws {
    let script = try example.script()
    let (result, output) = try example.transcript(of: script)
    if !example.isPitfall {
      // A note is fine: what an example compares may be no good idea elsewhere.
      #expect(!script.warnings.contains { $0.severity == .warning })
      #expect(script.complaint(about: result) == "")
    }
    if ProcessInfo.processInfo.environment["WEFT_RECORD"] != nil { try example.record(output) }
    #expect(output == (try example.expectedOutput()))
    #expect(example.duration(isThatOf: result))
    #expect(result.leftovers.isClean)
  }

  @Test(arguments: Example.all)
  func theOrderOfReadyTasksDoesNotMatter(_ example: Example) throws {
    let script = try example.script()
    let expected = try example.expectedOutput()
    for seed in UInt64(1)...50 {
      let (result, output) = try example.transcript(of: script, orderSeed: seed)
      #expect(example.isPitfall || script.complaint(about: result) == "", "order seed \(seed)")
      switch example.freedom {
      case .none: #expect(output == expected, "order seed \(seed)")
      case .lines(let order):
        #expect(isReordering(output, of: expected, keeping: order), "order seed \(seed): \(output)")
      }
      #expect(example.duration(isThatOf: result), "order seed \(seed)")
      #expect(result.leftovers.isClean, "order seed \(seed)")
    }
  }

  /// Whether the paragraphs of `output` have the lines of those of `expected`, and no line with a later one of `markers`
  /// stands before one with an earlier one.
  private func isReordering(_ output: String, of expected: String, keeping markers: [String]) -> Bool {
    func paragraphs(_ text: String) -> [[String]] {
      text.components(separatedBy: "\n\n").map { $0.components(separatedBy: "\n") }
    }
    let found = paragraphs(output)
    guard found.map({ $0.sorted() }) == paragraphs(expected).map({ $0.sorted() }) else { return false }
    return found.allSatisfy { lines in
      let ranks = lines.compactMap { line in markers.firstIndex { line.contains($0) } }
      return ranks == ranks.sorted()
    }
  }

  /// Rows 8 and 11: the same script in other workers prints the same.
  @Test(arguments: ["threads", "tasks"]) func oneWordChangesNothing(_ kind: String) throws {
    let example = try Example.named("08-factors-in-processes")
    let text = try Project.text("examples/\(example.name).weft")
      .replacing("pool(processes: 4)", with: "pool(\(kind): 4)")
    #expect(text.contains("pool(\(kind): 4)"))
    let script = try Example.script(SourceFile(name: "08.weft", text: text))
    #expect(try example.transcript(of: script).text == example.expectedOutput())
  }

  @Test func workersHaveTheirShareOfTheTable() throws {
    for name in ["09-what-workers-cost", "29-which-model"] {
      let example = try Example.named(name)
      var output: [UInt8] = []
      let files = MemoryFiles(["/proc/self/status": "RssAnon:\t    2048 kB\n"])
      _ = try example.script().runVirtually(example.options(files: files), in: example.world()) { output += $0 }
      let table = String(decoding: output, as: UTF8.self).components(separatedBy: "measured here:\n").last ?? ""
      let rows = table.split(separator: "\n")
      #expect(rows.count == 5)
      for kind in ["plain tasks", "pool(threads:)", "pool(tasks:)", "pool(processes:)"] {
        #expect(rows.contains { $0.hasPrefix(kind) })
      }
      // A process says what it needs itself; here that is 2048 kB.
      #expect(rows.last?.contains("2048 KiB") == true)
    }
  }

  @Test(arguments: [nil, 1, 2, 3] as [UInt64?])
  func atMostTenAreOpenAtTheServer(orderSeed: UInt64?) throws {
    let server = ModelledHTTPBin()
    _ = try Example.named("16-at-most-ten").script().runWithOutput(in: server.world(orderSeed: orderSeed))
    #expect(server.peak == 10)
    #expect(server.requests == 100)
  }

  @Test func theSeedDecidesTheWaitsOfRetry() throws {
    let script = try Example.named("21-try-again").script()
    func run(_ seed: UInt64) -> (Int64, String) {
      var options = RunOptions()
      options.seed = seed
      let (result, output) = script.runWithOutput(options, in: ModelledHTTPBin().world())
      return (result.elapsed, output)
    }
    #expect(run(7) == run(7))
    #expect(run(7) != run(8))
  }

  @Test func aWrongHostIsAnError() throws {
    var options = RunOptions()
    options.params["base"] = .string("http://nowhere.invalid")
    let script = try Example.named("15-requests-at-once").script()
    let (result, output) = script.runWithOutput(options, in: ModelledHTTPBin().world())
    #expect(output == "")
    #expect(script.complaint(about: result).contains("FetchError: cannot find the host `nowhere.invalid`"))
    #expect(result.leftovers.isClean)
  }
}

extension Example {
  /// Whether a run on the virtual clock took as long as it should; where computing takes time, that depends on the order.
  fileprivate func duration(isThatOf result: RunResult) -> Bool {
    tickTime == 0 ? result.elapsed == duration : abs(result.elapsed - duration) <= second / 10
  }
}
