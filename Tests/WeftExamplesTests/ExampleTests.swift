import Foundation
import Testing
import Weft

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
    #expect(result.elapsed == example.duration)
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
      #expect(result.elapsed == example.duration, "order seed \(seed)")
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
