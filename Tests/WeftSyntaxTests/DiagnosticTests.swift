import Testing

/// What people see for each mistake, word by word.
@Suite struct DiagnosticTests {
  @Test(arguments: textAndWords)
  func textAndWordsCases(_ sample: Sample) {
    #expect(rendered(sample.script) == sample.expected)
  }

  @Test(arguments: habitsOfOtherLanguages)
  func habitsOfOtherLanguagesCases(_ sample: Sample) {
    #expect(rendered(sample.script) == sample.expected)
  }

  @Test(arguments: structure)
  func structureCases(_ sample: Sample) {
    #expect(rendered(sample.script) == sample.expected)
  }

  @Test(arguments: constructs)
  func constructsCases(_ sample: Sample) {
    #expect(rendered(sample.script) == sample.expected)
  }
}
