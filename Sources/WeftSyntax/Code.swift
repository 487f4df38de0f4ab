/// The stable codes of what this module reports. A code keeps its meaning for ever; a new problem gets a new number.
enum Code {
  // The text and its words
  static let invalidUTF8 = "E0101"
  static let unexpectedCharacter = "E0102"
  static let unterminatedString = "E0103"
  static let invalidEscape = "E0104"
  static let multilineLayout = "E0105"
  static let malformedNumber = "E0106"
  static let unknownUnit = "E0107"
  static let numberRange = "E0108"
  static let interpolation = "E0109"
  static let formatSpec = "E0110"
  static let foreignWord = "E0111"
  static let fileSize = "E0112"

  // Structure
  static let expectedExpression = "E0120"
  static let expectedToken = "E0121"
  static let expectedEnd = "E0122"
  static let unclosed = "E0123"
  static let unmatched = "E0124"
  static let expectedBlock = "E0125"
  static let blockInHead = "E0126"
  static let reservedWord = "E0127"
  static let expectedName = "E0128"
  static let nesting = "E0129"
  static let chainLength = "E0130"

  // Constructs
  static let assignmentTarget = "E0131"
  static let assignmentInExpression = "E0132"
  static let comparisonChain = "E0133"
  static let bareWork = "E0134"
  static let workOperand = "E0135"
  static let tryAlone = "E0136"
  static let catchClause = "E0137"
  static let mapKey = "E0138"
  static let gatherChild = "E0139"
  static let statementAsValue = "E0140"
  static let topLevelOnly = "E0141"
  static let plainString = "E0142"
  static let argumentOrder = "E0143"
  static let misplacedElse = "E0144"
  static let pattern = "E0145"
  static let kindName = "E0146"
  static let missingValue = "E0147"
  static let typeAnnotation = "E0148"
  static let repeatedClause = "E0149"

  // Advice
  static let awaitedCall = "W0101"
  static let loopInGather = "W0102"
}
