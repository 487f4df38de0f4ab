import Foundation
import Testing
import WeftSyntax

/// Layout changes nothing but layout, and doing it twice is doing it once.
@Suite struct FormatTests {
  /// `Snapshots/a.weft` in canonical form is `Snapshots/a.formatted.weft`.
  @Test(arguments: Scripts.snapshots)
  func aSnapshotIsAsExpected(_ script: FoundScript) throws {
    let result = format(script.source)
    let path = script.source.name.replacing(".weft", with: ".formatted.weft")
    if ProcessInfo.processInfo.environment["WEFT_RECORD"] != nil {
      try result.text?.write(toFile: path, atomically: true, encoding: .utf8)
    }
    #expect(result.text == (try String(contentsOfFile: path, encoding: .utf8)))
  }

  @Test func thereAreScripts() {
    #expect(Scripts.snapshots.count > 5)
    #expect(Scripts.all.count > 130)
  }

  @Test(arguments: Scripts.all)
  func theTreeStaysAndTwiceIsOnce(_ script: FoundScript) {
    #expect(problem(ofFormatting: script.source) == nil)
  }

  /// Every comment is still there, in the same order.
  @Test(arguments: Scripts.all)
  func commentsStay(_ script: FoundScript) {
    guard let text = format(script.source).text else { return }
    #expect(Scripts.comments(text) == Scripts.comments(String(decoding: script.source.bytes, as: UTF8.self)))
  }

  @Test(arguments: Scripts.in("examples"))
  func examplesAreInCanonicalForm(_ script: FoundScript) {
    #expect(format(script.source).text == String(decoding: script.source.bytes, as: UTF8.self))
  }

  @Test func aScriptWithErrorsHasNoForm() {
    let result = format(SourceFile(name: "t.weft", text: "let = 3"))
    #expect(result.text == nil)
    #expect(result.diagnostics.map(\.code) == ["E0128"])
  }

  @Test(arguments: [
    ("", ""), ("\n\n", ""), ("\u{FEFF}a", "a\n"), ("# c", "# c\n"), ("a\r\n\r\n\r\nb\r\n", "a\n\nb\n"), (";;", ""),
    ("## d\n;\ntask f() { }", "## d\n;\ntask f() { }\n"), ("\u{FEFF}## d\n\na", "## d\n\na\n"),
    ("## d\n;;a", "## d\n;\na\n"),
    ("let s = \"\"\"\r\n  a\r\n  \"\"\"\r\n", "let s = \"\"\"\n  a\n  \"\"\"\n"),
    ("let s = \"\"\"\n\r\r\na\n\"\"\"", "let s = \"\"\"\n\r\r\na\n\"\"\"\n"),
  ])
  func smallThings(_ script: String, _ expected: String) {
    #expect(format(SourceFile(name: "t.weft", text: script)).text == expected)
    #expect(problem(ofFormatting: SourceFile(name: "t.weft", text: script)) == nil)
  }

  /// Nothing here may take time that grows faster than the script.
  @Test func muchOfEverything() {
    let wide = "f(" + String(repeating: "a", count: 60) + ", " + String(repeating: "b", count: 60) + ")\n"
    for piece in [
      wide, "f(a, b)\n", "# c\n", "a # c\n", "if a { b } else { c }\n", "gather { a, }\n", "a;",
      "let s = \"\"\"\n  a\n  \"\"\"\n",
    ] {
      let source = SourceFile(name: "t.weft", text: String(repeating: piece, count: 2_000))
      #expect(problem(ofFormatting: source) == nil)
    }
    let long = "[" + String(repeating: "1,", count: 20_000) + "]"
    #expect(problem(ofFormatting: SourceFile(name: "t.weft", text: long)) == nil)
    let deep = String(repeating: "[1, ", count: 190) + String(repeating: "]", count: 190)
    #expect(problem(ofFormatting: SourceFile(name: "t.weft", text: deep)) == nil)
  }
}

/// What is wrong with the canonical form of a script without errors; nil if nothing is.
func problem(ofFormatting source: SourceFile) -> String? {
  let before = parse(source)
  if before.hasErrors { return nil }
  guard let text = format(source).text else { return "no text" }
  let formatted = SourceFile(name: "formatted.weft", text: text)
  let after = parse(formatted)
  if after.hasErrors { return "it no longer parses:\n" + text }
  if dump(after.tree) != dump(before.tree) || after.tree.documentation != before.tree.documentation {
    return "the tree has changed:\n" + text
  }
  let again = format(formatted).text
  return again == text ? nil : "formatting it again gives:\n" + (again ?? "nothing")
}
