/// How many rules deep the shortest text of each rule is: the way out when a script has become long enough.
struct Heights {
  /// A node of which no text can be made, as in a head, where no `{` may stand outside brackets.
  static let never = 1_000

  private var normal: [String: Int] = [:]
  private var inHead: [String: Int] = [:]

  init(_ grammar: Grammar) {
    for name in grammar.rules.keys {
      normal[name] = Heights.never
      inHead[name] = Heights.never
    }
    var isDone = false
    while !isDone {
      isDone = true
      for (name, node) in grammar.rules {
        for isHead in [false, true] {
          let new = min(Heights.never, height(of: node, isHead: isHead) + 1)
          if new < (isHead ? inHead[name] : normal[name]) ?? 0 {
            if isHead { inHead[name] = new } else { normal[name] = new }
            isDone = false
          }
        }
      }
    }
  }

  func height(of node: Grammar.Node, isHead: Bool) -> Int {
    switch node {
    case .text(let text): return isHead && text == "{" ? Heights.never : 0
    case .words: return 0
    case .rule(let name): return (isHead ? inHead[name] : normal[name]) ?? Heights.never
    case .optional, .repetition: return 0
    case .choice(let choices): return choices.map { height(of: $0, isHead: isHead) }.min() ?? 0
    case .sequence(let parts):
      var result = 0
      var isOpen = false
      for part in parts {
        if case .text(let text) = part {
          if text == "(" || text == "[" { isOpen = true }
          if text == ")" || text == "]" { isOpen = false }
        }
        result = max(result, height(of: part, isHead: isHead && !isOpen))
      }
      return result
    }
  }
}
