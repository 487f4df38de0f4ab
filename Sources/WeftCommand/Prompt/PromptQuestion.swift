/// `name?` asks what something does, `name??` how it is written.
struct PromptQuestion: Equatable {
  let name: String
  let wantsSource: Bool

  init?(_ line: String) {
    var text = line[...]
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    guard text.last == "?" else { return nil }
    text.removeLast()
    wantsSource = text.last == "?"
    if wantsSource { text.removeLast() }
    guard let first = text.first, first.isLetter || first == "_", text.last != ".",
      text.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." })
    else { return nil }
    name = String(text)
  }
}
