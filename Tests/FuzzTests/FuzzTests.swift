import Foundation
import Testing

@testable import Fuzzing

/// A short run of what `make fuzz` does at length, and the crashes that it has found.
@Suite struct FuzzTests {
  static let repository: URL = {
    // Tests/FuzzTests/FuzzTests.swift
    var folder = URL(filePath: #filePath)
    for _ in 0..<3 { folder.deleteLastPathComponent() }
    return folder
  }()

  /// Each of these once ended Weft, or broke a promise.
  static let crashes: [String] = {
    let folder = repository.appending(path: "Tests/FuzzTests/crashes").path
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix(".weft") }.sorted()
  }()

  @Test(arguments: 0..<4)
  func someCases(_ part: Int) throws {
    var fuzzer = try Fuzzer(repository: Self.repository)
    for number in stride(from: part, to: 200, by: 4) {
      if let problem = fuzzer.problem(ofCase: number) { Issue.record("case \(number): \(problem)") }
    }
    // Most of what the grammar makes has to get as far as the machine.
    if part < 2 { #expect(fuzzer.counts.parsed == 50 && fuzzer.counts.ran > 40 && fuzzer.counts.completed > 20) }
  }

  @Test(arguments: crashes)
  func aCrashStaysMended(_ name: String) throws {
    let path = Self.repository.appending(path: "Tests/FuzzTests/crashes/\(name)")
    var fuzzer = try Fuzzer(repository: Self.repository)
    for seed in 0..<UInt64(15) { #expect(fuzzer.problem(of: Array(try Data(contentsOf: path)), seed: seed) == nil) }
  }

  @Test func theSameCaseIsTheSameScript() throws {
    let (one, other) = (try Fuzzer(repository: Self.repository), try Fuzzer(repository: Self.repository))
    for number in 0..<40 { #expect(one.script(number) == other.script(number)) }
  }

  @Test func mistakesInTheGrammarAreFound() {
    #expect(throws: Grammar.Mistake.self) { try Grammar("a = b ;") }
    #expect(throws: Grammar.Mistake.self) { try Grammar("a = \"x\" ; a = \"y\" ;") }
    #expect(throws: Grammar.Mistake.self) { try Grammar("a = ( \"x\" ;") }
  }
}
