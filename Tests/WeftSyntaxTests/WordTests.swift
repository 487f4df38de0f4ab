import Testing

@testable import WeftSyntax

@Suite struct WordTests {
  /// The spellings stand beside the cases, in a list of their own.
  @Test func eachCaseIsSpelledAsItIsCalled() {
    #expect(Word.spellings.count == Word.allCases.count)
    let renamed: [Word: String] = [.pythonNone: "None", .pythonTrue: "True", .pythonFalse: "False", .underscore: "_"]
    for (word, spelling) in zip(Word.allCases, Word.spellings) { #expect(spelling == renamed[word] ?? "\(word)") }
  }

  /// Their raw values are the ids that a name table gives the spellings.
  @Test func theFirstCaseFollowsTheReservedWords() {
    #expect(Int(Word.allCases[0].rawValue) == TokenKind.reserved.count)
    #expect(NameTable().names == TokenKind.reserved + Word.spellings)
  }
}
