import WeftCompiler
import WeftMachine

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Finds what may stand where Tab was pressed.
struct Completer {
  /// A name of the session.
  struct Name: Equatable {
    var name: String
    /// Of a task; nil for a value.
    var parameters: [String]?
    /// The type of its value.
    var type = ""
    /// Of a map, those that can stand behind a dot.
    var keys: [String] = []
  }

  struct Result: Equatable {
    enum Breaks {
      /// All but the letters and digits of names.
      case names
      case quote
      case blanks

      /// The bytes themselves, as Readline wants them.
      var characters: String {
        switch self {
        case .names: " \t\n!\"#$%&'()*+,-./:;<=>?@[\\]^`{|}~"
        case .quote: "\""
        case .blanks: " \t"
        }
      }
    }

    var candidates: [String] = []
    /// What follows the only candidate.
    var suffix = ""
    var breaks = Breaks.names
  }

  var names: [Name] = []
  /// The numbers of the tasks that `:tasks` has shown.
  var tasks: [Int] = []

  private struct Candidate {
    let text: String
    let suffix: String
  }

  /// - Parameters:
  ///   - line: Up to the cursor.
  ///   - block: The lines of the same input that are complete.
  func complete(_ line: String, after block: String = "") -> Result {
    if block.isEmpty, let command = PromptCommand.Line(line) { return complete(command) }
    let context = CompletionContext(before: block + line)
    switch context.place {
    case .nothing: return Result()
    case .path:
      return paths(context.word, suffix: "\"", breaks: .quote) { $0.hasSuffix(".weft") || context.callee != nil }
    case .member(let receiver): return result(of: members(of: receiver), context.word)
    case .code: return result(of: code(context), context.word)
    }
  }

  private func result(of candidates: [Candidate], _ word: String) -> Result {
    let fitting = candidates.filter { $0.text.hasPrefix(word) && ($0.text != word || !$0.suffix.isEmpty) }
    return Result(candidates: Array(Set(fitting.map(\.text))).sorted(), suffix: fitting.first?.suffix ?? "")
  }

  // MARK: Code

  private static let keywords = [
    "let", "var", "import", "if", "else", "for", "in", "while", "break", "continue", "return", "throw", "try", "catch",
    "finally", "start", "await", "true", "false", "none", "and", "or", "not", "is", "expect", "sleep", "compute",
    "task", "error",
  ]
  /// Blocks with parentheses before their braces, and the options that can stand in them.
  private static let blocks: [(word: String, hasParentheses: Bool, options: [String])] = [
    ("gather", false, ["errors"]), ("taskgroup", false, ["errors"]), ("race", false, []), ("shield", false, []),
    ("with", false, []), ("semaphore", true, []), ("timeout", true, []), ("rate", true, ["burst"]),
    ("retry", true, ["backoff", "factor", "jitter", "on"]), ("pool", true, ["threads", "tasks", "processes"]),
  ]
  private static let fetchOptions = ["method", "headers", "body", "json", "timeout", "limit"]

  private static let builtins: [BuiltinSignature] = BuiltinFunction.allCases.map(\.signature).filter {
    !$0.name.hasPrefix("__") && !$0.name.contains(":")
  }
  private static let modules: [String] = Array(
    Set(builtins.compactMap { signature in signature.name.firstIndex(of: ".").map { String(signature.name[..<$0]) } }))

  private func code(_ context: CompletionContext) -> [Candidate] {
    let options = context.callee.map(options) ?? []
    var found = words(context)
    // `timeout` may be an option and a block; where an option can stand, it is one.
    found.removeAll { options.contains($0.text) }
    return options.map { Candidate(text: "\($0):", suffix: " ") } + found
  }

  private func words(_ context: CompletionContext) -> [Candidate] {
    var found = names.map { Candidate(text: $0.name, suffix: $0.parameters == nil ? "" : "(") }
    for block in Self.blocks { found.append(Candidate(text: block.word, suffix: block.hasParentheses ? "(" : " ")) }
    found += Self.keywords.map { Candidate(text: $0, suffix: " ") }
    found.append(Candidate(text: "fetch", suffix: "("))
    found += Self.builtins.filter { !$0.name.contains(".") }.map { Candidate(text: $0.name, suffix: "(") }
    found += Self.modules.map { Candidate(text: $0, suffix: ".") }
    // Whatever has been named in the same input is probably in scope.
    let known = Set(found.map(\.text))
    found += context.names.subtracting(known).map { Candidate(text: $0, suffix: "") }
    return found
  }

  private func options(of callee: String) -> [String] {
    if let own = names.last(where: { $0.name == callee })?.parameters { return own }
    if callee == "fetch" { return Self.fetchOptions }
    if let block = Self.blocks.first(where: { $0.word == callee }), !block.options.isEmpty { return block.options }
    if let builtin = Self.builtins.first(where: { $0.name == callee }) { return builtin.parameters.map(\.name) }
    let methods = BuiltinMethods.all.filter { $0.name == callee }
    return Array(Set(methods.flatMap { $0.parameters.map(\.name) }))
  }

  // MARK: Members

  private func members(of receiver: String?) -> [Candidate] {
    var type: String?
    var keys: [String] = []
    switch receiver {
    case "\"\"": type = "String"
    case "[]": type = "List"
    case let name?:
      if let known = names.last(where: { $0.name == name }) {
        type = known.type
        keys = known.keys
      } else if Self.modules.contains(name) {
        return Self.builtins.filter { $0.name.hasPrefix(name + ".") }.map {
          Candidate(text: String($0.name.dropFirst(name.count + 1)), suffix: $0.parameters.isEmpty ? "" : "(")
        }
      }
    case nil: break
    }
    let kind = type.flatMap { ReceiverKind(typeName: $0) }
    // What is not known may be anything.
    let kinds = kind.map { [$0] } ?? (type == nil ? ReceiverKind.allCases : [])
    let methods = BuiltinMethods.all.filter { kinds.contains($0.receiver) }
    return keys.map { Candidate(text: $0, suffix: "") } + methods.map { Candidate(text: $0.name, suffix: "(") }
      + kinds.flatMap { Machine.members(of: $0) }.map { Candidate(text: $0, suffix: "") }
  }

  // MARK: Commands

  private func complete(_ line: PromptCommand.Line) -> Result {
    guard let argument = line.argument else {
      let words = PromptCommand.allCases.map { ":" + $0.rawValue }.filter { $0.hasPrefix(":" + line.word) }
      return Result(candidates: words.sorted(), suffix: " ", breaks: .blanks)
    }
    guard let command = PromptCommand(rawValue: line.word) else { return Result() }
    let among = { (words: [String]) in
      Result(candidates: words.filter { $0.hasPrefix(argument) }.sorted(), suffix: " ", breaks: .blanks)
    }
    switch command {
    case .time, .type: return complete(argument)
    case .load, .save: return paths(argument, suffix: " ", breaks: .blanks) { $0.hasSuffix(".weft") }
    case .disassemble: return among(names.filter { $0.parameters != nil }.map(\.name))
    case .cancel: return among(tasks.map(String.init))
    case .help: return among(PromptHelp.topics + PromptCommand.allCases.map { ":" + $0.rawValue })
    case .set:
      let words = argument.split(separator: " ", omittingEmptySubsequences: false)
      guard words.count > 1 else { return among(["seed", "virtual"]) }
      let states = words[0] == "virtual" ? ["on", "off"] : []
      return Result(candidates: states.filter { $0.hasPrefix(words[1]) }, suffix: " ", breaks: .blanks)
    case .reset, .vars, .tasks, .quit: return Result()
    }
  }

  // MARK: Files

  private func paths(
    _ path: String, suffix: String, breaks: Result.Breaks, _ isWanted: (String) -> Bool
  ) -> Result {
    let cut = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
    let folder = String(path[..<cut])
    let start = String(path[cut...])
    var found: [Candidate] = []
    for name in Self.entries(of: folder.isEmpty ? "." : folder) where name.hasPrefix(start) {
      // Hidden ones only for those who ask for them.
      if name.hasPrefix("."), start.isEmpty { continue }
      var status = stat()
      guard stat(folder + name, &status) == 0 else { continue }
      if status.st_mode & S_IFMT == S_IFDIR {
        found.append(Candidate(text: folder + name + "/", suffix: ""))
      } else if isWanted(name) {
        found.append(Candidate(text: folder + name, suffix: suffix))
      }
    }
    return Result(candidates: found.map(\.text).sorted(), suffix: found.first?.suffix ?? "", breaks: breaks)
  }

  private static func entries(of folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: entry.pointee.d_name)) {
          String(cString: $0)
        }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }
}

extension ReceiverKind {
  /// The kind whose values `type(x)` calls by that name.
  init?(typeName: String) {
    guard let kind = Self.allCases.first(where: { "\($0)".lowercased() == typeName.lowercased() }) else { return nil }
    self = kind
  }
}
