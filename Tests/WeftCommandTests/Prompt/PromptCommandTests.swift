import Testing

@testable import WeftCommand

@Suite struct PromptCommandTests {
  private func read(_ line: String) -> PromptCommand.Reading? { PromptCommand.Line(line).map(PromptCommand.read) }

  @Test func wordsAndArguments() {
    #expect(read(":help") == .command(.help, argument: ""))
    #expect(read("  :load  a b.weft ") == .command(.load, argument: "a b.weft"))
    #expect(read(":time gather {\n  f()\n}") == .command(.time, argument: "gather {\n  f()\n}"))
    #expect(read(":q") == .command(.quit, argument: ""))
    #expect(read("1 + 1") == nil)
    #expect(read("{a: 1}") == nil)
  }

  @Test func mistakes() {
    #expect(read(":tiem f()") == .mistake("there is no command `:tiem`", hint: "did you mean `:time`?"))
    #expect(read(":dis f") == .mistake("there is no command `:dis`", hint: "did you mean `:disassemble`?"))
    #expect(read(":x") == .mistake("there is no command `:x`", hint: "`:help` lists the commands"))
    #expect(read(":") == .mistake("a command is missing behind `:`", hint: "`:help` lists the commands"))
    #expect(read(":load") == .mistake("`:load` needs a file", hint: "write `:load FILE`"))
    #expect(read(":quit now") == .mistake("`:quit` stands alone", hint: nil))
  }

  @Test func questions() {
    #expect(PromptQuestion("download?").map { [$0.name, "\($0.wantsSource)"] } == ["download", "false"])
    #expect(PromptQuestion(" xs.append?? ").map { [$0.name, "\($0.wantsSource)"] } == ["xs.append", "true"])
    #expect(PromptQuestion("?").map { [$0.name, "\($0.wantsSource)"] } == ["", "false"])
    #expect(PromptQuestion("?? greet").map { [$0.name, "\($0.wantsSource)"] } == nil)
    #expect(PromptQuestion("??greet").map { [$0.name, "\($0.wantsSource)"] } == ["greet", "true"])
    for line in ["??", "???", "?a?", "a ?? b", "f()?", "a.?", "\"a?"] { #expect(PromptQuestion(line) == nil) }
  }

  @Test func habits() {
    #expect(PromptCommand.habit(" exit ")?.command == .quit)
    #expect(PromptCommand.habit("quit()")?.command == .quit)
    #expect(PromptCommand.habit("help")?.name == "help")
    for line in ["exit(1)", "exited", "()", ""] { #expect(PromptCommand.habit(line) == nil) }
  }

  @Test func everyCommandHasAHelp() {
    for command in PromptCommand.allCases {
      #expect(PromptHelp.overview.contains(command.summary))
      #expect(PromptHelp.page(for: ":" + command.rawValue)?.hasPrefix(command.usage) == true)
    }
    for topic in PromptHelp.topics { #expect(PromptHelp.page(for: topic) != nil) }
    #expect(PromptHelp.page(for: "len") == "len(x)\n  how many elements, entries, characters or bytes there are\n")
    #expect(PromptHelp.page(for: "List.append")?.hasPrefix("List.append(") == true)
    #expect(PromptHelp.page(for: "E0201")?.hasPrefix("E0201: ") == true)
    #expect(PromptHelp.page(for: "nosuch") == nil)
    #expect(PromptHelp.closest(to: "gahter", among: []) == "gather")
  }

  @Test func indentation() {
    #expect(Indentation.next(after: "task f(x) {") == "  ")
    #expect(Indentation.next(after: "task f(x) {\n  if x {") == "    ")
    #expect(Indentation.next(after: "f(\n  1,") == "  ")
    #expect(Indentation.next(after: "1 +") == "")
    #expect(Indentation.next(after: "let s = \"\"\"\n  {") == "")
  }
}
