/// weft's own options stand before the script's file, and what stands behind it belongs to the script. Here the line is
/// drawn between them, so that a script may have a parameter `--seed` or `--help` of its own.
enum ArgumentOrder {
  /// Options of `weft run` whose next word is their value.
  private static let valued: Set = [
    "--seed", "--format", "--time-limit", "--record", "--timeline", "--trace", "--limit", "--allow-net", "--allow-read",
    "--allow-write", "--allow-env",
  ]
  private static let rootOptions = [
    "-h", "--help", "--version", "--generate-completion-script", "--experimental-dump-help", "--help-hidden",
  ]

  /// Names the command where it was left out, and puts `--` before a script's file.
  static func ordered(_ arguments: [String]) -> [String] {
    guard let first = arguments.first else { return ["repl"] }
    if isRootOption(first) { return arguments }
    let commands = WeftCommand.configuration.subcommands.compactMap { $0.configuration.commandName } + ["help"]
    if first == "sim" { return ["sim"] + orderedForSimulation(arguments.dropFirst()) }
    if commands.contains(first), first != "run" { return arguments }
    var words = first == "run" ? Array(arguments.dropFirst()) : arguments
    var index = 0
    while index < words.count {
      let word = words[index]
      if word == "--" { break }
      if word == "-e" {
        words.remove(at: index)
        // What is evaluated may begin with a minus.
        if index < words.count { words.append(contentsOf: ["--", words.remove(at: index)]) }
        return ["eval"] + words
      }
      if word == "-" || !word.hasPrefix("-") {
        words.insert("--", at: index)
        break
      }
      index += valued.contains(word) || simulationOptions.contains(word) ? 2 : 1
    }
    return ["run"] + words
  }

  /// Options of `weft sim`, and of `weft run --compare-sim`, each with a value.
  private static let simulationOptions: Set = [
    "--seed", "--latency", "--failures", "--bandwidth", "--size", "--cores", "--tick",
  ]

  /// A simulation describes a world around the script: its options may stand anywhere, and what else stands behind the file
  /// belongs to the script.
  private static func orderedForSimulation(_ words: ArraySlice<String>) -> [String] {
    var own: [String] = []
    var rest: [String] = []
    var words = words
    while let word = words.popFirst() {
      if word == "--" {
        rest += words
        break
      }
      if simulationOptions.contains(word) || rest.isEmpty && valued.contains(word) {
        own.append(word)
        if let value = words.popFirst() { own.append(value) }
      } else if simulationOptions.contains(where: { word.hasPrefix($0 + "=") })
        || rest.isEmpty && word.hasPrefix("-") && word != "-"
      {
        own.append(word)
      } else {
        rest.append(word)
      }
    }
    return rest.isEmpty ? own : own + ["--"] + rest
  }

  private static func isRootOption(_ word: String) -> Bool {
    rootOptions.contains { word == $0 || word.hasPrefix($0 + "=") || (word == "---completion") }
  }
}
