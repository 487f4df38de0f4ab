import Testing
import WeftSyntax

@Suite struct ParseResultTests {
  private func isIncomplete(_ text: String) -> Bool {
    parse(SourceFile(name: "t", text: text)).isIncomplete
  }

  @Test(arguments: [
    "f(", "[1, 2", "{a: 1,", "gather {", "task f() {\n  a()\n", "if a { b } else {", "\"\"\"\nabc", "f(\"\"\"\n  \\(x",
    "x = [1 +",
    "race { a: b(", "let {a, b", "task f(a,", "f(x => {", "timeout(1s) { ", "import \"x\"\nf(1,\n",
  ])
  func openBracketsAskForMore(_ text: String) {
    #expect(isIncomplete(text))
  }

  @Test(arguments: ["", "a", "let x =", "f)", "\"abc", "f(a b", "f(]", "}", "1min; f(", "{a: (1}", "if a"])
  func otherTroubleDoesNot(_ text: String) {
    #expect(!isIncomplete(text))
  }

  @Test func invalidUTF8IsToldOnce() {
    let source = SourceFile(name: "t", bytes: Array("let x = \"".utf8) + [0xFF, 0xFE] + Array("\"\ny = 1min".utf8))
    #expect(parse(source).diagnostics.map(\.code) == ["E0101", "E0107"])
    #expect(source.firstInvalidByte == 9)
    #expect(SourceFile(name: "t", bytes: [0xC0, 0x80]).firstInvalidByte == 0)
    #expect(SourceFile(name: "t", bytes: [0xED, 0xA0, 0x80]).firstInvalidByte == 0)
    #expect(SourceFile(name: "t", bytes: [0x61, 0xE2, 0x82]).firstInvalidByte == 1)
    #expect(SourceFile(name: "t", text: "é日🎉").firstInvalidByte == nil)
  }

  @Test func aByteOrderMarkIsSkipped() {
    #expect(dumped("\u{FEFF}x") == "x")
  }

  @Test func theFileHasDocumentation() {
    let tree = parse(SourceFile(name: "t", text: "#!/usr/bin/weft\n## One.\n## Two.\n\n## Three.\nparam x")).tree
    #expect(tree.documentation == "One.\nTwo.")
    #expect(parse(SourceFile(name: "t", text: "## Three.\nparam x")).tree.documentation == nil)
  }

  @Test func parentsOfKindsAreFound() {
    let tree = parse(SourceFile(name: "t", text: "error A, B: lib.C")).tree
    guard case .errorKinds(let kinds)? = tree.statements.first?.kind else {
      Issue.record("no kinds")
      return
    }
    #expect(kinds.map { tree.parent(ofErrorKind: $0)?.text } == [nil, "lib.C"])
  }

  @Test func diagnosticsStandInTheOrderOfTheText() {
    let result = parse(SourceFile(name: "t", text: "a b\nx = 1min\nc d\ny = 'z'\n"))
    #expect(result.diagnostics.map(\.span.start) == result.diagnostics.map(\.span.start).sorted())
    #expect(result.diagnostics.count == 4)
  }

  @Test func everyStatementOfALineIsRead() {
    #expect(codes("f(a b; g(c d; x = 1min") == ["E0121", "E0121", "E0107"])
    #expect(codes("for (i = 0; i < 3; i += 1) { let = 3 }") == ["E0145", "E0128"])
  }

  @Test func spansCoverWhatWasRead() {
    let source = SourceFile(name: "t", text: "let x = (a.b)(1) + [2]\ngather { f() }")
    let statements = parse(source).tree.statements
    #expect(statements.map { source.text($0.span) } == ["let x = (a.b)(1) + [2]", "gather { f() }"])
    guard case .binding(_, let value, _)? = statements.first?.kind, case .binary(_, let call, _) = value.kind else {
      Issue.record("not a sum")
      return
    }
    #expect(source.text(value.span) == "(a.b)(1) + [2]")
    #expect(source.text(call.span) == "(a.b)(1)")
  }
}

@Suite struct ClosestMatchTests {
  @Test(arguments: [
    ("downlaod", "download"), ("prnt", "print"), ("Print", "print"), ("fecth", "fetch"), ("lenght", "length"),
    ("x", nil), ("xyz", nil), ("", nil), ("completely", nil), ("gathr", "gather"),
  ])
  func aSlipIsFound(_ word: String, _ expected: String?) {
    let names = ["print", "download", "fetch", "length", "gather", "a", "b"]
    #expect(closestMatch(to: word, among: names) == expected)
  }
}
