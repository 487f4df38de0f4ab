/// `name?` asks what something does, `name??` how it is written; so do `?name` and `??name`. `?` alone asks for the overview.
struct PromptQuestion: Equatable {
  let name: String
  let wantsSource: Bool

  init?(_ line: String) {
    var text = line[...]
    var marks = 0
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    while text.first == "?" {
      text.removeFirst()
      marks += 1
    }
    if marks == 0 {
      while text.last == "?" {
        text.removeLast()
        marks += 1
      }
    }
    guard (1...2).contains(marks), text.last != ".",
      text.first.map({ $0.isLetter || $0 == "_" }) ?? (marks == 1),
      text.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." })
    else { return nil }
    name = String(text)
    wantsSource = marks == 2
  }
}
