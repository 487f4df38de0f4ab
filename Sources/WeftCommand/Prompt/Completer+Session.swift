import Weft
import WeftMachine

extension Completer.Name {
  init(_ name: SessionName) {
    self.init(name: name.name, type: name.type ?? "", keys: name.members)
    if name.kind == .task { parameters = Self.parameters(of: name.signature) }
    if case .map(let entries, _)? = name.value { keys += entries.map(\.key).filter(Self.isWord) }
  }

  /// `url` and `limit` of `download(url, limit = 5s)`.
  static func parameters(of signature: String) -> [String] {
    guard let open = signature.firstIndex(of: "(") else { return [] }
    var names: [String] = []
    var depth = 0
    // Defaults may hold commas and brackets of their own.
    var parameter = ""
    for character in signature[signature.index(after: open)...] {
      if "([{".contains(character) { depth += 1 }
      if ")]}".contains(character) { depth -= 1 }
      if depth < 0 || (depth == 0 && character == ",") {
        let name = parameter.drop(while: \.isWhitespace).prefix { isNamePart($0) }
        if !name.isEmpty { names.append(String(name)) }
        parameter = ""
        if depth < 0 { break }
      } else {
        parameter.append(character)
      }
    }
    return names
  }

  private static func isNamePart(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || character == "_"
  }

  private static func isWord(_ key: String) -> Bool {
    key.allSatisfy(isNamePart) && key.first?.isNumber == false
  }
}
