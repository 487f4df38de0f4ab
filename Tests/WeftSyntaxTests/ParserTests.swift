import Testing

/// What each construct is read as.
@Suite struct ParserTests {
  @Test(arguments: literals)
  func literalsCases(_ sample: Sample) {
    #expect(dumped(sample.script) == sample.expected)
  }

  @Test(arguments: namesAndNewlines)
  func namesAndNewlinesCases(_ sample: Sample) {
    #expect(dumped(sample.script) == sample.expected)
  }

  @Test(arguments: operators)
  func operatorsCases(_ sample: Sample) {
    #expect(dumped(sample.script) == sample.expected)
  }

  @Test(arguments: declarations)
  func declarationsCases(_ sample: Sample) {
    #expect(dumped(sample.script) == sample.expected)
  }

  @Test(arguments: control)
  func controlCases(_ sample: Sample) {
    #expect(dumped(sample.script) == sample.expected)
  }

  @Test(arguments: work)
  func workCases(_ sample: Sample) {
    #expect(dumped(sample.script) == sample.expected)
  }

  @Test(arguments: blocks)
  func blocksCases(_ sample: Sample) {
    #expect(dumped(sample.script) == sample.expected)
  }
}
