import Testing
import WeftSyntax

@Suite struct RendererTests {
  @Test func textHasTheFormOfTheLanguagePage() {
    let lines = String(repeating: "\n", count: 16) + "  gather for i in 1...count { downlaod(\"\\(base)/delay/1\") }"
    let source = SourceFile(name: "pages.weft", text: lines)
    let problem = Diagnostic(
      .error, "E0201", "cannot find `downlaod` in scope", at: Span(46, 54), caret: "did you mean `download`?")
    #expect(
      DiagnosticRenderer(color: false).text(problem, in: source) == ##"""
        error: cannot find `downlaod` in scope  [E0201]
           ╭─ pages.weft:17:31
        17 │   gather for i in 1...count { downlaod("\(base)/delay/1") }
           │                               ^^^^^^^^ did you mean `download`?
        """##)
  }

  @Test func spansOverSeveralLinesShowBothEnds() {
    let source = SourceFile(name: "a", text: "let x = f(\n  1,\n  2,\n)\n")
    let problem = Diagnostic(.warning, "W1", "long", at: Span(8, 22), caret: "here", hint: "shorten it")
    #expect(
      DiagnosticRenderer(color: false).text(problem, in: source) == """
        warning: long  [W1]
           ╭─ a:1:9
         1 │ let x = f(
           │         ^^
           ┆
         4 │ )
           │ ^ here
           = hint: shorten it
        """)
  }

  @Test func tabsAndWideCharactersKeepTheCaretInPlace() {
    let source = SourceFile(name: "a", text: "\t日本é\u{301}\tx\r\n")
    let start = 1 + 6 + 2 + 2 + 1
    let problem = Diagnostic(.note, "N1", "wide", at: Span(start, start + 1))
    #expect(
      DiagnosticRenderer(color: false).text(problem, in: source) == """
        note: wide  [N1]
           ╭─ a:1:7
         1 │     日本é\u{301}   x
           │             ^
        """)
  }

  @Test func longLinesAreCut() {
    let text = String(repeating: "a", count: 300) + "!" + String(repeating: "b", count: 300)
    let source = SourceFile(name: "a", text: text)
    let problem = Diagnostic(.error, "E1", "far", at: Span(300, 301), caret: "here")
    let lines = DiagnosticRenderer(color: false).text(problem, in: source).split(separator: "\n")
    #expect(lines[2] == " 1 │ …" + String(repeating: "a", count: 40) + "!" + String(repeating: "b", count: 79) + "…")
    #expect(lines[3] == "   │ " + String(repeating: " ", count: 41) + "^ here")
  }

  @Test func theEndOfTheFileCanBeShown() {
    for text in ["", "a", "a\n", "\n\n", "a\r\n"] {
      let source = SourceFile(name: "a", text: text)
      let end = source.bytes.count
      let shown = DiagnosticRenderer(color: false).text(Diagnostic(.error, "E1", "end", at: Span(end, end)), in: source)
      #expect(shown.hasSuffix("^"))
    }
  }

  @Test func coloursAreEscapes() {
    let source = SourceFile(name: "a", text: "x")
    let shown = DiagnosticRenderer(color: true).text(Diagnostic(.error, "E1", "m", at: Span(0, 1)), in: source)
    #expect(shown.hasPrefix("\u{1B}[1;31merror:\u{1B}[0m"))
  }

  @Test func scriptsCannotSendEscapesToTheTerminal() {
    let source = SourceFile(name: "a\u{1B}[2J", text: "\u{1B}[2J \u{202E}x")
    let problem = Diagnostic(.error, "E1", "bad `\u{1B}`", at: Span(0, 1), caret: "\u{7}", hint: "\u{9B}")
    let shown = DiagnosticRenderer(color: false).text(problem, in: source)
    #expect(!shown.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0.value == 0x9B || $0.value == 0x202E })
  }

  @Test func jsonIsOneLine() {
    let source = SourceFile(name: "a\"b.weft", text: "let x\n = é")
    let problem = Diagnostic(
      .error, "E1", "a\n\"b\"", at: Span(9, 11), labels: [.init(span: Span(0, 3), text: "this")], hint: "tab\t\u{1}")
    #expect(
      DiagnosticRenderer(color: false).json(problem, in: source)
        == ##"{"file":"a\"b.weft","line":2,"column":4,"endLine":2,"endColumn":5,"severity":"error","code":"E1","message":"a\n\"b\"","hint":"tab\t\u0001","caret":null,"labels":[{"line":1,"column":1,"endLine":1,"endColumn":4,"text":"this"}]}"##
    )
  }
}
