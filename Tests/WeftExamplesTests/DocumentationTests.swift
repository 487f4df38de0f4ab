import Foundation
import Testing
import Weft
import WeftSyntax

/// The scripts and tables of `Documentation/language.md`, and the scripts of the README whose output stands below them.
///
/// `WEFT_RECORD=1 swift test --filter DocumentationTests` writes the tables anew.
@Suite struct DocumentationTests {
  private static let path = "Documentation/language.md"
  private static let scripts = DocumentedScript.all(in: (try? Project.text(path)) ?? "")
  private static let readme = DocumentedScript.all(in: (try? Project.text("README.md")) ?? "")
    .filter { $0.output != nil }

  @Test func thePageHasScripts() {
    #expect(Self.scripts.count > 20)
    #expect(Self.readme.count > 0)
  }

  @Test(arguments: scripts.filter { $0.severity == nil } + readme)
  func aScriptPrintsWhatStandsBelowIt(_ documented: DocumentedScript) throws {
    let script = try documented.compile()
    #expect(script.warnings.isEmpty)
    var options = RunOptions()
    options.files = MemoryFiles()
    var world = ModelledHTTPBin().world()
    if documented.isShutDown { world.shutdownAt = 2_500 * millisecond }
    let (result, output) = script.runWithOutput(options, in: world)
    #expect(script.complaint(about: result) == "")
    if let expected = documented.output { #expect(output == expected) }
    #expect(result.leftovers.isClean)
  }

  @Test(arguments: scripts.filter { $0.severity != nil })
  func aMistakeIsToldAsItStandsBelow(_ documented: DocumentedScript) throws {
    let diagnostics: [Diagnostic]
    do {
      diagnostics = try documented.compile().warnings
    } catch let error as CompileError {
      diagnostics = error.diagnostics
    }
    #expect(diagnostics.contains { $0.severity == documented.severity })
    let source = SourceFile(name: "<script>", text: documented.text)
    let renderer = DiagnosticRenderer(color: false)
    let told = diagnostics.map { renderer.text($0, in: source) + "\n" }.joined()
    #expect(told == documented.output ?? told)
  }

  @Test func theTablesAreThoseOfTheCode() throws {
    var page = try Project.text(Self.path)
    for (marker, table) in ReferenceTables.all {
      let range = try #require(ReferenceTables.range(of: marker, in: page), "the page has no table `\(marker)`")
      if ProcessInfo.processInfo.environment["WEFT_RECORD"] != nil {
        page.replaceSubrange(range, with: table)
      } else {
        #expect(page[range] == table, "the table `\(marker)` is out of date")
      }
    }
    if try page != Project.text(Self.path) {
      try page.write(to: Project.folder.appending(path: Self.path), atomically: true, encoding: .utf8)
    }
  }
}
