/// A recursive-descent parser. Each construct's method begins at its first token and leaves `token` behind its last.
///
/// After a problem `recovering` is set: methods return quickly (with `.invalid` in the tree), nothing more is reported, and
/// the nearest list, block or statement around finds the place from which to go on (see `Parser+Recovery.swift`).
struct Parser {
  struct OpenBracket {
    let kind: TokenKind
    let start: Int32
  }

  /// Bounds the recursion of this parser. Deeper code than this is generated code gone wrong.
  static let nestingLimit = 200
  /// Bounds the height of the tree, over which the compiler and the tree's own release recurse: a long chain of operators
  /// needs no nesting to become deep.
  static let heightLimit = 1_000

  let source: SourceFile
  let tokens: [Token]
  let literals: [Literal]
  let names: [String]
  var diagnostics: [Diagnostic]
  var endProblems: Int
  let endsInString: Bool

  var index = 0
  var token: Token
  var previousEnd: Int32 = 0
  var recovering = false
  /// A limit was hit; the rest of the file is not read.
  var stopped = false

  /// Whether a newline ends a statement here: the innermost open bracket is a block's, or there is none.
  var newlinesEnd = true
  /// In the head of `if`, `while`, `for` or `with`, where `{` begins the body.
  var inHead = false
  /// In the pattern of `mock fetch`, where `=>` belongs to the mock.
  var closuresAllowed = true
  var brackets: [OpenBracket] = []
  /// Braces that recovery gave up on, whose closing braces are no new problem.
  var forgivenBraces = 0
  var blockDepth = 0
  var depth = 0
  /// The height of the tallest expression parsed since the caller set this to 0.
  var height = 0
  /// The token index at which a `sleep` or `fetch` without parentheses ended last.
  var bareWorkEnd = -1
  var errorParents: [Int32: Name] = [:]
  /// `_` is the last value of a session.
  var underscoreHasValue = false
  /// What the formatter has to know of each token; empty unless it asked.
  var marks: [TokenMarks] = []

  init(source: SourceFile, list: TokenList) {
    self.source = source
    tokens = list.tokens
    literals = list.literals
    names = list.names.names
    diagnostics = list.diagnostics
    endProblems = list.endProblems
    endsInString = list.endsInString
    token = list.tokens[0]
  }

  mutating func parseFile() -> ParseResult {
    let statements = parseStatements(inBlock: false)
    let tree = Tree(
      source: source, statements: statements, documentation: fileDocumentation(), errorParents: errorParents)
    // The sort must keep the order of problems at one place, which `sort` does not promise.
    let ordered = diagnostics.enumerated().sorted {
      ($0.element.span.start, $0.offset) < ($1.element.span.start, $1.offset)
    }
    let errors = diagnostics.reduce(0) { $0 + ($1.severity == .error ? 1 : 0) }
    return ParseResult(
      tree: tree, diagnostics: ordered.map(\.element), isIncomplete: errors > 0 && errors == endProblems,
      endsInSemicolon: tokens.count > 1 && tokens[tokens.count - 2].kind == .semicolon)
  }

  // MARK: Tokens

  @inline(__always)
  mutating func advance() {
    guard token.kind != .end else { return }
    previousEnd = token.end
    index += 1
    token = tokens[index]
  }

  func peek(_ ahead: Int = 1) -> Token {
    tokens[min(index + ahead, tokens.count - 1)]
  }

  /// Whether the current token cannot go on with what stands before it.
  @inline(__always)
  var atLineEnd: Bool { newlinesEnd && token.newlineBefore }

  func at(_ kind: TokenKind) -> Bool { token.kind == kind && !atLineEnd }

  mutating func take(_ kind: TokenKind) -> Bool {
    guard token.kind == kind else { return false }
    advance()
    return true
  }

  func text(of token: Token) -> String { source.text(token.span) }

  func name(of token: Token) -> Name {
    Name(text: names[Int(token.value)], span: token.span)
  }

  mutating func takeName() -> Name {
    let result = name(of: token)
    advance()
    return result
  }

  func span(from start: Int32) -> Span { Span(Int(start), Int(max(start, previousEnd))) }

  /// Tells the formatter something about the current token.
  @inline(__always)
  mutating func mark(_ new: TokenMarks) {
    if !marks.isEmpty { marks[index].insert(new) }
  }

  // MARK: Brackets

  struct Context {
    let newlinesEnd: Bool
    let inHead: Bool
    let closuresAllowed: Bool
  }

  /// Steps over an opening bracket; in it newlines mean nothing, unless it is a block's.
  mutating func open(isBlock: Bool = false) -> Context {
    let context = Context(newlinesEnd: newlinesEnd, inHead: inHead, closuresAllowed: closuresAllowed)
    if isBlock { mark(.block) }
    brackets.append(OpenBracket(kind: token.kind, start: token.start))
    newlinesEnd = isBlock
    inHead = false
    closuresAllowed = true
    advance()
    return context
  }

  /// Steps over the closing bracket of the innermost open one. `expected` is what else could have stood here.
  mutating func close(_ kind: TokenKind, _ context: Context, orElse expected: String? = nil) {
    if !recovering {
      if token.kind == kind {
        brackets.removeLast()
        advance()
      } else {
        let closer = Parser.spelling(of: kind)
        failExpecting(expected.map { "\($0) or \(closer)" } ?? closer)
      }
    }
    restore(context)
  }

  mutating func restore(_ context: Context) {
    newlinesEnd = context.newlinesEnd
    inHead = context.inHead
    closuresAllowed = context.closuresAllowed
  }

  static func spelling(of closer: TokenKind) -> String {
    switch closer {
    case .rightParen: "`)`"
    case .rightBracket: "`]`"
    default: "`}`"
    }
  }

  // MARK: Limits

  /// Begins a construct that nests. Each call that returns true needs a `leave()`.
  mutating func enter() -> Bool {
    guard depth < Parser.nestingLimit else {
      if !stopped {
        recovering = false
        report(
          Code.nesting, "this is nested too deeply", at: token.span,
          caret: "the limit is \(Parser.nestingLimit) levels",
          hint: "give inner parts a name, or make them tasks")
        stop()
      }
      return false
    }
    depth += 1
    return true
  }

  mutating func leave() { depth -= 1 }

  /// Records that one more level stands above what was parsed since `height` was set to 0.
  @inline(__always)
  mutating func grow() {
    height += 1
    if height > Parser.heightLimit { reportHeight() }
  }

  private mutating func reportHeight() {
    guard !stopped else { return }
    recovering = false
    report(
      Code.chainLength, "this expression is too long", at: token.span,
      caret: "the limit is \(Parser.heightLimit) steps in one chain", hint: "give a part of it a name, or use a list")
    stop()
  }

  private mutating func stop() {
    stopped = true
    recovering = true
    index = tokens.count - 1
    token = tokens[index]
  }
}
