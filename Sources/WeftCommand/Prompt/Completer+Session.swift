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
    var isNameNext = true
    var name = ""
    for character in signature[signature.index(after: open)...] {
      switch character {
      case "(", "[", "{": depth += 1
      case ")", "]", "}": depth -= 1
      case "," where depth == 0: isNameNext = true
      default: break
      }
      if isNameNext, character.isLetter || character.isNumber || character == "_" {
        name.append(character)
      } else if !name.isEmpty {
        names.append(name)
        name = ""
        isNameNext = false
      }
      if depth < 0 { break }
    }
    return names
  }

  private static func isWord(_ key: String) -> Bool {
    key.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" } && key.first?.isNumber == false
  }
}
