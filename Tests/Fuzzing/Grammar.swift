/// The rules of `grammar/weft.ebnf`.
struct Grammar {
  indirect enum Node {
    /// Exactly this text.
    case text(String)
    case rule(String)
    case sequence([Node])
    case choice([Node])
    case optional(Node)
    case repetition(Node)
    /// What the grammar says in words.
    case words(String)
  }

  struct Mistake: Error, CustomStringConvertible {
    let description: String
  }

  private(set) var rules: [String: Node] = [:]

  init(_ text: String) throws {
    var reader = Reader(text)
    while let (name, node) = try reader.rule() {
      if rules.updateValue(node, forKey: name) != nil { throw Mistake(description: "`\(name)` has two rules") }
    }
    for (name, node) in rules { try check(node, in: name) }
  }

  private func check(_ node: Node, in name: String) throws {
    switch node {
    case .text, .words: break
    case .rule(let other):
      if rules[other] == nil { throw Mistake(description: "`\(name)` uses `\(other)`, which has no rule") }
    case .sequence(let parts), .choice(let parts): for part in parts { try check(part, in: name) }
    case .optional(let inner), .repetition(let inner): try check(inner, in: name)
    }
  }
}

/// Reads the one form of rule that the file's first comment describes.
private struct Reader {
  private enum Token: Equatable { case name(String), text(String), words(String), sign(Character) }

  private var tokens: [Token] = []
  private var index = 0

  init(_ text: String) {
    var rest = text[...]
    while let first = rest.first {
      if first.isWhitespace {
        rest.removeFirst()
      } else if rest.hasPrefix("(*") {
        rest = Reader.behindComment(rest)
      } else if first == "?" {
        let words = rest.dropFirst().prefix { $0 != "?" }
        tokens.append(.words(String(words.drop { $0 == " " })))
        rest = rest[words.endIndex...].dropFirst()
      } else if first == "\"" {
        rest.removeFirst()
        var text = ""
        while let character = rest.popFirst(), character != "\"" {
          text.append(character == "\\" ? rest.popFirst() ?? "\\" : character)
        }
        tokens.append(.text(text))
      } else if first.isLetter {
        let name = rest.prefix { $0.isLetter || $0 == "_" }
        tokens.append(.name(String(name)))
        rest = rest[name.endIndex...]
      } else {
        tokens.append(.sign(first))
        rest.removeFirst()
      }
    }
  }

  /// Comments nest.
  private static func behindComment(_ text: Substring) -> Substring {
    var rest = text.dropFirst(2)
    var depth = 1
    while depth > 0, !rest.isEmpty {
      if rest.hasPrefix("(*") || rest.hasPrefix("*)") {
        depth += rest.hasPrefix("(*") ? 1 : -1
        rest = rest.dropFirst(2)
      } else {
        rest = rest.dropFirst()
      }
    }
    return rest
  }

  mutating func rule() throws -> (String, Grammar.Node)? {
    guard index < tokens.count else { return nil }
    guard case .name(let name) = tokens[index] else { throw mistake("a rule's name") }
    index += 1
    try take("=")
    let node = try choice()
    try take(";")
    return (name, node)
  }

  private mutating func choice() throws -> Grammar.Node {
    var parts = [try sequence()]
    while at("|") {
      index += 1
      parts.append(try sequence())
    }
    return parts.count == 1 ? parts[0] : .choice(parts)
  }

  private mutating func sequence() throws -> Grammar.Node {
    var parts = [try part()]
    while at(",") {
      index += 1
      parts.append(try part())
    }
    return parts.count == 1 ? parts[0] : .sequence(parts)
  }

  private mutating func part() throws -> Grammar.Node {
    guard index < tokens.count else { throw mistake("more") }
    let token = tokens[index]
    index += 1
    switch token {
    case .name(let name): return .rule(name)
    case .text(let text): return .text(text)
    case .words(let words): return .words(words)
    case .sign("("): return try enclosed(")") { $0 }
    case .sign("["): return try enclosed("]") { .optional($0) }
    case .sign("{"): return try enclosed("}") { .repetition($0) }
    case .sign:
      index -= 1
      throw mistake("a part of a rule")
    }
  }

  private mutating func enclosed(
    _ closer: Character, _ make: (Grammar.Node) -> Grammar.Node
  ) throws -> Grammar.Node {
    let inner = try choice()
    try take(closer)
    return make(inner)
  }

  private func at(_ sign: Character) -> Bool { index < tokens.count && tokens[index] == .sign(sign) }

  private mutating func take(_ sign: Character) throws {
    guard at(sign) else { throw mistake("`\(sign)`") }
    index += 1
  }

  private func mistake(_ expected: String) -> Grammar.Mistake {
    let found = index < tokens.count ? "\(tokens[index])" : "the end"
    return Grammar.Mistake(description: "expected \(expected), found \(found) behind \(tokens[..<index].suffix(5))")
  }
}
