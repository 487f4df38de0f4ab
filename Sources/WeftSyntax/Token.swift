/// What a token is. The reserved words come first and in the order of `TokenKind.reserved`, because a name table seeded
/// with them gives each its own raw value as its id.
enum TokenKind: UInt8 {
  case `let`, `var`, `import`, `if`, `else`, `for`, `in`, `while`, `break`, `continue`, `return`, `throw`, `try`
  case `catch`, finally, with, start, await, `true`, `false`, noneValue, and, or, not, `is`, gather, race, taskgroup
  case expect, sleep, fetch, compute

  /// Any other word.
  case name
  /// A number, duration, size or rate; `value` is its place in `TokenList.literals`.
  case literal
  /// A literal whose problem has been reported; it stands for any value.
  case invalidLiteral
  case stringStart, stringText, interpolationStart, interpolationEnd, stringEnd
  /// What follows `:` in `\(x:.2)`, the colon included.
  case formatSpec

  case leftParen, rightParen, leftBracket, rightBracket, leftBrace, rightBrace
  case comma, colon, semicolon, dot, questionDot, coalesce, arrow, assign
  case plusAssign, minusAssign, starAssign, slashAssign, floorAssign, percentAssign, powerAssign
  case plus, minus, star, slash, floorSlash, percent, power
  case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
  case rangeHalfOpen, rangeClosed
  /// `?` alone, which belongs to no construct; the parser knows what was meant.
  case question
  case end

  static let reserved = [
    "let", "var", "import", "if", "else", "for", "in", "while", "break", "continue", "return", "throw", "try", "catch",
    "finally", "with", "start", "await", "true", "false", "none", "and", "or", "not", "is", "gather", "race",
    "taskgroup", "expect", "sleep", "fetch", "compute",
  ]

  var isReserved: Bool { rawValue < TokenKind.name.rawValue }
  var isWord: Bool { rawValue <= TokenKind.name.rawValue }
}

/// Words that mean something in certain places only, and those that other languages use where Weft has its own. Their
/// raw values are ids in the name table, after those of the reserved words.
enum Word: Int32, CaseIterable {
  case task = 32
  case error, param, test, bench, mock, semaphore, rate, pool, timeout, retry, shield, `throws`, `as`, each
  case elif, elseif, elsif, def, `func`, fn, function, const, raise, except, lambda, async, f, r, b, u
  case pythonNone, pythonTrue, pythonFalse, underscore

  /// In the order of their raw values. (To print a case would look its name up by reflection, which takes a tenth of the time in
  /// which a worker process starts.)
  static let spellings = [
    "task", "error", "param", "test", "bench", "mock", "semaphore", "rate", "pool", "timeout", "retry", "shield",
    "throws", "as", "each", "elif", "elseif", "elsif", "def", "func", "fn", "function", "const", "raise", "except",
    "lambda", "async", "f", "r", "b", "u", "None", "True", "False", "_",
  ]
}

/// What only the parser knows of a token, and the formatter needs.
struct TokenMarks: OptionSet {
  let rawValue: UInt8
  /// A statement begins with it, or a child of a `gather`.
  static let statement = TokenMarks(rawValue: 1)
  /// The `{` of a block, not of a map. (The formatter marks the `}` as well.)
  static let block = TokenMarks(rawValue: 2)
  /// A `-` with one operand.
  static let negation = TokenMarks(rawValue: 4)
  /// The `for` or `if` of a comprehension.
  static let clause = TokenMarks(rawValue: 8)
  /// The `each` of a `mock`, which is no name.
  static let each = TokenMarks(rawValue: 16)
}

/// One token: where it stands, and a number whose meaning depends on the kind (a name's id, a literal's place).
struct Token {
  struct Flags: OptionSet {
    let rawValue: UInt8
    /// The first token of its line.
    static let newlineBefore = Flags(rawValue: 1)
    /// A `##` comment stands between it and the token before.
    static let documented = Flags(rawValue: 2)
    /// Text of a string that holds a backslash.
    static let escaped = Flags(rawValue: 4)
    /// Belongs to a `"""` string.
    static let multiline = Flags(rawValue: 8)
    /// Made up by the lexer to close what the script left open, which it has reported.
    static let madeUp = Flags(rawValue: 16)
    /// Something that is no token stood before it and has been reported.
    static let damaged = Flags(rawValue: 32)
  }

  var kind: TokenKind
  var flags: Flags
  var start: Int32
  var end: Int32
  var value: Int32

  var span: Span { Span(Int(start), Int(end)) }
  var newlineBefore: Bool { flags.contains(.newlineBefore) }

  func isWord(_ word: Word) -> Bool { kind == .name && value == word.rawValue }
}

/// The value of a number literal.
enum Literal {
  case int(Int64)
  case bigInt(String)
  case float(Double)
  case duration(Int64)
  case rate(count: Double, unit: Int64, unitName: String)
}

/// What the lexer makes of a file.
struct TokenList {
  var tokens: [Token] = []
  var literals: [Literal] = []
  var names = NameTable()
  var diagnostics: [Diagnostic] = []
  /// How many of the diagnostics say no more than that the input ended too early.
  var endProblems = 0
  /// A `"""` string was open at the end, so that nothing after it can be judged.
  var endsInString = false
}
