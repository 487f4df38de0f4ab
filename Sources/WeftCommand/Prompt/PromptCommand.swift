import WeftSyntax

/// What the prompt does besides running Weft; written with a colon in front.
enum PromptCommand: String, CaseIterable {
  case help, load, save, reset, time, type, vars, set, disassemble, tasks, cancel, quit

  /// What stands behind it, for the list of commands.
  var usage: String {
    switch self {
    case .help: ":help [topic]"
    case .load: ":load FILE"
    case .save: ":save FILE"
    case .time: ":time EXPR"
    case .type: ":type EXPR"
    case .set: ":set [seed N | virtual on|off]"
    case .disassemble: ":disassemble NAME"
    case .cancel: ":cancel N"
    case .reset, .vars, .tasks, .quit: ":" + rawValue
    }
  }

  var summary: String {
    switch self {
    case .help: "this list, or what a name or a code means"
    case .load: "run a script as if it were typed"
    case .save: "write what was typed, and worked, into a file"
    case .reset: "cancel all tasks, forget all names"
    case .time: "show how long it takes"
    case .type: "show the type of its value"
    case .vars: "the names of this session and what they stand for"
    case .set: "the seed of chance; the clock"
    case .disassemble: "the code that a task is compiled to"
    case .tasks: "the tasks that run, and what each waits for"
    case .cancel: "end one of them, by its number"
    case .quit: "leave, as Ctrl-D does"
    }
  }

  /// The argument that it cannot do without.
  var needs: String? {
    switch self {
    case .load, .save: "a file"
    case .time, .type: "an expression"
    case .disassemble: "the name of a task"
    case .cancel: "the number of a task, which `:tasks` shows"
    default: nil
    }
  }

  /// A line that begins with a colon, taken apart.
  struct Line: Equatable {
    /// Without the colon.
    let word: String
    /// What stands behind the blanks that follow; nil if no blank does.
    let argument: String?

    init?(_ line: String) {
      let text = line.drop { $0 == " " || $0 == "\t" }
      guard text.first == ":" else { return nil }
      let word = text.dropFirst().prefix { $0 != " " && $0 != "\t" && $0 != "\n" }
      self.word = String(word)
      let rest = text[word.endIndex...]
      argument = rest.isEmpty ? nil : String(rest.drop { $0 == " " || $0 == "\t" || $0 == "\n" })
    }
  }

  enum Reading: Equatable {
    case command(PromptCommand, argument: String)
    /// What is wrong, and a hint.
    case mistake(String, hint: String?)
  }

  static func read(_ line: Line) -> Reading {
    var argument = line.argument ?? ""
    while let last = argument.last, last.isWhitespace { argument.removeLast() }
    guard let command = PromptCommand(rawValue: line.word) ?? Self.short[line.word] else {
      let near = closestMatch(to: line.word.lowercased(), among: allCases.map(\.rawValue))
      // The start of a word is as good as a slip in it.
      let started = line.word.isEmpty ? [] : allCases.filter { $0.rawValue.hasPrefix(line.word) }
      let meant = near ?? (started.count == 1 ? started[0].rawValue : nil)
      return .mistake(
        line.word.isEmpty ? "a command is missing behind `:`" : "there is no command `:\(line.word)`",
        hint: meant.map { "did you mean `:\($0)`?" } ?? "`:help` lists the commands")
    }
    if argument.isEmpty, let needs = command.needs {
      return .mistake("`:\(command.rawValue)` needs \(needs)", hint: "write `\(command.usage)`")
    }
    if !argument.isEmpty, [.reset, .vars, .tasks, .quit].contains(command) {
      return .mistake("`:\(command.rawValue)` stands alone", hint: nil)
    }
    return .command(command, argument: argument)
  }

  /// What people type who come from other prompts: `exit` or `quit()`, for instance. A name of the session comes first.
  static func habit(_ line: String) -> (name: String, command: PromptCommand)? {
    var text = line[...]
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    if text.hasSuffix("()") { text.removeLast(2) }
    let commands: [Substring: PromptCommand] = ["exit": .quit, "quit": .quit, "help": .help]
    return commands[text].map { (String(text), $0) }
  }

  /// The same, for commands.
  private static let short: [String: PromptCommand] = [
    "q": .quit, "exit": .quit, "h": .help, "?": .help, "l": .load, "t": .type,
  ]
}
