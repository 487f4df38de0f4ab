import Foundation
import Testing
import Weft
import WeftMachine
import WeftSyntax

@testable import WeftCommand

/// The pages of `weft explain`.
@Suite struct ExplanationTests {
  private static let kinds = Set(ErrorKind.allCases.map(\.rawValue))

  /// The problems of a script that its page cannot show, because it is too long, no text, or several files.
  private static func made(_ code: String) -> [Diagnostic]? {
    switch code {
    case "E0101": diagnostics(Array("print(\"".utf8) + [0xFF] + Array("\")".utf8))
    case "E0129": diagnostics(String(repeating: "(", count: 300) + "1" + String(repeating: ")", count: 300))
    case "E0130": diagnostics("let x = 1" + String(repeating: " + 1", count: 20_000))
    case "E0409": diagnostics("task f() {\n" + (0..<61_000).map { "let a\($0) = 1\n" }.joined() + "}")
    case "E0211": diagnostics("import \"main.weft\"", importing: "")
    case "E0212": diagnostics("import \"tea.weft\"\ntask brew() { 1 }", importing: "task brew() { 2 }")
    case "E0213": diagnostics("import \"tea.weft\" as tea\nprint(tea.brwe())", importing: "task brew() { 2 }")
    case "E0214": diagnostics("import \"tea.weft\"\nprint(1)", importing: "param token")
    default: nil
    }
  }

  private static func diagnostics(_ text: String, importing other: String? = nil) -> [Diagnostic] {
    diagnostics(Array(text.utf8), importing: other)
  }

  private static func diagnostics(_ bytes: [UInt8], importing other: String? = nil) -> [Diagnostic] {
    let main = SourceFile(name: "main.weft", bytes: bytes)
    let imported = SourceFile(name: "tea.weft", text: other ?? "")
    let loader: ImportLoader = { path, _ throws(ImportError) in path == "main.weft" ? main : imported }
    do {
      return try Script(compiling: main, imports: other == nil ? nil : loader, advising: true).warnings
    } catch {
      return error.diagnostics
    }
  }

  /// What is told of a script while it runs, in a world in which computing takes its time.
  private static func toldInARun(_ text: String) throws -> [String] {
    var world = VirtualWorld()
    world.tickTime = 100_000
    world.cancelAt = 5_000_000_000
    var codes: [String] = []
    _ = try Script(compiling: text).runVirtually(in: world, warning: { codes.append($0.code) })
    return codes
  }

  /// How a script ends, or its test if it has one.
  private static func outcome(of text: String) throws -> RunOutcome {
    let tested = try Script(compiling: text, for: .test)
    if let test = tested.image.tests.first { return tested.run(test, TestPlan()).result.outcome }
    return try Script(compiling: text).runVirtually().outcome
  }

  /// Every code that the sources can report.
  private static func codesInSources() throws -> Set<String> {
    var folder = URL(filePath: #filePath).resolvingSymlinksInPath()
    for _ in 0..<3 { folder.deleteLastPathComponent() }
    folder.append(path: "Sources")
    var codes: Set<String> = []
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    for case let file as URL in try #require(files)
    where file.pathExtension == "swift" && !file.path.contains("/Explanations/") {
      let text = try String(contentsOf: file, encoding: .utf8)
      for match in text.matches(of: /"([EW]0\d{3})"/) { codes.insert(String(match.1)) }
    }
    return codes
  }

  @Test func everyCodeHasAPageAndEveryPageACode() throws {
    let codes = try Self.codesInSources().union(Self.kinds)
    #expect(codes.count > 80)
    let pages = Explanation.all.map(\.code)
    #expect(Set(pages).count == pages.count)
    #expect(codes.subtracting(pages) == [])
    #expect(Set(pages).subtracting(codes) == [])
  }

  @Test(arguments: Explanation.all.filter { !kinds.contains($0.code) }.map(\.code))
  func theWrongScriptGivesTheCode(_ code: String) throws {
    let page = try #require(Explanation.of(code))
    // A file of 2 GiB is too much for a test, and nothing gives a fault.
    if ["E0112", "E0999"].contains(code) { return #expect(page.wrong == nil) }
    if code == "W0301" { return #expect(try Self.toldInARun(#require(page.wrong)) == [code]) }
    let problems = try page.wrong.map { Self.diagnostics($0) } ?? #require(Self.made(code))
    // One mistake may well bring others with it.
    #expect(problems.map(\.code).contains(code))
  }

  @Test(arguments: Explanation.all.filter { kinds.contains($0.code) }.map(\.code))
  func theWrongScriptThrowsTheKind(_ code: String) throws {
    let page = try #require(Explanation.of(code))
    if ["FileError", "LimitError", "WorkerError"].contains(code) { return #expect(page.wrong == nil) }
    guard case .failed(let report) = try Self.outcome(of: #require(page.wrong)) else {
      Issue.record("it does not fail")
      return
    }
    #expect(report.kind == code)
  }

  @Test(arguments: Explanation.all.filter { $0.right != nil }.map(\.code))
  func theRightScriptIsRight(_ code: String) throws {
    let page = try #require(Explanation.of(code))
    let right = try #require(page.right)
    #expect(page.wrong != nil)
    #expect(Self.diagnostics(right).map(\.code) == [])
    if code == "W0301" { #expect(try Self.toldInARun(right) == []) }
    guard Self.kinds.contains(code) else { return }
    guard case .completed = try Self.outcome(of: right) else {
      Issue.record("it does not come to its end")
      return
    }
  }

  @Test(arguments: Explanation.all.map(\.code))
  func aPageIsPlain(_ code: String) throws {
    let page = try #require(Explanation.of(code))
    #expect(page.text.count > 40)
    #expect(page.title.first?.isUppercase == false)
    #expect(!page.title.hasSuffix("."))
    #expect(page.text.split(separator: "\n").allSatisfy { $0.count <= 140 })
  }

  @Test func codesAreFoundHoweverTheyAreWritten() {
    #expect(Explanation.of("e0201")?.code == "E0201")
    #expect(Explanation.of("typeerror")?.code == "TypeError")
    #expect(Explanation.of("E9999") == nil)
    #expect(Explanation.closest(to: "TypError") == "TypeError")
    #expect(Explanation.closest(to: "E02011") == "E0201")
    #expect(Explanation.closest(to: "something else") == nil)
  }
}
